"""Annotate, question, inspect and learn facial micro-expressions.

The library half needs no Qt: ``meviewer.open_clip``, ``meviewer.motion``, ``meviewer.experiment``,
``meviewer.nn`` and ``meviewer.synth`` can be used from a script or a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from meviewer.data.clip import Clip

__version__ = "0.1.0"
__all__ = ["__version__", "open_clip"]


def open_clip(path: str | Path, rate: Fraction | None = None) -> Clip:
    """Open an image folder, a video or an HDF5 file as a clip.

    Parameters
    ----------
    path : path-like
        Folder of numbered images, video file, or HDF5 file.
    rate : Fraction, optional
        Frames per second, for sources that do not say it themselves.

    Returns
    -------
    Clip
        Frames by ``frame(i) -> (H, W, 3) uint8 RGB``, with ``n_frames``, ``rate``, ``size`` (H, W)
        and ``numbers``.

    Raises
    ------
    meviewer.core.errors.ClipError
        If the path holds no readable clip; the message says what, where, why and what now.
    """
    from meviewer.data.clip import open_clip as opened

    return opened(path, rate=rate)
