"""Tables of labels from any hand: our own, and plain sheets with some of the columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

from meviewer.core.action_units import format_units, parse
from meviewer.core.annotation import Status
from meviewer.core.errors import LabelError
from meviewer.core.events import Keyframes
from meviewer.core.findings import Severity
from meviewer.data import subjects
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, ReadBack, TimeBase
from meviewer.data.formats.bounded_files import damaged, exact_ms
from meviewer.data.formats.clip_files import clip_told
from meviewer.data.formats.csv_labels import SYNONYMS
from meviewer.data.formats.extension import Extension, status_of, to_event
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.label_text import ClipFields, read_runs
from meviewer.data.tables.header import Header, require_header
from meviewer.data.tables.reading import read_workbook

EDGES = ("onset", "apex", "offset")
CODER = "table"
"""Whose labels are those of a table without coders."""

_NAMES: dict[str, tuple[str, ...]] = {
    **{name: SYNONYMS[name] for name in ("subject", "clip", "coder", "emotion", "action_units")},
    **{f"{edge}_index": (f"{edge} frame index",) for edge in EDGES},
    **{f"{edge}_number": (edge, *SYNONYMS[edge]) for edge in EDGES},
    **{f"{edge}_ms": (f"{edge} time", f"{edge} time ms") for edge in EDGES},
    **dict.fromkeys(("status", "source", "apex_source", "rejected", "confidence", "media"), ()),
    "event": ("event id",),
    "rate": ("fps", "frame rate"),
    "n_frames": ("frames", "number of frames"),
    "kind": ("type", "expression type"),
    "objective": ("objective class",),
    "notes": ("note", "comment", "comments", "remarks"),
    "clip_numbers": (),
}
_HIDDEN = re.compile(r"'+[=+\-@\t\r\n]")
_KINDS = {"micro-expression": "micro", "macro-expression": "macro", "me": "micro", "mae": "macro"}
_DIGITS = re.compile(r"[0-9]{1,12}")
_OURS = "onset_index"
_MISSING = frozenset({"", "/", "\\", "-", "–", "—", "?", "n/a", "na", "nan", "none", "null"})


def take_table(paths: Iterable[Path], known: ExchangeDocument, name: str) -> ReadBack:
    """Read tables of labels.

    Raises
    ------
    LabelError
        If a file is no table, or lacks the columns for the clip, the onset or the offset.
    """
    work = Gathering(known)
    for path in paths:
        workbook = read_workbook(path)
        table, header = require_header(workbook, _NAMES, ("clip",))
        _require_keyframes(path, header)
        work.findings += (*workbook.findings, *table.findings)
        reading = _Table(work, _OURS in header.columns)
        for row, cells in enumerate(table.rows[header.row :], header.row + 1):
            if any(cell.strip() for cell in cells):
                places = header.columns.items()
                named = {n: cells[at] if at < len(cells) else "" for n, at in places}
                reading.take(row, named)
    return work.result(name)


def _require_keyframes(path: Path, header: Header) -> None:
    for edge in ("onset", "offset"):
        if not any(f"{edge}_{unit}" in header.columns for unit in ("index", "number", "ms")):
            now = f"add a column {edge}_index, {edge}_number (or {edge}) or {edge}_ms"
            raise damaged(path, f"it has no column for the {edge}", now)


@dataclass(slots=True)
class _Table:
    """One table, row by row.

    Parameters
    ----------
    work : Gathering
    ours : bool
        Whether blanks around texts are meant, and apostrophes in front hide formulas.
    """

    work: Gathering
    ours: bool
    _clips: dict[tuple[str, ...], ExchangeClip | None] = field(default_factory=dict)
    _spelled: dict[tuple[str, str], list[ExchangeClip]] | None = None

    def take(self, row: int, raw: Mapping[str, str]) -> None:
        """Take the label of a row over, or note why not."""
        cells = {name: self._text(cell) for name, cell in raw.items()}
        clip = self._clip(cells, row)
        if clip is None:
            self.work.no_clip("/".join(filter(None, (cells.get("subject"), cells["clip"]))), row)
            return
        coder = cells.get("coder", "") or CODER
        status = status_of(cells.get("status", "").strip().casefold())
        frames = [self._frame(clip, edge, cells, row) for edge in EDGES]
        if frames == [None, None, None] and status is Status.NONE_PRESENT:
            self.work.tier(clip, coder, status)
            return
        keyframes = self._keyframes(clip, frames, row)
        if keyframes is None:
            return
        event = to_event(_fields(cells), keyframes, frames[1] is not None)
        self.work.add(clip, coder, event)
        if status is not Status.NONE_PRESENT:
            self.work.tier(clip, coder, status)

    def _text(self, cell: str) -> str:
        text = cell if self.ours else cell.strip()
        return text[1:] if _HIDDEN.match(text) else text

    def _clip(self, cells: Mapping[str, str], row: int) -> ExchangeClip | None:
        names = ("subject", "clip", "media", "rate", "n_frames", "clip_numbers")
        key = tuple(cells.get(name, "") for name in names)
        if key not in self._clips:
            self._clips[key] = self._found(*key, row=row)
        return self._clips[key]

    def _found(
        self,
        subject: str,
        name: str,
        media: str,
        rate: str,
        n_frames: str,
        numbers: str,
        *,
        row: int,
    ) -> ExchangeClip | None:
        finder = self.work.finder
        found = finder.exact(subject, name) or self._mangled(subject, name, row)
        if found is None and not subject:
            found = finder.by_text(name)
        found = found or (finder.by_text(media) if media else None)
        runs = read_runs(numbers)
        told = ClipFields(subject, name, media, rate.strip(), _whole(n_frames) or 0, runs)
        return found or clip_told(told)

    def _mangled(self, subject: str, name: str, row: int) -> ExchangeClip | None:
        """Return the clip that is meant where a spreadsheet has made 1 of the subject 01."""
        if self._spelled is None:
            self._spelled = defaultdict(list)
            for clip in self.work.known.clips:
                self._spelled[_spelling(clip.subject, clip.name)].append(clip)
        fits = self._spelled.get(_spelling(subject, name), [])
        if not subject.strip() or len(fits) != 1:
            return None
        text = f"{subject}/{name} was taken for {fits[0].subject}/{fits[0].name}"
        self.work.doubt("exchange-spelling", text, row=row, clip=fits[0], severity=Severity.INFO)
        return fits[0]

    def _frame(
        self, clip: ExchangeClip, edge: str, cells: Mapping[str, str], row: int
    ) -> int | None:
        """Return the frame of a keyframe: by its index, else its number, else its time."""
        said: list[tuple[str, int | None]] = []
        for unit in ("index", "number", "ms"):
            text = cells.get(f"{edge}_{unit}", "")
            if text.strip().casefold() in _MISSING:
                continue
            said.append((f"{unit} {text.strip()}", _frame_of(clip.time, unit, text)))
            whole = None if unit == "ms" or _DIGITS.fullmatch(text) else _whole(text)
            if whole not in (None, exact_ms(text, 1)):
                words = f"The {edge} {text.strip()} was rounded to {whole}"
                self.work.doubt("number-rounded", words, row=row, clip=clip, severity=Severity.INFO)
        if not said:
            return None
        words, frame = said[0]
        if frame is None:
            text = f"The clip has no frame of the {edge}'s {words}"
            self.work.doubt("exchange-outside", text, row=row, clip=clip, severity=Severity.ERROR)
            return -1
        if any(other != frame for _words, other in said):
            listed = " and ".join(words for words, _frame in said)
            text = f"{listed} of the {edge} are not one frame; the {words} counts"
            self.work.doubt("exchange-disagrees", text, row=row, clip=clip, frame=frame)
        return frame

    def _keyframes(
        self, clip: ExchangeClip, frames: list[int | None], row: int
    ) -> Keyframes | None:
        onset, apex, offset = frames
        if -1 in frames:
            return None
        if onset is None or offset is None:
            missing = "onset" if onset is None else "offset"
            text = f"A label was left out: it has no {missing}"
        else:
            try:
                return Keyframes(onset, (onset + offset) // 2 if apex is None else apex, offset)
            except LabelError as error:
                text = f"A label was left out: {error}"
        self.work.doubt("exchange-no-interval", text, row=row, clip=clip, severity=Severity.ERROR)
        return None


def _spelling(subject: str, clip: str) -> tuple[str, str]:
    return subjects.key(subject), clip.strip().casefold()


def _frame_of(time: TimeBase, unit: str, text: str) -> int | None:
    if unit == "ms":
        ms = exact_ms(text, 1)
        half = 500 / time.rate
        if ms is None or not -half <= ms <= time.start_ms(time.n_frames - 1) + half:
            return None
        return time.index_at(ms)
    number = _whole(text)
    if number is None:
        return None
    if unit == "index":
        return number if 0 <= number < time.n_frames else None
    try:
        return time.index_of(number)
    except LabelError:
        return None


def _whole(text: str) -> int | None:
    """Return a number rounded half up, as SAMM Long Videos needs it; None if it is none."""
    if _DIGITS.fullmatch(text):
        return int(text)
    number = exact_ms(text, 1)
    return None if number is None else floor(number + Fraction(1, 2))


def _fields(cells: Mapping[str, str]) -> Extension:
    def cell(name: str) -> str:
        return cells.get(name, "")

    confidence = exact_ms(cell("confidence"), 1)
    kind = cell("kind")
    rejected = (
        re.fullmatch(r"\s*(\d{1,9}) (\d{1,9}) (\d{1,9})", r) for r in cell("rejected").split(";")
    )
    return Extension(
        id=_whole(cell("event")) or 0,
        emotion=cell("emotion"),
        action_units=format_units(parse(cell("action_units"))),
        confidence=None if confidence is None else float(confidence),
        notes=cell("notes"),
        kind=_KINDS.get(kind.casefold(), kind),
        objective=cell("objective"),
        source=cell("source").strip() or None,
        apex_source=cell("apex_source").strip() or None,
        rejected=tuple((int(r[1]), int(r[2]), int(r[3])) for r in rejected if r),
    )
