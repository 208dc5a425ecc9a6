"""A picture of the bench: looks where its neighbours look, and marks a region of all of them."""

from __future__ import annotations

from math import atan2, cos, pi, sin

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from meviewer.gui.theme import Theme
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.present.bench import ArrowField
from meviewer.present.bench_values import Region

_FITTED = 1.001
_HEAD_PX = 4.5
_CELLS = 2  # as long as the longest arrow is: most are much shorter
_LEAST_APART_PX = 14  # on the screen: arrows that touch say nothing
_CROSS_PX = 5.0
_LEAST_DRAG_PX = 3.0


class BenchView(FrameView):
    """A `FrameView` with arrows, a region, and the pointer of its neighbours.

    Places are shares of the picture, 0 to 1, so that they fit pictures of any size.

    Signals
    -------
    looked(float, float, float)
        The user has zoomed or moved: magnification (1 is fitted) and the place in the middle.
    pointed(object)
        Place under the pointer as (x, y), or None when it has left.
    marked(object)
        The user has drawn a `Region`, or None: a click took it away.
    """

    looked = Signal(float, float, float)
    pointed = Signal(object)
    marked = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._arrows: ArrowField | None = None
        self._region: Region | None = None
        self._cross: tuple[float, float] | None = None
        self._begun: QPointF | None = None
        self._marking = self._focused = self._obeying = False
        self.setMouseTracking(True)
        self.zoom_changed.connect(lambda _zoom: self._tell())

    def set_marking(self, on: bool) -> None:
        """Let a drag draw a region; else it moves the picture unless Shift is held."""
        self._marking = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def set_focused(self, on: bool) -> None:
        """Show that keys go to this picture."""
        self._focused = on
        self.update()

    def show_arrows(self, arrows: ArrowField | None) -> None:
        """Draw arrows over the picture, or none."""
        self._arrows = arrows
        self.update()

    def show_region(self, region: Region | None) -> None:
        """Draw a region, or none."""
        self._region = region
        self.update()

    def show_pointer(self, place: tuple[float, float] | None) -> None:
        """Draw where the pointer is in a neighbour."""
        if place != self._cross:
            self._cross = place
            self.update()

    def look(self) -> tuple[float, float, float]:
        """Return magnification and the place in the middle."""
        return self.zoom / self._fit(), self._middle.x(), self._middle.y()

    def look_as(self, magnification: float, x: float, y: float) -> None:
        """Look where a neighbour looks, without saying so."""
        self._obeying = True
        if magnification <= _FITTED:
            self.fit()
        else:
            self._zoom = magnification * self._fit()
            self._look_at(x, y)
            self.update()
        self._obeying = False

    def place_at(self, point: QPointF) -> tuple[float, float] | None:
        """Return the place of the picture at a point of the widget; None outside."""
        box = self.picture_box()
        if box.isEmpty() or not box.contains(point):
            return None
        return (point.x() - box.left()) / box.width(), (point.y() - box.top()) / box.height()

    def _tell(self) -> None:
        if not self._obeying and self.has_frame:
            self.looked.emit(*self.look())

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() is Qt.MouseButton.LeftButton and (self._marking or shift):
            self._begun = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.place_at(event.position()))
        if self._begun is not None:
            self.show_region(self._dragged(event.position()))
            return
        before = QPointF(self._middle)
        super().mouseMoveEvent(event)
        if self._middle != before:
            self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._begun is None:
            super().mouseReleaseEvent(event)
            self.set_marking(self._marking)
            return
        far = QLineF(self._begun, event.position()).length() >= _LEAST_DRAG_PX
        region = self._dragged(event.position()) if far else None
        self._begun = None
        self.marked.emit(region)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)

    def _dragged(self, now: QPointF) -> Region | None:
        box, begun = self.picture_box(), self._begun
        seen = QRectF(begun or now, now).normalized() & box
        if begun is None or seen.isEmpty() or self._image is None:
            return None
        shares = (
            (seen.left() - box.left()) / box.width(),
            (seen.top() - box.top()) / box.height(),
            (seen.right() - box.left()) / box.width(),
            (seen.bottom() - box.top()) / box.height(),
        )
        return Region(*shares).snapped((self._image.height(), self._image.width()))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_arrows(painter)
            self._paint_region(painter)
            self._paint_cross(painter)
        if self._focused:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_arrows(self, painter: QPainter) -> None:
        field = self._arrows
        if field is None or self._image is None:
            return
        box = self.picture_box()
        scale = box.width() / self._image.width()
        field = field.apart(_LEAST_APART_PX / scale)
        stretch = _CELLS * field.spacing_px / field.full_px * scale
        lines = list[QLineF]()
        arrows = zip(
            field.arrows.x_px.tolist(),
            field.arrows.y_px.tolist(),
            field.arrows.u_px.tolist(),
            field.arrows.v_px.tolist(),
            strict=True,
        )
        for x, y, u, v in arrows:
            start = QPointF(box.left() + (x + 0.5) * scale, box.top() + (y + 0.5) * scale)
            length = min((u * u + v * v) ** 0.5, field.full_px) * stretch
            lines += _arrow(start, length, atan2(v, u))
        for width, role in ((2.6, "canvas"), (1.1, "text")):
            painter.setPen(QPen(self._theme.colour(role), width))
            painter.drawLines(lines)

    def _paint_region(self, painter: QPainter) -> None:
        region = self._region
        if region is None:
            return
        box = self.picture_box()
        left, top = box.left() + region.left * box.width(), box.top() + region.top * box.height()
        width = (region.right - region.left) * box.width()
        height = (region.bottom - region.top) * box.height()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for thick, role in ((3.0, "canvas"), (1.2, "accent")):
            painter.setPen(QPen(self._theme.colour(role), thick))
            painter.drawRect(QRectF(left, top, width, height))

    def _paint_cross(self, painter: QPainter) -> None:
        if self._cross is None or self.underMouse():
            return
        box = self.picture_box()
        x = box.left() + self._cross[0] * box.width()
        y = box.top() + self._cross[1] * box.height()
        lines = [
            QLineF(x - _CROSS_PX, y, x + _CROSS_PX, y),
            QLineF(x, y - _CROSS_PX, x, y + _CROSS_PX),
        ]
        for width, role in ((3.0, "canvas"), (1.2, "text")):
            painter.setPen(QPen(self._theme.colour(role), width))
            painter.drawLines(lines)


def _arrow(start: QPointF, length: float, angle: float) -> list[QLineF]:
    tip = start + QPointF(length * cos(angle), length * sin(angle))
    barb = min(_HEAD_PX, length / 2.5)
    barbs = [
        QLineF(tip, tip - QPointF(barb * cos(angle + turn), barb * sin(angle + turn)))
        for turn in (pi / 6, -pi / 6)
    ]
    return [QLineF(start, tip), *barbs]
