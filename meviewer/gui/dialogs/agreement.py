"""Agreement between coders: numbers with intervals, and a dot an event that opens its clip."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QStackedWidget, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Edge
from meviewer.experiment.agreement_project import Disagreement, people
from meviewer.gui.context import Context
from meviewer.gui.dialogs.agreement_work import Asked, Found, compare, write
from meviewer.gui.theme import Space
from meviewer.gui.widgets.agreement_tables import AgreementTables
from meviewer.gui.widgets.bias_view import BiasView
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.gui.widgets.notices import EmptyState, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.present.agreement import READING, dot_words, lane_words, summary

_SIZE = (1320, 800)
_MARGIN_PX = QSize(40, 72)
_LEFT_PX, _MOST_CODERS_PX = 208, 200
_SLOT, _WRITE = "agreement", "agreement-write"
_ALONE = (
    "One coder only",
    "Agreement needs a second person's labels on the same clips: choose another coder at the top "
    "right and label them, or merge another person's project.",
)
_TWO = ("Choose two coders", "Tick at least two people on the left.")
_APART = ("No clip in common", "These coders have labelled different clips.")


class AgreementDialog(QDialog):
    """A window beside the main one: a dot that is clicked opens its clip there.

    Signals
    -------
    said(str)
        What was written or opened, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Agreement")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        theme = context.theme
        self._context = context
        self._found: Found | None = None
        self._wanted: tuple[Disagreement, str] | None = None
        self.coders: list[QCheckBox] = []
        self._people = column(spacing=Space.s)
        self.finished_only = QCheckBox("Committed clips only")
        self.finished_only.setToolTip("Leaves out clips that a coder has not committed yet.")
        self.view = BiasView(theme, words=dot_words, name="Differences of two coders")
        self.tables = AgreementTables(theme)
        self.empty = EmptyState(theme, "chart", *_TWO)
        self.summary = label("", "strong", wrap=True)
        self.reading = label(READING, "caption", wrap=True)
        self.card = MessageCard(theme, "error", "", closable=True)
        self.card.hide()
        self.pages = QStackedWidget()
        self.export = push("Export report…", "", theme, "export")
        self.adjudicate = push("Adjudicate…", "primary", theme, "blind")
        self._close = push("Close")
        self._build()
        self._connect()
        self._follow_project()

    def _build(self) -> None:
        plot = self.view.scrolled()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(boxed(column(self.summary, self.reading, (plot, 3), (self.tables, 3))))
        people_area = scroll(self._people)
        people_area.setMaximumHeight(_MOST_CODERS_PX)
        hint = label("A dot is an event: click it, or use arrows and Return.", "caption", wrap=True)
        left = boxed(
            column(label("Labels by", "strong"), people_area, self.finished_only, hint, None)
        )
        left.setFixedWidth(_LEFT_PX)
        right = column((self.pages, 1), self.card)
        body = row(left, (boxed(right), 1), spacing=Space.xl)
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        buttons = row(self.export, None, self._close, self.adjudicate)
        buttons.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), buttons, spacing=0))
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize() - _MARGIN_PX))
        for button in (self.export, self._close, self.adjudicate):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.finished_only.clicked.connect(lambda _: self.compare())
        self.view.chosen.connect(lambda one, edge: self.open_event(one, edge.value))
        self.tables.wanted.connect(lambda one: self.open_event(one, one.what))
        self.export.clicked.connect(self._ask_folder)
        self.adjudicate.act(self._context.actions["adjudicate"])
        self._close.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._context.background.cancel(_SLOT))
        workspace = self._context.workspace
        workspace.project_changed.connect(self._follow_project)
        workspace.session_changed.connect(self._go_to_wanted)

    def compare(self) -> None:
        """Compare the people that are ticked."""
        project, durable = self._context.workspace.project, self._context.workspace.durable()
        chosen = tuple(box.text() for box in self.coders if box.isChecked())
        if project is None or len(chosen) < 2:
            self._show_empty(_ALONE if len(self.coders) < 2 else _TWO)
            return
        asked = Asked(chosen, self.finished_only.isChecked())
        self._context.background.run(
            _SLOT, lambda: compare(project, asked, durable), self._show, self._fail
        )

    def open_event(self, one: Disagreement, what: str) -> None:
        """Open the clip of a difference with both tiers in lanes, at what differs."""
        workspace = self._context.workspace
        marked = [
            coder
            for coder, event in zip(one.coders, one.unit.events, strict=True)
            if event is not None
        ]
        self._wanted = (one, what)
        workspace.set_coder(workspace.coder if workspace.coder in marked else marked[0])
        workspace.open_sample(one.unit.sample_id)
        self._go_to_wanted()

    def write_files(self, folder: Path) -> None:
        """Write all tables and the plot into a folder."""
        found = self._found
        if found is not None:
            self._context.background.run(
                _WRITE, lambda: write(found, folder), self._written, self._fail
            )

    def _show(self, found: Found) -> None:
        self._found = found
        self.card.hide()
        if not any(pair.n_clips for pair in found.report.pairs):
            self._show_empty(_APART)
            return
        self.summary.setText(summary(found.report))
        self.view.show_plot(found.plot)
        self.view.setAccessibleDescription("; ".join(map(lane_words, found.plot.lanes)))
        self.tables.show_report(found.report, found.differences)
        self.pages.setCurrentIndex(1)
        self.export.setEnabled(True)

    def _go_to_wanted(self) -> None:
        """Select the event that was asked for, once its clip is open."""
        session, wanted = self._context.workspace.session, self._wanted
        if session is None or wanted is None:
            return
        one, what = wanted
        mine = dict(zip(one.coders, one.unit.events, strict=True)).get(session.coder)
        if session.sample.id != one.unit.sample_id or mine is None:
            return
        self._wanted = None
        edge = Edge(what) if what in set(Edge) else Edge.APEX
        event = session.annotation.find(mine.id) or mine
        self._context.selection.set_event(event.id)
        self._context.selection.set_edge(edge)
        self._context.playhead.set_frame(event.keyframes[edge])
        self.said.emit(f"Opened {session.sample.subject}/{session.sample.name}")

    def _follow_project(self) -> None:
        project = self._context.workspace.project
        before = {box.text(): box.isChecked() for box in self.coders}
        while (item := self._people.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.coders = [QCheckBox(one) for one in (() if project is None else people(project))]
        for box in self.coders:
            box.setChecked(before.get(box.text(), True))
            box.clicked.connect(lambda _: self.compare())
            self._people.addWidget(box)
        self._people.addStretch(1)
        self.compare()

    def _show_empty(self, words: tuple[str, str]) -> None:
        self.empty.set_words(*words)
        self.pages.setCurrentIndex(0)
        self.export.setEnabled(False)

    def _written(self, files: tuple[Path, ...]) -> None:
        self.said.emit(f"Exported {files[0].name} and {len(files) - 1} more")

    def _fail(self, error: MeviewerError) -> None:
        self.card.show_error(error)
        self.card.show()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the files of the report")
        if chosen:
            self.write_files(Path(chosen))
