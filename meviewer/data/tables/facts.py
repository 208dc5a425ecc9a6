"""What is known of a sheet besides its values: how far it reaches, formulas, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data.tables.model import Doubts, Merged, cell_name
from meviewer.data.tables.text import MAX_CELLS, too_large

_MAX_ELEMENTS = 4_000_000
_MAX_KEPT = 1_000
_MAX_MERGED = 100_000


class Budget:
    """Counts the elements of a file, and ends the work when there are too many.

    Parameters
    ----------
    path : Path
        For the message.
    """

    def __init__(self, path: Path) -> None:
        self.n_elements = 0
        self._path = path

    def count(self, n: int = 1) -> None:
        """Count some more.

        Raises
        ------
        LabelError
            If there are more than any label sheet has.
        """
        self.n_elements += n
        if self.n_elements > _MAX_ELEMENTS:
            raise too_large(self._path, f"it has more than {_MAX_ELEMENTS:,} cells or texts")


@dataclass(slots=True)
class SheetFacts:
    """Facts of one sheet, gathered while its bytes pass by.

    Attributes
    ----------
    n_rows, n_columns : int
        How far the cells with content reach, counted from A1.
    n_formulas, n_bare_formulas : int
        Cells with a formula, and those whose formula has no stored value.
    first_formula : str
        Name of the first cell with a formula.
    bare_formulas : list of (int, int)
        The latter: 1-based row, 0-based column; the first ones.
    errors : list of (int, int, str)
        Cells that hold an error, and which; the first ones.
    merged : list of (int, int, int, int)
        As in `Table`; only where the reading library does not tell them.
    has_extensions : bool
        Whether there is something that only newer programs know.
    """

    n_rows: int = 0
    n_columns: int = 0
    n_formulas: int = 0
    n_bare_formulas: int = 0
    first_formula: str = ""
    bare_formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    has_extensions: bool = False

    def filled(self, row: int, column: int) -> None:
        """Note a cell with content, by its 1-based row and 0-based column."""
        self.n_rows = max(self.n_rows, row)
        self.n_columns = max(self.n_columns, column + 1)

    def formula(self, row: int, column: int, has_value: bool) -> None:
        """Note a formula."""
        self.n_formulas += 1
        self.first_formula = self.first_formula or cell_name(row, column)
        self.n_bare_formulas += not has_value
        if not has_value and len(self.bare_formulas) < _MAX_KEPT:
            self.bare_formulas.append((row, column))

    def error(self, row: int, column: int, text: str) -> None:
        """Note a cell that holds an error."""
        if len(self.errors) < _MAX_KEPT:
            self.errors.append((row, column, text))

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note merged cells, by 0-based places that are included."""
        if len(self.merged) < _MAX_MERGED:
            self.merged.append((top, left, bottom, right))

    @property
    def too_far(self) -> str:
        """Why the sheet cannot be read as a block of cells; empty if it can."""
        if self.n_rows * self.n_columns <= MAX_CELLS:
            return ""
        last = cell_name(self.n_rows, self.n_columns - 1)
        return f"its cells reach as far as {last}: delete what lies beyond the labels"

    def doubts(self) -> tuple[Finding, ...]:
        """Return findings about the formulas and errors."""
        doubts = Doubts()
        for row, column, text in self.errors:
            said = f"Cell {cell_name(row, column)} holds an error, {text}; it was read as empty"
            doubts.add("cell-error", Severity.WARNING, said, row)
        for row, column in self.bare_formulas:
            said = (
                f"The formula in cell {cell_name(row, column)} has no stored value: read as empty"
            )
            doubts.add("formula-no-value", Severity.WARNING, said, row)
        n_read = self.n_formulas - self.n_bare_formulas
        if n_read > 0:
            said = f"{n_read} cell(s) hold formulas (first {self.first_formula}); the values stored"
            doubts.add("formula", Severity.INFO, f"{said} with them were used")
        return doubts.findings()


def merged_finding(merged: tuple[Merged, ...]) -> tuple[Finding, ...]:
    """Return a finding if cells are merged."""
    if not merged:
        return ()
    top, left, bottom, right = merged[0]
    first = f"{cell_name(top + 1, left)}:{cell_name(bottom + 1, right)}"
    text = f"{len(merged)} range(s) of merged cells (first {first}): the value counts for the first"
    return (Finding("cells-merged", Severity.WARNING, f"{text} cell of each", row=top + 1),)


def refuse_too_many(path: Path, sheets: Sequence[SheetFacts]) -> None:
    """Refuse a workbook whose sheets together are too large; those left out do not count.

    Raises
    ------
    LabelError
        If they have more cells than any label workbook.
    """
    if sum(s.n_rows * s.n_columns for s in sheets if not s.too_far) > 2 * MAX_CELLS:
        raise too_large(path, f"its sheets have more than {2 * MAX_CELLS:,} cells")


def refuse_too_far(path: Path, sheets: Sequence[SheetFacts]) -> None:
    """Refuse a workbook if one of its sheets reaches too far, or all together do.

    Raises
    ------
    LabelError
        Kinds of files whose sheets can only be read all at once need this.
    """
    for sheet in sheets:
        if sheet.too_far:
            raise too_large(path, sheet.too_far)
    refuse_too_many(path, sheets)


def unreadable_sheet(name: str, why: str) -> Finding:
    """Return the finding for a sheet that was left out."""
    return Finding("sheet-not-read", Severity.ERROR, f"The sheet {name!r} was not read: {why}")
