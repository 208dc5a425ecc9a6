"""Finding the clips of a foreign sheet: by a path, by subject and clip, or by the clip alone."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import VIDEOS, ClipTree, Place, clip_key, clip_paths
from meviewer.data.folder_listing import has_images, is_image
from meviewer.data.readers.generic_clip_names import (
    STROKES,
    Found,
    Names,
    Sets,
    Wanted,
    depth_of,
    stem_of,
)

__all__ = ["Clips", "Match", "Wanted"]

_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Match:
    """The clip of a row.

    Attributes
    ----------
    place : Place or None
        None if there is none, or more than one.
    fault : str
        Why there is no place, if the row is not simply about a clip that is not there.
    doubts : tuple of (str, str)
    """

    place: Place | None = None
    fault: str = ""
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Clips:
    """All clips below a root, and for each row of a sheet the one that it means.

    Attributes
    ----------
    root, labels : Path
        Paths of the sheet are looked up from either.
    wish : str
        Set of pictures to prefer, where the same clips are there several times.
    """

    root: Path
    labels: Path
    wish: str = ""
    found: list[Found] = field(default_factory=list)
    _by_name: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    _by_loose: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    _by_path: dict[str, Found] = field(default_factory=dict)
    _claimed: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        top = self.root.absolute().name
        listed = [(self.root, ())] if has_images(self.root) else []
        for path, parts in (*listed, *clip_paths(self.root, videos=True)):
            self._take(Found(path, (top, *parts)))

    def resolve(self, rows: Sequence[Wanted]) -> tuple[tuple[Match, ...], ClipTree, str]:
        """Return the clip of each row, all clips as a tree, and which set of pictures is read."""
        has_folders = self._has_subject_folders(rows)
        self._claimed = {(subjects.key(row.subject), _last_key(row.clip)) for row in rows}
        listed = [self._candidates(row, has_folders) for row in rows]
        sets = self._sets(listed)
        listed = [[one for one in found if sets.has(one)] for found in listed]
        named = Names(sets)
        made = [named.match(row, found) for row, found in zip(rows, listed, strict=True)]
        named.rest(self.found)
        places = {
            one.path: Place(*named.names[one.path], sets.of(one), path=one.path)
            for one in self.found
            if sets.of(one) or not sets.names
        }
        matches = tuple(
            Match(places[path] if path else None, fault, doubts) for path, fault, doubts in made
        )
        return matches, ClipTree(list(places.values())), sets.chosen

    def _take(self, one: Found) -> None:
        self.found.append(one)
        self._by_path[os.path.realpath(one.path)] = one
        last = one.parts[-1]
        for key in dict.fromkeys((clip_key(last), clip_key(stem_of(last)))):
            self._by_name[key].append(one)
            self._by_loose[_LEADING_ZEROS.sub("", key)].append(one)

    def _has_subject_folders(self, rows: Sequence[Wanted]) -> bool:
        """Return whether the sheet's subjects are folders: then a clip of another is none."""
        folders = {subjects.key(part) for one in self.found for part in one.parts[:-1]}
        wanted = {subjects.key(row.subject) for row in rows if row.subject}
        return bool(wanted) and 2 * len(wanted & folders) >= len(wanted)

    def _candidates(self, row: Wanted, has_folders: bool) -> list[Found]:
        if row.path:
            return self._of_path(row.path)
        tail = [part for part in STROKES.split(row.clip) if part.strip(" .")]
        if not tail:
            return []
        found = [one for one in self._called(tail[-1]) if _n_alike(one, tail) == len(tail)]
        own = [one for one in found if depth_of(one, row.subject) is not None]
        if own or (has_folders and row.subject):
            return own
        return [one for one in found if not (row.subject and self._is_claimed(one, tail[-1]))]

    def _is_claimed(self, one: Found, name: str) -> bool:
        """Return whether another row means this clip, by the folder of its own subject."""
        clip = clip_key(stem_of(name))
        return any((subjects.key(part), clip) in self._claimed for part in one.parts[1:-1])

    def _called(self, name: str) -> list[Found]:
        """Return the clips of a name, or else those whose name differs in leading zeros alone."""
        for key in (clip_key(name), clip_key(stem_of(name))):
            if key in self._by_name:
                return self._by_name[key]
        return self._by_loose.get(_LEADING_ZEROS.sub("", clip_key(stem_of(name))), [])

    def _of_path(self, text: str) -> list[Found]:
        parts = [part for part in STROKES.split(text.strip()) if part not in ("", ".")]
        if parts and is_image(parts[-1]):
            parts = parts[:-1]
        if not parts:
            return []
        start = "/" if text.strip().startswith("/") else ""
        for base in (self.root, self.labels.parent):
            known = self._at(base / (start + "/".join(parts)))
            if known is not None:
                return [known]
        # A sheet from another machine: the path ends as one here does.
        ranked = [(_n_alike(one, parts), one) for one in self._called(parts[-1])]
        best = max((n for n, _one in ranked), default=0)
        return [one for n, one in ranked if n == best]

    def _at(self, path: Path) -> Found | None:
        """Return the clip of a path, also of one that is not below the root."""
        try:
            path = Path(os.path.normpath(path))
            known = self._by_path.get(os.path.realpath(path))
            is_video = path.suffix.lower() in VIDEOS
            if known is None and (has_images(path) or (is_video and path.is_file())):
                known = Found(path, path.absolute().parts[-3:])
                self._take(known)
        except (OSError, ValueError):
            return None  # a cell may hold what no path can be
        return known

    def _sets(self, listed: Sequence[Sequence[Found]]) -> Sets:
        """Return on which level of folders the clips are there several times over.

        A folder there is a set of pictures if no row means two clips of it, and at least one of
        them has a clip for every row that has any.
        """
        several = [found for found in listed if found]
        if 2 * sum(1 for found in several if len(found) > 1) < max(len(several), 1):
            return Sets()  # a few clips of one name are an accident, most of them are not
        deepest = max(len(one.parts) for found in several for one in found)
        for level in range(1, deepest - 1):
            sets = self._sets_on(level, several)
            if sets.names:
                return sets
        return Sets()

    def _sets_on(self, level: int, several: Sequence[Sequence[Found]]) -> Sets:
        tops = {one.parts[level] for found in several for one in found if len(one.parts) > level}
        counts = {top: [_n_in(found, level, top) for found in several] for top in tops}
        whole = sorted(top for top in tops if set(counts[top]) == {1})
        whole.sort(key=lambda name: "raw" not in name.casefold())
        if not whole:
            return Sets()
        names = frozenset(top for top in tops if max(counts[top]) == 1)
        return Sets(level, names, self.wish if self.wish in names else whole[0])


def _last_key(clip: str) -> str:
    return clip_key(stem_of(STROKES.split(clip.strip("\\/ "))[-1]))


def _n_alike(one: Found, tail: Sequence[str]) -> int:
    """Return how many names at the end of a path are those of a clip; its own name counts."""
    n = 1
    for here, there in zip(one.parts[-2::-1], tail[-2::-1], strict=False):
        if clip_key(here) != clip_key(there):
            break
        n += 1
    return n


def _n_in(found: Sequence[Found], level: int, top: str) -> int:
    return sum(1 for one in found if len(one.parts) > level and one.parts[level] == top)
