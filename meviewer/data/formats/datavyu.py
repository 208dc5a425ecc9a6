"""Spreadsheets of Datavyu as its scripts export them: one table a clip, columns side by side.

Each column of the spreadsheet is some columns of the table, padded with blanks where it has fewer
cells: ``coder_A.ordinal, coder_A.onset, coder_A.offset, coder_A.emotion, ...``, times in ms. The
column ``about`` names the clip; each further one holds the labels of one coder. The form of
``datavyu2csv.rb`` (a file for each column, its name in the cells) is read as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import msgspec

from meviewer.core import action_units
from meviewer.core.annotation import Annotation
from meviewer.core.frames import rate_text
from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.bounded_files import (
    damaged,
    exact_ms,
    files_in,
    make_folder,
    read_table,
    table_text,
)
from meviewer.data.formats.clip_keys import keys, safe, unique
from meviewer.data.formats.extension import (
    Extension,
    believed,
    of_event,
    pack,
    unpack,
    visible,
)
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import ALL, Holds, Part, losses
from meviewer.data.formats.placing import WHOLE_MS

_CLIP = "about"
_PLACES = ("ordinal", "onset", "offset")
_CLIP_CODES = ("subject", "name", "rate", "frames", "media")
_CODES = ("emotion", "action_units", "kind", "apex_ms", "notes")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[:.](\d{3})")
_NO_NAME = re.compile(r"\W+")
_EMOTIONS = ("emotion", "expression", "code01", "code1", "arg01")


@dataclass(frozen=True, slots=True)
class Datavyu:
    """Reads and writes exported Datavyu spreadsheets."""

    name: str = "datavyu"
    title: str = "Datavyu spreadsheet (CSV)"
    suffixes: tuple[str, ...] = (".csv",)
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what a Datavyu spreadsheet cannot hold."""
        return losses(document, Holds(ALL - {Part.NOTHING_PRESENT}))

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one table for each clip into a folder."""
        make_folder(target)
        written = []
        for clip, key in zip(document.clips, keys(document), strict=True):
            written.append(target / f"{key}.csv")
            write_text(written[-1], table_text(_table(clip), ","))
        return tuple(written)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a table, or all tables of a folder."""
        work = Gathering(known)
        work.each(files_in(source, ".csv"), lambda path: _read(path, work))
        return work.result(source.stem)


FORMAT = Datavyu()


def _table(clip: ExchangeClip) -> list[Sequence[object]]:
    length = round(clip.time.end_ms(clip.time.n_frames - 1))
    told = (clip.subject, clip.name, rate_text(clip.time.rate), clip.time.n_frames, clip.media)
    header = [f"{_CLIP}.{name}" for name in (*_PLACES, *_CLIP_CODES)]
    blocks: list[list[Sequence[object]]] = [[(1, 0, length, *told)]]
    columns = unique(_column(coder) for coder in clip.tiers)
    for column, (coder, annotation) in zip(columns, clip.tiers.items(), strict=True):
        header += [f"{column}.{name}" for name in (*_PLACES, *_CODES)]
        blocks.append(_cells(clip, coder, annotation))
    widths = [len(_PLACES) + len(_CLIP_CODES)] + [len(_PLACES) + len(_CODES)] * len(columns)
    rows: list[Sequence[object]] = [header]
    for parts in zip_longest(*blocks):
        padded = (part or [""] * w for part, w in zip(parts, widths, strict=True))
        rows.append([cell for part in padded for cell in part])
    return rows


def _column(coder: str) -> str:
    # Datavyu allows letters, digits and underscores, and no digit at the start.
    return f"coder_{_NO_NAME.sub('_', safe(coder, '')).strip('_')}".rstrip("_")


def _cells(clip: ExchangeClip, coder: str, annotation: Annotation) -> list[Sequence[object]]:
    found: list[Sequence[object]] = []
    for ordinal, event in enumerate(annotation, 1):
        extension = of_event(event, coder, annotation.status)
        start, end = round(clip.time.start_ms(event.onset)), round(clip.time.end_ms(event.offset))
        apex = round(clip.time.start_ms(event.apex)) if event.has_apex else ""
        shown = (visible(event.emotion), extension.action_units, visible(event.kind), apex)
        found.append((ordinal, start, end, *shown, pack(extension)))
    return found


def _read(path: Path, work: Gathering) -> None:
    rows = read_table(path, ",;\t")
    header = [name.casefold() for name in rows[0]] if rows else []
    if {"column", "ordinal", "onset", "offset"} <= set(header):
        blocks = _by_cells(rows, header)
    else:
        blocks = _side_by_side(rows, header)
    if not blocks:
        why = "it has no columns named as in 'expression.onset' and 'expression.offset'"
        raise damaged(path, why, "export the spreadsheet from Datavyu with its script")
    clip = _clip_of(path, blocks, work)
    if clip is None:
        work.no_clip(path.name)
        return
    wide = [number for number, row in enumerate(rows, 1) if any(row[len(header) :])]
    if wide:
        text = f"{len(wide)} row(s) have more cells than the header; a comma stands in a code"
        work.doubt("exchange-row-long", text, row=wide[0], clip=clip)
    for column, cells in blocks.items():
        if column != _CLIP:
            for number, codes in cells:
                _take(column, codes, number, clip, work)


_Blocks = dict[str, list[tuple[int, dict[str, str]]]]


def _side_by_side(rows: list[list[str]], header: list[str]) -> _Blocks:
    """Return the cells of each column of the spreadsheet, with the row they stand in."""
    names = [name.rpartition(".") for name in (rows[0] if rows else [])]
    wanted = [place for place, name in enumerate(header) if name.endswith(".onset")]
    blocks: _Blocks = {}
    for column in (names[place][0] for place in wanted):
        places = {code.casefold(): at for at, (own, _, code) in enumerate(names) if own == column}
        if "offset" not in places:
            continue
        cells = []
        for number, row in enumerate(rows[1:], 2):
            codes = {code: row[at] if at < len(row) else "" for code, at in places.items()}
            if any(codes.values()):
                cells.append((number, codes))
        blocks[column] = cells
    return blocks


def _by_cells(rows: list[list[str]], header: list[str]) -> _Blocks:
    """Return the same of a table with a row for each cell, and the column's name in it."""
    blocks: _Blocks = {}
    for number, row in enumerate(rows[1:], 2):
        codes = dict(zip(header, row, strict=False))
        if any(row):
            blocks.setdefault(codes.get("column", ""), []).append((number, codes))
    return blocks


def _clip_of(path: Path, blocks: _Blocks, work: Gathering) -> ExchangeClip | None:
    told: Mapping[str, str] = next((codes for _row, codes in blocks.get(_CLIP, [])), {})
    subject, name, media = (told.get(code, "") for code in ("subject", "name", "media"))
    finder = work.finder
    exact = finder.exact(subject, name) if name else None
    if exact is not None:
        return exact
    # Files of datavyu2csv are named <column>__<file>.
    file = next(
        (codes["file"] for cells in blocks.values() for _, codes in cells if "file" in codes), ""
    )
    for text in (media, file, path.stem, path.stem.rpartition("__")[2]):
        found = finder.by_text(text) if text else None
        if found is not None:
            return found
    return clip_of_file(subject, name, media, told.get("rate"), told.get("frames"))


def _take(
    column: str, codes: Mapping[str, str], row: int, clip: ExchangeClip, work: Gathering
) -> None:
    start, end = _ms(codes.get("onset", "")), _ms(codes.get("offset", ""))
    apex = _ms(codes.get("apex_ms", ""))
    extension = _extension(codes)
    coder = column.removeprefix("coder_")
    work.place(
        clip, (start, end), extension, WHOLE_MS, apex=apex, row=row, coder=coder or "Datavyu"
    )


def _extension(codes: Mapping[str, str]) -> Extension:
    stored = unpack(codes.get("notes", ""))
    if stored is not None:
        return msgspec.structs.replace(
            stored,
            emotion=believed(codes.get("emotion", ""), stored.emotion or ""),
            kind=believed(codes.get("kind", ""), stored.kind or ""),
            action_units=believed(codes.get("action_units", ""), stored.action_units),
        )
    named = next((name for name in _EMOTIONS if codes.get(name)), "")
    units = codes.get("action_units") or codes.get("aus") or codes.get("au") or ""
    known = {*_PLACES, "file", "column", "action_units", "aus", "au", "kind", "notes", named}
    more = (f"{name}: {text}" for name, text in codes.items() if text and name not in known)
    notes = "; ".join(part for part in (codes.get("notes", ""), *more) if part)
    return Extension(
        emotion=codes.get(named, ""),
        action_units=action_units.format_units(action_units.parse(units)),
        kind=codes.get("kind", ""),
        notes=notes,
    )


def _ms(text: str) -> Fraction | None:
    """Return a time in ms, or as Datavyu shows it: ``00:01:02:345``."""
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return exact_ms(text, 1)
    hours, minutes, seconds, ms = map(int, clock.groups())
    return Fraction(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
