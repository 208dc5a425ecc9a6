"""The records of a run, folded into one value, and what is drawn of it."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import pytest
from fake_training import CLASSES, epoch_done, fold_done, scores, started, training

from meviewer.experiment import records as r
from meviewer.experiment.run_values import SHUFFLED
from meviewer.present.training_pictures import (
    figures,
    fold_cells,
    folds_note,
    last_fold,
    plots,
    pooled,
    scores_note,
)
from meviewer.present.training_progress import current_fold, fold_title, progress, whole_run
from meviewer.present.training_state import TrainingState, advance, of_records
from meviewer.present.training_words import NO_SPREAD


def state_at(fold, epoch, n_folds=4, epochs=10):
    return of_records(tuple(training(n_folds, epochs, until=(fold, epoch))))


def test_records_of_a_whole_run_end_in_a_finished_state():
    state = of_records(tuple(training(3, 4)))
    assert state.phase == "done"
    assert [one.fold for one in state.folds] == [0, 1, 2]
    assert state.scores.folds_done == 3
    assert state.earlier.count == 3
    assert state.epochs == ()
    assert [one.clip for one in state.skipped] == ["clip9"]


def test_phases_follow_one_another():
    state, seen = TrainingState(), []
    seen.append(state.phase)
    for record in training(2, 1):
        state = advance(state, record)
        if state.phase != seen[-1]:
            seen.append(state.phase)
    assert seen == ["starting", "preparing", "training", "done"]


def test_a_record_that_says_nothing_of_the_run_changes_nothing():
    state = state_at(1, 3)
    assert advance(state, r.Device(name="cpu", text="CPU")) is state


def test_each_fold_and_seed_begins_a_curve_of_its_own():
    state = state_at(1, 3)
    assert [one.epoch for one in state.epochs] == [1, 2, 3]
    assert {one.fold for one in state.epochs} == {1}
    other_seed = r.EpochDone(
        fold=1, seed=1, epoch=1, n_epochs=10, loss=1, accuracy=0, learning_rate=0, seconds=1
    )
    assert advance(state, other_seed).epochs == (other_seed,)


def test_the_mean_curve_is_the_mean_over_whole_folds():
    state = state_at(2, 4)
    loss, _ = plots(state)
    mean, now = loss.lines
    assert mean.name == "mean of 2 folds"
    expected = (epoch_done(0, 5, 10).loss + epoch_done(1, 5, 10).loss) / 2
    assert mean.y[4] == pytest.approx(expected)
    assert now.name == "this fold"
    assert now.x == (1.0, 2.0, 3.0, 4.0)


def test_the_final_model_is_no_fold_of_the_mean_curve():
    state = state_at(3, 10)
    for epoch in range(1, 11):
        state = advance(state, epoch_done(4, epoch, 10))
    done = r.RunDone(folder="/runs/7", scores=scores([fold_done(0, 4)], 4))
    assert advance(state, done).earlier.count == 4


def test_a_fold_that_was_cut_short_is_left_out_of_the_mean():
    state = advance(
        state_at(0, 6),
        r.FoldStarted(fold=1, n_folds=4, subject="sub02", n_train=15, n_test=5, seed=0),
    )
    assert state.earlier.count == 0


def test_the_axis_of_the_loss_holds_all_points_and_ends_at_a_round_number():
    state = state_at(1, 10)
    loss, accuracy = plots(state)
    assert loss.y_max >= max(max(line.y) for line in loss.lines)
    assert loss.y_max in (1.5, 2.0, 2.5)
    assert accuracy.y_max == 1.0
    chance = accuracy.lines[-1]
    assert (chance.name, chance.dashed, chance.y) == ("largest class", True, (0.2, 0.2))


def test_curves_of_infinite_loss_do_not_break_the_axis():
    broken = r.EpochDone(
        fold=0, seed=0, epoch=1, n_epochs=5, loss=math.inf, accuracy=0, learning_rate=1, seconds=1
    )
    loss, _ = plots(advance(of_records((started(2, 5),)), broken))
    assert loss.y_max == 1.0


def test_progress_counts_epochs_of_folds_seeds_and_the_final_model():
    state = state_at(1, 5, n_folds=4, epochs=10)
    found = progress(state, final_model=True)
    assert (found.done, found.total) == (15, 50)
    assert (found.fold_done, found.fold_total) == (5, 10)
    assert found.share == pytest.approx(0.3)
    assert found.left_s == pytest.approx(35 * 0.5)
    assert found.fold_left_s == pytest.approx(5 * 0.5)
    assert progress(state, final_model=False).total == 40


def test_a_sign_of_life_within_an_epoch_counts_in_part():
    state = advance(state_at(1, 5), r.Working(fold=1, epoch=6, step=3, n_steps=6))
    assert progress(state).fold_done == pytest.approx(5.5)


def test_the_time_left_is_not_invented_from_the_first_epochs():
    state = state_at(0, 2)
    assert progress(state).left_s is None
    assert whole_run(state).detail == "no forecast yet"
    assert "left" in whole_run(state_at(0, 3)).detail


def test_folds_of_an_earlier_run_count_as_done():
    records = (started(4, 10, finished=(0, 1)), fold_done(0, 4, restored=True))
    state = of_records((*records, fold_done(1, 4, restored=True)))
    assert progress(state, final_model=False).share == pytest.approx(0.5)
    assert "before the stop" in fold_cells(state)[0].tip


def test_the_figure_of_the_moment_says_what_is_done():
    assert current_fold(TrainingState()).value == "starting"
    preparing = of_records((r.Preparing(done=2, total=8, text="sub01/a"),))
    block = current_fold(preparing)
    assert (block.title, block.value, block.share) == ("Computing motion", "clip 3 of 8", 0.25)
    block = current_fold(state_at(1, 5))
    assert (block.title, block.value) == ("Fold 2 of 4, sub02", "epoch 5 / 10")
    final = r.FoldStarted(fold=4, n_folds=4, subject="", n_train=20, n_test=0, seed=0)
    assert current_fold(advance(state_at(3, 10), final)).title == "Final model, all subjects"


def test_a_fold_of_several_subjects_is_named_once():
    state = state_at(1, 5)
    assert fold_title(state).startswith("Fold 2 of 4, ")
    numbered = msgspec.structs.replace(state.fold, subject="fold 2")
    assert fold_title(replace(state, fold=numbered)) == "Fold 2 of 4"


def test_a_run_that_stopped_says_what_is_kept_and_no_time_left():
    state = state_at(2, 5)
    assert whole_run(state, run_state="crashed").detail == "crashed"
    assert whole_run(state, False, "crashed").share == pytest.approx(0.5)
    block = current_fold(state, run_state="cancelled")
    assert (block.value, block.share) == ("2 of 4 kept", 0.5)
    assert whole_run(TrainingState(), run_state="queued").detail == "waits for its turn"


def test_cells_show_the_measure_that_is_asked_for():
    state = state_at(2, 5)
    assert [cell.state for cell in fold_cells(state)] == ["done", "done", "now", "wait"]
    assert fold_cells(state)[2].text == "5/10"
    assert fold_cells(state, running=False)[2].state == "wait"
    assert [cell.text for cell in fold_cells(state, "accuracy")[:2]] == ["5/5", "4/5"]
    assert [cell.text for cell in fold_cells(state, "time")[:2]] == ["20 s", "21 s"]
    assert fold_cells(state, "time")[1].strength == 1.0
    assert folds_note(state) == "2 of 4, by subject"


def test_the_pooled_matrix_counts_all_folds_and_the_last_one_itself():
    state = state_at(2, 5)
    assert pooled(state).counts == scores([fold_done(0, 4), fold_done(1, 4)], 4).confusion
    found = last_fold(state)
    assert found.classes == CLASSES
    assert sum(map(sum, found.counts)) == 5
    # The second fold has one mistake: its first clip, of class 1, was taken for class 2.
    assert found.counts[1][2] == 1
    assert found.recall[1] == "0 %"
    assert last_fold(TrainingState()).classes == ()


def test_figures_carry_their_doubt_and_the_control():
    none = figures(None)
    assert {one.value for one in none} == {"–"}
    two = figures(state_at(2, 1).scores)
    assert {one.detail for one in two} == {"interval from 3 folds on"}
    three = figures(state_at(3, 1).scores, control=0.2)
    assert three[0].detail.startswith("95 %: ")
    assert (three[3].title, three[3].value) == ("Control UF1", ".200")


def test_classes_that_nobody_showed_are_named_beside_the_scores():
    import msgspec

    state = state_at(2, 1)
    without = msgspec.structs.replace(state.scores, absent=("fear",))
    assert scores_note(advance(state, without)) == "2 folds so far, without fear"
    assert scores_note(TrainingState()) == "no fold done yet"
    control = msgspec.structs.replace(without, protocol=f"loso, {SHUFFLED}", absent=())
    assert scores_note(advance(state, control)) == f"2 folds so far, {SHUFFLED}"


def test_an_interval_of_no_width_is_no_promise():
    import msgspec

    state = state_at(2, 1)
    alike = msgspec.structs.replace(state.scores, intervals={"uf1": (1.0, 1.0), "uar": (0.2, 0.4)})
    uf1, uar, accuracy = figures(alike)
    assert uf1.detail == NO_SPREAD
    assert uar.detail == "95 %: .20 – .40"
    assert accuracy.detail == "interval from 3 folds on"
