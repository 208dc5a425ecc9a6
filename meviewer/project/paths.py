"""Where clips lie: stored relative to a root, so that a project can move with them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_FILE = "project.meviewer"


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that clip paths are relative to.

    Attributes
    ----------
    folder : Path
        Absolute.
    """

    folder: Path

    def relative(self, path: Path) -> str:
        """Return the text to store: relative with forward slashes, or absolute outside the root."""
        path = plain(path)
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        return path.as_posix()

    def absolute(self, stored: str) -> Path:
        """Return the path that `relative` made ``stored`` from, on wherever the root is now."""
        return self.folder / stored


def root_texts(root: Path, project: Path) -> tuple[str, str]:
    """Return how a root is stored: as it is, and as seen from the project folder."""
    root, project = plain(root), plain(project)
    try:
        seen = Path(os.path.relpath(root, project)).as_posix()
    except ValueError:
        # Another drive of Windows cannot be reached from here by a relative path.
        seen = ""
    return root.as_posix(), seen


def find_root(stored: str, seen: str, project: Path) -> Root:
    """Return the root of a project that may have been moved since.

    A root inside the project folder moves with it. One outside is where it was, if that still
    exists; else where it would be had both moved together.
    """
    project = plain(project)
    moved = plain(project / seen) if seen else Path(stored)
    inside = bool(seen) and not seen.startswith("..")
    if inside or (moved.is_dir() and not Path(stored).is_dir()):
        return Root(moved)
    return Root(Path(stored))


def plain(path: Path) -> Path:
    """Return an absolute path without ``..``; links stay, as a linked folder may lie elsewhere."""
    return Path(os.path.normpath(path.absolute()))


def locate(path: Path) -> Path:
    """Return the project folder for a folder or for the project file in it."""
    return path.parent if path.name == PROJECT_FILE else path
