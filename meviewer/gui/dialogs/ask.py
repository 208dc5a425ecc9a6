"""Small questions: a frame number, a name."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget


def ask_frame(parent: QWidget, now: int, first: int, last: int) -> int | None:
    """Ask for a frame number of the data set; None if the user thinks better of it."""
    number, wanted = QInputDialog.getInt(
        parent, "Go to frame", f"Frame number, {first} to {last}:", now, first, last
    )
    return number if wanted else None


def ask_name(parent: QWidget, title: str, words: str, text: str = "") -> str | None:
    """Ask for a name, beginning with ``text``; None if the user thinks better of it."""
    name, wanted = QInputDialog.getText(parent, title, words, QLineEdit.EchoMode.Normal, text)
    return name.strip() or None if wanted else None
