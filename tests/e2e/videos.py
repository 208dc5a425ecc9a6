"""A video file from frames."""

from __future__ import annotations

from pathlib import Path


def write_video(path: Path, frames, rate=50) -> Path:
    """Write (T, H, W, 3) uint8 RGB frames as H.264 and return the path."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return path
