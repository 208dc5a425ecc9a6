"""Compiling all loops ahead, so that the first pictures of a new installation need not wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion import difference_gram, difference_light, flow
from meviewer.motion.head_motion import remove_head_motion
from meviewer.motion.mm_cof import mm_cof
from meviewer.motion.quantiles import quantile_of_sizes

_RATE_HZ = 200.0
_LABEL = Keyframes(20, 30, 45)


def _clip() -> NDArray[np.uint8]:
    """Return a clip that is as small as every loop allows, read-only as decoded clips are."""
    rng = np.random.default_rng(0)
    still = rng.integers(60, 200, (64, 64, 3))
    frames: NDArray[np.uint8] = np.clip(
        still + rng.integers(-9, 10, (64, 64, 64, 3)), 0, 255
    ).astype(np.uint8)
    frames.flags.writeable = False
    return frames


def _flows() -> None:
    flow.warm()
    clip = _clip()
    for frames in (clip, clip[:2].astype(np.float32)):  # as they are, and means of several
        flow.compute(frames[0], frames[1], "dis")


def _mm_cof() -> None:
    rise = np.random.default_rng(0).normal(size=(32, 32, 2)).astype(np.float32)
    found = mm_cof(remove_head_motion(rise), rise)
    quantile_of_sizes(found.magnitude, 0.5)


def _dynamic_images() -> None:
    from meviewer.motion.dynamic_image_kernel import add_weighted

    for frames in (_clip(), _clip().copy()):
        flat = frames.reshape(len(frames), -1)
        add_weighted(np.ones(len(flat), np.float32), flat, 0, np.zeros(64, np.float32))


def _differences() -> None:
    clip = _clip()
    wild = np.where(np.arange(64)[:, None, None, None] % 2, clip, np.uint8(255) - clip)
    wild.flags.writeable = False
    for frames in (clip, wild):
        if difference_gram.multiplies_whole_numbers():
            difference_gram.squared_distances_of_frames(frames)
    difference_light.squared_distances(clip, difference_light.fit(clip))


def _estimate() -> None:
    from meviewer.motion.estimate import estimate

    estimate(_clip(), _LABEL, _RATE_HZ)


def _stabilise() -> None:
    from meviewer.motion.stabilise import stabilise

    # Large enough to be halved.
    stabilise(np.repeat(np.repeat(_clip()[:4], 5, axis=1), 5, axis=2))


STEPS: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        "differences": _differences,
        "dynamic images": _dynamic_images,
        "optical flow": _flows,
        "MM-COF": _mm_cof,
        "estimate": _estimate,
        "stabilisation": _stabilise,
    }
)
"""What is compiled, in the order in which a window asks for it."""
