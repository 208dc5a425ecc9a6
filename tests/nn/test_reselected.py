"""Manual against re-selected labels: tiers paired, trained and tested apart, compared."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from flow_patterns import SPEC, project_of

from meviewer.cli.main import main
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_set import SpecSet, named, read_any, reselected, set_to_toml
from meviewer.nn.batches import gather
from meviewer.nn.labelled import Labels, collect, label_hash
from meviewer.project.project import Project

DIS = msgspec.structs.replace(SPEC, representation="flow-dis", epochs=1, final_model=False)
PRESETS = Path(__file__).parents[2] / "resources" / "presets"
NEW = Keyframes(3, 5, 9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("reselected") / "project"
    with project_of(where, n_subjects=3, each=2) as project:
        for sample in project.samples()[:-1]:
            event = Event(1, NEW, source=Source.GAMDSS)  # as suggested: no emotion of its own
            project.set_tier(sample.id, "gamdss", Annotation((event,), Status.DRAFT), "suggested")
    return where


def gathered(folder, spec):
    with Project.open(folder, read_only=True) as project:
        work = gather(project, spec)
        try:
            while True:
                next(work)
        except StopIteration as stop:
            return stop.value


def test_reselected_keyframes_learn_the_emotions_of_the_labels_they_came_from(folder):
    with Project.open(folder, read_only=True) as project:
        with_words = collect(project, Labels("gamdss", "truth"), "own")
        assert with_words.classes == ("happiness", "surprise")
        assert len(with_words.events) == 11
        assert {one.keyframes for one in with_words.events} == {NEW}
        without = collect(project, Labels("gamdss"), "own")
        assert not without.events
        assert "no emotion" in without.skipped[-1].reason
        tested = collect(project, Labels("gamdss", "truth", "truth"), "own")
        assert {one.test_keyframes for one in tested.events} == {Keyframes(2, 5, 8)}
        hashes = {label_hash(one.events, one.classes) for one in (with_words, tested)}
        assert len(hashes) == 2
        partnerless = collect(project, Labels("truth", "", "gamdss"), "own")
        assert len(partnerless.events) == 11
        assert "'gamdss' has no label of it to test with" in partnerless.skipped[-1].reason
        with pytest.raises(ExperimentError, match="no labels by 'C'"):
            collect(project, Labels("truth", "", "C"), "own")


def test_the_test_clips_have_the_flow_of_their_own_keyframes(folder):
    names = ("manual", "re-selected", "mixed")
    specs = reselected(DIS, "gamdss")
    assert tuple(specs) == names
    manual, new, mixed = (gathered(folder, specs[name]) for name in names)
    np.testing.assert_array_equal(mixed.flow, new.flow)
    np.testing.assert_array_equal(mixed.tested, manual.flow[:11])
    assert new.test_flow is None
    assert not np.allclose(mixed.flow, mixed.tested)


@pytest.mark.parametrize("network", ["fmanet-light", "krr"])
def test_the_mixed_run_is_the_manual_one_where_the_tiers_agree(folder, tmp_path, network):
    """Trained and tested on one tier by way of the other: the same predictions."""
    from meviewer.experiment.spec_text import to_toml
    from meviewer.nn.tasks import TrainArguments, train

    said = []
    for name, changes in (("plain", {}), ("by test", {"test_tier": "truth"})):
        spec = msgspec.structs.replace(DIS, network=network, reference=False, **changes)
        out = tmp_path / name
        *_, done = train(TrainArguments(str(folder), to_toml(spec), str(out)))
        folds = RunFolder.open(out).finished().values()
        said.append(np.concatenate([fold.probabilities for fold in folds]))
    np.testing.assert_allclose(*said, atol=1e-6)
    assert "tested by truth" in done.scores.protocol


SET = """
[experiment]
network = "{network}"
representation = "flow-dis"
input_px = 16
epochs = 1
batch_size = 8
device = "cpu"
threads = 1
final_model = false
{more}
[variants.manual]
label_tier = "truth"
[variants.re-selected]
label_tier = "gamdss"
emotion_tier = "truth"
[variants.mixed]
label_tier = "gamdss"
emotion_tier = "truth"
test_tier = "truth"
"""


def write_set(tmp_path, network="fmanet-light", more=""):
    file = tmp_path / "set.toml"
    file.write_text(SET.format(network=network, more=more))
    return file


def test_the_set_is_trained_with_three_seeds_and_compared(folder, tmp_path, capsys):
    file, out = write_set(tmp_path), tmp_path / "out"
    arguments = ["train", str(file), "--project", str(folder), "--out", str(out)]
    assert main(arguments).status == 0
    told = capsys.readouterr().out
    assert "3 runs on the same 11 clips of 3 subjects" in told
    assert "re-selected − manual" in told
    document = json.loads((out / "comparison.json").read_text())
    assert [run["name"] for run in document["runs"]] == ["manual", "re-selected", "mixed"]
    assert {run["n_seeds"] for run in document["runs"]} == {3}
    assert len(document["pairs"]) == 3
    assert (out / "comparison.csv").read_text().startswith("run,")
    assert r"\begin{tabular}" in (out / "comparison.tex").read_text()
    before = (out / "comparison.json").read_text()
    assert main([*arguments, "--resume"]).status == 0
    assert (out / "comparison.json").read_text() == before
    assert RunFolder.open(out / "manual").spec.seeds == (0, 1, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[variants.a]\nepochs = 1\n", "(?i)two or more tables"),
        ("epochs = 2\n[variants.a]\n[variants.b]\n", "'epochs' stands outside"),
        ("[variants.a]\nepochs = 0\n[variants.b]\n", "a: epochs"),
        ("[variants.a]\n[variants.'b/c']\n", "folder"),
        ("[variants.a]\ncolour = 1\n[variants.b]\n", "no such field"),
    ],
)
def test_a_set_that_cannot_be_run_says_why(tmp_path, text, words):
    (tmp_path / "set.toml").write_text(text)
    with pytest.raises(ExperimentError, match=words):
        read_any(tmp_path / "set.toml")


def test_a_set_is_read_back_as_it_was_written(tmp_path):
    config = {"phases": "rise", "dropout": 0.25}
    specs = named(list(reselected(ExperimentSpec(network_config=config), "gamdss").values()))
    assert list(specs) == ["truth", "gamdss", "gamdss-test-truth"]
    (tmp_path / "set.toml").write_text(set_to_toml(specs))
    assert read_any(tmp_path / "set.toml").specs == specs


def test_the_preset_is_the_experiment_of_the_paper():
    found = read_any(PRESETS / "manual-vs-reselected.toml")
    assert isinstance(found, SpecSet)
    manual = found.specs["manual"]
    assert manual.seeds == (0, 1, 2)
    assert found.specs == reselected(manual, "gamdss")
    assert found.changed(["epochs=3"]).specs["mixed"].epochs == 3
