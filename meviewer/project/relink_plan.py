"""What relinking clips that were moved would change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KnownClip:
    """A clip of the project.

    Attributes
    ----------
    name : str
        Of the first sample on it, as ``subject/name``.
    path : Path
        Where the project looks for it.
    sample_ids : tuple of int
        Samples on it.
    fingerprint : str
    n_frames : int
    """

    name: str
    path: Path
    sample_ids: tuple[int, ...]
    fingerprint: str
    n_frames: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip lies now.

    Attributes
    ----------
    clip : KnownClip
    path : Path
    same : bool
        Whether it has the content that the project knows. If not it was changed as well, which is
        said when it is opened.
    """

    clip: KnownClip
    path: Path
    same: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A clip that may be any of several, or only shares its name with one: nothing is taken."""

    clip: KnownClip
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RelinkPlan:
    """What would be relinked; `meviewer.project.relink.apply` does it.

    Attributes
    ----------
    n_clips : int
        Clips that were looked for.
    found : tuple of Place
    doubtful : tuple of Doubt
    missing : tuple of KnownClip
    root : Path or None
        New root of the project, if that is what is changed.
    complete : bool
        False if looking was stopped, or there were too many folders.
    """

    n_clips: int
    found: tuple[Place, ...] = ()
    doubtful: tuple[Doubt, ...] = ()
    missing: tuple[KnownClip, ...] = ()
    root: Path | None = None
    complete: bool = True
