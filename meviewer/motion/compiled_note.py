"""A note beside the machine code: all loops of this installation have been compiled once."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import platformdirs

from meviewer import __version__


def is_noted() -> bool:
    """Whether all loops have been compiled by these versions."""
    return any(place.exists() for place in _places())


def note() -> bool:
    """Write it where numba keeps the machine code; False if that is nowhere."""
    for place in _places():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        except OSError:
            continue
        return True
    return False


def _places() -> tuple[Path, ...]:
    name = f"compiled-{_versions()}"
    cache = Path(platformdirs.user_cache_dir("meviewer", appauthor=False))
    return tuple(folder / name for folder in (Path(__file__).parent / "__pycache__", cache))


def _versions() -> str:
    """Return what makes machine code out of date."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{__version__}-numba-{version('numba')}-python-{python}"
