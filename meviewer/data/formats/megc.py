"""The table of intervals that the spotting challenges (MEGC) ask for.

``vid,pred_onset,pred_offset,type``: the clip, frame numbers of the data set, and ``me`` or ``mae``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.events import Event, Keyframes
from meviewer.core.findings import Severity
from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.bounded_files import damaged, exact_ms, files_in, read_table, table_text
from meviewer.data.formats.extension import Extension, to_event
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.holding import Holds, Part, count_labels, losses

COLUMNS = ("vid", "pred_onset", "pred_offset", "type")
MICRO_MS = 500
"""Longer ones are macro-expressions, where nobody said; half a second is the usual limit."""

_SYNONYMS = {
    "vid": ("vid", "video", "video_id", "vid_id", "clip", "filename", "file"),
    "onset": ("pred_onset", "onset", "start", "gt_onset"),
    "offset": ("pred_offset", "offset", "end", "gt_offset"),
    "apex": ("pred_apex", "apex"),
    "type": ("type", "expression_type", "kind"),
    "subject": ("subject", "sub"),
    "emotion": ("emotion", "pred_emotion", "pred_emo", "emo"),
}
_KINDS = {
    "me": "micro",
    "mae": "macro",
    "micro": "micro",
    "macro": "macro",
    "micro-expression": "micro",
    "macro-expression": "macro",
}
_WORDS = {"micro": "me", "macro": "mae"}
_CODER = "MEGC"


@dataclass(frozen=True, slots=True)
class Megc:
    """Reads and writes tables of spotted intervals."""

    name: str = "megc"
    title: str = "Spotting table (MEGC)"
    suffixes: tuple[str, ...] = (".csv",)
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what a spotting table cannot hold."""
        found = list(losses(document, Holds(frozenset({Part.KIND}))))
        blinks = count_labels(document, lambda event: event.kind == "blink")
        if blinks:
            text = "Blinks are no expressions and are left out of the table."
            found.append(Loss("blinks", blinks, text))
        unsaid = count_labels(document, lambda event: event.kind not in (*_WORDS, "blink"))
        if unsaid:
            text = f"Labels of no kind are written as me up to {MICRO_MS} ms, and as mae beyond."
            found.append(Loss("that nobody said whether it is micro or macro", unsaid, text))
        return tuple(found)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one table; blinks are no expressions and are left out."""
        rows: list[Sequence[object]] = [COLUMNS]
        for clip, event in written(document):
            numbers = clip.time.numbers
            word = _WORDS[kind_of(clip, event)]
            rows.append((_vid(document, clip), numbers[event.onset], numbers[event.offset], word))
        write_text(target, table_text(rows, ","))
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a table, or all tables of a folder (``cas_pred.csv`` and ``samm_pred.csv``)."""
        work = Gathering(known)
        work.each(files_in(source, ".csv"), lambda path: _take(path, work))
        return work.result(source.stem)


FORMAT = Megc()


def kind_of(clip: ExchangeClip, event: Event) -> str:
    """Return the kind that is written: the coder's, or by length where nobody said."""
    if event.kind in _WORDS:
        return event.kind
    length = clip.time.end_ms(event.offset) - clip.time.start_ms(event.onset)
    return "micro" if length <= MICRO_MS else "macro"


def written(document: ExchangeDocument) -> Iterator[tuple[ExchangeClip, Event]]:
    """Yield what a spotting table has a row for."""
    for clip in document.clips:
        for tier in clip.tiers.values():
            yield from ((clip, event) for event in tier if event.kind != "blink")


def _vid(document: ExchangeDocument, clip: ExchangeClip) -> str:
    alone = sum(other.name == clip.name for other in document.clips) == 1
    return clip.name if alone else f"{clip.subject}/{clip.name}"


def _take(path: Path, work: Gathering) -> None:
    rows = read_table(path, ",;\t")
    names = [cell.casefold() for cell in rows[0]] if rows else []
    columns = {
        known: next((names.index(s) for s in synonyms if s in names), -1)
        for known, synonyms in _SYNONYMS.items()
    }
    missing = [name for name in ("vid", "onset", "offset") if columns[name] < 0]
    if missing:
        raise damaged(
            path,
            f"the column {missing[0]} is missing; it has {', '.join(map(repr, rows[0][:8]))}"
            if rows
            else "it is empty",
            f"its first row must be {','.join(COLUMNS)}",
        )
    for number, row in enumerate(rows[1:], 2):
        if any(row):
            cells = {k: row[at] if 0 <= at < len(row) else "" for k, at in columns.items()}
            _take_row(cells, number, work)


def _take_row(cells: dict[str, str], row: int, work: Gathering) -> None:
    clip = work.finder.exact(cells["subject"], cells["vid"]) or work.finder.by_text(cells["vid"])
    if clip is None:
        work.no_clip(cells["vid"], row)
        return
    try:
        onset = _index(clip, "onset", cells["onset"], row, work)
        offset = _index(clip, "offset", cells["offset"], row, work)
        apex = _index(clip, "apex", cells["apex"], row, work) if cells["apex"] else None
        inner = (onset + offset) // 2 if apex is None else apex
        keyframes = Keyframes(onset, inner, offset)
    except LabelError as error:
        text = f"A label was left out: {error}"
        work.doubt("exchange-outside", text, row=row, clip=clip, severity=Severity.ERROR)
        return
    kind = _KINDS.get(cells["type"].casefold(), "")
    if cells["type"] and not kind:
        text = f"The type {cells['type']!r} is neither me nor mae"
        work.doubt("exchange-type", text, row=row, clip=clip)
    event = to_event(Extension(kind=kind, emotion=cells["emotion"]), keyframes, apex is not None)
    work.add(clip, _CODER, event)


def _index(clip: ExchangeClip, name: str, text: str, row: int, work: Gathering) -> int:
    number = exact_ms(text, 1)
    if number is None:
        raise LabelError(f"The {name} is no frame number", where=repr(text), why=f"row {row}")
    whole = floor(number + Fraction(1, 2))
    if whole != number:
        said = f"The {name} {text} was rounded to {whole}"
        work.doubt("number-rounded", said, row=row, clip=clip, severity=Severity.INFO)
    return clip.time.index_of(whole)
