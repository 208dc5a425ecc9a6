"""Finding the label files of a data set, and reading their rows by the names of their columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.data.folder_listing import has_images, is_file, is_folder
from meviewer.data.tables.header import Header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

LABEL_SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt", ".xlsb", ".ods")
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank.

    Attributes
    ----------
    row : int
        1-based, as a spreadsheet shows it.
    cells : mapping of str to str
        Trimmed text by the canonical name of the column; blank cells are there, and empty.
    others : mapping of str to str
        Cells of the sheet's other columns that are not blank, by its own names.
    places : tuple of (str, int)
        0-based columns by canonical name.
    """

    row: int
    cells: Mapping[str, str]
    others: Mapping[str, str]
    places: tuple[tuple[str, int], ...] = ()

    @property
    def all_cells(self) -> tuple[tuple[str, str], ...]:
        """Every cell that is not blank, by name."""
        return (*((k, v) for k, v in self.cells.items() if v), *self.others.items())


def sheet_rows(table: Table, header: Header) -> Iterator[SheetRow]:
    """Yield the rows below a header; blank ones are passed over."""
    places = tuple(header.columns.items())
    for at in range(header.row, len(table.rows)):
        cells = {name: table.cell(at, place).strip() for name, place in header.columns.items()}
        others = {name: table.cell(at, place).strip() for name, place in header.others.items()}
        if any(cells.values()) or any(others.values()):
            yield SheetRow(at + 1, cells, {k: v for k, v in others.items() if v}, places)


def find_files(
    root: Path, patterns: Sequence[str], *, fits: Callable[[Path], bool] | None = None
) -> tuple[Path, ...]:
    """Return label files at most three folders below the root, the best pattern first.

    Parameters
    ----------
    root : Path
    patterns : sequence of str
        Shell patterns of file names, in lower case; case does not count.
    fits : callable, optional
        A closer look at each file; one that raises `LabelError` does not fit.
    """
    found = []
    for path in _files(root, 0, set()):
        name = path.name.casefold()
        rank = next((at for at, one in enumerate(patterns) if fnmatch(name, one)), None)
        if rank is not None and path.suffix.lower() in LABEL_SUFFIXES:
            found.append((rank, len(path.parts), path.name, path))
    ordered = [path for *_, path in sorted(found)]
    return tuple(path for path in ordered if fits is None or _fits(fits, path))


def needed_root(root: Path) -> Path:
    """Return the root if it is a folder.

    Raises
    ------
    LabelError
        If it is none.
    """
    if root.is_dir():
        return root
    raise LabelError(
        "No such data set",
        where=str(root),
        why="there is no folder of that name",
        now="choose the folder that holds the subjects' folders",
    )


def needed_labels(
    root: Path, labels: Path | None, found: Sequence[Path], title: str, usual: str
) -> Workbook:
    """Read the label file that was named, or else the first one that was found.

    Raises
    ------
    LabelError
        If there is none, or it cannot be read.
    """
    if labels is not None:
        return read_workbook(labels)
    if not found:
        raise LabelError(
            f"No label file of {title} found",
            where=str(root),
            why=f"neither here nor three folders below is there a file such as {usual}",
            now="name the label file (--labels on the command line)",
        )
    return read_workbook(found[0])


def _files(folder: Path, depth: int, seen: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        state = folder.stat()
        # A link to a folder above would show each file several times.
        if (state.st_dev, state.st_ino) in seen:
            return
        seen.add((state.st_dev, state.st_ino))
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    folders = []
    for entry in listed:
        if entry.name.startswith((".", "~$")):
            continue
        if is_folder(entry):
            folders.append(folder / entry.name)
        elif is_file(entry):
            yield folder / entry.name
    for below in folders if depth < _DEEPEST else ():
        if not has_images(below):
            yield from _files(below, depth + 1, seen)


def _fits(fits: Callable[[Path], bool], path: Path) -> bool:
    try:
        return fits(path)
    except LabelError:
        return False
