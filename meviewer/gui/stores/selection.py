"""What is selected: one event, one of its keyframes, one alternative of its suggestion."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from meviewer.core.events import Edge


class Selection(QObject):
    """The selected event and keyframe.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._event_id: int | None = None
        self._edge = Edge.APEX
        self._alternative = 0

    @property
    def event_id(self) -> int | None:
        """Id of the selected event, or None."""
        return self._event_id

    @property
    def edge(self) -> Edge:
        """The keyframe that nudge and accept act on."""
        return self._edge

    @property
    def alternative(self) -> int:
        """Which of the suggestions is shown: 0 is the best."""
        return self._alternative

    def set_event(self, event_id: int | None) -> None:
        """Select an event, or nothing."""
        if event_id != self._event_id:
            self._event_id, self._alternative = event_id, 0
            self.changed.emit()

    def set_edge(self, edge: Edge) -> None:
        """Choose the keyframe to act on."""
        if edge is not self._edge:
            self._edge = edge
            self.changed.emit()

    def set_alternative(self, number: int) -> None:
        """Show another of the suggestions."""
        if number != self._alternative:
            self._alternative = number
            self.changed.emit()
