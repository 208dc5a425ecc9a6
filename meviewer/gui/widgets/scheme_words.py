"""The words of a class scheme, one a row: how often each occurs, and its class as a drop-down."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.labels import RIGHT, ElidedLabel, label, set_tone
from meviewer.gui.widgets.layout import boxed, column
from meviewer.gui.widgets.styling import surface
from meviewer.gui.widgets.train_controls import Control, control_for
from meviewer.present.schemes import SchemeView, WordRow
from meviewer.present.training_fields import Choice, Field

LEFT_OUT = "left out"
_CLASS_PX = 152
_FIGURE_PX = 60
_WORD_PX = 104


class SchemeWords(QScrollArea):
    """Shows all words; its rows are built once for a set of words.

    Signals
    -------
    assigned(str, str)
        A word, and the class that the user has given it; an empty one leaves it out.
    """

    assigned = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, _Row] = {}
        self._head = label("", "caption")
        self._grid: QWidget | None = None
        self._content = surface("panel", QVBoxLayout())
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Words and their classes")

    def show_view(self, view: SchemeView, *, editable: bool) -> None:
        """Show the words of a scheme; without drop-downs where it may not be changed."""
        if tuple(self._rows) != tuple(row.word for row in view.words):
            self._build(view)
        self._head.setText(view.head)
        names = tuple(row.name for row in view.classes)
        for row in view.words:
            self._rows[row.word].show_row(row, names, editable=editable)

    def minimumSizeHint(self) -> QSize:
        width = self._content.minimumSizeHint().width()
        return QSize(width + self.verticalScrollBar().sizeHint().width(), 120)

    def control(self, word: str) -> Control:
        """Return the drop-down of a word."""
        return self._rows[word].control

    def _build(self, view: SchemeView) -> None:
        if self._grid is not None:
            self._grid.hide()
            self._grid.deleteLater()
        self._head = label("", "caption")
        self._rows = {row.word: _Row(row, self.assigned.emit) for row in view.words}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, Space.m, 0)
        grid.setHorizontalSpacing(Space.l)
        grid.setVerticalSpacing(Space.xs)
        heads = (self._head, *(_right(text) for text in ("Events", "Subjects")))
        for at, head in enumerate((*heads, label("Class", "caption"))):
            grid.addWidget(head, 0, at)
        for at, row in enumerate(self._rows.values(), 1):
            for place, part in enumerate((row.word, row.n_events, row.n_subjects, row.place)):
                grid.addWidget(part, at, place)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(0, _WORD_PX)
        for place in (1, 2):
            grid.setColumnMinimumWidth(place, _FIGURE_PX)
        self._grid = boxed(grid)
        layout = self._content.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setContentsMargins(0, 0, 0, 0)
        while layout.count():
            layout.takeAt(0)
        layout.addWidget(self._grid)
        layout.addStretch(1)


class _Row:
    """The parts of one row."""

    def __init__(self, row: WordRow, assigned: Callable[[str, str], None]) -> None:
        self.word = ElidedLabel(row.text)
        self.word.setMinimumHeight(Size.control)
        self.n_events, self.n_subjects = _right(""), _right("")
        self.control = control_for(Field(row.word, f"Class of {row.text}", "choice", ""))
        self._fixed = ElidedLabel()
        self.place = boxed(column(self.control, self._fixed, spacing=0))
        self.place.setFixedSize(_CLASS_PX, Size.control)
        self.control.edited.connect(lambda name: assigned(row.word, str(name)))

    def show_row(self, row: WordRow, classes: tuple[str, ...], *, editable: bool) -> None:
        """Show counts and class."""
        self.word.setText(row.text)
        for figure, n in ((self.n_events, row.n_events), (self.n_subjects, row.n_subjects)):
            figure.setText(str(n) if n else "–")
        choices = (Choice("", LEFT_OUT), *(Choice(name, name) for name in classes))
        self.control.show_field(
            Field(row.word, f"Class of {row.text}", "choice", row.class_name, choices)
        )
        self._fixed.setText(row.class_name or LEFT_OUT)
        set_tone(self._fixed, "" if row.class_name else "second")
        self.control.setVisible(editable)
        self._fixed.setVisible(not editable)


def _right(text: str) -> QLabel:
    return label(text, "caption" if text else "second", align=RIGHT)
