"""What an agreement report says: rows of its tables, and how its numbers are to be read."""

from __future__ import annotations

from dataclasses import dataclass

from meviewer.core.events import Edge, Event
from meviewer.experiment.agreement_figures import Figure
from meviewer.experiment.agreement_project import Disagreement
from meviewer.experiment.agreement_values import (
    Agreement,
    AgreementReport,
    MeasureAgreement,
    NameAgreement,
)
from meviewer.experiment.intervals import Interval
from meviewer.present.bias_plot import Lane
from meviewer.present.wording import MISSING, counted, shift, signed

READING = (
    "A difference is the second coder less the first. The ICC of a keyframe counts where in the "
    "clip an event lies as agreement, so it is near 1 in long clips whoever labels: read the mean "
    "absolute error, and the ICC of rise and fall."
)

KEYFRAME_HEADS = (
    *("coders", "keyframe", "events", "bias ms", "MAE ms", "MAE frames", "±1 f", "±3 f", "±5 f"),
    *("±5 ms", "±15 ms", "±25 ms", "note"),
)
RELIABILITY_HEADS = ("coders", "keyframe", "events", "ICC(2,1)", "by F", "alpha", "note")
EVENT_HEADS = ("coders", "clips", "subjects", "events of each", "matched", "F1", "overlap", "note")
NAME_HEADS = ("coders", "what", "events", "same", "kappa", "alpha", "note")
DIFFERENCE_HEADS = ("clip", "coders", "what", "first", "second", "difference")

UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """Where a report comes from.

    Attributes
    ----------
    project : str
        Its name.
    finished : bool
        Whether only committed clips were compared.
    min_iou : float
        Least overlap of two labels of one movement.
    version : str
        Of the program.
    """

    project: str
    finished: bool
    min_iou: float
    version: str

    def line(self) -> str:
        """Return it in one line."""
        which = "committed clips only" if self.finished else "drafts included"
        return (
            f"{self.project}; {which}; labels are one event from an overlap (IoU) of "
            f"{self.min_iou:g} on; 95 % intervals from drawing whole subjects; {self.version}"
        )


def parts_of(report: AgreementReport) -> tuple[Agreement, ...]:
    """Return all coders together first where they are more than two, then each pair."""
    return report.pairs if report.whole is None else (report.whole, *report.pairs)


def coder_words(coders: tuple[str, ...]) -> str:
    """Return whose agreement it is."""
    return " and ".join(coders) if len(coders) == 2 else f"all {len(coders)}"


def summary(report: AgreementReport) -> str:
    """Return in a sentence what was compared, and the number that matters most."""
    first = parts_of(report)[0]
    if not first.n_clips:
        return f"{', '.join(report.coders)} have no clip in common"
    found = f"{', '.join(report.coders)}: {counted(first.n_clips, 'clip')} of "
    found += f"{counted(first.n_subjects, 'subject')}, {counted(first.n_matched, 'event')} matched"
    error = first.measure("apex").mae_ms.value
    return found if error is None else f"{found}; apexes lie {error:.1f} ms apart on the average"


def keyframe_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    """Return a row a group of coders and keyframe or phase under `KEYFRAME_HEADS`."""
    return [_keyframe_row(part, one) for part in parts_of(report) for one in part.measures]


def reliability_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    """Return a row a group of coders and keyframe or phase under `RELIABILITY_HEADS`."""
    return [_reliability_row(part, one) for part in parts_of(report) for one in part.measures]


def event_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    """Return a row a group of coders under `EVENT_HEADS`."""
    return [
        (
            coder_words(part.coders),
            str(part.n_clips),
            str(part.n_subjects),
            " and ".join(map(str, part.n_events)),
            str(part.n_matched),
            with_interval(part.f1),
            with_interval(part.overlap),
            _notes(F1=part.f1, overlap=part.overlap),
        )
        for part in parts_of(report)
    ]


def name_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    """Return a row a group of coders and emotion or action unit under `NAME_HEADS`."""
    return [
        _name_row(part, one)
        for part in parts_of(report)
        for one in (part.emotion, *part.action_units)
    ]


def difference_rows(found: tuple[Disagreement, ...]) -> list[tuple[str, ...]]:
    """Return a row a disagreement under `DIFFERENCE_HEADS`; frames are indices from 0."""
    return [
        (
            f"{one.unit.subject}/{one.unit.clip}",
            " and ".join(one.coders),
            one.what,
            *(_of(event, one.what) for event in one.unit.events),
            difference_words(one),
        )
        for one in found
    ]


def difference_words(one: Disagreement) -> str:
    """Say how two coders differ."""
    if one.what == "event":
        first, _second = one.unit.events
        marked = one.coders[1 if first is None else 0]
        return f"only {marked} marked it"
    if one.what == "emotion":
        return "another emotion"
    return shift(int(one.frames), one.unit.rate)


def lane_words(lane: Lane) -> str:
    """Return a lane of the plot in words, for those who do not see it."""
    n = counted(len(lane.dots), "event")
    median = lane.dots[0].ms if lane.box is None else lane.box.median
    return f"{lane.group}, {lane.edge.value}: {n}, median difference {signed(median, 1)} ms"


def dot_words(lane: Lane, at: int) -> str:
    """Return what one dot of the plot stands for."""
    return lane.dots[at].words


def with_interval(one: Figure, decimals: int = 2, *, sign: bool = False) -> str:
    """Return a number and its interval, as ``0.91 (0.85 … 0.95)``."""
    if one.value is None:
        return UNDEFINED if one.note.startswith(UNDEFINED) else MISSING
    if one.interval is None:
        return _number(one.value, decimals, sign)
    return f"{_number(one.value, decimals, sign)} {interval_words(one.interval, decimals, sign)}"


def interval_words(interval: Interval, decimals: int = 2, sign: bool = False) -> str:
    """Return an interval as ``(0.85 … 0.95)``."""
    low, high = (_number(end, decimals, sign) for end in interval)
    return f"({low} … {high})"


def _keyframe_row(part: Agreement, one: MeasureAgreement) -> tuple[str, ...]:
    return (
        coder_words(part.coders),
        one.name,
        str(one.mae_frames.n),
        with_interval(one.bias_ms, 1, sign=True),
        with_interval(one.mae_ms, 1),
        with_interval(one.mae_frames, 1),
        *(_share(share) for share in (*one.within_frames, *one.within_ms)),
        one.mae_frames.note,
    )


def _reliability_row(part: Agreement, one: MeasureAgreement) -> tuple[str, ...]:
    return (
        coder_words(part.coders),
        one.name,
        str(one.icc.n),
        with_interval(one.icc),
        MISSING if one.icc_f is None else interval_words(one.icc_f),
        with_interval(one.alpha),
        _notes(ICC=one.icc, alpha=one.alpha),
    )


def _name_row(part: Agreement, one: NameAgreement) -> tuple[str, ...]:
    return (
        coder_words(part.coders),
        one.name,
        str(one.same.n),
        _share(one.same),
        with_interval(one.kappa),
        with_interval(one.alpha),
        _notes(kappa=one.kappa, alpha=one.alpha),
    )


def _of(event: Event | None, what: str) -> str:
    if event is None:
        return "none"
    if what == "emotion":
        return event.emotion or MISSING
    if what == "event":
        return f"{event.onset} to {event.offset}"
    return str(event.keyframes[Edge(what)])


def _notes(**figures: Figure) -> str:
    """Return why numbers or intervals are missing, each reason once."""
    whose: dict[str, list[str]] = {}
    for name, one in figures.items():
        if one.note:
            whose.setdefault(one.note, []).append(name)
    if len(whose) == 1 and len(next(iter(whose.values()))) == len(figures):
        return next(iter(whose))
    return "; ".join(f"{' and '.join(names)} {note}" for note, names in whose.items())


def _share(one: Figure) -> str:
    return MISSING if one.value is None else f"{one.value:.0%}"


def _number(value: float, decimals: int, sign: bool) -> str:
    return signed(value, decimals) if sign else f"{value:.{decimals}f}".replace("-", "−")
