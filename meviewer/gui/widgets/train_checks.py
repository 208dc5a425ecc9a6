"""The checks before a run: one line each, state as icon and words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.labels import IconLabel, label
from meviewer.gui.widgets.layout import row
from meviewer.present.training_views import Check

_ICONS = {"ok": ("done", "ok"), "warn": ("warn", "warn"), "error": ("error", "error")}


class CheckList(QWidget):
    """Lines with an icon: passed, doubtful, or in the way."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[_Line] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(Space.s)
        self.setAccessibleName("Checks before the run")

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said."""
        return tuple(line.text for line in self._lines if not line.isHidden())

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show one line a check."""
        while len(self._lines) < len(checks):
            line = _Line(self._theme)
            self._lines.append(line)
            self._layout.addWidget(line)
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(checks))
            if at < len(checks):
                line.show_check(checks[at])


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icon = IconLabel(theme, "info", "text_3", 14)
        self._words = label("", wrap=True)
        layout = row(self._icon, (self._words, 1), spacing=Space.m)
        layout.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)

    @property
    def text(self) -> str:
        return self._words.text()

    def show_check(self, check: Check) -> None:
        name, role = _ICONS.get(check.tone, ("info", "text_3"))
        self._icon.set_icon(name, role, check.tone or "note")
        self._words.setText(check.text)
        self.setToolTip(check.tip)
