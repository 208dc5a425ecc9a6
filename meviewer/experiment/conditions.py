"""Phase-aware temporal augmentation: four conditions that differ in nothing but augmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.comparison import Comparison, compare
from meviewer.experiment.records import OtherScores
from meviewer.experiment.run_values import BY_PHASES
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import ExperimentSpec

CONDITIONS: Mapping[str, Mapping[str, object]] = {
    "whole": {"mirror": False, "rotation_deg": 0.0, "dual_phase": False},
    "spatial": {"mirror": True, "rotation_deg": 10.0, "dual_phase": False},
    "dual-phase": {"mirror": False, "rotation_deg": 0.0, "dual_phase": True},
    "both": {"mirror": True, "rotation_deg": 10.0, "dual_phase": True},
}
"""[paper: arXiv 2510.15466] the whole dynamic image; with flips and rotations; with those of rise
and fall as samples of their own; with both. The test is the same in all: the whole dynamic image,
as it is [ours]."""


def four_conditions(spec: ExperimentSpec) -> dict[str, ExperimentSpec]:
    """Return an experiment on dynamic images under each condition, with equal numbers of steps."""
    shared = {"representation": "dynamic", "mirror_test": False, "keep_weights": False}
    return {
        name: msgspec.structs.replace(spec, **shared, **changes)
        for name, changes in CONDITIONS.items()
    }


class ConditionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One variant under one condition.

    Attributes
    ----------
    variant, condition : str
    network : str
    n_seeds : int
    epochs, steps : int
        As in `ExperimentSpec`; steps 0 where the epochs decide, which makes them equal, too.
    accuracy, uf1, uar : float
    intervals : dict of str to (low, high)
    differences : dict of str to (value, low, high)
        From the first condition of the same variant; empty for that one.
    p_holm : float or None
        McNemar's test of that difference, corrected for all pairs of the variant.
    phases : OtherScores or None
        Scores of the mean of the phase softmaxes.
    """

    variant: str
    condition: str
    network: str
    n_seeds: int
    epochs: int
    steps: int
    accuracy: float
    uf1: float
    uar: float
    intervals: dict[str, tuple[float, float]]
    differences: dict[str, tuple[float, float, float]]
    p_holm: float | None
    phases: OtherScores | None


class ConditionTable(msgspec.Struct, frozen=True, kw_only=True):
    """All variants under all conditions.

    Attributes
    ----------
    conditions : tuple of str
    rows : tuple of ConditionRow
        By variant, then condition.
    n_samples, n_subjects : int
        The fewest that the runs of one variant have in common.
    notes : tuple of str
        What one has to know before one believes the figures.
    """

    conditions: tuple[str, ...]
    rows: tuple[ConditionRow, ...]
    n_samples: int
    n_subjects: int
    notes: tuple[str, ...]


def condition_table(runs: Mapping[str, RunFolder], conditions: Sequence[str]) -> ConditionTable:
    """Compare each variant's conditions on the same clips, by whole subjects.

    Parameters
    ----------
    runs : mapping
        By ``variant/condition``.
    conditions : sequence of str
        The first one is what the others are compared with.

    Raises
    ------
    ExperimentError
        If a run is missing, or runs of one variant cannot be compared.
    """
    rows: list[ConditionRow] = []
    compared: list[Comparison] = []
    for variant in dict.fromkeys(name.split("/")[0] for name in runs):
        own = [(condition, _run(runs, variant, condition)) for condition in conditions]
        found = compare(own)
        compared.append(found)
        rows += _rows(variant, dict(own), found)
    # Notes name the condition; those of all variants are told once.
    notes = dict.fromkeys(note for found in compared for note in found.notes)
    return ConditionTable(
        conditions=tuple(conditions),
        rows=tuple(rows),
        n_samples=min(found.n_samples for found in compared),
        n_subjects=min(found.n_subjects for found in compared),
        notes=tuple(notes),
    )


def _run(runs: Mapping[str, RunFolder], variant: str, condition: str) -> RunFolder:
    found = runs.get(f"{variant}/{condition}")
    if found is None:
        raise ExperimentError(
            "The conditions cannot be compared",
            where=f"{variant}/{condition}",
            why="there is no such run",
            now="train it, or leave the variant out",
        )
    return found


def _rows(variant: str, runs: Mapping[str, RunFolder], found: Comparison) -> list[ConditionRow]:
    first = found.runs[0].name
    pairs = {pair.second: pair for pair in found.pairs if pair.first == first}
    rows = []
    for run in found.runs:
        spec, scores, pair = runs[run.name].spec, runs[run.name].scores(), pairs.get(run.name)
        rows.append(
            ConditionRow(
                variant=variant,
                condition=run.name,
                network=run.network,
                n_seeds=run.n_seeds,
                epochs=spec.epochs,
                steps=spec.steps,
                accuracy=run.accuracy,
                uf1=run.uf1,
                uar=run.uar,
                intervals=run.intervals,
                differences=pair.differences if pair else {},
                p_holm=pair.p_holm if pair else None,
                phases=scores.others.get(BY_PHASES) if scores else None,
            )
        )
    return rows
