"""The project's own benchmarks of motion, against the peers that are installed.

Each runs ours and the peers on the same input in one process and keeps the best of some runs, so
that a busy machine disturbs the ratio least. Errors stand beside times: a fast wrong flow is easy.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from meviewer.motion import difference, dynamic_image, flow
from meviewer.motion.bench_scenes import FlowScene, face_like_frames, flow_scene, mean_error_px
from meviewer.motion.vision import cv2_or_error

Flow = NDArray[np.float32]
RGB = NDArray[np.uint8]

T = TypeVar("T")

_RUNS = 5
_FLOW_RUNS = 15
_PEER_RUNS = 2
_SAMPLED_PAIRS = 60


@dataclass(frozen=True, slots=True)
class Result:
    """Ours against one peer.

    Attributes
    ----------
    name : str
        What was measured, with its size.
    ours_ms, peer_ms : float
        Best wall time; the peer's is None where it is not installed.
    ratio : float or None
        How many times faster ours is.
    note : str
        Errors, how it was measured, or why there is no peer.
    """

    name: str
    ours_ms: float
    peer: str
    peer_ms: float | None
    ratio: float | None
    note: str


def tvl1(height: int = 480, width: int = 640) -> tuple[Result, ...]:
    """TV-L1 on a known warp of 1 px, against scikit-image's and OpenCV's contributed one."""
    scene = flow_scene(height, width, most_px=1.0)
    flow.warm()
    ours_ms, found = best_of(lambda: flow.compute(scene.first, scene.second), _FLOW_RUNS)
    name, error = f"TV-L1 flow, {width}x{height}", mean_error_px(found, scene.flow)
    peers = (("scikit-image", _scikit_image(scene)), ("OpenCV contrib", _opencv_contrib(scene)))
    return tuple(_flow_result(name, ours_ms, error, peer, work, scene) for peer, work in peers)


def matrix(n_frames: int = 100, height: int = 480, width: int = 640) -> tuple[Result, ...]:
    """Pairwise differences from memory, against a loop that reads both files of each pair."""
    frames = face_like_frames(n_frames, height, width)
    ours_ms, ours = best_of(lambda: difference.matrix(frames), _RUNS)
    pairs = [(i, j) for i in range(n_frames) for j in range(i + 1, n_frames)]
    sampled = pairs[:: max(1, len(pairs) // _SAMPLED_PAIRS)]
    with tempfile.TemporaryDirectory() as folder:
        paths = _write(frames, Path(folder))
        sample_ms, theirs = best_of(lambda: _reread(paths, sampled), _PEER_RUNS)
    apart = max(
        abs(ours[pair] - value) / max(value, 1.0)
        for pair, value in zip(sampled, theirs, strict=True)
    )
    peer_ms = sample_ms * len(pairs) / len(sampled)
    note = (
        f"{len(sampled)} of {len(pairs)} pairs timed, the rest reckoned; "
        f"largest relative difference {apart:.1e}"
    )
    name = f"difference matrix, {n_frames} frames {width}x{height}"
    return (_result(name, ours_ms, "loop re-reading PNG files", peer_ms, note),)


def dynamic_images(n_frames: int = 200, height: int = 224, width: int = 224) -> tuple[Result, ...]:
    """Approximate rank pooling, against ranking the running means one by one."""
    frames = face_like_frames(n_frames, height, width)
    ours_ms, ours = best_of(lambda: dynamic_image.dynamic_image(frames), _RUNS)
    peer_ms, theirs = best_of(lambda: running_means(frames), _PEER_RUNS)
    apart = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    name = f"dynamic image, {n_frames} frames {width}x{height}"
    note = f"largest relative difference {apart:.1e}"
    return (_result(name, ours_ms, "running-mean loop", peer_ms, note),)


BENCHMARKS: Mapping[str, Callable[[], tuple[Result, ...]]] = {
    "tvl1": tvl1,
    "matrix": matrix,
    "dynamic-image": dynamic_images,
}
"""Each benchmark by its name, at its usual size."""


def best_of(work: Callable[[], T], runs: int) -> tuple[float, T]:
    """Return the shortest time in ms and the last result."""
    shortest = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        found = work()
        shortest = min(shortest, time.perf_counter() - begin)
    return shortest * 1e3, found


def running_means(frames: RGB) -> NDArray[np.float64]:
    """Return the dynamic image by its definition: ``sum_t (2t - N - 1) mean(F_1..F_t)``."""
    total = np.zeros(frames.shape[1:])
    pooled = np.zeros(frames.shape[1:])
    for t, frame in enumerate(frames, 1):
        total += frame
        pooled += (2 * t - len(frames) - 1) * (total / t)
    return pooled


def _scikit_image(scene: FlowScene) -> Callable[[], Flow] | str:
    try:
        from skimage.registration import optical_flow_tvl1
    except ImportError as error:
        return f"not installed: {error}"

    def work() -> Flow:
        v, u = optical_flow_tvl1(scene.first, scene.second)
        return np.stack((u, v), axis=-1).astype(np.float32)

    return work


def _opencv_contrib(scene: FlowScene) -> Callable[[], Flow] | str:
    cv2: ModuleType = cv2_or_error()
    extra = getattr(cv2, "optflow", None)
    if extra is None or not hasattr(extra, "DualTVL1OpticalFlow_create"):
        return f"not in this wheel of OpenCV {cv2.__version__}"
    solver = extra.DualTVL1OpticalFlow_create()
    return lambda: np.asarray(solver.calc(scene.first, scene.second, None), np.float32)


def _flow_result(
    name: str,
    ours_ms: float,
    error_px: float,
    peer: str,
    work: Callable[[], Flow] | str,
    scene: FlowScene,
) -> Result:
    note = f"end-point error {error_px:.3f} px"
    if isinstance(work, str):
        return _result(name, ours_ms, peer, None, f"{note}; {peer} {work}")
    peer_ms, theirs = best_of(work, _PEER_RUNS)
    note += f", {peer}'s {mean_error_px(theirs, scene.flow):.3f} px"
    return _result(name, ours_ms, peer, peer_ms, note)


def _result(name: str, ours_ms: float, peer: str, peer_ms: float | None, note: str) -> Result:
    ratio = None if peer_ms is None else peer_ms / ours_ms
    return Result(name, ours_ms, peer, peer_ms, ratio, note)


def _write(frames: RGB, folder: Path) -> list[Path]:
    cv2 = cv2_or_error()
    paths = [folder / f"{number:04d}.png" for number in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        cv2.imwrite(str(path), frame)
    return paths


def _reread(paths: Sequence[Path], pairs: Sequence[tuple[int, int]]) -> list[float]:
    cv2 = cv2_or_error()
    return [
        float(np.linalg.norm(cv2.imread(str(paths[i])).astype(float) - cv2.imread(str(paths[j]))))
        for i, j in pairs
    ]
