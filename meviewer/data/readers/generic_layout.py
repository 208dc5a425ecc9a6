"""Where the columns of a foreign sheet are, as the user says or as can be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding
from meviewer.core.frames import parse_rate
from meviewer.data.doctor.sheets import SheetRow, sheet_rows
from meviewer.data.readers.generic_columns import (
    CONSTANT,
    FIELDS,
    NUMBERINGS,
    SETTINGS,
    TITLES,
    Mapping,
    column_names,
    find_column,
    guess_columns,
    guess_header,
    header_with,
)
from meviewer.data.tables.header import Header
from meviewer.data.tables.model import Table, Workbook


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet with the places of its columns.

    Attributes
    ----------
    table : Table
    header : Header
        By our names; ``row`` is 0 if there is none.
    constants : dict of str to str
        Values that hold for all rows.
    numbering : str
        A key of `NUMBERINGS`.
    lost : tuple of (str, str)
        What the mapping names and the sheet does not have: our name, its column.
    """

    table: Table
    header: Header
    constants: dict[str, str]
    numbering: str
    lost: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """Our names of all that the sheet says."""
        return frozenset((*self.header.columns, *self.constants))

    def missing(self) -> tuple[str, ...]:
        """Return our names of what is needed and not there."""
        needed = [field.name for field in FIELDS if field.needed and field.name not in self.known]
        return (*needed, *(() if self.known & {"clip", "path"} else ("clip",)))

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows below the names; cells of a merged subject or clip are each filled."""
        is_merged = bool(self.table.merged)
        filled = self._filled()
        table = self.table.with_merged_filled(sorted(filled)) if is_merged else self.table
        yield from sheet_rows(table, self.header)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is doubtful about the sheet; merged cells that are filled are not."""
        filled, above = self._filled(), self.header.row
        below = [(left, right) for top, left, _b, right in self.table.merged if top >= above]
        is_filled = all(left == right and left in filled for left, right in below)
        kind = "cells-merged" if is_filled else ""
        return tuple(finding for finding in self.table.findings if finding.kind != kind)

    def _filled(self) -> frozenset[int]:
        columns = self.header.columns
        return frozenset(columns[name] for name in ("subject", "clip") if name in columns)


def layout(workbook: Workbook, mapping: Mapping) -> Layout:
    """Return the sheet that a mapping speaks of, with the places of its columns.

    Raises
    ------
    LabelError
        If it names an unknown numbering, something that no column can be, or a row that is none.
    """
    given = dict(mapping)
    check_mapping(given)
    table = sheet_named(workbook, given.get("sheet", ""))
    named = {name: column for name, column in mapping if name not in SETTINGS}
    if "header" in given:
        row, numbering = int(given["header"]), "number"
        names = column_names(table, row)
    else:
        columns = [column for column in named.values() if not column.startswith(CONSTANT)]
        row = header_with(table, columns) or guess_header(table)
        names = column_names(table, row)
        guessed, numbering = guess_columns(names)
        taken = set(named.values())
        named = {k: v for k, v in guessed.items() if v not in taken} | named
    constants = {k: v[1:].strip() for k, v in named.items() if v.startswith(CONSTANT)}
    if "rate" in given:
        constants.setdefault("fps", given["rate"])
    places = {k: find_column(names, v) for k, v in named.items() if not v.startswith(CONSTANT)}
    found = {name: place for name, place in places.items() if place is not None}
    lost = tuple((name, named[name]) for name, place in places.items() if place is None)
    used = set(found.values())
    others = {name: at for at, name in enumerate(names) if name and at not in used}
    header = Header(row, found, others)
    return Layout(table, header, constants, given.get("numbering", numbering), lost)


def sheet_named(workbook: Workbook, sheet: str) -> Table:
    """Return a sheet; the one that looks most like labels if the name is empty.

    Raises
    ------
    LabelError
        If there is none of that name.
    """
    if sheet:
        found = workbook.table(sheet)
        if found is None:
            names = ", ".join(table.name for table in workbook.tables)
            raise LabelError(
                "No such sheet", where=f"{workbook.path}: {sheet!r}", now=f"choose one of: {names}"
            )
        return found
    best, most = Table("", ()), (-1, False)
    for table in workbook.tables:
        columns, _numbering = guess_columns(column_names(table, guess_header(table)))
        score = (len(columns), not table.hidden)
        if score > most:
            best, most = table, score
    return best


def check_mapping(given: dict[str, str]) -> None:
    """Refuse names that no column can have, and settings that are none.

    Raises
    ------
    LabelError
    """
    numbering, header = given.get("numbering", "number"), given.get("header", "0")
    unknown = [name for name in given if name not in TITLES and name not in SETTINGS]
    if unknown:
        wrong, now = ", ".join(unknown), f"use {', '.join((*TITLES, *SETTINGS))}"
        raise LabelError("No column can be that", where=wrong, now=now)
    if numbering not in NUMBERINGS:
        now = "; ".join(f"{name}: {words}" for name, words in NUMBERINGS.items())
        raise LabelError("No such numbering", where=repr(numbering), now=f"choose one of {now}")
    if not re.fullmatch("[0-9]{1,6}", header):
        now = "give the row of the column names, 0 if there is none"
        raise LabelError("That is no row", where=repr(header), now=now)
    if "rate" in given:
        parse_rate(given["rate"])


def needed_columns(made: Layout, path: Path) -> None:
    """Refuse a sheet without the columns that every row needs.

    Raises
    ------
    LabelError
        The message names what is missing and what the sheet has.
    """
    missing = made.missing()
    if not missing:
        return
    there = [repr(name[:60]) for name in (*made.header.columns, *made.header.others)][:30]
    lost = "".join(f"; there is no column {column!r}" for _name, column in made.lost)
    words = ["clip or path" if name == "clip" else name for name in missing]
    raise LabelError(
        f"The label file lacks {', '.join(words)}",
        where=f"{path}, sheet {made.table.name!r}",
        why=f"it has: {', '.join(there) or 'nothing'}{lost}",
        now=f"say which column it is: --column {missing[0]}=NAME, or Columns in the window",
    )
