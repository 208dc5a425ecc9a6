"""Write the demo project: synthetic clips with known truth and two simulated coders."""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from meviewer.core.errors import ProjectError, StorageError, SynthError
from meviewer.synth.demo_clips import FilmedClip
from meviewer.synth.demo_plan import SubjectPlan, plan
from meviewer.synth.demo_pool import default_workers, film_all
from meviewer.synth.demo_project import PROJECT_NAME, write_project
from meviewer.synth.view import NOMINAL_SIZE

_STALE_S = 3600.0
_BYTES_PER_PX = 0.55  # of a frame as JPEG, with room to spare


@dataclass(frozen=True, slots=True)
class DemoStarted:
    """Filming begins.

    Attributes
    ----------
    folder : Path
    n_clips : int
    """

    folder: Path
    n_clips: int


@dataclass(frozen=True, slots=True)
class ClipWritten:
    """One more clip is there.

    Attributes
    ----------
    subject, name : str
    done, n_clips : int
    """

    subject: str
    name: str
    done: int
    n_clips: int


@dataclass(frozen=True, slots=True)
class DemoWritten:
    """The project is complete and in its place.

    Attributes
    ----------
    folder : Path
    n_clips, n_frames : int
    seconds : float
    """

    folder: Path
    n_clips: int
    n_frames: int
    seconds: float


DemoRecord = DemoStarted | ClipWritten | DemoWritten


def write_demo(
    folder: Path,
    subjects: int = 12,
    clips: int = 6,
    *,
    seed: int = 0,
    size: tuple[int, int] = NOMINAL_SIZE,
    workers: int | None = None,
) -> Generator[DemoRecord, None, None]:
    """Write the demo project and say how far it is.

    It is written beside ``folder`` and moved there when it is complete: closing the generator, an
    error or a killed process leave no project that only looks complete.

    Parameters
    ----------
    folder : Path
        Project folder to make; it must not exist, or be empty.
    subjects, clips : int
        How many subjects, and clips of each, at least 1.
    seed : int
        Another seed gives other expressions of the same people.
    size : tuple of int
        Width and height of the frames in px.
    workers : int, optional
        Child processes; one for each core by default, 0 for none.

    Yields
    ------
    DemoStarted, ClipWritten (one for each clip), DemoWritten

    Raises
    ------
    ProjectError
        If there is something in the folder.
    StorageError
        If the disk is too full, or refuses.
    SynthError
        If there would be no clips.
    """
    began = time.monotonic()
    folder = Path(folder).absolute()
    plans = plan(subjects, clips, seed, size) if subjects > 0 and clips > 0 else ()
    _check(folder, plans)
    yield DemoStarted(folder, subjects * clips)
    n_workers = default_workers() if workers is None else workers
    filmed: list[FilmedClip] = []
    with _beside(folder) as unfinished:
        for clip in film_all(plans, unfinished / "clips", n_workers):
            filmed.append(clip)
            yield ClipWritten(clip.subject, clip.name, len(filmed), subjects * clips)
        write_project(unfinished, plans, filmed)
    n_frames = sum(clip.n_frames for clip in filmed)
    yield DemoWritten(folder, len(filmed), n_frames, time.monotonic() - began)


def _check(folder: Path, plans: tuple[SubjectPlan, ...]) -> None:
    """Refuse what cannot end well before any work is done."""
    if not plans:
        raise SynthError(
            "A demo needs at least one subject and one clip", now="give numbers above zero"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(
            f"{PROJECT_NAME} cannot be written here",
            where=str(folder),
            why="there is something already",
            now="open it, or choose a new folder",
        )
    width, height = plans[0].size
    n_frames = sum(clip.n_frames for subject in plans for clip in subject.clips)
    needed = int(n_frames * width * height * _BYTES_PER_PX)
    free = shutil.disk_usage(next(p for p in folder.parents if p.exists())).free
    if free < needed:
        raise StorageError(
            "Not enough room for the demo",
            where=str(folder),
            why=f"it takes {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free",
            now="make room, choose another folder, or ask for fewer subjects",
        )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside ``folder`` that takes its place at the end, or vanishes."""
    prefix = f"{folder.name}.unfinished-"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent, prefix)
        unfinished = folder.parent / f"{prefix}{uuid4().hex[:8]}"
        unfinished.mkdir()
    except OSError as error:
        raise _refused(folder, error) from error
    try:
        yield unfinished
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    except OSError as error:
        raise _refused(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove what a killed process has left, unless another one may still be at it."""
    for left in parent.glob(f"{prefix}*"):
        if time.time() - max(p.stat().st_mtime for p in (left, *left.glob("clips/*"))) > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def _refused(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        "The demo cannot be written",
        where=str(folder),
        why=error.strerror or str(error),
        now="choose a folder that can be written",
    )
