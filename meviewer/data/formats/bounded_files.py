"""Files of other programs: read within bounds, decoded with the place of every fault named."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import TypeVar

import msgspec

from meviewer.core.errors import LabelError
from meviewer.data.atomic import storage_error

MAX_BYTES = 64 << 20
"""No label file comes near it; a larger one is something else."""

MAX_FILES = 20_000
_MAX_CELLS = 10_000_000
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_MARKUP = re.compile(r"<!(?!--)")
_LARGEST_MS = 10**12

_Value = TypeVar("_Value")


def damaged(path: Path, why: str, now: str = "save the file again in its program") -> LabelError:
    """Return the error for a file that cannot be read as a whole."""
    return LabelError("Could not read the labels", where=str(path), why=why, now=now)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a whole file.

    Raises
    ------
    LabelError
        If it is not there, no file, or larger than ``limit`` bytes.
    """
    try:
        if not path.is_file():
            raise damaged(path, "there is no file of that name", "check the path")
        size = path.stat().st_size
        if size > limit:
            why = f"it has {size >> 20} MB; at most {limit >> 20} MB of labels are read"
            raise damaged(path, why, "choose a file of labels")
        return path.read_bytes()
    except OSError as error:
        raise damaged(path, error.strerror or str(error), "check the path") from error


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Read a file in UTF-8 (with or without its mark) or UTF-16 with its mark.

    Raises
    ------
    LabelError
        As `read_bytes`, and if it is no text.
    """
    data = read_bytes(path, limit)
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(path, "its bytes are no text in UTF-8") from error
    if "\0" in text:
        raise damaged(path, "it holds zero bytes, as no text does")
    return text


def read_json(path: Path, kind: type[_Value]) -> _Value:
    """Decode a JSON file; fields that ``kind`` does not know are passed over.

    Python's own decoder reads it, because BORIS writes ``NaN``, which is no JSON.

    Raises
    ------
    LabelError
        If it is no JSON, or a field has another type; the message names the field.
    """
    text = read_text(path)
    try:
        return msgspec.convert(json.loads(text), kind, strict=False)
    except msgspec.ValidationError as error:
        raise damaged(path, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"it is no JSON ({error})") from error


def read_xml_text(path: Path, limit: int) -> str:
    """Read an XML file as text without its declaration.

    Raises
    ------
    LabelError
        As `read_text`, and if it declares a document type or entities.
    """
    text = _DECLARED.sub("", read_text(path, limit), count=1)
    if _MARKUP.search(text):
        raise damaged(path, "it declares a document type, which files of labels do not need")
    return text


def read_table(path: Path, delimiters: str) -> list[list[str]]:
    """Read a table of text, with the delimiter that its first lines hold most of.

    Raises
    ------
    LabelError
        As `read_text`, and if quotation marks do not pair up.
    """
    text = read_text(path)
    top = "\n".join(text.split("\n", 40)[:40])
    delimiter = max(delimiters, key=top.count)
    if text.count(delimiter) > _MAX_CELLS:
        raise damaged(path, f"it has more than {_MAX_CELLS} cells", "choose a file of labels")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        why = f"line {reader.line_num}: {error}"
        raise damaged(path, why) from error


def table_text(rows: Iterable[Sequence[object]], delimiter: str) -> str:
    """Return rows as text that `read_table` reads back."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def files_in(source: Path, *endings: str) -> tuple[Path, ...]:
    """Return a file itself, or the files of a folder that end so, by name.

    Raises
    ------
    LabelError
        If there is neither, or the folder has none of them.
    """
    if not source.is_dir():
        return (source,)
    try:
        found = sorted(p for p in source.iterdir() if p.name.casefold().endswith(endings))
    except OSError as error:
        raise damaged(source, error.strerror or str(error), "check the path") from error
    if not found:
        raise damaged(source, f"the folder has no file that ends in {endings[0]}", "check the path")
    if len(found) > MAX_FILES:
        raise damaged(source, f"the folder has {len(found)} files", "choose a smaller folder")
    return tuple(found)


def make_folder(target: Path) -> None:
    """Make the folder that files are written into.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(target, error) from error


def exact_ms(value: object, unit_ms: int) -> Fraction | None:
    """Return a time in ms as it was written, or None if it is no time.

    Parameters
    ----------
    value : object
        A number, or the text of one; a decimal comma counts as a point.
    unit_ms : int
        1 for ms, 1000 for seconds.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    text = value.strip().replace(",", ".") if isinstance(value, str) else repr(value)
    if len(text) > 40 or "/" in text:
        return None
    try:
        near = float(text)
        if not isfinite(near) or abs(near) * unit_ms > _LARGEST_MS:
            return None
        # An exponent of millions would take for ever to write out.
        exact = repr(near) if "e" in text.casefold() else text
        return Fraction(exact) * unit_ms
    except (ValueError, OverflowError):
        return None
