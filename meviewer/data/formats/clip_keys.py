"""Names of clips in the files of other programs: unique, safe, and found again."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from meviewer.data import subjects
from meviewer.data.exchange import ExchangeClip, ExchangeDocument

_UNSAFE = re.compile(r"[^\w.+-]+")
# Names have room for two of them and an ending within the 255 bytes of most disks.
_BYTES = 100
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def safe(text: str, otherwise: str = "x") -> str:
    """Return a text that is a file name everywhere."""
    data = _UNSAFE.sub("_", text).strip("._ ").encode("utf-8", "replace")
    plain = data[:_BYTES].decode("utf-8", "ignore").rstrip("._ ") or otherwise
    return f"_{plain}" if _DEVICES.fullmatch(plain) else plain


def unique(names: Iterable[str]) -> list[str]:
    """Return the names, numbered where two would be one file on some disks."""
    used: set[str] = set()
    found = []
    for name in names:
        candidate, number = name, 1
        while _folded(candidate) in used:
            number += 1
            candidate = f"{name}-{number}"
        used.add(_folded(candidate))
        found.append(candidate)
    return found


def keys(document: ExchangeDocument) -> list[str]:
    """Return a safe name for each clip of a document, such as ``"s01_c01"``."""
    return unique(safe(f"{clip.subject}_{clip.name}", "clip") for clip in document.clips)


def _folded(name: str) -> str:
    """Return what is the same for names that some disks take for one."""
    return unicodedata.normalize("NFC", name).casefold()


@dataclass(slots=True)
class Finder:
    """Finds the known clip that a file means; where several fit, none does.

    Parameters
    ----------
    known : ExchangeDocument
    """

    known: ExchangeDocument
    _exact: dict[tuple[str, str], int] = field(default_factory=dict)
    _even: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    # Names as they are, in any case, then those of the media: the first that fits counts.
    _levels: tuple[dict[str, set[int]], ...] = field(
        default_factory=lambda: (defaultdict(set), defaultdict(set), defaultdict(set))
    )

    def __post_init__(self) -> None:
        as_they_are, in_any_case, media = self._levels
        for place, (clip, key) in enumerate(zip(self.known.clips, keys(self.known), strict=True)):
            self._exact.setdefault((clip.subject, clip.name), place)
            self._even[_even(clip.subject), _even(clip.name)].add(place)
            subject, name = clip.subject, clip.name
            for text in (f"{subject}/{name}", f"{subject}_{name}", key, name):
                as_they_are[text].add(place)
                in_any_case[text.casefold()].add(place)
            path = PurePosixPath(clip.media)
            for text in (path.name, path.stem, clip.media):
                media[text.casefold()].add(place)

    def exact(self, subject: str | None, name: str | None) -> ExchangeClip | None:
        """Return the clip of these names; signs that files cannot hold make no difference."""
        place = self._exact.get((subject or "", name or ""))
        if place is None:
            fits = self._even.get((_even(subject or ""), _even(name or "")), set())
            place = next(iter(fits)) if len(fits) == 1 else None
        return None if place is None else self.known.clips[place]

    def by_text(self, text: str) -> ExchangeClip | None:
        """Return the clip that a text names by name, file or path, from any machine."""
        path = PurePosixPath(text.replace("\\", "/"))
        for candidate in (text, "/".join(path.parts[-2:])):
            found = self._named(candidate)
            if found is not None:
                return found
        for candidate in (path.name, path.stem):
            found = self._named(candidate)
            if found is not None and not _elsewhere(path, found):
                return found
        return None

    def _named(self, text: str) -> ExchangeClip | None:
        for level, known in enumerate(self._levels):
            fits = known.get(text if level == 0 else text.casefold(), set())
            if fits:
                return self.known.clips[next(iter(fits))] if len(fits) == 1 and text else None
        return None


def _even(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and not c.isspace())


def _elsewhere(path: PurePosixPath, clip: ExchangeClip) -> bool:
    """Return whether a path lies in the folder of another person than the clip's.

    Data sets have clips of the same name in a folder for each subject; the name alone would give
    one person's labels to another.
    """
    folder, own = path.parent.name, PurePosixPath(clip.media).parent.name
    by_subject = subjects.key(own) == subjects.key(clip.subject)
    # Folders of subjects are numbered; "videos" says nothing of a person.
    a_person = any(character.isdigit() for character in folder)
    with_subject = subjects.key(path.stem).startswith(f"{subjects.key(clip.subject)}-")
    if not (a_person and by_subject) or with_subject:
        return False
    return subjects.key(folder) != subjects.key(own)
