"""Change single cells of a text sheet and leave every other byte as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.data.tables.text import decode, find_delimiter, parse

_ALL_ROWS = 10**9
_Span = tuple[int, int]


def edited_text(path: Path, data: bytes, values: Mapping[tuple[int, int], str]) -> bytes:
    """Return the bytes of a text sheet in which only some cells differ.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The sheet.
    values : mapping of (int, int) to str
        New text by 1-based row and 0-based column. A line that is too short gets longer.

    Raises
    ------
    LabelError
        If the sheet cannot be read, a row does not exist, or its encoding lacks a sign.
    """
    decoded = decode(path, data)
    text, encoding = decoded.text, decoded.encoding.removesuffix("-sig")
    if decoded.mark + text.encode(encoding) != data:
        raise not_editable(path, f"its text in {encoding} cannot be written back unchanged")
    delimiter = find_delimiter(text)
    # Quotation marks that do not pair up are told here.
    parse(path, text, delimiter, _ALL_ROWS)
    rows = _spans(text, delimiter, {row for row, _column in values})
    pieces: list[str] = []
    done = 0
    for row in sorted({row for row, _column in values}):
        if row not in rows:
            raise not_editable(path, f"it has no row {row}")
        new = {column: value for (r, column), value in values.items() if r == row}
        for (start, end), replacement in _changes(text, rows[row], new, delimiter):
            pieces += [text[done:start], replacement]
            done = end
    changed = "".join([*pieces, text[done:]])
    try:
        return decoded.mark + changed.encode(encoding)
    except UnicodeEncodeError as error:
        sign = changed[error.start : error.end]
        raise not_editable(path, f"its encoding, {encoding}, has no sign {sign!r}") from error


def not_editable(path: Path, why: str) -> LabelError:
    """Return the error for a sheet that cannot be copied with these changes."""
    return LabelError(
        "Could not write the changes into a copy of the sheet",
        where=str(path),
        why=why,
        now="export the labels as CSV instead",
    )


def _spans(text: str, delimiter: str, wanted: Collection[int]) -> dict[int, list[_Span]]:
    """Return where the cells of some rows stand, with their quotation marks."""
    cell = re.compile(
        f'("(?:[^"]|"")*+"|[^{re.escape(delimiter)}\r\n]*+)({re.escape(delimiter)}|\r\n|\r|\n|\\Z)'
    )
    found: dict[int, list[_Span]] = {}
    row = 1
    # Without a line end at the end, the last match is the empty one behind it all.
    for match in cell.finditer(text):
        if row in wanted and (match.start() < len(text) or row in found):
            found.setdefault(row, []).append(match.span(1))
        if match[2] != delimiter:
            if not match[2]:
                break
            row += 1
    return found


def _changes(
    text: str, cells: list[_Span], new: Mapping[int, str], delimiter: str
) -> Iterator[tuple[_Span, str]]:
    for column in sorted(new):
        if column < len(cells):
            start, end = cells[column]
            was_quoted = text[start:end].startswith('"')
            yield (start, end), _quoted(new[column], delimiter, was_quoted)
    beyond = [column for column in new if column >= len(cells)]
    if beyond:
        more = [new.get(column, "") for column in range(len(cells), max(beyond) + 1)]
        end = cells[-1][1]
        yield (end, end), "".join(delimiter + _quoted(cell, delimiter, False) for cell in more)


def _quoted(value: str, delimiter: str, anyway: bool) -> str:
    if anyway or any(sign in value for sign in (delimiter, '"', "\r", "\n")):
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    return value
