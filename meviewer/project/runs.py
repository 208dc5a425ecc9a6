"""Trainings of a project and what the trained networks said about its samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from meviewer.core.errors import ProjectError
from meviewer.project.database import Database

_SELECT = "SELECT id, name, spec, created, state, scores FROM runs"


@dataclass(frozen=True, slots=True)
class Run:
    """One training.

    Attributes
    ----------
    id : int
    name : str
        Unique; also the name of its folder under the runs folder.
    spec : str
        The experiment as text, as it was started.
    created : str
        UTC, ISO 8601.
    state : str
        Such as ``queued``, ``running``, ``done``, ``failed``, ``cancelled``.
    scores : dict
        What the run reported at its end; empty before.
    """

    id: int
    name: str
    spec: str
    created: str
    state: str
    scores: dict[str, object]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one run said about one sample: classes by name, and their probabilities."""

    sample_id: int
    truth: str
    predicted: str
    probabilities: dict[str, float]


def add_run(database: Database, name: str, spec: str, state: str = "queued") -> Run:
    """Store a training before it starts.

    Raises
    ------
    ProjectError
        If a run has that name.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")
    with database.writing() as connection:
        if connection.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone():
            raise ProjectError("A run has that name already", where=name, now="choose another name")
        cursor = connection.execute(
            "INSERT INTO runs (name, spec, created, state) VALUES (?, ?, ?, ?)",
            (name, spec, created, state),
        )
        return Run(int(cursor.lastrowid or 0), name, spec, created, state, {})


def update_run(
    database: Database,
    run_id: int,
    state: str | None = None,
    scores: Mapping[str, object] | None = None,
) -> Run:
    """Note how far a run has come; what is None stays as it is."""
    with database.writing() as connection:
        connection.execute(
            "UPDATE runs SET state = coalesce(?, state), scores = coalesce(?, scores) WHERE id = ?",
            (state, None if scores is None else msgspec.json.encode(scores).decode(), run_id),
        )
        return one_run(database, run_id)


def one_run(database: Database, run_id: int) -> Run:
    """Return the run with this id.

    Raises
    ------
    ProjectError
        If there is none.
    """
    with database.reading() as connection:
        row = connection.execute(f"{_SELECT} WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise ProjectError("There is no such run", where=f"run {run_id}")
        return _run(row)


def all_runs(database: Database) -> tuple[Run, ...]:
    """Return all runs, newest first."""
    with database.reading() as connection:
        return tuple(_run(row) for row in connection.execute(f"{_SELECT} ORDER BY id DESC"))


def remove_run(database: Database, run_id: int) -> None:
    """Forget a run and its predictions; its folder is the caller's."""
    with database.writing() as connection:
        connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))


def rename_run(database: Database, run_id: int, name: str) -> Run:
    """Give a run another name; its folder is the caller's.

    Raises
    ------
    ProjectError
        If another run has that name.
    """
    with database.writing() as connection:
        if connection.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone():
            raise ProjectError("A run has that name already", where=name, now="choose another name")
        connection.execute("UPDATE runs SET name = ? WHERE id = ?", (name, run_id))
        return one_run(database, run_id)


def put_back(database: Database, run: Run, name: str) -> Run:
    """Store a run that was removed before, at its old place if that is free."""
    with database.writing() as connection:
        taken = connection.execute("SELECT 1 FROM runs WHERE id = ?", (run.id,)).fetchone()
        cursor = connection.execute(
            "INSERT INTO runs (id, name, spec, created, state, scores) VALUES (?, ?, ?, ?, ?, ?)",
            (
                None if taken else run.id,
                name,
                run.spec,
                run.created,
                run.state,
                msgspec.json.encode(run.scores).decode(),
            ),
        )
        return one_run(database, int(cursor.lastrowid or 0))


def set_predictions(database: Database, run_id: int, found: Iterable[Prediction]) -> None:
    """Replace all predictions of a run."""
    rows = [
        (run_id, p.sample_id, p.truth, p.predicted, msgspec.json.encode(p.probabilities).decode())
        for p in found
    ]
    with database.writing() as connection:
        connection.execute("DELETE FROM predictions WHERE run_id = ?", (run_id,))
        connection.executemany("INSERT INTO predictions VALUES (?, ?, ?, ?, ?)", rows)


def predictions(database: Database, run_id: int) -> tuple[Prediction, ...]:
    """Return the predictions of a run, by sample."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT sample_id, truth, predicted, probabilities FROM predictions"
            " WHERE run_id = ? ORDER BY sample_id",
            (run_id,),
        )
        return tuple(
            Prediction(sample_id, truth, said, msgspec.json.decode(text, type=dict[str, float]))
            for sample_id, truth, said, text in rows
        )


def _run(row: tuple[int, str, str, str, str, str]) -> Run:
    run_id, name, spec, created, state, scores = row
    decoded = msgspec.json.decode(scores, type=dict[str, object])
    return Run(run_id, name, spec, created, state, decoded)
