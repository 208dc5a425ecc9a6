"""Size, depth and completeness of image files, read from their bytes without decoding them.

OpenCV returns half-grey pictures for cut-off JPEG files (version 4) or says nothing useful
(version 5), and tells the size of an image only by decoding it: hence parsers of our own.
Sources: ITU-T T.81 annex B, Exif 2.3 section 4.6, PNG specification section 5, TIFF 6.0 section 2,
and the BITMAPINFOHEADER of Windows.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from meviewer.data.tiff_header import Directory, TiffError, first_directory

_PNG = b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = b"\xff\xd9"
# Markers that start a frame: all of C0..CF but Huffman tables, extensions, arithmetic conditions.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION = 274
_SIDEWAYS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the header of an image says.

    Attributes
    ----------
    kind : str
        ``"JPEG"``, ``"PNG"``, ``"BMP"`` or ``"TIFF"``.
    size : tuple of int
        (H, W) in px, as shown: a turned JPEG counts as turned.
    bits : int
        Bits of a channel; 8 for palettes.
    """

    kind: str
    size: tuple[int, int]
    bits: int = 8


def read_header(data: bytes) -> ImageHeader | None:
    """Return the header, or None if it is unknown, damaged, or not complete in ``data``."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg_header(data)
        if data.startswith(_PNG):
            width, height, bits = struct.unpack_from(">IIB", data, 16)
            return ImageHeader("PNG", (height, width), max(bits, 8))
        if data.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", data, 18)
            return ImageHeader("BMP", (abs(height), width))
        if data[:4] in (b"II*\0", b"MM\0*"):
            return _tiff_header(first_directory(data))
    except (struct.error, TiffError):
        pass
    return None


def what_is_missing(data: bytes) -> str:
    """Say why an image file is not whole, or return an empty text if nothing is missing.

    Found are: a JPEG or PNG that stops before its end marker, a PNG with a wrong checksum, a BMP
    or TIFF with less pixel data than its header promises, an empty file.
    """
    if not data:
        return "the file is empty"
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg_missing(data)
        if data.startswith(_PNG):
            return _png_missing(data)
        if data.startswith(b"BM"):
            return _bmp_missing(data)
        if data[:4] in (b"II*\0", b"MM\0*"):
            return _tiff_missing(data)
    except (struct.error, TiffError):
        return "the file stops inside its header"
    return ""


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, start of its content, end) up to the start of the first scan."""
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        filler, marker = struct.unpack_from(">BB", data, at)
        if filler != 0xFF or marker == 0xD9:
            return
        if 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield marker, at + 4, at + 2 + length
        if marker == _START_OF_SCAN:
            return
        at += 2 + length


def _jpeg_header(data: bytes) -> ImageHeader | None:
    turned = False
    for marker, start, end in _jpeg_segments(data):
        if marker == 0xE1 and data[start : start + 6] == b"Exif\0\0":
            turned = _exif_orientation(data[start + 6 : end]) in _SIDEWAYS
        if marker in _START_OF_FRAME:
            bits, height, width = struct.unpack_from(">BHH", data, start)
            return ImageHeader("JPEG", (width, height) if turned else (height, width), bits)
    return None


def _exif_orientation(exif: bytes) -> int:
    try:
        return (first_directory(exif).get(_ORIENTATION) or (1,))[0]
    except (struct.error, TiffError):
        return 1


def _jpeg_missing(data: bytes) -> str:
    for marker, _start, end in _jpeg_segments(data):
        # In the scans, FF is always followed by 00 or a marker, so that this cannot be image data;
        # before them it may belong to a thumbnail.
        if marker == _START_OF_SCAN:
            whole = data.rfind(_END_OF_IMAGE, end) >= 0
            return "" if whole else "the JPEG file is cut off: its end marker is missing"
    return "the JPEG file is cut off before its image data"


def _png_missing(data: bytes) -> str:
    at = len(_PNG)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        if zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            return f"the PNG file is damaged: wrong checksum of its part {name!r} at byte {at}"
        if name == b"IEND":
            return ""
        at = end + 4
    return "the PNG file is cut off: its end marker is missing"


def _bmp_missing(data: bytes) -> str:
    (start,) = struct.unpack_from("<I", data, 10)
    width, height, _planes, bits, packing = struct.unpack_from("<iiHHI", data, 18)
    if packing in (0, 3):
        needed = start + (width * bits + 31) // 32 * 4 * abs(height)
        if len(data) < needed:
            return f"the BMP file is cut off: {len(data)} of {needed} bytes are there"
    return ""


def _tiff_header(directory: Directory) -> ImageHeader | None:
    width, height = directory.get(256), directory.get(257)
    if not width or not height:
        return None
    return ImageHeader("TIFF", (height[0], width[0]), max(directory.get(258) or (8,)))


def _tiff_missing(data: bytes) -> str:
    directory = first_directory(data)
    starts = directory.get(273) or directory.get(324) or ()
    lengths = directory.get(279) or directory.get(325) or ()
    needed = max((a + n for a, n in zip(starts, lengths, strict=False)), default=0)
    if len(data) < needed:
        return f"the TIFF file is cut off: {len(data)} of {needed} bytes are there"
    return ""
