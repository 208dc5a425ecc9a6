"""Write clips as HDF5 files.

Layout
------
``/frames``
    uint8, (T, H, W, 3) RGB or (T, H, W) grey; one frame a chunk, not compressed (a compressed
    chunk is slower to read than a JPEG file to decode). Attribute ``rate``: text such as
    ``"200/1"``, frames per second; may be missing.
``/numbers``
    int64, (T,), optional: frame numbers of the data set, strictly increasing.
``/pts_ms``
    float64, (T,), optional: time of each frame in ms from the first one.

The file has the attributes ``format = "meviewer-clip"`` and ``version = 1``; other files with
``/frames`` of that shape are read as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError
from meviewer.core.frames import rate_text
from meviewer.data.atomic import replacing
from meviewer.data.hdf5_file import NewHdf5, new_hdf5

FORMAT = "meviewer-clip"
VERSION = 1


def write_hdf5(
    path: Path,
    frames: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
    rate: Fraction | None = None,
    numbers: Sequence[int] | None = None,
    pts_ms: Sequence[float] | None = None,
) -> None:
    """Write frames as an HDF5 clip, whole or not at all.

    Parameters
    ----------
    path : Path
        File to create or replace.
    frames : sequence of (H, W, 3) or (H, W) uint8 arrays
        One after the other is read, so that a `Clip` of any length can be given.
    rate : Fraction, optional
        Frames per second.
    numbers : sequence of int, optional
        Frame numbers, strictly increasing.
    pts_ms : sequence of float, optional
        Times in ms.

    Raises
    ------
    ClipError
        If there are no frames, their sizes differ, or the numbers do not fit.
    StorageError
        If the disk refuses.
    """
    _check_numbers(path, len(frames), numbers, pts_ms)
    with replacing(path) as beside, new_hdf5(beside) as new:
        file = new.root
        file.attrs["format"] = FORMAT
        file.attrs["version"] = VERSION
        stored = _write_frames(path, new, frames)
        if rate is not None:
            stored.attrs["rate"] = rate_text(rate)
        if numbers is not None:
            file["numbers"] = np.asarray(numbers, dtype=np.int64)
        if pts_ms is not None:
            file["pts_ms"] = np.asarray(pts_ms, dtype=np.float64)


def _write_frames(
    path: Path, new: NewHdf5, frames: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
) -> Any:
    shape = frames[0].shape
    stored = new.root.create_dataset(
        "frames", (len(frames), *shape), dtype=np.uint8, chunks=(1, *shape)
    )
    for index, frame in enumerate(frames):
        if frame.shape != shape or frame.dtype != np.uint8:
            raise ClipError(
                "The frames differ",
                where=f"{path}, frame index {index}",
                why=f"it is {frame.dtype} of shape {frame.shape}, the first one uint8 of {shape}",
                now="bring all frames to one size and to 8 bits",
            )
        stored[index] = frame
        new.check()
    return stored


def _check_numbers(
    path: Path, n_frames: int, numbers: Sequence[int] | None, pts_ms: Sequence[float] | None
) -> None:
    why = ""
    if not n_frames:
        why = "there are no frames"
    for name, values in (("frame numbers", numbers), ("times", pts_ms)):
        if values is None:
            continue
        if len(values) != n_frames:
            why = f"there are {len(values)} {name} for {n_frames} frames"
        elif any(b <= a for a, b in pairwise(values)):
            why = f"the {name} do not increase"
    if why:
        raise ClipError("Could not write the clip", where=str(path), why=why, now="check the input")
