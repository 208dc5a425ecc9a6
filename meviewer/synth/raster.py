"""Pictures as arrays: blur, noise, resampling, layers. The typed edge to OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]
Mask = NDArray[np.uint8]
Fixed = NDArray[np.int32]
"""Points in 1/16 px, the fixed point of OpenCV's drawing calls."""

FIXED_BITS = 4
_GAMMA = 2.2


def blur(picture: NDArray[np.generic], sigma_px: float, sigma_y_px: float = 0.0) -> Floats:
    """Return the picture after a Gaussian; float32 stays float32, uint8 stays uint8."""
    import cv2

    out: Floats = cv2.GaussianBlur(picture, (0, 0), sigmaX=sigma_px, sigmaY=sigma_y_px)
    return out


def wide_blur(picture: Floats, sigma_px: float) -> Floats:
    """Return about the same as `blur` for wide Gaussians, from a reduced picture."""
    import cv2

    step = max(1, int(sigma_px / 4))
    small_size = (-(-picture.shape[1] // step), -(-picture.shape[0] // step))
    small = cv2.resize(picture, small_size, interpolation=cv2.INTER_AREA)
    size = (picture.shape[1], picture.shape[0])
    out: Floats = cv2.resize(blur(small, sigma_px / step), size, interpolation=cv2.INTER_LINEAR)
    return out


def power(values: Floats, exponent: float) -> Floats:
    """Return float32 values of at least 0 to a power, several times faster than numpy."""
    import cv2

    out: Floats = cv2.pow(np.asarray(values, np.float32), exponent)
    return out


def slope(relief: Floats, dx: int, dy: int, scale: float) -> Floats:
    """Return the Sobel derivative of a relief (H, W) along x or y."""
    import cv2

    out: Floats = cv2.Sobel(relief, cv2.CV_32F, dx, dy, ksize=3, scale=scale)
    return out


def exponential(values: Floats) -> Floats:
    """Return exp of float32 values, several times faster than numpy."""
    import cv2

    out: Floats = cv2.exp(np.asarray(values, np.float32))
    return out


def remap(
    picture: Floats | Mask,
    x: Floats,
    y: Floats,
    *,
    outside: Literal["edge", "zero", "nearest"] = "edge",
) -> Floats:
    """Sample a picture at ``(x, y)`` px.

    Linear, with the edge repeated or with zero outside; ``"nearest"`` takes whole pixels of a map
    of labels and gives 9 outside.
    """
    import cv2

    border = cv2.BORDER_REPLICATE if outside == "edge" else cv2.BORDER_CONSTANT
    how = cv2.INTER_NEAREST if outside == "nearest" else cv2.INTER_LINEAR
    at = (np.asarray(x, np.float32), np.asarray(y, np.float32))
    beyond = 9 if outside == "nearest" else 0
    out: Floats = cv2.remap(picture, *at, how, borderMode=border, borderValue=beyond)
    return out


def noise(rng: np.random.Generator, shape: tuple[int, int], sigma_px: float) -> Floats:
    """Return band-limited noise of unit variance with a correlation length of ``sigma_px``."""
    import cv2

    step = max(1, int(sigma_px / 2))
    coarse = (shape[0] // step + 4, shape[1] // step + 4)
    small = blur(rng.standard_normal(coarse).astype(np.float32), max(sigma_px / step, 0.3))
    large = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    out: Floats = (large - large.mean()) / large.std()
    return out


def streaks(
    rng: np.random.Generator, shape: tuple[int, int], sigma_x_px: float, sigma_y_px: float
) -> Floats:
    """Return noise of unit variance that is drawn out along one axis."""
    out = blur(rng.standard_normal(shape).astype(np.float32), sigma_x_px, sigma_y_px)
    return np.asarray(out / out.std())


def over(back: Floats, layer: Floats) -> Floats:
    """Lay a premultiplied RGBA layer (H, W, 4) over an RGB picture (H, W, 3), float32 0..255."""
    import cv2

    clear = cv2.cvtColor(1 - layer[..., 3] * np.float32(1 / 255), cv2.COLOR_GRAY2RGB)
    front = cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB)
    out: Floats = cv2.add(cv2.multiply(back, clear), front)
    return out


def to_linear(colour: ArrayLike) -> Floats:
    """Return light for display values 0..255."""
    return np.asarray((np.asarray(colour, np.float32) / 255) ** _GAMMA)


def to_display(light: Floats) -> Floats:
    """Return display values 0..255 for light 0..1; brighter light is cut off."""
    return np.asarray(255 * power(np.clip(light, 0, 1), 1 / _GAMMA))


def hsv_colour(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    """Return RGB 0..255 for hue, saturation and value, each 0..1."""
    import cv2

    pixel = np.array([[[hue * 179, saturation * 255, value * 255]]]).astype(np.uint8)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]
    return float(red), float(green), float(blue)


def polygon(mask: Mask, points: Fixed, value: int = 255) -> None:
    """Fill a polygon in place."""
    import cv2

    cv2.fillPoly(mask, [points], value, cv2.LINE_AA, FIXED_BITS)


def polyline(
    picture: Mask,
    points: Fixed,
    value: float | Sequence[float],
    width_px: int,
    closed: bool = False,
) -> None:
    """Draw a line through all points in place."""
    import cv2

    cv2.polylines(picture, [points], closed, value, width_px, cv2.LINE_AA, FIXED_BITS)


def disc(mask: Mask, centre: Fixed, radius_fixed: int, value: int) -> None:
    """Draw a filled circle in place; centre and radius in 1/16 px."""
    import cv2

    at = (int(centre[0]), int(centre[1]))
    cv2.circle(mask, at, radius_fixed, value, -1, cv2.LINE_AA, FIXED_BITS)
