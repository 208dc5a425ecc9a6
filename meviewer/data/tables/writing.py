"""Copies of a label sheet in which only some cells differ."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.atomic import write_bytes
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook
from meviewer.data.tables.signature import read_bytes
from meviewer.data.tables.text_edit import edited_text, not_editable

_MAX_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A new value for one cell.

    Attributes
    ----------
    sheet : str
        Name of the sheet; of a text file, its name without ending, or empty.
    row : int
        1-based, as the spreadsheet shows it; must exist.
    column : int
        0-based; may lie beyond the end of the row.
    value : int, str or None
        A number, a text, or None for an empty cell. A number becomes text where the cell held
        text before, as data sets that keep all numbers as text need it.
    """

    sheet: str
    row: int
    column: int
    value: int | str | None


def write_copy(source: Path, target: Path, edits: Sequence[CellEdit]) -> tuple[Finding, ...]:
    """Write a copy of a sheet in which only these cells differ.

    Parameters
    ----------
    source : Path
        Never changed.
    target : Path
        Replaced if it exists. See `copy_target` for its ending.
    edits : sequence of CellEdit
        The last of several for one cell counts.

    Returns
    -------
    tuple of Finding
        What the copy lacks, and where it went if not to ``target``.

    Raises
    ------
    LabelError
        If the source cannot be read, a cell cannot be changed, or the target is the source.
    StorageError
        If the disk refuses; an older target is then as it was.
    """
    workbook = read_workbook(source)
    place = _target_for(workbook, target)
    for path in (target, place):
        _refuse_source(source, path)
    _check(workbook, edits)
    if workbook.kind == "csv":
        cells = {(edit.row, edit.column): _text(edit.value) for edit in edits}
        write_bytes(place, edited_text(source, read_bytes(source), cells))
        return ()
    from meviewer.data.tables import workbook_copy

    named = [(_table(workbook, edit.sheet).name, edit) for edit in edits]
    changes = {(name, edit.row, edit.column): edit.value for name, edit in named}
    workbook_copy.write(workbook, place, changes)
    return _losses(workbook, target)


def losses_of_copy(source: Path) -> tuple[Finding, ...]:
    """Return what `write_copy` would say of this file, before anything is written.

    Raises
    ------
    LabelError
        If the source cannot be read.
    """
    return _losses(read_workbook(source), source)


def copy_target(source: Path, target: Path) -> Path:
    """Return where `write_copy` writes: ``target``, with the ending of what it can write.

    Raises
    ------
    LabelError
        If the source cannot be read.
    """
    return _target_for(read_workbook(source), target)


def _target_for(workbook: Workbook, target: Path) -> Path:
    if workbook.kind == "csv" or target.suffix.lower() == ".xlsx":
        return target
    return target.with_suffix(".xlsx")


def _losses(workbook: Workbook, target: Path) -> tuple[Finding, ...]:
    if workbook.kind == "csv":
        return ()
    from meviewer.data.tables import workbook_copy

    found = list(workbook_copy.losses(workbook))
    place = _target_for(workbook, target)
    if place != target:
        text = f"The copy is written as {place.name}: {target.suffix or 'that kind'} is not written"
        found.append(Finding("copy-ending", Severity.WARNING, text))
    return tuple(found)


def _refuse_source(source: Path, target: Path) -> None:
    # As the writer resolves it: through links, and through folders that do not exist.
    is_same = os.path.realpath(target) == os.path.realpath(source)
    with suppress(OSError):
        is_same = is_same or target.samefile(source)
    if is_same:
        raise LabelError(
            "A copy never takes the place of its source",
            where=str(target),
            why="the label file of a data set stays as it was published",
            now="choose another name",
        )


def _check(workbook: Workbook, edits: Sequence[CellEdit]) -> None:
    for edit in edits:
        table = _table(workbook, edit.sheet)
        # Blank rows at the end are not among the rows; the next one may be begun.
        if not edit.row >= 1 or not 0 <= edit.column < _MAX_COLUMNS:
            raise not_editable(workbook.path, f"there is no row {edit.row}, column {edit.column}")
        if edit.row > len(table.rows):
            raise not_editable(workbook.path, f"the sheet {table.name!r} has no row {edit.row}")


def _table(workbook: Workbook, name: str) -> Table:
    if workbook.kind == "csv":
        return workbook.tables[0]
    table = workbook.table(name)
    if table is None:
        raise not_editable(workbook.path, f"it has no sheet {name!r}")
    return table


def _text(value: int | str | None) -> str:
    return "" if value is None else str(value)
