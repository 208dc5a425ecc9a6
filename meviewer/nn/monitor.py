"""A training followed in files of others' tools: a CSV file always, TensorBoard if it is wanted."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from meviewer.core.errors import MissingExtraError, StorageError
from meviewer.experiment.records import EpochDone, FoldStarted, Record, RunStarted, Scores

LOG, EVENTS = "log.csv", "tensorboard"
HEADS = (
    *("time", "fold", "subject", "seed", "epoch"),
    *("loss", "accuracy", "learning_rate", "seconds", "uf1", "uar"),
)
_MEASURES = ("accuracy", "uf1", "uar")


class Follower(Protocol):
    """Something that writes down what a training says."""

    def take(self, record: Record) -> None:
        """Take the next record."""

    def close(self) -> None:
        """Write what is not written yet."""


def followed(
    records: Iterator[Record], folder: Path, *, tensorboard: bool = False
) -> Iterator[Record]:
    """Pass records on and write them into a run folder, from the record on that says it is there.

    Parameters
    ----------
    records : iterator of Record
    folder : Path
        Of the run; ``log.csv`` and, if it is wanted, ``tensorboard/`` are written there. A run that
        is resumed appends: epochs of a fold that was cut short are there twice.
    tensorboard : bool

    Raises
    ------
    MissingExtraError
        If TensorBoard is wanted and not installed.
    StorageError
        If the disk refuses.
    """
    if tensorboard:
        require()
    followers: list[Follower] = []
    try:
        for record in records:
            if isinstance(record, RunStarted):
                followers = [CsvLog(folder / LOG)]
                followers += [EventLog(folder / EVENTS)] if tensorboard else []
            for one in followers:
                one.take(record)
            yield record
    finally:
        if isinstance(records, Generator):
            records.close()
        for one in followers:
            one.close()


def require() -> None:
    """Make sure that TensorBoard's files can be written.

    Raises
    ------
    MissingExtraError
        With the command that installs what is missing.
    """
    if find_spec("tensorboard") is None:
        raise MissingExtraError(
            "TensorBoard is not installed",
            where="tensorboard",
            why="its files are written by its own library",
            now='pip install "meviewer[monitor]", or train without: log.csv is always written',
        )


class _Writer(Protocol):
    """As much of TensorBoard's writer as is used here."""

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> None: ...

    def close(self) -> None: ...


class CsvLog:
    """One line an epoch, and one for the pooled scores after each fold, in time's order.

    Parameters
    ----------
    path : Path
        Appended to; a line that a kill cut off stays a line of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._subject = ""
        self._write("" if path.exists() else _line(HEADS), fresh=path.exists())

    def take(self, record: Record) -> None:
        """Take the next record."""
        match record:
            case FoldStarted():
                self._subject = record.subject
            case EpochDone():
                values = (record.loss, record.accuracy, record.learning_rate, record.seconds)
                place = (record.fold, self._subject, record.seed, record.epoch)
                self._write(_line((_now(), *place, *(f"{v:.6g}" for v in values), "", "")))
            case Scores():
                found = (f"{record.accuracy:.6g}", "", f"{record.seconds:.6g}")
                pooled = (f"{record.uf1:.6g}", f"{record.uar:.6g}")
                start = (_now(), record.folds_done, "pooled", "", "", "")
                self._write(_line((*start, *found, *pooled)))

    def close(self) -> None:
        """Nothing is left: each line is written when it is known."""

    def _write(self, text: str, *, fresh: bool = False) -> None:
        try:
            with self._path.open("a", encoding="utf-8", newline="") as file:
                # The last line there may have been cut off.
                file.write("\r\n" * fresh + text)
        except OSError as error:
            raise StorageError(
                "The log of the training cannot be written",
                where=str(self._path),
                why=error.strerror or str(error),
                now="free some space, then resume the run: finished folds are kept",
            ) from error


class EventLog:
    """TensorBoard's event files: a curve for each fold and seed, and the pooled scores.

    Parameters
    ----------
    folder : Path
        Give it, or the folder of all runs, to ``tensorboard --logdir``.
    """

    def __init__(self, folder: Path) -> None:
        # By its name: torch tells no types of it.
        self._writer: _Writer = import_module("torch.utils.tensorboard").SummaryWriter(str(folder))
        self._subject = ""

    def take(self, record: Record) -> None:
        """Take the next record."""
        match record:
            case FoldStarted():
                self._subject = record.subject or "all"
            case EpochDone():
                name = f"fold {record.fold + 1:02d} {self._subject}, seed {record.seed}"
                self._add(f"loss/{name}", record.loss, record.epoch)
                self._add(f"accuracy/{name}", record.accuracy, record.epoch)
            case Scores():
                for measure in _MEASURES:
                    value = float(getattr(record, measure))
                    self._add(f"pooled/{measure}", value, record.folds_done)

    def close(self) -> None:
        """Write what is not written yet."""
        self._writer.close()

    def _add(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(name, value, step)


def _line(values: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
