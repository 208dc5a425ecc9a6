"""Tab-delimited text as ELAN exports it: one row an annotation, one file a clip.

Written with the names of the columns, all three forms of time, and the tiers ``<coder>`` and
``<coder>-apex``; a tier ``meviewer`` names the clip. Read with or without the names, with any of
the forms of time, and with a column for each tier.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats import clip_files
from meviewer.data.formats.bounded_files import damaged, exact_ms, read_text
from meviewer.data.formats.clip_files import (
    ClipFile,
    Mark,
    apex_within,
    clip_named,
    fields_in,
    lanes,
    whole_ms,
)
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.label_text import escape, fields_of, pack, pack_clip, unpack, unpack_clip

OWN_TIER = "meviewer"
_APEX = "-apex"
_FORMS = ("hh:mm:ss.ms", "ss.msec", "msec")
_TIMES = tuple(
    f"{what} - {form}" for what in ("Begin Time", "End Time", "Duration") for form in _FORMS
)
_COLUMNS = ("Tier", "Participant", *_TIMES, "Annotation")
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)[.:,](\d{1,3})")
_SECONDS = re.compile(r"-?\d+[.,]\d+")
_WHOLE = re.compile(r"-?\d+")
_KINDS = {"hh:mm:ss.ms": _CLOCK, "ss.msec": _SECONDS, "msec": _WHOLE}
_LOOKED_AT = 50
_HOLDS = Holds()


@dataclass(frozen=True, slots=True)
class ElanText:
    """Reads and writes tab-delimited text of ELAN."""

    name: str = "elan-text"
    title: str = "ELAN tab-delimited text"
    suffixes: tuple[str, ...] = (".txt", ".tsv", ".csv")
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document the text cannot hold."""
        return losses(document, _HOLDS)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a file for each labelled clip into a folder."""
        return clip_files.write_each(document, target, ".txt", _text)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a file, or all text files of a folder."""
        return clip_files.read_each(source, known, self.suffixes, _take)


FORMAT = ElanText()


# -- writing


def _text(clip: ExchangeClip) -> str:
    length = round(clip.time.end_ms(clip.time.n_frames - 1))
    own = (OWN_TIER, 0, length, pack_clip(fields_of(clip)))
    rows = ["\t".join(_COLUMNS)]
    for tier, start, end, text in (own, *_annotations(clip)):
        times = (_forms(start), _forms(end), _forms(end - start))
        cells = (tier, escape(clip.subject), *(form for three in times for form in three), text)
        rows.append("\t".join(cells))
    return "\n".join((*rows, ""))


def _annotations(clip: ExchangeClip) -> Iterator[tuple[str, int, int, str]]:
    for lane in lanes(clip, whole_ms):
        status = clip.tiers[lane.coder].status
        for event, (start, end, apex) in lane.events:
            yield lane.name, int(start), int(end), pack(fields_in(lane, event, status))
            if apex is not None:
                behind = round(clip.time.end_ms(event.apex))
                last = min(max(behind, int(apex) + 1), int(end))
                yield f"{lane.name}{_APEX}", int(apex), last, "apex"


def _forms(ms: int) -> tuple[str, str, str]:
    minutes, rest = divmod(ms, 60_000)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return clock, f"{ms / 1000:.3f}".rstrip("0").rstrip("."), str(ms)


# -- reading


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    tier: str
    start: Fraction | None
    end: Fraction | None
    text: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column is what, 0-based; ``tiers``: columns of values with the tier they belong to."""

    begin: int
    end: int
    form: str
    tier: int | None
    values: Mapping[int, str]


def _take(path: Path, work: Gathering) -> None:
    rows = list(_rows(path))
    texts = (row.text for row in rows if row.tier == OWN_TIER)
    told = next((found for found in map(unpack_clip, texts) if found), None)
    clip = clip_named(path, told, (), work)
    if clip is None:
        work.no_clip(path.name)
        return
    file = ClipFile(work, clip, told, whole_ms)
    for mark in _marks(rows):
        file.take(mark)
    file.finish()


def _marks(rows: Sequence[_Row]) -> Iterator[Mark]:
    tiers = {row.tier for row in rows}
    apexes: dict[str, list[Fraction]] = {}
    others = []
    for row in rows:
        base = row.tier.removesuffix(_APEX)
        # A coder may have a name that ends so, but not labels without fields in our own files.
        if base != row.tier and base in tiers and "|" not in row.text:
            apexes.setdefault(base, []).extend([row.start] if row.start is not None else [])
        elif unpack_clip(row.text) is None:
            others.append(row)
    apexes = {tier: sorted(found) for tier, found in apexes.items()}
    for row in others:
        apex = apex_within(row.start, row.end, apexes.get(row.tier, ()))
        told = row.tier in apexes
        yield Mark(row.start, row.end, unpack(row.text), row.tier, apex, row.number, told)


def _rows(path: Path) -> Iterator[_Row]:
    cells = _cells(path, read_text(path))
    layout, first = _layout(path, cells)
    for number, row in cells[first:]:
        padded = [*row, *[""] * (max(layout.begin, layout.end, *layout.values) + 1 - len(row))]
        start, end = (_ms(padded[place], layout.form) for place in (layout.begin, layout.end))
        tier = padded[layout.tier] if layout.tier is not None else ""
        for place, name in layout.values.items():
            if len(layout.values) == 1 or padded[place].strip():
                yield _Row(number, (tier or name).strip(), start, end, padded[place])


def _cells(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Return rows with their numbers, without those that name the document."""
    if path.suffix.casefold() == ".csv":
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            rows = list(enumerate(reader, 1))
        except csv.Error as error:
            raise damaged(path, f"line {reader.line_num}: {error}") from error
    else:
        # Values are written as they are: a quotation mark is only that.
        rows = [(n, line.split("\t")) for n, line in enumerate(text.split("\n"), 1)]
    plain = ((n, [cell.strip("\r") for cell in row]) for n, row in rows)
    return [(n, row) for n, row in plain if any(row) and not row[0].lstrip('"').startswith("#")]


def _layout(path: Path, cells: Sequence[tuple[int, list[str]]]) -> tuple[_Layout, int]:
    named = _named(cells[0][1]) if cells else None
    found = (named, 1) if named else (_by_content(cells), 0)
    if found[0] is None and len(cells) > 1:
        # The names may be in the language that ELAN was set to.
        found = (_by_content(cells[1:], cells[0][1]), 1)
    layout, first = found
    if layout is None:
        raise damaged(
            path,
            "no two columns hold the begin and end of annotations",
            "export from ELAN as tab-delimited text, with begin and end time",
        )
    return layout, first


def _named(header: Sequence[str]) -> _Layout | None:
    names = [name.strip().casefold() for name in header]
    for form in reversed(_FORMS):
        begin, end = f"begin time - {form}", f"end time - {form}"
        if begin in names and end in names:
            tier = names.index("tier") if "tier" in names else None
            known = {"tier", "participant", *map(str.casefold, _TIMES)}
            values = {i: header[i].strip() for i, name in enumerate(names) if name not in known}
            return _with_values(names.index(begin), names.index(end), form, tier, values)
    return None


def _by_content(
    cells: Sequence[tuple[int, list[str]]], header: Sequence[str] = ()
) -> _Layout | None:
    """Tell columns by what stands in them, as there are no names to tell them by."""
    rows = [row for _number, row in cells[:_LOOKED_AT]]
    width = min(map(len, rows), default=0)
    for form in reversed(_FORMS):
        kind = _KINDS[form]
        fits = [i for i in range(width) if all(kind.fullmatch(row[i].strip()) for row in rows)]
        if len(fits) >= 2:
            times = {
                i
                for i in range(width)
                if all(any(k.fullmatch(row[i].strip()) for k in _KINDS.values()) for row in rows)
            }
            last, widest = max(times), max(map(len, rows))
            values = {i: header[i] if i < len(header) else "" for i in range(last + 1, widest)}
            tier = 0 if min(times) > 0 else None
            return _with_values(fits[0], fits[1], form, tier, values)
    return None


def _with_values(
    begin: int, end: int, form: str, tier: int | None, values: Mapping[int, str]
) -> _Layout | None:
    if tier is not None and values:
        # One column of values; behind it there may be the path of the document.
        values = {min(values): ""}
    named = {i: name or "ELAN" for i, name in values.items()}
    return _Layout(begin, end, form, tier, named) if named else None


def _ms(text: str, form: str) -> Fraction | None:
    clock = _CLOCK.fullmatch(text.strip()) if form == _FORMS[0] else None
    if clock is None:
        return exact_ms(text, 1 if form == "msec" else 1000) if form != _FORMS[0] else None
    hours, minutes, seconds = map(int, clock.groups()[:3])
    return ((hours * 60 + minutes) * 60 + seconds + Fraction(f"0.{clock[4]}")) * 1000
