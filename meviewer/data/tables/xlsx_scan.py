"""Look through the XML of an .xlsx file in bounded memory, before its values are read."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from meviewer.data.tables.archive import Archive, damaged
from meviewer.data.tables.facts import Budget, SheetFacts
from meviewer.data.tables.xml_scan import XmlScanner

WORKBOOK = "xl/workbook.xml"
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_LONGEST_ERROR = 40
_NEWER = ("ext", "AlternateContent")
_MAX_CONTENTS = 2_000_000
_XML = (".xml", ".rels")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Where a sheet lies.

    Attributes
    ----------
    name : str
    part : str
        Name of its part of the archive.
    """

    name: str
    part: str


def scan(path: Path, archive: Archive, budget: Budget | None = None) -> dict[str, SheetFacts]:
    """Inflate every part once, and return the facts of each sheet by its name.

    Raises
    ------
    LabelError
        If a part is damaged, too large or declares XML entities.
    """
    sheets = list_sheets(path, archive)
    wanted = {sheet.part for sheet in sheets}
    by_part: dict[str, SheetFacts] = {}
    budget = budget or Budget(path)
    for name in archive.names:
        if name not in wanted and not name.lower().endswith(_XML):
            archive.inflate(name)
            continue
        scanner = _Worksheet(path, budget)
        archive.inflate(name, scanner)
        if scanner.broken and name in wanted:
            raise damaged(path, f"its part {name} is no valid XML ({scanner.broken})")
        by_part[name] = scanner.facts
    return {sheet.name: by_part.get(sheet.part, SheetFacts()) for sheet in sheets}


def list_sheets(path: Path, archive: Archive) -> list[SheetPart]:
    """Return the sheets of a workbook in their order.

    Raises
    ------
    LabelError
        If its table of contents cannot be read.
    """
    try:
        workbook = ET.fromstring(archive.read(WORKBOOK, _MAX_CONTENTS))
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels", _MAX_CONTENTS))
    except ET.ParseError as error:
        raise damaged(path, f"its table of contents is no valid XML ({error})") from error
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    by_folded = {name.casefold(): name for name in archive.names}
    found = []
    for element in workbook.iter():
        if _local(element.tag, "}") == "sheet":
            link = next((v for k, v in element.items() if _local(k, "}") == "id"), "")
            part = _resolved(targets.get(link, ""))
            found.append(SheetPart(element.get("name", ""), by_folded.get(part.casefold(), part)))
    if len({sheet.name for sheet in found}) < len(found):
        raise damaged(path, "two of its sheets have the same name")
    return found


class _Worksheet(XmlScanner):
    """Follows the rows and cells of a worksheet; in other parts it finds none."""

    def __init__(self, path: Path, budget: Budget) -> None:
        super().__init__(path, budget)
        self.facts = SheetFacts()
        self._cell: dict[str, str] = {}
        self._place = "A0"
        self._beyond = 0
        self._text = ""
        self._has_formula = self._has_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            # Most cells of a large sheet are empty: their place is worked out if they are not.
            self._cell = attributes
            place = attributes.get("r")
            self._beyond = 0 if place else self._beyond + 1
            self._place = place or self._place
            self._has_formula = self._has_value = False
        elif name == "row":
            self._start_row(attributes.get("r", ""))
        elif name == "f":
            self._has_formula = True
        elif name in ("v", "is"):
            self._text = ""
            self._has_value = name == "is"
            self.collect(True)
        elif name in _NEWER:
            self.facts.has_extensions = True

    def end(self, name: str) -> None:
        if name == "c":
            if self._has_value or self._has_formula:
                self._end_cell()
        elif name in ("v", "is"):
            self.collect(False)
            self._has_value = self._has_value or bool(self._text)

    def characters(self, text: str) -> None:
        self._text = (self._text + text)[:_LONGEST_ERROR]

    def _start_row(self, number: str) -> None:
        row = int(number) if _ROW.fullmatch(number) else self._at()[0] + 1
        self._place, self._beyond = f"A{row}", -1

    def _at(self) -> tuple[int, int]:
        """Return the 1-based row and 0-based column of the present cell."""
        place = _CELL.fullmatch(self._place)
        if not place:
            return 0, 0
        return int(place[2]), _column_of(place[1]) + self._beyond

    def _end_cell(self) -> None:
        row, column = self._at()
        self.facts.filled(row, column)
        if self._has_formula:
            self.facts.formula(row, column, self._has_value)
        if self._has_value and self._cell.get("t") == "e":
            self.facts.error(row, column, self._text)
        self._has_value = self._has_formula = False


def _local(tag: str, mark: str) -> str:
    return tag.rpartition(mark)[2]


def _column_of(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _resolved(target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return target if target.startswith("xl/") else posixpath.normpath(f"xl/{target}")
