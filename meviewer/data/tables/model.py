"""What a sheet holds: rows of exact text, numbered as the spreadsheet program shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from meviewer.core.findings import Finding, Severity

Kind = Literal["csv", "xlsx", "xls", "xlsb", "ods"]
Merged = tuple[int, int, int, int]
_NAMED_OF_A_KIND = 20


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet.

    Attributes
    ----------
    name : str
        Name of the sheet; of a text file, its name without ending.
    rows : tuple of tuple of str
        Exact text of every cell: "01" stays "01", the number 95.0 is "95", a truth value is
        "TRUE" or "FALSE", a date is in ISO form, an error such as ``#REF!`` is empty. Row ``i``
        is row ``i + 1`` of the spreadsheet. Blank cells and rows at the end are cut.
    findings : tuple of Finding
        Doubts about single cells, with their row.
    merged : tuple of (int, int, int, int)
        Merged cells: top, left, bottom, right as 0-based indices into `rows`, both ends included.
        Only the top left cell has the value.
    hidden : bool
        Whether the spreadsheet program does not show this sheet.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...] = ()
    merged: tuple[Merged, ...] = ()
    hidden: bool = False

    def cell(self, row: int, column: int) -> str:
        """Return the text at 0-based places; empty outside the sheet."""
        if not 0 <= row < len(self.rows) or not 0 <= column < len(self.rows[row]):
            return ""
        return self.rows[row][column]

    def with_merged_filled(self, columns: Sequence[int] | None = None) -> Table:
        """Return the sheet with the value of merged cells in each of them.

        Parameters
        ----------
        columns : sequence of int, optional
            0-based columns to fill; all by default. Several data sets merge the cells of a
            subject, and mean "the same as above".
        """
        wanted = None if columns is None else frozenset(columns)
        rows = [list(row) for row in self.rows]
        n_columns = max(map(len, self.rows), default=0)
        n_left = len(self.rows) * n_columns
        for top, left, bottom, right in self.merged:
            # Ranges do not overlap, unless somebody wants to keep the machine busy.
            n_left -= (min(bottom + 1, len(self.rows)) - top) * (min(right + 1, n_columns) - left)
            value = self.cell(top, left) if n_left >= 0 else ""
            # A range may reach to the edge of the spreadsheet: nothing is filled beyond the rows.
            places = [
                column
                for column in range(left, min(right + 1, n_columns))
                if value and (wanted is None or column in wanted)
            ]
            for row in rows[top : bottom + 1] if places else ():
                row.extend([""] * (places[-1] + 1 - len(row)))
                for column in places:
                    row[column] = value
        return replace(self, rows=trimmed(rows))


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file of one or several sheets.

    Attributes
    ----------
    path : Path
    kind : {"csv", "xlsx", "xls", "xlsb", "ods"}
        By its content, not by its ending. ``"csv"`` is every text file.
    tables : tuple of Table
        In the order of the file.
    findings : tuple of Finding
        Doubts about the file as a whole.
    encoding, delimiter : str
        Of a text file; empty otherwise. `encoding` is a name that `codecs` knows.
    """

    path: Path
    kind: Kind
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...] = ()
    encoding: str = ""
    delimiter: str = ""

    def table(self, name: str) -> Table | None:
        """Return the sheet of this name; upper and lower case count only between namesakes."""
        exact = (table for table in self.tables if table.name == name)
        folded = name.strip().casefold()
        like = (table for table in self.tables if table.name.strip().casefold() == folded)
        return next(exact, None) or next(like, None)


class Doubts:
    """Collects findings; of each kind only the first ones are named, the others are counted."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._counts: dict[str, int] = {}
        self._worst: dict[str, Severity] = {}

    def add(self, kind: str, severity: Severity, text: str, row: int | None = None) -> None:
        """Note one doubt.

        Parameters
        ----------
        kind : str
        severity : Severity
        text : str
            One sentence without a full stop.
        row : int, optional
            1-based row of the spreadsheet.
        """
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        self._worst[kind] = severity
        if count <= _NAMED_OF_A_KIND:
            self._found.append(Finding(kind, severity, text, row=row))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was noted, and for each kind how many more there were."""
        more = [
            Finding(kind, self._worst[kind], f"{count - _NAMED_OF_A_KIND} more cells like these")
            for kind, count in self._counts.items()
            if count > _NAMED_OF_A_KIND
        ]
        return (*self._found, *more)


def trimmed(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the rows without blank cells and blank rows at their ends."""
    kept = []
    n_filled = 0
    for row in rows:
        width = len(row)
        while width and not row[width - 1].strip():
            width -= 1
        kept.append(tuple(row[:width]))
        if width:
            n_filled = len(kept)
    return tuple(kept[:n_filled])


def column_letters(column: int) -> str:
    """Return the letters of a 0-based column as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, such as ``D5``, from its 1-based row and 0-based column."""
    return f"{column_letters(column)}{row}"
