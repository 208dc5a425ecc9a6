"""The annotation workbooks of SMIC-E: up to three events a row, in numbers of the camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import ClipError
from meviewer.core.findings import Finding, Severity
from meviewer.data.doctor.clip_tree import Place
from meviewer.data.doctor.numbers import is_missing, read_number
from meviewer.data.doctor.rows import DraftRow, Drafts
from meviewer.data.doctor.sheets import SheetRow, sheet_rows
from meviewer.data.folder_listing import list_images
from meviewer.data.readers.smic_clips import (
    VARIANTS,
    ClipName,
    parse_name,
    subject_number,
    variant_of,
)
from meviewer.data.tables.header import Header, find_header, require_header
from meviewer.data.tables.model import Table, Workbook

ABSENT = (*("s1_ne_02", "s2_sur_05", "s3_ne_03", "s3_ne_20", "s4_ne_05", "s4_ne_06", "s9_sur_02"),)
"""Samples of the short version with the high-speed camera that its long version lacks."""

_NAMES: dict[str, tuple[str, ...]] = {
    "subject": ("sub",),
    "clip": ("Filename", "file"),
    "emotion": ("estimated emotion", "expression"),
}
_EVENT = {"onset": "OnsetF", "offset": "OffsetF"}
_RECORDING = {"first": "FirstF", "last": "LastF"}
_NEEDED = ("subject", "clip", *_EVENT)
_MOST_EVENTS = 3


@dataclass(frozen=True, slots=True)
class _Sheet:
    table: Table
    header: Header
    events: tuple[tuple[int, int], ...]
    known: dict[ClipName, Place]


def sheet_drafts(book: Workbook, variant: str, places: Sequence[Place]) -> Drafts:
    """Return one draft an event; text rows below the records are findings.

    Parameters
    ----------
    book : Workbook
    variant : str
        Camera, where the workbook has columns for several.
    places : sequence of Place
        Clips of the set of pictures that is read.

    Raises
    ------
    LabelError
        If no sheet has the columns.
    """
    table, header = _header(book, variant)
    known: dict[ClipName, Place] = {}
    for place in places:
        name = parse_name(place.clip)
        if name is not None:
            known.setdefault(name, place)
    sheet = _Sheet(table, header, _event_columns(table, header), known)
    findings = [*book.findings, *table.findings]
    if "first" not in header.columns:
        text = "The file has no column FirstF: its numbers are taken for those of the images"
        findings.append(Finding("first-frame-missing", Severity.WARNING, text))
    drafts: list[DraftRow] = []
    for row in sheet_rows(table, header):
        if _is_note(row):
            text = f"A note, no label: {' '.join(text for _name, text in row.all_cells)}"
            findings.append(Finding("note-row", Severity.INFO, text, row=row.row))
            continue
        made = tuple(_row_drafts(row, sheet))
        drafts += made
        if len(made) > 1:
            findings.append(
                made[0].finding("several-events", Severity.INFO, f"The row has {len(made)} events")
            )
    return Drafts(tuple(drafts), (*findings, *_absent(variant, drafts)))


def _header(book: Workbook, variant: str) -> tuple[Table, Header]:
    """Find the columns of one camera; ``OnsetF NIR`` goes before a plain ``OnsetF``."""
    own, plain = (variant,), ("", *VARIANTS)
    tries = (
        (_synonyms(own, own), (*_NEEDED, "first")),
        (_synonyms(own, plain), _NEEDED),
    )
    for synonyms, required in tries:
        for table in book.tables:
            header = find_header(table, synonyms, required)
            if header is not None:
                return table, header
    return require_header(book, _synonyms(plain, plain), _NEEDED)


def _synonyms(event: Sequence[str], recording: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found = dict(_NAMES)
    for names, endings in ((_EVENT, event), (_RECORDING, recording)):
        for name, word in names.items():
            found[name] = tuple(f"{word} {ending}".strip() for ending in endings)
    return found


def _event_columns(table: Table, header: Header) -> tuple[tuple[int, int], ...]:
    """Return the columns of all events: the second and third stand right of the first."""
    columns = header.columns
    onset, offset = columns["onset"], columns["offset"]
    found = [(onset, offset)]
    end = columns.get("first", 0)
    while offset == onset + 1 and len(found) < _MOST_EVENTS:
        pair = (found[-1][0] + 2, found[-1][1] + 2)
        titles = [table.cell(header.row - 1, column) for column in pair]
        if pair[1] >= end or any(variant_of(title) for title in titles):
            break
        found.append(pair)
    return tuple(found)


def _is_note(row: SheetRow) -> bool:
    cells = row.cells
    has_frames = bool(cells["onset"] or cells["offset"])
    return not has_frames and parse_name(cells["clip"]) is None


def _row_drafts(row: SheetRow, sheet: _Sheet) -> Iterator[DraftRow]:
    name = parse_name(row.cells["clip"])
    place = sheet.known.get(name) if name is not None else None
    numbers = _numbers(place.path) if place is not None else ()
    shift, fault = _shift(row, numbers)
    if name is None:
        fault = f"the file name {row.cells['clip']!r} is none of SMIC's, such as s3_ne_03"
    doubts = _doubts(row, name, numbers)
    kept = {k: v for k, v in row.places if k == "emotion"}
    for at, (onset, offset) in enumerate(sheet.events):
        start = sheet.table.cell(row.row - 1, onset).strip()
        end = sheet.table.cell(row.row - 1, offset).strip()
        if at and is_missing(start) and is_missing(end):
            continue
        yield DraftRow(
            row=row.row,
            subject=place.subject if place is not None else row.cells["subject"],
            clip=place.clip if place is not None else row.cells["clip"],
            onset=start,
            apex="",
            offset=end,
            emotion=row.cells.get("emotion", ""),
            notes=f"event {at + 1} of its row" if at else "",
            sheet=sheet.table.name,
            shift=shift,
            subject_raw=row.cells["subject"],
            doubts=doubts if at == 0 else (),
            fault=fault,
            # The columns of its own event are what corrected labels are compared with.
            cells=tuple({**dict(row.all_cells), "onset": start, "offset": end}.items()),
            places=tuple({"onset": onset, "offset": offset, **kept}.items()),
        )


def _shift(row: SheetRow, numbers: Sequence[int]) -> tuple[int, str]:
    """Return what the camera's numbers are ahead of the images', or why that is not known.

    Images carry the camera's own numbers in some copies and count from 1 in others.
    """
    text = row.cells.get("first", "")
    if not numbers or "first" not in row.cells:
        return 0, ""
    first = read_number(text)
    onset = read_number(row.cells["onset"])
    if first is None:
        is_camera = onset is not None and numbers[0] <= onset.value <= numbers[-1]
        fault = f"the camera's number of the first frame is missing: its cell is {text!r}"
        return 0, "" if is_camera else fault
    last = read_number(row.cells.get("last", ""))
    # A copy that lost images at its start still counts as the camera did.
    inside = last is not None and first.value <= numbers[0] <= numbers[-1] <= last.value
    return (0 if inside else first.value - numbers[0]), ""


def _doubts(
    row: SheetRow, name: ClipName | None, numbers: Sequence[int]
) -> tuple[tuple[str, str], ...]:
    found = []
    subject = row.cells["subject"]
    if name is not None and subject_number(subject) != name.subject:
        text = f"The column says subject {subject!r}, the clip's name {name.subject}"
        found.append(("subject-disagrees", text))
    first, last = (read_number(row.cells.get(key, "")) for key in ("first", "last"))
    if first is not None and last is not None and numbers:
        counted, there = last.value - first.value + 1, numbers[-1] - numbers[0] + 1
        if counted != there:
            text = f"The sheet counts {counted} frames, the numbers of the images span {there}"
            found.append(("length-disagrees", text))
    return tuple(found)


def _absent(variant: str, drafts: Sequence[DraftRow]) -> list[Finding]:
    listed = {parse_name(row.clip) for row in drafts}
    missing = [clip for clip in ABSENT if parse_name(clip) not in listed]
    if variant != "hs" or not missing:
        return []
    text = f"The long version lacks samples of the short one: {', '.join(missing)}"
    return [Finding("samples-absent", Severity.INFO, text)]


def _numbers(path: Path) -> tuple[int, ...]:
    try:
        return list_images(path).numbers
    except ClipError:
        return ()  # the examination of the row says what is wrong with the folder
