"""Label files: one event a row, in frame numbers of the data set."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.atomic import write_text
from meviewer.data.formats.sheet_text import Record, read_text_sheet

SYNONYMS = {
    "subject": ("sub", "subj", "subject id", "sub_ID", "participant", "person"),
    "clip": ("filename", "file", "clip name", "sample", "video", "sequence", "fold_name", "code"),
    "onset": ("onset frame", "OnsetF", "start", "start frame", "first frame"),
    "apex": ("apex frame", "ApexF", "ApexF1", "peak", "peak frame"),
    "offset": ("offset frame", "OffsetF", "end", "end frame", "last frame"),
    "emotion": ("estimated emotion", "expression", "emotion label"),
    "action_units": ("action unit", "AU", "AUs", "FACS"),
    "coder": ("annotator", "rater", "labeller"),
}
"""Spellings of the columns that data sets and people use."""

REQUIRED = ("subject", "clip", "onset", "offset")
_WRITTEN = tuple(SYNONYMS)
_MISSING = frozenset({"", "/", "\\", "-", "–", "—", "?", "n/a", "na", "nan", "none", "null"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]*)?")
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One event of a label file.

    Attributes
    ----------
    row : int
        Row in the sheet, 1-based as a spreadsheet shows it.
    subject, clip : str
        As the sheet writes them, trimmed.
    onset, offset : int
        Frame numbers of the data set.
    apex : int or None
        None if the cell is blank or says that there is none (``/``, ``-``, ``n/a``).
    emotion, action_units_text, coder : str
        Trimmed; empty if the sheet does not say.
    extra : tuple of (str, str)
        Cells of further columns that are not empty, by column name.
    """

    row: int
    subject: str
    clip: str
    onset: int
    apex: int | None
    offset: int
    emotion: str = ""
    action_units_text: str = ""
    coder: str = ""
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """What a label file holds.

    Attributes
    ----------
    rows : tuple of LabelRow
        Rows that could be read.
    faults : tuple of Finding
        One a row that could not, with its row number; ``rows`` and ``faults`` together are all.
    notes : tuple of Finding
        What else was noticed: rounded numbers, an old encoding, doubtful cells of a spreadsheet,
        no column for the apex.
    """

    rows: tuple[LabelRow, ...]
    faults: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def read_sheet(path: Path) -> LabelSheet:
    """Read a label file; rows with faults are reported, the others are read all the same.

    It may be a text file or a spreadsheet; of several sheets the first one that fits is read.

    Raises
    ------
    LabelError
        If the file cannot be read, or lacks the column for subject, clip, onset or offset.
    """
    sheet = read_text_sheet(path, SYNONYMS, REQUIRED)
    notes = list(sheet.findings)
    if "apex" not in sheet.columns:
        text = "The file has no column for the apex"
        notes.append(Finding("apex-column-missing", Severity.WARNING, text))
    # With semicolons and tabs, a comma in a number is the decimal point of many countries.
    comma_is_point = sheet.delimiter != ","
    rows, faults = [], []
    for record in sheet.records:
        row, fault = _row(record, comma_is_point, notes.append)
        rows += [row] if row else []
        faults += [fault] if fault else []
    return LabelSheet(tuple(rows), tuple(faults), tuple(notes))


def read_labels(path: Path) -> tuple[LabelRow, ...]:
    """Read a label file that must be without faults.

    Raises
    ------
    LabelError
        As `read_sheet`, and if any row has a fault; the message names the rows.
    """
    sheet = read_sheet(path)
    if sheet.faults:
        named = "; ".join(f"row {f.row}: {f.text}" for f in sheet.faults[:_MAX_NAMED])
        more = len(sheet.faults) - _MAX_NAMED
        raise LabelError(
            f"{len(sheet.faults)} row(s) of the label file cannot be read",
            where=str(path),
            why=named + (f"; and {more} more" if more > 0 else ""),
            now="mend these rows in the sheet",
        )
    return sheet.rows


def write_labels(path: Path, rows: Iterable[LabelRow]) -> None:
    """Write a label file in UTF-8 with commas, whole or not at all; `read_labels` reads it back.

    Columns: subject, clip, onset, apex, offset, emotion, action_units, coder, then the further
    columns that occur.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    listed = tuple(rows)
    further = list(dict.fromkeys(name for row in listed for name, _text in row.extra))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([*_WRITTEN, *further])
    for row in listed:
        extra = dict(row.extra)
        writer.writerow([*_cells(row), *(extra.get(name, "") for name in further)])
    write_text(path, buffer.getvalue())


def _cells(row: LabelRow) -> tuple[str | int, ...]:
    apex = "" if row.apex is None else row.apex
    frames = (row.onset, apex, row.offset)
    return (row.subject, row.clip, *frames, row.emotion, row.action_units_text, row.coder)


def _row(
    record: Record, comma_is_point: bool, note: Callable[[Finding], None]
) -> tuple[LabelRow | None, Finding | None]:
    cells = record.cells
    subject, clip = cells.get("subject", ""), cells.get("clip", "")
    wrong = [f"the {name} is empty" for name in ("subject", "clip") if not cells.get(name)]
    frames: dict[str, int | None] = {}
    for name in ("onset", "apex", "offset"):
        text = cells.get(name, "")
        if text.casefold() in _MISSING:
            frames[name] = None
            wrong += [] if name == "apex" else [f"the {name} is missing"]
            continue
        frames[name], exact = _frame_number(text, comma_is_point)
        if frames[name] is None:
            wrong.append(f"the {name} is no frame number: {text!r}")
        elif not exact:
            said = f"The {name} {text} was rounded to {frames[name]}"
            note(Finding("number-rounded", Severity.INFO, said, None, None, record.row, subject))
    onset, offset = frames["onset"], frames["offset"]
    if wrong or onset is None or offset is None:
        said = ", ".join(wrong)
        kind = "row-faulty"
        return None, Finding(kind, Severity.ERROR, said, None, None, record.row, subject, clip)
    return _complete(record, onset, frames["apex"], offset), None


def _complete(record: Record, onset: int, apex: int | None, offset: int) -> LabelRow:
    cells = record.cells
    return LabelRow(
        row=record.row,
        subject=cells["subject"],
        clip=cells["clip"],
        onset=onset,
        apex=apex,
        offset=offset,
        emotion=cells.get("emotion", ""),
        action_units_text=cells.get("action_units", ""),
        coder=cells.get("coder", ""),
        extra=record.extra,
    )


def _frame_number(text: str, comma_is_point: bool) -> tuple[int | None, bool]:
    """Return the number, rounded half up as SAMM-LV needs it, and whether it was whole."""
    plain = text.replace(",", ".") if comma_is_point else text
    if not _NUMBER.fullmatch(plain):
        return None, False
    exact = Fraction(plain)
    return floor(exact + Fraction(1, 2)), exact.denominator == 1
