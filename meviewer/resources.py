"""Where icons, schemes and pages lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder() -> Path:
    """Return the resource folder of this installation."""
    packaged = _PACKAGE / "_resources"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "resources"


def path(name: str) -> Path:
    """Return the path of the resource ``name``, such as ``"icons/play.svg"``."""
    return folder() / name
