"""Clips made of numbered image files in one folder."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import ClipError
from meviewer.core.findings import Finding, Severity
from meviewer.data import fingerprint
from meviewer.data.clip_base import ASSUMED_RATE, Clip, ClipFacts, Frame
from meviewer.data.clip_settings import ClipSettings, read_settings
from meviewer.data.folder_listing import Listing, list_images
from meviewer.data.frame_cache import FrameCache
from meviewer.data.image_decode import ImageError, decode_rgb
from meviewer.data.image_header import ImageHeader, read_header

_HEADER_BYTES = 16 * 1024


class FolderClip(Clip):
    """A folder of JPEG, PNG, BMP or TIFF images, one a frame, ordered by number.

    Only headers are read on opening, so that the first frame is there at once. The files may be
    read from several threads at the same time.

    Parameters
    ----------
    path : Path
        The folder. A ``clip.json`` in it may give the rate.
    rate : Fraction, optional
        Frames per second; comes before ``clip.json``.
    cache : FrameCache, optional

    Raises
    ------
    ClipError
        If there is no numbered image, none can be read, or their sizes differ.
    """

    def __init__(
        self, path: Path, rate: Fraction | None = None, cache: FrameCache | None = None
    ) -> None:
        listing = list_images(path)
        settings = read_settings(path)
        headers = image_headers(listing)
        size = _common_size(path, listing, headers)
        self._files = listing.files
        self._bits = settings.bits
        known = rate or settings.rate
        super().__init__(
            ClipFacts(
                path=path,
                kind=_kind(listing, headers),
                rate=known or ASSUMED_RATE,
                rate_known=known is not None,
                size=size,
                numbers=listing.numbers,
                fingerprint=fingerprint.of_files(listing.files, listing.sizes),
                place=_place(path, listing, settings),
                findings=_findings(listing, headers, settings, known is not None),
            ),
            cache,
        )

    def file(self, index: int) -> Path:
        """Return the image file of one frame."""
        return self._files[index]

    def frame_into(self, index: int, room: Frame) -> None:
        """Decode a frame into memory that the caller keeps, and keep no other copy of it.

        Parameters
        ----------
        index : int
            Index, ``0 .. n_frames - 1``.
        room : (H, W, 3) uint8
            Written; it must not be written again while the clip is open.

        Raises
        ------
        ClipError
            If the frame is damaged, or the clip has been closed; ``room`` is as it was.
        """
        kept = self._cache.get(self._facts.place, index)
        if kept is not None:
            room[:] = kept
            return

        def decode(index: int) -> Frame:
            frame = self._decode(index, room)
            return room.view() if frame.shape == room.shape else frame

        self._read(index, decode)

    def _decode(self, index: int, room: Frame | None = None) -> Frame:
        file = self._files[index]
        try:
            return decode_rgb(file.read_bytes(), self._bits, room)
        except OSError as error:
            raise self._damage(index, error.strerror or str(error), file) from error
        except ImageError as error:
            raise self._damage(index, str(error), file) from error


def image_headers(listing: Listing) -> list[ImageHeader | None]:
    """Read the headers of all images of a folder; None where one cannot be read."""
    return [_header(file) for file in listing.files]


def _header(file: Path) -> ImageHeader | None:
    """Read a header; files that only OpenCV understands are decoded for their size."""
    try:
        with file.open("rb") as opened:
            start = opened.read(_HEADER_BYTES)
            header = read_header(start)
            if header is not None:
                return header
            data = start + opened.read()
        return read_header(data) or ImageHeader("image", _decoded_size(data))
    except (OSError, ImageError):
        return None


def _decoded_size(data: bytes) -> tuple[int, int]:
    height, width, _channels = decode_rgb(data).shape
    return height, width


def _common_size(
    path: Path, listing: Listing, headers: list[ImageHeader | None]
) -> tuple[int, int]:
    sizes = Counter(header.size for header in headers if header is not None)
    if not sizes:
        raise ClipError(
            "No frame can be read",
            where=str(path),
            why=f"none of the {len(headers)} image file(s) has a readable header",
            now="restore the folder from its source",
        )
    common = sizes.most_common(1)[0][0]
    for file, header in zip(listing.files, headers, strict=True):
        if header is not None and header.size != common:
            raise ClipError(
                "The frames differ in size",
                where=str(file),
                why=f"it has {_px(header.size)}, {sizes[common]} of {len(headers)} frames have "
                f"{_px(common)}",
                now="move the images that do not belong to the clip out of the folder",
            )
    return common


def _px(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]} px"


def _kind(listing: Listing, headers: list[ImageHeader | None]) -> str:
    kinds = Counter(header.kind for header in headers if header is not None)
    return f"{kinds.most_common(1)[0][0]} folder"


def _place(path: Path, listing: Listing, settings: ClipSettings) -> str:
    files = (tuple(file.name for file in listing.files), listing.sizes, listing.times_ns)
    return fingerprint.of_place((str(path.absolute()), files, settings.bits))


def _findings(
    listing: Listing, headers: list[ImageHeader | None], settings: ClipSettings, rate_known: bool
) -> tuple[Finding, ...]:
    found = [*listing.findings, *settings.findings]
    if len(headers) == 1:
        text = "The clip has one frame only: there is no motion in it"
        found.append(Finding("one-frame", Severity.WARNING, text, frame=0))
    for index, header in enumerate(headers):
        if header is None:
            text = f"{listing.files[index].name} cannot be read: its header is damaged"
            found.append(Finding("frame-damaged", Severity.ERROR, text, frame=index))
    if any(header is not None and header.bits > 8 for header in headers):
        text = f"Images of more than 8 bits are shown as 8; {settings.bits} bits count as white"
        found.append(Finding("bits-reduced", Severity.INFO, text))
    if not rate_known:
        text = f"The frame rate is unknown; {ASSUMED_RATE} frames per second are assumed"
        found.append(Finding("rate-assumed", Severity.WARNING, text))
    return tuple(found)
