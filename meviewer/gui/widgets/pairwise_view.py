"""Draws the pairwise surface as a square with axes; one points at pairs, a click asks for one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.core.events import Keyframes
from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.frame_view import to_image
from meviewer.gui.widgets.timeline_ink import Ink, Kept
from meviewer.present.pairwise import PairwiseState
from meviewer.present.timeline_geometry import Box

_LEFT, _BOTTOM, _EDGE = 44, 36, 8
_DOT = 5.0
_RING = 7.5


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
        self._kept, self._surface = Kept(), 0
        self._pointed: tuple[int, int] | None = None
        self._zoomed = False
        self.setToolTip("Click: go to that apex. Double-click: the search window alone, and back.")
        self.setMouseTracking(True)
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
        before, self._state = self._state, state
        if state is None or (self._pointed and max(self._pointed) >= len(state.numbers)):
            self._pointed = None
        if state is None:
            self._image = None
        elif before is None or before.picture is not state.picture:
            # The first row of the picture is the first frame; an axis counts upwards.
            self._image = to_image(state.picture[::-1])
            self._surface += 1
        self.update()

    def plot_box(self) -> QRectF:
        """Where the surface lies: always a square, in the middle of the width."""
        room = self.width() - _LEFT - _EDGE
        side = min(room, self.height() - _BOTTOM - _EDGE)
        return QRectF(_LEFT + (room - side) / 2, _EDGE, side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # No higher than a square needs: what is left of the height is for others.
        self.setMaximumHeight(max(self.width() - _LEFT + _BOTTOM, self.minimumHeight()))

    @property
    def zoomed(self) -> bool:
        """Whether only the surroundings of the search window are in sight."""
        return self._zoomed and self._state is not None and self._state.window is not None

    def _area(self) -> tuple[int, int, int]:
        """Return the first onset and the first apex in sight, and how many frames of each."""
        n = len(self._state.numbers) if self._state else 1
        window = self._state.window if self._state and self._zoomed else None
        if window is None:
            return 0, 0, n
        onsets, apexes = window[1] - window[0] + 1, window[3] - window[2] + 1
        size = min(n, max(onsets, apexes) + 2 * max(2, max(onsets, apexes) // 4))
        first = [
            min(max(0, (low + high + 1 - size) // 2), n - size)
            for low, high in (window[:2], window[2:])
        ]
        return first[0], first[1], size

    def _at(self, onset: float, apex: float, box: QRectF) -> QPointF:
        left, low, size = self._area()
        return QPointF(
            box.left() + (onset - left + 0.5) / size * box.width(),
            box.bottom() - (apex - low + 0.5) / size * box.height(),
        )

    @property
    def pointed(self) -> str:
        """What is said of the pair under the pointer; empty where there is none."""
        if self._state is None or self._pointed is None:
            return ""
        return self._state.words(*self._pointed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state is not None and self._image is not None:
            box = self.plot_box()
            self._paint_still(painter, box, self._image, self._state.numbers)
            self._window(painter, box, self._state)
            self._dot(painter, box, self._state.manual, self._state.role, "manual", above=False)
            if self._state.suggested != self._state.manual:
                self._dot(painter, box, self._state.suggested, "gamdss", "suggested", above=True)
            for number, keys in enumerate(self._state.alternatives, 1):
                self._alternative(painter, box, keys, str(number))
            if self._state.preview:
                self._plate(painter, QPointF(box.left() + 6, box.top() + 6), "preview")
            self._cross(painter, box)
        painter.end()

    def _paint_still(
        self, painter: QPainter, box: QRectF, image: QImage, numbers: Sequence[int]
    ) -> None:
        """Paint what a dragged keyframe does not change: surface and axes."""
        left, low, size = self._area()
        top = image.height() - low - size

        def draw(on: QPainter) -> None:
            on.drawImage(box, image, QRectF(left, top, size, size))
            self._axes(on, box, numbers)

        self._kept.begin()
        key = self._surface, left, low, size, self.size().toTuple(), self._theme.name
        whole = Box(0, 0, self.width(), self.height())
        Ink(painter, self._theme, self._kept).unchanged(whole, key, draw)

    def _axes(self, painter: QPainter, box: QRectF, numbers: Sequence[int]) -> None:
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_3"))
        first_onset, first_apex, size = self._area()
        for step in _ticks(size):
            onset, apex = first_onset + step, first_apex + step
            here = self._at(onset, apex, box)
            below = QRectF(here.x() - 30, box.bottom() + 3, 60, 14)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, str(numbers[onset]))
            left = QRectF(box.left() - _LEFT, here.y() - 8, _LEFT - 6, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(left, flags, str(numbers[apex]))
        caption = QRectF(box.left() - _LEFT, box.bottom() + 18, box.width() + _LEFT + _EDGE, 16)
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter, "onset across, apex upwards")

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
        width = self._plate_width(painter, name)
        left = here.x() + 9 if here.x() + 12 + width < box.right() else here.x() - 9 - width
        top = here.y() - 20 if above else here.y() + 4
        self._plate(painter, QPointF(left, min(max(top, box.top()), box.bottom() - 16)), name)

    def _alternative(self, painter: QPainter, box: QRectF, keys: Keyframes, number: str) -> None:
        here = self._at(keys.onset, keys.apex, box)
        painter.setPen(QPen(self._theme.colour("gamdss"), 1.5))
        painter.setBrush(self._theme.colour("panel", 0.9))
        painter.drawEllipse(here, _RING, _RING)
        painter.setFont(self._theme.font(Type.caption, Type.medium))
        painter.setPen(self._theme.colour("text"))
        around = QRectF(here.x() - _RING, here.y() - _RING, 2 * _RING, 2 * _RING)
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, number)

    def _cross(self, painter: QPainter, box: QRectF) -> None:
        """Draw lines through the pair under the pointer, and what it is, out of its way."""
        if self._pointed is None:
            return
        here = self._at(*self._pointed, box)
        for width, role in ((2.5, "canvas"), (1.0, "text")):
            painter.setPen(QPen(self._theme.colour(role, 0.8), width))
            painter.drawLine(QPointF(here.x(), box.top()), QPointF(here.x(), box.bottom()))
            painter.drawLine(QPointF(box.left(), here.y()), QPointF(box.right(), here.y()))
        words = self.pointed
        left = box.center().x() - self._plate_width(painter, words) / 2
        low = here.y() < box.center().y()
        top = box.bottom() - 22 if low else box.top() + 6
        self._plate(painter, QPointF(max(left, 0.0), top), words)

    def _plate_width(self, painter: QPainter, words: str) -> float:
        painter.setFont(self._theme.font(Type.caption, Type.medium))
        return painter.fontMetrics().horizontalAdvance(words) + 10

    def _plate(self, painter: QPainter, corner: QPointF, words: str) -> None:
        plate = QRectF(corner.x(), corner.y(), self._plate_width(painter, words), 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("panel", 0.9))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _pair_at(self, where: QPointF) -> tuple[int, int] | None:
        """Return onset and apex under a point, or None beside the surface."""
        box = self.plot_box()
        if self._state is None or not box.contains(where):
            return None
        first_onset, first_apex, size = self._area()
        across = (where.x() - box.left()) / box.width()
        upwards = (box.bottom() - where.y()) / box.height()
        last = size - 1
        return first_onset + min(int(across * size), last), first_apex + min(
            int(upwards * size), last
        )

    def _point_at(self, pair: tuple[int, int] | None) -> None:
        if pair != self._pointed:
            self._pointed = pair
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._pair_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pair = self._pair_at(event.position())
        if pair is not None and event.button() == Qt.MouseButton.LeftButton:
            self.seek_requested.emit(pair[1])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._zoomed = not self._zoomed
        self._point_at(None)
        self.update()


def _ticks(n: int) -> list[int]:
    """Return at most six indices at round distances."""
    step = next(
        (s for s in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000) if n / s <= 6), max(n // 5, 1)
    )
    return list(range(0, n, step))
