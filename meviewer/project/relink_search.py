"""Looking through a folder for clips, by their content and by the ends of their paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from meviewer.core.errors import MeviewerError
from meviewer.data.clip import HDF5_SUFFIXES, open_clip
from meviewer.data.doctor.clip_tree import VIDEOS, clip_paths
from meviewer.data.folder_listing import has_images, list_images
from meviewer.data.frame_cache import FrameCache
from meviewer.data.frame_identity import Watcher
from meviewer.project.relink_plan import Doubt, KnownClip, Place, RelinkPlan

MOST_FOLDERS = 200_000
LEAST_TAIL = 2
"""Names at the end of two paths that have to agree: those of clip and folder."""

_FILES = VIDEOS | HDF5_SUFFIXES


def fingerprint(path: Path) -> str:
    """Return the fingerprint of a clip; empty if it cannot be read."""
    try:
        with open_clip(path, cache=FrameCache(0)) as clip:
            return clip.fingerprint
    except MeviewerError:
        return ""


class _Full(Exception):  # noqa: N818 - it ends a walk, and is no error
    pass


@dataclass(slots=True)
class Search:
    """Looks for missing clips among all clips of a folder.

    Contents in ``twins`` are those of several clips of the project: which is meant, only a name
    can tell.
    """

    missing: tuple[KnownClip, ...]
    watcher: Watcher
    twins: frozenset[str] = frozenset()
    seen: list[Path] = field(default_factory=list)
    complete: bool = True
    _n_folders: int = 0
    _known: dict[Path, str] = field(default_factory=dict)
    _taken: set[Path] = field(default_factory=set)

    def walk(self, folder: Path) -> None:
        """Collect the clips below a folder, that folder included."""
        suffixes = _FILES | {clip.path.suffix.lower() for clip in self.missing}
        if has_images(folder):
            self.seen.append(folder)
        try:
            walk = clip_paths(
                folder, videos=True, suffixes=frozenset(suffixes - {""}), visit=self._visit
            )
            self.seen += [path for path, _parts in walk]
        except _Full:
            self.complete = False

    def plan(self) -> RelinkPlan:
        """Say where each missing clip is, as far as that is certain."""
        found: list[Place] = []
        doubtful: list[Doubt] = []
        left: list[KnownClip] = []
        for done, clip in enumerate(self.missing):
            if self.watcher.cancelled:
                self.complete = False
                left += self.missing[done:]
                break
            self.watcher.report(done / len(self.missing), clip.name)
            place = self._place(clip)
            if isinstance(place, Place):
                found.append(place)
            elif place is not None:
                doubtful.append(place)
            else:
                left.append(clip)
        return RelinkPlan(
            len(self.missing), tuple(found), tuple(doubtful), tuple(left), None, self.complete
        )

    def _visit(self, folder: Path) -> None:
        self._n_folders += 1
        if self.watcher.cancelled or self._n_folders > MOST_FOLDERS:
            raise _Full
        self.watcher.report(0.0, str(folder))

    def _place(self, clip: KnownClip) -> Place | Doubt | None:
        named = [path for path in self.seen if path.name.casefold() == clip.path.name.casefold()]
        same = [path for path in named if self._content(path) == clip.fingerprint]
        # Of copies with the same content any is right; the one whose folders say so is best.
        same = same or [
            path
            for path in self.seen
            if path not in named and self._may_be(path, clip) and self._is(path, clip)
        ]
        if same:
            best = max(same, key=lambda path: (path not in self._taken, _tail(path, clip.path)))
            self._taken.add(best)
            return Place(clip, best, same=True)
        if not named:
            return None
        longest = max(_tail(path, clip.path) for path in named)
        likely = tuple(path for path in named if _tail(path, clip.path) == longest)
        if longest >= LEAST_TAIL and len(likely) == 1:
            return Place(clip, likely[0], same=False)
        return Doubt(clip, likely)

    def _may_be(self, path: Path, clip: KnownClip) -> bool:
        """Whether it is worth reading: of the same kind, and of as many images."""
        if clip.fingerprint in self.twins:
            return False
        if path.is_file():
            return path.suffix.lower() == clip.path.suffix.lower()
        if clip.path.suffix.lower() in _FILES:
            return False
        try:
            return len(list_images(path).files) == clip.n_frames
        except MeviewerError:
            return False

    def _is(self, path: Path, clip: KnownClip) -> bool:
        return not self.watcher.cancelled and self._content(path) == clip.fingerprint

    def _content(self, path: Path) -> str:
        if path not in self._known:
            self._known[path] = fingerprint(path)
        return self._known[path]


def _tail(one: PurePath, other: PurePath) -> int:
    """Return how many names at the end of two paths are the same."""
    return _common(one.parts[::-1], other.parts[::-1])


def _common(one: Sequence[str], other: Iterable[str]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a.casefold() != b.casefold():
            break
        length += 1
    return length
