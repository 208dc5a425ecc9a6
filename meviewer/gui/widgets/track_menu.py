"""A button whose menu says which further curves are shown: of regions, and of other tools."""

from __future__ import annotations

from collections.abc import Sequence

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
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "chart", tip="More curves")
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._shown: frozenset[SeriesKey] = frozenset()

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

    def _toggled(self, key: SeriesKey, on: bool) -> None:
        self._shown = self._shown | {key} if on else self._shown - {key}
        self.wanted.emit(self._shown)
