"""The control of magnified motion: a switch, how many times, and in which way."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSlider, QToolButton, QWidget

from meviewer.gui.stores.magnification import Magnification
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.layout import row
from meviewer.motion.magnify import LEAST, MOST, Against, Method

_SLIDER_PX, _WAY_PX = 72, 44
_WAYS: tuple[tuple[str, Method, Against], ...] = (
    ("Along the optical flow", "flow", "onset"),
    ("Brightness since the onset (Eulerian)", "linear", "onset"),
    ("Brightness from 0.5 to 10 Hz (Eulerian)", "linear", "band"),
)
MAGNIFY_TIP = (
    "Magnify motion, for looking only ({magnify}); less ({magnify-less}), more ({magnify-more})"
)
"""What the switch says, with the names of actions for their keys."""


class MagnifyControl(QWidget):
    """Slider and menu show while the switch is on."""

    def __init__(self, theme: Theme, store: Magnification) -> None:
        super().__init__()
        self._store = store
        self.switch = tool(theme, "magnify", checked=False)
        self.switch.clicked.connect(store.switch)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(int(LEAST), int(MOST))
        self.slider.setFixedWidth(_SLIDER_PX)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName("How many times motion is magnified")
        self.slider.setToolTip("How many times motion is magnified, 1 to 30")
        self.slider.valueChanged.connect(store.set_factor)
        self.way = tool(theme, text="×5", tip="In which way motion is magnified")
        self.way.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.way.setMinimumWidth(_WAY_PX)
        self.way.setMenu(self._menu())
        self.setLayout(row(self.switch, self.slider, self.way, spacing=Space.s))
        store.changed.connect(self._refresh)
        self._refresh()

    def step(self, by: int) -> None:
        """Magnify more or less; that also switches it on."""
        self._store.switch(True)
        self.slider.setValue(self.slider.value() + by)

    def _menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        self._ways: list[QAction] = []
        for words, method, against in _WAYS:
            action = menu.addAction(words)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(partial(self._set_way, method, against))
            self._ways.append(action)
        menu.addSeparator()
        self._light = menu.addAction("Leave changes of the lamp out")
        self._head = menu.addAction("Leave the motion of the head as it is")
        for action in (self._light, self._head):
            action.setCheckable(True)
        self._light.triggered.connect(self._set_light)
        self._head.triggered.connect(self._set_head)
        return menu

    def _set_way(self, method: Method, against: Against, _checked: bool = False) -> None:
        self._store.set_params(replace(self._store.params, method=method, against=against))

    def _set_light(self, left_out: bool) -> None:
        self._store.set_params(replace(self._store.params, light=left_out))

    def _set_head(self, left: bool) -> None:
        self._store.set_params(replace(self._store.params, head=not left))

    def _refresh(self) -> None:
        store = self._store
        self.switch.setChecked(store.on)
        self.slider.setVisible(store.on)
        self.way.setVisible(store.on)
        self.slider.blockSignals(True)
        self.slider.setValue(round(store.params.factor))
        self.slider.blockSignals(False)
        self.way.setText(f"×{store.params.factor:g}")
        now = (store.params.method, store.params.against)
        for action, (_, *way) in zip(self._ways, _WAYS, strict=True):
            action.setChecked(now == tuple(way))
        self._light.setChecked(store.params.light)
        self._head.setChecked(not store.params.head)
        self._head.setEnabled(store.params.method == "flow")
