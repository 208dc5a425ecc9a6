"""Look through the XML of an .ods file in bounded memory, before its values are read."""

from __future__ import annotations

from pathlib import Path

from meviewer.data.tables.archive import Archive, damaged, protected
from meviewer.data.tables.facts import Budget, SheetFacts, refuse_too_far
from meviewer.data.tables.xml_scan import XmlScanner

_CONTENT = "content.xml"
_MAX_MANIFEST = 2_000_000


def scan(path: Path, archive: Archive) -> dict[str, SheetFacts]:
    """Inflate every part once, and return the facts of each sheet by its name.

    Raises
    ------
    LabelError
        If a part is damaged, protected by a password, too large or declares XML entities.
    """
    if b"encryption-data" in archive.read("META-INF/manifest.xml", _MAX_MANIFEST):
        raise protected(path)
    content = _Content(path, Budget(path))
    for name in archive.names:
        archive.inflate(name, content if name == _CONTENT else None)
    if content.broken:
        raise damaged(path, f"its part {_CONTENT} is no valid XML ({content.broken})")
    refuse_too_far(path, list(content.sheets.values()))
    return content.sheets


class _Content(XmlScanner):
    """Follows the rows and cells of all sheets."""

    def __init__(self, path: Path, budget: Budget) -> None:
        super().__init__(path, budget)
        self.sheets: dict[str, SheetFacts] = {}
        self._facts = SheetFacts()
        self._row = self._column = 0
        self._n_rows = 1
        self._pending: dict[str, str] | None = None
        self._has_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._facts = self.sheets[attributes.get("table:name", "")] = SheetFacts()
            self._row = 0
        elif name == "table-row":
            self._n_rows = _repeated(attributes, "rows")
            self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._pending = attributes
            self._has_text = False
        elif name == "p" and self._pending is not None:
            self._has_text = True

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell") and self._pending is not None:
            self._end_cell(self._pending)
            self._pending = None
        elif name == "table-row":
            self._row += self._n_rows

    def _end_cell(self, attributes: dict[str, str]) -> None:
        facts, row, column = self._facts, self._row + 1, self._column
        self._column += _repeated(attributes, "columns")
        has_value = self._has_text or "office:value-type" in attributes
        if has_value:
            facts.filled(self._row + self._n_rows, self._column - 1)
        if "table:formula" in attributes:
            facts.formula(row, column, has_value)
        if attributes.get("calcext:value-type") == "error":
            facts.error(row, column, "")
        n_down = _number(attributes.get("table:number-rows-spanned", ""))
        n_right = _number(attributes.get("table:number-columns-spanned", ""))
        if n_down > 1 or n_right > 1:
            facts.merge(row - 1, column, row - 2 + n_down, column + n_right - 1)


def _repeated(attributes: dict[str, str], what: str) -> int:
    return _number(attributes.get(f"table:number-{what}-repeated", ""))


def _number(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1
