"""What a frame looks like: enough to know it again after a clip was cut or encoded anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import ClipError
from meviewer.data.clip_base import Clip, Frame

SIDE = 32
"""Cells of a picture along each side; decision 14 says how it was chosen."""

N_ANCHORS = 12
_HASH_BYTES = 16
_STEPS = 256


class Watcher(Protocol):
    """Whoever waits for long work: may have gone, and likes to hear how far it is."""

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any more."""
        ...

    def report(self, share: float, text: str = "") -> None:
        """Hear the share done, in [0, 1]."""
        ...


class Patient:
    """A watcher that stays to the end and hears nothing."""

    cancelled = False

    def report(self, share: float, text: str = "") -> None:
        """Hear the share done."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one decoded frame looks like.

    Attributes
    ----------
    hash : bytes
        Of shape and RGB bytes: equal for frames that are equal in every bit.
    picture : ndarray
        (32, 32) uint16, mean grey of each cell times 256: whole grey levels would drown what a
        nearly still face does.
    """

    hash: bytes
    picture: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame as it was when a label was set on it.

    Attributes
    ----------
    frame : int
        Index in the clip.
    number : int
        Number in the data set.
    ms : float
        When the frame begins, in ms from the first one.
    look : Look
    """

    frame: int
    number: int
    ms: float
    look: Look


@dataclass(frozen=True, slots=True)
class MarkedClip:
    """A clip as it was when its frames were marked.

    Attributes
    ----------
    fingerprint : str
    n_frames : int
    rate : Fraction
        Frames per second.
    labels : tuple of Mark
        Frames that labels name, in order.
    anchors : tuple of Mark
        Frames spread over the clip, in order.
    """

    fingerprint: str
    n_frames: int
    rate: Fraction
    labels: tuple[Mark, ...]
    anchors: tuple[Mark, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All marks in order, one a frame."""
        every = {mark.frame: mark for mark in (*self.anchors, *self.labels)}
        return tuple(every[frame] for frame in sorted(every))


def look_at(frame: Frame) -> Look:
    """Return what a frame, (H, W, 3) uint8 RGB, looks like."""
    return Look(frame_hash(frame), picture_of(frame))


def frame_hash(frame: Frame) -> bytes:
    """Return 16 bytes that are equal for frames of the same shape and pixels."""
    digest = hashlib.blake2b(repr(frame.shape).encode(), digest_size=_HASH_BYTES)
    digest.update(np.ascontiguousarray(frame).data)
    return digest.digest()


def picture_of(frame: Frame) -> NDArray[np.uint16]:
    """Return the mean grey of 32 x 32 cells, times 256, of a (H, W, 3) uint8 RGB frame."""
    import cv2

    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(small * _STEPS), dtype=np.uint16)


def to_bytes(picture: NDArray[np.uint16]) -> bytes:
    """Return a picture as little-endian bytes, row by row."""
    return picture.astype("<u2").tobytes()


def from_bytes(data: bytes) -> NDArray[np.uint16] | None:
    """Return the picture that `to_bytes` made these bytes of, or None if they are none."""
    if len(data) != SIDE * SIDE * 2:
        return None
    return np.frombuffer(data, "<u2").astype(np.uint16).reshape(SIDE, SIDE)


def anchor_frames(n_frames: int) -> tuple[int, ...]:
    """Return up to 12 indices spread evenly over a clip, both ends included."""
    if n_frames <= N_ANCHORS:
        return tuple(range(n_frames))
    return tuple(round(k * (n_frames - 1) / (N_ANCHORS - 1)) for k in range(N_ANCHORS))


def mark_frames(clip: Clip, frames: Iterable[int]) -> tuple[Mark, ...]:
    """Return the marks of these frames of an open clip, in order; damaged ones are left out.

    Raises
    ------
    ClipError
        If the clip has been closed or its source is gone.
    """
    return tuple(
        Mark(frame, clip.numbers[frame], start_ms(clip, frame), look)
        for frame in sorted(set(frames))
        if 0 <= frame < clip.n_frames and (look := sound_look(clip, frame)) is not None
    )


def marked_clip(clip: Clip, label_frames: Iterable[int]) -> MarkedClip:
    """Return an open clip with the marks of these frames and of its anchors.

    Raises
    ------
    ClipError
        If the clip has been closed.
    """
    return MarkedClip(
        clip.fingerprint,
        clip.n_frames,
        clip.rate,
        mark_frames(clip, label_frames),
        mark_frames(clip, anchor_frames(clip.n_frames)),
    )


def sound_look(clip: Clip, frame: int) -> Look | None:
    """Return what a frame of an open clip looks like, or None if it is damaged.

    Raises
    ------
    ClipError
        If the clip has been closed.
    """
    try:
        return look_at(clip.frame(frame))
    except ClipError:
        if clip.closed:
            raise
        return None


def start_ms(clip: Clip, frame: int) -> float:
    """Return when a frame begins, in ms from the first one."""
    return float(frame * 1000 / clip.rate) if clip.pts_ms is None else clip.pts_ms[frame]
