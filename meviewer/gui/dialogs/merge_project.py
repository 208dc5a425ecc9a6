"""Merge another person's project: what comes in, what it meets, and the way back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from meviewer.core.errors import MeviewerError, ProjectError
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
from meviewer.present.merging import CHOICES, HEADS, conflict_rows, left_out_words, plan_words
from meviewer.present.wording import counted
from meviewer.project.merging import (
    Choice,
    LastMerge,
    Merged,
    MergePlan,
    last_merge,
    merge,
    plan,
    take_back,
)

_SIZE = (980, 560)
_SLOT = "merge"
_COUNTED = "Frames are counted from 0, as below the frame view."
_ROW_PX = 36  # a drop-down fits into it
_IN_CELL = (0, Space.xs, Space.s, Space.xs)
_WIDTHS = {"clip": 120, "coder": 80, "here": 180, "what to do": 196}


class MergeDialog(QDialog):
    """One window from another project to labels in this one.

    Signals
    -------
    said(str)
        What was merged or taken back, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Merge a project")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme = context.theme
        self._context, self._path = context, path
        self._plan: MergePlan | None = None
        self._last: LastMerge | None = None
        self.fields: list[QComboBox] = []
        self.summary = label("", "strong", wrap=True)
        columns = [Column(h.capitalize(), width=_WIDTHS.get(h)) for h in HEADS]
        self.table = Table(theme, columns, "Labels that differ")
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.usual = choice(tuple(CHOICES.values()), 0, "For all")
        self.left_out = label("", "second", wrap=True)
        self.back = push("Take it back", "", theme, "undo")
        self._before = MessageCard(theme, "accent", "", "", self.back)
        self._before.hide()
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Merge", "primary", theme, "accept")
        self._close = push("Cancel")
        self._build()
        keep_above(self, self.go)
        self.usual.activated.connect(self._choose_all)
        self.go.clicked.connect(self._merge)
        self.back.clicked.connect(self._take_back)
        self._close.clicked.connect(self.reject)
        self._look()

    def choices(self) -> dict[tuple[int, str], Choice]:
        """Return what is chosen for each conflict."""
        found = self._plan
        if found is None:
            return {}
        names = tuple(CHOICES)
        return {
            one.key: names[field.currentIndex()]
            for one, field in zip(found.conflicts, self.fields, strict=True)
        }

    def _build(self) -> None:
        self._all = boxed(
            row(label("For all of them", "second"), self.usual, None, label(_COUNTED, "caption"))
        )
        body = column(
            label(self._path.name, "title"),
            self._before,
            self.summary,
            (self.table, 1),
            self._all,
            self.left_out,
            self._card,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _look(self) -> None:
        """Compare the projects; nothing is changed by that."""
        workspace, path = self._context.workspace, self._path
        project, durable = workspace.project, workspace.durable()
        self.go.setEnabled(False)
        if project is None or project.read_only:
            self._fail(_no_project(path))
            return

        def work() -> tuple[MergePlan, LastMerge | None]:
            durable()
            return plan(project, path), last_merge(project)

        self._context.background.run(_SLOT, work, self._show, self._fail)

    def _show(self, found: tuple[MergePlan, LastMerge | None]) -> None:
        self._plan, self._last = found
        self.summary.setText(plan_words(self._plan))
        self.left_out.setText(left_out_words(self._plan))
        self.left_out.setVisible(bool(self.left_out.text()))
        self._show_conflicts(self._plan)
        self.go.setEnabled(bool(self._plan.new or self._plan.conflicts))
        if self._last is not None:
            what = f"The last merge wrote {counted(len(self._last.rows), 'tier')}"
            self._before.show_message(
                "accent", what, f"{self._last.time[:16].replace('T', ' ')} UTC"
            )
        self._before.setVisible(self._last is not None)

    def _show_conflicts(self, found: MergePlan) -> None:
        self.table.show_rows(
            [[*(Cell(text, tip=text) for text in each), Cell("")] for each in conflict_rows(found)]
        )
        self.fields = []
        for at, one in enumerate(found.conflicts):
            field = choice(tuple(CHOICES.values()), 0, f"{one.clip}, {one.coder}: what to do")
            cell = boxed(row(field, margins=_IN_CELL))
            self.table.setIndexWidget(self.table.model().index(at, len(HEADS) - 1), cell)
            self.fields.append(field)
        for widget in (self.table, self._all):
            widget.setVisible(bool(found.conflicts))

    def _choose_all(self, at: int) -> None:
        for field in self.fields:
            field.setCurrentIndex(at)

    def _merge(self) -> None:
        project, found = self._context.workspace.project, self._plan
        if project is None or found is None:
            return
        choices = self.choices()
        self.go.setEnabled(False)
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT, lambda: merge(project, found, choices), self._merged, self._fail
        )

    def _merged(self, done: Merged) -> None:
        self._context.workspace.reload()
        words = f"{counted(done.n_events, 'label')} in {counted(done.n_tiers, 'tier')} merged"
        if done.kept:
            words += f"; {len(done.kept)} stayed as they were"
        self.said.emit(words)
        self.accept()

    def _take_back(self) -> None:
        project, last = self._context.workspace.project, self._last
        if project is None or last is None:
            return
        self.back.setEnabled(False)
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT, lambda: take_back(project, last), self._taken_back, self._fail
        )

    def _taken_back(self, edited: tuple[str, ...]) -> None:
        self._context.workspace.reload()
        words = "The merge was taken back"
        if edited:
            words += f"; edited since, and left alone: {', '.join(edited)}"
        self.said.emit(words)
        self.back.setEnabled(True)
        self._look()

    def _fail(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()


def _no_project(path: Path) -> ProjectError:
    return ProjectError(
        "Labels belong to a project",
        where=path.name,
        why="no project is open that can be written",
        now="open your own project first, then merge the other one into it",
    )
