"""What a person does to runs that are there: notes, another name, and a trash with a way back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import ProjectError, StorageError
from meviewer.data.atomic import write_text
from meviewer.project import runs
from meviewer.project.project import Project
from meviewer.project.runs import Prediction, Run

NOTES, TRASH = "notes.txt", "trash"
_UNFIT = '/\\:*?"<>|'


@dataclass(frozen=True, slots=True)
class Trashed:
    """A run that was deleted, with all that brings it back.

    Attributes
    ----------
    run : Run
        As it was in the project.
    predictions : tuple of Prediction
    folder : Path or None
        Where its folder lies now; None for a run that never wrote one.
    """

    run: Run
    predictions: tuple[Prediction, ...]
    folder: Path | None


def notes(folder: Path) -> str:
    """Return what people have written about the run in a folder; empty if nothing."""
    try:
        return (folder / NOTES).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def write_notes(folder: Path, text: str) -> None:
    """Keep notes beside the records of a run, where they travel with its folder.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if not text.strip() and not (folder / NOTES).exists():
        return
    _refusing(folder, lambda: folder.mkdir(parents=True, exist_ok=True))
    write_text(folder / NOTES, text.strip() + "\n" if text.strip() else "")


def rename(project: Project, run: Run, name: str) -> Run:
    """Give a run, and its folder, another name.

    Raises
    ------
    ProjectError
        If the name is no name of a folder, or is taken.
    StorageError
        If the disk refuses; the run then keeps its name.
    """
    name = name.strip()
    if name == run.name:
        return run
    _check_name(project, name)
    before, after = project.run_folder(run), project.runs_folder / name
    moved = before.exists()
    if moved:
        _move(before, after)
    try:
        return runs.rename_run(project.database, run.id, name)
    except Exception:
        if moved:
            _move(after, before)
        raise


def delete(project: Project, run: Run) -> Trashed:
    """Take a run out of the project; its folder goes to the trash of the runs.

    Raises
    ------
    StorageError
        If the disk refuses; the run then stays.
    """
    folder, said = project.run_folder(run), project.predictions(run.id)
    put: Path | None = None
    if folder.exists():
        put = _free(project.runs_folder / TRASH / run.name)
        _move(folder, put)
    try:
        project.remove_run(run.id)
    except Exception:
        if put is not None:
            _move(put, folder)
        raise
    return Trashed(run, said, put)


def bring_back(project: Project, trashed: Trashed) -> Run:
    """Put a deleted run back, under another name if its own was given away since.

    Raises
    ------
    StorageError
        If the disk refuses, or the trash was emptied.
    """
    run, name = trashed.run, trashed.run.name
    taken = {one.name for one in project.runs()}
    place = _free(project.runs_folder / name, taken)
    if trashed.folder is not None:
        _move(trashed.folder, place)
    back = runs.put_back(project.database, run, place.name)
    if trashed.predictions:
        project.set_predictions(back.id, trashed.predictions)
    return back


def names_taken(project: Project) -> tuple[str, ...]:
    """Return the names of all runs, of those in the trash, and of folders and files of runs."""
    folder = project.runs_folder
    found = [*folder.glob("run-*"), *(folder / TRASH).glob("run-*")]
    return (*(run.name for run in project.runs()), *(path.stem for path in found))


def _check_name(project: Project, name: str) -> None:
    why = ""
    if not name or name.startswith(".") or any(c in _UNFIT or not c.isprintable() for c in name):
        why = "it is the name of a folder, too"
    elif name.lower() == TRASH or len(name) > 100:
        why = "deleted runs are kept under that name" if name.lower() == TRASH else "it is too long"
    elif (project.runs_folder / name).exists() or name in {one.name for one in project.runs()}:
        why = "another run, or a folder beside the runs, has it"
    if why:
        raise ProjectError(
            "A run cannot be called that", where=repr(name), why=why, now="choose another name"
        )


def _free(wanted: Path, taken: set[str] | None = None) -> Path:
    """Return a path of that name, or with a number behind it if it is taken."""
    found, number = wanted, 2
    while found.exists() or (taken is not None and found.name in taken):
        found, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return found


def _move(before: Path, after: Path) -> None:
    def work() -> object:
        after.parent.mkdir(parents=True, exist_ok=True)
        return shutil.move(before, after)

    _refusing(before, work)


def _refusing(where: Path, work: Callable[[], object]) -> None:
    try:
        work()
    except OSError as error:
        raise StorageError(
            "The folder of the run cannot be written",
            where=str(where),
            why=error.strerror or str(error),
            now="close other programs that use it, and look whether you may write there",
        ) from error
