"""What a trained run says about one clip, in bars and words."""

from __future__ import annotations

from collections.abc import Iterable

from meviewer.core.errors import ClipError, MeviewerError
from meviewer.experiment.records import Predicted
from meviewer.present.training_runs import RunFacts
from meviewer.present.training_state import TrainingState
from meviewer.present.training_views import ClassBar
from meviewer.present.training_words import percent

CLOSE = 0.5
"""Below this share no answer outweighs all others together."""


def undecided(probabilities: Iterable[float]) -> bool:
    """Whether no class has half of the probability."""
    return max(probabilities) < CLOSE


def bars(said: Predicted) -> tuple[ClassBar, ...]:
    """Return one bar a class, the most probable first."""
    found = sorted(zip(said.classes, said.probabilities, strict=True), key=lambda one: -one[1])
    return tuple(
        ClassBar(name, share, percent(share), name == said.predicted) for name, share in found
    )


def answer(said: Predicted, first_number: int) -> str:
    """Say who answered and on which keyframes; ``first_number`` is that of the clip's frame 0."""
    onset, apex, offset = (frame + first_number for frame in said.keyframes)
    keyframes = f"onset {onset}, apex {apex}, offset {offset}"
    model = said.model[:1].upper() + said.model[1:]
    return f"{model}. {keyframes[:1].upper()}{keyframes[1:]}. Took {said.seconds:.1f} s."


def why_not(has_clip: bool, run: RunFacts | None, folds_done: int) -> str:
    """Say why no clip can be recognised now; empty if one can."""
    if run is None:
        return "Train a network first: it then says what it sees in the open clip."
    if not has_clip:
        return "Open a clip in Annotate to see what the run says of it."
    if not folds_done:
        return "The run has no finished fold yet."
    return ""


def skipped_error(state: TrainingState) -> MeviewerError | None:
    """Return why a clip could not be recognised, if the worker has skipped it."""
    if not state.skipped:
        return None
    one = state.skipped[-1]
    return ClipError(
        "The clip cannot be recognised",
        where=one.clip,
        why=one.reason,
        now="correct its keyframes, or choose another run",
    )
