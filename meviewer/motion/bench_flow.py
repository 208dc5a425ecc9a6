"""Benchmarks of TV-L1, and of what a drag of a keyframe computes anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from meviewer.core.events import Keyframes
from meviewer.motion import dynamic_image, flow, mm_cof
from meviewer.motion.bench_measure import Goal, Peer, Result, compare, package
from meviewer.motion.bench_pooling import running_means
from meviewer.motion.bench_scenes import (
    FlowScene,
    face_like_frames,
    flow_scene,
    mean_error_px,
    moving_error_px,
    write_images,
)
from meviewer.motion.mm_cof import MMCOF
from meviewer.motion.representation import ClipMotion
from meviewer.motion.vision import cv2_or_error

Flow = NDArray[np.float32]


def tvl1(height: int = 480, width: int = 640) -> tuple[Result, ...]:
    """TV-L1 on a known warp of 1 px, against scikit-image's and OpenCV's contributed one."""
    scene = flow_scene(height, width, most_px=1.0)
    flow.warm()

    def ours() -> Flow:
        return flow.compute(scene.first, scene.second)

    error = mean_error_px(ours(), scene.flow)
    lamp = _flicker(height, width)
    return tuple(
        compare(
            f"TV-L1 flow, {width}x{height}",
            ours,
            peer,
            f"{_errors(error, peer, scene)}; {lamp}",
            goal=Goal(ratio=ratio),
            runs=11,
        )
        for peer, ratio in ((_scikit_image(scene), 15.0), (_opencv_contrib(scene), None))
    )


def drag(n_frames: int = 60, height: int = 340, width: int = 280) -> tuple[Result, ...]:
    """Both dynamic images, both flows (DIS) and MM-COF, anew for a keyframe that moved."""
    frames = face_like_frames(n_frames, height, width)
    marks = Keyframes(n_frames // 6, n_frames // 2, n_frames - n_frames // 6)
    motion = ClipMotion(frames)
    motion.load()

    def ours() -> MMCOF:
        dynamic_image.dynamic_image(motion.stack[marks.onset : marks.apex + 1])
        dynamic_image.dynamic_image(motion.stack[marks.apex : marks.offset + 1])
        return _joined(frames, marks)

    with tempfile.TemporaryDirectory() as folder:
        paths = write_images(frames, Path(folder), "png")
        apart = float(np.abs(ours().magnitude - _script(paths, marks).magnitude).max())
        return (
            compare(
                f"drag: two dynamic images, two flows, MM-COF, {width}x{height}",
                ours,
                Peer("script: files read again, running means, DIS", lambda: _script(paths, marks)),
                f"{len(marks.span)} frames from onset to offset; MM-COF differs by {apart:.1e}",
                runs=11,
            ),
        )


def _joined(frames: Sequence[NDArray[np.uint8]] | NDArray[np.uint8], marks: Keyframes) -> MMCOF:
    pairs = ((marks.onset, marks.apex), (marks.apex, marks.offset))
    rise, fall = (flow.compute(frames[i], frames[j], "dis") for i, j in pairs)
    return mm_cof.mm_cof(rise, fall)


def _script(paths: Sequence[Path], marks: Keyframes) -> MMCOF:
    """Do what scripts do: read what is needed again, and pool by the definition."""
    cv2 = cv2_or_error()
    frames = [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths]
    for span in (marks.rise, marks.fall):
        running_means(np.stack(frames[span.first : span.last + 1]))
    return _joined(frames, marks)


def _scikit_image(scene: FlowScene) -> Peer:
    name = package("scikit-image", "scikit-image")
    try:
        from skimage.registration import optical_flow_tvl1
    except ImportError as error:
        return Peer(name, f"is not installed: {error}")

    def work() -> Flow:
        v, u = optical_flow_tvl1(scene.first, scene.second)
        return np.stack((u, v), axis=-1).astype(np.float32)

    return Peer(name, work)


def _opencv_contrib(scene: FlowScene) -> Peer:
    cv2: ModuleType = cv2_or_error()
    extra = getattr(cv2, "optflow", None)
    if extra is None or not hasattr(extra, "DualTVL1OpticalFlow_create"):
        return Peer("OpenCV contrib", f"is not in this wheel of OpenCV {cv2.__version__}")
    solver = extra.DualTVL1OpticalFlow_create()
    return Peer(
        f"OpenCV contrib {cv2.__version__}",
        lambda: np.asarray(solver.calc(scene.first, scene.second, None), np.float32),
    )


def _flicker(height: int, width: int) -> str:
    """Say how much a lamp costs: 2 % and one level, beside a noise of one level."""
    calm = flow_scene(height, width, 1.0, noise=1.0)
    lamp = flow_scene(height, width, 1.0, noise=1.0, gain=1.02, shift=1.0)
    before, after = (flow.compute(one.first, one.second) for one in (calm, lamp))
    grown = [
        100 * (measure(after, calm.flow) / measure(before, calm.flow) - 1)
        for measure in (mean_error_px, moving_error_px)
    ]
    return f"flicker of 2 % + 1 level: {grown[0]:+.0f} %, where it moves {grown[1]:+.0f} %"


def _errors(ours_px: float, peer: Peer, scene: FlowScene) -> str:
    note = f"end-point error {ours_px:.3f} px"
    work: Callable[[], object] | str = peer.work
    if isinstance(work, str):
        return note
    theirs = np.asarray(work(), np.float32)
    return f"{note}, {peer.name}'s {mean_error_px(theirs, scene.flow):.3f} px"
