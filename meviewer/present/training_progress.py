"""How far a training is and how long it still takes, from what it has done so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from meviewer.present.training_runs import ACTIVE
from meviewer.present.training_state import TrainingState
from meviewer.present.training_views import ProgressBlock
from meviewer.present.training_words import percent, time_left
from meviewer.present.wording import counted

_FEWEST_EPOCHS = 3  # before that the mean of the epochs is no forecast


@dataclass(frozen=True, slots=True)
class Progress:
    """Epochs done and to do, in the fold and seed under way and in all; seconds an epoch."""

    fold_done: float
    fold_total: int
    done: float
    total: int
    epoch_seconds: float | None

    @property
    def share(self) -> float:
        """Share of the whole run, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    @property
    def fold_share(self) -> float:
        """Share of the fold under way, 0 to 1."""
        return min(self.fold_done / self.fold_total, 1.0) if self.fold_total else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds that the whole run still takes; None while that is a guess."""
        return self._left(self.total - self.done)

    @property
    def fold_left_s(self) -> float | None:
        """Seconds that the fold still takes; None while that is a guess."""
        return self._left(self.fold_total - self.fold_done)

    def _left(self, epochs: float) -> float | None:
        return None if self.epoch_seconds is None else max(epochs, 0.0) * self.epoch_seconds


def progress(state: TrainingState, final_model: bool = True) -> Progress:
    """Return how far a run is.

    Parameters
    ----------
    state : TrainingState
    final_model : bool
        Whether a network on all subjects follows the folds.
    """
    if state.started is None:
        return Progress(0.0, 0, 0.0, 0, None)
    n_seeds, epochs = len(state.started.seeds), state.started.epochs
    n_folds = len(state.started.subjects)
    per_fold = n_seeds * epochs
    total = (n_folds + int(final_model)) * per_fold
    if state.finished:
        return Progress(per_fold, per_fold, total, total, 0.0)
    in_fold = _within_fold(state, n_seeds, epochs)
    known = state.n_epochs >= _FEWEST_EPOCHS
    each = state.seconds / state.n_epochs if known else None
    return Progress(in_fold, per_fold, len(state.folds) * per_fold + in_fold, total, each)


def whole_run(
    state: TrainingState, final_model: bool = True, run_state: str = "running"
) -> ProgressBlock:
    """Return the figure of the whole run; ``run_state`` is the word of the table of runs."""
    if run_state == "queued":
        return ProgressBlock("Whole run", "0 %", "waits for its turn", 0.0)
    if state.phase == "done":
        seconds = state.scores.seconds if state.scores else None
        detail = "" if seconds is None else time_left(seconds).replace(" left", "")
        return ProgressBlock("Whole run", "done", detail, 1.0)
    running = run_state in ACTIVE
    # A fold that was cut short starts over: what was done of it does not count.
    found = progress(state if running else _cut(state), final_model)
    left = run_state
    if running and run_state != "paused":
        left = time_left(found.left_s)
    return ProgressBlock("Whole run", percent(found.share), left, found.share)


def current_fold(
    state: TrainingState, final_model: bool = True, run_state: str = "running"
) -> ProgressBlock:
    """Return the figure of what is being done: preparation, a fold, or the final model."""
    if state.phase != "done" and run_state not in ACTIVE:
        return _standing_still(state, run_state)
    if state.phase == "done":
        n = state.scores.n_folds if state.scores else len(state.folds)
        return ProgressBlock("Folds", counted(n, "fold"), "all tested", 1.0)
    if state.started is None:
        return _before_start(state)
    if state.fold is None:
        return ProgressBlock("Fold", "starting", "", None)
    found = progress(state, final_model)
    return ProgressBlock(
        fold_title(state), _epoch_words(state), time_left(found.fold_left_s), found.fold_share
    )


def fold_title(state: TrainingState) -> str:
    """Name the fold under way: its number and the subject that is held out."""
    fold = state.fold
    if fold is None:
        return "Training"
    if fold.fold >= fold.n_folds:
        return "Final model, all subjects"
    words = f"Fold {fold.fold + 1} of {fold.n_folds}"
    # Folds of several subjects have numbers for names.
    numbered = fold.subject.casefold() == f"fold {fold.fold + 1}"
    return words if numbered else f"{words}, {fold.subject}"


def _cut(state: TrainingState) -> TrainingState:
    return replace(state, fold=None, epochs=(), working=None)


def _standing_still(state: TrainingState, run_state: str) -> ProgressBlock:
    """Say what is kept of a run that waits or ended early: a fold cut short starts over."""
    if state.started is None:
        words = "not started" if run_state == "queued" else "nothing was trained"
        return ProgressBlock("Folds", words, "", None)
    n, total = len(state.folds), len(state.started.subjects)
    return ProgressBlock("Folds", f"{n} of {total} kept", "resume to go on", n / total)


def _before_start(state: TrainingState) -> ProgressBlock:
    preparing = state.preparing
    if preparing is None:
        return ProgressBlock("Preparing", "starting", "loading torch", None)
    share = preparing.done / preparing.total if preparing.total else None
    value = f"clip {min(preparing.done + 1, preparing.total)} of {preparing.total}"
    return ProgressBlock("Computing motion", value, preparing.text, share)


def _epoch_words(state: TrainingState) -> str:
    assert state.started is not None
    last = state.epochs[-1] if state.epochs else None
    text = f"epoch {last.epoch if last else 0} / {state.started.epochs}"
    seeds = state.started.seeds
    if len(seeds) > 1:
        seed = last.seed if last else (state.fold.seed if state.fold else seeds[0])
        at = seeds.index(seed) + 1 if seed in seeds else 1
        text += f", seed {at} of {len(seeds)}"
    return text


def _within_fold(state: TrainingState, n_seeds: int, epochs: int) -> float:
    """Epochs of the fold under way that are done, those of earlier seeds included."""
    if state.fold is None or any(one.fold == state.fold.fold for one in state.folds):
        return 0.0
    assert state.started is not None
    last = state.epochs[-1] if state.epochs else None
    seed = last.seed if last is not None else state.fold.seed
    before = state.started.seeds.index(seed) if seed in state.started.seeds else 0
    done = float(before * epochs + (last.epoch if last is not None else 0))
    if state.working is not None and state.working.n_steps:
        done += state.working.step / state.working.n_steps
    return min(done, float(n_seeds * epochs))
