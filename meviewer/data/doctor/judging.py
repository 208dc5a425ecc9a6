"""Whether one row can be a sample: its numbers themselves, then against the frames on disk."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import frames_to_ms
from meviewer.core.labels import normalise
from meviewer.data.doctor.numbers import Number, is_missing, read_number
from meviewer.data.doctor.rows import BLINK, DraftRow, Traits


@dataclass(slots=True)
class Verdict:
    """What the rules say about one row.

    Attributes
    ----------
    reason : str
        Why the row cannot be a sample; empty if it can.
    onset, offset : int
        In the sheet's numbers.
    apex : int or None
        The apex to use; None if there is none.
    findings : list of Finding
    is_cut : bool
        Whether it was cut at an end of the clip.
    could_be_cut : bool
        Whether cutting it would make a sample of it.
    """

    reason: str = ""
    onset: int = 0
    offset: int = 0
    apex: int | None = None
    findings: list[Finding] = field(default_factory=list)
    is_cut: bool = False
    could_be_cut: bool = False

    def refuse(self, row: DraftRow, kind: str, reason: str) -> None:
        """Leave the row out; the first reason counts, the others are findings too."""
        self.reason = self.reason or reason
        self.findings.append(row.finding(kind, Severity.ERROR, reason))

    def doubt(self, row: DraftRow, kind: str, text: str, *, error: bool = False) -> None:
        """Note what does not forbid a sample."""
        severity = Severity.ERROR if error else Severity.WARNING
        self.findings.append(row.finding(kind, severity, text))


def judge_numbers(row: DraftRow, traits: Traits) -> Verdict:
    """Check the cells of a row without looking at the disk."""
    verdict = Verdict()
    for kind, text in row.doubts:
        verdict.doubt(row, kind, text)
    if row.fault:
        verdict.refuse(row, row.fault_kind, row.fault)
        return verdict
    onset, offset = _needed(row, "onset", verdict), _needed(row, "offset", verdict)
    apex = _apex(row, onset, verdict) if traits.has_apex else None
    if onset is None or offset is None or verdict.reason:
        return verdict
    verdict.onset, verdict.offset, verdict.apex = onset, offset, apex
    if onset > offset:
        reason = f"the onset {onset} comes after the offset {offset}"
        verdict.refuse(row, "wrong-order", reason)
    elif apex is not None and not onset <= apex <= offset:
        text = f"The apex {apex} lies outside onset {onset} to offset {offset}; it is left out"
        verdict.doubt(row, "apex-outside", text, error=True)
        verdict.apex = None
    return verdict


def judge_frames(
    row: DraftRow, verdict: Verdict, numbers: Sequence[int], *, cut: bool = False
) -> None:
    """Check keyframes against the frame numbers on disk; the verdict takes what is found.

    Parameters
    ----------
    numbers : sequence of int
        Frame numbers of the clip, increasing.
    cut : bool
        Whether to cut an event at the ends of the clip; otherwise it is left out.
    """
    first, last = numbers[0] + row.shift, numbers[-1] + row.shift
    outside = [
        (name, number)
        for name, number in (("onset", verdict.onset), ("offset", verdict.offset))
        if not first <= number <= last
    ]
    if outside:
        verdict.could_be_cut = verdict.onset <= last and verdict.offset >= first
        name, number = outside[0]
        reason = f"the {name} {number} lies outside the clip's {first} to {last}"
        if not (cut and verdict.could_be_cut):
            verdict.refuse(row, "outside-clip", reason)
            return
        verdict.doubt(row, "outside-clip", f"{reason[0].upper()}{reason[1:]}; it was cut there")
        verdict.onset, verdict.offset = max(verdict.onset, first), min(verdict.offset, last)
        verdict.is_cut = True
    _presence(row, verdict, numbers)


def judge_rest(row: DraftRow, verdict: Verdict, traits: Traits, rate: Fraction | None) -> None:
    """Note the doubts about a row that will be a sample."""
    if verdict.apex == verdict.onset:
        text = "Onset and apex are the same frame: there is no rise"
        verdict.doubt(row, "apex-on-onset", text)
    if verdict.apex == verdict.offset:
        text = "Apex and offset are the same frame: there is no fall"
        verdict.doubt(row, "apex-on-offset", text)
    if rate is not None and row.kind in ("", "micro"):
        lasts_ms = frames_to_ms(verdict.offset - verdict.onset + 1, rate)
        if lasts_ms > traits.longest_ms:
            text = f"It lasts {lasts_ms:.0f} ms, longer than {traits.longest_ms:g} ms"
            verdict.doubt(row, "too-long", text)
    _emotion(row, verdict, traits)


def _needed(row: DraftRow, name: str, verdict: Verdict) -> int | None:
    text: str = row.onset if name == "onset" else row.offset
    if is_missing(text):
        verdict.refuse(row, f"{name}-missing", f"the {name} is missing")
        return None
    number = _number(row, name, text, verdict)
    if number is None:
        return None
    onset = read_number(row.onset)
    if name == "offset" and number.value <= 0 and onset is not None and onset.value > 0:
        reason = f"the offset is {number.value}, which stands for a missing one"
        verdict.refuse(row, "offset-zero", reason)
        return None
    return number.value


def _apex(row: DraftRow, onset: int | None, verdict: Verdict) -> int | None:
    """Return the apex to use; data sets write a missing one as blank, '/', 0 or -1."""
    if is_missing(row.apex):
        if row.kind == BLINK:
            return None  # nobody labels the apex of a blink
        said = f"is {row.apex!r}" if row.apex.strip() else "is blank"
        verdict.doubt(row, "apex-missing", f"The apex is missing: its cell {said}")
        return None
    number = _number(row, "apex", row.apex, verdict)
    if number is None:
        return None
    if number.value <= 0 and (onset is None or number.value < onset):
        text = f"The apex is {number.value}, which stands for a missing one"
        verdict.doubt(row, "apex-missing", text)
        return None
    return number.value


def _number(row: DraftRow, name: str, text: str, verdict: Verdict) -> Number | None:
    number = read_number(text)
    if number is None:
        verdict.refuse(row, "row-faulty", f"the {name} is no frame number: {text!r}")
    elif not number.is_whole:
        said = f"The {name} {text} is no whole frame; it was rounded to {number.value}"
        verdict.doubt(row, "number-rounded", said)
    return number


def _presence(row: DraftRow, verdict: Verdict, numbers: Sequence[int]) -> None:
    for name, number in (("onset", verdict.onset), ("offset", verdict.offset)):
        if not _is_there(number - row.shift, numbers):
            reason = f"the frame {number} of the {name} is missing on disk"
            verdict.refuse(row, "frame-missing", reason)
    if verdict.apex is not None and not _is_there(verdict.apex - row.shift, numbers):
        text = f"The frame {verdict.apex} of the apex is missing on disk; the apex is left out"
        verdict.doubt(row, "frame-missing", text, error=True)
        verdict.apex = None
    onset, offset = verdict.onset - row.shift, verdict.offset - row.shift
    inside = bisect_right(numbers, offset) - bisect_left(numbers, onset)
    missing = offset - onset + 1 - inside
    if missing:
        text = f"{missing} frame(s) between onset and offset are missing on disk"
        verdict.doubt(row, "frames-missing", text)


def _is_there(number: int, numbers: Sequence[int]) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _emotion(row: DraftRow, verdict: Verdict, traits: Traits) -> None:
    is_blink = row.kind == BLINK and not row.emotion.strip()
    if not traits.has_emotion or is_blink:
        return
    if not row.emotion.strip():
        verdict.findings.append(
            row.finding("emotion-missing", Severity.INFO, "The emotion is empty")
        )
    elif traits.emotions and normalise(row.emotion) not in traits.emotions:
        text = f"{traits.title} has no class {row.emotion!r}"
        verdict.doubt(row, "emotion-unknown", text)
