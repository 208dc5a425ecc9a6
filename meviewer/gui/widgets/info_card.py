"""A card beside a picture: what the paper says, what we chose, and what this one was made with."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import badge, label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.gui.widgets.styling import make_surface, rule, surface
from meviewer.present.bench_info import Explanation

_WIDTH, _MOST_HEIGHT = 440, 560
_HEAD_PX, _BAR_PX = 80, 16
_READABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


class InfoCard(QFrame):
    """Closes on Escape or a click elsewhere, and then deletes itself."""

    def __init__(self, theme: Theme, said: Explanation, source: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        self.setAccessibleName(said.title)
        self.setAccessibleDescription(said.text)
        self._said = said
        self.copy = push("Copy", "", theme, "copy", compact=True)
        self.copy.clicked.connect(self._copy)
        head = row((label(said.title, "strong", wrap=True), 1), badge(source), self.copy)
        body = column(
            _text(said.formula, "strong"),
            rule(),
            label("What the paper says", "caption"),
            _text(said.says),
            label("What we chose", "caption"),
            _text(said.chose),
            _text(said.marks, "caption"),
            rule(),
            label("This picture", "caption"),
            _rows(said),
            None,
            spacing=Space.s,
        )
        self._inner = surface("panel", body)
        self.setLayout(column(head, (scroll(self._inner), 1), margins=(Space.l,) * 4))
        self.setFixedWidth(_WIDTH)

    def show_below(self, widget: QWidget) -> None:
        """Show the card below a widget, inside its screen."""
        wanted = self._inner.heightForWidth(_WIDTH - 2 * Space.l - _BAR_PX)
        self.setFixedHeight(min(wanted + _HEAD_PX, _MOST_HEIGHT))
        at = widget.mapToGlobal(QPoint(0, widget.height()))
        screen = widget.screen().availableGeometry()
        at.setX(max(min(at.x(), screen.right() - self.width()), screen.left()))
        at.setY(max(min(at.y(), screen.bottom() - self.height()), screen.top()))
        self.move(at)
        self.show()
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._said.text)
        self.copy.setText("Copied")


def _text(words: str, kind: str = "") -> QLabel:
    made = label(words, kind, wrap=True)
    made.setTextInteractionFlags(_READABLE)
    return made


def _rows(said: Explanation) -> QWidget:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.l)
    grid.setVerticalSpacing(Space.hair)
    for at, (name, value) in enumerate(said.parameters):
        grid.addWidget(label(name, "caption"), at, 0)
        grid.addWidget(_text(value), at, 1)
    grid.setColumnStretch(1, 1)
    return boxed(grid)
