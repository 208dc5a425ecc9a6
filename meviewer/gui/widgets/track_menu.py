"""A button whose menu says which further curves are shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from meviewer.gui.theme import Theme
from meviewer.gui.widgets.buttons import IconButton
from meviewer.present.series_tracks import SeriesKey, tool_title


class TrackMenu(IconButton):
    """Curves by tool and group, each with a tick.

    Signals
    -------
    wanted(frozenset)
        Keys of the curves that are ticked now.
    moved_up(str)
        Name of the track that is to stand one place higher.
    """

    wanted = Signal(object)
    moved_up = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "chart", tip="More curves")
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._shown: frozenset[SeriesKey] = frozenset()
        self._order = QMenu("Move up", self)

    def show_keys(self, keys: Sequence[SeriesKey], shown: frozenset[SeriesKey]) -> None:
        """Offer these curves; without any the button goes away."""
        self.setVisible(bool(keys))
        self._shown = shown
        self._menu.clear()
        menus: dict[tuple[str, str], QMenu] = {}
        for key in keys:
            place = (key.tool, key.group)
            if place not in menus:
                title = f"{tool_title(key.tool)}: {key.group}"
                menus[place] = self._menu.addMenu(title)
            action = menus[place].addAction(key.name)
            action.setCheckable(True)
            action.setChecked(key in shown)
            action.toggled.connect(lambda on, k=key: self._toggled(k, on))
        self._menu.addSeparator()
        self._menu.addMenu(self._order)

    def show_order(self, names: Sequence[str]) -> None:
        """Offer to move all tracks but the first of these, which stand from top to bottom."""
        self._order.clear()
        for name in names[1:]:
            self._order.addAction(name).triggered.connect(partial(self._move, name))
        self._order.setEnabled(len(names) > 1)

    def _move(self, name: str, _checked: bool = False) -> None:
        self.moved_up.emit(name)

    def _toggled(self, key: SeriesKey, on: bool) -> None:
        self._shown = self._shown | {key} if on else self._shown - {key}
        self.wanted.emit(self._shown)
