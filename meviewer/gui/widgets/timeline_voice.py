"""What a screen reader says of the timeline, kept up with what is shown."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from meviewer.present.timeline import TimelineState
from meviewer.present.timeline_words import describe

EMPTY = "Open a clip to see its curves and labels"
_REST_MS = 150


class Voice(QTimer):
    """Puts a timeline into words once it rests: while a clip plays nobody could listen."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._state: TimelineState | None = None
        self._playhead = 0
        self.setSingleShot(True)
        self.setInterval(_REST_MS)
        self.timeout.connect(self._speak)
        widget.setAccessibleName("Timeline")
        widget.setAccessibleDescription(EMPTY)

    def follow(self, state: TimelineState | None, playhead: int) -> None:
        """Note what is shown now, to be said as soon as it stays so."""
        self._state, self._playhead = state, playhead
        self.start()

    def _speak(self) -> None:
        words = EMPTY if self._state is None else describe(self._state, self._playhead)
        if words != self._widget.accessibleDescription():
            self._widget.setAccessibleDescription(words)
