"""A training followed in files of others' tools, and what it takes of the machine."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from fake_training import training

from meviewer.core.errors import MissingExtraError
from meviewer.experiment.records import EpochDone, FoldStarted, RunDone, RunStarted, Scores, Usage
from meviewer.nn import monitor
from meviewer.nn.monitor import HEADS, followed
from meviewer.nn.usage import with_usage


def log(folder):
    with (folder / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_epoch_and_each_pooled_score_is_a_line(tmp_path):
    records = list(training(3, 2))
    assert list(followed(iter(records), tmp_path)) == records
    lines = log(tmp_path)
    epochs = [line for line in lines if line["epoch"]]
    pooled = [line for line in lines if line["subject"] == "pooled"]
    assert [line["epoch"] for line in epochs] == ["1", "2"] * 3
    assert [line["subject"] for line in epochs] == [f"sub0{k}" for k in (1, 1, 2, 2, 3, 3)]
    assert [line["fold"] for line in pooled] == ["1", "2", "3"]
    said = [one for one in records if isinstance(one, EpochDone)]
    assert float(epochs[3]["loss"]) == pytest.approx(said[3].loss, rel=1e-5)
    scores = [one for one in records if isinstance(one, Scores)]
    assert float(pooled[-1]["uf1"]) == pytest.approx(scores[-1].uf1, rel=1e-5)


def test_a_resumed_run_appends_and_a_cut_line_spoils_no_other(tmp_path):
    list(followed(training(2, 2), tmp_path))
    with (tmp_path / "log.csv").open("a") as file:
        file.write("2026-11-21T10:00:00,1,su")
    list(followed(training(1, 2), tmp_path))
    text = (tmp_path / "log.csv").read_text()
    assert text.count(",".join(HEADS)) == 1
    assert len([line for line in log(tmp_path) if line["epoch"]]) == 2 * 2 + 2


def test_nothing_is_written_before_the_run_has_its_folder(tmp_path):
    list(
        followed(iter([one for one in training(1, 1) if not isinstance(one, RunStarted)]), tmp_path)
    )
    assert not (tmp_path / "log.csv").exists()


def test_stopping_early_closes_the_training(tmp_path):
    closed = []

    def records():
        try:
            yield from training(2, 2)
        finally:
            closed.append(True)

    following = followed(with_usage(records()), tmp_path)
    while not isinstance(next(following), FoldStarted):
        pass
    following.close()
    assert closed == [True]


def test_tensorboard_gets_the_same_curves(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    list(followed(training(2, 3), tmp_path, tensorboard=True))
    found = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert "pooled/uf1" in found.Tags()["scalars"]
    said = [one.loss for one in training(2, 3) if isinstance(one, EpochDone) and one.fold == 1]
    curve = found.Scalars("loss/fold 02 sub02, seed 0")
    assert [one.step for one in curve] == [1, 2, 3]
    assert [one.value for one in curve] == pytest.approx(said, rel=1e-5)


def test_without_tensorboard_the_command_to_install_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(monitor, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="monitor"):
        next(followed(training(1, 1), tmp_path, tensorboard=True))


def test_what_a_training_takes_is_said_among_its_records(tmp_path):
    def busy():
        for record in training(1, 3):
            sum(range(200_000))
            yield record

    found = list(with_usage(busy(), every_s=0.0))
    said = [one for one in found if isinstance(one, Usage)]
    assert [one for one in found if not isinstance(one, Usage)] == list(training(1, 3))
    assert isinstance(found[-1], RunDone)
    assert said[0].processes >= 1
    assert said[0].memory_bytes > 10 << 20
    assert any(one.cores > 0 for one in said)
    assert all(one.gpu == "" for one in said)


def test_a_child_of_a_training_is_counted():
    def processes():
        return next(
            one.processes
            for one in with_usage(training(1, 3), every_s=0.0)
            if isinstance(one, Usage)
        )

    before = processes()  # tests before this one may have left a child of the library
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as child:
        assert processes() == before + 1
        child.stdin.close()
