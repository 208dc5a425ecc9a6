"""Take over labels that were made in another program: what is in the file, and what it meets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.core.findings import Severity
from meviewer.data import exchanges
from meviewer.data.exchange import ReadBack
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.wording import counted
from meviewer.project.exchanging import Conflict, TakenOver, document_of, take_over

_SIZE = (760, 460)
_SLOT = "take over"
_CONFLICTS = {
    Conflict.BESIDE: "keep both: these go to a coder of another name",
    Conflict.KEEP: "keep what is there",
    Conflict.REPLACE: "replace what is there (the journal keeps it)",
}


class TakeOverDialog(QDialog):
    """One window from a file of another program to labels in the open project.

    Signals
    -------
    said(str)
        What was taken over, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Take labels over")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme = context.theme
        self._context, self._path = context, path
        self._read: ReadBack | None = None
        self._names = exchanges.guess(path) or exchanges.names()
        titles = tuple(exchanges.format_named(name).title for name in self._names)
        self.format = choice(titles, 0, "Format")
        self.conflict = choice(tuple(_CONFLICTS.values()), 0, "Where other labels stand already")
        self._summary = label("", "strong", wrap=True)
        self.findings = Table(
            theme, (Column("Row", figures=True, width=60), Column("Doubt", width=None)), "Findings"
        )
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Take over", "primary", theme, "accept")
        self._close = push("Cancel")
        self._build()
        keep_above(self, self.go)
        self.format.activated.connect(lambda _: self._look())
        self.go.clicked.connect(self._take)
        self._close.clicked.connect(self.reject)
        self._look()

    def _build(self) -> None:
        body = column(
            label(self._path.name, "title"),
            row(label("Format", "second"), (self.format, 1)),
            self._summary,
            (self.findings, 1),
            row(label("Where the coder has other labels already:", "second"), (self.conflict, 1)),
            self._card,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _look(self) -> None:
        """Read the file; nothing is changed by that."""
        project, path = self._context.workspace.project, self._path
        self.go.setEnabled(False)
        if project is None or project.read_only:
            self._show_error(_no_project(path))
            return
        name = self._names[self.format.currentIndex()]
        self._context.background.run(
            _SLOT,
            lambda: exchanges.format_named(name).read(path, document_of(project)),
            self._show,
            self._show_error,
        )

    def _show(self, read: ReadBack) -> None:
        self._read = read
        self._card.hide()
        tiers = [tier for clip in read.document.clips for tier in clip.tiers.values()]
        n_events = sum(map(len, tiers))
        coders = sorted({coder for clip in read.document.clips for coder in clip.tiers})
        clips = counted(len(read.document.clips), "clip")
        by = f" by {', '.join(coders)}" if coders else ""
        self._summary.setText(f"{counted(n_events, 'label')} on {clips}{by}")
        self.findings.show_rows(
            [
                [
                    Cell("" if f.row is None else str(f.row)),
                    Cell(f.text, tone="error" if f.severity is Severity.ERROR else "", tip=f.text),
                ]
                for f in read.findings
            ]
        )
        self.findings.setVisible(bool(read.findings))
        self.go.setEnabled(n_events > 0)

    def _take(self) -> None:
        project, read = self._context.workspace.project, self._read
        if project is None or read is None:
            return
        conflict = tuple(_CONFLICTS)[self.conflict.currentIndex()]
        reason = f"taken over from {self._path.name}"
        self.go.setEnabled(False)
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT,
            lambda: take_over(project, read.document, reason, conflict),
            self._taken,
            self._show_error,
        )

    def _taken(self, done: TakenOver) -> None:
        self._context.workspace.reload()
        words = f"{counted(done.n_events, 'label')} taken over from {self._path.name}"
        if done.conflicts:
            words += f"; {counted(len(done.conflicts), 'clip')} had other labels"
        self.said.emit(words)
        self.accept()

    def _show_error(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()


def _no_project(path: Path) -> ProjectError:
    return ProjectError(
        "Labels belong to a project",
        where=path.name,
        why="no project is open that can be written",
        now="open the project of these clips first, then the labels",
    )
