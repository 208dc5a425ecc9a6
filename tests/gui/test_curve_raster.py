"""Dense curves as pixels: the first on top, smooth ends, nothing beyond the picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtGui import QColor

from meviewer.gui.widgets.curve_raster import columns_picture, drawn_by_pen

RED, GREEN, BLUE = QColor(255, 0, 0), QColor(0, 255, 0), QColor(0, 0, 255)


@dataclass
class Stripes:
    """One curve: where its columns begin and end."""

    tops: list[float]
    bottoms: list[float]
    colour: QColor = field(default_factory=lambda: RED)


def drawn(curves, width, height, per_px=1):
    tops, bottoms = (
        np.array([getattr(curve, name) for curve in curves], float).reshape(-1, width)
        for name in ("tops", "bottoms")
    )
    colours = [curve.colour for curve in curves]
    found = columns_picture(tops, bottoms, colours, height, per_px)
    canvas = np.zeros((height, width // per_px, 4), np.uint8)
    canvas[found.top : found.top + found.image.height()] = rgba(found.image)
    return canvas


def rgba(picture):
    found = np.frombuffer(picture.constBits(), np.uint8)
    return found.reshape(picture.height(), picture.width(), 4)[..., [2, 1, 0, 3]]


def painted(curves, width, height):
    """Return the same, px by px and curve by curve."""
    canvas = np.zeros((height, width, 4))
    for curve in reversed(curves):
        ink = np.array([*curve.colour.getRgb()[:3], 255])
        for x in range(width):
            for y in range(height):
                covered = min(curve.bottoms[x], y + 1) - max(curve.tops[x], y)
                if covered > 0:
                    canvas[y, x] += covered * (ink - canvas[y, x])
    return canvas


def test_columns_are_filled_and_their_ends_are_smooth():
    found = drawn([Stripes([1, 2.5, np.nan], [4, 3.75, np.nan])], 3, 6)
    assert found[:, 0, 3].tolist() == [0, 255, 255, 255, 0, 0]
    assert found[:, 1, 3].tolist() == [0, 0, 128, 191, 0, 0]
    assert found[3, 1].tolist() == [191, 0, 0, 191]
    assert not found[:, 2].any()


def test_the_first_curve_is_on_top_and_ends_are_mixed_with_what_is_behind():
    curves = [Stripes([2.5], [4], GREEN), Stripes([0], [6], BLUE)]
    found = drawn(curves, 1, 6)[:, 0]
    assert found[0].tolist() == [0, 0, 255, 255]
    assert found[2].tolist() == [0, 128, 128, 255]
    assert found[3].tolist() == [0, 255, 0, 255]


def test_ends_of_a_curve_behind_do_not_shine_through():
    curves = [Stripes([0], [6], GREEN), Stripes([2.5], [4], BLUE)]
    assert (drawn(curves, 1, 6)[:, 0] == [0, 255, 0, 255]).all()


def test_what_lies_outside_is_cut_off():
    found = drawn([Stripes([-9, 4.5, -5, 9], [2, 99, -3, 11])], 4, 6)
    assert found[..., 3].T.tolist() == [
        [255, 255, 0, 0, 0, 0],
        [0, 0, 0, 0, 128, 255],
        [0] * 6,
        [0] * 6,
    ]


@pytest.mark.parametrize("n", [1, 8, 9, 10, 30])
def test_any_number_of_curves_looks_as_if_painted_one_by_one(n):
    rng = np.random.default_rng(n)
    width, height = 40, 30
    curves = []
    for _ in range(n):
        tops = rng.uniform(-3, height, width)
        colour = QColor(*(int(part) for part in rng.integers(1, 256, 3)))
        curves.append(Stripes(tops, tops + 1 + rng.exponential(4, width), colour))
    found = drawn(curves, width, height)
    assert np.abs(found - painted(curves, width, height)).max() <= 1 + n / 4


def test_without_curves_it_is_clear():
    assert not drawn([], 5, 4).any()


def test_two_columns_a_px_are_mixed():
    found = drawn([Stripes([1, 1, 2, 9], [4, 3, 4, 9])], 4, 6, per_px=2)
    assert found[:, 0, 3].tolist() == [0, 255, 255, 127, 0, 0]
    assert found[:, 1].tolist() == [[0] * 4, [0] * 4, *[[127, 0, 0, 127]] * 2, [0] * 4, [0] * 4]


def test_no_more_rows_are_made_than_there_are_curves():
    tops, bottoms = np.full((1, 9), 40.5), np.full((1, 9), 44.0)
    found = columns_picture(tops, bottoms, [RED], 1000)
    assert found.image.height() < 10
    assert found.top + found.image.height() > 44


@pytest.mark.parametrize("per_px", [1, 2])
def test_a_round_pen_is_as_wide_on_a_steep_line_as_on_a_flat_one(per_px):
    """Of a point it fills a disc, and so of any line what a brush of that size would."""
    tops = np.full((2, 41), np.nan)
    tops[:, 20] = 7.0
    halves = np.array([4.3, 1.2])
    above, below = drawn_by_pen(tops, tops, halves, per_px)
    beside = (np.arange(41) - 20) / per_px
    for at, half in enumerate(halves):
        with np.errstate(invalid="ignore"):
            reach = np.sqrt(half**2 - beside**2)
        np.testing.assert_allclose(below[at] - 7, reach)
        np.testing.assert_allclose(7 - above[at], reach)
