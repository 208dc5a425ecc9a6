"""Benchmark of the feature store: all representations of a project, against a plain script."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes
from meviewer.data.clip import open_clip
from meviewer.data.clip_settings import write_settings
from meviewer.experiment.records import FeaturesDone
from meviewer.motion.bench_measure import Goal, Peer, Result, compare, package
from meviewer.motion.bench_pooling import running_means
from meviewer.motion.bench_scenes import face_like_frames, write_images
from meviewer.motion.mm_cof import mm_cof
from meviewer.motion.vision import cv2_or_error
from meviewer.nn.feature_plan import FeatureOptions
from meviewer.nn.features import compute_features
from meviewer.project.clips import add_clip
from meviewer.project.project import Project

SET_CLIPS = 255
"""Clips of the data set that the goal speaks of: as many as CASME II has."""

SET_GOAL_S = 90.0
"""Goal for all of them on two cores."""

_TIER = "A"
_MARKS = Keyframes(10, 25, 45)


def features(
    n_clips: int = 51, n_frames: int = 60, height: int = 340, width: int = 280, size_px: int = 224
) -> tuple[Result, ...]:
    """Fill the store from JPEG folders: two TV-L1 flows, three dynamic images and MM-COF each.

    A part of a data set is measured, the start of the worker processes included; the goal is
    shared out in proportion. The peer does one clip.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with _project(root, n_clips, face_like_frames(n_frames, height, width)) as project:
            options = FeatureOptions(size_px=size_px, tier=_TIER)
            return (
                compare(
                    f"features of {n_clips} clips at {size_px} px, JPEG folders {width}x{height}",
                    lambda: _fill(project, options),
                    _script(sorted((root / "c0").glob("*.jpg")), size_px, 1 / n_clips),
                    f"{n_clips} of {SET_CLIPS} clips, the goal for all is {SET_GOAL_S:g} s; "
                    "peer timed on one clip, the rest reckoned; memory of the workers not seen",
                    goal=Goal(ms=SET_GOAL_S * 1e3 * n_clips / SET_CLIPS),
                    runs=2,
                    peer_runs=1,
                ),
            )


def _project(root: Path, n_clips: int, frames: NDArray[np.uint8]) -> Project:
    """Return a project of equal clips; they differ in a corner, so that none is known."""
    project = Project.create(root / "project", "bench", root)
    project.add_coder(_TIER)
    event = Event(1, _MARKS)
    for number in range(n_clips):
        folder = root / f"c{number}"
        folder.mkdir()
        frames[0, :8, :8] = number % 256
        write_images(frames, folder, "jpg")
        write_settings(folder, Fraction(200))
        with open_clip(folder) as clip:
            sample = add_clip(project, f"s{number % 26:02d}", f"c{number}", clip)
        project.set_tier(sample.id, _TIER, Annotation((event,), Status.COMMITTED), "bench")
    return project


def _fill(project: Project, options: FeatureOptions) -> None:
    """Compute everything anew.

    Raises
    ------
    ExperimentError
        If something is missing in the end: its time would say nothing.
    """
    shutil.rmtree(project.features_folder, ignore_errors=True)
    *_, done = compute_features(project, options)
    if not isinstance(done, FeaturesDone) or done.computed != done.n_events:
        raise ExperimentError("The benchmark of the feature store did not do all its events")


def _script(paths: list[Path], size_px: int, share: float) -> Peer:
    """Return what scripts do: scikit-image's TV-L1, running means, frames read where needed."""
    name = f"script: {package('scikit-image', 'scikit-image')}, running means"
    try:
        from skimage.registration import optical_flow_tvl1
    except ImportError as error:
        return Peer(name, f"is not installed: {error}")
    cv2 = cv2_or_error()
    spans = (_MARKS.rise, _MARKS.fall, _MARKS.span)

    def read(index: int, how: int) -> NDArray[np.uint8]:
        picture = cv2.imread(str(paths[index]), how)
        small = cv2.resize(picture, (size_px, size_px), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def flow(first: int, second: int) -> NDArray[np.float32]:
        pair = (read(index, cv2.IMREAD_GRAYSCALE) for index in (first, second))
        return np.stack(optical_flow_tvl1(*pair)[::-1], axis=-1).astype(np.float32)

    def work() -> None:
        mm_cof(flow(_MARKS.onset, _MARKS.apex), flow(_MARKS.apex, _MARKS.offset))
        for span in spans:
            places = range(span.first, span.last + 1)
            running_means(np.stack([read(index, cv2.IMREAD_COLOR) for index in places]))

    one: Callable[[], object] = work
    return Peer(name, one, share)
