"""Class probabilities for an apex some frames earlier or later: a row a class, a column a frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.shapes import mark_shape
from meviewer.present.what_if import Column, WhatIfState, column_words, edge_words

_ROW_PX, _HEAD_PX, _FOOT_PX = 17, 15, 15
_NAMES_MOST_PX, _GAP_PX, _RIGHT_PX = 96, 8, 4
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter

_Key = Qt.Key
_STEPS = {_Key.Key_Left: -1, _Key.Key_Right: 1}
_ENDS = (_Key.Key_Home, _Key.Key_End)
_GO = (_Key.Key_Return, _Key.Key_Enter, _Key.Key_Space)
_WIDER = {_Key.Key_Plus: 1, _Key.Key_Equal: 1, _Key.Key_Minus: -1}


class WhatIfStrip(QWidget):
    """Paints a `WhatIfState`; it changes no label.

    Signals
    -------
    seek_requested(int)
        The playhead shall go to this frame.
    pointed()
        Another column, or none, is under the pointer or chosen with keys.
    runs_wanted()
        The keys are to go to the choice of the run.
    reach_wanted(int)
        The strip is to reach further (1) or less far (-1).
    """

    seek_requested = Signal(int)
    pointed = Signal()
    runs_wanted = Signal()
    reach_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: WhatIfState | None = None
        self._hovered: int | None = None
        self._cursor: int | None = None
        self._playhead = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Class probabilities if the apex lay elsewhere")
        theme.changed.connect(self.update)

    @property
    def state(self) -> WhatIfState | None:
        """What is drawn."""
        return self._state

    @property
    def cursor_column(self) -> int | None:
        """The column that keys have chosen; None: none."""
        return self._cursor

    def show_state(self, state: WhatIfState | None) -> None:
        """Draw these columns, or nothing."""
        before, self._state = self._state, state
        if state is None or before is None or len(before.columns) != len(state.columns):
            self._hovered = self._cursor = None
        self.setFixedHeight(_HEAD_PX + _ROW_PX * self._n_rows + _FOOT_PX)
        self._tell()
        self.update()

    def show_playhead(self, frame: int) -> None:
        """Mark the column of the frame on show."""
        if frame != self._playhead:
            self._playhead = frame
            self.update()

    @property
    def words(self) -> str:
        """What the column under the pointer, or that chosen with keys, shows, in two lines."""
        return self._said(whole=False)

    def column_box(self, at: int) -> QRectF:
        """Return where a column is drawn, head and foot included."""
        width = self._column_width()
        return QRectF(self._left() + at * width, 0, width, self.height())

    def sizeHint(self) -> QSize:
        return QSize(300, _HEAD_PX + _ROW_PX * self._n_rows + _FOOT_PX)

    @property
    def _n_rows(self) -> int:
        return len(self._state.classes) if self._state is not None else 0

    # Pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._column_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._column_at(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and at is not None:
            self._choose(at)
            self._go()

    def event(self, event: QEvent) -> bool:
        # Arrows, Home and Space belong to actions of the window; here they go through the columns.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and event.key() in (*_STEPS, *_ENDS, *_GO, *_WIDER, _Key.Key_Up):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state, key = self._state, Qt.Key(event.key())
        if state is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _STEPS:
            since = state.middle if self._cursor is None else self._cursor
            self._choose(min(max(since + _STEPS[key], 0), len(state.columns) - 1))
        elif key in _ENDS:
            self._choose(0 if key is _Key.Key_Home else len(state.columns) - 1)
        elif key in _GO:
            self._choose(state.middle if self._cursor is None else self._cursor)
            self._go()
        elif key in _WIDER:
            self.reach_wanted.emit(_WIDER[key])
        elif key is _Key.Key_Up:
            self.runs_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._cursor is None and self._state is not None:
            self._choose(self._state.middle)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cursor = None
        self._tell()
        super().focusOutEvent(event)

    def _hover(self, at: int | None) -> None:
        if at != self._hovered:
            self._hovered = at
            self._tell()
            self.update()

    def _choose(self, at: int) -> None:
        self._cursor = at
        self._tell()
        self.update()

    def _go(self) -> None:
        if self._state is not None and self._cursor is not None:
            frame = self._state.columns[self._cursor].frame
            if 0 <= frame < len(self._state.numbers):
                self.seek_requested.emit(frame)

    def _tell(self) -> None:
        words = self._said(whole=True)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.pointed.emit()

    def _said(self, *, whole: bool) -> str:
        at = self._hovered if self._hovered is not None else self._cursor
        return (
            "" if self._state is None or at is None else column_words(self._state, at, whole=whole)
        )

    # Places

    def _left(self) -> float:
        if self._state is None:
            return 0.0
        metrics = QFontMetricsF(self._theme.font(Type.caption, Type.medium))
        widest = max((metrics.horizontalAdvance(name) for name in self._state.classes), default=0)
        return min(widest, _NAMES_MOST_PX) + _GAP_PX

    def _column_width(self) -> float:
        columns = len(self._state.columns) if self._state is not None else 1
        return max(self.width() - self._left() - _RIGHT_PX, 1.0) / columns

    def _column_at(self, x: float) -> int | None:
        if self._state is None or x < self._left():
            return None
        at = int((x - self._left()) / self._column_width())
        return at if at < len(self._state.columns) else None

    def _centre(self, frame: float) -> float:
        assert self._state is not None
        return self._left() + (self._state.place(frame) + 0.5) * self._column_width()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        state = self._state
        if state is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, state)
        self._paint_names(painter, state)
        for at, column in enumerate(state.columns):
            self._paint_column(painter, state, column, self.column_box(at))
        self._paint_marks(painter, state)
        self._paint_cursor(painter)
        self._paint_foot(painter, state)
        painter.end()

    def _rows(self) -> QRectF:
        width = self.width() - self._left() - _RIGHT_PX
        return QRectF(self._left(), _HEAD_PX, width, _ROW_PX * self._n_rows)

    def _paint_ground(self, painter: QPainter, state: WhatIfState) -> None:
        colour, rows = self._theme.colour, self._rows()
        painter.fillRect(rows, colour("plot"))
        labelled = self.column_box(state.middle)
        labelled.setBottom(rows.bottom())
        painter.fillRect(labelled, colour("apex", 0.16))
        if self._hovered is not None:
            over = self.column_box(self._hovered)
            painter.fillRect(over.intersected(rows), colour("hover", 0.7))
        painter.setPen(QPen(colour("line"), 1))
        for row in range(self._n_rows + 1):
            y = rows.top() + row * _ROW_PX
            painter.drawLine(QPointF(rows.left(), y), QPointF(rows.right(), y))

    def _paint_names(self, painter: QPainter, state: WhatIfState) -> None:
        guess = state.columns[state.middle].guess
        best = guess.best if guess is not None and guess.shares else -1
        for row, name in enumerate(state.classes):
            strong = row == best
            font = self._theme.font(Type.caption, Type.medium if strong else Type.regular)
            painter.setFont(font)
            painter.setPen(self._theme.colour("text" if strong else "text_2"))
            box = QRectF(0, _HEAD_PX + row * _ROW_PX, self._left() - _GAP_PX, _ROW_PX)
            elided = QFontMetricsF(font).elidedText(
                name, Qt.TextElideMode.ElideRight, box.width() + 1
            )
            painter.drawText(box, _LEFT, elided)

    def _paint_column(
        self, painter: QPainter, state: WhatIfState, column: Column, box: QRectF
    ) -> None:
        rows, colour = self._rows(), self._theme.colour
        inner = QRectF(box.left() + 1, rows.top(), max(box.width() - 2, 1.0), rows.height())
        if column.outside:
            painter.fillRect(inner, colour("line", 0.6))
            return
        guess = column.guess
        if guess is None or not guess.shares:
            painter.setPen(QPen(colour("text_off"), 1, Qt.PenStyle.DotLine))
            for row in range(self._n_rows):
                y = rows.top() + (row + 1) * _ROW_PX - 2
                painter.drawLine(QPointF(inner.left() + 1, y), QPointF(inner.right() - 1, y))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for row, share in enumerate(guess.shares):
            height = max(share * (_ROW_PX - 3), 1.0)
            bottom = rows.top() + (row + 1) * _ROW_PX - 1
            alpha = (1.0 if row == guess.best else 0.5) * (0.4 if column.stale else 1.0)
            bar = QRectF(inner.left(), bottom - height, inner.width(), height)
            painter.fillRect(bar, colour("prediction", alpha))

    def _paint_marks(self, painter: QPainter, state: WhatIfState) -> None:
        """Mark the labelled apex, and apexes that are suggested, at their very frames."""
        marks = [(one.role, one.frame) for one in state.marks]
        rows, colour = self._rows(), self._theme.colour
        for role, frame in (*marks, ("apex", state.keyframes.apex)):
            x = self._centre(frame)
            if not rows.left() <= x <= rows.right():
                continue
            if role != "apex":
                painter.setPen(QPen(colour(role), 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, rows.top()), QPointF(x, rows.bottom()))
            painter.setPen(QPen(colour("plot"), 1))
            painter.setBrush(colour(role))
            painter.drawPath(mark_shape("apex", x, _HEAD_PX / 2, 9))
        at = state.place(self._playhead)
        if -0.5 <= at <= len(state.columns) - 0.5:
            painter.setPen(QPen(colour("text"), 1))
            x = self._centre(self._playhead)
            painter.drawLine(QPointF(x, rows.bottom()), QPointF(x, rows.bottom() + 4))

    def _paint_cursor(self, painter: QPainter) -> None:
        if self._cursor is not None and self.hasFocus():
            box = self.column_box(self._cursor).intersected(self._rows())
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)

    def _paint_foot(self, painter: QPainter, state: WhatIfState) -> None:
        box = QRectF(self._left(), self.height() - _FOOT_PX, self._rows().width(), _FOOT_PX)
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_3"))
        first, middle, last = edge_words(state)
        painter.drawText(box, _LEFT, first)
        painter.drawText(box, _RIGHT, last)
        painter.drawText(box, _CENTRE, middle)
