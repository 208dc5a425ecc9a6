"""What a data-set reader is, and what it can be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from meviewer.data.dataset import ImportReport


def _say_nothing(done: int, total: int) -> None:
    """Take notice of progress and do nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A reader's word that it knows a folder.

    Attributes
    ----------
    reader : str
        Its short name.
    title : str
        Name of the data set for a person.
    why : str
        By what it was recognised, as a clause for a person.
    labels : tuple of Path
        Label files that were found, the likeliest first; empty if the user has to name one.
    """

    reader: str
    title: str
    why: str
    labels: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a data set is to be read.

    Attributes
    ----------
    fixes : frozenset of str
        Names of the fixes to apply; none is applied that is not named here.
    tree : str
        Which set of pictures, where there are several; empty: the reader's own preference.
    columns : mapping of str to str
        For the generic table: the sheet's column by the name that meviewer gives it.
    tell : callable
        Called with (rows done, rows in all). It may raise to stop the reading.
    """

    fixes: frozenset[str] = frozenset()
    tree: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    tell: Callable[[int, int], None] = field(default=_say_nothing, compare=False)


class Reader(Protocol):
    """Reads one data set. A new one is a module in ``data/readers`` and a line in the registry."""

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for a person."""
        ...

    def claim(self, root: Path) -> Claim | None:
        """Say whether a folder is this data set, and why; cheap, and never an error."""
        ...

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the labels and find their clips.

        Parameters
        ----------
        root : Path
            Folder that the clips lie in, at whatever depth.
        labels : Path, optional
            Label file; by default the one that `claim` would name first.

        Raises
        ------
        LabelError
            If the root or the label file cannot be read as a whole. Faults of single rows are
            reported, never raised.
        """
        ...
