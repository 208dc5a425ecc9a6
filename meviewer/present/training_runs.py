"""The table of runs: one row a training, its state in words, its scores with their doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import registry
from meviewer.present.training_words import MISSING, NO_SPREAD, duration, interval, moment, score
from meviewer.present.wording import counted

RESUMABLE = ("cancelled", "crashed", "failed", "stopped")
ACTIVE = ("running", "paused", "finishing", "stopping")
"""States of a run whose worker is there."""

_LOOKS = {
    "queued": ("", "half"),
    "running": ("accent", "half"),
    "paused": ("warn", "pause"),
    "finishing": ("accent", "half"),
    "stopping": ("accent", "half"),
    "done": ("ok", "done"),
    "stale": ("warn", "warn"),
    "cancelled": ("warn", "stop"),
    "stopped": ("warn", "stop"),
    "crashed": ("error", "error"),
    "failed": ("error", "error"),
}
_METHODS = {"flow-tvl1": "TV-L1", "flow-dis": "DIS", "flow-farneback": "Farnebäck"}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of one run.

    Attributes
    ----------
    state : str
        As the table says it: also ``stopped`` (the program ended before the run did), ``stopping``
        and ``stale`` (done, but the labels have changed since).
    scores : mapping
        As `meviewer.present.training_stored.short_scores` returns it.
    error : str
        Why it ended, of a failed run.
    left_s : float or None
        Of a running one.
    created : datetime
    place : int
        1 for the run that is next in line; 0 for one that does not wait.
    notes : str
        What people have written about it.
    """

    id: int
    name: str
    spec: ExperimentSpec
    state: str
    scores: Mapping[str, object]
    created: datetime
    error: str = ""
    left_s: float | None = None
    place: int = 0
    notes: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of the table, in words."""

    name: str
    state: str
    tone: str
    icon: str
    network: str
    motion: str
    labels: str
    seeds: str
    uf1: str
    doubt: str
    uar: str
    accuracy: str
    note: str
    tip: str
    notes: str = ""


def run_row(facts: RunFacts, now: datetime) -> RunRow:
    """Return the row of a run."""
    tone, picture = _LOOKS.get(facts.state, ("", "info"))
    spec, found = facts.spec, facts.scores
    limits = found.get("intervals")
    uf1_limits = limits.get("uf1") if isinstance(limits, Mapping) else None
    return RunRow(
        facts.name,
        facts.state,
        tone,
        picture,
        network_title(spec),
        f"{_motion(spec)}, {spec.input_px} px",
        "shuffled" if spec.shuffle_labels else _labels(spec),
        str(len(spec.seeds)),
        score(_number(found, "uf1")),
        _limits(uf1_limits),
        score(_number(found, "uar")),
        score(_number(found, "accuracy")),
        _note(facts, now),
        facts.error or f"{spec.network}, {counted(spec.epochs, 'epoch')}, batch {spec.batch_size}",
        facts.notes,
    )


def matches(row: RunRow, words: str) -> bool:
    """Whether a row holds all of the words, in any of its columns or in the notes."""
    parts = (row.name, row.state, row.network, row.motion, row.labels, row.note, row.notes)
    text = " ".join(parts).casefold()
    return all(word in text for word in words.casefold().split())


def comparable(facts: RunFacts) -> bool:
    """Whether a run has tested anything that can be compared."""
    return bool(_number(facts.scores, "folds_done"))


def network_title(spec: ExperimentSpec) -> str:
    """Return the name of a network for people, with what differs from its defaults."""
    known = registry.NETWORKS.get(spec.network)
    title = known.title.split(",")[0] if known else spec.network
    changes = ", ".join(f"{name} {value}" for name, value in spec.network_config.items())
    return f"{title}, {changes}" if changes else title


def control_uf1(chosen: ExperimentSpec, runs: tuple[RunFacts, ...]) -> float | None:
    """Return the UF1 of the newest finished control of an experiment: the same, labels shuffled."""
    if chosen.shuffle_labels:
        return None
    wanted = msgspec.structs.replace(chosen, shuffle_labels=True)
    found = (_number(one.scores, "uf1") for one in runs if one.spec == wanted and _done(one))
    return next(found, None)


def next_name(names: tuple[str, ...]) -> str:
    """Return the name of the next run: ``run-008`` after ``run-007``."""
    numbers = [int(name[4:]) for name in names if name.startswith("run-") and name[4:].isdigit()]
    return f"run-{max(numbers, default=0) + 1:03d}"


def _done(facts: RunFacts) -> bool:
    return facts.state in ("done", "stale")


def _motion(spec: ExperimentSpec) -> str:
    return "pictures" if spec.pictures else _METHODS.get(spec.representation, spec.representation)


def _labels(spec: ExperimentSpec) -> str:
    """Return whose labels; where clips are tested with others, both."""
    if spec.pictures:
        return Path(spec.pictures).name
    return f"{spec.label_tier}, {spec.test_tier}" if spec.test_tier else spec.label_tier


def _note(facts: RunFacts, now: datetime) -> str:
    if facts.state == "running":
        return "starting" if facts.left_s is None else f"in {duration(facts.left_s)}"
    if facts.state == "finishing":
        return "after this fold"
    if facts.state == "queued":
        return "next in line" if facts.place < 2 else f"{facts.place}. in line"
    if facts.state == "stale":
        return "labels changed"
    folds = _number(facts.scores, "folds_done")
    if facts.state in RESUMABLE and folds:
        return f"{counted(int(folds), 'fold')} kept"
    if facts.error:
        return facts.error.split(".")[0].split(":")[0]
    return moment(facts.created, now)


def _number(found: Mapping[str, object], name: str) -> float | None:
    value = found.get(name)
    return float(value) if isinstance(value, int | float) else None


def _limits(limits: object) -> str:
    if not isinstance(limits, list | tuple) or len(limits) != 2:
        return MISSING
    words = interval(float(limits[0]), float(limits[1]))
    return "alike" if words == NO_SPREAD else words.removeprefix("95 %: ")
