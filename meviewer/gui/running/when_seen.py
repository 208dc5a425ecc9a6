"""Panels that follow what changes often: once a turn of the event loop, and only if they show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class WhenSeen(QObject):
    """Brings a widget up to date at the end of a turn, or before it comes on the screen.

    One step of a drag changes labels, curves and suggestion one after the other, and every
    perspective has panels that follow them: what nobody looks at must not hold up the hand.

    Parameters
    ----------
    widget : QWidget
        Owns this object.
    refresh : callable
        Brings it up to date; called in the UI thread.
    """

    def __init__(self, widget: QWidget, refresh: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._refresh = widget, refresh
        self._due = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._turn_ended)
        widget.installEventFilter(self)

    def ask(self, *_: object) -> None:
        """Say that the widget is out of date; takes and drops what a signal carries."""
        self._due = True
        if self._widget.isVisible():
            self._soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._due and watched is self._widget and event.type() is QEvent.Type.Show:
            self._catch_up()
        return False

    def _turn_ended(self) -> None:
        if self._widget.isVisible():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._due:
            self._due = False
            self._refresh()
