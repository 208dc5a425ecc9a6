"""A quick look at a folder: what its first clips are called, without listing all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from meviewer.data.doctor.clip_tree import clip_paths
from meviewer.data.folder_listing import has_images, is_folder, is_image

_MOST_FOLDERS = 60
IsOwn = Callable[[Path, tuple[str, ...]], bool]
"""From the path of a clip and the names from the root, itself the first, down to the clip."""


def is_mostly(root: Path, is_own: IsOwn, *, videos: bool = False) -> bool:
    """Return whether most of what lies in a folder is of one data set; never an error.

    The first clip below each folder of the root is looked at: a folder that holds several data
    sets is none of them. Clips that lie loose in the root say nothing against it.
    """
    n_own = n_foreign = 0
    for path, parts in first_clips(root, videos=videos):
        if is_own(path, (root.absolute().name, *parts)):
            n_own += 1
        elif len(parts) > 1:
            n_foreign += 1
    return n_own > n_foreign


def first_clips(root: Path, *, videos: bool = False) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield the first clip below each folder of a root, with the names from the root to it."""
    try:
        with os.scandir(root) as entries:
            folders = sorted(e.name for e in entries if is_folder(e) and e.name[0] not in ".~")
    except OSError:
        return
    for name in folders[:_MOST_FOLDERS]:
        if has_images(root / name):
            yield root / name, (name,)
            continue
        for path, parts in islice(clip_paths(root / name, videos=videos), 1):
            yield path, (name, *parts)


def first_image(folder: Path) -> str:
    """Return the name of an image in a folder, whichever comes first; empty if there is none."""
    try:
        with os.scandir(folder) as entries:
            return next((entry.name for entry in entries if is_image(entry.name)), "")
    except OSError:
        return ""
