"""Where class schemes lie: those that come with the program, the user's, and a project's.

Of several schemes of one name the later place wins. A file that cannot be read hides nothing and
stops nothing: it becomes a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs

from meviewer import resources
from meviewer.core.errors import LabelError, MeviewerError
from meviewer.core.findings import Finding, Severity
from meviewer.core.labels import ClassScheme
from meviewer.data.atomic import storage_error, write_text
from meviewer.data.scheme_text import fault_of_name, from_toml, to_toml

FOLDER = "schemes"
SUFFIX = ".toml"
FORMER_NAMES = {"3: MEGC": "megc2019-3", "5: CASME II": "casme2-5"}
"""Names that stored experiments may still have."""

_LARGEST_BYTES = 1 << 18
_MOST_FILES = 500
# Windows takes these for devices, whatever ending they have.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_NOT_IN_FILE_NAMES = re.compile(r"[^a-z0-9._-]+")


class Origin(StrEnum):
    """Whose a scheme is; later ones win."""

    BUILT_IN = "built-in"
    USER = "user"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class StoredScheme:
    """A scheme and the file that it was read from."""

    scheme: ClassScheme
    origin: Origin
    path: Path

    @property
    def editable(self) -> bool:
        """Whether it may be changed: those that come with the program are to be duplicated."""
        return self.origin is not Origin.BUILT_IN


@dataclass(frozen=True, slots=True)
class SchemeShelf:
    """All schemes of a project.

    Attributes
    ----------
    stored : tuple of StoredScheme
        One a name: built-in ones first, then the user's, then the project's, each by name.
    findings : tuple of Finding
        Files that could not be read, and schemes that hide one of the same name.
    """

    stored: tuple[StoredScheme, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def schemes(self) -> tuple[ClassScheme, ...]:
        """The schemes alone."""
        return tuple(one.scheme for one in self.stored)

    def find(self, name: str) -> StoredScheme | None:
        """Return the scheme of a name, or of the name that it had before; None if there is none."""
        for wanted in (name, FORMER_NAMES.get(name)):
            for one in self.stored:
                if one.scheme.name == wanted:
                    return one
        return None


def built_in_folder() -> Path:
    """Return the folder of the schemes that come with the program."""
    return resources.path(FOLDER)


def user_folder() -> Path:
    """Return the folder of this user's schemes; not made here."""
    return Path(platformdirs.user_config_dir("meviewer", appauthor=False)) / FOLDER


def project_folder(project: Path) -> Path:
    """Return the folder of a project's schemes; not made here."""
    return project / FOLDER


def folder_of(origin: Origin, project: Path | None) -> Path | None:
    """Return the folder of an origin; None for a project's where no project is open."""
    if origin is Origin.PROJECT:
        return None if project is None else project_folder(project)
    return user_folder() if origin is Origin.USER else built_in_folder()


def find_schemes(project: Path | None = None) -> SchemeShelf:
    """Return all schemes, a project's included; never fails.

    Parameters
    ----------
    project : Path, optional
        Folder of the open project.
    """
    found: dict[str, StoredScheme] = {}
    findings: list[Finding] = []
    for origin in Origin:
        folder = folder_of(origin, project)
        here: dict[str, StoredScheme] = {}
        for path in [] if folder is None else _files(folder):
            _take(path, origin, here, findings)
        findings += [_hides(one, found[name]) for name, one in here.items() if name in found]
        found |= here
    order = tuple(Origin)
    stored = sorted(found.values(), key=lambda one: (order.index(one.origin), one.scheme.name))
    return SchemeShelf(tuple(stored), tuple(findings))


def read_scheme(path: Path) -> ClassScheme:
    """Read one file.

    Raises
    ------
    LabelError
        If it cannot be read or is no scheme; the message names file and line.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise _unreadable(path, str(why)) from error
    if len(data) > _LARGEST_BYTES:
        raise _unreadable(path, f"it is larger than {_LARGEST_BYTES >> 10} KiB")
    return from_toml(text, str(path))


def write_scheme(scheme: ClassScheme, folder: Path) -> Path:
    """Write a scheme into a folder, whole or not at all, and return the file.

    A file of this scheme that is there already is replaced.

    Raises
    ------
    LabelError
        If the name is impossible.
    StorageError
        If the disk refuses.
    """
    if fault := fault_of_name(scheme.name):
        raise LabelError("The class scheme cannot be saved", where=scheme.name, why=fault)
    text = to_toml(scheme)
    from_toml(text, scheme.name)  # what cannot be read back is not written
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error
    path = _file_for(scheme.name, folder)
    write_text(path, text)
    return path


def remove_scheme(stored: StoredScheme) -> None:
    """Delete the file of a scheme.

    Raises
    ------
    LabelError
        If it comes with the program.
    StorageError
        If the disk refuses.
    """
    if not stored.editable:
        raise LabelError(
            "The class scheme cannot be removed",
            where=stored.scheme.name,
            why="it comes with the program",
            now="duplicate it and change the copy",
        )
    try:
        stored.path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(stored.path, error) from error


def _files(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except OSError:
        return
    yield from (path for path in found[:_MOST_FILES] if path.name[0] != ".")


def _take(
    path: Path, origin: Origin, here: dict[str, StoredScheme], findings: list[Finding]
) -> None:
    try:
        scheme = read_scheme(path)
    except MeviewerError as error:
        findings.append(Finding("scheme-unreadable", Severity.WARNING, str(error)))
        return
    first = here.get(scheme.name)
    if first is not None:
        text = f"{path.name} and {first.path.name} are both named {scheme.name!r}; the first counts"
        findings.append(Finding("scheme-twice", Severity.WARNING, text))
        return
    here[scheme.name] = StoredScheme(scheme, origin, path)


def _hides(one: StoredScheme, other: StoredScheme) -> Finding:
    text = f"The {one.origin.value} scheme {one.scheme.name!r} is used in place of the " + (
        f"{other.origin.value} one"
    )
    return Finding("scheme-hidden", Severity.INFO, text)


def _file_for(name: str, folder: Path) -> Path:
    """Return the file that holds the scheme already, or a free name made from the scheme's."""
    taken: set[str] = set()
    for path in _files(folder):
        taken.add(path.name)
        try:
            if read_scheme(path).name == name:
                return path
        except LabelError:
            continue
    stem = _NOT_IN_FILE_NAMES.sub("-", name.casefold()).strip("-.") or "scheme"
    stem = f"scheme-{stem}" if _DEVICES.fullmatch(stem) else stem
    number, chosen = 2, f"{stem}{SUFFIX}"
    while chosen in taken:
        number, chosen = number + 1, f"{stem}-{number}{SUFFIX}"
    return folder / chosen


def _unreadable(path: Path, why: str) -> LabelError:
    return LabelError(
        "The class scheme cannot be read",
        where=str(path),
        why=why,
        now="give it to a text editor, or remove it",
    )
