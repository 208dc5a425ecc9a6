"""Which frames a video has, in the order they are shown, and where decoding may start.

Seeking by frame number lands on wrong frames under variable rate and B-frames. Here the packets
are read once without decoding; frame ``i`` is the one with the ``i``-th smallest presentation time
(PTS), and it is found again by that time alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.core.frames import Span
from meviewer.data.video_scan import Scan, ScannedPacket, ShownFrame, decode_shown, scan_packets
from meviewer.data.video_stream import no_video, open_stream, packets

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_HEAD_FRAMES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A packet at which decoding may start.

    Attributes
    ----------
    frame : int
        First frame in the order of presentation that decodes from here.
    order : int
        Position of the packet in the file, in the order of decoding.
    pts, dts : int or None
        Its times, in units of the time base.
    """

    frame: int
    order: int
    pts: int | None
    dts: int | None


@dataclass(frozen=True, slots=True)
class VideoIndex:
    """Every frame of a video.

    Attributes
    ----------
    n_frames : int
        Frames that decode.
    promised : int
        Frames that the header promises; 0 if it says nothing.
    pts : tuple of int or None
        Presentation time of each frame, increasing, in units of ``time_base``. None if the file
        has no usable times: frames are then counted.
    time_base : Fraction
        Seconds.
    keys : tuple of Key
        Increasing by frame; the first is at frame 0.
    order : dict of int to int
        Position of a packet in the file by its PTS (by its DTS if ``pts`` is None).
    codec : str
    size : tuple of int
        (H, W) in px, upright.
    rotation : int
        Degrees by which frames must be turned counterclockwise: 0, 90, 180 or 270.
    nominal_rate : Fraction or None
        Frames per second as the header says.
    fingerprint : str
    """

    n_frames: int
    promised: int
    pts: tuple[int, ...] | None
    time_base: Fraction
    keys: tuple[Key, ...]
    order: dict[int, int]
    codec: str
    size: tuple[int, int]
    rotation: int
    nominal_rate: Fraction | None
    fingerprint: str
    _frame_of: dict[int, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._frame_of.update({pts: frame for frame, pts in enumerate(self.pts or ())})

    def frame_at(self, pts: int | None) -> int | None:
        """Return the index of the frame of this presentation time."""
        return None if pts is None else self._frame_of.get(pts)

    def order_of(self, packet: Packet[VideoStream]) -> int | None:
        """Return the position of a packet in the file, or None if it is not known again."""
        mark = packet.dts if self.pts is None else packet.pts
        return None if mark is None else self.order.get(mark)

    def key_before(self, frame: int) -> int:
        """Return which key decoding of ``frame`` starts from, as an index into ``keys``."""
        return bisect_right(self.keys, frame, key=lambda key: key.frame) - 1

    def group(self, frame: int) -> Span:
        """Return the frames that decode from the same key as ``frame``."""
        key = self.key_before(frame)
        later = self.keys[key + 1].frame if key + 1 < len(self.keys) else self.n_frames
        return Span(self.keys[key].frame, later - 1)


def build_index(path: Path) -> VideoIndex:
    """Read all packets of a video, and decode its beginning and its end.

    Both ends are decoded because packets there may never become frames: the file was cut, or cut
    by an edit list. If one of them does not show what its packets promise, everything is decoded
    once.

    Raises
    ------
    ClipError
        If the file is no video, or no frame of it decodes.
    """
    scan = scan_packets(path)
    times = _times(scan.packets)
    first, head = decode_shown(path, _HEAD_FRAMES)
    if first is None:
        raise no_video(path, "none of its pictures can be decoded")
    if times is None or scan.guesses_times or not _in_order(head):
        shown = decode_shown(path)[1]
        keys = _counted_keys(scan.packets, shown)
        return _checked(path, _index(scan, None, len(shown), keys, first))
    if not _as_promised(path, scan, times, head):
        times = _unique_times(decode_shown(path)[1])
    keys = _timed_keys(scan.packets, times)
    return _checked(path, _index(scan, times, len(times), keys, first))


def _times(found: Sequence[ScannedPacket]) -> tuple[int, ...] | None:
    """Return the presentation times in order, or None if some are missing or occur twice."""
    every = [packet.pts for packet in found]
    if None in every or len(set(every)) < len(every):
        return None
    return tuple(sorted(p.pts for p in found if p.is_shown and p.pts is not None))


def _in_order(shown: Sequence[ShownFrame]) -> bool:
    times = [frame.pts for frame in shown if frame.pts is not None]
    return len(times) == len(shown) and all(a < b for a, b in pairwise(times))


def _unique_times(shown: Sequence[ShownFrame]) -> tuple[int, ...]:
    return tuple(sorted({frame.pts for frame in shown if frame.pts is not None}))


def _as_promised(
    path: Path, scan: Scan, times: tuple[int, ...], head: Sequence[ShownFrame]
) -> bool:
    if not times:
        return False
    complete = len(head) < _HEAD_FRAMES
    if tuple(frame.pts for frame in head) != (times if complete else times[:_HEAD_FRAMES]):
        return False
    last = _timed_keys(scan.packets, times)[-1]
    expected = times[last.frame :]
    tail = _unique_times(decode_shown(path, pts=last.pts)[1])
    return complete or tail[-len(expected) :] == expected


def _timed_keys(found: Sequence[ScannedPacket], times: Sequence[int]) -> tuple[Key, ...]:
    keys: dict[int, Key] = {0: Key(0, 0, found[0].pts, found[0].dts)}
    for order, packet in enumerate(found):
        if packet.is_key and packet.pts is not None:
            frame = bisect_left(times, packet.pts)
            if frame < len(times):
                keys[frame] = Key(frame, order, packet.pts, packet.dts)
    return tuple(keys[frame] for frame in sorted(keys))


def _counted_keys(found: Sequence[ScannedPacket], shown: Sequence[ShownFrame]) -> tuple[Key, ...]:
    """Pair key packets with key frames in their order; where that fails, only the start is left."""
    start = Key(0, 0, found[0].pts, found[0].dts)
    frames = [index for index, frame in enumerate(shown) if frame.is_key]
    orders = [order for order, packet in enumerate(found) if packet.is_key]
    times = [packet.dts for packet in found]
    if len(frames) != len(orders) or None in times or len(set(times)) < len(times):
        return (start,)
    pairs = zip(frames, orders, strict=True)
    keys = [Key(frame, order, found[order].pts, found[order].dts) for frame, order in pairs]
    return (start, *(key for key in keys if key.frame > 0))


def _checked(path: Path, index: VideoIndex) -> VideoIndex:
    """Drop all keys but the start if packets cannot be known again after seeking.

    In MPEG program streams, most packets have no times of their own, and those that FFmpeg makes
    up depend on where reading began.
    """
    last = index.keys[-1]
    if len(index.keys) == 1 or last.pts is None:
        return index
    container, stream = open_stream(path)
    with container:
        container.seek(last.pts, stream=stream)
        orders = [index.order_of(packet) for packet in packets(container, stream)]
    known = [order for order in orders if order is not None]
    if len(known) == len(orders) and all(b == a + 1 for a, b in pairwise(known)):
        return index
    return replace(index, keys=index.keys[:1])


def _index(
    scan: Scan,
    times: tuple[int, ...] | None,
    n_frames: int,
    keys: tuple[Key, ...],
    first: VideoFrame,
) -> VideoIndex:
    rotation = round(first.rotation / 90) * 90 % 360
    turned = rotation in (90, 270)
    marks = [packet.dts if times is None else packet.pts for packet in scan.packets]
    return VideoIndex(
        n_frames=n_frames,
        promised=scan.promised,
        pts=times,
        time_base=scan.time_base,
        keys=keys,
        order={mark: order for order, mark in enumerate(marks) if mark is not None},
        codec=scan.codec,
        size=(first.width, first.height) if turned else (first.height, first.width),
        rotation=rotation,
        nominal_rate=scan.nominal_rate,
        fingerprint=scan.fingerprint,
    )
