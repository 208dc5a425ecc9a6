"""Write pictures as an MP4 video that any player shows, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import replacing

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

CODECS: Mapping[str, Mapping[str, str]] = {
    "libx264": {"crf": "14", "preset": "medium"},
    "libopenh264": {},
    "mpeg4": {},
}
"""Encoders in order of preference, with their options; the last one is in every FFmpeg."""

_BITS_PER_S = 12_000_000  # for encoders that know no constant quality
_LARGEST_TICK = 60_000  # MPEG-4 counts time in 16 bits
_KEY_EVERY = 12  # frames: players step and seek exactly, and files grow by a few per cent
_PIXELS = "yuv420p"
_BT709, _STUDIO = 1, 1  # numbers of FFmpeg: matrix, primaries and curve; range 16 to 235


@dataclass(frozen=True, slots=True)
class WrittenVideo:
    """What was written.

    Attributes
    ----------
    path : Path
    n_frames : int
    rate : Fraction
        Frames per second as played.
    codec : str
        Encoder that was used.
    size : tuple of int
        (H, W) in px, even.
    """

    path: Path
    n_frames: int
    rate: Fraction
    codec: str
    size: tuple[int, int]


class WritingCancelledError(MeviewerError):
    """Whoever asked for the video does not want it any more."""


def write_mp4(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    rate: Fraction,
    *,
    about: Mapping[str, str] | None = None,
    codec: str | None = None,
    each: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WrittenVideo:
    """Write frames as a video.

    Parameters
    ----------
    path : Path
        ``.mp4`` file to create or replace.
    frames : iterable of (H, W, 3) uint8
        RGB, all of one size; taken one after another. An odd height or width gets its last row or
        column twice, because the colours of common video are stored for blocks of 2x2 px.
    rate : Fraction
        Frames per second as they shall be played.
    about : mapping, optional
        ``title`` and ``comment`` of the file.
    codec : str, optional
        One of `CODECS`; by default the first that this FFmpeg has.
    each : callable, optional
        Called with the number of frames written so far.
    cancelled : callable, optional
        Asked before each frame.

    Raises
    ------
    MeviewerError
        If there is no frame, they differ in size, or no encoder works.
    WritingCancelledError
        If ``cancelled`` says so; nothing is left behind.
    StorageError
        If the disk refuses; nothing is left behind.
    """
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise MeviewerError("There is nothing to write", where=str(path), why="no frame was chosen")
    known = codec or _first_codec()
    with replacing(path) as beside:
        writer = _Writer(beside, known, _plain(rate), first.shape, about or {})
        with writer:
            for picture in chain((first,), pictures):
                if cancelled is not None and cancelled():
                    raise WritingCancelledError("The video was not written", where=str(path))
                writer.add(picture)
                if each is not None:
                    each(writer.n_frames)
    return WrittenVideo(path, writer.n_frames, _plain(rate), known, writer.size)


class _Writer:
    """One open MP4 file."""

    def __init__(
        self,
        path: Path,
        codec: str,
        rate: Fraction,
        shape: tuple[int, ...],
        about: Mapping[str, str],
    ) -> None:
        from av.video.reformatter import VideoReformatter

        self.n_frames = 0
        self.size = (shape[0] + shape[0] % 2, shape[1] + shape[1] % 2)
        self._shape, self._rate = shape, rate
        self._container, self._stream = _opened(path, codec, rate, self.size)
        self._container.metadata.update(about)
        self._reformatter = VideoReformatter()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Encode one more frame."""
        from av.video.frame import VideoFrame

        if picture.shape != self._shape:
            raise MeviewerError(
                "Frames differ in size",
                where=f"frame {self.n_frames} is {picture.shape[1]}x{picture.shape[0]} px",
                why=f"the first is {self._shape[1]}x{self._shape[0]} px",
            )
        frame = VideoFrame.from_ndarray(_even(picture), format="rgb24")
        frame = self._reformatter.reformat(
            frame, format=_PIXELS, dst_colorspace=_BT709, dst_color_range=_STUDIO
        )
        frame.pts, frame.time_base = self.n_frames, 1 / self._rate
        self._container.mux(self._stream.encode(frame))
        self.n_frames += 1


def _opened(
    path: Path, codec: str, rate: Fraction, size: tuple[int, int]
) -> tuple[OutputContainer, VideoStream]:
    import av
    from av.video.stream import VideoStream

    container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
    try:
        stream = container.add_stream(codec, rate=rate, options=dict(CODECS[codec]))
    except (av.error.FFmpegError, ValueError) as error:
        container.close()
        raise _no_codec(f"{codec}: {error}") from error
    assert isinstance(stream, VideoStream)
    stream.height, stream.width = size
    stream.pix_fmt = _PIXELS
    context = stream.codec_context
    context.time_base = 1 / rate
    context.gop_size, context.max_b_frames = _KEY_EVERY, 0
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _STUDIO
    if not CODECS[codec]:
        context.bit_rate = _BITS_PER_S
    return container, stream


def _first_codec() -> str:
    """Return the best encoder that is there: distributions leave H.264 out for its patents."""
    from av.codec import Codec
    from av.codec.codec import UnknownCodecError

    for name in CODECS:
        try:
            Codec(name, "w")
        except UnknownCodecError:
            continue
        return name
    raise _no_codec("none of " + ", ".join(CODECS) + " is there")


def _no_codec(why: str) -> MeviewerError:
    return MeviewerError(
        "This FFmpeg cannot write the video", why=why, now="install PyAV from PyPI: pip install av"
    )


def _even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)


def _plain(rate: Fraction) -> Fraction:
    """Return a rate that every encoder can count in; others are off by less than 1 in 10^4."""
    for most in (rate.denominator, 1001, 100, 10, 1):
        near = rate.limit_denominator(most)
        if 0 < near.numerator <= _LARGEST_TICK and near.denominator <= _LARGEST_TICK:
            return near
    return Fraction(1)
