"""The three sets of the composite of MEGC 2019 below one folder, each read by its own reader."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.data import registry, subjects
from meviewer.data.dataset import ImportedSample, ImportReport, SkippedRow
from meviewer.data.doctor.sheets import find_files
from meviewer.data.folder_listing import is_folder
from meviewer.data.reader import Claim, Reader, ReadOptions
from meviewer.data.readers.megc2019_list import SETS, Key

_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "casme2": ("casme2-coding-2019*", "casme2-coding*", "casme*2*"),
    "samm": ("samm*micro*facs*", "samm.*"),
}
_TREES = {("smic", "raw"): "hs", ("smic", "cropped"): "hs-cropped"}
_MOST_FOLDERS = 40


@dataclass(frozen=True, slots=True)
class OneSet:
    """One set as its own reader has read it.

    Attributes
    ----------
    name, title : str
    report : ImportReport or None
        None if it could not be read.
    fault : str
        Why; empty if it could.
    """

    name: str
    title: str
    report: ImportReport | None = None
    fault: str = ""
    _samples: dict[Key, list[ImportedSample]] = field(default_factory=dict)
    _skipped: dict[Key, SkippedRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sample in self.report.samples if self.report else ():
            self._samples.setdefault(self.key(sample.subject, sample.clip), []).append(sample)
        for row in self.report.skipped if self.report else ():
            self._skipped.setdefault(self.key(row.subject, row.clip), row)

    def key(self, subject: str, clip: str) -> Key:
        """Return what is the same for all spellings of a clip."""
        return self.name, subjects.key(subject), subjects.key(clip)

    def samples(self, key: Key) -> list[ImportedSample]:
        """Return the samples of a clip, in the order of the sheet."""
        return self._samples.get(key, [])

    def skipped(self, key: Key) -> SkippedRow | None:
        """Return the row of a clip that the set's own reader has left out."""
        return self._skipped.get(key)


def find_sets(root: Path) -> dict[str, Claim | None]:
    """Return where the sets lie: what each reader says of the first folder that it knows.

    The root itself is looked at, then the folders in it, then those two below.
    """
    found: dict[str, Claim | None] = dict.fromkeys(SETS)
    for name, (_folder, claim) in _placed(root).items():
        found[name] = claim
    return found


def read_sets(root: Path, options: ReadOptions) -> dict[str, OneSet]:
    """Read all sets below a root; one that is missing or cannot be read says so itself."""
    placed = _placed(root)
    found = {}
    for at, name in enumerate(SETS):
        reader = _reader(name)
        tree = _TREES.get((name, options.tree), options.tree)
        own = replace(options, columns=(), tree=tree, tell=_part(options.tell, at, len(SETS)))
        found[name] = _read(name, reader, placed.get(name), root, own)
    return found


def _read(
    name: str,
    reader: Reader | None,
    place: tuple[Path, Claim] | None,
    root: Path,
    options: ReadOptions,
) -> OneSet:
    title = reader.title if reader is not None else name
    if reader is None or place is None:
        return OneSet(name, title, None, f"no folder below {root.name!r} holds {title}")
    folder, claim = place
    labels = claim.labels or find_files(root, _PATTERNS.get(name, ()))
    try:
        return OneSet(name, title, reader.read(folder, labels[0] if labels else None, options))
    except LabelError as error:
        return OneSet(name, title, None, f"{title} could not be read: {error}")


def _placed(root: Path) -> dict[str, tuple[Path, Claim]]:
    found: dict[str, tuple[Path, Claim]] = {}
    for folder in _folders(root):
        for name in SETS:
            reader = _reader(name) if name not in found else None
            claim = reader.claim(folder) if reader is not None else None
            if claim is not None:
                found[name] = folder, claim
        if len(found) == len(SETS):
            break
    return found


def _folders(root: Path) -> Iterator[Path]:
    """Yield the root, the folders in it, then the folders in those."""
    yield root
    children = _below(root)
    yield from children
    for child in children:
        yield from _below(child)


def _below(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if is_folder(e) and e.name[0] not in ".~")
    except OSError:
        return []
    return [folder / name for name in names[:_MOST_FOLDERS]]


def _reader(name: str) -> Reader | None:
    try:
        return registry.reader(name)
    except LabelError:
        return None


def _part(tell: Callable[[int, int], None], at: int, n: int) -> Callable[[int, int], None]:
    """Return what tells the progress of one of several equal parts."""

    def tell_part(done: int, total: int) -> None:
        tell(at * 1000 + (1000 * done) // max(total, 1), n * 1000)

    return tell_part
