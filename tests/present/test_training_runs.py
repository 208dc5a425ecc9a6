"""Rows of runs, stored runs, jobs and commands of a training, and what is said of one clip."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from fake_training import CLASSES, fold_done, scores

from meviewer.core.events import Keyframes
from meviewer.experiment.records import Predicted, Skipped
from meviewer.experiment.runs import Curve, FoldResult, RunCard, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.tasks import DevicesArguments, PredictArguments, TrainArguments
from meviewer.present import training_words as words
from meviewer.present import wording
from meviewer.present.training_clip import answer, bars, skipped_error, why_not
from meviewer.present.training_jobs import (
    devices_job,
    has_final_model,
    predict_job,
    train_command,
    train_job,
)
from meviewer.present.training_pictures import fold_cells, plots
from meviewer.present.training_runs import RunFacts, control_uf1, next_name, run_row
from meviewer.present.training_state import TrainingState
from meviewer.present.training_stored import short_scores, stored_state

NOW = datetime(2025, 3, 14, 18, 0, tzinfo=UTC)


def facts(state="done", spec=None, found=None, **more):
    return RunFacts(7, "run-007", spec or ExperimentSpec(), state, found or {}, NOW, **more)


def test_a_finished_run_shows_scores_with_their_interval():
    found = short_scores(scores([fold_done(k, 3) for k in range(3)], 3))
    row = run_row(facts(found=found), NOW)
    assert row.uf1 == words.score(found["uf1"])
    assert row.doubt == words.interval(*found["intervals"]["uf1"]).removeprefix("95 %: ")
    assert (row.tone, row.icon, row.note) == ("ok", "done", "18:00")
    # What the project keeps comes back from JSON with lists in place of tuples.
    again = msgspec.json.decode(msgspec.json.encode(found))
    assert run_row(facts(found=again), NOW) == row


def test_a_run_without_scores_has_dashes_and_a_reason():
    row = run_row(facts("failed", error="Too little memory: 3 GiB. Buy more."), NOW)
    assert {row.uf1, row.doubt, row.uar, row.accuracy} == {"–"}
    assert row.note == "Too little memory"
    assert run_row(facts("crashed", found={"folds_done": 3}), NOW).note == "3 folds kept"
    assert run_row(facts("running", left_s=95.0), NOW).note == "in 1 min 35 s"
    assert run_row(facts("stale"), NOW).note == "labels changed"


def test_a_control_is_found_by_its_experiment():
    spec = ExperimentSpec(epochs=30)
    control = msgspec.structs.replace(spec, shuffle_labels=True)
    runs = (
        facts("running", control, {"uf1": 0.9}),
        facts("done", ExperimentSpec(epochs=31, shuffle_labels=True), {"uf1": 0.8}),
        facts("done", control, {"uf1": 0.21}),
    )
    assert control_uf1(spec, runs) == 0.21
    assert control_uf1(control, runs) is None
    assert run_row(runs[2], NOW).labels == "shuffled"


def test_names_of_runs_go_on_after_the_highest():
    assert next_name(()) == "run-001"
    assert next_name(("run-009", "run-010", "mine")) == "run-011"


@pytest.fixture
def run_folder(tmp_path):
    card = RunCard(
        classes=CLASSES,
        subjects=("sub01", "sub02", "sub03"),
        clips={},
        labels="x",
        n_samples=15,
        device="CPU, 2 threads",
        versions={},
        created="2025-03-14T18:00:00+00:00",
    )
    return RunFolder.start(tmp_path / "run", ExperimentSpec(epochs=2), card)


def write_fold(run, number):
    done = fold_done(number, 3)
    one_hot = tuple(tuple(float(k == p) for k in range(5)) for p in done.predicted)
    result = FoldResult(
        fold=number,
        subject=done.subject,
        sample_ids=done.sample_ids,
        names=done.names,
        truth=done.truth,
        predicted=done.predicted,
        probabilities=one_hot,
        per_seed=(one_hot,),
        curves=(Curve(seed=0, loss=(1.5, 1.0), accuracy=(0.4, 0.6)),),
        seconds=3.0,
    )
    run.write(result, b"weights")


def test_a_stored_run_that_was_stopped_shows_its_finished_folds(run_folder):
    for number in (0, 1):
        write_fold(run_folder, number)
    state = stored_state(run_folder.folder)
    assert not state.finished
    assert [one.fold for one in state.folds] == [0, 1]
    assert state.scores.folds_done == 2
    assert [cell.state for cell in fold_cells(state, running=False)] == ["done", "done", "wait"]
    loss, _ = plots(state)
    assert loss.lines[-1].y == (1.5, 1.0)


def test_a_stored_run_that_is_done_shows_its_own_scores(run_folder):
    for number in range(3):
        write_fold(run_folder, number)
    kept = scores([fold_done(k, 3) for k in range(3)], 3)
    run_folder.write_scores(kept)
    state = stored_state(run_folder.folder)
    assert state.finished
    assert state.scores == kept


def test_a_stored_run_without_a_fold_is_empty_and_no_error(run_folder):
    state = stored_state(run_folder.folder)
    assert (state.folds, state.scores, state.started.n_samples) == ((), None, 15)


def test_jobs_fit_the_arguments_of_their_tasks():
    spec = ExperimentSpec(final_model=False)
    train = train_job(Path("/p"), spec, Path("/p/runs/run-001"), resume=True)
    assert msgspec.convert(train.arguments, TrainArguments).resume
    assert not has_final_model(train)
    assert has_final_model(train_job(Path("/p"), ExperimentSpec(), Path("/o")))
    predict = predict_job(Path("/r"), Path("/c"), Keyframes(1, 2, 3), "s")
    assert msgspec.convert(predict.arguments, PredictArguments).clips[0].keyframes == (1, 2, 3)
    without = predict_job(Path("/r"), Path("/c"), None, "")
    assert msgspec.convert(without.arguments, PredictArguments).clips[0].keyframes is None
    msgspec.convert(devices_job().arguments, DevicesArguments)


def test_the_command_survives_a_shell():
    folder = Path("/my data/it's")
    command = train_command(folder / "a.toml", folder, folder / "run", resume=True)
    assert shlex.split(command) == [
        "meviewer",
        "train",
        "/my data/it's/a.toml",
        "--project",
        "/my data/it's",
        "--out",
        "/my data/it's/run",
        "--resume",
    ]


SAID = Predicted(
    clip="c",
    classes=("disgust", "happiness"),
    probabilities=(0.3, 0.7),
    predicted="happiness",
    model="final model",
    keyframes=(0, 5, 9),
    seconds=0.44,
)


def test_the_answer_on_a_clip_names_network_and_keyframes():
    assert [(one.name, one.text, one.best) for one in bars(SAID)] == [
        ("happiness", "70 %", True),
        ("disgust", "30 %", False),
    ]
    assert answer(SAID, 101) == "Final model. Onset 101, apex 106, offset 110. Took 0.4 s."


def test_why_a_clip_cannot_be_recognised_is_said():
    assert "Train a network" in why_not(True, None, 0)
    assert "Open a clip" in why_not(False, facts(), 3)
    assert "no finished fold" in why_not(True, facts(), 0)
    assert why_not(True, facts(), 1) == ""
    one = Skipped(subject="s", clip="c.mp4", reason="the apex is missing")
    error = skipped_error(TrainingState(skipped=(one,)))
    assert (error.where, error.why) == ("c.mp4", "the apex is missing")
    assert skipped_error(TrainingState()) is None


def test_numbers_in_words():
    assert words.score(0.7194) == ".719"
    assert words.score(float("nan")) == "–"
    assert words.percent(0.999) == "99 %"
    assert words.percent(1.0) == "100 %"
    assert [words.duration(s) for s in (0, 59.6, 70, 1860, 7500, 7200)] == [
        "0 s",
        "1 min",
        "1 min 10 s",
        "31 min",
        "2 h 5 min",
        "2 h",
    ]
    assert words.moment(NOW - timedelta(days=1), NOW) == "Thu 18:00"
    assert words.moment(NOW - timedelta(days=30), NOW) == "2025-02-12"
    assert wording.counted(1, "class", "classes") == "1 class"
