"""Draws the pairwise surface as a square with axes; a click asks for that apex frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.core.events import Keyframes
from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.frame_view import to_image
from meviewer.present.pairwise import PairwiseState

_LEFT, _BOTTOM, _EDGE = 44, 36, 8
_DOT = 5.0


class PairwiseView(QWidget):
    """The surface of all onsets against all apexes.

    Signals
    -------
    seek_requested(int)
        Frame index of the apex that was clicked.
    """

    seek_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state: PairwiseState | None = None
        self._image: QImage | None = None
        self.setAccessibleName("Pairwise difference of all frames")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 220)
        theme.changed.connect(self.update)

    @property
    def state(self) -> PairwiseState | None:
        """What is shown."""
        return self._state

    def show_state(self, state: PairwiseState | None) -> None:
        """Show another surface, or none."""
        self._state = state
        # The first row of the picture is the first frame; an axis counts upwards.
        flipped = None if state is None else np.ascontiguousarray(state.picture[::-1])
        self._image = None if flipped is None else to_image(flipped)
        self.update()

    def plot_box(self) -> QRectF:
        """Where the surface lies: always a square."""
        side = min(self.width() - _LEFT - _EDGE, self.height() - _BOTTOM - _EDGE)
        return QRectF(_LEFT, _EDGE, side, side)

    def _at(self, onset: float, apex: float, box: QRectF) -> QPointF:
        n = len(self._state.numbers) if self._state else 1
        return QPointF(
            box.left() + (onset + 0.5) / n * box.width(),
            box.bottom() - (apex + 0.5) / n * box.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state is not None and self._image is not None:
            box = self.plot_box()
            painter.drawImage(box, self._image)
            self._axes(painter, box, self._state.numbers)
            self._window(painter, box, self._state)
            self._dot(painter, box, self._state.manual, "coder_a", "manual", above=False)
            self._dot(painter, box, self._state.suggested, "gamdss", "suggested", above=True)
        painter.end()

    def _axes(self, painter: QPainter, box: QRectF, numbers: Sequence[int]) -> None:
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_3"))
        for index in _ticks(len(numbers)):
            here = self._at(index, index, box)
            text = str(numbers[index])
            below = QRectF(here.x() - 30, box.bottom() + 3, 60, 14)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, text)
            left = QRectF(0, here.y() - 8, _LEFT - 6, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(left, flags, text)
        caption = QRectF(box.left(), box.bottom() + 18, box.width(), 16)
        painter.drawText(
            caption, Qt.AlignmentFlag.AlignHCenter, "onset frame across, apex frame upwards"
        )

    def _window(self, painter: QPainter, box: QRectF, state: PairwiseState) -> None:
        if state.window is None:
            return
        first_onset, last_onset, first_apex, last_apex = state.window
        low = self._at(first_onset - 0.5, first_apex - 0.5, box)
        high = self._at(last_onset + 0.5, last_apex + 0.5, box)
        frame = QRectF(low, high).normalized().adjusted(-1, -1, 1, 1)
        for width, role in ((3.0, "canvas"), (1.2, "text")):
            painter.setPen(QPen(self._theme.colour(role), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)

    def _dot(
        self,
        painter: QPainter,
        box: QRectF,
        keys: Keyframes | None,
        role: str,
        name: str,
        *,
        above: bool,
    ) -> None:
        if keys is None:
            return
        here = self._at(keys.onset, keys.apex, box)
        painter.setPen(QPen(self._theme.colour("canvas"), 2.5))
        painter.setBrush(self._theme.colour(role))
        painter.drawEllipse(here, _DOT, _DOT)
        painter.setFont(self._theme.font(Type.caption, Type.medium))
        width = painter.fontMetrics().horizontalAdvance(name) + 10
        left = here.x() + 9 if here.x() + 12 + width < box.right() else here.x() - 9 - width
        top = here.y() - 20 if above else here.y() + 4
        plate = QRectF(left, min(max(top, box.top()), box.bottom() - 16), width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("panel", 0.9))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = self.plot_box()
        if self._state is None or not box.contains(event.position()):
            return
        n = len(self._state.numbers)
        share = (box.bottom() - event.position().y()) / box.height()
        self.seek_requested.emit(min(int(share * n), n - 1))


def _ticks(n: int) -> list[int]:
    """Return at most six indices at round distances."""
    step = next((s for s in (5, 10, 20, 25, 50, 100, 200, 500, 1000) if n / s <= 6), max(n // 5, 1))
    return list(range(0, n, step))
