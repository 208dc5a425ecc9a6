"""Optical strain: how much the skin is stretched, which moving the head does not change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError

Array = NDArray[np.float32]


def strain_tensor(flow: Array) -> tuple[Array, Array, Array]:
    """Return the symmetric part of the gradient of a flow.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.

    Returns
    -------
    e_xx, e_yy, e_xy : (H, W) float32
        Stretch to the right, downwards, and shear ``(du/dy + dv/dx) / 2``; px per px.

    Raises
    ------
    MotionError
        If the flow is not (H, W, 2), or has fewer than 2 px on a side.
    """
    if flow.ndim != 3 or flow.shape[2] != 2 or min(flow.shape[:2]) < 2:
        raise MotionError(
            "There is no strain of this flow",
            why=f"its shape is {flow.shape}",
            now="Give (H, W, 2) with at least 2 px on each side",
        )
    u_y, u_x = np.gradient(flow[..., 0].astype(np.float32))
    v_y, v_x = np.gradient(flow[..., 1].astype(np.float32))
    shear = (u_y + v_x) / np.float32(2.0)
    return np.asarray(u_x, np.float32), np.asarray(v_y, np.float32), np.asarray(shear, np.float32)


def strain(flow: Array) -> Array:
    """Return the magnitude of the optical strain.

    ``sqrt(e_xx^2 + e_yy^2 + 2 e_xy^2)`` [paper: Shreve et al. 2011]: zero for a translation, and
    for a rotation up to the square of its angle.

    Parameters
    ----------
    flow : (H, W, 2) float32
        px.

    Returns
    -------
    (H, W) float32
        px per px.
    """
    e_xx, e_yy, e_xy = strain_tensor(flow)
    size: Array = np.sqrt(e_xx**2 + e_yy**2 + np.float32(2.0) * e_xy**2)
    return size
