"""Light on a relief: key, fill and sky light, occlusion and a soft highlight."""

from __future__ import annotations

import numpy as np

from meviewer.synth.curves import Floats
from meviewer.synth.raster import power, slope, to_display, wide_blur

_OCCLUSION_WIDTHS = (3.0, 9.0)
# Per colour channel: how far the light wraps into the shade (red most: blood scatters it), the
# strengths of key, fill and sky, and how dark the occluded hollows get.
_CHANNELS = (
    (0.42, 0.93, 0.14, 0.15, 0.7),
    (0.30, 0.91, 0.16, 0.16, 1.0),
    (0.25, 0.87, 0.19, 0.18, 1.1),
)


def key_direction(side: float) -> Floats:
    """Return the unit vector to the key light for its side (negative: the picture's left)."""
    key = np.array([side, -0.52, 0.80], np.float32)
    return np.asarray(key / np.linalg.norm(key))


def light(
    relief: Floats,
    albedo: Floats,
    *,
    k: float,
    side: float,
    gloss: Floats | float = 0.1,
    occlusion: float = 0.5,
) -> Floats:
    """Return the lit picture of a relief.

    Parameters
    ----------
    relief : float32 array (H, W)
        Height in nominal px.
    albedo : float32 array (H, W, 3)
        Reflectance, linear, 0 to 1.
    k : float
        Canvas px per nominal px.
    side : float
        Side of the key light.
    gloss : float or array (H, W)
        Strength of the highlight.
    occlusion : float
        How much hollows darken.

    Returns
    -------
    float32 array (H, W, 3)
        RGB, 0 to 255.
    """
    nx, ny, nz = _normals(relief, k)
    key = key_direction(side)
    facing = nx * key[0] + ny * key[1] + nz * key[2]
    fill = np.clip(-0.55 * np.sign(key[0]) * nx + 0.1 * ny + 0.83 * nz, 0, 1)
    hollow = 1 - _openness(relief, k, occlusion)
    shine = gloss * _highlight(nx, ny, nz, key)
    out = np.empty((*relief.shape, 3), np.float32)
    for channel, (wrap, keyed, filled, sky, deep) in enumerate(_CHANNELS):
        wrapped = power(np.clip((facing + wrap) / (1 + wrap), 0, 1), 1.4)
        amount = keyed * wrapped + filled * fill + sky * (0.7 - 0.3 * ny)
        out[..., channel] = albedo[..., channel] * amount * (1 - deep * hollow) + shine
    return to_display(out)


def _normals(relief: Floats, k: float) -> tuple[Floats, Floats, Floats]:
    gx, gy = slope(relief, 1, 0, k / 8), slope(relief, 0, 1, k / 8)
    # Steep edges are flattened: they would turn black.
    gx, gy = gx / (1 + 0.22 * np.abs(gx)), gy / (1 + 0.22 * np.abs(gy))
    nz = 1 / np.sqrt(gx * gx + gy * gy + 1)
    return -gx * nz, -gy * nz, np.asarray(nz)


def _openness(relief: Floats, k: float, strength: float) -> Floats:
    """Return 1 where a point sees the whole sky, less in hollows."""
    out = np.ones_like(relief)
    for width in _OCCLUSION_WIDTHS:
        depth = wide_blur(relief, width * k) - relief
        out *= 1 - strength * np.clip(depth / (2.2 * width), 0, 0.55)
    return out


def _highlight(nx: Floats, ny: Floats, nz: Floats, key: Floats) -> Floats:
    half = key + np.array([0.0, 0.0, 1.0], np.float32)
    half /= np.linalg.norm(half)
    mirror = np.clip(nx * half[0] + ny * half[1] + nz * half[2], 0, 1)
    return np.asarray(power(mirror, 26) * 0.55 + power(mirror, 7) * 0.16)
