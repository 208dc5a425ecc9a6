"""Painting in the colours of the theme: text, lines and long curves of the timeline."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF, QStaticText

from meviewer.gui.theme import Theme, Type
from meviewer.gui.widgets.painting import keeps_vectors
from meviewer.present.timeline_geometry import Box

# To put flags together takes as long as to draw a line, so it is done once.
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_MOST_WORDS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A picture, and how far below its place it begins, in px of the device."""

    picture: QPixmap
    down: int = 0


class Kept:
    """Pictures of what takes long to draw and is mostly the same from one painting to the next.

    A smooth line of a hundred points takes some milliseconds, and while a keyframe is dragged
    most lines stay what they are. What the last painting did not use is forgotten.
    """

    def __init__(self) -> None:
        self._now: dict[Hashable, Sheet] = {}
        self._before: dict[Hashable, Sheet] = {}
        self._words: dict[tuple[str, int, int], tuple[QStaticText, float]] = {}

    def begin(self) -> None:
        """Begin another painting."""
        self._before, self._now = self._now, {}

    def sheet(self, key: Hashable, make: Callable[[], Sheet]) -> Sheet:
        """Return what this key stood for last time, or make it."""
        found = self._before.get(key)
        self._now[key] = make() if found is None else found
        return self._now[key]

    def words(self, text: str, size: int, weight: int, font: QFont) -> tuple[QStaticText, float]:
        """Return a line with its letters in place, and how wide it is, in px."""
        key = (text, size, weight)
        if key not in self._words:
            if len(self._words) >= _MOST_WORDS:
                self._words.clear()
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            laid_out.prepare(font=font)
            self._words[key] = laid_out, QFontMetricsF(font).horizontalAdvance(text)
        return self._words[key]


class Ink:
    """A painter that knows roles instead of colours.

    Parameters
    ----------
    kept : Kept, optional
        Where `unchanged` looks for what was drawn before; without it everything is drawn anew.
    """

    def __init__(self, painter: QPainter, theme: Theme, kept: Kept | None = None) -> None:
        self.painter, self.theme, self._kept = painter, theme, kept
        self._metrics: dict[tuple[int, int], QFontMetricsF] = {}
        self._vectors = keeps_vectors(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def on(self, painter: QPainter) -> Ink:
        """Return the same colours and kept pictures for another painter."""
        return Ink(painter, self.theme, self._kept)

    def word(
        self,
        x: float,
        middle: float,
        words: str,
        role: str = "text_3",
        *,
        size: int = Type.caption,
        weight: int = Type.regular,
    ) -> None:
        """Write one line from ``x`` on, centred upright on ``middle``; never cut off."""
        height = self.metrics(size, weight).height()
        if self._vectors:
            box = Box(x, middle - height / 2, self.text_width(words, size, weight) + 2, height)
            self.text(box, words, role, size=size, weight=weight)
            return
        font = self.theme.font(size, weight)
        self.painter.setFont(font)
        self.painter.setPen(self.theme.colour(role))
        laid_out, _ = (self._kept or Kept()).words(words, size, weight, font)
        self.painter.drawStaticText(QPointF(x, middle - height / 2), laid_out)

    def text(
        self,
        box: Box,
        words: str,
        role: str = "text_3",
        *,
        size: int = Type.caption,
        weight: int = Type.regular,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        """Write one line, centred upright in its box."""
        self.painter.setFont(self.theme.font(size, weight))
        self.painter.setPen(self.theme.colour(role))
        self.painter.drawText(rect(box), align, words)

    def text_width(self, words: str, size: int = Type.caption, weight: int = Type.regular) -> float:
        """Return how wide a line is, in px."""
        if self._kept is not None:
            return self._kept.words(words, size, weight, self.theme.font(size, weight))[1]
        return self.metrics(size, weight).horizontalAdvance(words)

    def metrics(self, size: int, weight: int) -> QFontMetricsF:
        """Return the measures of a font of the theme."""
        key = (size, weight)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.theme.font(size, weight))
        return self._metrics[key]

    def fill(self, box: Box, role: str, alpha: float = 1.0) -> None:
        """Fill a box with sharp edges."""
        self.painter.fillRect(rect(box), self.theme.colour(role, alpha))

    def rounded(
        self,
        box: Box,
        radius: float,
        role: str | None,
        alpha: float = 1.0,
        *,
        outline: str | None = None,
        width: float = 1.0,
    ) -> None:
        """Fill and outline a rounded box; without a role it stays hollow."""
        pen = QPen(self.theme.colour(outline), width) if outline else Qt.PenStyle.NoPen
        self.painter.setPen(pen)
        self.painter.setBrush(self.theme.colour(role, alpha) if role else Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect(box), radius, radius)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        role: str,
        *,
        alpha: float = 1.0,
        width: float = 1.0,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """Draw a straight line."""
        self.painter.setPen(QPen(self.theme.colour(role, alpha), width, style))
        self.painter.drawLine(QPointF(*start), QPointF(*end))

    def unchanged(
        self, box: Box, key: Hashable, draw: Callable[[QPainter], None], *, opaque: bool = False
    ) -> None:
        """Draw inside a box, or copy what was drawn before for the same key.

        Parameters
        ----------
        key : Hashable
            Everything that the drawing depends on.
        draw : callable
            Takes a painter in the same coordinates as this one.
        opaque : bool
            Nothing shines through: letters then look as they do when drawn without a copy.
        """
        ratio = self.painter.device().devicePixelRatioF()
        # Between device px a copy would be blurred.
        if self._kept is None or ratio != int(ratio):
            draw(self.painter)
            return
        left, top = floor(box.left), floor(box.top)
        size = ceil(box.right) - left, ceil(box.bottom) - top
        sheet = self._kept.sheet(
            (left, top, size, ratio, key), lambda: _drawn(left, top, size, ratio, draw, opaque)
        )
        self.painter.drawPixmap(left, top, sheet.picture)

    def kept(self, key: Hashable, make: Callable[[], Sheet]) -> Sheet:
        """Return what was drawn for this key before, or draw it."""
        return make() if self._kept is None else self._kept.sheet(key, make)

    @contextmanager
    def clipped(self, box: Box) -> Iterator[None]:
        """Paint inside a box only."""
        self.painter.save()
        self.painter.setClipRect(rect(box), Qt.ClipOperation.IntersectClip)
        try:
            yield
        finally:
            self.painter.restore()


def _drawn(
    left: int,
    top: int,
    size: tuple[int, int],
    ratio: float,
    draw: Callable[[QPainter], None],
    opaque: bool,
) -> Sheet:
    picture = QPixmap(max(round(size[0] * ratio), 1), max(round(size[1] * ratio), 1))
    picture.setDevicePixelRatio(ratio)
    if not opaque:
        picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-left, -top)
    draw(painter)
    painter.end()
    return Sheet(picture)


def rect(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.left, box.top, box.width, box.height)


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """Return points as a polygon without making a Python object for each of them.

    Qt reads a polygon from a stream: the number of points, then their coordinates, big-endian.
    """
    points = np.column_stack((x, y)).astype(">f8")
    head = np.array([len(points)], ">u4").tobytes()
    stream = QDataStream(QByteArray(head + points.tobytes()))
    result = QPolygonF()
    stream >> result
    return result
