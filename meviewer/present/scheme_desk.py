"""The class schemes at hand: which one is chosen, changes to it, and the way back from each.

Every change is in its file when the call returns; what cannot be written has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.labels import OWN, ClassScheme, own_classes
from meviewer.data.scheme_text import fault_of_name
from meviewer.data.schemes import (
    Origin,
    SchemeShelf,
    find_schemes,
    folder_of,
    remove_scheme,
    write_scheme,
)
from meviewer.present.schemes import ORIGINS, LabelWords

_WHAT = "The class scheme cannot be changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One scheme of the list."""

    scheme: ClassScheme
    origin: Origin

    @property
    def name(self) -> str:
        """Short name."""
        return self.scheme.name

    @property
    def whose(self) -> str:
        """Where it lies, in a word."""
        return ORIGINS[self.origin]

    @property
    def editable(self) -> bool:
        """Whether it may be changed."""
        return self.origin is not Origin.BUILT_IN


@dataclass(frozen=True, slots=True)
class _Change:
    """A scheme before and after; None where there was none, or is none any more."""

    name: str
    origin: Origin
    before: ClassScheme | None
    after: ClassScheme | None


class SchemeDesk:
    """The schemes of a project, or of none.

    Parameters
    ----------
    project : Path or None
        Folder of the open project.
    labels : sequence of LabelWords
        Of which ``"own"`` is made.
    """

    def __init__(self, project: Path | None, labels: tuple[LabelWords, ...] = ()) -> None:
        self.project = project
        self._labels = labels
        self._undo: list[_Change] = []
        self._redo: list[_Change] = []
        self.shelf: SchemeShelf = find_schemes(project)
        self._chosen = OWN

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All schemes in the order of the list: what is one's own comes first."""
        own = Entry(own_classes(one.emotion for one in self._labels), Origin.BUILT_IN)
        stored = [Entry(one.scheme, one.origin) for one in self.shelf.stored]
        nearest = (Origin.PROJECT, Origin.USER, Origin.BUILT_IN)
        return (own, *sorted(stored, key=lambda entry: nearest.index(entry.origin)))

    @property
    def chosen(self) -> Entry:
        """The scheme that is shown."""
        return next((e for e in self.entries if e.name == self._chosen), self.entries[0])

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._redo)

    def choose(self, name: str) -> None:
        """Show another scheme; a name that is not there changes nothing."""
        found = self.shelf.find(name)
        if found is not None or name == OWN:
            self._chosen = OWN if found is None else found.scheme.name

    def take_labels(self, labels: tuple[LabelWords, ...]) -> None:
        """Make ``"own"`` from other labels."""
        self._labels = labels

    def change(self, scheme: ClassScheme) -> None:
        """Save another value of the chosen scheme.

        Raises
        ------
        LabelError
            If the chosen one is read-only.
        StorageError
            If the disk refuses.
        """
        entry = self.chosen
        if not entry.editable:
            raise _read_only(entry)
        if scheme != entry.scheme:
            self._do(_Change(entry.name, entry.origin, entry.scheme, scheme))

    def duplicate(self, name: str, origin: Origin) -> None:
        """Copy the chosen scheme under another name, and choose the copy.

        Raises
        ------
        LabelError
            If the name is taken or impossible, or there is no project for a project's scheme.
        StorageError
            If the disk refuses.
        """
        name = name.strip()
        fault = fault_of_name(name)
        if not fault and self.shelf.find(name) is not None:
            fault = "there is a scheme of that name"
        if not fault and folder_of(origin, self.project) is None:
            fault = "no project is open"
        if fault:
            now = "choose another name or place"
            raise LabelError("The class scheme cannot be copied", where=name, why=fault, now=now)
        text = f"Made from {self.chosen.scheme.words}."
        copy = replace(self.chosen.scheme, name=name, title="", text=text)
        if not copy.classes:
            copy = replace(copy, classes=("others",))
        self._do(_Change(name, origin, None, copy))

    def remove(self) -> None:
        """Remove the chosen scheme; `undo` brings it back.

        Raises
        ------
        LabelError
            If it comes with the program.
        StorageError
            If the disk refuses.
        """
        entry = self.chosen
        if not entry.editable:
            raise _read_only(entry)
        self._do(_Change(entry.name, entry.origin, entry.scheme, None))

    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            change = self._undo[-1]
            self._put(change.name, change.origin, change.before)
            self._redo.append(self._undo.pop())

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._redo:
            change = self._redo[-1]
            self._put(change.name, change.origin, change.after)
            self._undo.append(self._redo.pop())

    def _do(self, change: _Change) -> None:
        self._put(change.name, change.origin, change.after)
        self._undo.append(change)
        self._redo.clear()

    def _put(self, name: str, origin: Origin, new: ClassScheme | None) -> None:
        """Write or remove a file, and read all anew: another window may have changed others."""
        folder = folder_of(origin, self.project)
        if folder is None:
            raise LabelError(_WHAT, where=name, why="no project is open")
        if new is not None:
            write_scheme(new, folder)
        else:
            stored = self.shelf.find(name)
            if stored is not None and stored.origin is origin:
                remove_scheme(stored)
        self.shelf = find_schemes(self.project)
        self._chosen = name if self.shelf.find(name) is not None else OWN


def free_name(desk: SchemeDesk) -> str:
    """Return a name for a copy of the chosen scheme that nothing has yet."""
    stem = desk.chosen.name if desk.chosen.name != OWN else "my scheme"
    taken = {entry.name for entry in desk.entries}
    first = stem if stem not in taken else f"{stem} copy"
    number, name = 2, first
    while name in taken:
        number, name = number + 1, f"{first} {number}"
    return name


def _read_only(entry: Entry) -> LabelError:
    now = "duplicate it and change the copy"
    return LabelError(_WHAT, where=entry.name, why="it comes with the program", now=now)
