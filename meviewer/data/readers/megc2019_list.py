"""The list of the composite of MEGC 2019: which clips of which set, in which of three classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.labels import normalise
from meviewer.data import subjects
from meviewer.data.tables.header import folded
from meviewer.data.tables.model import Workbook
from meviewer.data.tables.reading import read_workbook

CLASSES = ("negative", "positive", "surprise")
"""Classes of the list in the order of its numbers."""

SETS = ("casme2", "samm", "smic")
"""Readers of the sets that it is made of."""

_SET_OF: Mapping[str, str] = {
    "casme2": "casme2",
    "casmeii": "casme2",
    "samm": "samm",
    "smic": "smic",
    "smichs": "smic",
}
_COLUMNS = ("dataset", "subject", "clip", "label")
_NEGATIVE = ("disgust", "repression", "sadness", "fear", "anger", "contempt", "negative")
_CLASS_OF: Mapping[str, str] = {
    **dict.fromkeys(_NEGATIVE, "negative"),
    "happiness": "positive",
    "positive": "positive",
    "surprise": "surprise",
}
_LEFT_OUT = frozenset({("casme2", "sadness"), ("casme2", "fear")})
_LOOKED_AT = 20

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the list.

    Attributes
    ----------
    row : int
        1-based, as a spreadsheet shows it.
    dataset : str
        Name of the set's reader; as the list writes it if there is none.
    subject, clip : str
        As the list writes them.
    label : str
        Class.
    fault : str
        Why the row cannot be used; empty if it can.
    cells : tuple of (str, str)
    """

    row: int
    dataset: str
    subject: str
    clip: str
    label: str
    fault: str
    cells: tuple[tuple[str, str], ...]

    @property
    def key(self) -> Key:
        """What is the same for all spellings: the list writes ``s03_ne_03`` for ``s3_ne_03``."""
        return self.dataset, subjects.key(self.subject), subjects.key(self.clip)


def read_entries(book: Workbook) -> tuple[Entry, ...]:
    """Return the rows of a list; a header, which the official list has not, is passed over.

    Raises
    ------
    LabelError
        If it is no such list.
    """
    if not _is_list(book):
        raise LabelError(
            "Not the list of MEGC 2019",
            where=str(book.path),
            why="none of its first rows reads as casme2,sub01,EP02_01f,1",
            now="name combined_3class_gt.csv (--labels on the command line)",
        )
    return tuple(
        _entry(row, [cell.strip() for cell in cells])
        for row, cells in enumerate(book.tables[0].rows, 1)
        if any(cell.strip() for cell in cells) and not _is_header(cells)
    )


def is_list(path: Path) -> bool:
    """Return whether a file is such a list.

    Raises
    ------
    LabelError
        If it cannot be read at all.
    """
    return _is_list(read_workbook(path, max_rows=_LOOKED_AT))


def class_of(emotion: str) -> str:
    """Return the class that an emotion of one of the sets belongs to; empty if to none."""
    return _CLASS_OF.get(normalise(emotion), "")


def is_meant(dataset: str, emotion: str) -> bool:
    """Return whether the composite takes this emotion from this set."""
    return bool(class_of(emotion)) and (dataset, normalise(emotion)) not in _LEFT_OUT


def _is_list(book: Workbook) -> bool:
    if not book.tables:
        return False
    rows = [[c.strip() for c in cells] for cells in book.tables[0].rows[:_LOOKED_AT] if any(cells)]
    return any(not _entry(0, cells).fault for cells in rows)


def _is_header(cells: tuple[str, ...]) -> bool:
    return folded(cells[0]) == "dataset"


def _entry(row: int, cells: list[str]) -> Entry:
    said, subject, clip, label, *_ = (*cells, *("",) * len(_COLUMNS))
    dataset, found = _SET_OF.get(folded(said), ""), _label(label)
    fault = ""
    if not dataset:
        fault = f"there is no set {said!r}: they are {', '.join(SETS)}"
    elif not subject or not clip:
        fault = "the subject or the clip is empty"
    elif not found:
        fault = f"there is no class {label!r}: they are 0 to 2"
    named = tuple((n, c) for n, c in zip(_COLUMNS, cells, strict=False) if c)
    return Entry(row, dataset or said, subject, clip, found, fault, named)


def _label(text: str) -> str:
    number = text.removesuffix(".0")
    if number in ("0", "1", "2"):
        return CLASSES[int(number)]
    return text.casefold() if text.casefold() in CLASSES else ""
