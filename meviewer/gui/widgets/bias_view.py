"""The plot of a bias report: a lane a group and keyframe, every event a dot that can be opened."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from meviewer.core.events import Edge
from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.bias_ink import LaneInk
from meviewer.present.bias import dot_words, lane_words
from meviewer.present.bias_plot import BiasPlot, Lane
from meviewer.present.wording import signed

_LEAST_LANE_PX, _MOST_LANE_PX, _GAP_PX = 26.0, 72.0, 12
_LEFT_PX, _RIGHT_PX, _TOP_PX = 178, 20, 6
_AXIS_PX, _LEGEND_PX = 40, 18
_SPREAD = 0.27  # reach of the dots, in lanes
_NEAR_PX = 8.0
_LEAST_WIDTH_PX = 420
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class BiasView(QWidget):
    """Lanes below one another over one axis of ms, which stays in sight while they scroll.

    Arrows go from dot to dot, Return opens the event, as a click does.

    Parameters
    ----------
    theme : Theme
    words : callable, optional
        Returns what one dot of a lane stands for; by default a suggestion beside a label.
    name : str
        What it shows, for those who do not see it.

    Signals
    -------
    chosen(object, object)
        The event of the dot that was clicked (`Compared` in a bias report), and its `Edge`.
    """

    chosen = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        words: Callable[[Lane, int], str] = dot_words,
        name: str = "Shifts of suggested keyframes from the labels",
    ) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._plot = BiasPlot((), -1.0, 1.0, (), 0)
        self._lane_px = _LEAST_LANE_PX
        self._middles: tuple[float, ...] = ()
        self._at: tuple[int, int] | None = None
        self._bottom: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def plot(self) -> BiasPlot:
        """What is drawn."""
        return self._plot

    @property
    def current(self) -> tuple[object, Edge] | None:
        """The event and keyframe of the dot that the mouse or the arrows are on."""
        if self._at is None:
            return None
        lane = self._plot.lanes[self._at[0]]
        return lane.dots[self._at[1]].event, lane.edge

    def show_plot(self, plot: BiasPlot) -> None:
        """Draw another plot."""
        self._plot, self._at = plot, None
        self._arrange()
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.setAccessibleDescription("; ".join(map(lane_words, plot.lanes)))
        self.update()

    def scrolled(self) -> QScrollArea:
        """Return an area that scrolls it, with the axis kept in sight."""
        area = QScrollArea()
        area.setWidget(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.verticalScrollBar().valueChanged.connect(lambda _: self._keep_axis(area))
        area.verticalScrollBar().rangeChanged.connect(lambda *_: self._keep_axis(area))
        return area

    def sizeHint(self) -> QSize:
        lanes = len(self._plot.lanes) * _LEAST_LANE_PX
        return QSize(2 * _LEAST_WIDTH_PX, int(lanes) + self._rest_px())

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH_PX, self.sizeHint().height())

    def place(self, lane: int, dot: int) -> QPointF:
        """Return where a dot is, in px of the widget."""
        one = self._plot.lanes[lane].dots[dot]
        return QPointF(
            self._x(one.beside_ms), self._middles[lane] + one.height * _SPREAD * self._lane_px
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("plot"))
        self._paint_grid(painter)
        ink = LaneInk(self._theme, painter, self._x)
        for at in self._lanes_at(event.rect().top(), event.rect().bottom()):
            self._paint_lane(ink, at)
        self._paint_current(painter)
        self._paint_axis(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_to(self._nearest(event.position()))
        shape = (
            Qt.CursorShape.ArrowCursor if self._at is None else Qt.CursorShape.PointingHandCursor
        )
        self.setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        self._go_to(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go_to(self._nearest(event.position()))
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS and self._plot.lanes:
            self._step(*_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self._choose()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._nearest(QPointF(event.pos()))
            words = "" if found is None else self._words(self._plot.lanes[found[0]], found[1])
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _choose(self) -> None:
        if self.current is not None:
            self.chosen.emit(*self.current)

    def _go_to(self, at: tuple[int, int] | None) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def _step(self, lanes: int, dots: int) -> None:
        """Go to another dot; in another lane to the one that is nearest."""
        if self._at is None:
            self._go_to((0, 0))
            return
        lane = min(max(self._at[0] + lanes, 0), len(self._plot.lanes) - 1)
        if lanes:
            ms = self._plot.lanes[self._at[0]].dots[self._at[1]].ms
            near = [abs(dot.ms - ms) for dot in self._plot.lanes[lane].dots]
            self._go_to((lane, near.index(min(near))))
        else:
            last = len(self._plot.lanes[lane].dots) - 1
            self._go_to((lane, min(max(self._at[1] + dots, 0), last)))

    def _nearest(self, point: QPointF) -> tuple[int, int] | None:
        found, least = None, _NEAR_PX
        for at in self._lanes_at(point.y(), point.y()):
            for number in range(len(self._plot.lanes[at].dots)):
                far = QLineF(point, self.place(at, number)).length()
                if far < least:
                    found, least = (at, number), far
        return found

    def _keep_axis(self, area: QScrollArea) -> None:
        self._bottom = area.verticalScrollBar().value() + area.viewport().height()
        self.update()

    def _x(self, ms: float) -> float:
        plot = self._plot
        share = (ms - plot.low) / (plot.high - plot.low)
        return _LEFT_PX + share * (self.width() - _LEFT_PX - _RIGHT_PX)

    def _lanes_at(self, top: float, bottom: float) -> range:
        """Return the lanes that reach between two heights."""
        first = bisect_left(self._middles, top - self._lane_px)
        return range(first, bisect_right(self._middles, bottom + self._lane_px))

    def _rest_px(self) -> int:
        """Return the height that is not of lanes."""
        return _TOP_PX + self._plot.n_groups * _GAP_PX + _AXIS_PX + _LEGEND_PX

    def _arrange(self) -> None:
        """Share the height among the lanes: dots of equal shifts need room."""
        lanes = self._plot.lanes
        room = (self.height() - self._rest_px()) / max(len(lanes), 1)
        self._lane_px = min(max(room, _LEAST_LANE_PX), _MOST_LANE_PX)
        self._middles = tuple(_middles(lanes, self._lane_px))

    def _paint_grid(self, painter: QPainter) -> None:
        for tick in self._plot.ticks:
            role = "text_3" if tick == 0 else "line"
            painter.setPen(QPen(self._theme.colour(role), 1))
            x = round(self._x(tick)) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _paint_lane(self, ink: LaneInk, at: int) -> None:
        lane, y = self._plot.lanes[at], self._middles[at]
        ink.names(lane, y, _LEFT_PX)
        ink.box(lane, y, self._lane_px)
        ink.dots(lane, [self.place(at, number) for number in range(len(lane.dots))])
        ink.median(lane, y, self._lane_px)

    def _paint_current(self, painter: QPainter) -> None:
        if self._at is not None:
            painter.setPen(QPen(self._theme.colour("text"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.place(*self._at), 5.5, 5.5)

    def _paint_axis(self, painter: QPainter) -> None:
        bottom = self.height() if self._bottom is None else min(self._bottom, self.height())
        top = bottom - _AXIS_PX - _LEGEND_PX
        strip = QRectF(0, top, self.width(), _AXIS_PX + _LEGEND_PX)
        painter.fillRect(strip, self._theme.colour("plot"))
        painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        painter.drawLine(QPointF(_LEFT_PX, top), QPointF(self.width() - _RIGHT_PX, top))
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_3"))
        centre = Qt.AlignmentFlag.AlignCenter
        for tick in self._plot.ticks:
            painter.drawText(QRectF(self._x(tick) - 30, top + 3, 60, 16), centre, signed(tick))
        painter.setPen(self._theme.colour("text_2"))
        across = QRectF(_LEFT_PX, top + 20, self.width() - _LEFT_PX - _RIGHT_PX, 16)
        painter.drawText(across, centre, self._plot.axis)
        painter.setPen(self._theme.colour("text_3"))
        below = QRectF(12, top + _AXIS_PX - 2, self.width() - 24, 16)
        painter.drawText(below, centre, self._plot.legend)


def _middles(lanes: tuple[Lane, ...], lane_px: float) -> Iterator[float]:
    """Give the height of the middle of each lane; between groups there is a gap."""
    y = float(_TOP_PX)
    for at, lane in enumerate(lanes):
        y += _GAP_PX if lane.first and at else 0
        yield y + lane_px / 2
        y += lane_px
