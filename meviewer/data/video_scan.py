"""One pass over a video: its packets without decoding, or what its decoder shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.data.fingerprint import Fingerprint
from meviewer.data.video_stream import decoded, open_stream, packets

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_HASHED_BYTES = 64


@dataclass(frozen=True, slots=True)
class ScannedPacket:
    """Times of one packet in units of the time base, and whether it is to be shown at all."""

    pts: int | None
    dts: int | None
    is_key: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """What is asked of one decoded frame."""

    pts: int | None
    is_key: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What reading all packets tells.

    Attributes
    ----------
    packets : list of ScannedPacket
        In the order of the file, which is that of decoding.
    fingerprint : str
    promised : int
        Frames that the header promises; 0 if it says nothing.
    time_base : Fraction
        Seconds.
    nominal_rate : Fraction or None
        Frames per second as the header says.
    codec : str
    guesses_times : bool
        Whether presentation times are made up and cannot be relied on.
    """

    packets: list[ScannedPacket]
    fingerprint: str
    promised: int
    time_base: Fraction
    nominal_rate: Fraction | None
    codec: str
    guesses_times: bool


def scan_packets(path: Path) -> Scan:
    """Read all packets of a video without decoding them.

    The fingerprint is over the size and the first bytes of each: what the header says besides,
    such as a title, does not enter.

    Raises
    ------
    ClipError
        If the file is no video.
    """
    container, stream = open_stream(path)
    fingerprint = Fingerprint()
    found = []
    with container:
        for packet in packets(container, stream):
            fingerprint.add_number(packet.size)
            fingerprint.add_number(int(packet.is_discard))
            fingerprint.add_bytes(memoryview(packet)[:_HASHED_BYTES])
            found.append(_entry(packet))
        rate = stream.guessed_rate or stream.average_rate
        name = stream.codec_context.name
        base = stream.time_base or Fraction(1, 1000)
        # AVI stores no presentation times; FFmpeg's guess is wrong where frames are reordered.
        guesses = container.format.name == "avi" and bool(stream.codec_context.has_b_frames)
        return Scan(found, fingerprint.text(), stream.frames, base, rate or None, name, guesses)


def _entry(packet: Packet[VideoStream]) -> ScannedPacket:
    return ScannedPacket(packet.pts, packet.dts, packet.is_keyframe, not packet.is_discard)


def decode_shown(
    path: Path, limit: int | None = None, pts: int | None = None
) -> tuple[VideoFrame | None, list[ShownFrame]]:
    """Decode from the start or from a time on; return the first frame, and what was shown."""
    container, stream = open_stream(path)
    with container:
        if pts is not None:
            container.seek(pts, stream=stream)
        first, shown = None, []
        for frame in islice(decoded(stream, packets(container, stream)), limit):
            first = first or frame
            shown.append(ShownFrame(frame.pts, bool(frame.key_frame)))
    return first, shown
