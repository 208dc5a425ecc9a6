"""The picture of one frame: kept in proportion, zoomed at the cursor, moved by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Radius, Space, Theme, Type

_ZOOM_STEP = 1.25
_MOST = 32.0
_SHARP_FROM = 3.0


def to_image(array: NDArray[np.uint8]) -> QImage:
    """Return a picture that shares no memory with the (H, W, 3) RGB array."""
    array = np.ascontiguousarray(array)
    height, width = array.shape[:2]
    image = QImage(array.data, width, height, array.strides[0], QImage.Format.Format_RGB888)
    return image.copy()


class FrameView(QWidget):
    """Draws a frame.

    Signals
    -------
    zoom_changed(float)
        Screen px per frame px.
    swiped(float)
        The line of a swipe was dragged to this share of the picture, from the left.
    """

    zoom_changed = Signal(float)
    swiped = Signal(float)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | None = None
        self._zoom = 0.0  # 0: fitted to the widget
        self._middle = QPointF(0.5, 0.5)  # of the picture, in shares, shown in the widget's middle
        self._pressed: QPointF | None = None
        self._mark = ""
        self._second: QImage | None = None
        self._share, self._is_swipe = 0.5, True
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.update)

    @property
    def zoom(self) -> float:
        """Screen px per frame px as shown."""
        return self._zoom or self._fit()

    @property
    def has_frame(self) -> bool:
        """Whether a frame is shown."""
        return self._image is not None

    def show_frame(self, frame: NDArray[np.uint8] | None) -> None:
        """Show an (H, W, 3) uint8 RGB picture, or nothing."""
        before = self._image
        self._image = None if frame is None else to_image(frame)
        if before is None or self._image is None or before.size() != self._image.size():
            self.fit()
        self.update()

    def show_second(
        self, frame: NDArray[np.uint8] | None, share: float = 0.5, *, swipe: bool = True
    ) -> None:
        """Show a second picture in the same place, or none.

        Parameters
        ----------
        frame : (H, W, 3) uint8 or None
        share : float
            0 to 1: a swipe shows it left of this part of the width, a blend mixes as much of it in.
        swipe : bool
        """
        self._second = None if frame is None else to_image(frame)
        self.move_second(share, swipe=swipe)

    def move_second(self, share: float, *, swipe: bool) -> None:
        """Show more or less of the second picture."""
        self._share, self._is_swipe = share, swipe
        self.update()

    @property
    def mark(self) -> str:
        """What is written on the frame."""
        return self._mark

    def set_mark(self, words: str) -> None:
        """Write something on the frame that nobody may overlook; empty takes it away."""
        if words != self._mark:
            self._mark = words
            self.setAccessibleDescription(words)
            self.update()

    def fit(self) -> None:
        """Show the whole frame."""
        self._zoom, self._middle = 0.0, QPointF(0.5, 0.5)
        self.zoom_changed.emit(self.zoom)
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom so that the point of the picture under ``at`` stays where it is."""
        if self._image is None:
            return
        at = at or QPointF(self.width() / 2, self.height() / 2)
        box = self.picture_box()
        share = QPointF((at.x() - box.x()) / box.width(), (at.y() - box.y()) / box.height())
        least = self._fit()
        self._zoom = min(max(self.zoom * factor, least), _MOST)
        if self._zoom <= least * 1.001:
            self.fit()
            return
        size = QSizeF(self._image.size()) * self._zoom
        left, top = at.x() - share.x() * size.width(), at.y() - share.y() * size.height()
        self._look_at(
            (self.width() / 2 - left) / size.width(), (self.height() / 2 - top) / size.height()
        )
        self.zoom_changed.emit(self._zoom)
        self.update()

    def picture_box(self) -> QRectF:
        """Where the frame lies in the widget, in widget px."""
        if self._image is None:
            return QRectF()
        size = QSizeF(self._image.size()) * self.zoom
        return QRectF(
            self.width() / 2 - self._middle.x() * size.width(),
            self.height() / 2 - self._middle.y() * size.height(),
            size.width(),
            size.height(),
        )

    def export_box(self) -> QRect:
        """Return the part of the widget where the frame is: the canvas around it tells nothing."""
        seen = self.picture_box().toAlignedRect() & self.rect()
        return seen if self._image is not None else self.rect()

    def _fit(self) -> float:
        if self._image is None:
            return 1.0
        return min(self.width() / self._image.width(), self.height() / self._image.height())

    def _look_at(self, x: float, y: float) -> None:
        self._middle = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._zoom:
            self.zoom_changed.emit(self.zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        if self._image is not None:
            # From three screen px a frame px on, squares tell more than a blur.
            smooth = self.zoom < _SHARP_FROM
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(self.picture_box(), self._image)
            if self._second is not None:
                self._paint_second(painter, self._second)
            if self._mark:
                self._paint_mark(painter)
        painter.end()

    def _paint_second(self, painter: QPainter, image: QImage) -> None:
        box = self.picture_box()
        painter.save()
        if not self._is_swipe:
            painter.setOpacity(self._share)
            painter.drawImage(box, image)
            painter.restore()
            return
        at = box.left() + self._share * box.width()
        painter.setClipRect(QRectF(box.left(), box.top(), at - box.left(), box.height()))
        painter.drawImage(box, image)
        painter.restore()
        seen = QRectF(self.export_box())
        # Two inks: one of them is seen on any skin.
        for width, role in ((3.0, "canvas"), (1.0, "accent")):
            painter.setPen(QPen(self._theme.colour(role), width))
            painter.drawLine(QPointF(at, seen.top()), QPointF(at, seen.bottom()))

    def _swipe_to(self, x: float) -> None:
        box = self.picture_box()
        self.swiped.emit(min(max((x - box.left()) / box.width(), 0.0), 1.0))

    def _swipes(self, buttons: Qt.MouseButton) -> bool:
        """Whether the left button moves the line: the middle one still moves the picture."""
        return (
            self._second is not None
            and self._is_swipe
            and bool(buttons & Qt.MouseButton.LeftButton)
        )

    def _paint_mark(self, painter: QPainter) -> None:
        """Write the mark on a plate in the upper left corner of what is seen of the frame."""
        seen = QRectF(self.export_box())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(Type.caption, Type.medium))
        metrics = painter.fontMetrics()
        room = seen.width() - 2 * Space.m
        words = metrics.elidedText(self._mark, Qt.TextElideMode.ElideRight, round(room))
        width = metrics.horizontalAdvance(words) + 2 * Space.m
        plate = QRectF(seen.left() + Space.xs, seen.top() + Space.xs, width, metrics.height() + 6)
        painter.setPen(QPen(self._theme.colour("warn"), 1))
        painter.setBrush(self._theme.colour("panel", 0.92))
        painter.drawRoundedRect(plate, Radius.small, Radius.small)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom_by(_ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._swipes(event.button()):
            self._swipe_to(event.position().x())
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._swipes(event.buttons()):
            self._swipe_to(event.position().x())
            return
        if self._pressed is None or self._zoom == 0.0:
            return
        moved, self._pressed = event.position() - self._pressed, event.position()
        box = self.picture_box()
        self._look_at(
            self._middle.x() - moved.x() / box.width(), self._middle.y() - moved.y() / box.height()
        )
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()
