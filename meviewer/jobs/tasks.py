"""The tasks that a worker knows, by name: where each one lies, imported only when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TypeAlias, cast, get_type_hints

import msgspec

from meviewer.core.errors import JobError
from meviewer.jobs.questions import Questions

TASKS = {
    "train": "meviewer.nn.tasks:train",
    "train-folds": "meviewer.nn.fold_processes:train_folds",
    "predict": "meviewer.nn.tasks:predict",
    "devices": "meviewer.nn.tasks:devices",
    "export-onnx": "meviewer.nn.tasks:export_onnx",
    "features": "meviewer.nn.features:features",
    "event-features": "meviewer.nn.feature_worker:event_features",
    "suggest-clips": "meviewer.nn.suggest_worker:suggest_clips",
    "look-at-labels": "meviewer.nn.look_worker:look_at_labels",
    "what-if": "meviewer.nn.what_if:what_if",
}
"""Name to ``module:function``. A task takes one struct of arguments and yields records; one that
stays to be asked takes `Questions` beside it."""

Task: TypeAlias = Callable[..., Iterator[msgspec.Struct]]


def names() -> tuple[str, ...]:
    """Return the names of all tasks."""
    return tuple(TASKS)


def records(
    task: str, arguments: dict[str, object], questions: Questions | None = None
) -> Iterator[msgspec.Struct]:
    """Start a task: an iterator of its records, which does the work as it is read.

    Closing the iterator stops the work.

    Parameters
    ----------
    questions : Questions, optional
        For a task that stays to be asked; without it such a task ends at once.

    Raises
    ------
    JobError
        If there is no such task, or an argument is missing, unknown or of another type.
    """
    function = _load(task)
    kind, stays = _arguments_of(function)
    try:
        converted = msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        raise JobError(
            "The job's arguments do not fit its task",
            where=task,
            why=str(error),
            now="the arguments are " + ", ".join(kind.__struct_fields__),
        ) from error
    return function(converted, questions or _none()) if stays else function(converted)


def _load(task: str) -> Task:
    if task not in TASKS:
        raise JobError("There is no such task", where=task, now="the tasks are " + ", ".join(TASKS))
    module, _, function = TASKS[task].partition(":")
    return cast(Task, getattr(import_module(module), function))


def _arguments_of(function: Task) -> tuple[type[msgspec.Struct], bool]:
    """Return the struct that a task takes, and whether it takes questions, too."""
    hints = get_type_hints(function)
    hints.pop("return", None)
    kind, *more = hints.values()
    return cast(type[msgspec.Struct], kind), more == [Questions]


def _none() -> Questions:
    nobody = Questions()
    nobody.end()
    return nobody
