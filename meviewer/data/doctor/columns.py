"""The columns that most label sheets share, and a draft of one row of them."""

from __future__ import annotations

from collections.abc import Mapping

from meviewer.core.labels import normalise_objective
from meviewer.data.doctor.rows import MICRO, DraftRow
from meviewer.data.doctor.sheets import SheetRow
from meviewer.data.formats.csv_labels import REQUIRED, SYNONYMS

__all__ = ["COLUMNS", "REQUIRED", "draft", "objective"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    **SYNONYMS,
    "objective": ("Objective Classes", "Objective Class"),
    "notes": ("note", "remarks", "remark", "comments", "comment"),
}
"""Spellings of the columns of published sheets."""

_OBJECTIVES = frozenset("1234567")


def draft(
    row: SheetRow, sheet: str, *, kind: str = MICRO, doubts: tuple[tuple[str, str], ...] = ()
) -> DraftRow:
    """Return a row of a sheet with these columns as a draft; blank names are its fault."""
    cells = row.cells
    empty = [name for name in ("subject", "clip") if not cells[name]]
    classified, about_class = objective(cells.get("objective", ""))
    clip, about_clip = _clip(cells["clip"])
    return DraftRow(
        row=row.row,
        subject=cells["subject"],
        clip=clip,
        onset=cells["onset"],
        apex=cells.get("apex", ""),
        offset=cells["offset"],
        emotion=cells.get("emotion", ""),
        action_units=cells.get("action_units", ""),
        objective=classified,
        coder=cells.get("coder", ""),
        notes=cells.get("notes", ""),
        kind=kind,
        sheet=sheet,
        doubts=(*about_clip, *about_class, *doubts),
        fault=f"the {' and the '.join(empty)} is empty" if empty else "",
        cells=row.all_cells,
        places=row.places,
    )


def objective(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the objective class ``"1"`` to ``"7"`` of a cell, and a doubt if it is none.

    What is none is not imported; it stays in the cells of the row.
    """
    found = normalise_objective(text)
    if not found or found in _OBJECTIVES:
        return found, ()
    return "", (("objective-unknown", f"There is no objective class {text!r}: they are 1 to 7"),)


def _clip(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the name of a clip without strokes around it, with a doubt if there were any."""
    plain = text.strip("/\\ ")
    if plain == text:
        return text, ()
    return plain, (("name-mangled", f"The clip is written {text!r}; it was read as {plain!r}"),)
