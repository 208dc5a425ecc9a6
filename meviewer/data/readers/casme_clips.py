"""Clips of CASME and CASME II on disk: their folders are named alike, their images are not."""

from __future__ import annotations

import re
from pathlib import Path

from meviewer.data.doctor.clip_tree import VIDEOS, ClipTree, Place, clip_paths
from meviewer.data.doctor.glance import first_image
from meviewer.data.doctor.picture_sets import told_by, with_sets
from meviewer.data.doctor.sheets import sheet_rows
from meviewer.data.tables.header import Header
from meviewer.data.tables.model import Table

RAW, SELECTED, CROPPED, VIDEO = "raw", "selected", "cropped", "video"
TREES = (RAW, SELECTED, CROPPED, VIDEO)
"""Sets of pictures, the preferred one first."""

# A folder may be called CASME2_RAW_selected.
_WORDS = {"crop": CROPPED, "selected": SELECTED, "raw": RAW}
_SUBJECT = re.compile(r"sub\d+", re.I)
_CLIP = re.compile(r"EP\d+(_\d+)*f?", re.I)


def scan(root: Path, *, videos: bool) -> ClipTree:
    """Find the clips of all sets of pictures below a root."""
    found = (_place(root, path, parts) for path, parts in clip_paths(root, videos=videos))
    return with_sets(root, [place for place in found if place is not None], _WORDS)


def is_clip(parts: tuple[str, ...]) -> bool:
    """Return whether folders end in a subject and a clip such as ``sub01/EP02_01f``."""
    subject, clip = parts[-2:]
    return bool(_SUBJECT.fullmatch(subject) and _CLIP.fullmatch(_stem(clip)))


def names_clips(table: Table, header: Header) -> bool:
    """Return whether any row of a sheet names a clip such as ``EP02_01f``."""
    return any(_CLIP.fullmatch(row.cells["clip"].strip("/")) for row in sheet_rows(table, header))


def _place(root: Path, path: Path, parts: tuple[str, ...]) -> Place | None:
    *above, subject, clip = (root.absolute().name, *parts)
    if not is_clip((subject, clip)):
        return None
    if path.is_dir():
        is_cropped = first_image(path).casefold().startswith("reg_")
        tree = told_by(above[1:], _WORDS) or (CROPPED if is_cropped else "")
        return Place(subject, clip, tree, path=path)
    # The numbers of the sheet count from 1, the frames of a video from 0.
    return Place(subject, _stem(clip), VIDEO, path=path, shift=1)


def _stem(clip: str) -> str:
    path = Path(clip)
    return path.stem if path.suffix.lower() in VIDEOS else clip
