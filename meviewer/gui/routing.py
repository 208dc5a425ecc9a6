"""What a path is that a user opens or drops: project, clip, data set, labels, curves."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from meviewer.data.doctor.clip_tree import VIDEOS
from meviewer.data.folder_listing import has_images
from meviewer.project.loose import is_project

_SHEETS = frozenset({".xlsx", ".xls", ".csv", ".tsv"})
_HDF5 = frozenset({".h5", ".hdf5", ".hdf"})


class What(Enum):
    """Kinds of paths."""

    PROJECT = "project"
    CLIP = "clip"
    DATA_SET = "data set"
    LABELS = "labels"
    CURVES = "curves"
    PACKED = "packed data set"


def what_is(path: Path) -> What:
    """Say what a path is by a glance at it; nothing is read.

    A folder without images of its own is a data set, or a folder of clips: the import says more.
    What is neither is left to whoever opens clips, whose error says what is wrong with it.
    """
    if is_project(path):
        return What.PROJECT
    if path.is_dir():
        return What.DATA_SET if not has_images(path) and _may_hold_more(path) else What.CLIP
    if path.suffix.lower() in _HDF5 and _is_packed(path):
        return What.PACKED
    if path.suffix.lower() in VIDEOS | _HDF5:
        return What.CLIP
    if not path.is_file():
        return What.CLIP
    from meviewer.data import exchanges
    from meviewer.data.series.reading import is_series

    if path.suffix.lower() in (".csv", ".txt") and is_series(path):
        return What.CURVES
    return What.LABELS if exchanges.guess(path) else What.CLIP


def _may_hold_more(folder: Path) -> bool:
    """Return whether a folder has folders or a sheet in it: an empty one is no data set."""
    try:
        return any(
            not one.name.startswith(".") and (one.is_dir() or one.suffix.lower() in _SHEETS)
            for one in folder.iterdir()
        )
    except OSError:
        return False


def _is_packed(path: Path) -> bool:
    """Return whether an HDF5 file holds a whole data set, not one clip."""
    from meviewer.core.errors import LabelError
    from meviewer.project.dataset_columns import open_dataset

    try:
        with open_dataset(path):
            return True
    except LabelError:
        return False
