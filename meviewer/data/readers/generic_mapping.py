"""Which column of a foreign sheet is which: guessed, shown before it is used, and remembered.

For a window that asks the user:

* `NAMES`, `NUMBERINGS`: what can be chosen.
* `suggest(workbook, sheet, header_row)`: a first guess, with the first values of each column.
* `preview(workbook, sheet, header_row, mapping)`: what a mapping makes of the first rows, and what
  is wrong with it in words; cheap enough for every key stroke.
* `remembered(workbook, sheet, header_row)`: what was chosen before for a sheet of these columns.
* `save_mapping`, `load_mapping`, `mapping_path`.

A mapping goes as it is into ``ReadOptions.columns``. One that says ``header`` is complete; where it
does not, what it leaves out is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from meviewer.core.errors import LabelError
from meviewer.data.doctor.numbers import is_missing, read_number
from meviewer.data.doctor.sheets import SheetRow
from meviewer.data.readers.generic_columns import (
    FIELDS,
    NUMBERINGS,
    TITLES,
    Field,
    Mapping,
    column_names,
    guess_columns,
    guess_header,
)
from meviewer.data.readers.generic_layout import Layout, layout, sheet_named
from meviewer.data.readers.generic_memory import (
    load_mapping,
    mapping_path,
    remembered,
    save_mapping,
)
from meviewer.data.tables.model import Workbook

__all__ = [
    "NAMES",
    "NUMBERINGS",
    "Field",
    "Mapping",
    "Preview",
    "Suggested",
    "load_mapping",
    "mapping_path",
    "preview",
    "remembered",
    "save_mapping",
    "suggest",
]

NAMES = FIELDS
"""What a column can be."""

_N_VALUES = 5
_MOST_CHECKED = 5000
_FRAMES = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class Suggested:
    """A first guess.

    Attributes
    ----------
    sheet : str
    header_row : int
        1-based; 0: no row looks like column names.
    columns_of_sheet : tuple of str
        All columns that have a cell, in their order.
    mapping : tuple of (str, str)
        The guessed columns, sheet, header row and numbering.
    values : dict of str to tuple of str
        First five values of each guessed column, by our name.
    missing : tuple of str
        What is needed and was not found, by our name.
    """

    sheet: str
    header_row: int
    columns_of_sheet: tuple[str, ...]
    mapping: Mapping
    values: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mapping makes of the first rows.

    Attributes
    ----------
    heads : tuple of str
        ``Row`` and the titles of what is mapped.
    rows : tuple of tuple of str
        As many cells as there are heads.
    problems : tuple of str
        Sentences for a person, the worst first.
    is_usable : bool
        Whether rows can be read with it at all.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]
    is_usable: bool


def suggest(workbook: Workbook, sheet: str = "", header_row: int = 0) -> Suggested:
    """Guess the columns of a sheet.

    Parameters
    ----------
    workbook : Workbook
    sheet : str
        Empty: the sheet that looks most like labels.
    header_row : int
        1-based row of the column names; 0: it is looked for.
    """
    table = sheet_named(workbook, sheet)
    row = header_row if header_row > 0 else guess_header(table)
    names = column_names(table, row)
    columns, numbering = guess_columns(names)
    ordered = [(f.name, columns[f.name]) for f in FIELDS if f.name in columns]
    settings = (("sheet", table.name), ("header", str(row)), ("numbering", numbering))
    mapping = (*ordered, *settings)
    made = layout(workbook, mapping)
    first = list(islice(made.rows(), _N_VALUES))
    values = {name: tuple(one.cells[name] for one in first) for name, _column in ordered}
    there = tuple(name for name in names if name)
    return Suggested(table.name, row, there, mapping, values, made.missing())


def preview(
    workbook: Workbook, sheet: str, header_row: int, mapping: Mapping, n: int = 8
) -> Preview:
    """Show what a mapping makes of the first ``n`` rows; never an error.

    ``sheet`` and ``header_row`` (1-based, 0: no names) go before what the mapping says of them.
    """
    chosen = [(k, v) for k, v in mapping if k not in ("sheet", "header")]
    try:
        made = layout(workbook, (*chosen, ("sheet", sheet), ("header", str(header_row))))
    except LabelError as error:
        return Preview(("Row",), (), (str(error),), False)
    rows = list(islice(made.rows(), max(n, _MOST_CHECKED)))
    names = [field.name for field in FIELDS if field.name in made.known]
    shown = tuple(
        (str(row.row), *(row.cells.get(name, made.constants.get(name, "")) for name in names))
        for row in rows[:n]
    )
    heads = ("Row", *(TITLES[name] for name in names))
    missing = made.missing()
    problems = (*_about_columns(made, missing), *_about_rows(made, rows))
    return Preview(heads, shown, problems, bool(rows) and not missing and not made.lost)


def _about_columns(made: Layout, missing: Sequence[str]) -> list[str]:
    found = [
        f"The sheet has no column {column!r}, chosen as {TITLES[k]}" for k, column in made.lost
    ]
    for name in missing:
        words = "Clip, or as Path" if name == "clip" else TITLES[name]
        found.append(f"No column is chosen as {words}")
    by_place: dict[int, list[str]] = {}
    for name, place in made.header.columns.items():
        by_place.setdefault(place, []).append(TITLES[name])
    found += [
        f"{' and '.join(titles)} are the same column"
        for titles in by_place.values()
        if len(titles) > 1
    ]
    if "subject" not in made.known:
        found.append("No column is chosen as Subject: the folder above each clip is taken for it")
    if made.numbering in ("ms", "s") and "fps" not in made.known:
        found.append(
            "Times need frames per second: without a column for them, only clips that say their"
            " own rate can be read"
        )
    return found


def _about_rows(made: Layout, rows: Sequence[SheetRow]) -> list[str]:
    if not rows:
        return ["There is no row below the column names"]
    found = []
    for name in (*_FRAMES, "fps", "first_frame"):
        texts = [(row.row, row.cells[name]) for row in rows if name in row.cells]
        odd = [one for one in texts if not is_missing(one[1]) and read_number(one[1]) is None]
        if odd:
            row, text = odd[0]
            some = f"{len(odd)} of {len(rows)} rows"
            found.append(
                f"{TITLES[name]} is no number in {some}, such as {text[:40]!r} in row {row}"
            )
    pairs = [[read_number(row.cells.get(name, "")) for name in ("onset", "offset")] for row in rows]
    turned = sum(1 for a, b in pairs if a is not None and b is not None and a.value > b.value > 0)
    if turned * 2 > len(rows):
        found.append(f"The onset comes after the offset in {turned} of {len(rows)} rows")
    return found
