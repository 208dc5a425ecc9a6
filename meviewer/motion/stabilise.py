"""Holding the head still: every frame warped onto one of them, by less than a pixel [ours].

One similarity (shift, turn, scale) a frame is fitted together with the light, robustly, so that
neither a lamp that flickers nor an expression passes for a moving head. Landmarks take no part:
found anew in each frame they jitter by more than a micro-expression moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MotionError
from meviewer.motion.frame_stack import Frames, check_index, read

WORKING_HEIGHT_PX = 170
"""Frames are shrunk by a whole factor to about this height before motion is measured."""

_LEAST_PX = 16
_FEWEST_PIXELS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Stabilised:
    """Frames with the head where it is in the reference frame.

    Attributes
    ----------
    stack : (T, H, W, 3) or (T, H, W) uint8
        Each frame warped once, bicubically; its light is left as it was. Beyond the edges of a
        frame its outermost pixels are repeated.
    transforms : (T, 4) float64
        Shift to the right and downwards, px, turn, rad clockwise on the screen, and growth, 0 for
        none: ``x`` of the reference frame is seen at ``m + shift + (1 + growth) R(turn) (x - m)``,
        with ``m`` the middle of the picture.
    residual_before_px, residual_after_px : (T,) float64
        Motion against the clip's mean picture, RMS over 8 x 8 cells of the stable region at the
        working size, in px of the clip. The light is out of both; noise is in both.
    """

    stack: NDArray[np.uint8]
    transforms: NDArray[np.float64]
    residual_before_px: NDArray[np.float64]
    residual_after_px: NDArray[np.float64]


def stabilise(
    stack: Frames,
    *,
    stable: NDArray[np.bool_] | None = None,
    light: bool = True,
    reference: int = 0,
) -> Stabilised:
    """Warp every frame of a clip onto the reference frame.

    Parameters
    ----------
    stack : (T, H, W, 3) or (T, H, W) uint8, or a sequence of frames
        At least 16 x 16 px. Shifts of up to about a twentieth of the height are found.
    stable : (H, W) bool, optional
        Where the head alone moves; by default everywhere, what moves otherwise loses its say.
    light : bool
        Let offset, gain and a slope of the gain change with each frame. Without it a change of
        the light is taken for motion.
    reference : int
        Frame that keeps its place.

    Returns
    -------
    Stabilised

    Raises
    ------
    MotionError
        If frames differ or are too small, the reference is none, or the stable region has another
        size or hardly a pixel.
    """
    from meviewer.motion import stabilise_fit

    frames = read(stack)
    check_index(reference, len(frames))
    shape = (frames.shape[1], frames.shape[2])
    if min(shape) < _LEAST_PX:
        raise MotionError(
            "These frames are too small to be stabilised",
            where=f"{shape[1]} x {shape[0]} px",
            why=f"a pose needs {_LEAST_PX} px on each side",
            now="use larger frames",
        )
    factor = working_factor(shape)
    small = stabilise_fit.working_frames(frames, factor)
    inside = stabilise_fit.inner((small.shape[1], small.shape[2]))
    inside *= _working_mask(stable, shape, factor)
    slopes = stabilise_fit.slopes(small.mean(axis=0))
    before = stabilise_fit.lit_cells(small, inside, slopes, light=light)
    found = stabilise_fit.fit(small, inside, light=light)
    middle_px = complex(*_off_middle(shape, factor))
    poses = found.poses.enlarged(factor).moved(middle_px).against(reference)
    return Stabilised(
        stack=warped_frames(frames, poses.shift, poses.turn),
        transforms=np.stack(
            (
                poses.shift.real,
                poses.shift.imag,
                np.angle(poses.turn),
                np.abs(poses.turn) - 1,
            ),
            axis=1,
        ),
        residual_before_px=factor
        * stabilise_fit.moved_px(before, slopes[0] * inside, slopes[1] * inside),
        residual_after_px=factor
        * stabilise_fit.moved_px(found.cells, found.slope_x, found.slope_y),
    )


def working_factor(shape: tuple[int, int]) -> int:
    """Return the whole factor by which frames (H, W) are shrunk before motion is measured."""
    return max(1, round(shape[0] / WORKING_HEIGHT_PX))


def warped_frames(
    frames: NDArray[np.uint8], shift: NDArray[np.complex128], turn: NDArray[np.complex128]
) -> NDArray[np.uint8]:
    """Sample each frame at ``m + shift + turn (x - m)``, in complex px, bicubically.

    Parameters
    ----------
    frames : (T, H, W, 3) or (T, H, W) uint8
    shift, turn : (T,) complex128
        Frames with 0 and 1 are copied as they are.

    Returns
    -------
    uint8, of the shape of ``frames``
    """
    from meviewer.motion.stabilise_warp import warp

    out = np.empty_like(frames)
    sampled = np.empty(frames.shape[1:3], np.float32)
    for index, frame in enumerate(frames):
        by, like = complex(shift[index]), complex(turn[index])
        if by == 0 and like == 1:
            out[index] = frame
            continue
        planes = np.moveaxis(frame.reshape(*sampled.shape, -1), -1, 0).astype(np.float32, order="C")
        for channel, plane in enumerate(planes):
            warp(plane, by.real, by.imag, like.real, like.imag, sampled)
            np.clip(np.rint(sampled, out=sampled), 0, 255, out=sampled)
            out[index].reshape(*sampled.shape, -1)[..., channel] = sampled
    return out


def _off_middle(shape: tuple[int, int], factor: int) -> tuple[float, float]:
    """Return where the middle of the picture lies, seen from that of the shrunk one, px."""
    down, across = ((size - size // factor * factor) / 2 for size in shape)
    return across, down


def _working_mask(
    stable: NDArray[np.bool_] | None, shape: tuple[int, int], factor: int
) -> NDArray[np.float32]:
    rows, columns = shape[0] // factor, shape[1] // factor
    if stable is None:
        return np.ones((rows, columns), np.float32)
    if stable.shape != shape:
        raise MotionError(
            "The stable region does not fit the frames",
            where=f"{stable.shape} for frames of {shape}",
            why="it differs in size",
            now="give a mask of the size of the frames",
        )
    cut = stable[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    mask: NDArray[np.float32] = (cut.mean(axis=(1, 3)) >= 0.5).astype(np.float32)
    if np.count_nonzero(mask) < _FEWEST_PIXELS:
        raise MotionError(
            "The stable region is too small",
            where=f"{int(stable.sum())} px",
            why="a pose cannot be told from so little",
            now="mark more of the face, or none for all of it",
        )
    return mask
