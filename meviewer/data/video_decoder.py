"""Decoders that stand somewhere in a video and go on from there, or start again at a key frame."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, dropwhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError
from meviewer.data.video_index import Key, VideoIndex
from meviewer.data.video_stream import decoded, open_stream, packets

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


class VideoDecoder:
    """One open file with one place in it. For one thread at a time.

    Parameters
    ----------
    path : Path
    index : VideoIndex
        Index of that very file.
    """

    def __init__(self, path: Path, index: VideoIndex) -> None:
        from av.video.reformatter import VideoReformatter

        self._path = path
        self._index = index
        self._container, self._stream = open_stream(path)
        self._reformatter = VideoReformatter()
        self._frames: Iterator[tuple[int, VideoFrame]] = iter(())
        self._next: int | None = None
        self._fresh = True

    def distance(self, frame: int) -> int | None:
        """Return how many frames lie before ``frame`` if decoding goes on; None to start again."""
        key = self._index.keys[self._index.key_before(frame)]
        if self._next is None or not key.frame <= self._next <= frame:
            return None
        return frame - self._next

    def reach(self, frame: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield (index, frame) in order up to ``frame``; that one is left out if it is damaged."""
        if self.distance(frame) is None:
            self._start(self._index.key_before(frame))
        # While the decoder works, its place is unknown: what breaks off there starts again.
        self._next = None
        for at, picture in self._frames:
            self._next = at + 1
            yield at, picture
            if at >= frame:
                return
            self._next = None

    def rgb(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """Return a decoded frame as (H, W, 3) uint8 RGB, upright."""
        image = self._reformatter.reformat(picture, format="rgb24").to_ndarray()
        upright = np.rot90(image, self._index.rotation // 90) if self._index.rotation else image
        return np.ascontiguousarray(upright, dtype=np.uint8)

    def close(self) -> None:
        """Close the file."""
        self._frames = iter(())
        self._container.close()

    def _start(self, key: int) -> None:
        self._next = None
        start = self._index.keys[key]
        source = self._packets_from(key)  # may open the file anew, and with it the stream
        pictures = decoded(self._stream, source)
        if self._index.pts is None:
            self._frames = _counted(pictures, start)
        else:
            self._frames = self._timed(pictures, start)

    def _timed(
        self, pictures: Iterator[VideoFrame], start: Key
    ) -> Iterator[tuple[int, VideoFrame]]:
        for picture in pictures:
            frame = self._index.frame_at(picture.pts)
            # Before the key frame come those that lean on the group before it: they are broken.
            if frame is not None and frame >= start.frame:
                yield frame, picture

    def _packets_from(self, key: int) -> Iterator[Packet[VideoStream]]:
        """Yield packets from the key's on; where seeking lands behind it, start further ahead."""
        start = self._index.keys[key]
        for earlier in range(key, 0, -1):
            for time in (self._index.keys[earlier].pts, self._index.keys[earlier].dts):
                if time is None:
                    continue
                self._container.seek(time, stream=self._stream)
                source = packets(self._container, self._stream)
                self._fresh = False
                first = next(source, None)
                order = None if first is None else self._index.order_of(first)
                if first is not None and order is not None and order <= start.order:
                    return self._skipping(chain((first,), source), start)
        return self._from_the_beginning(start)

    def _from_the_beginning(self, start: Key) -> Iterator[Packet[VideoStream]]:
        if not self._fresh:
            self._container.close()
            self._container, self._stream = open_stream(self._path)
        self._fresh = False
        source = packets(self._container, self._stream)
        return self._skipping(source, start) if start.order else source

    def _skipping(
        self, source: Iterator[Packet[VideoStream]], start: Key
    ) -> Iterator[Packet[VideoStream]]:
        return dropwhile(lambda packet: self._index.order_of(packet) != start.order, source)


def _counted(pictures: Iterator[VideoFrame], start: Key) -> Iterator[tuple[int, VideoFrame]]:
    frame = start.frame
    for picture in pictures:
        if frame == start.frame > 0 and not picture.key_frame:
            continue
        yield frame, picture
        frame += 1


class DecoderPool:
    """A few decoders of one video, so that a click need not wait for a background pass.

    Parameters
    ----------
    path : Path
    index : VideoIndex
    size : int
        Decoders at most; they are opened when needed.
    """

    def __init__(self, path: Path, index: VideoIndex, size: int = 2) -> None:
        self._path = path
        self._index = index
        self._size = size
        self._lent = 0
        self._idle: list[VideoDecoder] = []
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def borrow(self, frame: int) -> Iterator[VideoDecoder]:
        """Lend the decoder that reaches ``frame`` soonest; wait while all are in use.

        Raises
        ------
        ClipError
            If the pool has been closed, or the file has gone.
        """
        decoder = self._take(frame)
        try:
            yield decoder
        finally:
            self._give_back(decoder)

    def distance(self, frame: int) -> int:
        """Return how many frames lie before ``frame`` for the decoder that is nearest now."""
        with self._changed:
            going_on = [decoder.distance(frame) for decoder in self._idle]
        known = [distance for distance in going_on if distance is not None]
        return min(known, default=frame - self._index.group(frame).first)

    def close(self) -> None:
        """Close every decoder; those in use close when they come back."""
        with self._changed:
            self._closed = True
            for decoder in self._idle:
                decoder.close()
            self._idle.clear()
            self._changed.notify_all()

    def _take(self, frame: int) -> VideoDecoder:
        with self._changed:
            while not self._closed and not self._idle and self._lent >= self._size:
                self._changed.wait()
            if self._closed:
                raise ClipError("The clip is closed", where=str(self._path), now="open it again")
            decoder = self._choose(frame)
            self._lent += 1
            return decoder

    def _choose(self, frame: int) -> VideoDecoder:
        near = [(d.distance(frame), n) for n, d in enumerate(self._idle)]
        going_on = [(distance, n) for distance, n in near if distance is not None]
        if going_on:
            return self._idle.pop(min(going_on)[1])
        if len(self._idle) + self._lent < self._size:
            return VideoDecoder(self._path, self._index)
        return self._idle.pop(0)

    def _give_back(self, decoder: VideoDecoder) -> None:
        with self._changed:
            self._lent -= 1
            if self._closed:
                decoder.close()
            else:
                self._idle.append(decoder)
            self._changed.notify()
