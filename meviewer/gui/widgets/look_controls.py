"""How the frame is looked at: against the onset by swipe or blend, and with contrast and gamma."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from meviewer.gui.actions import Actions
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.stores.comparator import Comparator, Compare
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import IconButton, push, tool
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.present.frame_look import FrameLook

_STEPS = 8
_SLIDER_PX, _NAME_PX = 140, 64
_TIPS = {
    Compare.SWIPE: "Swipe the onset over the frame ({swipe}); drag, {onset-less} or {onset-more}",
    Compare.BLEND: "Blend the onset into the frame ({blend}); {onset-less} or {onset-more}",
}
_COMPARED = {Compare.SWIPE: "left: onset", Compare.BLEND: "blended with the onset"}
_LOOK_TIP = "Contrast ({contrast-less}, {contrast-more}) and gamma ({gamma-less}, {gamma-more})"


class LookControls(QWidget):
    """Buttons for the bar of a frame view; what they choose is shown in the view.

    Parameters
    ----------
    theme : Theme
    actions : Actions
    comparator : Comparator
    view : FrameView
        Shows the frame under the playhead.

    Signals
    -------
    changed()
        The frame has to be shown anew.
    """

    changed = Signal()

    def __init__(
        self, theme: Theme, actions: Actions, comparator: Comparator, view: FrameView
    ) -> None:
        super().__init__()
        self._actions, self._comparator, self._view = actions, comparator, view
        self.look = FrameLook()
        self._shown: tuple[NDArray[np.uint8], FrameLook] | None = None
        self._said = ""
        self.buttons = {way: self._way(theme, way) for way in Compare}
        self.contrast, self.gamma = _slider("Contrast"), _slider("Gamma")
        self.way = tool(theme, "sun", checked=False)
        self.way.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.way.setMenu(self._menu())
        follow_keys(actions, self.way, _LOOK_TIP)
        self.setLayout(row(*self.buttons.values(), self.way, spacing=Space.xs))
        self._connect()

    @property
    def words(self) -> str:
        """What has to stand on the picture; empty while it is the frame as it was filmed."""
        way = self._comparator.way if self._comparator.frame is not None else None
        compared = "" if way is None else _COMPARED[way]
        return " · ".join(part for part in (compared, self.look.words) if part)

    def set_look(self, look: FrameLook) -> None:
        """Show frames with other contrast or gamma."""
        if look == self.look:
            return
        self.look = look
        for slider, value in ((self.contrast, look.contrast), (self.gamma, look.gamma)):
            slider.blockSignals(True)
            slider.setValue(round(4 * float(np.log2(value))))
            slider.blockSignals(False)
        self.way.setChecked(not look.is_plain)
        self._compare()

    def _way(self, theme: Theme, way: Compare) -> IconButton:
        button = tool(theme, way.value, checked=False)
        button.clicked.connect(partial(self._comparator.toggle, way))
        follow_keys(self._actions, button, _TIPS[way])
        return button

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        plain = push("As filmed", compact=True)
        plain.clicked.connect(lambda: self.set_look(FrameLook()))
        body = column(
            row(_named("Contrast"), self.contrast),
            row(_named("Gamma"), self.gamma),
            row(None, plain),
            margins=(Space.l,) * 4,
        )
        action = QWidgetAction(menu)
        action.setDefaultWidget(boxed(body))
        menu.addAction(action)
        return menu

    def _connect(self) -> None:
        comparator = self._comparator
        for way in Compare:
            self._bind(way.value, partial(comparator.toggle, way))
        self._bind("onset-less", lambda: comparator.step(-1))
        self._bind("onset-more", lambda: comparator.step(1))
        for name, by in (("less", -1), ("more", 1)):
            self._bind(f"contrast-{name}", partial(self._step, by, 0))
            self._bind(f"gamma-{name}", partial(self._step, 0, by))
        self._bind("plain", lambda: self.set_look(FrameLook()))
        for slider in (self.contrast, self.gamma):
            slider.valueChanged.connect(lambda _: self._slid())
        comparator.changed.connect(self._compare)
        self._view.swiped.connect(comparator.set_share)

    def _bind(self, name: str, act: Callable[[], object]) -> None:
        # Another perspective has a frame view, too: a key is meant for the one in sight.
        self._actions.bind(name, lambda: act() if self._view.isVisible() else None)

    def _step(self, contrast: int, gamma: int) -> None:
        self.set_look(self.look.stepped(contrast, gamma))

    def _slid(self) -> None:
        self.set_look(FrameLook().stepped(self.contrast.value(), self.gamma.value()))

    def _compare(self) -> None:
        """Lay the onset over the frame; while the line moves its picture is not made anew."""
        comparator, frame = self._comparator, self._comparator.frame
        for way, button in self.buttons.items():
            button.setChecked(comparator.way is way)
        swipe = comparator.way is not Compare.BLEND
        if frame is None:
            self._shown = None
            self._view.show_second(None)
        elif self._shown is None or self._shown[0] is not frame or self._shown[1] != self.look:
            self._shown = (frame, self.look)
            self._view.show_second(self.look.applied(frame), comparator.share, swipe=swipe)
        else:
            self._view.move_second(comparator.share, swipe=swipe)
            if self._said == self.words:
                return
        self._said = self.words
        self.changed.emit()


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-_STEPS, _STEPS)
    slider.setFixedWidth(_SLIDER_PX)
    slider.setAccessibleName(name)
    return slider


def _named(words: str) -> QWidget:
    made = label(words, "second")
    made.setFixedWidth(_NAME_PX)
    return made
