"""The bias report: how far suggested keyframes lie from the labels of the whole project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QStackedWidget, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Edge
from meviewer.data.atomic import write_bytes
from meviewer.experiment.bias_events import Compared
from meviewer.gui import view_export
from meviewer.gui.context import Context
from meviewer.gui.dialogs.bias_choices import BiasChoices
from meviewer.gui.dialogs.bias_work import Comparison, View, compare, view_of, write
from meviewer.gui.theme import Space
from meviewer.gui.view_export import Caption
from meviewer.gui.widgets.bias_tables import BiasTables
from meviewer.gui.widgets.bias_view import BiasView
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import EmptyState, JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.present.bias import READING, reach_words, summary

_SIZE = (1200, 740)
_MARGIN_PX = QSize(40, 72)
_LEFT_PX = 260
_PICTURE_PX = (960, 420)
_SLOT, _VIEW, _WRITE = "bias", "bias-view", "bias-write"
_PICTURES = "Pictures (*.svg *.pdf *.png)"
_NOTHING_YET = (
    "Nothing compared yet",
    "Choose whose labels, then compare them with what GAMDSS suggests. All labelled clips are "
    "read once; what was found is kept.",
)
_NO_LABELS = ("No labels yet", "Mark onset, apex and offset on some clips first.")
_NO_CODER = ("Nobody is chosen", "Choose at least one coder on the left.")
_STOPPED = ("Stopped", "What was found is kept: compare again to go on from there.")
_NO_EVENT = ("No event could be compared", "No label with an apex could be read; see below.")
_CHANGED = "The choice on the left has changed: compare again"


class BiasDialog(QDialog):
    """A window beside the main one: a dot that is clicked opens its clip there.

    Signals
    -------
    said(str)
        What was written or opened, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Bias report")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        theme = context.theme
        self._context = context
        self._found: Comparison | None = None
        self._shown: View | None = None
        self._wanted: tuple[int, str, int, Edge] | None = None
        self.choices = BiasChoices()
        self.view = BiasView(theme)
        self.tables = BiasTables(theme)
        self.empty = EmptyState(theme, "report", *_NOTHING_YET)
        self.summary = label("", "strong", wrap=True)
        self.reading = label("", "caption", wrap=True)
        self.work = JobCard(theme, "Comparing")
        self.work.hide()
        self.card = MessageCard(theme, "error", "", closable=True)
        self.card.hide()
        self.pages = QStackedWidget()
        self.go = push("Compare", "primary", theme, "refresh")
        self.export_files = push("Export report…", "", theme, "export")
        self.export_plot = push("Export plot…", "", theme, "export")
        self._close = push("Close")
        self._build()
        self._connect()
        self.choices.show_search(context.analysis.options)
        self._follow_project()

    def _build(self) -> None:
        plot = self.view.scrolled()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(boxed(column(self.summary, self.reading, (plot, 3), (self.tables, 2))))
        self.choices.setFixedWidth(_LEFT_PX)
        right = column((self.pages, 1), self.work, self.card)
        body = row(self.choices, (boxed(right), 1), spacing=Space.xl)
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        buttons = row(self.export_files, self.export_plot, None, self._close, self.go)
        buttons.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), buttons, spacing=0))
        room = self.screen().availableSize() - _MARGIN_PX
        self.resize(QSize(*_SIZE).boundedTo(room))
        for button in (self.export_files, self.export_plot, self._close):
            button.setAutoDefault(False)
        self.go.setDefault(True)

    def _connect(self) -> None:
        self.choices.search_changed.connect(self._follow_search)
        self.choices.grouping_changed.connect(self._group)
        self.view.chosen.connect(self.open_event)
        self.work.cancelled.connect(self.stop)
        self.go.clicked.connect(self.start)
        self.export_files.clicked.connect(self._ask_folder)
        self.export_plot.clicked.connect(self._ask_picture)
        self._close.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._give_up())
        workspace = self._context.workspace
        workspace.project_changed.connect(self._follow_project)
        workspace.session_changed.connect(self._go_to_wanted)

    def start(self) -> None:
        """Compare what is chosen; what was found before takes no time."""
        project, options = self._context.workspace.project, self.choices.options()
        if project is None or not options.coders:
            return
        self._context.workspace.flush()
        self.card.hide()
        self.go.setEnabled(False)
        self.work.show_progress(None, "")
        self.work.show()
        self._context.background.run_long(
            _SLOT,
            lambda token: compare(project, options, token),
            self._take,
            self._fail,
            progress=self.work.show_progress,
        )

    def stop(self) -> None:
        """Stop comparing; what was found is kept on disk."""
        self._context.background.cancel(_SLOT)
        self._rest()
        if self._found is None:
            self._show_empty(_STOPPED)

    def open_event(self, event: Compared, edge: Edge) -> None:
        """Open the clip of an event in the main window, at one of its keyframes."""
        workspace = self._context.workspace
        self._wanted = (event.sample_id, event.coder, event.event_id, edge)
        workspace.set_coder(event.coder)
        workspace.open_sample(event.sample_id)
        self._go_to_wanted()

    def write_files(self, folder: Path) -> None:
        """Write all tables and the plot into a folder."""
        found, shown = self._found, self._shown
        if found is not None and shown is not None:
            self._context.background.run(
                _WRITE, lambda: write(found, shown, folder), self._written, self._fail
            )

    def write_plot(self, path: Path) -> None:
        """Write the whole plot as a picture, also what is scrolled out of sight."""
        if self._shown is None or self._found is None:
            return
        whole = BiasView(self._context.theme)
        whole.show_plot(self._shown.plot)
        whole.resize(_PICTURE_PX[0], max(_PICTURE_PX[1], whole.sizeHint().height()))
        caption = Caption("Bias report", (summary(self._shown.report), self._found.facts.line()))
        try:
            _size, encode = view_export.painted(whole, path.suffix, 2, caption)
        except MeviewerError as error:
            self._fail(error)
            return
        finally:
            whole.deleteLater()

        def work() -> tuple[Path, ...]:
            write_bytes(path, encode())
            return (path,)

        self._context.background.run(_WRITE, work, self._written, self._fail)

    def _take(self, found: Comparison) -> None:
        self._found = found
        self._rest()
        if found.warning:
            self.card.show_message("warn", found.warning)
            self.card.show()
        self._group()

    def _group(self) -> None:
        found, choices = self._found, self.choices
        if found is None:
            return
        by, edges = choices.by.currentText(), choices.shown_edges()
        only = choices.evidence.isChecked()
        self._context.background.run(
            _VIEW, lambda: view_of(found, by, edges, only), self._show, self._fail
        )

    def _show(self, view: View) -> None:
        if self._found is None:
            return
        self._shown = view
        self._say_summary(view)
        self.view.show_plot(view.plot)
        self.tables.show_report(view.report, self._found.labels, self.choices.shown_edges())
        self.pages.setCurrentIndex(1)
        self._follow_results()

    def _written(self, files: tuple[Path, ...]) -> None:
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        self.said.emit(f"Exported {files[0].name}{more}")

    def _go_to_wanted(self) -> None:
        """Select the event that was asked for, once its clip is open."""
        session, wanted = self._context.workspace.session, self._wanted
        if session is None or wanted is None:
            return
        sample_id, coder, event_id, edge = wanted
        event = session.annotation.find(event_id)
        if (session.sample.id, session.coder) != (sample_id, coder) or event is None:
            return
        self._wanted = None
        self._context.selection.set_event(event_id)
        self._context.selection.set_edge(edge)
        self._context.playhead.set_frame(event.keyframes[edge])
        self.said.emit(f"Opened {session.sample.subject}/{session.sample.name}")

    def _follow_project(self) -> None:
        self._give_up()
        self._found = self._shown = None
        workspace = self._context.workspace
        self.choices.show_project(workspace.project, workspace.coder)
        self._rest()
        self._follow_search()

    def _follow_search(self) -> None:
        """Say what is missing before there is anything to see."""
        if self._shown is not None:
            self._say_summary(self._shown)
        elif not self.choices.coders:
            self._show_empty(_NO_LABELS)
        else:
            self._show_empty(_NOTHING_YET if self.choices.options().coders else _NO_CODER)
        self._rest()

    def _say_summary(self, view: View) -> None:
        """Say what is shown, and whether it is still what the left side says."""
        if self._found is None:
            return
        options = self._found.options
        same = options == self.choices.options()
        self.summary.setText(summary(view.report) if same else _CHANGED)
        self.reading.setText(f"{READING} {reach_words(options.search.variant)}")

    def _follow_results(self) -> None:
        has_events = self._shown is not None and self._shown.report.whole is not None
        self.export_files.setEnabled(self._shown is not None)
        self.export_plot.setEnabled(has_events)

    def _show_empty(self, words: tuple[str, str]) -> None:
        self.empty.set_words(*words)
        self.pages.setCurrentIndex(0)

    def _rest(self) -> None:
        busy = self._context.background.is_busy(_SLOT)
        self.work.setVisible(busy)
        self.go.setEnabled(not busy and bool(self.choices.options().coders))
        self._follow_results()

    def _give_up(self) -> None:
        for slot in (_SLOT, _VIEW):
            self._context.background.cancel(slot)

    def _fail(self, error: MeviewerError) -> None:
        self._rest()
        self.card.show_error(error)
        self.card.show()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the files of the report")
        if chosen:
            self.write_files(Path(chosen))

    def _ask_picture(self) -> None:
        project = self._context.workspace.project
        start = "" if project is None else str(project.folder / "bias.svg")
        name, _filter = QFileDialog.getSaveFileName(self, "Write the plot to", start, _PICTURES)
        if name:
            self.write_plot(Path(name))
