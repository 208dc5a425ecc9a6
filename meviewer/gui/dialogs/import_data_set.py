"""Open a data set: which it is, what is wrong with its sheet, what to do about it, import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QStackedWidget, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.tables.model import Workbook
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.dialogs.import_choices import ImportChoices
from meviewer.gui.dialogs.import_source import GENERIC, ImportSource
from meviewer.gui.stores.data_set import DataSet, Wish
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.doctor_report import DoctorReport
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.notices import EmptyState, JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule, surface
from meviewer.present.import_report import DoctorState, cells_of, doctor_state, rows_of
from meviewer.project.importing import Imported
from meviewer.project.project import Project

_SIZE = (1060, 720)


class ImportDialog(QDialog):
    """One window from a folder to labelled clips; closing it leaves everything as it was.

    Signals
    -------
    imported(object, object)
        The project folder, or None for the open project, and an `Imported`.
    """

    imported = Signal(object, object)

    def __init__(self, context: Context, root: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a data set")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme = context.theme
        self._context = context
        self._target: Path | None = None
        self.data_set = DataSet(context.background, root, self)
        self.source = ImportSource(theme, root)
        self.report = DoctorReport(theme)
        self.choices = ImportChoices(theme, context.workspace, root)
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self._job = JobCard(theme, "Reading the data set")
        self._job.hide()
        self._summary = label("", "strong")
        self._verdict = label("", "second")
        self._nothing = EmptyState(theme, "search", "Looking at the folder", "")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.report)
        self._close = push("Cancel")
        self.go = push("Import", "primary", theme, "done")
        self._build()
        keep_above(self, self.go)
        self._connect()
        self._refresh()
        self.report.kinds.setFocus()  # else the first button has the focus ring
        self.data_set.ask()

    def _build(self) -> None:
        head = column(
            self.source,
            self._card,
            row(self._summary, self._verdict, None, spacing=Space.l),
            margins=(Space.xl, Space.l, Space.xl, Space.m),
        )
        foot = row(
            (self._job, 1),
            None,
            self._close,
            self.go,
            margins=(Space.xl, Space.m, Space.xl, Space.l),
        )
        self.setLayout(
            column(
                head,
                rule(),
                (self._pages, 1),
                rule(),
                surface("panel", self.choices.box()),
                foot,
                spacing=0,
            )
        )

    def _connect(self) -> None:
        data_set = self.data_set
        data_set.claimed.connect(self._show_claims)
        data_set.examined.connect(self._refresh)
        data_set.advanced.connect(self._advance)
        data_set.imported.connect(self._done)
        data_set.failed.connect(self._show_error)
        self.source.wished.connect(self._wish)
        self.source.other_root.connect(self._ask_root)
        self.source.other_labels.connect(self._ask_labels)
        self.source.other_columns.connect(self._ask_columns)
        self.choices.fixes_changed.connect(self._set_fixes)
        self.choices.target_wanted.connect(self._ask_target)
        self.report.kind_chosen.connect(self._show_kind)
        self.report.row_chosen.connect(self._show_row)
        self.report.opened.connect(self._open_clip)
        self._job.cancelled.connect(self._stop)
        self._close.clicked.connect(self.reject)
        self.go.clicked.connect(self._import)

    def _show_claims(self) -> None:
        data_set = self.data_set
        self.source.show_claims(data_set.claims, data_set.wish, data_set.sheets)

    def _wish(self, wish: Wish) -> None:
        self._card.hide()
        before = self.data_set.wish
        if wish.reader == GENERIC and (wish.labels, wish.reader) != (before.labels, before.reader):
            wish = replace(wish, columns=())
        if wish.reader == GENERIC and wish.labels is not None and not wish.columns:
            self.data_set.wish = wish
            self._refresh()
            self._ask_columns()
            return
        self.data_set.choose(wish)
        self._refresh()

    def _set_fixes(self, names: frozenset[str]) -> None:
        self._wish(replace(self.data_set.wish, fixes=names))

    def _refresh(self) -> None:
        data_set, found = self.data_set, self.data_set.report
        busy = self._context.background.is_busy("data set")
        self._job.setVisible(busy)
        self.source.show_wish(data_set.wish, found.trees if found else ())
        if data_set.error is not None:
            self._show_error(data_set.error)
        state = doctor_state(found) if found is not None else None
        self.choices.show_state(state, enabled=not busy)
        self._summary.setText(state.summary if state else "")
        self._verdict.setText(state.verdict if state else "")
        n = state.n_samples if state else 0
        self.go.setText(f"Import {n} label{'s' * (n != 1)}" if n else "Import")
        self.go.setEnabled(bool(n) and not busy)
        self._pages.setCurrentIndex(1 if state else 0)
        if state is not None:
            self.report.show_state(state)
        else:
            self._say_nothing(busy)

    def _say_nothing(self, busy: bool) -> None:
        if busy:
            self._nothing.set_words("Reading the data set", "Nothing is written yet.")
        elif len(self.data_set.claims) > 1:
            names = ", ".join(claim.title for claim in self.data_set.claims)
            words = f"{names}. Choose the one that it is."
            self._nothing.set_words("Several readers know this folder", words)
        elif self.data_set.below:
            below = "; ".join(f"{path.name}: {claim.title}" for path, claim in self.data_set.below)
            words = f"{below}. Open one of these folders, with “Change…” above."
            self._nothing.set_words("There are data sets inside this folder", words)
        elif not self.data_set.wish.reader:
            sheets = ", ".join(path.name for path in self.data_set.sheets[:3])
            there = f" Sheets in it: {sheets}." if sheets else ""
            self._nothing.set_words(
                "No reader knows this folder",
                "Choose its data set above if it is one with another layout. Any sheet with a"
                " column each for clip, onset and offset can be read as a generic table: choose"
                f" “Generic table”, name the sheet, and say which column is which.{there}",
            )
        else:
            self._nothing.set_words("Not read", "Name the label file above, or another folder.")

    def _show_kind(self, kind: str) -> None:
        found = self.data_set.report
        self.report.show_rows(rows_of(found, kind) if found is not None else ())

    def _show_row(self, text: str) -> None:
        found = self.data_set.report
        known = found is not None and text.isdigit()
        cells = cells_of(found, int(text)) if found is not None and known else ""
        self.report.show_cells(f"Row {text} of the sheet", cells)

    def _open_clip(self, text: str) -> None:
        """Show the clip of a row in the system's file manager."""
        found = self.data_set.report
        for sample in found.samples if found is not None else ():
            if str(sample.row) == text:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(sample.path)))
                return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.data_set.wish.root)))

    def _advance(self, share: float, words: str) -> None:
        self._job.show()
        self._job.set_name("Importing" if self.data_set.is_importing else "Reading the data set")
        self._job.show_progress(share, words)

    def _import(self) -> None:
        target = self.choices.target()
        self._target = None if isinstance(target, Project) else target
        self._card.hide()
        self.data_set.start(target, self._context.workspace.coder, self.choices.apex())
        self.go.setEnabled(False)
        self.choices.setEnabled(False)
        self.source.setEnabled(False)

    def _done(self, done: Imported) -> None:
        self.imported.emit(self._target, done)
        self.accept()

    def _stop(self) -> None:
        self.data_set.stop()
        self.source.setEnabled(True)
        self.choices.setEnabled(True)
        self._refresh()

    def _show_error(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()
        self.source.setEnabled(True)
        self.choices.setEnabled(True)
        self.go.setEnabled(self.data_set.report is not None)
        self._job.hide()

    def _ask_root(self) -> None:
        now = str(self.data_set.wish.root)
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the data set", now)
        if chosen:
            self.data_set.wish = Wish(Path(chosen))
            self.choices.set_root(Path(chosen))
            self.data_set.report = None
            self.data_set.ask()
            self._refresh()

    def _ask_labels(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self,
            "Label file",
            str(self.data_set.wish.root),
            "Sheets (*.xlsx *.xls *.csv *.tsv *.txt *.xlsb *.ods);;All files (*)",
        )
        if chosen:
            self._wish(replace(self.data_set.wish, labels=Path(chosen)))

    def _ask_columns(self) -> None:
        """Ask which column is which, and read the table with the answer."""
        from meviewer.data.tables.reading import read_workbook

        labels = self.data_set.wish.labels
        if labels is not None:
            background = self._context.background
            background.run("sheet", lambda: read_workbook(labels), self._map, self._show_error)

    def _map(self, workbook: Workbook) -> None:
        from meviewer.gui.dialogs.map_columns import MapColumnsDialog

        wish = self.data_set.wish
        dialog = MapColumnsDialog(self._context, workbook, wish.columns, self)
        dialog.mapped.connect(lambda mapping: self._wish(replace(wish, columns=mapping)))
        dialog.open()

    def _ask_target(self) -> None:
        chosen, _filter = QFileDialog.getSaveFileName(
            self, "Folder of the new project", str(self.choices.new_folder)
        )
        if chosen:
            self.choices.set_new_folder(Path(chosen))

    def reject(self) -> None:
        self.data_set.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.data_set.stop()
        super().closeEvent(event)

    def state(self) -> DoctorState | None:
        """Return what is shown of the report."""
        found = self.data_set.report
        return None if found is None else doctor_state(found)
