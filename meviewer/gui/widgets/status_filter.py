"""A button whose menu says clips of which status are listed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from meviewer.core.annotation import Status
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.buttons import IconButton
from meviewer.present.clip_list import status_words

_TIP = "Clips of which status"


class StatusFilter(IconButton):
    """Statuses with a tick each; without any tick all clips are listed.

    Signals
    -------
    chosen(frozenset)
        The statuses that are ticked now.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "filter", tip=_TIP)
        self._statuses: frozenset[Status] = frozenset()
        self._menu = QMenu(self)
        self._entries = {status: self._menu.addAction(status_words(status)) for status in Status}
        for status, entry in self._entries.items():
            entry.setCheckable(True)
            entry.toggled.connect(lambda on, s=status: self._toggled(s, on))
        self._menu.addSeparator()
        self._all = self._menu.addAction("All clips")
        self._all.triggered.connect(lambda: self.set_statuses(frozenset()))
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def show_counts(self, counts: Mapping[Status, int]) -> None:
        """Say how many clips have each status."""
        for status, entry in self._entries.items():
            entry.setText(f"{status_words(status)}  ({counts.get(status, 0)})")

    def set_statuses(self, statuses: frozenset[Status]) -> None:
        """Tick these statuses and no other."""
        for status, entry in self._entries.items():
            entry.setChecked(status in statuses)

    def _toggled(self, status: Status, on: bool) -> None:
        self._statuses = self._statuses | {status} if on else self._statuses - {status}
        words = ", ".join(status_words(one) for one in Status if one in self._statuses)
        self.set_tip(f"{_TIP}: {words}" if words else _TIP)
        self.set_icon("filter", "accent" if self._statuses else "text_2")
        self.chosen.emit(self._statuses)
