"""A store of decoded frames, bounded in bytes; the frames used longest ago leave first."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

DEFAULT_MAX_BYTES = 512 * 1024 * 1024


class FrameCache:
    """Decoded frames by (key of the clip, frame index). Safe to use from several threads.

    Parameters
    ----------
    max_bytes : int
        Limit on the sum of the frames' bytes. A frame larger than that is not kept at all.

    Raises
    ------
    ValueError
        If ``max_bytes`` is negative.
    """

    def __init__(self, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        if max_bytes < 0:
            raise ValueError(f"max_bytes must not be negative, got {max_bytes}")
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._lock = threading.Lock()
        self._frames: OrderedDict[tuple[str, int], NDArray[np.uint8]] = OrderedDict()

    @property
    def max_bytes(self) -> int:
        """Limit in bytes."""
        return self._max_bytes

    @property
    def n_bytes(self) -> int:
        """Bytes kept now."""
        return self._n_bytes

    def __len__(self) -> int:
        return len(self._frames)

    def __contains__(self, place: object) -> bool:
        return place in self._frames

    def get(self, key: str, index: int) -> NDArray[np.uint8] | None:
        """Return the frame and count it as used, or None if it is not kept."""
        with self._lock:
            frame = self._frames.get((key, index))
            if frame is not None:
                self._frames.move_to_end((key, index))
            return frame

    def put(self, key: str, index: int, frame: NDArray[np.uint8]) -> None:
        """Keep a frame; the ones used longest ago make room."""
        with self._lock:
            self._drop((key, index))
            if frame.nbytes > self._max_bytes:
                return
            self._frames[key, index] = frame
            self._n_bytes += frame.nbytes
            while self._n_bytes > self._max_bytes:
                self._drop(next(iter(self._frames)))

    def discard(self, key: str) -> None:
        """Forget every frame of one clip."""
        with self._lock:
            for place in [place for place in self._frames if place[0] == key]:
                self._drop(place)

    def clear(self) -> None:
        """Forget every frame."""
        with self._lock:
            self._frames.clear()
            self._n_bytes = 0

    def _drop(self, place: tuple[str, int]) -> None:
        frame = self._frames.pop(place, None)
        if frame is not None:
            self._n_bytes -= frame.nbytes
