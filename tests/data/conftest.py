"""Videos whose frames carry their own number as a bar code, and image folders."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

BITS = 10
BLOCK = 12
WIDTH, HEIGHT = BITS * BLOCK, 64


def barcode_frame(number):
    """A picture with ten black or white blocks at its top, and texture that moves below."""
    rng = np.random.default_rng(number)
    frame = rng.integers(90, 110, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    frame[30:50, number % 80 : number % 80 + 20] = (200, 60, 30)
    for bit in range(BITS):
        frame[:20, bit * BLOCK : (bit + 1) * BLOCK] = 235 if number >> bit & 1 else 20
    return frame


def read_barcode(frame):
    """The number in a frame that `barcode_frame` made."""
    centres = frame[10, BLOCK // 2 :: BLOCK].mean(axis=-1)
    return sum(1 << bit for bit, value in enumerate(centres) if value > 128)


@pytest.fixture(scope="session")
def barcode():
    """`read_barcode` for tests."""
    return read_barcode


@pytest.fixture(scope="session")
def write_video():
    """Writer of videos with bar codes."""
    return _write_video


def _write_video(
    path,
    n=60,
    codec="libx264",
    pix_fmt="yuv420p",
    rate=25,
    pts=None,
    options=None,
    container_options=None,
    gop=12,
    b_frames=2,
    first=0,
):
    import av

    time_base = Fraction(1, 1000) if pts else 1 / Fraction(rate)
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        fixed = {"x264-params": "scenecut=0"} if codec == "libx264" else {}
        stream = container.add_stream(codec, rate=rate, options=options or fixed)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
        stream.codec_context.time_base = time_base
        stream.codec_context.gop_size = gop
        if codec in ("libx264", "mpeg4", "mpeg2video"):
            stream.codec_context.max_b_frames = b_frames
        for i in range(n):
            frame = av.VideoFrame.from_ndarray(barcode_frame(first + i), format="rgb24")
            frame.pts = pts[i] if pts else i
            frame.time_base = time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def decode_all():
    """Decode a video from its start to its end: the reference for every exact frame."""

    def decode(path):
        import av

        with av.open(str(path)) as container:
            return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]

    return decode
