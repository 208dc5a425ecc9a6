"""The undo stack as it stood, replayed from the journal of one coder on one sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meviewer.core.annotation import Annotation
from meviewer.project.codec import decode
from meviewer.project.database import Database


@dataclass(frozen=True, slots=True)
class Step:
    """One undoable step: its name, and the labels before and after it."""

    text: str
    before: Annotation
    after: Annotation


@dataclass(frozen=True, slots=True)
class Steps:
    """An undo stack.

    Attributes
    ----------
    entries : tuple of Step
        Oldest first; those from ``index`` on can be done again.
    index : int
        How many of the entries are done at present.
    """

    entries: tuple[Step, ...] = ()
    index: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    text: str
    before: bytes
    after: bytes


class _Stack:
    """Replays rows; a row that does not fit what went before begins a new history."""

    def __init__(self) -> None:
        self.done: list[_Row] = []
        self.undone: list[_Row] = []
        self._now: bytes | None = None

    def take(self, row: _Row) -> None:
        if self._now is not None and not _same(row.before, self._now):
            self._forget()
        if row.kind == "undo":
            self._undo(row)
        elif row.kind == "redo":
            self._redo(row)
        elif row.kind == "edit" or decode(row.before) != Annotation():
            self.done.append(row)
            self.undone.clear()
        else:
            # Labels that were imported into an empty tier are where this history begins.
            self._forget()
        self._now = row.after

    def _undo(self, row: _Row) -> None:
        if self.done and _same(self.done[-1].before, row.after):
            self.undone.append(self.done.pop())
        else:
            self._forget()

    def _redo(self, row: _Row) -> None:
        if self.undone and _same(self.undone[-1].after, row.after):
            self.done.append(self.undone.pop())
        else:
            self._forget()

    def _forget(self) -> None:
        self.done.clear()
        self.undone.clear()


def replay(database: Database, sample_id: int, coder: str) -> Steps:
    """Return the undo stack of a coder's labels on a sample, with what can be done again."""
    with database.reading() as connection:
        found = connection.execute(
            "SELECT kind, text, before, after FROM journal WHERE sample_id = ? AND coder = ?"
            " AND kind IN ('edit', 'undo', 'redo', 'import') ORDER BY n",
            (sample_id, coder),
        ).fetchall()
    return _steps(_Row(*row) for row in found)


def _steps(rows: Iterable[_Row]) -> Steps:
    stack = _Stack()
    for row in rows:
        stack.take(row)
    rows_in_order = [*stack.done, *reversed(stack.undone)]
    entries = tuple(Step(r.text, decode(r.before), decode(r.after)) for r in rows_in_order)
    return Steps(entries, len(stack.done))


def _same(one: bytes, other: bytes) -> bool:
    # An older program may have written the same value with fewer fields.
    return one == other or decode(one) == decode(other)
