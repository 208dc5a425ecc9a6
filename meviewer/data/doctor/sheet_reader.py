"""The reader of a data set that is one sheet beside folders of clips, as most of them are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.fixes import Fix
from meviewer.data.doctor.glance import IsOwn, is_mostly
from meviewer.data.doctor.rows import Drafts, Traits
from meviewer.data.doctor.sheets import find_files, needed_labels, needed_root
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.tables.model import Workbook

IsSheet = Callable[[Path], bool]
"""A closer look at a file whose name fits; one that raises `LabelError` is no such sheet."""


@dataclass(frozen=True, slots=True)
class SheetReader:
    """A `Reader` made of what is special to one data set.

    Attributes
    ----------
    traits : Traits
    patterns : tuple of str
        Names of its label file in lower case, the likeliest first; see `find_files`.
    usual : str
        Such a name as people know it, for errors.
    why : str
        By what a folder is recognised, as a clause for a person.
    is_own : callable
        Whether a clip is one of this data set, by its path and the names that lead to it.
    is_sheet : callable
        Whether a file is its label sheet.
    tree : callable
        Finds all clips below a root.
    drafts : callable
        Turns the sheet into rows.
    offered : tuple of Fix
        Corrections that the sheet is known to need.
    videos : bool
        Whether clips may be video files.
    """

    traits: Traits
    patterns: tuple[str, ...]
    usual: str
    why: str
    is_own: IsOwn
    is_sheet: IsSheet
    tree: Callable[[Path], ClipTree]
    drafts: Callable[[Workbook], Drafts]
    offered: tuple[Fix, ...] = ()
    videos: bool = False

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        return self.traits.name

    @property
    def title(self) -> str:
        """Name for a person."""
        return self.traits.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder most of whose clips are of this data set."""
        if not is_mostly(root, self.is_own, videos=self.videos):
            return None
        labels = find_files(root, self.patterns, fits=self.is_sheet)
        return Claim(self.name, self.title, self.why, labels)

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheet, by default the likeliest below ``root``, and find the clips.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet is not there or lacks its columns.
        """
        book = sheet_of(root, labels, self.patterns, self.is_sheet, (self.title, self.usual))
        return examine(
            self.traits,
            self.drafts(book),
            self.tree(root),
            options=options,
            offered=self.offered,
            labels=(book.path,),
        )


def sheet_of(
    root: Path,
    labels: Path | None,
    patterns: Sequence[str],
    is_sheet: IsSheet,
    words: tuple[str, str],
) -> Workbook:
    """Read the label file that was named, or else the likeliest one below a root.

    Parameters
    ----------
    words : (str, str)
        Title of the data set and the usual name of its label file, for errors.

    Raises
    ------
    LabelError
        If the root is no folder, or the file is not there or cannot be read.
    """
    needed_root(root)
    found = () if labels else find_files(root, patterns, fits=is_sheet)
    return needed_labels(root, labels, found, *words)
