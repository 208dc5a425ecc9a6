"""What a bias report says: rows of its tables, and how its numbers are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from meviewer.core.events import Edge
from meviewer.experiment.bias import BiasReport, EdgeBias, GroupBias, PhaseLength
from meviewer.experiment.bias_events import Compared
from meviewer.experiment.label_sd import LabelSd
from meviewer.present.bias_plot import Lane
from meviewer.present.wording import MISSING, counted, shift, signed

REACH: Mapping[str, str] = MappingProxyType(
    {
        "narrow": "moves an onset later and an apex earlier, or not at all; offsets stay",
        "full": "moves an onset later, an apex and an offset earlier, or not at all",
        "apex-late": "moves an apex later, or not at all; onsets and offsets stay",
        "wide-late": "moves an onset and an apex later, or not at all; offsets stay",
        "two-sided": "moves an onset later, an apex either way and an offset earlier, "
        "or not at all",
        "free": "moves every keyframe anywhere, and follows the drift of the head",
    }
)
"""What each variant can do to a label; a shift that it cannot but make is no finding."""

READING = (
    "A shift is suggested less labelled: above 0 the suggestion is later. It says how two ways of "
    "labelling differ, not which of them is right."
)

SHIFT_HEADS = (
    *("group", "keyframe", "events", "median ms", "95 % interval", "IQR ms", "mean ms"),
    *("median frames", "moved", "evidence", "note"),
)
PHASE_HEADS = (
    *("group", "phase", "events", "labelled ms", "IQR ms", "suggested ms", "IQR ms"),
    *("published ms", "note"),
)
LABEL_HEADS = (
    *("data set", "coders", "keyframe", "events", "sd ms", "sd frames"),
    *("mean difference ms", "note"),
)


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Where a report comes from.

    Attributes
    ----------
    project : str
        Its name.
    coders : tuple of str
    method : mapping
        Parameters of the search.
    version : str
        Of the program.
    """

    project: str
    coders: tuple[str, ...]
    method: Mapping[str, str | float | bool | None]
    version: str

    def line(self) -> str:
        """Return it in one line."""
        parts = [
            f"{name} {value}" for name, value in self.method.items() if value not in ("", None)
        ]
        coders = ", ".join(self.coders)
        return f"{self.project}, labels by {coders}; GAMDSS: {', '.join(parts)}; {self.version}"


def reach_words(variant: str) -> str:
    """Say which way a variant can move a label."""
    return f"The variant {variant} {REACH[variant]}."


def summary(report: BiasReport) -> str:
    """Return in a sentence what was compared."""
    if report.whole is None:
        return "No event could be compared"
    whole = report.whole
    parts = [
        counted(whole.n_events, "event"),
        counted(whole.n_clips, "clip"),
        counted(whole.n_subjects, "subject"),
    ]
    left = f"; {counted(len(report.left_out), 'label')} left out" if report.left_out else ""
    return f"{', '.join(parts)}{left}"


def shift_rows(report: BiasReport, edges: tuple[Edge, ...] = tuple(Edge)) -> list[tuple[str, ...]]:
    """Return a row a group and keyframe under `SHIFT_HEADS`; all events first."""
    return [_shift_row(group, group.edge(edge)) for group in _groups(report) for edge in edges]


def phase_rows(report: BiasReport) -> list[tuple[str, ...]]:
    """Return a row a group and phase under `PHASE_HEADS`; all events first."""
    return [
        _phase_row(group, name, phase)
        for group in _groups(report)
        for name, phase in (("rise", group.rise), ("fall", group.fall))
    ]


def label_rows(found: tuple[LabelSd, ...]) -> list[tuple[str, ...]]:
    """Return a row a data set, pair of coders and keyframe under `LABEL_HEADS`."""
    return [
        (
            one.data_set or "no data set",
            " and ".join(one.coders),
            one.edge.value,
            str(one.n),
            _number(one.sd_ms),
            _number(one.sd_frames),
            MISSING if one.shift_ms is None else signed(one.shift_ms, 1),
            one.note,
        )
        for one in found
    ]


def left_out_rows(report: BiasReport) -> list[tuple[str, ...]]:
    """Return a row a clip or event that takes no part: which, and why."""
    return [
        (f"{one.subject}/{one.clip}", str(one.event_id or ""), one.reason)
        for one in report.left_out
    ]


def lane_words(lane: Lane) -> str:
    """Return a lane of the plot in words, for those who do not see it."""
    if lane.box is None:
        return f"{lane.group}, {lane.edge.value}: one event, {signed(lane.dots[0].ms, 1)} ms"
    n, median = counted(len(lane.dots), "event"), signed(lane.box.median, 1)
    return f"{lane.group}, {lane.edge.value}: {n}, median {median} ms"


def dot_words(lane: Lane, at: int) -> str:
    """Return what one dot of the plot stands for."""
    event = lane.dots[at].event
    assert isinstance(event, Compared)
    whose = f"{event.subject}/{event.clip}, labels by {event.coder}"
    moved = shift(event.shift_frames(lane.edge), event.rate)
    return f"{whose}\n{lane.edge.value}: {moved}\n{event.verdict}"


def _groups(report: BiasReport) -> tuple[GroupBias, ...]:
    """Return all groups; a single one that holds everything is not told twice."""
    if report.whole is None:
        return ()
    return report.groups if len(report.groups) == 1 else (report.whole, *report.groups)


def _shift_row(group: GroupBias, bias: EdgeBias) -> tuple[str, ...]:
    interval = bias.interval_ms
    low_high = (
        MISSING if interval is None else f"{signed(interval.low, 1)} … {signed(interval.high, 1)}"
    )
    notes = [note for note in (bias.note, group.note) if note]
    return (
        group.name,
        bias.edge.value,
        str(bias.ms.n),
        signed(bias.ms.median, 1),
        low_high,
        f"{bias.ms.iqr:.1f}",
        signed(bias.ms.mean, 1),
        signed(bias.frames.median, 1),
        f"{bias.moved:.0%}",
        f"{bias.evidence:.0%}",
        "; ".join(notes),
    )


def _phase_row(group: GroupBias, name: str, phase: PhaseLength) -> tuple[str, ...]:
    known = phase.published_ms
    return (
        group.name,
        name,
        str(phase.before.n),
        f"{phase.before.median:.0f}",
        f"{phase.before.iqr:.0f}",
        f"{phase.after.median:.0f}",
        f"{phase.after.iqr:.0f}",
        MISSING if known is None else str(known),
        "one event only" if phase.before.n == 1 else "",
    )


def _number(value: float | None) -> str:
    return MISSING if value is None else f"{value:.1f}"
