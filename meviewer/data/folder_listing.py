"""Which files of a folder are the frames of a clip, in which order, under which numbers."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import ClipError
from meviewer.core.findings import Finding, Severity

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".tif", ".tiff"})
_DIGITS = re.compile(r"[0-9]+")
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """The numbered images of one folder, in the order of their numbers.

    Attributes
    ----------
    files : tuple of Path
    numbers : tuple of int
        Strictly increasing.
    sizes : tuple of int
        Bytes of each file.
    times_ns : tuple of int
        Time of the last change of each file.
    findings : tuple of Finding
        Numbers missing or used twice, images without a number.
    """

    files: tuple[Path, ...]
    numbers: tuple[int, ...]
    sizes: tuple[int, ...]
    times_ns: tuple[int, ...]
    findings: tuple[Finding, ...]


def number_of(file_name: str) -> int | None:
    """Return the last whole number of a file name, its ending left out; None without digits.

    Every data set counts its frames there, with and without padding: ``img46.jpg``,
    ``006_05562.jpg``, ``EP01_5-012.jpg``.
    """
    found = _DIGITS.findall(Path(file_name).stem)
    return int(found[-1]) if found else None


def is_image(file_name: str) -> bool:
    """Return whether a file may be a frame: an image by its ending, and not hidden."""
    return not file_name.startswith(".") and Path(file_name).suffix.lower() in SUFFIXES


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder; a link that leads in a circle is nothing."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a file; a link that leads in a circle is nothing."""
    try:
        return entry.is_file()
    except OSError:
        return False


def has_images(folder: Path) -> bool:
    """Return whether at least one numbered image lies directly in the folder."""
    try:
        with os.scandir(folder) as entries:
            return any(is_image(e.name) and number_of(e.name) is not None for e in entries)
    except OSError:
        return False


def list_images(folder: Path) -> Listing:
    """List the numbered images of a folder.

    Raises
    ------
    ClipError
        If the folder cannot be read or holds no numbered image.
    """
    names, folders = _entries(folder)
    numbered: dict[int, list[os.DirEntry[str]]] = defaultdict(list)
    unnumbered = []
    for entry in names:
        number = number_of(entry.name)
        if number is None:
            unnumbered.append(entry.name)
        else:
            numbered[number].append(entry)
    if not numbered:
        raise _nothing(folder, unnumbered, folders)
    chosen, twice = _one_a_number(numbered)
    findings = (*_gaps(chosen), *twice, *_no_number(unnumbered))
    return _listing(folder, chosen, findings)


def _entries(folder: Path) -> tuple[list[os.DirEntry[str]], int]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        why = error.strerror or str(error)
        raise ClipError(
            "Could not read the folder", where=str(folder), why=why, now="check the path"
        ) from error
    images = [entry for entry in found if is_image(entry.name) and is_file(entry)]
    return images, sum(is_folder(entry) for entry in found if not entry.name.startswith("."))


def _nothing(folder: Path, unnumbered: list[str], folders: int) -> ClipError:
    if unnumbered:
        why = f"no image has a number in its name, such as {unnumbered[0]!r}"
        now = "name the frames by their numbers, such as img001.jpg"
    elif folders:
        why = f"the folder holds no images itself, but {folders} folder(s)"
        now = "open one of them, or open this one as a data set"
    else:
        why = "there is no JPEG, PNG, BMP or TIFF image in it"
        now = "choose the folder that holds the frames of a clip"
    return ClipError("No frames found", where=str(folder), why=why, now=now)


def _one_a_number(
    numbered: dict[int, list[os.DirEntry[str]]],
) -> tuple[list[tuple[int, os.DirEntry[str]]], list[Finding]]:
    """Keep one file a number: of the naming that most files of the folder share."""
    namings = Counter(_naming(entry.name) for files in numbered.values() for entry in files)
    chosen, left_out = [], []
    for number in sorted(numbered):
        files = sorted(numbered[number], key=lambda entry: -namings[_naming(entry.name)])
        chosen.append((number, files[0]))
        left_out += [f"{other.name!r} ({number}: {files[0].name!r} is used)" for other in files[1:]]
    if not left_out:
        return chosen, []
    text = f"{len(left_out)} file(s) repeat a frame number and are left out: {_some(left_out)}"
    return chosen, [Finding("number-twice", Severity.WARNING, text)]


def _naming(file_name: str) -> tuple[str, str]:
    path = Path(file_name)
    return _DIGITS.sub("#", path.stem), path.suffix.lower()


def _gaps(chosen: list[tuple[int, os.DirEntry[str]]]) -> list[Finding]:
    numbers = [number for number, _entry in chosen]
    breaks = [i for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1] + 1]
    if not breaks:
        return []
    runs = [_run(numbers[i - 1] + 1, numbers[i] - 1) for i in breaks]
    missing = numbers[-1] - numbers[0] + 1 - len(numbers)
    text = f"{missing} frame number(s) are missing at {len(breaks)} place(s): {_some(runs)}"
    return [Finding("numbers-missing", Severity.WARNING, text, frame=breaks[0])]


def _run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _no_number(names: list[str]) -> list[Finding]:
    if not names:
        return []
    text = f"{len(names)} image(s) without a number are left out: {_some(names)}"
    return [Finding("no-number", Severity.INFO, text)]


def _some(items: list[str]) -> str:
    more = len(items) - _MAX_NAMED
    return ", ".join(items[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _listing(
    folder: Path, chosen: list[tuple[int, os.DirEntry[str]]], findings: tuple[Finding, ...]
) -> Listing:
    files = tuple(folder / entry.name for _number, entry in chosen)
    try:
        states = [entry.stat() for _number, entry in chosen]
    except OSError as error:
        raise ClipError(
            "Could not read the folder",
            where=str(folder),
            why=error.strerror or str(error),
            now="check that the disk is there and that its files may be read",
        ) from error
    return Listing(
        files,
        tuple(number for number, _entry in chosen),
        tuple(state.st_size for state in states),
        tuple(state.st_mtime_ns for state in states),
        findings,
    )
