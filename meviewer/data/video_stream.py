"""Open the picture stream of a video file, and decode it from a given packet on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from meviewer.core.errors import ClipError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# FFmpeg shows any text file as a video of a typewriter terminal.
_NO_VIDEO = frozenset({"tty", "bin", "xbin", "adf", "idf"})
# They name other files or servers, which FFmpeg would try for minutes.
_PLAY_LISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD", b"<SMIL", b"[playlist]", b"[Reference]")
_MAX_THREADS = 4


def open_stream(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a video file for decoding.

    Raises
    ------
    ClipError
        If the file is no video, or damaged beyond opening.
    """
    import av

    if _is_play_list(path):
        raise no_video(path, "it is a list of other files")
    try:
        # Neither play lists nor odd file names may make FFmpeg reach for the network.
        options = {"protocol_whitelist": "file"}
        container = av.open(f"file:{path.absolute()}", options=options)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise no_video(path, f"FFmpeg says: {_words(error)}") from error
    videos = [s for s in container.streams.video if not _is_cover(s)]
    if container.format.name in _NO_VIDEO or not videos:
        container.close()
        raise no_video(path, "there are no moving pictures in it")
    stream = videos[0]
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = min(os.cpu_count() or 1, _MAX_THREADS)
    return container, stream


def no_video(path: Path, why: str) -> ClipError:
    """Return the error for a file that holds no pictures we can decode."""
    return ClipError(
        "Not a video that can be read",
        where=str(path),
        why=why,
        now="choose a video file such as MP4, AVI or MKV, or a folder of numbered images",
    )


def packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Yield packets that hold data, up to the end or to where the file cannot be read on."""
    import av

    with suppress(av.error.FFmpegError, OSError):
        for packet in container.demux(stream):
            if packet.size:
                yield packet


def decoded(stream: VideoStream, source: Iterable[Packet[VideoStream]]) -> Iterator[VideoFrame]:
    """Yield the frames that decode; packets that do not are passed over."""
    import av

    for packet in chain(source, (None,)):
        try:
            # None makes the decoder hand out what it still holds.
            frames = stream.decode(packet)
        except av.error.FFmpegError:
            continue
        yield from frames


def _is_play_list(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise no_video(path, error.strerror or str(error)) from error
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_PLAY_LISTS)


def _is_cover(stream: VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _words(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error)
