"""Views that can be taken along: each says what it shows, and its context menu offers a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QCursor
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from meviewer.present.export_view import ViewContent

ACTION = "export-view"

Describe = Callable[[], ViewContent | None]
"""Says what a view shows now; None while it shows nothing."""

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class ViewOffer(QObject):
    """Belongs to a widget and makes it one that can be exported.

    Parameters
    ----------
    widget : QWidget
        What is painted into pictures; its context menu gets "Export view…".
    describe : callable
    moving : bool
        Whether it can be written as a video, too.
    """

    def __init__(self, widget: QWidget, describe: Describe, *, moving: bool = False) -> None:
        super().__init__(widget)
        self.widget, self.describe, self.moving = widget, describe, moving
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QContextMenuEvent) and watched is self.widget:
            return self._show_menu(event.globalPos())
        return super().eventFilter(watched, event)

    def _show_menu(self, at: QPoint) -> bool:
        action = self.widget.window().findChild(QAction, ACTION)
        if action is None:
            return False
        menu = QMenu(self.widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entry = menu.addAction(action.text())
        entry.setEnabled(action.isEnabled() and self.describe() is not None)
        entry.triggered.connect(lambda: ask_for(action, self.widget))
        menu.popup(at)
        return True


def offer_view(widget: QWidget, describe: Describe, *, moving: bool = False) -> ViewOffer:
    """Let a widget be exported; made once, in the widget's own panel."""
    return ViewOffer(widget, describe, moving=moving)


def ask_for(action: QAction, widget: QWidget) -> None:
    """Trigger the action on this widget; the next time it finds one by itself."""
    action.setData(widget)
    action.trigger()
    action.setData(None)


def offer_of(widget: QWidget | None) -> ViewOffer | None:
    """Return the offer of a widget, or of what it lies in."""
    while widget is not None:
        found = widget.findChild(ViewOffer, options=_DIRECT)
        if found is not None:
            return found
        widget = widget.parentWidget()
    return None


def offers_in(window: QWidget) -> list[ViewOffer]:
    """Return what can be exported now: views in sight that show something."""
    return [
        found
        for found in window.findChildren(ViewOffer)
        if found.widget.isVisible() and found.describe() is not None
    ]


def meant(window: QWidget, asked: QWidget | None) -> ViewOffer | None:
    """Return the view that is meant: the one asked for, with the focus, under the pointer."""
    there = offers_in(window)
    under = QApplication.widgetAt(QCursor.pos())
    for widget in (asked, QApplication.focusWidget(), under):
        found = offer_of(widget)
        if found is not None and found in there:
            return found
    return there[0] if there else None
