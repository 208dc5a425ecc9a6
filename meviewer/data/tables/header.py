"""Find the row with the column names, wherever notes push it and however they are spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from meviewer.core.errors import LabelError
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.text import DELIMITERS

# Sheets of some data sets begin with notes.
_SEARCHED = 40
_MAX_SHEETS = 10
_MAX_NAMES = 30
_MAX_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The row with the column names.

    Attributes
    ----------
    row : int
        1-based; the records begin below it.
    columns : mapping of str to int
        0-based place of each known column, by its canonical name.
    others : mapping of str to int
        0-based place of each other column that has a name, by the sheet's own name for it.
    """

    row: int
    columns: Mapping[str, int]
    others: Mapping[str, int]


def find_header(
    table: Table, synonyms: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Header | None:
    """Return the header of a sheet, or None if no row names all required columns.

    Parameters
    ----------
    table : Table
    synonyms : mapping of str to sequence of str
        Spellings of each known column, by its canonical name, which counts as a spelling itself.
        Case, blanks and punctuation do not count. The first of two columns that mean the same
        is it; the second is among the others.
    required : sequence of str
        Canonical names that must be there.
    """
    known = _known(synonyms)
    fitting = [h for h in _headers(table, known) if all(name in h.columns for name in required)]
    return max(fitting, key=lambda header: len(header.columns), default=None)


def require_header(
    workbook: Workbook,
    synonyms: Mapping[str, Sequence[str]],
    required: Sequence[str],
    sheets: Sequence[str] = (),
) -> tuple[Table, Header]:
    """Return the sheet with the labels, and its header.

    Parameters
    ----------
    workbook : Workbook
    synonyms, required
        As for `find_header`.
    sheets : sequence of str
        Names of sheets to try first, in this order; then all others in the order of the file,
        those that are hidden last.

    Raises
    ------
    LabelError
        If no sheet has all required columns; the message tells what each has.
    """
    named = [table for name in sheets if (table := workbook.table(name))]
    for table in (*named, *sorted(workbook.tables, key=lambda table: table.hidden)):
        header = find_header(table, synonyms, required)
        if header:
            return table, header
    raise _missing(workbook, synonyms, required)


def folded(name: str) -> str:
    """Return a column name without what does not count: case, blanks, punctuation, width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _known(synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    spelled: dict[str, str] = {}
    for name, spellings in synonyms.items():
        for spelling in (name, *spellings):
            spelled.setdefault(folded(spelling), name)
    spelled.pop("", None)
    return spelled


def _headers(table: Table, known: Mapping[str, str]) -> Iterator[Header]:
    for number, cells in enumerate(table.rows[:_SEARCHED], 1):
        columns: dict[str, int] = {}
        others: dict[str, int] = {}
        for place, cell in enumerate(cells):
            name = known.get(folded(cell), "")
            if name and name not in columns:
                columns[name] = place
            elif cell.strip():
                own = cell.strip()
                taken = own in others or own in columns
                others[f"{own} ({place + 1})" if taken else own] = place
        yield Header(number, columns, others)


def _missing(
    workbook: Workbook, synonyms: Mapping[str, Sequence[str]], required: Sequence[str]
) -> LabelError:
    known = _known(synonyms)
    best: dict[str, Header] = {}
    for table in workbook.tables:
        headers = _headers(table, known)
        found = max(headers, key=lambda h: (len(h.columns), bool(h.others)), default=None)
        best[table.name] = found or Header(1, {}, {})
    lacking = [[n for n in required if n not in header.columns] for header in best.values()]
    missing = min(lacking, key=len, default=list(required))
    wanted = "; ".join(_wanted(name, synonyms.get(name, ())) for name in missing)
    return LabelError(
        f"The label file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
        where=str(workbook.path),
        why=_what_was_found(workbook, best),
        now=f"add a first row with the column names. Needed: {wanted}",
    )


def _wanted(name: str, spellings: Sequence[str]) -> str:
    return f"{name} (or {', '.join(spellings[:3])})" if spellings else name


def _what_was_found(workbook: Workbook, best: Mapping[str, Header]) -> str:
    if not workbook.tables:
        return "there is no sheet in it"
    if workbook.kind == "csv":
        found = _names(workbook.tables[0], next(iter(best.values())))
        return f"read as separated by {DELIMITERS[workbook.delimiter]}s, it has: {found}"
    told = [f"the sheet {t.name!r} has: {_names(t, best[t.name])}" for t in workbook.tables]
    more = [f"and {len(told) - _MAX_SHEETS} more sheets"] if len(told) > _MAX_SHEETS else []
    return "; ".join((*told[:_MAX_SHEETS], *more))


def _names(table: Table, header: Header) -> str:
    failure = next((f.text for f in table.findings if f.kind == "sheet-not-read"), "")
    if not table.rows:
        return failure or "nothing"
    row = table.rows[header.row - 1]
    names = [repr(cell.strip()[:_MAX_CHARACTERS]) for cell in row if cell.strip()]
    more = ["..."] if len(names) > _MAX_NAMES else []
    return ", ".join((*names[:_MAX_NAMES], *more)) or "nothing"
