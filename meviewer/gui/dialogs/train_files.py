"""Figures and tables of a run, written into a folder that the user chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from meviewer.core.errors import StorageError
from meviewer.data.atomic import write_bytes, write_text
from meviewer.gui.view_export import ENDINGS, Caption, painted
from meviewer.present.training_runs import RunFacts
from meviewer.present.training_state import TrainingState
from meviewer.present.training_tables import tables

_SCALE = 2.0


def ask_folder(parent: QWidget, name: str) -> Path | None:
    """Ask where the files of a run are to go; None if the user thinks better of it."""
    chosen = QFileDialog.getExistingDirectory(parent, f"Folder for the figures of {name}")
    return Path(chosen) if chosen else None


def file_work(
    folder: Path, facts: RunFacts, state: TrainingState, figures: Mapping[str, QWidget]
) -> Callable[[], int]:
    """Paint the figures now, in the thread of the window, and return what writes all files.

    Parameters
    ----------
    folder : Path
        A folder of the run's name is made in it.
    figures : mapping of str to QWidget
        By the name of their files; each is written as PNG, SVG and PDF.

    Returns
    -------
    callable
        For another thread: writes the files and returns how many there are; raises `StorageError`
        if the disk refuses.
    """
    place, caption = folder / facts.name, _caption(facts, state)
    texts = tables(facts, state)
    pictures = {
        f"{name}{ending}": painted(widget, ending, _SCALE, caption)[1]
        for name, widget in figures.items()
        for ending in ENDINGS
    }
    return partial(_write, place, texts, pictures)


def _write(
    place: Path, texts: Mapping[str, str], pictures: Mapping[str, Callable[[], bytes]]
) -> int:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "The figures cannot be written there",
            where=str(place),
            why=error.strerror or str(error),
            now="choose another folder",
        ) from error
    for name, text in texts.items():
        write_text(place / name, text)
    for name, encode in pictures.items():
        write_bytes(place / name, encode())
    return len(texts) + len(pictures)


def _caption(facts: RunFacts, state: TrainingState) -> Caption:
    protocol = state.scores.protocol if state.scores is not None else ""
    return Caption(facts.name, (protocol,) if protocol else ())
