"""Benchmarks of dynamic images: one window, a window along a clip, exact rank pooling."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from meviewer.motion import dynamic_image
from meviewer.motion.bench_measure import Goal, Peer, Result, compare, package
from meviewer.motion.bench_scenes import face_like_frames

RGB = NDArray[np.uint8]


def dynamic_images(n_frames: int = 200, height: int = 224, width: int = 224) -> tuple[Result, ...]:
    """Approximate rank pooling, against its definition and against the sum in float64."""
    frames = face_like_frames(n_frames, height, width)
    size = f"{n_frames} frames {width}x{height}"
    means = Peer("running-mean loop, float64", lambda: running_means(frames))
    found = []
    for kind, peer in (
        ("bilen", means),
        *((kind, None) for kind in ("bilen", "learnet", "linear")),
    ):
        alpha = dynamic_image.weights(n_frames, kind)
        work = peer or Peer("numpy loop of weights, float64", _summed(frames, alpha))
        note = _apart(dynamic_image.dynamic_image(frames, kind), _summed(frames, alpha)())
        goal = Goal(ms=10, ratio=20) if peer else Goal(ms=10)
        ours = _pooled(frames, kind)
        name = f"dynamic image {kind}, {size}"
        found.append(compare(name, ours, work, note, goal=goal, runs=11))
    return tuple(found)


def sliding(
    n_frames: int = 160, window: int = 60, height: int = 224, width: int = 224
) -> tuple[Result, ...]:
    """Move a window along a clip, against the weighted sum of each window anew."""
    frames = face_like_frames(n_frames, height, width)
    starts = range(0, n_frames - window + 1, 8)
    share = len(starts) / (n_frames - window + 1)
    found = []
    for kind in ("linear", "bilen"):

        def ours(kind: str = kind) -> RGB:
            images = dynamic_image.sliding(frames, window, kind)
            return np.asarray(deque(images, maxlen=1)[0])

        def anew(kind: str = kind) -> None:
            for start in starts:
                dynamic_image.dynamic_image(frames[start : start + window], kind)

        alpha = dynamic_image.weights(window, kind)
        note = _apart(ours(), _summed(frames[-window:], alpha)())
        name = f"sliding {kind}, window {window} of {n_frames} frames {width}x{height}"
        peer = Peer("our weighted sum of each window", anew, share)
        reckoned = f"{note}; peer timed on {len(starts)} windows, the rest reckoned"
        found.append(compare(name, ours, peer, reckoned, runs=5))
    return tuple(found)


def rank_pooling(n_frames: int = 20, height: int = 32, width: int = 32) -> tuple[Result, ...]:
    """Exact rank pooling, against scikit-learn's linear support vector regression."""
    frames = face_like_frames(n_frames, height, width)
    ours = _pooled(frames, "exact")
    peer = _scikit_learn(frames)
    note = ""
    if not isinstance(peer.work, str):
        theirs = np.asarray(peer.work(), np.float64) * 255
        note = _apart(ours().reshape(-1), theirs)
    name = f"exact rank pooling, {n_frames} frames {width}x{height}"
    return (compare(name, ours, peer, note, peer_runs=2),)


def running_means(frames: RGB) -> NDArray[np.float64]:
    """Return the dynamic image by its definition: ``sum_t (2t - N - 1) mean(F_1..F_t)``."""
    total = np.zeros(frames.shape[1:])
    pooled = np.zeros(frames.shape[1:])
    for t, frame in enumerate(frames, 1):
        total += frame
        pooled += (2 * t - len(frames) - 1) * (total / t)
    return pooled


def _pooled(frames: RGB, kind: str) -> Callable[[], NDArray[np.float32]]:
    return lambda: dynamic_image.dynamic_image(frames, kind)


def _summed(frames: RGB, alpha: NDArray[np.float64]) -> Callable[[], NDArray[np.float64]]:
    def work() -> NDArray[np.float64]:
        total = np.zeros(frames.shape[1:])
        for weight, frame in zip(alpha, frames, strict=True):
            total += weight * frame
        return total

    return work


def _scikit_learn(frames: RGB) -> Peer:
    name = package("scikit-learn LinearSVR", "scikit-learn")
    try:
        from sklearn.svm import LinearSVR
    except ImportError as error:
        return Peer(name, f"is not installed: {error}")
    order = np.arange(1, len(frames) + 1)

    def work() -> NDArray[np.float64]:
        flat = frames.reshape(len(frames), -1) / 255.0
        means = np.cumsum(flat, axis=0) / order[:, None]
        solver = LinearSVR(
            C=1,
            epsilon=0.1,
            loss="squared_epsilon_insensitive",
            fit_intercept=False,
            dual=True,
            tol=1e-4,
            max_iter=20_000,
        )
        return np.asarray(solver.fit(means, order).coef_, np.float64)

    return Peer(name, work)


def _apart(ours: NDArray[np.generic], theirs: NDArray[np.float64]) -> str:
    apart = float(np.abs(ours.astype(np.float64) - theirs).max() / np.abs(theirs).max())
    return f"largest relative difference {apart:.1e}"
