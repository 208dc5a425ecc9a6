"""Which column of a foreign sheet is which: chosen beside a live preview of its rows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFormLayout, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.readers import generic_mapping
from meviewer.data.readers.generic_mapping import NAMES, Mapping, Suggested
from meviewer.data.tables.model import Workbook
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice, whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table

_SIZE = (1000, 640)
_FORM_PX = 420
_NARROW = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_NONE = "–"
_NUMBERINGS = {
    "number": "frame numbers, as in the file names",
    "index": "positions counted from 0",
    "position": "positions counted from 1",
    "ms": "times in ms",
    "s": "times in seconds",
}
_MOST_HEADER = 40
_FILES = "Mappings (*.json);;All files (*)"


class MapColumnsDialog(QDialog):
    """The columns of one sheet, what they mean, and what that makes of its rows.

    Signals
    -------
    mapped(object)
        The mapping that the user has decided on, as (our name, the sheet's column) pairs.
    """

    mapped = Signal(object)

    def __init__(
        self, context: Context, workbook: Workbook, mapping: Mapping, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Which column is which?")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        self._theme, self._workbook = context.theme, workbook
        self._suggested: Suggested | None = None
        given = dict(mapping)
        names = tuple(table.name for table in workbook.tables)
        self.sheet = choice(names, 0, "Sheet")
        self.header = whole_number(1, 1, _MOST_HEADER, name="Row of the column names")
        self.numbering = choice(tuple(_NUMBERINGS.values()), 0, "What the numbers are")
        self.columns: dict[str, QComboBox] = {
            field.name: choice((_NONE,), 0, field.title) for field in NAMES
        }
        for box in (self.sheet, self.numbering, *self.columns.values()):
            box.setSizeAdjustPolicy(_NARROW)
            box.setMinimumContentsLength(8)
        self._problems = label("", "second", "warn", wrap=True)
        self._preview = Table(self._theme, (Column("", width=None),), "Preview")
        self._card = MessageCard(self._theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Read with these columns", "primary", self._theme, "done")
        self._close = push("Cancel")
        self._load, self._save = push("Load…", "quiet"), push("Save…", "quiet")
        self._build()
        keep_above(self, self.go)
        self._begin(given)
        self._connect()

    def mapping(self) -> Mapping:
        """Return what is chosen."""
        pairs = [
            (name, box.currentText())
            for name, box in self.columns.items()
            if box.currentText() != _NONE
        ]
        pairs += [("sheet", self.sheet.currentText()), ("header", str(self.header.value()))]
        numbering = tuple(_NUMBERINGS)[self.numbering.currentIndex()]
        return (*pairs, ("numbering", numbering))

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(Space.l)
        form.setVerticalSpacing(Space.s)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label("Sheet", "second"), self.sheet)
        form.addRow(label("Column names in row", "second"), self.header)
        for field in NAMES:
            words = label(field.title + (" *" if field.needed else ""))
            words.setToolTip(field.help)
            self.columns[field.name].setToolTip(field.help)
            form.addRow(words, self.columns[field.name])
        form.addRow(label("The numbers are", "second"), self.numbering)
        listed = scroll(column(form, None, margins=(Space.xl, Space.l, Space.l, Space.l)))
        listed.setFixedWidth(_FORM_PX)
        self._right = column(
            label("What that makes of the first rows", "strong"),
            (self._preview, 1),
            self._problems,
            self._card,
            margins=(Space.l, Space.l, Space.xl, Space.l),
        )
        body = row(listed, rule(vertical=True), (boxed(self._right), 1), spacing=0)
        foot = row(
            self._load,
            self._save,
            label("* needed", "caption"),
            None,
            self._close,
            self.go,
            margins=(Space.xl, Space.m, Space.xl, Space.l),
        )
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _connect(self) -> None:
        self.sheet.activated.connect(lambda _: self._suggest(0, self.sheet.currentText()))
        self.header.valueChanged.connect(lambda at: self._suggest(at, self.sheet.currentText()))
        for box in (*self.columns.values(), self.numbering):
            box.activated.connect(lambda _: self._refresh())
        self.go.clicked.connect(self._use)
        self._close.clicked.connect(self.reject)
        self._load.clicked.connect(self._ask_load)
        self._save.clicked.connect(self._ask_save)

    def _begin(self, given: dict[str, str]) -> None:
        """Start with what was used before for such a sheet, or with a guess."""
        header = int(given["header"]) if given.get("header", "").isdigit() else 0
        self._suggest(header, given.get("sheet", ""))
        if given:
            self.take(tuple(given.items()))

    def _suggest(self, header: int, sheet: str) -> None:
        """Guess what the columns of a sheet are; without a name, of the likeliest sheet."""
        found = generic_mapping.suggest(self._workbook, sheet, header)
        known = generic_mapping.remembered(self._workbook, found.sheet, found.header_row)
        self._suggested = found
        blocked = self.header.blockSignals(True)
        self.header.setValue(max(found.header_row, 1))
        self.header.blockSignals(blocked)
        self.sheet.setCurrentText(found.sheet)
        for box in self.columns.values():
            box.clear()
            box.addItems([_NONE, *found.columns_of_sheet])
        self.take(known if known is not None else found.mapping)

    def take(self, mapping: Mapping) -> None:
        """Show a mapping; columns that the sheet lacks stay open."""
        given = dict(mapping)
        for name, box in self.columns.items():
            box.setCurrentIndex(max(box.findText(given.get(name, _NONE)), 0))
        numbering = given.get("numbering", "number")
        if numbering in _NUMBERINGS:
            self.numbering.setCurrentIndex(tuple(_NUMBERINGS).index(numbering))
        self._refresh()

    def _refresh(self) -> None:
        found = generic_mapping.preview(
            self._workbook, self.sheet.currentText(), self.header.value(), self.mapping()
        )
        columns = [Column(head, width=90 if at else 48) for at, head in enumerate(found.heads)]
        old = self._preview
        self._preview = Table(self._theme, columns, "Preview")
        self._preview.show_rows([[Cell(text, tip=text) for text in cells] for cells in found.rows])
        self._right.replaceWidget(old, self._preview)
        old.hide()
        old.deleteLater()
        self._problems.setText("\n".join(found.problems))
        self._problems.setVisible(bool(found.problems))
        chosen = {name for name, box in self.columns.items() if box.currentText() != _NONE}
        needed = {field.name for field in NAMES if field.needed}
        self.go.setEnabled(needed <= chosen and bool(chosen & {"clip", "path"}))

    def _use(self) -> None:
        mapping = self.mapping()
        try:
            path = generic_mapping.mapping_path(self._workbook.path, mapping)
            generic_mapping.save_mapping(path, mapping)
        except MeviewerError:
            pass  # remembering is a help, not a condition
        self.mapped.emit(mapping)
        self.accept()

    def _ask_load(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, "Load a mapping", "", _FILES)
        if not name:
            return
        try:
            self.take(generic_mapping.load_mapping(Path(name)))
        except MeviewerError as error:
            self._show_error(error)

    def _ask_save(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(self, "Save the mapping", "", _FILES)
        if not name:
            return
        try:
            generic_mapping.save_mapping(Path(name), self.mapping())
        except MeviewerError as error:
            self._show_error(error)

    def _show_error(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()
