"""A data set on its way into a project: who knows it, what the doctor says, and the import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.data import registry
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.sheets import find_files
from meviewer.data.reader import Claim, ReadOptions
from meviewer.gui.running.background import Background
from meviewer.gui.running.task import Token
from meviewer.project.importing import (
    ApexPolicy,
    Imported,
    ImportOptions,
    create_project,
    import_report,
)
from meviewer.project.project import Project

_MOST_SHEETS = 20


class _StoppedError(Exception):
    """Nobody waits for the result any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user has chosen so far.

    Attributes
    ----------
    root : Path
    reader : str
        Name of the reader; empty while none is known.
    labels : Path or None
        The label file; None leaves it to the reader.
    fixes : frozenset of str
    tree : str
        Which set of pictures; empty: the reader's preference.
    columns : tuple of (str, str)
        For the generic table.
    """

    root: Path
    reader: str = ""
    labels: Path | None = None
    fixes: frozenset[str] = field(default_factory=frozenset)
    tree: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the readers say of a folder; where nobody knows it, of what lies below it."""

    claims: tuple[Claim, ...]
    below: tuple[tuple[Path, Claim], ...] = ()
    sheets: tuple[Path, ...] = ()


class DataSet(QObject):
    """Asks the readers, runs the doctor, and imports; all of it in the background.

    Signals
    -------
    claimed()
        The readers have said which of them know the folder.
    examined()
        There is a report, or `error` says why there is none.
    advanced(float, str)
        Share of what runs, in [0, 1], and in words.
    imported(object)
        An `Imported`: the samples are in the project.
    failed(MeviewerError)
        The import went wrong; nothing was added.
    """

    claimed = Signal()
    examined = Signal()
    advanced = Signal(float, str)
    imported = Signal(object)
    failed = Signal(object)

    def __init__(self, background: Background, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.wish = Wish(root)
        self.claims: tuple[Claim, ...] = ()
        self.below: tuple[tuple[Path, Claim], ...] = ()
        self.sheets: tuple[Path, ...] = ()
        self.report: ImportReport | None = None
        self.error: MeviewerError | None = None
        self.is_importing = False

    def ask(self) -> None:
        """Ask all readers about the folder, then read it with the one that knows it."""
        root = self.wish.root
        self._background.run("data set", lambda: _ask(root), self._claimed, self._no)

    def choose(self, wish: Wish) -> None:
        """Take another wish and read anew; another reader knows other fixes and pictures."""
        if wish.reader != self.wish.reader:
            wish = replace(wish, fixes=frozenset(), tree="")
        self.wish = wish
        self.examine()

    def examine(self) -> None:
        """Let the doctor read the whole data set; a dry run."""
        wish = self.wish
        self.report, self.error = None, None
        if not wish.reader:
            self.examined.emit()
            return

        def work(token: Token) -> ImportReport:
            tell = _teller(token, "Reading rows")
            options = ReadOptions(wish.fixes, wish.tree, wish.columns, tell)
            return registry.reader(wish.reader).read(wish.root, wish.labels, options)

        self.advanced.emit(0.0, "Reading the data set")
        self._background.run_long(
            "data set", work, self._examined, self._no, progress=self.advanced.emit
        )

    def start(self, target: Project | Path, coder: str, apex: ApexPolicy) -> None:
        """Import into an open project, or into a new one in a folder."""
        report, wish = self.report, self.wish
        if report is None:
            return

        def work(token: Token) -> Imported:
            from meviewer.motion.apex_search import free_apex

            tell = _teller(token, "Importing clips")
            options = ImportOptions(coder, apex, free_apex, wish.fixes, tell)
            if isinstance(target, Project):
                return import_report(target, wish.root, report, options)
            return _new_project(target, wish.root, report, options)

        self.is_importing = True
        self.advanced.emit(0.0, "Importing clips")
        self._background.run_long(
            "data set", work, self._imported, self._not_imported, progress=self.advanced.emit
        )

    def stop(self) -> None:
        """Give up what runs; an import leaves nothing behind."""
        self._background.cancel("data set")
        self.is_importing = False

    def _claimed(self, answers: _Answers) -> None:
        claims = self.claims = answers.claims
        self.below, self.sheets = answers.below, answers.sheets
        self.claimed.emit()
        if len(claims) == 1:
            first = claims[0]
            labels = first.labels[0] if first.labels else None
            self.choose(replace(self.wish, reader=first.reader, labels=labels))
        else:
            self.examined.emit()

    def _examined(self, report: ImportReport) -> None:
        self.report = report
        self.examined.emit()

    def _no(self, error: MeviewerError) -> None:
        self.error = error
        self.examined.emit()

    def _imported(self, done: Imported) -> None:
        self.is_importing = False
        self.imported.emit(done)

    def _not_imported(self, error: MeviewerError) -> None:
        self.is_importing = False
        self.failed.emit(error)


def _ask(root: Path) -> _Answers:
    found = registry.claims(root)
    if found:
        return _Answers(found)
    return _Answers((), registry.claims_below(root), find_files(root, ("*",))[:_MOST_SHEETS])


def _teller(token: Token, words: str) -> Callable[[int, int], None]:
    """Return what reading and importing call: it reports, and stops what nobody waits for."""

    def tell(done: int, total: int) -> None:
        if token.cancelled:
            raise _StoppedError
        token.report(done / max(total, 1), f"{words}: {done} of {total}")

    return tell


def _new_project(
    folder: Path, root: Path, report: ImportReport, options: ImportOptions
) -> Imported:
    """Make the project; one that could not be filled is taken away again."""
    if folder.exists() and any(folder.iterdir()):
        raise ProjectError(
            "The project cannot be created",
            where=str(folder),
            why="the folder is not empty",
            now="choose another folder, or a new name",
        )
    try:
        return create_project(folder, root, report, options)
    except BaseException:
        _take_away(folder)
        raise


def _take_away(folder: Path) -> None:
    """Remove a project that was made a moment ago and holds nothing."""
    import shutil

    if (folder / "project.meviewer").is_file():
        shutil.rmtree(folder, ignore_errors=True)
