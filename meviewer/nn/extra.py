"""Says kindly what is missing where the training part of the installation is not there."""

from __future__ import annotations

from importlib.util import find_spec

from meviewer.core.errors import MissingExtraError


def available() -> bool:
    """Return whether networks can be trained and used here; imports nothing."""
    return find_spec("torch") is not None


def require() -> None:
    """Make sure that torch is there.

    Raises
    ------
    MissingExtraError
        If it is not, saying how to get it.
    """
    if not available():
        raise MissingExtraError(
            "Training and recognition need PyTorch",
            where="torch",
            why="it takes about 5 GB, so an installation for annotators comes without it",
            now='install it with: pip install "meviewer[train]"',
        )
