"""A data set in one HDF5 file becomes a project of the user, in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context
from meviewer.gui.running.task import Token
from meviewer.project.importing import free_folder

_WORDS = "Unpacking the data set"


def unpack(
    context: Context,
    path: Path,
    done: Callable[[Path], None],
    say: Callable[[str, float], None],
    failed: Callable[[MeviewerError], None],
) -> None:
    """Write the clips of a file into a new project in the user's documents, then open it."""
    folder = free_folder(path.stem)

    def work(token: Token) -> Path:
        from meviewer.project.dataset_hdf5_import import import_dataset

        import_dataset(path, folder, token.report, lambda: token.cancelled)
        return folder

    def ended(error: MeviewerError) -> None:
        say("", 1.0)
        failed(error)

    def opened(made: Path) -> None:
        say("", 1.0)
        done(made)

    say(_WORDS, 0.0)
    context.background.run_long(
        "unpack", work, opened, ended, progress=lambda share, clip: say(f"{_WORDS}: {clip}", share)
    )
