"""Four conditions: the preset for six networks, its runs and its table; sets of experiments."""

import csv
import json
from pathlib import Path

import pytest
from flow_patterns import project_of

from meviewer.cli.main import main
from meviewer.core.errors import ExperimentError
from meviewer.experiment.conditions import CONDITIONS, condition_table, four_conditions
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_set import read_any
from meviewer.nn.ablations import ablations
from meviewer.nn.memory import check, needed
from meviewer.nn.representations import check_input

PRESETS = Path(__file__).parents[2] / "resources" / "presets"
PRESET = PRESETS / "phase-aware-augmentation.toml"
SIX = ("learnet", "vit-b16", "vgg19", "resnet50", "efficientnet-b0", "resnet18")
SMALL = ("epochs=1", "seeds=[0]", "split=hold-out", "device=cpu", "threads=1", "reference=false")


def test_the_preset_is_six_networks_under_four_conditions_that_differ_in_nothing_else():
    found = read_any(PRESET)
    assert found.conditions == tuple(CONDITIONS)
    assert found.variants == SIX
    for name in found.variants:
        runs = [found.specs[f"{name}/{condition}"] for condition in CONDITIONS]
        assert runs == list(four_conditions(runs[0]).values())
        assert len(runs[0].seeds) == 3
        for spec in runs:
            check_input(spec)
    assert len({(s.epochs, s.batch_size, s.steps) for s in found.specs.values()}) == 1


def test_the_small_preset_is_the_same_with_pictures_that_each_network_takes():
    small, whole = read_any(PRESETS / "phase-aware-small.toml"), read_any(PRESET)
    assert small.conditions == whole.conditions
    assert set(small.specs) == set(whole.specs)
    for name, spec in small.specs.items():
        check_input(spec)
        same = ("network", "learning_rate", "mirror", "rotation_deg", "dual_phase", "mixup")
        assert all(getattr(spec, one) == getattr(whole.specs[name], one) for one in same)
        assert needed(spec) < 4e9


def test_networks_that_do_not_fit_are_all_named_before_the_first_is_trained():
    specs = read_any(PRESET).changed(["device=cpu"]).specs
    with pytest.raises(ExperimentError, match=r"vgg19/whole 3\.0 GB, vgg19/spatial") as caught:
        check(specs, 2_800_000_000)
    assert "learnet" not in str(caught.value)
    check(specs, 8_000_000_000)
    check(specs, None)
    assert needed(ExperimentSpec(network="krr", device="cpu")) == 0
    assert needed(ExperimentSpec(network="vgg19", device="cuda")) == 0


def test_the_ablations_of_the_preset_are_those_of_the_form():
    found = read_any(PRESETS / "fmanet-ablations.toml")
    assert found.specs == ablations(found.specs["a-b-c"])
    for spec in found.specs.values():
        check_input(spec)


@pytest.mark.parametrize("name", ["flow-pictures.toml", "fmanet.toml", "gamdss.toml", "short.toml"])
def test_presets_of_one_run_go_together_with_their_network(name):
    spec = read_any(PRESETS / name)
    assert isinstance(spec, ExperimentSpec)
    check_input(spec)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("conditions") / "project"
    project_of(where, n_subjects=4, each=2).close()
    return where


@pytest.mark.parametrize(("network", "size"), [("resnet18", 28), ("learnet", 112)])
def test_one_network_of_the_preset_from_clips_to_the_table(folder, tmp_path, capsys, network, size):
    out = tmp_path / "runs"
    changes = [f"--set={one}" for one in (*SMALL, f"input_px={size}")]
    arguments = ["train", str(PRESET), "--project", str(folder), "--out", str(out)]
    assert main([*arguments, "--only", network, *changes]).status == 0
    told = capsys.readouterr().out
    assert "4 runs on 4 clips of 1 subject" in told
    assert "dual-phase" in told
    rows = list(csv.DictReader((out / "conditions.csv").read_text().splitlines()))
    assert [(row["variant"], row["condition"]) for row in rows] == [
        (network, condition) for condition in CONDITIONS
    ]
    assert rows[0]["d_uf1"] == ""
    assert float(rows[2]["d_uf1"]) == pytest.approx(
        float(rows[2]["uf1"]) - float(rows[0]["uf1"]), abs=1e-9
    )
    assert [bool(row["phases_uf1"]) for row in rows] == [False, False, True, True]
    document = json.loads((out / "conditions.json").read_text())
    assert document["rows"][3]["network"] == network
    latex = (out / "conditions.tex").read_text()
    assert f"{network} & " in latex
    assert latex.count(" & ") == 2 * 4
    page = (out / "conditions.md").read_text()
    assert "| Network | whole | spatial | dual-phase | both |" in page
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {network} |")]
    assert row.count("|") == 6
    assert f"{float(rows[0]['uf1']):.3f}" in row.split("|")[2]
    assert not list(out.rglob("fold_*.safetensors"))
    lengths = {
        len(RunFolder.open(out / network / one).result(0).curves[0].loss) for one in CONDITIONS
    }
    assert lengths == {1}


def test_a_condition_that_was_not_run_is_named():
    with pytest.raises(ExperimentError, match="learnet/whole"):
        condition_table({"learnet/both": None}, tuple(CONDITIONS))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[conditions.a]\n", "conditions.NAME"),
        ("[conditions.a]\n[conditions.'b/c']\n", "folder"),
        ("[conditions.a]\nepochs = 0\n[conditions.b]\n", "one/a: epochs"),
    ],
)
def test_conditions_that_cannot_be_run_say_why(tmp_path, text, words):
    (tmp_path / "set.toml").write_text("[variants.one]\n" + text)
    with pytest.raises(ExperimentError, match=words):
        read_any(tmp_path / "set.toml")


def test_a_variant_that_there_is_not_is_named():
    found = read_any(PRESET)
    assert set(found.of(["vgg19"]).specs) == {f"vgg19/{one}" for one in CONDITIONS}
    with pytest.raises(ExperimentError, match="alexnet"):
        found.of(["alexnet"])
