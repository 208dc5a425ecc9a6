"""Which set of pictures a clip belongs to, after the names of the folders that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from meviewer.data.doctor.clip_tree import ClipTree, Place


def told_by(folders: Sequence[str], words: Mapping[str, str]) -> str:
    """Return the set that the nearest folder tells; empty if none does.

    Parameters
    ----------
    folders : sequence of str
        Names from the outermost folder to the one of the clip.
    words : mapping of str to str
        Set by the part of a folder's name that tells it, in lower case; the first one counts.
    """
    for folder in reversed(folders):
        for word, tree in words.items():
            if word in folder.casefold():
                return tree
    return ""


def with_sets(root: Path, places: Sequence[Place], words: Mapping[str, str]) -> ClipTree:
    """Return the clips as a tree; those whose folders tell no set are raw pictures.

    The root's own name counts where nothing below it tells a set: it is the folder of one set, or
    else of all of them.
    """
    is_told = any(place.tree for place in places)
    default = told_by([root.absolute().name], words) if not is_told else ""
    return ClipTree([replace(place, tree=place.tree or default or "raw") for place in places])
