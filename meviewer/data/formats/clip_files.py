"""Formats with a file for each clip: a folder of them written, and read back one by one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, count, pairwise
from pathlib import Path

import msgspec

from meviewer.core.annotation import Status
from meviewer.core.errors import LabelError
from meviewer.core.events import Event
from meviewer.core.findings import Severity
from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, ReadBack, TimeBase
from meviewer.data.formats.bounded_files import files_in, make_folder
from meviewer.data.formats.clip_keys import keys
from meviewer.data.formats.extension import Extension, of_event, usable_frames
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.label_text import ClipFields, escape, touched
from meviewer.data.formats.placing import AS_WRITTEN, Frames

_MAX_NUMBERS = 10**6
_NUMBERED = re.compile(r"(.*) \(\d+\)", re.DOTALL)

Times = tuple[Fraction, Fraction, Fraction | None]
Clock = Callable[[TimeBase, Frames], Times]
"""Start, end and apex of a label in ms, as a format writes them."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Labels of one coder that do not overlap, as one tier of another program.

    Attributes
    ----------
    name : str
        Unique in the file; the coder's, with a number where there are several.
    coder : str
    events : tuple of (Event, Times)
    """

    name: str
    coder: str
    events: tuple[tuple[Event, Times], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A label as a file has it.

    Attributes
    ----------
    start, end, apex : Fraction or None
        In ms; None where the file does not say, or not readably.
    extension : Extension
        The fields of its text.
    tier : str
    row : int or None
        Line or number in the file, for findings.
    apex_told : bool
        Whether this tier has marks for apexes, so that a missing one was deleted.
    """

    start: Fraction | None
    end: Fraction | None
    extension: Extension
    tier: str
    apex: Fraction | None = None
    row: int | None = None
    apex_told: bool = False


def exact(time: TimeBase, frames: Frames) -> Times:
    """Return the times of a label, exactly."""
    onset, apex, offset = frames
    return time.start_ms(onset), time.end_ms(offset), None if apex is None else time.start_ms(apex)


def whole_ms(time: TimeBase, frames: Frames) -> Times:
    """Return the times of a label, rounded to whole ms, but never of no length."""
    start, end, apex = exact(time, frames)
    first, last = round(start), max(round(end), round(start) + 1)
    peak = None if apex is None else Fraction(min(round(apex), last - 1))
    return Fraction(first), Fraction(last), peak


def write_each(
    document: ExchangeDocument, target: Path, ending: str, text_of: Callable[[ExchangeClip], str]
) -> tuple[Path, ...]:
    """Write a file for each clip that somebody has labelled, into a folder."""
    make_folder(target)
    written = []
    for clip, key in zip(document.clips, keys(document), strict=True):
        if any(map(touched, clip.tiers.values())):
            written.append(target / f"{key}{ending}")
            write_text(written[-1], text_of(clip))
    return tuple(written)


def lanes(clip: ExchangeClip, clock: Clock) -> list[Lane]:
    """Return the labels of a clip as tiers without overlaps, by coder."""
    found: list[Lane] = []
    names = {coder: tier_name(coder) for coder in clip.tiers}
    for coder, tier in clip.tiers.items():
        others = {name for other, name in names.items() if other != coder}
        for events in _without_overlaps(clip, tier, clock) if touched(tier) else ():
            used = others | {lane.name for lane in found}
            numbered = (f"{names[coder]} ({number})" for number in count(2))
            name = next(n for n in chain([names[coder]], numbered) if n not in used)
            found.append(Lane(name, coder, tuple(events)))
    return found


def tier_name(coder: str) -> str:
    """Return the name of a coder as other programs can show it."""
    return escape(coder) or "coder"


def fields_in(lane: Lane, event: Event, status: Status) -> Extension:
    """Return the fields of an event without what its tier says."""
    whole = of_event(event, lane.coder, status)
    coder = None if lane.name == lane.coder else lane.coder
    return msgspec.structs.replace(whole, coder=coder, status=None)


def read_each(
    source: Path,
    known: ExchangeDocument,
    endings: tuple[str, ...],
    take: Callable[[Path, Gathering], None],
) -> ReadBack:
    """Read a file, or all files of a folder; in a folder, damaged ones are findings.

    Raises
    ------
    LabelError
        If the one file cannot be read, or none of a folder.
    """
    work = Gathering(known)
    files = files_in(source, *endings)
    failures = []
    for path in files:
        try:
            take(path, work)
        except LabelError as error:
            failures.append(error)
            work.doubt("exchange-file", str(error), severity=Severity.ERROR)
    if len(failures) == len(files):
        raise failures[0]
    return work.result(source.stem)


def clip_named(
    path: Path, told: ClipFields | None, hints: Iterable[str], work: Gathering
) -> ExchangeClip | None:
    """Return the clip of a file: by the names in it, by its media, by its own name."""
    found = work.finder.exact(told.subject, told.name) if told else None
    if found is not None:
        return found
    for text in (told.media if told else "", *hints, path.stem):
        found = work.finder.by_text(text) if text else None
        if found is not None:
            return found
    return clip_told(told) if told else None


def clip_told(told: ClipFields) -> ExchangeClip | None:
    """Return a clip that only the file knows, if it says the rate and the number of frames."""
    made = clip_of_file(told.subject, told.name, told.media, told.rate, told.n_frames)
    if made is None:
        return None
    return replace(made, time=replace(made.time, numbers=_numbers(told, made.time)))


@dataclass(slots=True)
class ClipFile:
    """The labels of one file on their way to the clip they belong to.

    Parameters
    ----------
    work : Gathering
    clip : ExchangeClip
    told : ClipFields or None
    clock : Clock
        How the format writes the times of frames: times that are still so mean these frames.
    """

    work: Gathering
    clip: ExchangeClip
    told: ClipFields | None
    clock: Clock
    _coders: set[str] = field(default_factory=set)

    def coder_of(self, tier: str) -> str:
        """Return the coder of a tier; ``"A (2)"`` holds what overlaps in that of A."""
        known = {tier_name(coder): coder for coder, _ in self.told.tiers} if self.told else {}
        numbered = _NUMBERED.fullmatch(tier)
        base = numbered[1] if numbered else tier
        return known.get(tier, known.get(base, tier.strip()))

    def take(self, mark: Mark) -> None:
        """Take a label over, or note why not."""
        extension, apex = self._without_deleted(mark)
        coder = self.coder_of(mark.tier) if extension.coder is None else extension.coder
        start, end, peak = self._as_written(mark, apex, extension)
        self._coders.add(coder)
        self.work.place(
            self.clip, (start, end), extension, AS_WRITTEN, apex=peak, row=mark.row, coder=coder
        )

    def finish(self) -> None:
        """Take over how far each coder had come."""
        for coder, status in self.told.tiers if self.told else ():
            # Labels may have been added, or the last one deleted, since "nothing" or "done" was.
            if (coder in self._coders) == (status is not Status.NONE_PRESENT):
                self.work.tier(self.clip, coder, status)

    def _without_deleted(self, mark: Mark) -> tuple[Extension, Fraction | None]:
        frames = mark.extension.frames
        if frames is None or frames[1] is None or mark.apex is not None or not mark.apex_told:
            return mark.extension, mark.apex
        text = "The apex was deleted since the label was exported"
        self.work.doubt("exchange-apex", text, row=mark.row, clip=self.clip, frame=frames[0])
        return msgspec.structs.replace(mark.extension, frames=(frames[0], None, frames[2])), None

    def _as_written(
        self, mark: Mark, apex: Fraction | None, extension: Extension
    ) -> tuple[Fraction | None, ...]:
        """Return the exact times of the stored frames where the file still has theirs."""
        stored = usable_frames(extension, self.clip.time.n_frames)
        found = (mark.start, mark.end, apex)
        if stored is None:
            return found
        rounded, precise = self.clock(self.clip.time, stored), exact(self.clip.time, stored)
        pairs = zip(found, rounded, precise, strict=True)
        return tuple(real if had is not None and now == had else now for now, had, real in pairs)


def apex_within(
    start: Fraction | None, end: Fraction | None, apexes: Sequence[Fraction]
) -> Fraction | None:
    """Return the first of the apexes, given in order, that lies in a label of these times."""
    if start is None or end is None:
        return None
    at = bisect_left(apexes, start)
    return apexes[at] if at < len(apexes) and apexes[at] < end else None


def _without_overlaps(
    clip: ExchangeClip, tier: Iterable[Event], clock: Clock
) -> list[list[tuple[Event, Times]]]:
    rows: list[list[tuple[Event, Times]]] = [[]]
    for event in tier:
        times = clock(
            clip.time, (event.onset, event.apex if event.has_apex else None, event.offset)
        )
        free = (row for row in rows if not row or row[-1][1][1] <= times[0])
        row = next(free, None)
        if row is None:
            rows.append([(event, times)])
        else:
            row.append((event, times))
    return rows


def _numbers(told: ClipFields, time: TimeBase) -> Sequence[int]:
    runs, lengths = told.numbers, [last - first + 1 for first, last in told.numbers]
    in_order = all(one[1] < other[0] for one, other in pairwise(runs))
    if not in_order or min(lengths, default=0) < 1 or sum(lengths) != time.n_frames:
        return time.numbers
    if len(runs) == 1:
        return range(runs[0][0], runs[0][1] + 1)
    if time.n_frames > _MAX_NUMBERS:
        return time.numbers
    return tuple(chain.from_iterable(range(first, last + 1) for first, last in runs))
