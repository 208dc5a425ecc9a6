"""Benchmarks of the difference of all pairs, from a folder and from memory, and of GAMDSS."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.data.clip import open_clip
from meviewer.motion import difference
from meviewer.motion.bench_measure import Goal, Peer, Result, compare
from meviewer.motion.bench_scenes import face_like_frames, write_images
from meviewer.motion.representation import ClipMotion
from meviewer.motion.representation_decoding import DecodingCancelledError
from meviewer.motion.vision import cv2_or_error

_SAMPLED_PAIRS = 60
_WRITTEN_CLIPS = 5

_Pairs = Sequence[tuple[int, int]]


def matrix(n_frames: int = 400, height: int = 480, width: int = 640) -> tuple[Result, ...]:
    """All pairs: grey and colour from a folder of JPEG files, and from memory.

    The peer from files reads both files of each pair again; that from memory subtracts in float64.
    Both are timed on a sample of pairs, the rest is reckoned.
    """
    frames = face_like_frames(n_frames, height, width)
    size = f"{n_frames} frames {width}x{height}"
    return (
        *_from_folder(f"difference matrix, {size} grey, JPEG folder", frames[..., 0]),
        *_from_folder(f"difference matrix, {size} colour, JPEG folder", frames),
        _from_memory(f"difference matrix, {size} colour, in memory", frames),
    )


def gamdss(n_frames: int = 100, height: int = 480, width: int = 640) -> tuple[Result, ...]:
    """Re-selection in a clip whose frames are in memory, against reading pairs again."""
    frames = face_like_frames(n_frames, height, width)
    label = Keyframes(n_frames // 5, n_frames * 3 // 5, n_frames * 19 // 20)
    kept = ClipMotion(frames)
    found = kept.reselect(label, "full")
    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(frames, Path(folder), "png")
        theirs = _published_way(paths, label)
        same = "the same keyframes" if theirs == found.keyframes else f"the peer finds {theirs}"
        peer = Peer("loop re-reading PNG files", lambda: _published_way(paths, label))
        name = f"GAMDSS full, {n_frames} frames {width}x{height}"
        return (
            compare(
                f"{name}, a label moved",
                lambda: kept.reselect(label, "full"),
                peer,
                f"{same}; frames cached, noise known",
                goal=Goal(ms=5),
                runs=15,
            ),
            compare(
                f"{name}, first question",
                lambda: ClipMotion(frames).reselect(label, "full"),
                peer,
                f"{same}; frames cached, noise of all neighbours measured anew",
                runs=15,
            ),
        )


def project(
    n_clips: int = 255, n_frames: int = 60, height: int = 340, width: int = 280
) -> tuple[Result, ...]:
    """GAMDSS over clips that are read from JPEG files, one after another, as `suggest` does.

    Five different clips are written; the others are links to their files, so that as much is
    decoded as in a data set of that size while the benchmark writes little.
    """
    label = Keyframes(n_frames // 6, n_frames // 2, n_frames * 5 // 6)
    with tempfile.TemporaryDirectory() as folder:
        clips = _linked_clips(Path(folder), n_clips, n_frames, height, width)

        def ours() -> list[Keyframes]:
            return [_reselected(clip, label) for clip in clips]

        found = ours()
        first = sorted(clips[0].iterdir())
        theirs = _published_way(first, label)
        same = "the same keyframes" if theirs == found[0] else f"the peer finds {theirs}"
        return (
            compare(
                f"GAMDSS full, project of {n_clips} clips of {n_frames} frames {width}x{height}, "
                "JPEG files",
                ours,
                Peer(
                    "loop re-reading JPEG files", lambda: _published_way(first, label), 1 / n_clips
                ),
                f"{same}; peer timed on one clip, the rest reckoned",
                goal=Goal(ms=20_000),
                runs=1,
            ),
        )


def _linked_clips(folder: Path, n_clips: int, n_frames: int, height: int, width: int) -> list[Path]:
    clips = [folder / f"clip{number:03d}" for number in range(n_clips)]
    written: list[list[Path]] = []
    for number, clip in enumerate(clips):
        clip.mkdir()
        if number < _WRITTEN_CLIPS:
            frames = face_like_frames(n_frames, height, width, seed=number)
            written.append(write_images(frames, clip, "jpg"))
            continue
        for path in written[number % len(written)]:
            (clip / path.name).hardlink_to(path)
    return clips


def _reselected(folder: Path, label: Keyframes) -> Keyframes:
    with open_clip(folder) as clip:
        return ClipMotion(clip).reselect(label, "full").keyframes


def _preview(folder: str) -> NDArray[np.float64]:
    """Return the first rough matrix of a clip, and read no further."""
    seen: list[NDArray[np.float64]] = []
    with open_clip(folder) as clip:
        motion = ClipMotion(
            clip,
            watch=lambda preview: seen.append(preview.matrix_rms()),
            cancelled=lambda: bool(seen),
        )
        with suppress(DecodingCancelledError):
            motion.load()
    return seen[0] if seen else np.zeros((0, 0))


def _from_folder(name: str, frames: NDArray[np.uint8]) -> tuple[Result, Result]:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(frames, Path(folder), "jpg")

        def ours() -> NDArray[np.float64]:
            # As the window does: opened, decoded, all pairs; drawing takes some ms more.
            with open_clip(folder) as clip:
                return ClipMotion(clip).matrix()

        pairs, share = _sample(len(frames))
        peer = Peer("loop re-reading JPEG files", lambda: _reread(paths, pairs), share)
        exact = ours()
        rough = _preview(folder)
        near = np.corrcoef(rough.ravel(), exact.ravel())[0, 1] if rough.size else np.nan
        first = compare(
            f"{name}, first preview",
            lambda: _preview(folder),
            peer,
            f"every fourth frame at about 160 px; correlation with the exact matrix {near:.3f}",
            goal=Goal(ms=500),
            runs=5,
            peer_runs=1,
        )
        note = _exactness(exact, pairs, _reread(paths, pairs))
        return compare(name, ours, peer, note, goal=Goal(ms=1500, ratio=400), runs=5), first


def _from_memory(name: str, frames: NDArray[np.uint8]) -> Result:
    pairs, share = _sample(len(frames))

    def peer() -> list[float]:
        return [float(np.linalg.norm(frames[i].astype(float) - frames[j])) for i, j in pairs]

    def ours() -> NDArray[np.float64]:
        return difference.matrix(frames)

    note = _exactness(ours(), pairs, peer())
    return compare(name, ours, Peer("numpy loop, float64", peer, share), note, runs=5)


def _sample(n_frames: int) -> tuple[_Pairs, float]:
    pairs = [(i, j) for i in range(n_frames) for j in range(i + 1, n_frames)]
    # A prime step meets pairs of all distances.
    step = max(1, len(pairs) // _SAMPLED_PAIRS) | 1
    return pairs[::step], len(pairs[::step]) / len(pairs)


def _exactness(ours: NDArray[np.float64], pairs: _Pairs, theirs: Sequence[float]) -> str:
    apart = max(
        abs(ours[pair] - value) / max(value, 1.0) for pair, value in zip(pairs, theirs, strict=True)
    )
    total = len(ours) * (len(ours) - 1) // 2
    return (
        f"peer timed on {len(pairs)} of {total} pairs, the rest reckoned; "
        f"largest relative difference {apart:.1e}"
    )


def _reread(paths: Sequence[Path], pairs: _Pairs) -> list[float]:
    distance = _reader()
    return [distance(paths[i], paths[j]) for i, j in pairs]


def _published_way(paths: Sequence[Path], label: Keyframes) -> Keyframes:
    """Choose as published code does, two files read for each pair, but subtracted in float64."""
    distance = _reader()
    margin = int(0.10 * (label.apex - label.onset))
    tail = int(0.10 * (label.offset - label.apex))
    _, onset, apex = max(
        (distance(paths[i], paths[j]), i, j)
        for i in range(label.onset, label.onset + margin + 1)
        for j in range(label.apex - margin, label.apex + 1)
    )
    _, offset = max(
        (distance(paths[apex], paths[k]), k) for k in range(label.offset - tail, label.offset + 1)
    )
    return Keyframes(onset, apex, offset)


def _reader() -> Callable[[Path, Path], float]:
    cv2 = cv2_or_error()

    def distance(one: Path, other: Path) -> float:
        first, second = cv2.imread(str(one)), cv2.imread(str(other))
        return float(np.linalg.norm(first.astype(float) - second))

    return distance
