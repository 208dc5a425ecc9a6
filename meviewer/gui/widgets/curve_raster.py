"""Dense curves as a picture, made column by column: polylines of as many points take far longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPainter

Floats = NDArray[np.float64]
_LAYER = 8  # curves laid over one another at once: each is one bit of what covers a px
_SMOOTH = QImage.Format.Format_ARGB32_Premultiplied


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Pixels, and how many lie above them that are clear."""

    image: QImage
    top: int


def drawn_by_pen(
    tops: Floats, bottoms: Floats, halves: Floats, per_px: int
) -> tuple[Floats, Floats]:
    """Return what a round pen fills of each column that goes along curves.

    Parameters
    ----------
    tops, bottoms : (curves, columns) float64
        Highest and lowest point of each curve in each column, in px; NaN where there is none.
    halves : (curves,) float64
        Half the width of the pen, in px.
    per_px : int
        Columns a px.
    """
    above, below = tops - halves[:, None], bottoms + halves[:, None]
    for by in range(1, ceil(halves.max(initial=0) * per_px)):
        reach = halves**2 - (by / per_px) ** 2
        # A pen that does not reach as far leaves the column alone.
        reach = np.sqrt(np.where(reach > 0, reach, np.nan))[:, None]
        for here, there in ((slice(by, None), slice(-by)), (slice(-by), slice(by, None))):
            np.fmin(above[:, here], tops[:, there] - reach, out=above[:, here])
            np.fmax(below[:, here], bottoms[:, there] + reach, out=below[:, here])
    return above, below


def columns_picture(
    tops: Floats, bottoms: Floats, colours: Sequence[QColor], height: int, per_px: int = 1
) -> Picture:
    """Draw curves over one another, the first on top, on a transparent ground.

    The ends of each column are smooth: a px that is filled in part is mixed with what is behind.

    Parameters
    ----------
    tops, bottoms : (curves, columns) float64
        What each curve fills of each column, in px from the upper edge of the picture, one px
        apart at least; NaN where there is nothing. What lies outside is cut off.
    colours : sequence of QColor
        Of each curve; opaque.
    height : int
        Of the whole picture, in px.
    per_px : int
        Columns a px, 1 or 2: two make the sides of steep lines smooth as well.
    """
    tops, bottoms = (np.fmin(np.fmax(ends, 0), height) for ends in (tops, bottoms))
    first = max(int(tops.min(initial=height, where=bottoms > 0)) - 1, 0)
    height = max(min(ceil(bottoms.max(initial=0)) + 1, height) - first, 1)
    tops, bottoms = (np.clip(ends - first, 0, height) for ends in (tops, bottoms))
    layers = [
        _layer(tops[at : at + _LAYER], bottoms[at : at + _LAYER], colours[at : at + _LAYER], height)
        for at in range(0, max(len(colours), 1), _LAYER)
    ]
    picture = layers.pop()
    if layers:
        painter = QPainter(picture)
        for layer in reversed(layers):
            painter.drawImage(0, 0, layer)
        painter.end()
    return Picture(_halved(picture) if per_px == 2 else picture, first)


def _halved(picture: QImage) -> QImage:
    """Return a picture half as wide: the mean of each two neighbours, all four bytes at once."""
    result = QImage(picture.width() // 2, picture.height(), _SMOOTH)
    pairs = np.frombuffer(picture.constBits(), np.uint32).reshape(-1, 2)
    left, right = pairs[:, 0], pairs[:, 1]
    mean = np.frombuffer(result.bits(), np.uint32)
    np.bitwise_xor(left, right, out=mean)
    mean &= 0xFEFEFEFE
    mean >>= 1
    mean += left & right
    return result


def _layer(tops: Floats, bottoms: Floats, colours: Sequence[QColor], height: int) -> QImage:
    """Draw what is covered wholly at once, then the ends from the back to the front."""
    width = tops.shape[1]
    first, stop = np.ceil(tops), np.floor(bottoms)
    columns = np.arange(width)
    begins, ends = (rows.astype(np.intp) * width + columns for rows in (first, stop))
    covering = _covering(begins, ends, width, height)
    picture = QImage(covering.data, width, height, width, QImage.Format.Format_Indexed8)
    picture.setColorTable(_foremost(colours))
    picture = picture.convertToFormat(_SMOOTH)
    # Above the first px that is covered wholly and below the last one; nothing at the borders.
    below = np.where(stop < height, ends, columns)
    places = np.concatenate((np.maximum(begins - width, columns), below), axis=1)
    shares = np.concatenate((first - tops, bottoms - stop), axis=1).astype(np.float32)
    in_front = (1 << np.arange(len(colours), dtype=np.uint8)) - 1
    shares *= covering.take(places) & in_front[:, None] == 0
    pixels = np.frombuffer(picture.bits(), np.uint32)
    for colour, where, share in reversed(tuple(zip(colours, places, shares, strict=True))):
        mixed = pixels.take(where).view(np.uint8).reshape(-1, 4).astype(np.float32)
        mixed += share[:, None] * (_bytes(colour) - mixed)
        mixed += 0.5
        pixels[where] = mixed.astype(np.uint8).view(np.uint32).ravel()
    return picture


def _covering(
    begins: NDArray[np.intp], ends: NDArray[np.intp], width: int, height: int
) -> NDArray[np.uint8]:
    """Return which curves cover each px wholly, a bit for each: it turns at both ends."""
    covering = np.zeros((height + 1) * width, np.uint8)
    for at, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        covering[begin] ^= 1 << at
        covering[end] ^= 1 << at
    rows = covering.reshape(height + 1, width)
    for above, row in pairwise(rows):
        np.bitwise_xor(above, row, out=row)  # `accumulate` goes px by px, which takes longer
    return covering


def _foremost(colours: Sequence[QColor]) -> list[int]:
    """Return the colour seen for each set of curves, which are the bits of the index."""
    seen = np.zeros(1 << len(colours), np.uint32)
    for at, colour in reversed(tuple(enumerate(colours))):
        seen.reshape(-1, 2, 1 << at)[:, 1, :] = colour.rgba()
    return seen.tolist()


def _bytes(colour: QColor) -> NDArray[np.float32]:
    """Return an opaque colour as Qt keeps a px, least byte first."""
    return np.array((colour.blue(), colour.green(), colour.red(), 255), np.float32)
