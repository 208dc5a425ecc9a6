"""The tasks that a worker knows, by name: where each one lies, imported only when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TypeAlias, cast, get_type_hints

import msgspec

from meviewer.core.errors import JobError

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
}
"""Name to ``module:function``. A task takes one struct of arguments and yields records."""

Task: TypeAlias = Callable[[msgspec.Struct], Iterator[msgspec.Struct]]


def names() -> tuple[str, ...]:
    """Return the names of all tasks."""
    return tuple(TASKS)


def records(task: str, arguments: dict[str, object]) -> Iterator[msgspec.Struct]:
    """Start a task: an iterator of its records, which does the work as it is read.

    Closing the iterator stops the work.

    Raises
    ------
    JobError
        If there is no such task, or an argument is missing, unknown or of another type.
    """
    function = _load(task)
    kind = _arguments_of(function)
    try:
        return function(msgspec.convert(arguments, kind))
    except msgspec.ValidationError as error:
        raise JobError(
            "The job's arguments do not fit its task",
            where=task,
            why=str(error),
            now="the arguments are " + ", ".join(kind.__struct_fields__),
        ) from error


def _load(task: str) -> Task:
    if task not in TASKS:
        raise JobError("There is no such task", where=task, now="the tasks are " + ", ".join(TASKS))
    module, _, function = TASKS[task].partition(":")
    return cast(Task, getattr(import_module(module), function))


def _arguments_of(function: Task) -> type[msgspec.Struct]:
    hints = get_type_hints(function)
    hints.pop("return", None)
    (kind,) = hints.values()
    return cast(type[msgspec.Struct], kind)
