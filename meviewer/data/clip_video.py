"""Clips from video files: exact frames under variable rate, B-frames and edit lists."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from meviewer.core.errors import ClipError, LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import parse_rate
from meviewer.data import fingerprint
from meviewer.data.clip_base import ASSUMED_RATE, Clip, ClipFacts, Frame
from meviewer.data.frame_cache import FrameCache
from meviewer.data.video_decoder import DecoderPool
from meviewer.data.video_index import VideoIndex, build_index

_CODECS = {
    "h264": "H.264",
    "hevc": "H.265",
    "mpeg4": "MPEG-4",
    "mjpeg": "Motion JPEG",
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "libdav1d": "AV1",
    "rawvideo": "uncompressed",
}
# A rate of the header counts if the frames' times agree with it this well; relative.
_SAME_RATE = 0.005


class VideoClip(Clip):
    """A video file.

    All frames that are decoded on the way to the one asked for are kept, so that stepping back
    inside a group of pictures costs nothing. Two threads may read at once.

    Parameters
    ----------
    path : Path
    rate : Fraction, optional
        Frames per second of the recording, if the file is meant to be played slower or faster.
        The times of the frames are scaled with it.
    cache : FrameCache, optional

    Raises
    ------
    ClipError
        If the file is no video or no frame of it decodes.
    """

    def __init__(
        self, path: Path, rate: Fraction | None = None, cache: FrameCache | None = None
    ) -> None:
        index = build_index(path)
        own_rate = _rate(index)
        known = rate or own_rate
        super().__init__(
            ClipFacts(
                path=path,
                kind=f"{_CODECS.get(index.codec, index.codec.upper())} video",
                rate=known or ASSUMED_RATE,
                rate_known=known is not None,
                size=index.size,
                numbers=tuple(range(index.n_frames)),
                fingerprint=index.fingerprint,
                place=_place(path),
                pts_ms=_times_ms(index, float(own_rate / rate) if rate and own_rate else 1.0),
                findings=_findings(index, known is not None),
            ),
            cache,
        )
        self._index = index
        self._pool = DecoderPool(path, index)
        height, width = index.size
        self._n_kept = self._cache.max_bytes // (2 * height * width * 3)

    def effort(self, i: int) -> int:
        """Return how many frames have to be decoded to get one: those since the key frame."""
        return super().effort(i) and self._pool.distance(i) + 1

    def close(self) -> None:
        """Close the file and forget its frames."""
        super().close()
        self._pool.close()

    def _decode(self, index: int) -> Frame:
        with self._pool.borrow(index) as decoder:
            kept = self._cache.get(self._facts.place, index)
            if kept is not None:
                return kept
            for at, picture in decoder.reach(index):
                if picture.is_corrupt:
                    continue
                if at == index:
                    return decoder.rgb(picture)
                if index - at <= self._n_kept and (self._facts.place, at) not in self._cache:
                    self._keep_if_sound(at, decoder.rgb(picture))
        self._note_neighbours(index)
        raise self._damage(index, "its data is damaged: the decoder gives no sound picture for it")

    def _note_neighbours(self, index: int) -> None:
        """Say that the rest of the group of pictures leans on a damaged frame."""
        span = self._index.group(index)
        if len(span) > 1:
            text = (
                f"The frames {span.first} to {span.last} may show traces of a damaged one, {index}"
            )
            self._note(Finding("near-damage", Severity.WARNING, text, frame=span.first))

    def _keep_if_sound(self, index: int, frame: Frame) -> None:
        if frame.shape[:2] == self.size:
            self._keep(index, frame)


def _place(path: Path) -> str:
    try:
        state = path.stat()
    except OSError as error:
        why = error.strerror or str(error)
        raise ClipError("Could not read the file", where=str(path), why=why) from error
    return fingerprint.of_place((str(path.absolute()), state.st_size, state.st_mtime_ns))


def _rate(index: VideoIndex) -> Fraction | None:
    """Return frames per second: as the header says if the frames' times agree, else their mean."""
    if index.pts is None or index.n_frames < 2:
        return index.nominal_rate
    lasts = (index.pts[-1] - index.pts[0]) * index.time_base
    mean = (index.n_frames - 1) / lasts
    nominal = index.nominal_rate
    if nominal and abs(nominal / mean - 1) < _SAME_RATE:
        return nominal
    with suppress(LabelError):
        return parse_rate(mean.limit_denominator(1001))
    return nominal


def _times_ms(index: VideoIndex, stretch: float) -> tuple[float, ...] | None:
    if index.pts is None:
        return None
    unit_ms = float(index.time_base * 1000) * stretch
    return tuple((pts - index.pts[0]) * unit_ms for pts in index.pts)


def _findings(index: VideoIndex, rate_known: bool) -> tuple[Finding, ...]:
    found = []
    if index.promised and index.promised != index.n_frames:
        text = f"The header promises {index.promised} frames, {index.n_frames} decode"
        found.append(Finding("frames-promised", Severity.WARNING, text))
    if _is_uneven(index):
        text = "The frames are not evenly spaced in time: durations in ms follow their own times"
        found.append(Finding("variable-rate", Severity.WARNING, text))
    if index.pts is None:
        text = "The file gives no times of its frames: they are counted in decoding order"
        found.append(Finding("times-missing", Severity.INFO, text))
    if index.rotation:
        text = f"The file asks to be turned by {index.rotation}° counterclockwise, and is"
        found.append(Finding("turned", Severity.INFO, text))
    if index.n_frames == 1:
        text = "The clip has one frame only: there is no motion in it"
        found.append(Finding("one-frame", Severity.WARNING, text, frame=0))
    if not rate_known:
        text = f"The frame rate is unknown; {ASSUMED_RATE} frames per second are assumed"
        found.append(Finding("rate-assumed", Severity.WARNING, text))
    return tuple(found)


def _is_uneven(index: VideoIndex) -> bool:
    """Return whether two steps differ by more than the rounding to the time base explains."""
    steps = [b - a for a, b in pairwise(index.pts or ())]
    return bool(steps) and max(steps) - min(steps) > 1
