"""The files of one ready flow picture: which belong together, and their values u, v, strain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.data.image_header import what_is_missing

_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_PARTS = {"u": 0, "v": 1, "s": 2, "os": 2, "strain": 2}
_PART = re.compile(r"(.+)[_-](u|v|s|os|strain)", re.IGNORECASE)
_MOST_BYTES = 64 << 20
_MOST_SIDE_PX = 4096


class PictureError(ValueError):
    """A picture cannot be used; the text says why."""


def group_of(path: Path) -> str:
    """Return the sample that a file belongs to: its path without ending and part.

    Empty if it is no picture.
    """
    if path.suffix.lower() not in (*_PICTURES, ".npy"):
        return ""
    plain = path.with_suffix("")
    match = _PART.fullmatch(plain.name)
    return (plain.with_name(match[1]) if match else plain).as_posix()


def read_picture(files: Sequence[Path], *, backwards: bool) -> NDArray[np.float32]:
    """Return u, v and strain of one sample, shape (3, H, W), float32.

    Parameters
    ----------
    files : sequence of Path
        One of three channels, or one a channel.
    backwards : bool
        The channels of one picture are strain, v, u.

    Raises
    ------
    PictureError
        If a file is damaged, or they are not these three.
    """
    if len(files) == 1:
        planes = _planes(files[0])
        if len(planes) != 3:
            raise PictureError(f"it has {len(planes)} channels, not u, v and strain")
        if np.array_equal(planes[0], planes[1]) and np.array_equal(planes[1], planes[2]):
            raise PictureError("it is a grey picture: u, v and strain cannot be equal")
        return np.ascontiguousarray(planes[::-1] if backwards else planes)
    return _joined(files)


def _joined(files: Sequence[Path]) -> NDArray[np.float32]:
    """Join three grey pictures by the ends of their names."""
    found: dict[int, NDArray[np.float32]] = {}
    for path in files:
        match = _PART.fullmatch(path.stem)
        part = _PARTS[match[2].lower()] if match else -1
        if part < 0 or part in found:
            raise PictureError("several files have its name")
        planes = _planes(path)
        if len(planes) > 1 and not all(np.array_equal(planes[0], other) for other in planes):
            raise PictureError(f"{path.name} is coloured, not one channel")
        found[part] = planes[0]
    missing = [name for name, part in (("u", 0), ("v", 1), ("strain", 2)) if part not in found]
    if missing:
        raise PictureError(f"its picture of {missing[0]} is missing")
    if len({plane.shape for plane in found.values()}) > 1:
        raise PictureError("its pictures of u, v and strain have different sizes")
    return np.stack([found[part] for part in range(3)])


def _planes(path: Path) -> NDArray[np.float32]:
    """Return the channels of a file, red first, shape (C, H, W), float32."""
    if path.stat().st_size > _MOST_BYTES:
        raise PictureError("it is larger than any flow picture")
    values = _array(path) if path.suffix.lower() == ".npy" else _image(path)
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim == 3 and values.shape[0] in (1, 3) and values.shape[2] not in (1, 3):
        values = np.moveaxis(values, 0, -1)
    if values.ndim != 3 or not 1 < min(values.shape[:2]) <= max(values.shape[:2]) <= _MOST_SIDE_PX:
        raise PictureError(f"its shape {values.shape} is that of no flow picture")
    planes = np.moveaxis(values, -1, 0).astype(np.float32)
    if not np.isfinite(planes).all():
        raise PictureError("some of its values are no numbers")
    return planes


def _array(path: Path) -> NDArray[np.generic]:
    try:
        found: object = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise PictureError(f"it is no array of numbers ({error})") from error
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu":
        raise PictureError("it is no array of numbers")
    return found


def _image(path: Path) -> NDArray[np.generic]:
    import cv2

    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    missing = what_is_missing(data)
    if missing:
        raise PictureError(missing)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise PictureError(f"OpenCV refuses it: {error.err}") from error
    if image is None:
        raise PictureError("the file is damaged, or no picture that OpenCV can read")
    planes = image if image.ndim == 3 else image[..., None]
    return np.asarray(planes[..., 2::-1] if planes.shape[2] >= 3 else planes[..., :1])
