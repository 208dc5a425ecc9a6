"""Open a clip, whatever it is stored as."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import ClipError
from meviewer.data.clip_base import Clip, Frame
from meviewer.data.folder_listing import SUFFIXES, is_image
from meviewer.data.frame_cache import FrameCache

__all__ = ["Clip", "Frame", "open_clip"]

HDF5_SUFFIXES = frozenset({".h5", ".hdf5", ".hdf"})
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def open_clip(
    path: str | Path, rate: Fraction | None = None, cache: FrameCache | None = None
) -> Clip:
    """Open a folder of numbered images, a video, or an HDF5 file.

    Parameters
    ----------
    path : path-like
    rate : Fraction, optional
        Frames per second. It comes before what the source says: high-speed recordings are often
        stored to be played slowly.
    cache : FrameCache, optional
        Where decoded frames are kept; by default the clip has one of its own.

    Returns
    -------
    Clip

    Raises
    ------
    ClipError
        If there is nothing at the path, or no clip that can be read.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        from meviewer.data.clip_folder import FolderClip

        return FolderClip(place, rate, cache)
    _check_file(place)
    if place.suffix.lower() in HDF5_SUFFIXES or _starts_with(place, _HDF5_SIGNATURE):
        from meviewer.data.clip_hdf5 import Hdf5Clip

        return Hdf5Clip(place, rate, cache)
    from meviewer.data.clip_video import VideoClip

    return VideoClip(place, rate, cache)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise ClipError(
            "No such clip",
            where=str(path),
            why="there is neither a file nor a folder of that name",
            now="check the path, or connect the disk it lies on",
        )
    if is_image(path.name):
        raise ClipError(
            "Not a clip but one image",
            where=str(path),
            why=f"files ending in {', '.join(sorted(SUFFIXES))} are frames of a folder",
            now=f"open the folder {path.parent.name!r} instead",
        )
    if path.is_file() and not path.stat().st_size:
        raise ClipError(
            "Not a clip",
            where=str(path),
            why="the file is empty",
            now="restore it from its source",
        )


def _starts_with(path: Path, signature: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(signature)) == signature
    except OSError as error:
        raise ClipError(
            "Could not read the file",
            where=str(path),
            why=error.strerror or str(error),
            now="check that you may read it",
        ) from error
