"""Corrected labels written back into a copy of the data set's own sheet, other cells untouched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.action_units import format_units, parse
from meviewer.core.annotation import Annotation
from meviewer.core.errors import LabelError
from meviewer.core.events import Event
from meviewer.core.findings import Finding, Severity
from meviewer.core.labels import normalise
from meviewer.data.doctor.numbers import read_number
from meviewer.data.tables.writing import CellEdit, copy_target, losses_of_copy, write_copy
from meviewer.project.origins import SheetRow, SheetSource, sheet_hash
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class SheetCopy:
    """What a copy would change.

    Attributes
    ----------
    source : SheetSource
    edits : tuple of CellEdit
    findings : tuple of Finding
        Events that the sheet has no row for, rows whose event is gone, and what the copy lacks.
    """

    source: SheetSource
    edits: tuple[CellEdit, ...]
    findings: tuple[Finding, ...]


def plan(project: Project, source: SheetSource) -> SheetCopy:
    """Compare the labels with the rows that they were imported from.

    Raises
    ------
    LabelError
        If the sheet is gone, or another one than was imported: rows could have moved in it.
    """
    _check_unchanged(source)
    edits: list[CellEdit] = []
    findings = list(losses_of_copy(source.sheet))
    rows = project.sheet_rows(source.id)
    known: dict[tuple[int, str], set[int]] = {}
    for row in rows:
        known.setdefault((row.sample_id, row.coder), set()).add(row.event_id)
        annotation = project.annotation(row.sample_id, row.coder)
        event = annotation.find(row.event_id)
        if event is None:
            findings.append(_about(row, "event-gone", "Its event was deleted; the row stays"))
            continue
        if not row.places:
            findings.append(_about(row, "no-cells", "The reader does not say which cells to write"))
            continue
        edits += _edits(project, row, event)
    findings += _without_row(project, known)
    return SheetCopy(source, tuple(edits), tuple(findings))


def write(copy: SheetCopy, target: Path) -> tuple[Finding, ...]:
    """Write the copy, and return what it lacks.

    Raises
    ------
    LabelError
        If the target is the sheet itself, or the sheet cannot be read.
    StorageError
        If the disk refuses.
    """
    return write_copy(copy.source.sheet, target, copy.edits)


def target_of(copy: SheetCopy, target: Path) -> Path:
    """Return where `write` writes: the target, with the ending of what can be written."""
    return copy_target(copy.source.sheet, target)


def _check_unchanged(source: SheetSource) -> None:
    now = sheet_hash(source.sheet)
    if now == source.sheet_hash and now:
        return
    raise LabelError(
        "The label sheet cannot be copied",
        where=str(source.sheet),
        why="it is another file than was imported" if now else "it is no longer there",
        now="put the sheet back as it was, or export the labels as CSV",
    )


def _edits(project: Project, row: SheetRow, event: Event) -> Iterator[CellEdit]:
    places, cells = dict(row.places), dict(row.cells)
    numbers = project.time_base(row.sample_id).numbers
    for name, index in (("onset", event.onset), ("apex", event.apex), ("offset", event.offset)):
        if name not in places or (name == "apex" and not event.has_apex):
            continue
        number = numbers[index] + row.shift
        before = read_number(cells.get(name, ""))
        if before is None or before.value != number:
            yield CellEdit(row.sheet, row.row, places[name], number)
    if "emotion" in places and event.emotion != normalise(cells.get("emotion", "")):
        yield CellEdit(row.sheet, row.row, places["emotion"], event.emotion or None)
    if "action_units" in places and event.action_units != parse(cells.get("action_units", "")):
        text = format_units(event.action_units)
        yield CellEdit(row.sheet, row.row, places["action_units"], text or None)


def _without_row(project: Project, known: dict[tuple[int, str], set[int]]) -> Iterator[Finding]:
    for (sample_id, coder), ids in known.items():
        annotation: Annotation = project.annotation(sample_id, coder)
        added = [event for event in annotation if event.id not in ids]
        if added:
            sample = project.sample(sample_id)
            text = f"{len(added)} event(s) of coder {coder} have no row in the sheet"
            where = (None, None, None, sample.subject, sample.name)
            yield Finding("event-without-row", Severity.WARNING, text, *where)


def _about(row: SheetRow, kind: str, text: str) -> Finding:
    return Finding(kind, Severity.WARNING, text, row=row.row)
