"""Run folders and records: what is whole on disk, and what is refused."""

import msgspec
import pytest

from meviewer.core.errors import ExperimentError, JobError, StorageError, WeightsError
from meviewer.experiment import records, runs
from meviewer.experiment.records import EpochDone, RunDone, decode, encode
from meviewer.experiment.runs import FoldResult, RunCard, RunFolder
from meviewer.experiment.scoring import score
from meviewer.experiment.spec import ExperimentSpec

SPEC = ExperimentSpec(epochs=3, seeds=(0, 1))


def card(**changes):
    values = {
        "classes": ("happiness", "disgust", "fear"),
        "subjects": ("s1", "s2", "s3"),
        "clips": {"f1": "s1", "f2": "s2", "f3": "s3"},
        "labels": "abc",
        "n_samples": 6,
        "device": "CPU, 1 thread",
        "versions": {},
        "created": "2026-01-01T00:00:00+00:00",
    }
    return RunCard(**{**values, **changes})


def result(fold, truth=(0, 1), predicted=(0, 1)):
    one = tuple(tuple(0.8 if c == p else 0.1 for c in range(3)) for p in predicted)
    wrong = tuple((0.0, 0.0, 1.0) for _ in predicted)
    return FoldResult(
        fold=fold,
        subject=f"s{fold + 1}",
        sample_ids=(1, 2),
        names=("a", "b"),
        truth=truth,
        predicted=predicted,
        probabilities=one,
        per_seed=(one, wrong),
        seconds=2.0,
    )


def test_a_run_is_found_again_as_it_was(tmp_path):
    run = RunFolder.start(tmp_path / "run", SPEC, card())
    written = run.write(result(1), b"weights")
    again = RunFolder.open(tmp_path / "run")
    assert (again.spec, again.card) == (SPEC, card())
    assert again.finished() == {1: written}
    assert again.weights(1) == b"weights"
    assert again.result(0) is None
    assert again.scores() is None


@pytest.mark.parametrize("damage", ["no weights", "other weights", "cut json", "wrong number"])
def test_half_a_fold_counts_as_none(tmp_path, damage):
    run = RunFolder.start(tmp_path / "run", SPEC, card())
    run.write(result(0), b"weights")
    text = tmp_path / "run" / "fold_00.json"
    if damage == "no weights":
        run.weights_path(0).unlink()
    elif damage == "other weights":
        run.weights_path(0).write_bytes(b"other")
    elif damage == "cut json":
        text.write_bytes(text.read_bytes()[:-5])
    else:
        text.rename(tmp_path / "run" / "fold_01.json")
        run.weights_path(0).rename(run.weights_path(1))
    assert run.finished() == {}
    with pytest.raises(WeightsError, match="no whole weights"):
        run.weights(0)


def test_a_full_disk_leaves_the_fold_unfinished(tmp_path, monkeypatch):
    run = RunFolder.start(tmp_path / "run", SPEC, card())

    def full(path, data):
        if path.suffix == ".json":
            raise StorageError("Not written", where=str(path), why="the disk is full")
        path.write_bytes(data)

    monkeypatch.setattr(runs, "write_bytes", full)
    with pytest.raises(StorageError):
        run.write(result(0), b"weights")
    assert run.finished() == {}


def test_resume_is_asked_for_and_only_for_the_same_experiment(tmp_path):
    folder = tmp_path / "run"
    RunFolder.start(folder, SPEC, card(), resume=True)  # nothing there yet: it simply starts
    with pytest.raises(ExperimentError, match="already"):
        RunFolder.start(folder, SPEC, card())
    other = msgspec.structs.replace(SPEC, epochs=9)
    with pytest.raises(ExperimentError, match="epochs: 3, now 9"):
        RunFolder.start(folder, other, card(), resume=True)
    with pytest.raises(ExperimentError, match="labels have changed"):
        RunFolder.start(folder, SPEC, card(labels="xyz"), resume=True)
    moved = card(device="a GPU", created="later")
    assert RunFolder.start(folder, SPEC, moved, resume=True).card == card()


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(ExperimentError, match="not empty"):
        RunFolder.start(tmp_path, SPEC, card(), resume=True)
    with pytest.raises(ExperimentError, match="a file"):
        RunFolder.start(tmp_path / "thesis.tex", SPEC, card())
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(ExperimentError, match="holds no run"):
        RunFolder.open(tmp_path)


def test_damaged_files_of_a_run_are_named(tmp_path):
    run = RunFolder.start(tmp_path / "run", SPEC, card())
    (run.folder / "run.json").write_text("{")
    with pytest.raises(ExperimentError, match=r"run\.json"):
        RunFolder.open(run.folder)


def test_scores_pool_all_folds_and_have_the_promised_shape(tmp_path):
    folds = [result(0), result(1, (0, 1), (0, 0)), result(2, (1, 1), (1, 1))]
    found = score(folds, SPEC, card())
    assert found.accuracy == pytest.approx(5 / 6)
    assert found.confusion == ((2, 0, 0), (1, 3, 0), (0, 0, 0))
    assert found.absent == ("fear",)
    assert found.uar == pytest.approx((1 + 3 / 4) / 2)
    assert found.per_subject["s2"].accuracy == 0.5
    assert found.per_seed["1"]["accuracy"] == 0.0
    assert found.protocol == "loso, fixed 3 epochs, mean probabilities of 2 seeds"
    assert found.seconds == 6.0
    low, high = found.intervals["uf1"]
    assert low <= found.uf1 <= high
    run = RunFolder.start(tmp_path / "run", SPEC, card())
    run.write_scores(found)
    assert run.scores() == found
    promised = "accuracy uf1 uar n_samples n_folds classes confusion per_subject seconds device"
    stored = msgspec.json.decode((run.folder / "scores.json").read_bytes())
    assert set(promised.split()) | {"protocol"} <= set(stored)


def test_the_control_is_named_in_the_protocol():
    spec = ExperimentSpec(shuffle_labels=True, epochs=5)
    assert (
        "shuffled"
        in score([result(0)], msgspec.structs.replace(spec, seeds=(0, 1)), card()).protocol
    )
    assert score([result(0)], SPEC, card()).intervals == {}


def test_records_survive_the_pipe():
    epoch = EpochDone(
        fold=1, seed=0, epoch=2, n_epochs=3, loss=0.5, accuracy=1.0, learning_rate=1e-3, seconds=0.1
    )
    done = RunDone(folder="x", scores=score([result(0)], SPEC, card()))
    for record in (epoch, done):
        line = encode(record)
        assert b"\n" not in line
        assert decode(line) == record
    kinds = {kind.__struct_config__.tag for kind in records.Record.__subclasses__()}
    assert {"Preparing", "RunStarted", "FoldDone", "Scores", "Warned", "Predicted"} <= kinds


@pytest.mark.parametrize("line", [b"", b"hello", b"{}", b'{"record":"Nothing"}'])
def test_a_line_that_is_no_record_is_an_error(line):
    with pytest.raises(JobError, match="no record"):
        decode(line)
