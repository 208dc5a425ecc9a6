"""The data-set readers by name."""

from __future__ import annotations

from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.data.dataset import Reader


def names() -> tuple[str, ...]:
    """Return the names of all readers."""
    return tuple(reader.name for reader in _readers())


def reader(name: str) -> Reader:
    """Return the reader of that name.

    Raises
    ------
    LabelError
        If there is none; the message lists the names.
    """
    for found in _readers():
        if found.name == name.strip().casefold():
            return found
    raise LabelError(
        "No such data-set reader", where=repr(name), now=f"choose one of: {', '.join(names())}"
    )


def guess(root: Path) -> str | None:
    """Return the name of the first reader whose layout the folder has, or None."""
    return next((found.name for found in _readers() if found.fits(root)), None)


def _readers() -> tuple[Reader, ...]:
    from meviewer.data.readers import example

    return (example.READER,)
