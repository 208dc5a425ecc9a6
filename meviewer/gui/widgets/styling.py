"""How a widget tells the style sheet what it is: by properties that the sheet selects on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QWidget


def restyle(widget: QWidget, **properties: str) -> None:
    """Set properties and let the sheet see them: it reads them once, when a widget is polished."""
    changed = [name for name, value in properties.items() if widget.property(name) != value]
    for name in changed:
        widget.setProperty(name, properties[name])
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def make_surface(widget: QWidget, kind: str) -> None:
    """Let a plain widget paint the background of a surface: panel, canvas, card, bar, foot."""
    widget.setProperty("surface", kind)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def surface(
    kind: str, layout: QLayout | None = None, *, height: int | None = None, width: int | None = None
) -> QFrame:
    """Return a frame that is a surface, with its content."""
    frame = QFrame()
    make_surface(frame, kind)
    if layout is not None:
        frame.setLayout(layout)
    if height is not None:
        frame.setFixedHeight(height)
    if width is not None:
        frame.setFixedWidth(width)
    return frame


def rule(*, vertical: bool = False) -> QFrame:
    """Return a line that separates."""
    return surface("rule", width=1) if vertical else surface("rule", height=1)


def short_rule() -> QFrame:
    """Return the upright line between groups of a bar."""
    return surface("rule", width=1, height=16)
