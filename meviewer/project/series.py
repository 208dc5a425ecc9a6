"""Curves of other tools that belong to a sample: their files, kept whole in the project folder.

``<project>/series/<sample id>/<name>.csv`` is a copy of what the tool wrote. It is read again when
it is shown, so that a better reader serves old projects too.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from meviewer.core.errors import ProjectError
from meviewer.data.atomic import replacing, storage_error
from meviewer.data.series.table import check_size

FOLDER = "series"
_ENDING = ".csv"
_UNSAFE = re.compile(r"[^\w.+-]+")
_NAME_CHARACTERS = 60
_MOST_FILES = 1000
# Windows gives these names to devices, whatever their ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def attach(project_folder: Path, sample_id: int, path: Path) -> Path:
    """Copy a tool's file to a sample, whole or not at all.

    A file of the same content that is there already is not copied again; another of the same name
    stays, and the new one gets a number.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    LabelError
        If there is no such file, or it is too large.
    ProjectError
        If the sample has too many files already.
    StorageError
        If the disk refuses.
    """
    check_size(path)
    folder = project_folder / FOLDER / str(sample_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digest = _digest(path)
        for target in _names(folder, path):
            if not target.exists():
                break
            if _digest(target) == digest:
                return target
        with replacing(target) as beside:
            shutil.copyfile(path, beside)
    except OSError as error:
        raise storage_error(folder, error) from error
    return target


def attached(project_folder: Path, sample_id: int) -> tuple[Path, ...]:
    """Return the files of a sample, by name; none is an empty tuple."""
    folder = project_folder / FOLDER / str(sample_id)
    try:
        found = [p for p in folder.iterdir() if p.suffix == _ENDING and p.name[0] != "."]
    except OSError:
        return ()
    return tuple(sorted(found))


def detach(project_folder: Path, sample_id: int, name: str) -> None:
    """Remove a file from a sample; one that is not there is no error.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    for path in attached(project_folder, sample_id):
        if path.name == name:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise storage_error(path, error) from error


def _names(folder: Path, path: Path) -> list[Path]:
    stem = _UNSAFE.sub("_", path.stem).strip("._")[:_NAME_CHARACTERS] or "curves"
    if _DEVICES.fullmatch(stem):
        stem = f"curves_{stem}"
    there = len(attached(folder.parent.parent, int(folder.name)))
    if there >= _MOST_FILES:
        raise ProjectError(
            "Too many files of curves",
            where=str(folder),
            why=f"the sample has {there} already",
            now="remove those that are no longer needed",
        )
    numbered = (f"{stem}-{number}" for number in range(2, there + 3))
    return [folder / f"{name}{_ENDING}" for name in (stem, *numbered)]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
