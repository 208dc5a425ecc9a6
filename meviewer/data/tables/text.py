"""Sheets that are text: encoding, delimiter, cells."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.tables.model import trimmed

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
MAX_CELLS = 2_000_000
"""Cells of one sheet beyond which a file is no label sheet; the largest known has 42,000."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_LINE = 1_000_000
_LOOKED_AT = 200
_WIDE_ENOUGH = 8
_TOP = 100_000
_BLANKS = "\t\r\n\f\v\x1a"
_LINES = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")
_NOT_ASCII = re.compile(rb"[\x80-\xff]++")
_GUESSED = {
    "cp1252": "The file is not in UTF-8; it was read as Windows-1252: look at its umlauts",
    "gb18030": "The file is not in UTF-8; it was read as Chinese (GB18030): look at its signs",
    "utf-16-le": "The file is in UTF-16 without saying so: look at its text",
    "utf-16-be": "The file is in UTF-16 without saying so: look at its text",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file.

    Attributes
    ----------
    text : str
        Without byte order mark; line ends as they are.
    encoding : str
        A name that `codecs` knows; ``"utf-8-sig"`` if there was a mark.
    mark : bytes
        The byte order mark, if any.
    findings : tuple of Finding
        One if the encoding was guessed.
    """

    text: str
    encoding: str
    mark: bytes
    findings: tuple[Finding, ...]


def decode(path: Path, data: bytes) -> Decoded:
    """Find the encoding of a text sheet and decode it.

    Raises
    ------
    LabelError
        If the bytes are text in no encoding that label sheets are found in.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        text = _decoded(data[len(mark) :], encoding.removesuffix("-sig"))
        if data.startswith(mark) and text is not None:
            return Decoded(text, encoding, mark, ())
    for encoding in _candidates(data):
        text = _decoded(data, encoding)
        if text is not None:
            return Decoded(text, encoding, b"", _guessed(encoding))
    nul = "there are NUL bytes in it, and its" if b"\0" in data else "its"
    raise LabelError(
        "Not a text file",
        where=str(path),
        why=f"{nul} bytes are text neither in UTF-8, UTF-16, GB18030 nor Windows-1252",
        now="choose the label file, or save it as CSV in UTF-8",
    )


def parse(
    path: Path, text: str, delimiter: str, max_rows: int
) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the rows of a text sheet, and whether rows beyond ``max_rows`` were left out.

    Raises
    ------
    LabelError
        If its quotation marks do not pair up, a line or cell is absurdly long, or the sheet is.
    """
    reader = csv.reader(_bounded(path, text), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    n_cells = 0
    try:
        for row in islice(reader, max_rows + 1):
            n_cells += max(len(row), 1)
            if n_cells > MAX_CELLS:
                raise too_large(path, f"it has more than {MAX_CELLS:,} cells")
            rows.append(row)
    except csv.Error as error:
        raise _no_csv(path, reader.line_num, error) from error
    return trimmed(rows[:max_rows]), len(rows) > max_rows


def lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends, whichever of the three kinds they are."""
    # Slices by turns: a StringIO would hold a second copy of the file, at four bytes a character.
    return (match.group() for match in _LINES.finditer(text) if match.group())


def find_delimiter(text: str) -> str:
    """Return the delimiter by which the first lines fall into equally many cells."""
    scores = {delimiter: _evenness(text, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def too_large(path: Path, why: str) -> LabelError:
    """Return the error for a file that is too large to be a label sheet."""
    now = "choose the label file, or delete what is not labels in it"
    return LabelError("Too large for a label sheet", where=str(path), why=why, now=now)


def _candidates(data: bytes) -> Sequence[str]:
    if b"\0" in data:
        return tuple(filter(None, [_utf16_without_mark(data)]))
    if _looks_chinese(data):
        return ("utf-8", "gb18030", "cp1252")
    return ("utf-8", "cp1252", "gb18030")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if "\0" in text or (encoding != "utf-8" and _has_control_signs(text[:_TOP])):
        return None
    return text


def _has_control_signs(text: str) -> bool:
    """Tell rubbish, which any 8-bit encoding takes for text, from text."""
    n_odd = sum(unicodedata.category(sign) == "Cc" and sign not in _BLANKS for sign in text)
    return n_odd * 100 > len(text)


def _guessed(encoding: str) -> tuple[Finding, ...]:
    text = _GUESSED.get(encoding)
    return (Finding("encoding", Severity.WARNING, text),) if text else ()


def _utf16_without_mark(data: bytes) -> str | None:
    """Guess by where the NUL bytes of digits and delimiters stand."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or max(even, odd) * 10 < len(data):
        return None
    if min(even, odd) * 20 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _looks_chinese(data: bytes) -> bool:
    """Tell GB18030 from Windows-1252: common signs are pairs of high bytes, umlauts stand alone."""
    pairs = common = alone = 0
    for match in islice(_NOT_ASCII.finditer(data), 20_000):
        run = match.group()
        pairs += len(run) // 2
        alone += len(run) % 2
        common += sum(_is_common(*run[i : i + 2]) for i in range(0, len(run) - 1, 2))
    # Western words with two accents in a row ("Größe") fall outside the common range.
    return common > alone and common * 10 >= pairs * 8


def _is_common(lead: int, trail: int) -> bool:
    return trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7)


def _evenness(text: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    reader = csv.reader(lines(text[:_LONGEST_LINE]), delimiter=delimiter)
    # Faults are told once the delimiter is known.
    with suppress(csv.Error):
        for row in islice(reader, _LOOKED_AT):
            widths[len(row)] += bool(row)
    n_rows = widths.total()
    several = {width: n for width, n in widths.items() if width > 1}
    if not several:
        return 0.0
    usual = max(several, key=lambda width: (several[width], width))
    # Rows that agree say more than many cells: lists inside cells are long, but not equally long.
    return (several[usual] / n_rows) ** 2 * min(usual, _WIDE_ENOUGH)


def _bounded(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(lines(text), 1):
        if len(line) > _LONGEST_LINE:
            raise too_large(path, f"line {number} has {len(line):,} characters")
        yield line


def _no_csv(path: Path, line: int, error: csv.Error) -> LabelError:
    if "field larger" in str(error):
        why = "one cell has more than 131,072 characters; perhaps a quotation mark never ends"
    elif "NUL" in str(error):
        why = "there is a NUL byte in it"
    else:
        why = f"its quotation marks do not pair up ({error})"
    return LabelError(
        "Could not read the label file",
        where=f"{path}, line {line}",
        why=why,
        now="mend the line in a text editor",
    )
