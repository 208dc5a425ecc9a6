"""A training of the window as a command for a terminal, with the file that the command names."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.data.atomic import write_text
from meviewer.experiment.runs import SPEC
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_set import named, set_to_toml
from meviewer.experiment.spec_text import to_toml
from meviewer.present.training_jobs import train_command
from meviewer.present.training_runs import next_name
from meviewer.project.project import Project, Run


def command_for(project: Project, specs: Sequence[ExperimentSpec]) -> str:
    """Write an experiment, or some to be compared, beside the runs; return the command for it.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    folder = project.runs_folder
    taken = tuple(run.name for run in project.runs())
    name = next_name((*taken, *(path.name for path in folder.glob("run-*"))))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.toml"
    text = to_toml(specs[0]) if len(specs) == 1 else set_to_toml(named(specs))
    write_text(file, text)
    return train_command(file, project.folder, folder / name)


def command_of(project: Project, run: Run) -> str:
    """Return the command that goes on with a run."""
    folder = project.run_folder(run)
    return train_command(folder / SPEC, project.folder, folder, resume=True)
