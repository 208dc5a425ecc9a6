"""Optical flow by OpenCV: dense inverse search, Farnebäck's polynomials, DeepFlow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MissingExtraError, MotionError
from meviewer.motion.flow_params import DISParams, FarnebackParams
from meviewer.motion.vision import cv2_or_error

Array = NDArray[np.float32]


def dis(first: Array, second: Array, params: DISParams) -> Array:
    """Flow by dense inverse search; OpenCV wants 8 bits, so grey levels are rounded.

    Parameters
    ----------
    first, second : (H, W) float32
        Grey levels, 0..255.

    Returns
    -------
    (H, W, 2) float32
        px.
    """
    cv2 = cv2_or_error()
    presets = {
        "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
        "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
        "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
    }
    search = cv2.DISOpticalFlow_create(presets[params.preset])
    if params.finest_scale is not None:
        search.setFinestScale(params.finest_scale)
    if params.gradient_descent is not None:
        search.setGradientDescentIterations(params.gradient_descent)
    if params.refinement is not None:
        search.setVariationalRefinementIterations(params.refinement)
    try:
        flow = search.calc(_eight_bits(first), _eight_bits(second), None)
    except cv2.error as error:
        raise _refused("DIS", first, str(error)) from error
    return np.asarray(flow, np.float32)


def farneback(first: Array, second: Array, params: FarnebackParams) -> Array:
    """Flow by polynomial expansion.

    Parameters
    ----------
    first, second : (H, W) float32
        Grey levels, 0..255.

    Returns
    -------
    (H, W, 2) float32
        px.
    """
    cv2 = cv2_or_error()
    try:
        flow = cv2.calcOpticalFlowFarneback(
            _eight_bits(first),
            _eight_bits(second),
            None,
            params.pyramid_scale,
            params.levels,
            params.window_px,
            params.iterations,
            params.polynomial_px,
            params.polynomial_sigma_px,
            cv2.OPTFLOW_FARNEBACK_GAUSSIAN if params.gaussian else 0,
        )
    except cv2.error as error:
        raise _refused("Farnebäck", first, str(error)) from error
    return np.asarray(flow, np.float32)


def deepflow(first: Array, second: Array) -> Array:
    """Flow by DeepFlow's energy: brightness, gradients and smoothness, from coarse to fine.

    Parameters
    ----------
    first, second : (H, W) float32
        Grey levels, 0..255.

    Returns
    -------
    (H, W, 2) float32
        px.

    Raises
    ------
    MissingExtraError
        If this OpenCV comes without the contributed modules.
    """
    cv2 = cv2_or_error()
    extra = getattr(cv2, "optflow", None)
    if extra is None or not hasattr(extra, "createOptFlow_DeepFlow"):
        raise MissingExtraError(
            "DeepFlow needs OpenCV's contributed modules",
            where=f"OpenCV {cv2.__version__}",
            why="another package has put an OpenCV without them in the place of ours",
            now="Install it again: pip install --force-reinstall opencv-contrib-python-headless",
        )
    try:
        found = extra.createOptFlow_DeepFlow().calc(_eight_bits(first), _eight_bits(second), None)
    except cv2.error as error:
        raise _refused("DeepFlow", first, str(error)) from error
    return np.asarray(found, np.float32)


def _eight_bits(frame: Array) -> NDArray[np.uint8]:
    from meviewer.motion.flow_input_kernels import eight_bits

    rounded = np.empty(frame.shape, np.uint8)
    eight_bits(np.ascontiguousarray(frame).ravel(), rounded.ravel())
    return rounded


def _refused(method: str, frame: Array, why: str) -> MotionError:
    return MotionError(
        f"OpenCV refuses to compute {method} flow",
        where=f"{frame.shape[1]}x{frame.shape[0]} px",
        why=why,
        now="Change its parameters, or take tvl1",
    )
