"""How a dialog stands above its window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

D = TypeVar("D", bound=QDialog)

_MARGIN_PX = (40, 72)  # a title bar, and a little of the window behind


def keep_above(dialog: QDialog, default: QPushButton) -> None:
    """Let a dialog block its window, fit its screen, go away, and have one default button.

    Left to itself, Qt gives Return to any other button while the default one is disabled.
    """
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    room = dialog.screen().availableSize() - QSize(*_MARGIN_PX)
    dialog.resize(dialog.size().boundedTo(room))
    for button in dialog.findChildren(QPushButton):
        button.setAutoDefault(False)
    default.setDefault(True)


def show_one(window: QWidget, kind: type[D], make: Callable[[], D]) -> D:
    """Show the one dialog of its kind beside the window; it is made if there is none yet."""
    found = window.findChild(kind)
    dialog = make() if found is None else found
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
