"""Export labels: which format, whose labels, what it cannot hold, where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QListWidget,
    QWidget,
)

from meviewer.core.errors import MeviewerError
from meviewer.core.labels import OWN
from meviewer.data import exchanges
from meviewer.data.schemes import find_schemes
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.dialogs.export_work import Wish, state_of, write
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice, whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.nn.dataset_export import DatasetOptions
from meviewer.present.export_labels import ExportState
from meviewer.project.dataset_hdf5 import What
from meviewer.project.project import Project

_SIZE = (880, 560)
_SHEET = "The data set's own sheet, corrected"
_HDF5 = "HDF5 for training code, with frames or motion"
_WHATS: dict[str, What] = {
    "frames": "frames",
    "dynamic images": "di",
    "optical flow of both phases": "flow",
    "MM-COF": "mm-cof",
}
_SLOT = "export"


class ExportDialog(QDialog):
    """One window from labels to a file of another program.

    Signals
    -------
    said(str)
        What was written, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export labels")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme, project = context.theme, context.workspace.project
        self._context = context
        self._formats = [exchanges.format_named(name) for name in exchanges.names()]
        self.formats = QListWidget()
        self.formats.setAccessibleName("Formats")
        self.formats.addItems([one.title for one in self._formats])
        self.formats.addItem(_HDF5)
        if project is not None and project.sources():
            self.formats.addItem(_SHEET)
        shelf = find_schemes(project.folder) if project is not None else None
        self._schemes = (OWN, *(one.name for one in (shelf.schemes if shelf is not None else ())))
        self.what = choice(tuple(_WHATS), 0, "What to store")
        self.side = whole_number(112, 16, 1024, step=16, unit="px", name="Width and height")
        self.scheme = choice(self._schemes, 0, "Classes")
        self._hdf5 = boxed(self._hdf5_form())
        self._job = JobCard(theme, "Exporting")
        self._job.hide()
        self._job.cancelled.connect(self._stop)
        for at in range(self.formats.count()):
            self.formats.item(at).setSizeHint(QSize(0, Size.row))
        self.coders = [QCheckBox(coder) for coder in project.coders()] if project else []
        for box in self.coders:
            box.setChecked(project is not None and not project.is_machine(box.text()))
        self.only_open = QCheckBox("only the open clip")
        self._summary = label("", "strong")
        self._verdict = label("", "second", wrap=True)
        self.losses = Table(
            theme, (Column("Not held", width=None), Column("Concerns", width=110)), "Losses"
        )
        policy = self.losses.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # else the words above would drift apart
        self.losses.setSizePolicy(policy)
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Export…", "primary", theme, "export")
        self._close = push("Close")
        self._build()
        keep_above(self, self.go)
        self._connect()
        self.formats.setCurrentRow(0)

    def _build(self) -> None:
        people = scroll(column(*self.coders, None, spacing=Space.s))
        people.setMaximumHeight(96)
        left = column(
            label("Format", "strong"),
            (self.formats, 1),
            label("Labels by", "strong"),
            people,
            self.only_open,
        )
        right = column(
            self._summary, self._verdict, self._hdf5, (self.losses, 1), self._card, self._job
        )
        body = row((boxed(left), 2), (boxed(right), 3), spacing=Space.xl)
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _hdf5_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(Space.l)
        form.setVerticalSpacing(Space.m)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (("Store", self.what), ("Size", self.side), ("Classes", self.scheme)):
            form.addRow(label(words), field)
        return form

    def _connect(self) -> None:
        self.formats.currentRowChanged.connect(lambda _: self._refresh())
        for box in (*self.coders, self.only_open):
            box.clicked.connect(self._refresh)
        for field in (self.what, self.scheme):
            field.activated.connect(lambda _: self._refresh())
        self.go.clicked.connect(self._ask)
        self._close.clicked.connect(self.reject)

    def _wish(self) -> Wish:
        at, session = self.formats.currentRow(), self._context.workspace.session
        only = session.sample.id if self.only_open.isChecked() and session is not None else None
        chosen = self._formats[at] if 0 <= at < len(self._formats) else None
        coders = tuple(b.text() for b in self.coders if b.isChecked())
        return Wish(chosen, coders, only, self._options(coders) if self._is_hdf5() else None)

    def _is_hdf5(self) -> bool:
        item = self.formats.currentItem()
        return item is not None and item.text() == _HDF5

    def _options(self, coders: tuple[str, ...]) -> DatasetOptions:
        return DatasetOptions(
            what=_WHATS[self.what.currentText()],
            size_px=self.side.value(),
            tiers=coders,
            scheme=self._schemes[self.scheme.currentIndex()],
        )

    def _refresh(self) -> None:
        """Say what the chosen format would lose; a project of thousands takes a moment."""
        project = self._context.workspace.project
        if project is None:
            return
        wish = self._wish()
        self._hdf5.setVisible(wish.hdf5 is not None)
        self.only_open.setEnabled(wish.hdf5 is None)
        self.go.setEnabled(False)
        self._card.hide()
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT, lambda: state_of(project, wish), self._show_state, self._show_error
        )

    def _show_state(self, state: ExportState) -> None:
        self._summary.setText(state.summary)
        self._verdict.setText(state.verdict)
        self.losses.show_rows([[Cell(text, tip=text), Cell(n)] for text, n in state.losses])
        self.losses.setVisible(bool(state.losses))
        self.go.setEnabled(state.can_write)

    def _ask(self) -> None:
        """Ask where to; the system's dialog asks before a file is replaced."""
        project, wish = self._context.workspace.project, self._wish()
        if project is None:
            return
        target = self._target(project, wish)
        if target is not None:
            self.write(target)

    def write(self, target: Path) -> None:
        """Write what is chosen into a file or folder."""
        project, wish = self._context.workspace.project, self._wish()
        if project is None:
            return
        self.go.setEnabled(False)
        self._context.background.run_long(
            _SLOT,
            lambda token: write(project, wish, target, token),
            self._written,
            self._show_error,
            progress=self._advance,
        )

    def _advance(self, share: float, words: str) -> None:
        self._job.show()
        self._job.show_progress(share, words)

    def _stop(self) -> None:
        self._context.background.cancel(_SLOT)
        self._job.hide()
        self.go.setEnabled(True)

    def reject(self) -> None:
        self._context.background.cancel(_SLOT)
        super().reject()

    def _target(self, project: Project, wish: Wish) -> Path | None:
        start = project.folder
        if wish.hdf5 is not None:
            proposed = start / f"{project.name}.h5"
            name, _ = QFileDialog.getSaveFileName(self, "Write the data set to", str(proposed))
        elif wish.format is None:
            sheet = project.sources()[-1].sheet
            proposed = start / f"{sheet.stem} corrected{sheet.suffix}"
            name, _ = QFileDialog.getSaveFileName(self, "Write the copy to", str(proposed))
        elif wish.format.scope == "clip":
            name = QFileDialog.getExistingDirectory(self, "Folder for the files", str(start))
        else:
            proposed = start / f"{project.name}{wish.format.suffixes[0]}"
            name, _ = QFileDialog.getSaveFileName(self, "Write the labels to", str(proposed))
        return Path(name) if name else None

    def _written(self, files: tuple[Path, ...]) -> None:
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        self.said.emit(f"Exported {files[0].name}{more}" if files else "Nothing was written")
        self.accept()

    def _show_error(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()
        self._job.hide()
        self.losses.hide()
        self._summary.setText("")
        self._verdict.setText("")
