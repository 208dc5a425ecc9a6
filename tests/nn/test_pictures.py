"""Ready flow pictures: from a folder to scores, on one phase, without a project."""

import cv2
import msgspec
import numpy as np
import pytest
from flow_patterns import SPEC, flow_of

from meviewer.cli.main import main
from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.records import RunDone, RunStarted, Skipped, Warned
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec_text import changed, read, to_toml
from meviewer.nn import pictures, registry, tasks
from meviewer.nn.networks.fmanet_config import FMANetConfig
from meviewer.nn.registry import Entry
from meviewer.nn.tasks import ClipArguments, PredictArguments, TrainArguments


def write_pictures(folder, n_subjects=5, classes=("negative", "positive", "surprise"), each=2):
    """Pictures as composites are published: every channel stretched to 0 .. 255."""
    rng = np.random.default_rng(1)
    for subject in range(n_subjects):
        for number, name in enumerate(classes):
            for copy in range(each):
                flow = flow_of(number, rng, 16)[0]
                strain = np.hypot(*np.gradient(flow[0])) + np.hypot(*np.gradient(flow[1]))
                planes = np.stack([*flow, strain], -1)
                low, high = planes.min((0, 1)), planes.max((0, 1))
                rgb = np.rint(255 * (planes - low) / (high - low)).astype(np.uint8)
                path = folder / f"s{subject + 1}" / name / f"{copy}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), rgb[..., ::-1])
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("pictures") / "all")


def spec_of(folder, **changes):
    values = {"pictures": str(folder), "network": "krr", "final_model": False, **changes}
    return msgspec.structs.replace(SPEC, **values)


def train(spec, out):
    return list(tasks.train(TrainArguments("", to_toml(spec), str(out))))


def test_the_kernel_ridge_from_a_folder_to_scores(folder, tmp_path):
    records = train(spec_of(folder), tmp_path / "run")
    done = records[-1]
    assert isinstance(done, RunDone)
    assert done.scores.n_samples == 30
    assert done.scores.uf1 > 0.9
    assert done.scores.protocol == "loso, kernel ridge, one phase, ready pictures"
    assert any(isinstance(one, Warned) and "one phase" in one.text for one in records)
    assert set(done.scores.per_subject) == {"s1", "s2", "s3", "s4", "s5"}


def test_a_network_runs_on_one_phase_and_is_stored_so(folder, tmp_path):
    spec = spec_of(folder, network="fmanet-light", epochs=4, split="hold-out", reference=False)
    records = train(spec, tmp_path / "run")
    assert records[-1].scores.uf1 > 0.6
    started = next(one for one in records if isinstance(one, RunStarted))
    both = registry.create("fmanet-light", 3).n_parameters()
    assert started.n_parameters < both
    run = RunFolder.open(tmp_path / "run")
    assert run.spec.network_config == {"phases": "rise"}
    asked = PredictArguments(str(tmp_path / "run"), (ClipArguments("x"),))
    with pytest.raises(WeightsError, match="ready pictures"):
        list(tasks.predict(asked))
    with pytest.raises(ExperimentError, match="already"):
        train(spec, tmp_path / "run")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network": "fmanet-light", "network_config": {"phases": "both"}}, "phases = both"),
        ({"network": "fmanet-light", "network_config": {"phases": "fall"}}, "phases = fall"),
        ({"network": "two"}, "Two streams needs both phases"),
        ({"normalisation": "data-set"}, "normalisation = data-set"),
        ({"class_scheme": "casme2-5"}, "No picture can be learnt from"),
        ({"split": "cross-database"}, "at least two data sets"),
    ],
)
def test_what_pictures_cannot_give_is_refused_by_name(
    folder, tmp_path, monkeypatch, changes, words
):
    two = Entry("Two streams", "", FMANetConfig(), "", {})
    monkeypatch.setitem(registry.NETWORKS, "two", two)
    if changes.get("class_scheme"):
        folder = write_pictures(tmp_path / "numbers", classes=("10", "11", "12"), each=1)
    with pytest.raises(ExperimentError, match=words):
        train(spec_of(folder, **changes), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_a_folder_holds_is_known_before_a_picture_is_read(folder, tmp_path):
    found = pictures.look(spec_of(folder))
    assert set(found.classes) == {"negative", "positive", "surprise"}
    assert len(found.events) == 30
    assert {one.subject for one in found.events} == {"s1", "s2", "s3", "s4", "s5"}
    (tmp_path / "s1" / "2").mkdir(parents=True)
    (tmp_path / "s1" / "2" / "a.png").write_bytes(b"never decoded")
    assert len(pictures.look(spec_of(tmp_path)).events) == 1
    named = pictures.look(spec_of(tmp_path, class_scheme="megc2019-3"))
    assert "'2' has no class" in named.skipped[0].reason
    with pytest.raises(ExperimentError, match="No folder"):
        pictures.look(spec_of(""))


def test_a_class_scheme_maps_the_folders(folder, tmp_path):
    records = train(spec_of(folder, class_scheme="megc2019-3"), tmp_path / "run")
    assert records[-1].scores.classes == ("negative", "positive", "surprise")


def test_a_copied_picture_is_a_leak_that_is_named(folder, tmp_path):
    import shutil

    copy = shutil.copytree(folder, tmp_path / "copy")
    shutil.copy(copy / "s1" / "positive" / "0.png", copy / "s3" / "positive" / "9.png")
    with pytest.raises(ExperimentError, match=r"s1/s1/positive/0 = s3/s3/positive/9"):
        train(spec_of(copy), tmp_path / "run")


def test_a_damaged_picture_is_left_out_by_name(folder, tmp_path):
    import shutil

    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "s1" / "positive" / "0.png").write_bytes(b"\x89PNG")
    records = train(spec_of(copy), tmp_path / "run")
    assert [one.clip for one in records if isinstance(one, Skipped)] == ["s1/positive/0"]
    assert records[-1].scores.n_samples == 29


def test_the_command_needs_no_project_and_takes_other_values(folder, tmp_path, capsys):
    file = tmp_path / "mine.toml"
    file.write_text('network = "krr"\n')
    out = tmp_path / "run"
    told = ["--set", f"pictures={folder}", "--set", "split=k-fold", "--set", "n_folds=3"]
    assert main(["train", str(file), "--out", str(out), *told]).status == 0
    assert "3 folds by subject" in capsys.readouterr().out
    assert RunFolder.open(out).spec.n_folds == 3
    for wrong, words in (
        (["--set", "n_folds=1"], "Folds is a whole number from 2"),
        (["--set", "colour=red"], "no such field"),
        (["--set", "epochs"], "FIELD=VALUE"),
        ([], "nothing to train on"),
    ):
        status = main(["train", str(file), "--out", str(tmp_path / "no"), *wrong]).status
        assert status == ExperimentError("x").exit_status
        assert words in capsys.readouterr().err.replace("There is n", "n")


def test_values_of_a_change_are_read_as_in_the_file():
    spec = changed(read_spec(), ["seeds=[0, 1]", "mixup = 0.5", 'network="krr"', "mirror=false"])
    assert (spec.seeds, spec.mixup, spec.network, spec.mirror) == ((0, 1), 0.5, "krr", False)


def read_spec():
    return SPEC


def test_the_file_of_an_experiment_keeps_the_pictures(folder, tmp_path):
    spec = spec_of(folder, pictures_pattern="{subject}/{class}/{name}")
    (tmp_path / "x.toml").write_text(to_toml(spec))
    assert read(tmp_path / "x.toml") == spec
