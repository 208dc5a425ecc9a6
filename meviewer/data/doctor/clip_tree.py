"""The clips of a data set on disk: found once, then looked up by subject and name."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from meviewer.data import subjects
from meviewer.data.folder_listing import has_images, is_folder

VIDEOS = frozenset({".avi", ".mp4", ".mov", ".mkv", ".m4v", ".wmv", ".mpg", ".mpeg"})
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class Place:
    """What the place of a clip says about it.

    Attributes
    ----------
    subject, clip : str
        As the folders write them.
    tree : str
        Which set of pictures it belongs to: ``"raw"``, ``"cropped"``.
    emotion : str
        Class, where clips lie in a folder of their emotion.
    path : Path
    shift : int
        The sheet's frame number minus the clip's, where pictures of one set are numbered unlike
        the others: frames of a video count from 0. It adds to the row's.
    """

    subject: str
    clip: str
    tree: str = ""
    emotion: str = ""
    path: Path = Path()
    shift: int = 0


Identify = Callable[[tuple[str, ...]], Place | None]
"""From the names of the folders below the root, the clip's own last, to what they mean.

The last name of a video still has its ending. None: this is no clip of the data set.
"""


class ClipTree:
    """All clips below a root.

    Parameters
    ----------
    places : list of Place
    """

    def __init__(self, places: list[Place]) -> None:
        self.places = tuple(places)
        self._exact: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._alike: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._spellings: dict[str, str] = {}
        for place in places:
            self._spellings.setdefault(subjects.key(place.subject), place.subject)
            self._exact[place.subject, place.clip].append(place)
            self._alike[subjects.key(place.subject), clip_key(place.clip)].append(place)

    @classmethod
    def scan(cls, root: Path, identify: Identify, *, videos: bool = False) -> ClipTree:
        """Find all folders of numbered images below a root, and video files if asked for.

        Links are followed; a folder that is reached twice is read once.
        """
        found = []
        for path, parts in clip_paths(root, videos=videos):
            place = identify(parts)
            if place is not None:
                found.append(replace(place, path=path))
        return cls(found)

    @property
    def trees(self) -> tuple[str, ...]:
        """Names of the sets of pictures, in the order of their first clip."""
        return tuple(dict.fromkeys(place.tree for place in self.places))

    def of(self, tree: str) -> ClipTree:
        """Return one set of pictures alone."""
        return ClipTree([place for place in self.places if place.tree == tree])

    def find(self, subject: str, clip: str) -> Place | None:
        """Return the clip of exactly these names, or else of another spelling of them."""
        exact = self._exact.get((subject, clip))
        alike = exact or self._alike.get((subjects.key(subject), clip_key(clip)))
        return alike[0] if alike else None

    def spelling(self, subject: str) -> str:
        """Return the spelling that all samples of a subject get: that of its folder."""
        return self._spellings.get(subjects.key(subject), subject)


def clip_paths(
    root: Path,
    *,
    videos: bool = False,
    suffixes: frozenset[str] = VIDEOS,
    visit: Callable[[Path], object] = lambda _folder: None,
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield the path of each clip below a root, with the names of the folders that lead to it.

    Parameters
    ----------
    videos : bool
        Yield files as well, those of ``suffixes``.
    visit : callable
        Hears of every folder before it is read; what it raises ends the walk.
    """
    yield from _below(root, (), suffixes if videos else frozenset(), visit, set())


def clip_key(clip: str) -> str:
    """Return a text that is the same for spellings of a clip: case, blanks, a stray slash."""
    return clip.strip().strip("/\\").strip().casefold()


def _below(
    folder: Path,
    parts: tuple[str, ...],
    suffixes: frozenset[str],
    visit: Callable[[Path], object],
    seen: set[tuple[int, int]],
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    visit(folder)
    try:
        state = folder.stat()
        if (state.st_dev, state.st_ino) in seen or len(parts) > _DEEPEST:
            return
        seen.add((state.st_dev, state.st_ino))
        if parts and has_images(folder):
            yield folder, parts
            return
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return  # the row that needs it says that it is not there
    for entry in listed:
        if entry.name.startswith((".", "~$")):
            continue
        if is_folder(entry):
            yield from _below(folder / entry.name, (*parts, entry.name), suffixes, visit, seen)
        elif Path(entry.name).suffix.lower() in suffixes:
            yield folder / entry.name, (*parts, entry.name)
