"""The data-set readers by name, and which of them know a folder."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from meviewer.core.errors import LabelError
from meviewer.data.reader import Claim, Reader

_MOST_BELOW = 40
_MODULES = (
    "casme",
    "casme2",
    "megc2019",
    "samm",
    "smic",
    "mmew",
    "casme_squared",
    "casme3",
    "samm_lv",
    "dfme",
    "fourdme",
    "example",
    "generic",
)
"""Modules of ``data/readers``; each has its reader as ``READER``. The generic one comes last."""


def names() -> tuple[str, ...]:
    """Return the names of all readers."""
    return tuple(reader.name for reader in readers())


def readers() -> tuple[Reader, ...]:
    """Return all readers."""
    return tuple(
        cast(Reader, import_module(f"meviewer.data.readers.{name}").READER) for name in _MODULES
    )


def reader(name: str) -> Reader:
    """Return the reader of that name.

    Raises
    ------
    LabelError
        If there is none; the message lists the names.
    """
    for found in readers():
        if found.name == name.strip().casefold():
            return found
    raise LabelError(
        "No such data-set reader", where=repr(name), now=f"choose one of: {', '.join(names())}"
    )


def claims(root: Path) -> tuple[Claim, ...]:
    """Return what every reader that knows the folder says about it.

    Several claims are for the user to decide between; none means that only the generic table can
    read it, with the user's help.
    """
    if not root.is_dir():
        return ()
    found = (one.claim(root) for one in readers())
    return tuple(claim for claim in found if claim is not None)


def claims_below(root: Path) -> tuple[tuple[Path, Claim], ...]:
    """Return what the readers know among the folders right below one that none of them knows."""
    try:
        folders = sorted(path for path in root.iterdir() if path.is_dir())[:_MOST_BELOW]
    except OSError:
        return ()
    return tuple((folder, claim) for folder in folders for claim in claims(folder))


def guess(root: Path) -> str | None:
    """Return the name of the one reader that knows the folder; None if none or several do."""
    found = claims(root)
    return found[0].reader if len(found) == 1 else None
