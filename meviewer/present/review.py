"""The review queue in words: why a clip is where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meviewer.core.events import Edge
from meviewer.experiment.doubt import Doubt, Reason, Sign

_NAMES = {
    Sign.ESTIMATE: "our estimate",
    Sign.CURVE: "visible motion",
    Sign.GAMDSS: "GAMDSS",
}
_MANY_MS = 150.0
_SIZES = ((_MANY_MS, "strong doubt"), (60.0, "some doubt"), (0.0, "little doubt"))

_HIDDEN = "Blind-first: suggestions and other people's labels are hidden until you commit this clip"
_KEPT_BLIND = "Blind-first: this is one of the clips that stay blind, also when they are committed"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One clip of the queue.

    Attributes
    ----------
    sample_id : int
    event_id : int or None
        The most doubtful event.
    edge : Edge or None
        The keyframe that speaks loudest.
    share : float
        Doubt for a small bar, 0 to 1.
    why : str
        The strongest reason in a few words; empty without a doubt.
    lines : tuple of (str, float)
        All reasons with their shares, 0 to 1.
    total : str
        The whole doubt in words.
    """

    sample_id: int
    event_id: int | None = None
    edge: Edge | None = None
    share: float = 0.0
    why: str = ""
    lines: tuple[tuple[str, float], ...] = ()
    total: str = ""


def blind_words(blind: bool, for_ever: bool) -> str:
    """Say that suggestions are hidden, and until when; empty where they are not."""
    if not blind:
        return ""
    return _KEPT_BLIND if for_ever else _HIDDEN


def entries(found: Sequence[Doubt]) -> tuple[QueueEntry, ...]:
    """Return one entry a clip, that of its most doubtful event; ``found`` has the worst first."""
    seen: dict[int, QueueEntry] = {}
    for doubt in found:
        if doubt.sample_id not in seen:
            seen[doubt.sample_id] = entry(doubt)
    return tuple(seen.values())


def entry(doubt: Doubt) -> QueueEntry:
    """Put one doubt in words."""
    lines = tuple(
        (reason_words(reason), share)
        for reason, share in zip(doubt.reasons, doubt.shares(), strict=True)
        if share >= 0.01
    )
    return QueueEntry(
        doubt.sample_id,
        doubt.event_id,
        doubt.edge,
        min(doubt.ms / _MANY_MS, 1.0),
        lines[0][0] if lines else "",
        lines,
        total_words(doubt.ms),
    )


def total_words(ms: float) -> str:
    """Say how large a doubt is."""
    size = next(words for least, words in _SIZES if ms >= least)
    return f"{size}: {ms:.0f} ms in all"


def reason_words(reason: Reason) -> str:
    """Say one reason in a few words, such as ``coder B: apex +12 f, usually −2 f``."""
    if reason.sign is Sign.RULE:
        return reason.text
    if reason.sign is Sign.MODEL:
        return f"run {reason.who} {reason.text}"
    who = f"coder {reason.who}" if reason.sign is Sign.CODER else _NAMES[reason.sign]
    edge = "" if reason.edge is None else f"{reason.edge.value} "
    usual = _frames(reason.usual_frames)
    return f"{who}: {edge}{_frames(reason.frames)}, usually {usual}"


def _frames(value: float) -> str:
    rounded = round(value)
    return f"{rounded:+d} f".replace("-", "−") if rounded else "0 f"
