"""Rules on labels, shown as findings: nothing is repaired silently."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from meviewer.core.annotation import Annotation
from meviewer.core.events import Event
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import frames_to_ms

MAX_DURATION_MS = 500.0
"""Upper limit of a micro-expression (Yan et al. 2013); longer ones are macro-expressions."""


def check(
    annotation: Annotation,
    n_frames: int,
    rate: Fraction,
    gaps: tuple[int, ...] = (),
    max_duration_ms: float = MAX_DURATION_MS,
) -> tuple[Finding, ...]:
    """Return everything doubtful about one annotation.

    Parameters
    ----------
    n_frames : int
        Frames of the clip.
    rate : Fraction
        Frames per second.
    gaps : tuple of int
        Indices of frames in front of which numbers are missing on disk.
    """
    found: list[Finding] = []
    for event in annotation:
        found += _extent(event, n_frames, rate, max_duration_ms)
        found += _apex(event)
        found += _missing(event, gaps)
        if not event.emotion:
            found.append(_finding(event, "emotion-missing", Severity.INFO, "No emotion is chosen"))
    found += _overlaps(annotation)
    return tuple(found)


def _extent(event: Event, n_frames: int, rate: Fraction, limit_ms: float) -> Iterator[Finding]:
    if event.offset >= n_frames:
        text = f"The offset lies outside the clip of {n_frames} frames"
        yield _finding(event, "outside-clip", Severity.ERROR, text, n_frames - 1)
    duration_ms = frames_to_ms(len(event.keyframes.span), rate)
    # Macro-expressions and blinks are labelled beside them, and may be longer.
    if duration_ms > limit_ms and event.kind in ("", "micro"):
        # One decimal, else 12 frames at 23.976 fps would read "500 ms, longer than 500 ms".
        text = f"Lasts {duration_ms:.1f} ms, longer than {limit_ms:g} ms"
        yield _finding(event, "too-long", Severity.WARNING, text)


def _apex(event: Event) -> Iterator[Finding]:
    if not event.has_apex:
        text = "The apex is not set"
        yield _finding(event, "apex-missing", Severity.WARNING, text, event.onset)
        return
    if event.apex == event.onset:
        text = "Onset and apex are the same frame: there is no rise"
        yield _finding(event, "apex-on-onset", Severity.WARNING, text, event.apex)
    if event.apex == event.offset:
        text = "Apex and offset are the same frame: there is no fall"
        yield _finding(event, "apex-on-offset", Severity.WARNING, text, event.apex)


def _missing(event: Event, gaps: tuple[int, ...]) -> Iterator[Finding]:
    inside = [gap for gap in gaps if event.onset < gap <= event.offset]
    if inside:
        text = f"Frame numbers are missing on disk at {len(inside)} place(s) inside the event"
        yield _finding(event, "frames-missing", Severity.WARNING, text, inside[0])


def _overlaps(annotation: Annotation) -> Iterator[Finding]:
    for one, other in pairwise(annotation.events):
        if other.onset <= one.offset:
            n = one.offset - other.onset + 1
            text = f"Overlaps the event that ends {n} frame{'s' * (n > 1)} later"
            yield _finding(other, "overlap", Severity.INFO, text)


def _finding(
    event: Event, kind: str, severity: Severity, text: str, frame: int | None = None
) -> Finding:
    return Finding(kind, severity, text, event.id, event.onset if frame is None else frame)
