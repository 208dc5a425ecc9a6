"""Small painted signs: keyframe shapes, who-says-so swatches, meters and colour legends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QConicalGradient, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from meviewer.gui.theme import Theme, ThemeName, Type
from meviewer.gui.widgets.painting import keeps_vectors
from meviewer.gui.widgets.shapes import fill_source, mark_shape

ColourTable: TypeAlias = NDArray[np.uint8]
"""A colour map: (256, 3) uint8."""

_FINER = 8  # px of a picture of the wheel for each px of the screen
_WHEEL_STEPS = 32


class _Sign(QWidget):
    """A widget that is painted in the colours of the theme and nothing else."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)

    def _painter(self) -> QPainter:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter


class Mark(_Sign):
    """Shape and colour of a keyframe: ``onset``, ``apex`` or ``offset``."""

    def __init__(self, theme: Theme, role: str, size: int = 10) -> None:
        super().__init__(theme)
        self._role, self._side = role, size
        self.setFixedSize(size + 4, size + 4)
        self.setAccessibleName(role)

    def set_role(self, role: str) -> None:
        """Show another keyframe."""
        self._role = role
        self.setAccessibleName(role)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        middle = (self._side + 4) / 2
        shape = mark_shape(self._role, middle, middle, self._side)
        self._painter().fillPath(shape, self._theme.colour(self._role))


class Swatch(_Sign):
    """Who says so: a coder solid, a machine hatched and dashed."""

    def __init__(
        self, theme: Theme, role: str, *, machine: bool = False, width: int = 10, height: int = 10
    ) -> None:
        super().__init__(theme)
        self._role, self._machine = role, machine
        self.setFixedSize(width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill_source(self._painter(), self._theme, box, self._role, machine=self._machine, radius=2)


class Meter(_Sign):
    """A share of 1 as a short bar; a number stands beside it, for a bar alone says too little."""

    def __init__(
        self,
        theme: Theme,
        share: float = 0.0,
        role: str = "text_2",
        *,
        width: int | None = 56,
        height: int = 4,
        name: str = "",
    ) -> None:
        super().__init__(theme)
        self._share, self._role = share, role
        self.setFixedHeight(height + 2)
        self.setAccessibleName(name)
        if width is None:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        else:
            self.setFixedWidth(width)

    @property
    def share(self) -> float:
        """What is shown, 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        """Show another share, 0 to 1."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleDescription(f"{self._share:.0%}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter()
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(0, 1, self.width(), self.height() - 2)
        painter.setBrush(self._theme.colour("line_strong"))
        painter.drawRoundedRect(box, 2, 2)
        if self._share > 0:
            box.setWidth(max(self._share * self.width(), 3))
            painter.setBrush(self._theme.colour(self._role))
            painter.drawRoundedRect(box, 2, 2)


class ColourBar(_Sign):
    """Legend of a colour map: the bar between its lowest and highest value in words.

    Parameters
    ----------
    table_for : callable
        Gives the (256, 3) uint8 map for the ground ``"dark"`` or ``"light"``.
    """

    def __init__(
        self,
        theme: Theme,
        table_for: Callable[[ThemeName], ColourTable],
        low: str,
        high: str,
        *,
        middle: bool = False,
        width: int | None = None,
    ) -> None:
        super().__init__(theme)
        self._table_for, self._low, self._high, self._middle = table_for, low, high, middle
        self.setFixedHeight(16)
        if width is not None:
            self.setFixedWidth(width)
        self.set_range(low, high)

    def set_range(self, low: str, high: str) -> None:
        """Change the words at both ends."""
        self._low, self._high = low, high
        self.setAccessibleName(f"colour scale from {low} to {high}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self._theme.font(Type.caption))
        painter.setPen(self._theme.colour("text_2"))
        metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, self._low)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, self._high)
        left = metrics.horizontalAdvance(self._low) + 6
        right = metrics.horizontalAdvance(self._high) + 6
        bar = QRectF(left, 5, self.width() - left - right, 6)
        painter.drawImage(bar, to_image(self._table_for(self._theme.name)[None]))
        if self._middle:
            x = bar.center().x()
            painter.setPen(QPen(self._theme.colour("text"), 1))
            painter.drawLine(QPointF(x, 3), QPointF(x, 13))


class Wheel(_Sign):
    """Legend of flow: which hue is which way.

    Parameters
    ----------
    table : (256, 3) uint8
        Entry 0 points right, a quarter turn is down.
    """

    def __init__(self, theme: Theme, table: ColourTable, side: int = 34) -> None:
        super().__init__(theme)
        self._table, self._side = table, side
        self.setFixedSize(side, side)
        self.setAccessibleName("direction of motion by hue")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self._painter()
        if keeps_vectors(painter):
            # SVG has no gradient that runs around: there the wheel is a small picture.
            painter.drawImage(QRectF(self.rect()), self._picture())
        else:
            self._paint(painter)

    def _picture(self) -> QImage:
        image = QImage(self.size() * _FINER, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(QColor(0, 0, 0, 0))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_FINER, _FINER)
        self._paint(painter)
        painter.end()
        return image

    def _paint(self, painter: QPainter) -> None:
        middle = QPointF(self._side / 2, self._side / 2)
        gradient = QConicalGradient(middle, 0)
        for step in range(
            _WHEEL_STEPS + 1
        ):  # Qt's angle runs counter-clockwise, the map's does not
            r, g, b = (int(v) for v in self._table[(256 - step * 8) % 256])
            gradient.setColorAt(step / _WHEEL_STEPS, QColor(r, g, b))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(gradient))
        painter.drawEllipse(middle, self._side / 2 - 1, self._side / 2 - 1)
        painter.setBrush(self._theme.colour("panel"))
        painter.drawEllipse(middle, self._side / 5, self._side / 5)


def to_image(pixels: ColourTable) -> QImage:
    """Return (H, W, 3) uint8 RGB as an image that owns its memory."""
    block = np.ascontiguousarray(pixels)
    height, width = block.shape[:2]
    image = QImage(block.data, width, height, block.strides[0], QImage.Format.Format_RGB888)
    return image.copy()
