"""A folder of ready flow pictures: u, v and strain of each sample, as published composites are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import LabelError
from meviewer.data.flow_picture_files import PictureError, group_of, read_picture
from meviewer.data.tables.header import require_header
from meviewer.data.tables.reading import read_workbook

PATTERN = "{subject}/{class}/{name}"
"""Where subject and class stand, if nothing else is said."""

_WORDS = ("subject", "class", "dataset", "name")
_COLUMNS = {
    "file": ("path", "picture", "image", "filename", "clip", "name"),
    "subject": ("sub", "person"),
    "class": ("label", "emotion"),
    "dataset": ("data set", "database", "data base"),
}
_MOST_FILES = 200_000


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """One sample.

    Attributes
    ----------
    name : str
        Path below the folder, without its ending.
    subject, label, dataset : str
        As the path or the table writes them.
    values : ndarray, shape (3, H, W), float32
        u, v, strain, in whatever unit and with whatever zero they were written.
    fingerprint : str
        Hash of the values.
    """

    name: str
    subject: str
    label: str
    dataset: str
    values: NDArray[np.float32] = field(repr=False, compare=False)
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that cannot be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListedPicture:
    """What is known of a sample before its picture is read; as in `FlowPicture`."""

    name: str
    subject: str
    label: str
    dataset: str


def read_pictures(
    folder: Path, *, pattern: str = PATTERN, table: str = "", backwards: bool = False
) -> Iterator[FlowPicture | LeftOut]:
    """Yield the samples of a folder in the order of their paths.

    A sample is one picture of three channels (PNG, JPEG, TIFF, BMP), one ``.npy`` array of shape
    (3, H, W) or (H, W, 3), or three grey pictures whose names end in ``_u``, ``_v`` and
    ``_strain``.

    Parameters
    ----------
    folder : Path
    pattern : str
        Which parts of a path, without the ending, are ``{subject}``, ``{class}``, ``{dataset}``
        and ``{name}``; ``*`` stands for any part.
    table : str
        A CSV file or spreadsheet below the folder, or anywhere, with the columns file, subject,
        class and, if there are several, dataset. With it the pattern is not looked at.
    backwards : bool
        Red, green and blue are strain, v, u: as OpenCV writes an array of u, v, strain.

    Raises
    ------
    LabelError
        If the folder or the table cannot be read, the pattern names no subject or class, or no
        path fits it.
    """
    groups = _groups(folder)
    for name, found in _listed(folder, pattern, table, groups):
        if isinstance(found, LeftOut):
            yield found
            continue
        try:
            values = read_picture(groups[name], backwards=backwards)
        except PictureError as error:
            yield LeftOut(name, str(error))
            continue
        yield FlowPicture(
            found.name, found.subject, found.label, found.dataset, values, _hash(values)
        )


def list_pictures(
    folder: Path, *, pattern: str = PATTERN, table: str = ""
) -> tuple[ListedPicture | LeftOut, ...]:
    """Return whose and what the samples of a folder are, without reading a picture.

    Parameters and errors are those of `read_pictures`.
    """
    return tuple(found for _name, found in _listed(folder, pattern, table, _groups(folder)))


def _listed(
    folder: Path, pattern: str, table: str, groups: dict[str, list[Path]]
) -> Iterator[tuple[str, ListedPicture | LeftOut]]:
    return _by_table(folder, table, groups) if table else _by_pattern(folder, pattern, groups)


def _groups(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each sample, by its path without an ending."""
    if not folder.is_dir():
        raise LabelError("There is no such folder of pictures", where=str(folder))
    found: dict[str, list[Path]] = {}
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(files) > _MOST_FILES:
        raise LabelError(
            "The folder holds too many files",
            where=str(folder),
            why=f"{len(files)} are more than the {_MOST_FILES} that are looked at",
            now="choose the folder of one composite",
        )
    for path in files:
        name = group_of(path.relative_to(folder))
        if name:
            found.setdefault(name, []).append(path)
    return found


def _by_pattern(
    folder: Path, pattern: str, groups: dict[str, list[Path]]
) -> Iterator[tuple[str, ListedPicture | LeftOut]]:
    expression = _expression(pattern)
    fitting = {name: expression.fullmatch(name) for name in groups}
    if not any(fitting.values()):
        first = next(iter(groups), None)
        raise LabelError(
            "No picture lies where the pattern says",
            where=str(folder),
            why=f"{first!r} does not look like {pattern!r}" if first else "there is no picture",
            now="say where subject and class stand, as in {subject}/{class}/{name}",
        )
    for name, match in fitting.items():
        if match is None:
            yield name, LeftOut(name, f"its path does not look like {pattern}")
        else:
            parts = match.groupdict("")
            yield (
                name,
                ListedPicture(name, parts["subject"], parts["class"], parts.get("dataset", "")),
            )


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^{}]*\}|\*)", pattern.strip().strip("/"))
    named = [part[1:-1] for part in parts if part.startswith("{")]
    wrong = [name for name in named if name not in _WORDS]
    lacking = [name for name in ("subject", "class") if name not in named]
    if wrong or lacking or len(set(named)) < len(named):
        raise LabelError(
            "The pattern of the pictures cannot be used",
            where=pattern,
            why=f"{{{wrong[0]}}} means nothing"
            if wrong
            else f"it lacks {{{lacking[0]}}}"
            if lacking
            else "a word stands in it twice",
            now="use {subject}, {class}, {dataset}, {name} and *, as in {subject}/{class}/{name}",
        )
    return re.compile("".join(map(_piece, parts)))


def _piece(part: str) -> str:
    if part == "*":
        return "[^/]*"
    return f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)


def _by_table(
    folder: Path, table: str, groups: dict[str, list[Path]]
) -> Iterator[tuple[str, ListedPicture | LeftOut]]:
    path = folder / table if (folder / table).is_file() else Path(table)
    sheet, header = require_header(read_workbook(path), _COLUMNS, ("file", "subject", "class"))
    listed = set()
    for number in range(header.row, len(sheet.rows)):
        cells = {
            name: sheet.cell(number, column).strip() for name, column in header.columns.items()
        }
        if not any(cells.values()):
            continue
        name = _listed_name(cells["file"], groups)
        listed.add(name)
        lacking = [word for word in ("subject", "class") if not cells[word]]
        if name not in groups:
            yield name, LeftOut(cells["file"], f"row {number + 1} of the table names no picture")
        elif lacking:
            yield name, LeftOut(name, f"row {number + 1} of the table has no {lacking[0]}")
        else:
            dataset = cells.get("dataset", "")
            yield name, ListedPicture(name, cells["subject"], cells["class"], dataset)
    for name in groups:
        if name not in listed:
            yield name, LeftOut(name, "the table does not name it")


def _listed_name(text: str, groups: dict[str, list[Path]]) -> str:
    """Return the sample that a table means: with or without its ending and outer folders."""
    plain = PurePosixPath(text.replace("\\", "/"))
    for name in (str(plain), str(plain.with_suffix("")), group_of(Path(plain))):
        if name in groups:
            return name
    return str(plain)


def _hash(values: NDArray[np.float32]) -> str:
    head = f"{values.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(values).tobytes()).hexdigest()[:32]
