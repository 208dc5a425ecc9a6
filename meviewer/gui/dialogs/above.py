"""How a dialog stands above its window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton


def keep_above(dialog: QDialog, default: QPushButton) -> None:
    """Let a dialog block its window, go away when it is closed, and have one default button.

    Left to itself, Qt gives Return to any other button while the default one is disabled.
    """
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for button in dialog.findChildren(QPushButton):
        button.setAutoDefault(False)
    default.setDefault(True)
