"""What the clips of a foreign sheet are called, once it is known which of them a row means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import VIDEOS, clip_key

STROKES = re.compile(r"[\\/]+")
"""What separates the names of a path on any system."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row says about its clip."""

    subject: str
    clip: str
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """A clip on disk; ``parts`` are the names from the root, itself the first, to the clip."""

    path: Path
    parts: tuple[str, ...]

    @property
    def shown(self) -> str:
        """What a person reads."""
        return "/".join(self.parts[1:]) or self.parts[0]


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of pictures: the names of their folders on one level, and which one is read."""

    level: int = 0
    names: frozenset[str] = frozenset()
    chosen: str = ""

    def of(self, one: Found) -> str:
        """Return the set of a clip; empty if it belongs to none."""
        name = one.parts[self.level] if len(one.parts) > self.level else ""
        return name if name in self.names else ""

    def has(self, one: Found) -> bool:
        """Return whether a clip is in the set that is read."""
        return not self.names or self.of(one) == self.chosen


_Made = tuple[Path | None, str, tuple[tuple[str, str], ...]]
"""Path of a clip, or why there is none, and doubts."""


@dataclass(slots=True)
class Names:
    """Subject and name of each clip: no two clips have both in common."""

    sets: Sets
    names: dict[Path, tuple[str, str]] = field(default_factory=dict)
    _taken: set[tuple[str, str, str]] = field(default_factory=set)
    _depths: Counter[int] = field(default_factory=Counter)

    def match(self, row: Wanted, found: Sequence[Found]) -> _Made:
        """Return which of the candidates of a row is its clip."""
        if len(found) > 1:
            some = ", ".join(one.shown for one in found[:_MOST_NAMED])
            more = len(found) - _MOST_NAMED
            some += f" and {more} more" if more > 0 else ""
            return None, f"{len(found)} clips could be meant: {some}", ()
        if not found:
            return None, "", ()
        one = found[0]
        depth = depth_of(one, row.subject)
        if depth is not None:
            self._depths[depth] += 1
        if one.path not in self.names:
            self._name(one, _subject(one, row, depth))
        return one.path, "", (*self._about_subject(one, row), *_about_name(one, row))

    def rest(self, found: Sequence[Found]) -> None:
        """Name the clips that no row has named, after what is usual for the others."""
        depth = self._depths.most_common(1)[0][0] if self._depths else 2
        for one in found:
            if one.path not in self.names:
                self._name(one, one.parts[-depth] if depth <= len(one.parts) else one.parts[0])

    def _name(self, one: Found, subject: str) -> None:
        last = stem_of(one.parts[-1])
        for first in range(len(one.parts) - 1, -1, -1):
            clip = "_".join((*one.parts[first:-1], last))
            key = self.sets.of(one), subjects.key(subject), clip_key(clip)
            if key not in self._taken or first == 0:
                break
        self._taken.add(key)
        self.names[one.path] = subject, clip

    def _about_subject(self, one: Found, row: Wanted) -> tuple[tuple[str, str], ...]:
        subject = self.names[one.path][0]
        if not row.subject or subjects.key(row.subject) == subjects.key(subject):
            return ()
        text = f"The row says subject {row.subject!r}; its clip {one.shown} is of {subject!r}"
        return (("subject-disagrees", text),)


def _subject(one: Found, row: Wanted, depth: int | None) -> str:
    if depth is not None:
        return one.parts[-depth]
    if row.subject:
        return row.subject
    return one.parts[-2] if len(one.parts) > 1 else one.parts[0]


def _about_name(one: Found, row: Wanted) -> tuple[tuple[str, str], ...]:
    text = STROKES.split(row.clip.strip("\\/ "))[-1]
    if row.path or clip_key(stem_of(text)) in ("", clip_key(stem_of(one.parts[-1]))):
        return ()
    return (("name-mangled", f"The clip is written {row.clip!r}; it was read as {one.shown!r}"),)


def depth_of(one: Found, subject: str) -> int | None:
    """Return how far before the end a folder of the subject's name is, the clip itself being 1."""
    wanted = subjects.key(subject)
    for depth in range(2, len(one.parts) + 1) if wanted else ():
        if subjects.key(one.parts[-depth]) == wanted:
            return depth
    return None


def stem_of(name: str) -> str:
    """Return the name of a video without its ending, any other as it is."""
    return Path(name).stem if Path(name).suffix.lower() in VIDEOS else name
