"""Layout of a data set in one HDF5 file; the guide's page on it is for other people's code.

Tables are groups of columns: one-dimensional arrays of one length. Text is UTF-8 of variable
length. Everything that both sides, writing and reading, have to agree on stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from meviewer.core.action_units import format_units
from meviewer.core.annotation import Status
from meviewer.core.errors import MeviewerError
from meviewer.core.events import Event, Keyframes
from meviewer.core.frames import rate_text
from meviewer.project.samples import Sample

FORMAT = "meviewer-dataset"
VERSION = 1
NOTHING = -1
"""Stands for: no apex, no class, no fold, no frames in the file."""

What: TypeAlias = Literal["frames", "di", "flow", "mm-cof"]
Column: TypeAlias = tuple[str, Sequence[object]]
"""Kind of a column, ``"text"`` or a NumPy type, and its values."""

Progress: TypeAlias = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and a word."""


class DatasetCancelledError(MeviewerError):
    """The user wants it no more; nothing is left behind."""


def cancelled_error(where: str) -> DatasetCancelledError:
    """Return the error that ends the work."""
    return DatasetCancelledError("Cancelled", where=where, why="nothing was written")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample of the file.

    Attributes
    ----------
    sample : Sample
    clip : int
        Number of the group with its frames; `NOTHING` if the file has none.
    size : tuple of int
        (height, width) of what is stored, px.
    """

    sample: Sample
    clip: int
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the file.

    Attributes
    ----------
    sample : int
        Row of its sample.
    tier : str
        Whose label it is.
    event : Event
    numbers : tuple of int
        Frame numbers of onset, apex and offset in the data set; `NOTHING` for no apex.
    class_number : int
        `NOTHING` if it maps to nothing.
    """

    sample: int
    tier: str
    event: Event
    numbers: tuple[int, int, int]
    class_number: int


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """How far a coder has come with a sample; also where there is no event."""

    sample: int
    tier: str
    status: Status


def write_table(root: Any, name: str, columns: Mapping[str, Column]) -> None:
    """Write a table as a group with one array a column."""
    import h5py

    group = root.create_group(name)
    for column, (kind, values) in columns.items():
        if kind == "text":
            group.create_dataset(column, data=list(values), dtype=h5py.string_dtype())
        else:
            group.create_dataset(column, data=np.asarray(list(values), dtype=kind))


def write_samples(root: Any, rows: Sequence[SampleRow]) -> None:
    """Write the table of samples."""
    samples = [row.sample for row in rows]
    columns: dict[str, Column] = {
        "subject": ("text", [s.subject for s in samples]),
        "name": ("text", [s.name for s in samples]),
        "dataset": ("text", [s.dataset for s in samples]),
        "emotion": ("text", [s.emotion for s in samples]),
        "rate": ("text", [rate_text(s.rate) for s in samples]),
        "rate_hz": ("f8", [float(s.rate) for s in samples]),
        "n_frames": ("i8", [s.n_frames for s in samples]),
        "height_px": ("i4", [row.size[0] for row in rows]),
        "width_px": ("i4", [row.size[1] for row in rows]),
        "clip": ("i8", [row.clip for row in rows]),
    }
    write_table(root, "samples", columns)


def write_events(root: Any, rows: Sequence[EventRow], folds: Sequence[int]) -> None:
    """Write the table of events; ``folds`` has the fold in which each is held out."""
    events = [row.event for row in rows]
    columns: dict[str, Column] = {
        "sample": ("i8", [row.sample for row in rows]),
        "tier": ("text", [row.tier for row in rows]),
        "id": ("i8", [e.id for e in events]),
        "onset": ("i8", [e.onset for e in events]),
        "apex": ("i8", [e.apex if e.has_apex else NOTHING for e in events]),
        "offset": ("i8", [e.offset for e in events]),
        "has_apex": ("?", [e.has_apex for e in events]),
        "onset_number": ("i8", [row.numbers[0] for row in rows]),
        "apex_number": ("i8", [row.numbers[1] for row in rows]),
        "offset_number": ("i8", [row.numbers[2] for row in rows]),
        "emotion": ("text", [e.emotion for e in events]),
        "objective": ("text", [e.objective for e in events]),
        "kind": ("text", [e.kind for e in events]),
        "action_units": ("text", [format_units(e.action_units) for e in events]),
        "class": ("i8", [row.class_number for row in rows]),
        "fold": ("i8", list(folds)),
        "confidence": ("f8", [_number(e.confidence) for e in events]),
        "notes": ("text", [e.notes for e in events]),
        "source": ("text", [e.source.value for e in events]),
        "apex_source": ("text", [e.apex_source.value if e.apex_source else "" for e in events]),
        "rejected": ("text", [rejected_text(e.rejected) for e in events]),
    }
    write_table(root, "events", columns)


def write_annotations(root: Any, rows: Sequence[AnnotationRow]) -> None:
    """Write the table of annotations."""
    columns: dict[str, Column] = {
        "sample": ("i8", [row.sample for row in rows]),
        "tier": ("text", [row.tier for row in rows]),
        "status": ("text", [row.status.value for row in rows]),
    }
    write_table(root, "annotations", columns)


def rejected_text(rejected: Iterable[Keyframes]) -> str:
    """Return refused suggestions as ``"10-20-30 11-20-30"``."""
    return " ".join(f"{k.onset}-{k.apex}-{k.offset}" for k in rejected)


def rejected_of(text: str) -> tuple[Keyframes, ...]:
    """Read what `rejected_text` wrote.

    Raises
    ------
    ValueError
        If it is something else.
    LabelError
        If the order of a triple is impossible.
    """
    found = []
    for part in text.split():
        onset, apex, offset = map(int, part.split("-"))
        found.append(Keyframes(onset, apex, offset))
    return tuple(found)


def clip_group(number: int) -> str:
    """Return the path of the group with the frames of one clip."""
    return f"clips/{number:04d}"


def _number(confidence: float | None) -> float:
    return float("nan") if confidence is None else confidence
