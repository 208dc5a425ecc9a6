"""Blind-first: hide suggestions until the coder has judged, and see whether they draw labels."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.data.atomic import write_text
from meviewer.experiment.anchoring import Drawn, anchoring
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.anchoring import HEADS, READING, rows, summary, to_csv
from meviewer.project.blind import USUAL_SHARE, BlindRule, rules, set_rule
from meviewer.project.project import Project

_SIZE = (660, 540)
_SLOT = "anchoring"
_WHAT = (
    "Hidden are the suggestions of machines and the labels of other people: on the timeline, in "
    "lists and panels, in exports and reports. A clip shows them once it has been committed."
)


class BlindFirstDialog(QDialog):
    """The rule of the current coder in the open project, and the anchoring report.

    Signals
    -------
    said(str)
        What just happened, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Blind-first")
        make_surface(self, "panel")
        self._context = context
        self.found: tuple[Drawn, ...] = ()
        coder = context.workspace.coder
        self.switch = QCheckBox(f"Coder {coder} judges each clip before a machine speaks")
        self.share = whole_number(
            round(100 * USUAL_SHARE), 0, 100, unit="%", name="Clips that stay blind for ever"
        )
        self.card = MessageCard(context.theme, "error", "", closable=True)
        self.card.hide()
        self.verdict = label("Comparing", "strong", wrap=True)
        widths = (168, 64, 64, 88, 72, None)
        heads = [
            Column(head, at > 0, px)
            for at, (head, px) in enumerate(zip(HEADS, widths, strict=True))
        ]
        self.table = Table(context.theme, heads, "Anchoring report")
        self.export = push("Export…", "", context.theme, "export", tip="As CSV")
        self.apply = push("Apply", "primary")
        self._close = push("Close")
        self._build()
        self._connect()
        self._read()
        self.resize(*_SIZE)
        keep_above(self, self.apply)

    def write(self, path: Path) -> None:
        """Write the report as CSV."""
        try:
            write_text(path, to_csv(self.found))
            self.said.emit(f"Written: {path.name}")
        except MeviewerError as error:
            self._fail(error)

    def _build(self) -> None:
        kept = row(label("Stay blind for ever", "second"), self.share, label("of the clips"), None)
        self.setLayout(
            column(
                self.card,
                self.switch,
                label(_WHAT, "caption", wrap=True),
                kept,
                rule(),
                label("Anchoring", "strong"),
                self.verdict,
                (self.table, 1),
                label(READING, "caption", wrap=True),
                row(self.export, None, self._close, self.apply),
                margins=(Space.xl,) * 4,
            )
        )

    def _connect(self) -> None:
        self.apply.clicked.connect(self._apply)
        self._close.clicked.connect(self.reject)
        self.export.clicked.connect(self._ask)
        self.export.setEnabled(False)
        self.switch.toggled.connect(self.share.setEnabled)
        self.finished.connect(lambda _: self._context.background.cancel(_SLOT))

    def _read(self) -> None:
        workspace, project = self._context.workspace, self._context.workspace.project
        if project is None:
            return
        coder, durable = workspace.coder, workspace.durable()
        try:
            rule = rules(project).get(coder)
        except MeviewerError as error:
            self._fail(error)
            return
        self.switch.setChecked(rule is not None)
        self.share.setEnabled(rule is not None)
        if rule is not None:
            self.share.setValue(round(100 * rule.share))

        def compare() -> tuple[Drawn, ...]:
            durable()
            return report(project, coder)

        self._context.background.run(_SLOT, compare, self._show, self._fail)

    def _show(self, found: tuple[Drawn, ...]) -> None:
        self.found = found
        self.verdict.setText(summary(found))
        self.table.show_rows([[Cell(text) for text in line] for line in rows(found)])
        self.export.setEnabled(True)

    def _apply(self) -> None:
        workspace = self._context.workspace
        project, coder = workspace.project, workspace.coder
        if project is None:
            return
        rule = BlindRule(self.share.value() / 100) if self.switch.isChecked() else None
        try:
            workspace.flush()
            set_rule(project, coder, rule)
        except MeviewerError as error:
            self._fail(error)
            return
        workspace.reload()
        self.said.emit(f"Blind-first is {'off' if rule is None else 'on'} for coder {coder}")
        self.accept()

    def _ask(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(self, "Export", "anchoring.csv", "CSV (*.csv)")
        if name:
            self.write(Path(name))

    def _fail(self, error: MeviewerError) -> None:
        self.card.show_error(error)
        self.card.show()


def report(project: Project, coder: str) -> tuple[Drawn, ...]:
    """Compare labels with the suggestions that are known for them."""
    from meviewer.nn.looks import known_suggestions

    goals = {at: Keyframes(*place) for at, place in known_suggestions(project, coder).items()}
    return anchoring(project, coder, goals)
