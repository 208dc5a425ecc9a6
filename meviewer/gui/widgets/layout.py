"""Rows, columns, bars, panels and sections on one grid of distances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.styling import make_surface, surface

Margins: TypeAlias = tuple[int, int, int, int]
Item: TypeAlias = QWidget | QLayout | int | tuple[QWidget | QLayout, int] | None
"""A widget, a layout, either with a stretch, a gap in px, or None for what takes the rest."""

W = TypeVar("W", bound=QWidget)
_BOX = TypeVar("_BOX", bound=QBoxLayout)
_NONE: Margins = (0, 0, 0, 0)


def row(*items: Item, spacing: int = Space.m, margins: Margins = _NONE) -> QHBoxLayout:
    """Lay items out from left to right."""
    return _fill(QHBoxLayout(), items, spacing, margins)


def column(*items: Item, spacing: int = Space.m, margins: Margins = _NONE) -> QVBoxLayout:
    """Lay items out from top to bottom."""
    return _fill(QVBoxLayout(), items, spacing, margins)


def boxed(layout: QLayout) -> QWidget:
    """Return a plain widget around a layout."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


def spare(widget: W, order: int = 1) -> W:
    """Mark an item of a `Bar` that may go when space is short; the highest order goes first."""
    widget.setProperty("spare", order)
    return widget


class Bar(QFrame):
    """A bar of tools that gives up its spare items rather than forcing the window wider.

    What goes has to be reachable from elsewhere: a menu or a key.
    """

    def __init__(
        self,
        *items: Item,
        kind: str = "bar",
        height: int = Size.bar_panel,
        spacing: int = Space.s,
        margins: Margins = (Space.l, 0, Space.m, 0),
    ) -> None:
        super().__init__()
        make_surface(self, kind)
        self.setFixedHeight(height)
        self._row = row(*items, spacing=spacing, margins=margins)
        self.setLayout(self._row)
        spares = [w for w in items if isinstance(w, QWidget) and w.property("spare")]
        self._spares = sorted(spares, key=lambda widget: -int(widget.property("spare")))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refit()

    def refit(self) -> None:
        """Decide anew what there is room for, after an item has become wider or narrower."""
        for widget in self._spares:
            widget.setVisible(True)
        for widget in self._spares:
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                break
            widget.setVisible(False)


class Panel(QFrame):
    """A titled surface: a head with title, quiet note and tools, the caller's body, and a foot."""

    def __init__(
        self,
        title: str,
        body: QLayout | QWidget,
        tools: Sequence[Item] = (),
        *,
        note: str = "",
        foot: QWidget | None = None,
        margins: Margins = _NONE,
    ) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._title = label(title, "strong")
        self._note = spare(label(note, "caption"), 9)
        self.head = Bar(self._title, self._note, None, *tools)
        inner = boxed(body if isinstance(body, QLayout) else column(body, spacing=0))
        inner.setContentsMargins(*margins)
        layout = column(self.head, (inner, 1), spacing=0)
        if isinstance(body, QLayout):
            body.setContentsMargins(0, 0, 0, 0)
        if foot is not None:
            layout.addWidget(foot)
        self.setLayout(layout)
        self.setAccessibleName(title)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Change the quiet words beside the title."""
        self._note.setText(note)


def section(
    title: str,
    *items: Item,
    note: str = "",
    tools: Sequence[Item] = (),
    spacing: int = Space.m,
) -> QWidget:
    """Return one block of an inspector: a title line, then content, 12 px inside the panel."""
    words: list[Item] = [label(title, "strong")]
    if note:
        words.append(label(note, "caption"))
    head = row(*words, None, *tools, spacing=Space.s)
    return boxed(column(head, *items, spacing=spacing, margins=(Space.l,) * 4))


def scroll(content: QWidget | QLayout) -> QScrollArea:
    """Return an area that scrolls its content downwards only, and asks for the width it needs."""
    area = _DownwardArea()
    area.setWidget(surface("panel", content) if isinstance(content, QLayout) else content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    return area


class _DownwardArea(QScrollArea):
    """A scroll area has no least width of its own and would cut what it holds."""

    def minimumSizeHint(self) -> QSize:
        inner = self.widget()
        width = inner.minimumSizeHint().width() if inner is not None else 0
        return QSize(width + self.verticalScrollBar().sizeHint().width(), 60)


def _fill(layout: _BOX, items: Sequence[Item], spacing: int, margins: Margins) -> _BOX:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        _put(layout, item)
    return layout


def _put(layout: QBoxLayout, item: Item) -> None:
    if item is None:
        layout.addStretch(1)
    elif isinstance(item, int):
        layout.addSpacing(item)
    else:
        what, stretch = item if isinstance(item, tuple) else (item, 0)
        if isinstance(what, QLayout):
            layout.addLayout(what, stretch)
        else:
            layout.addWidget(what, stretch)
