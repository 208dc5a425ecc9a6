"""Find clips that were moved: choose a folder, see what lies there, take it over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.running.task import Token
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import Segments, push
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.relink import rows, summary
from meviewer.project import relink
from meviewer.project.relink import RelinkPlan

_SIZE = (820, 520)
_SLOT = "relink"
_SEARCH, _ROOT = 0, 1
_WAYS = ("Search a folder", "The folder of the clips has moved")
_HELP = (
    "Looks through a folder, and all folders in it, for the clips that are missing: by their "
    "content, else by the names of clip and folder.",
    "Takes another folder for the one that all clips lie in, and counts which of them are there.",
)


class RelinkDialog(QDialog):
    """One window from missing clips to clips at their new places; labels are not touched.

    Signals
    -------
    said(str)
        What was relinked, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find moved clips")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme = context.theme
        self._context = context
        self._folder: Path | None = None
        self._plan: RelinkPlan | None = None
        self.way = Segments(theme, _WAYS, _SEARCH, "How to look")
        self._help = label(_HELP[_SEARCH], "second", wrap=True)
        self._path = ElidedLabel("", "body", mode=Qt.TextElideMode.ElideMiddle)
        self.choose = push("Choose a folder…", "", theme, "folder")
        self.summary = label("", "strong", wrap=True)
        columns = (
            Column("State", width=130),
            Column("Clip", width=180),
            Column("Place", width=None),
        )
        self.table = Table(theme, columns, "Clips")
        self.work = JobCard(theme, "Looking for the clips")
        self.work.hide()
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Take these places over", "primary", theme, "accept")
        self.go.setEnabled(False)
        self._close = push("Cancel")
        self._build()
        keep_above(self, self.go)
        self._connect()
        self._say_missing()

    def _build(self) -> None:
        body = column(
            self.way,
            self._help,
            row(self.choose, (self._path, 1)),
            self.work,
            self.summary,
            (self.table, 1),
            self._card,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _connect(self) -> None:
        self.way.chosen.connect(self._choose_way)
        self.choose.clicked.connect(self._ask)
        self.go.clicked.connect(self._take)
        self.work.cancelled.connect(self._stop)
        self._close.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._context.background.cancel(_SLOT))

    def look_in(self, folder: Path) -> None:
        """Look for the clips in a folder; nothing is changed by that."""
        project = self._context.workspace.project
        self._folder, self._plan = folder, None
        self._path.setText(str(folder))
        self.go.setEnabled(False)
        self._card.hide()
        if project is None or project.read_only:
            self._show_error(_not_writable())
            return
        look = relink.by_search if self.way.current == _SEARCH else relink.by_root

        def work(token: Token) -> RelinkPlan:
            return look(project, folder, token)

        self.work.show_progress(None, "")
        self.work.show()
        self._context.background.run_long(
            _SLOT, work, self._show, self._show_error, progress=self.work.show_progress
        )

    def _say_missing(self) -> None:
        project = self._context.workspace.project
        if project is None:
            return

        def count() -> RelinkPlan:
            clips = relink.clips_of(project)
            missing = tuple(clip for clip in clips if not clip.path.exists())
            return RelinkPlan(len(clips), missing=missing)

        self._context.background.run(_SLOT, count, self._show_places, self._show_error)

    def _choose_way(self, way: int) -> None:
        self._help.setText(_HELP[way])
        if self._folder is not None:
            self.look_in(self._folder)

    def _ask(self) -> None:
        """Ask for a folder; the one chosen last is where to begin."""
        start = str(self._folder or "")
        chosen = QFileDialog.getExistingDirectory(self, _WAYS[self.way.current], start)
        if chosen:
            self.look_in(Path(chosen))

    def _stop(self) -> None:
        self._context.background.cancel(_SLOT)
        self.work.hide()
        self.summary.setText("Stopped")

    def _show(self, plan: RelinkPlan) -> None:
        self._plan = plan
        self._show_places(plan)
        self.go.setEnabled(bool(plan.found))

    def _show_places(self, plan: RelinkPlan) -> None:
        self.work.hide()
        self.summary.setText(summary(plan, looked=self._plan is not None))
        self.table.show_rows(
            [
                [
                    Cell(one.state, tone=one.tone, icon=one.icon),
                    Cell(one.clip, strong=True),
                    Cell(one.place, tip=one.place),
                ]
                for one in rows(plan)
            ]
        )

    def _take(self) -> None:
        project, plan = self._context.workspace.project, self._plan
        if project is None or plan is None:
            return
        self.go.setEnabled(False)
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT, lambda: relink.apply(project, plan), self._taken, self._show_error
        )

    def _taken(self, n_done: int) -> None:
        workspace = self._context.workspace
        workspace.reload()
        if workspace.session is None and workspace.project is not None:
            ids = workspace.project.sample_ids()
            if ids:
                workspace.open_sample(ids[0])
        self.said.emit(f"{n_done} clip{'s' * (n_done != 1)} relinked")
        self.accept()

    def _show_error(self, error: MeviewerError) -> None:
        self.work.hide()
        self._card.show_error(error)
        self._card.show()


def _not_writable() -> ProjectError:
    return ProjectError(
        "The places of clips belong to a project",
        why="no project is open that can be written",
        now="open the project first, or close the other window that has it open",
    )
