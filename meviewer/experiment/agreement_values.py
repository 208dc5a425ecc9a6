"""Values of the agreement between coders: what two coders, or several, agree on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from meviewer.core.annotation import Annotation
from meviewer.experiment.agreement_figures import Figure
from meviewer.experiment.agreement_matching import Matched
from meviewer.experiment.intervals import Interval

WITHIN_FRAMES = (1, 3, 5)
"""Frames that two labels may lie apart."""

WITHIN_MS = (5, 15, 25)
"""The same at 200 frames per second, ms [ours]: so that slower cameras compare."""

MEASURES = ("onset", "apex", "offset", "rise", "fall")
"""Keyframes, and the two phases between them, which do not depend on where an event lies."""

NO_DIRECTION = "between two coders only"


@dataclass(frozen=True, slots=True)
class Unit:
    """One movement on one clip.

    Attributes
    ----------
    sample_id : int
    subject, clip : str
    rate : Fraction
        Frames per second.
    events : tuple of Event or None
        One a coder; None of those who did not mark it.
    """

    sample_id: int
    subject: str
    clip: str
    rate: Fraction
    events: Matched


@dataclass(frozen=True, slots=True)
class ClipTiers:
    """A clip that all coders have looked at.

    Attributes
    ----------
    sample_id : int
    subject, clip : str
    rate : Fraction
    tiers : tuple of Annotation
        One a coder.
    """

    sample_id: int
    subject: str
    clip: str
    rate: Fraction
    tiers: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class MeasureAgreement:
    """Agreement on one keyframe, or on the length of one phase.

    Attributes
    ----------
    name : str
        One of `MEASURES`.
    bias_frames, bias_ms : Figure
        Mean difference, signed; for two coders only.
    mae_frames, mae_ms : Figure
        Mean absolute difference; of several coders, over all pairs.
    within_frames, within_ms : tuple of Figure
        Share that lies no further apart than `WITHIN_FRAMES` and `WITHIN_MS`, 0 to 1.
    icc : Figure
        ICC(2,1) of the times.
    icc_f : Interval or None
        Its interval from the F distribution, which takes events for independent.
    alpha : Figure
        Krippendorff's, for interval data.
    """

    name: str
    bias_frames: Figure
    bias_ms: Figure
    mae_frames: Figure
    mae_ms: Figure
    within_frames: tuple[Figure, ...]
    within_ms: tuple[Figure, ...]
    icc: Figure
    icc_f: Interval | None
    alpha: Figure


@dataclass(frozen=True, slots=True)
class NameAgreement:
    """Agreement on names.

    Attributes
    ----------
    name : str
        ``"emotion"``, or an action unit as ``"AU 4"``.
    same : Figure
        Share of equal names (of action units: where either coder sees it), 0 to 1.
    kappa : Figure
        Cohen's, for two coders only.
    alpha : Figure
        Krippendorff's, for names.
    """

    name: str
    same: Figure
    kappa: Figure
    alpha: Figure


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two coders, or several, agree on.

    Attributes
    ----------
    coders : tuple of str
    n_clips, n_subjects : int
        Clips that all of them have looked at, and whose.
    n_events : tuple of int
        Events of each coder there.
    n_matched : int
        Movements that all of them have marked.
    drawn : str
        What the bootstrap draws: ``"subjects"``, ``"clips"``, or nothing.
    f1 : Figure
        F1 of the events, each coder being the other's truth: ``2 matched / all`` of each pair.
    overlap : Figure
        Mean intersection over union of the matched ones.
    measures : tuple of MeasureAgreement
        In the order of `MEASURES`.
    emotion : NameAgreement
    action_units : tuple of NameAgreement
        One for each unit that occurs; only where all coders have listed some.
    units : tuple of Unit
    """

    coders: tuple[str, ...]
    n_clips: int
    n_subjects: int
    n_events: tuple[int, ...]
    n_matched: int
    drawn: str
    f1: Figure
    overlap: Figure
    measures: tuple[MeasureAgreement, ...]
    emotion: NameAgreement
    action_units: tuple[NameAgreement, ...]
    units: tuple[Unit, ...]

    def measure(self, name: str) -> MeasureAgreement:
        """Return the numbers of one keyframe or phase."""
        return next(one for one in self.measures if one.name == name)


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement of each pair, and of all coders where there are more than two.

    Attributes
    ----------
    coders : tuple of str
    pairs : tuple of Agreement
    whole : Agreement or None
    """

    coders: tuple[str, ...]
    pairs: tuple[Agreement, ...]
    whole: Agreement | None
