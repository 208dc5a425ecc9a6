"""Look through the XML of an .xlsx file in bounded memory, before its values are read."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from meviewer.data.tables.archive import Archive, damaged
from meviewer.data.tables.facts import SheetFacts

WORKBOOK = "xl/workbook.xml"
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
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


def scan(path: Path, archive: Archive) -> dict[str, SheetFacts]:
    """Inflate every part once, and return the facts of each sheet by its name.

    Raises
    ------
    LabelError
        If a part is damaged, too large or declares XML entities.
    """
    sheets = list_sheets(path, archive)
    wanted = {sheet.part for sheet in sheets}
    by_part: dict[str, SheetFacts] = {}
    for name in archive.names:
        if name not in wanted and not name.lower().endswith(_XML):
            archive.inflate(name)
            continue
        scanner = _Scanner(path)
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
        workbook = ET.fromstring(archive.read(WORKBOOK))
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
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


class _Scanner:
    """Follows the rows and cells of a worksheet; of other parts it only counts the elements."""

    def __init__(self, path: Path) -> None:
        self.facts = SheetFacts()
        self.broken = ""
        self._path = path
        self._row = 0
        self._column = -1
        self._type = ""
        self._text = ""
        self._has_formula = self._has_value = self._in_cell = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, False)

    def close(self) -> None:
        self._parse(b"", True)

    def _parse(self, chunk: bytes, is_last: bool) -> None:
        if self.broken:
            return
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            self.broken = str(error)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag, ":")
        self.facts.count(self._path)
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = -1
        elif name == "f":
            self._has_formula = True
        elif name in ("v", "is"):
            self._text = ""
            self._parser.CharacterDataHandler = self._characters
            self._has_value = name == "is"

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _CELL.fullmatch(attributes.get("r", ""))
        self._column += 1
        if place:
            self._column, self._row = _column_of(place[1]), int(place[2])
        self._type = attributes.get("t", "")
        self._has_formula = self._has_value = False
        self._in_cell = True

    def _characters(self, text: str) -> None:
        self._text = (self._text + text)[:80]

    def _end(self, tag: str) -> None:
        name = _local(tag, ":")
        if name in ("v", "is"):
            self._parser.CharacterDataHandler = None
            self._has_value = self._has_value or bool(self._text)
        elif name == "c" and self._in_cell:
            self._in_cell = False
            self._end_cell()

    def _end_cell(self) -> None:
        if self._has_formula:
            self.facts.formula(self._row, self._column, self._has_value)
        if self._type == "e" and self._has_value:
            self.facts.error(self._row, self._column, self._text)
        if self._has_value or self._has_formula:
            self.facts.filled(self._row, self._column)


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
