"""Fields: numbers with units, choices and searches, all 28 px high."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from meviewer.gui.icons import icon
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.styling import restyle

_TEXT_MARGIN_PX = 5


def whole_number(
    value: int, low: int, high: int, *, step: int = 1, unit: str = "", name: str = ""
) -> QSpinBox:
    """Return a field for a whole number; ``unit`` stands behind it."""
    box = QSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setValue(value)
    box.setSuffix(f" {unit}" if unit else "")
    box.setAccessibleName(name)
    # The inner field ignores the padding of the sheet.
    box.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return box


def real_number(
    value: float,
    low: float,
    high: float,
    *,
    decimals: int = 2,
    step: float = 0.1,
    unit: str = "",
    name: str = "",
) -> QDoubleSpinBox:
    """Return a field for a number with decimals; ``unit`` stands behind it."""
    box = QDoubleSpinBox()
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setValue(value)
    box.setSuffix(f" {unit}" if unit else "")
    box.setAccessibleName(name)
    box.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return box


def choice(texts: Sequence[str], current: int = 0, name: str = "") -> QComboBox:
    """Return a drop-down of these texts."""
    box = QComboBox()
    box.addItems(list(texts))
    box.setCurrentIndex(current)
    box.setAccessibleName(name)
    return box


def set_invalid(field: QWidget, fault: str) -> None:
    """Outline a field as wrong and say why in its tool tip; an empty fault clears it."""
    restyle(field, invalid="true" if fault else "false")
    field.setToolTip(fault)
    field.setAccessibleDescription(fault)


class SearchField(QLineEdit):
    """A field to search with; its icon follows the theme."""

    def __init__(self, theme: Theme, hint: str) -> None:
        super().__init__()
        self._theme = theme
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self._glass: QAction = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._draw()
        theme.changed.connect(self._draw)

    def _draw(self) -> None:
        self._glass.setIcon(icon("search", self._theme, "text_3"))
