"""Findings: what the rules say of all labels of the coder; each one is a jump away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.core.findings import Severity
from meviewer.gui.context import Context
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import SearchField
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.styling import make_surface
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.findings import FoundLine, findings_of, summary

_SIZE = (760, 480)
_SLOT = "findings"
_TONES = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.INFO: "text_2"}


class FindingsDialog(QDialog):
    """A window beside the main one; it follows every edit.

    Signals
    -------
    failed(MeviewerError)
    """

    failed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Findings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        self._context = context
        self._goal: FoundLine | None = None
        self._all: tuple[FoundLine, ...] = ()
        self.lines: tuple[FoundLine, ...] = ()
        self.summary = label("Looking", "strong")
        self.search = SearchField(context.theme, "Find a clip or words of a finding")
        self.search.setMinimumWidth(280)
        heads = [
            Column("Clip", width=130),
            Column("Frame", True, 72),
            Column("Finding", width=None),
        ]
        self.table = Table(context.theme, heads, "Findings")
        self.jump = push("Go there", "primary", tip="Open the clip at this frame (Return)")
        self._close = push("Close")
        self.setLayout(
            column(
                row(self.summary, None, self.search),
                (self.table, 1),
                row(None, self._close, self.jump),
                margins=(Space.xl,) * 4,
            )
        )
        self._connect()
        self.resize(*_SIZE)
        self.refill()

    def refill(self) -> None:
        """Look at all labels again."""
        workspace, project = self._context.workspace, self._context.workspace.project
        if project is None:
            self._show(())
            return
        coder, durable = workspace.coder, workspace.durable()

        def look() -> tuple[FoundLine, ...]:
            durable()
            return findings_of(project, coder)

        self._context.background.run(_SLOT, look, self._show, self._fail, follow=True)

    def go(self) -> None:
        """Open the clip of the chosen finding, select its event and show its frame."""
        at = self.table.currentIndex().row()
        if not 0 <= at < len(self.lines):
            return
        self._goal = self.lines[at]
        self._context.workspace.open_sample(self._goal.sample_id)
        self._arrived()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go()
            return
        super().keyPressEvent(event)

    def _connect(self) -> None:
        workspace = self._context.workspace
        self.jump.clicked.connect(self.go)
        self.table.doubleClicked.connect(lambda _: self.go())
        self._close.clicked.connect(self.close)
        self.search.textChanged.connect(lambda _: self._filter())
        workspace.session_changed.connect(self._arrived)
        for signal in (
            workspace.sample_changed,
            workspace.project_changed,
            workspace.coder_changed,
        ):
            signal.connect(lambda *_: self.refill())

    def _show(self, found: tuple[FoundLine, ...]) -> None:
        self._all = found
        self.summary.setText(summary(found))
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        at = self.table.currentIndex().row()
        self.lines = tuple(
            line
            for line in self._all
            if all(word in f"{line.clip} {line.finding.text}".casefold() for word in words)
        )
        self.table.show_rows([_cells(line) for line in self.lines])
        self.jump.setEnabled(bool(self.lines))
        if self.lines:
            self.table.selectRow(min(max(at, 0), len(self.lines) - 1))

    def _arrived(self) -> None:
        session, goal = self._context.workspace.session, self._goal
        if session is None or goal is None or session.sample.id != goal.sample_id:
            return
        self._goal = None
        if session.annotation.find(goal.finding.event_id) is not None:
            self._context.selection.set_event(goal.finding.event_id)
        if goal.finding.frame is not None:
            playhead = self._context.playhead
            playhead.step(goal.finding.frame - playhead.frame)

    def _fail(self, error: MeviewerError) -> None:
        self.failed.emit(error)


def _cells(line: FoundLine) -> tuple[Cell, ...]:
    tone = _TONES[line.finding.severity]
    number = "" if line.number is None else str(line.number)
    return Cell(line.clip), Cell(number), Cell(line.finding.text, tone, tip=line.finding.text)
