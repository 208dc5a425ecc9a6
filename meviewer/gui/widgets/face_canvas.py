"""A frame with the face on it: landmarks, regions, and where a person points at eyes or a box."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.data.face.clip_face import Box, ClipFace
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.present.face import ROLES

Points = NDArray[np.float64]
_DOT_PX = 1.6
_CROSS_PX = 9.0
_LEAST_DRAG_PX = 8.0
_SQUARE_PX = 9
EYES, BOX = "eyes", "box"


class FaceCanvas(FrameView):
    """A frame on which a face is shown, and pointed at.

    Signals
    -------
    eyes_chosen(object, object)
        Two eye centres, each (x, y) in px of the frame.
    box_chosen(object)
        Left, top, width and height in px of the frame.
    """

    eyes_chosen = Signal(object, object)
    box_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Frame with the face", parent)
        self._face: ClipFace | None = None
        self._regions: QImage | None = None
        self._mode = ""
        self._clicked: list[QPointF] = []
        self._drag: tuple[QPointF, QPointF] | None = None
        self._dots = self._tints = True

    def show_face(self, face: ClipFace | None, regions: NDArray[np.uint8] | None) -> None:
        """Show a face and its regions, (H, W, 4) uint8 RGBA, or neither."""
        self._face = face
        self._regions = None if regions is None else _rgba(regions)
        self.update()

    def choose_what(self, *, landmarks: bool, regions: bool) -> None:
        """Show landmarks and regions, or not."""
        self._dots, self._tints = landmarks, regions
        self.update()

    @property
    def mode(self) -> str:
        """What the mouse does: ``"eyes"``, ``"box"``, or empty: it moves the picture."""
        return self._mode

    def point(self, mode: str) -> None:
        """Let the mouse point at eyes or draw a box."""
        self._mode, self._clicked, self._drag = mode, [], None
        if mode:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.update()

    # Places

    def to_frame(self, at: QPointF) -> tuple[float, float]:
        """Return where a point of the widget lies in px of the frame; 0 is a px centre."""
        box = self.picture_box()
        x, y = (at.x() - box.x()) / self.zoom - 0.5, (at.y() - box.y()) / self.zoom - 0.5
        return x, y

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return where a point of the frame lies in the widget."""
        box = self.picture_box()
        return QPointF(box.x() + (x + 0.5) * self.zoom, box.y() + (y + 0.5) * self.zoom)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.has_frame:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._regions is not None and self._tints and not self._mode:
            painter.drawImage(self.picture_box(), self._regions)
        if self._face is not None and not self._mode:
            self._paint_face(painter, self._face)
        self._paint_gesture(painter)
        painter.end()

    def _paint_face(self, painter: QPainter, face: ClipFace) -> None:
        if self._dots and face.landmarks is not None:
            painter.setPen(QPen(self._theme.colour("apex"), _DOT_PX))
            painter.drawPoints(
                QPolygonF([self.to_widget(x, y) for x, y in face.landmarks.tolist()])
            )
        if self._dots and face.eyes is not None:
            for x, y in face.eyes.tolist():
                self._cross(painter, self.to_widget(x, y))
        if face.landmarks is None and face.box is not None:
            self._rectangle(painter, face.box)

    def _paint_gesture(self, painter: QPainter) -> None:
        for at in self._clicked:
            self._cross(painter, at)
        if self._drag is not None:
            self._rectangle(painter, self._dragged())

    def _cross(self, painter: QPainter, at: QPointF) -> None:
        for width, role in ((3.0, "canvas"), (1.5, "accent")):
            painter.setPen(QPen(self._theme.colour(role), width))
            painter.drawLine(at - QPointF(_CROSS_PX, 0), at + QPointF(_CROSS_PX, 0))
            painter.drawLine(at - QPointF(0, _CROSS_PX), at + QPointF(0, _CROSS_PX))

    def _rectangle(self, painter: QPainter, box: Box) -> None:
        x, y, width, height = box
        corners = QRectF(self.to_widget(x, y), self.to_widget(x + width, y + height))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, role in ((3.0, "canvas"), (1.5, "accent")):
            painter.setPen(QPen(self._theme.colour(role), pen))
            painter.drawRect(corners)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._mode or not self.has_frame:
            super().mousePressEvent(event)
            return
        if self._mode == BOX:
            self._drag = (event.position(), event.position())
        else:
            self._clicked.append(event.position())
            if len(self._clicked) == 2:
                first, second = (self.to_frame(at) for at in self._clicked)
                self._clicked = []
                self.eyes_chosen.emit(first, second)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            super().mouseMoveEvent(event)
            return
        self._drag = (self._drag[0], event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            super().mouseReleaseEvent(event)
            if self._mode:
                self.setCursor(Qt.CursorShape.CrossCursor)
            return
        start, end = self._drag
        box, self._drag = self._dragged(), None
        if (end - start).manhattanLength() >= _LEAST_DRAG_PX:
            self.box_chosen.emit(box)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._mode:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _dragged(self) -> Box:
        assert self._drag is not None
        (x1, y1), (x2, y2) = (self.to_frame(at) for at in self._drag)
        return min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)


class RegionLegend(QWidget):
    """Which colour means which region, in one line."""

    def __init__(self, theme: Theme, kinds: Sequence[str] = tuple(ROLES)) -> None:
        super().__init__()
        self._theme, self._kinds = theme, tuple(kinds)
        self.setProperty("type", "caption")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Regions: " + ", ".join(kinds))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(360, QFontMetrics(self.font()).height() + Space.xs)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, x = QFontMetrics(self.font()), 0
        middle = self.height() / 2
        wide = sum(_SQUARE_PX + Space.xs + metrics.horizontalAdvance(kind) for kind in self._kinds)
        gap = min(Space.l, max(Space.xs, (self.width() - wide) // max(len(self._kinds) - 1, 1)))
        for kind in self._kinds:
            square = QRectF(x, middle - _SQUARE_PX / 2, _SQUARE_PX, _SQUARE_PX)
            painter.fillRect(square, self._theme.colour(ROLES[kind]))
            painter.setPen(self._theme.colour("text_2"))
            x += _SQUARE_PX + Space.xs
            painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), kind)
            x += metrics.horizontalAdvance(kind) + gap
        painter.end()


def _rgba(picture: NDArray[np.uint8]) -> QImage:
    """Return a picture that shares no memory with the (H, W, 4) array."""
    array = np.ascontiguousarray(picture)
    height, width = array.shape[:2]
    image = QImage(array.data, width, height, array.strides[0], QImage.Format.Format_RGBA8888)
    return image.copy()
