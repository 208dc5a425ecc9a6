"""A training of the window as a command for a terminal, with the file that the command names."""

from __future__ import annotations

from meviewer.data.atomic import write_text
from meviewer.experiment.runs import SPEC
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import to_toml
from meviewer.present.training_jobs import train_command
from meviewer.present.training_runs import next_name
from meviewer.project.project import Project, Run


def command_for(project: Project, spec: ExperimentSpec) -> str:
    """Write an experiment beside the runs and return the command that trains it.

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
    write_text(file, to_toml(spec))
    return train_command(file, project.folder, folder / name)


def command_of(project: Project, run: Run) -> str:
    """Return the command that goes on with a run."""
    folder = project.run_folder(run)
    return train_command(folder / SPEC, project.folder, folder, resume=True)
