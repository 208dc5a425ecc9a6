"""The label files of DFME: one for each part of its split, read together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data.doctor.columns import COLUMNS, REQUIRED
from meviewer.data.doctor.sheets import SheetRow, sheet_rows
from meviewer.data.tables.header import Header, find_header, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

__all__ = [
    "CLIP",
    "SPLITS",
    "LabelTable",
    "is_sheet",
    "label_tables",
    "read_together",
    "split_of",
    "together",
]

CLIP = re.compile(r"(sub[0-9]{4})_[0-9]{1,4}", re.IGNORECASE)
"""The name of a clip, with its subject."""

SPLITS = ("training", "testA", "testB")
"""Parts of the split that circulates, in their order."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    "emotion_id": ("EmotionId", "Emotion Label Id"),
    "fps": ("frame rate", "rate"),
}
_TEST = re.compile(r"test[\W_]*([ab])(?![a-z])")


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The rows of one sheet.

    Attributes
    ----------
    name : str
        Different for all sheets that are read together.
    split : str
        One of `SPLITS`, or empty where neither file nor sheet tells it.
    rows : tuple of SheetRow
    is_first : bool
        Whether it is of the first file, into whose copy corrected labels are written.
    """

    name: str
    split: str
    rows: tuple[SheetRow, ...]
    is_first: bool


def split_of(*names: str) -> str:
    """Return the part that the last of some names tells, or else the one before it, and so on."""
    for name in reversed(names):
        folded = name.casefold()
        test = _TEST.search(folded)
        if test is not None:
            return f"test{test[1].upper()}"
        if "train" in folded:
            return "training"
    return ""


def is_sheet(path: Path) -> bool:
    """Return whether a file has a sheet with clips of DFME.

    Raises
    ------
    LabelError
        If it cannot be read.
    """
    return bool(_fitting(read_workbook(path, max_rows=400)))


def together(root: Path, found: Sequence[Path]) -> tuple[Path, ...]:
    """Return the label files to read: one for each part, or the first if none tells a part."""
    by_split: dict[str, Path] = {}
    for path in found:
        by_split.setdefault(split_of(*_below(root, path)), path)
    parts = [by_split[split] for split in SPLITS if split in by_split]
    return tuple(parts) or tuple(found[:1])


def read_together(
    root: Path, named: Path | None, found: Sequence[Path]
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Return the label files to read and what to say of that.

    Parameters
    ----------
    root : Path
    named : Path or None
        The file that the user named: one of those that are read together comes first among
        them, any other is read alone.
    found : sequence of Path
        Label files below the root, the best first.
    """
    parts = together(root, found)
    if named is not None:
        same = [path for path in parts if _is_same(path, named)]
        parts = (*same, *(path for path in parts if path not in same)) if same else (named,)
    findings = []
    if len(parts) > 1:
        names = ", ".join(path.name for path in parts)
        text = f"Read together: {names}; corrected labels can be written back into the first"
        findings.append(Finding("label-files", Severity.INFO, text))
    left_out = [path for path in found if path not in parts and len(parts) > 1]
    if left_out:
        names = ", ".join("/".join(_below(root, path)) for path in left_out)
        text = f"Other label files are there and were not read: {names}"
        findings.append(Finding("label-files-left-out", Severity.INFO, text))
    return parts, tuple(findings)


def label_tables(root: Path, book: Workbook, *, is_first: bool) -> tuple[LabelTable, ...]:
    """Return the sheets of a label file.

    Raises
    ------
    LabelError
        If no sheet has the columns.
    """
    names = _below(root, book.path)
    fitting = _fitting(book) or [require_header(book, _COLUMNS, REQUIRED)]
    made = []
    for table, header in fitting:
        # The sheets of the first file keep their names: corrected labels are written by them.
        of_file = "/".join(names) if len(fitting) == 1 else f"{'/'.join(names)}: {table.name}"
        name = table.name if is_first else of_file
        split = split_of(*names, table.name)
        made.append(LabelTable(name, split, tuple(sheet_rows(table, header)), is_first))
    return tuple(made)


def _fitting(book: Workbook) -> list[tuple[Table, Header]]:
    found = []
    for table in book.tables:
        header = find_header(table, _COLUMNS, REQUIRED)
        if header is not None and any(
            CLIP.fullmatch(row.cells["clip"]) for row in sheet_rows(table, header)
        ):
            found.append((table, header))
    return found


def _below(root: Path, path: Path) -> tuple[str, ...]:
    """Return the names from the root to a file; of one that lies elsewhere its own alone."""
    try:
        return path.resolve().relative_to(root.resolve()).parts
    except (OSError, ValueError):
        return (path.name,)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
