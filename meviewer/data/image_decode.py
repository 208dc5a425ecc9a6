"""From the bytes of an image file to uint8 RGB: grey, 16 bits, palettes and alpha included."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from meviewer.data.image_header import what_is_missing


class ImageError(ValueError):
    """The bytes cannot be shown as a picture; the text says why."""


def decode_rgb(
    data: bytes, bits: int = 16, room: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Decode an image file.

    Parameters
    ----------
    data : bytes
        A whole file: JPEG, PNG, BMP, TIFF, or what else OpenCV reads.
    bits : int
        Significant bits of a channel that is stored in 16 bits, 1 to 16. The scale is fixed, so
        that frames of one clip stay comparable: ``round(value * 255 / (2**bits - 1))``, at most
        255. [ours]
    room : (H, W, 3) uint8, optional
        Where the picture is written if it has this size: fresh memory takes longer than decoding.

    Returns
    -------
    ndarray
        (H, W, 3) uint8 RGB. Grey becomes three equal channels; alpha is dropped. The orientation
        that a JPEG carries is applied, as ``cv2.imread`` does.

    Raises
    ------
    ImageError
        If the file is cut off, damaged, or no 8-bit or 16-bit image.
    """
    import cv2

    missing = what_is_missing(data)
    if missing:
        raise ImageError(missing)
    is_jpeg = data.startswith(b"\xff\xd8")
    # A grey JPEG is decoded as such: as colour it takes twice as long. Both turn it upright.
    flags = cv2.IMREAD_ANYCOLOR if is_jpeg else cv2.IMREAD_UNCHANGED
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise ImageError(f"OpenCV refuses it: {error.err}") from error
    if image is None:
        raise ImageError("the file is damaged, or no image that OpenCV can read")
    return _as_rgb(_as_uint8(image, bits), room)


def _as_uint8(image: NDArray[np.generic], bits: int) -> NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    if image.dtype == np.uint16:
        scaled: NDArray[np.uint8] = _scale(bits)[image]
        return scaled
    raise ImageError(f"its pixels are {image.dtype} numbers; 8 or 16 bits a channel can be shown")


@lru_cache(maxsize=4)
def _scale(bits: int) -> NDArray[np.uint8]:
    full = (1 << bits) - 1
    values = np.arange(1 << 16, dtype=np.int64)
    return np.minimum((values * 255 + full // 2) // full, 255).astype(np.uint8)


def _as_rgb(image: NDArray[np.uint8], room: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    import cv2

    channels = 1 if image.ndim == 2 else image.shape[2]
    codes = {
        1: cv2.COLOR_GRAY2RGB,
        2: cv2.COLOR_GRAY2RGB,
        3: cv2.COLOR_BGR2RGB,
        4: cv2.COLOR_BGRA2RGB,
    }
    if channels not in codes:
        raise ImageError(f"it has {channels} channels; 1 to 4 can be shown")
    if channels <= 2 and image.ndim == 3:
        image = np.ascontiguousarray(image[..., 0])
    rgb: NDArray[np.uint8] = cv2.cvtColor(image, codes[channels], dst=_fitting(room, image))
    return rgb


def _fitting(room: NDArray[np.uint8] | None, image: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    return room if room is not None and room.shape == (*image.shape[:2], 3) else None
