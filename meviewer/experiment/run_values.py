"""What a run folder holds: the card of the run, its folds, and what the reference said."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Rows: TypeAlias = tuple[tuple[float, ...], ...]
"""Probabilities, one row a clip, one number a class."""

BY_PHASES, OPTIMISTIC = "phases", "optimistic"
"""Names of what a fold may say beside its honest answer."""

SHUFFLED = "labels shuffled (control)"
"""Stands in the protocol of a run that was to learn nothing."""


class RunCard(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be the same when a run goes on, and what one wants to know of it later.

    Attributes
    ----------
    classes : tuple of str
        By class number.
    subjects : tuple of str
        Whom each fold holds out, or the name of the fold, by fold number.
    held_out : tuple of tuple of str
        The subjects of each fold; empty where each fold is named after its only one.
    clips : dict of str to str
        Fingerprint of each clip to the subject it belongs to.
    labels : str
        Hash of all clips, keyframes and classes that are learnt.
    n_samples : int
    device : str
        In words.
    versions : dict of str to str
    created : str
        UTC, ISO 8601.
    precision : str
        With which the networks are trained: ``"float32"`` or ``"bfloat16"``.
    """

    classes: tuple[str, ...]
    subjects: tuple[str, ...]
    clips: dict[str, str]
    labels: str
    n_samples: int
    device: str
    versions: dict[str, str]
    created: str
    held_out: tuple[tuple[str, ...], ...] = ()
    precision: str = "float32"

    def people_of(self, fold: int) -> tuple[str, ...]:
        """Return the subjects that a fold holds out."""
        return self.held_out[fold] if self.held_out else (self.subjects[fold],)


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Training loss and accuracy by epoch, of one seed."""

    seed: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]


class FoldResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished fold, or the final model (without test clips).

    Attributes
    ----------
    probabilities : tuple of tuple of float
        Per test clip and class, mean over the seeds.
    per_seed : tuple
        The same of each seed alone.
    weights : str
        SHA-256 of the file with the weights; empty for what has none.
    people : tuple of str
        Whose clip each test clip is; empty where all are of ``subject``.
    kept : tuple of int
        The epoch whose network was kept, counted from 1, by seed.
    others : dict of str to tuple of tuple of float
        Probabilities beside the answer, mean over the seeds. ``phases``: mean of the softmaxes of
        rise and fall. ``optimistic``: at the epoch that was best on these very clips, by seed.
    """

    fold: int
    subject: str
    sample_ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    truth: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()
    probabilities: tuple[tuple[float, ...], ...] = ()
    per_seed: tuple[tuple[tuple[float, ...], ...], ...] = ()
    curves: tuple[Curve, ...] = ()
    seconds: float = 0.0
    weights: str = ""
    people: tuple[str, ...] = ()
    kept: tuple[int, ...] = ()
    others: dict[str, Rows] = {}

    def owners(self) -> tuple[str, ...]:
        """Return whose clip each test clip is."""
        return self.people or (self.subject,) * len(self.truth)


class ReferenceResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference said of all test clips, by fold.

    Attributes
    ----------
    name, text : str
        As in `ReferenceScores`.
    predicted : tuple of tuple of int
        Class numbers, one a test clip of each fold, in the order of `FoldResult`.
    truth : tuple of tuple of int
    people : tuple of tuple of str
    seconds : float
    """

    name: str
    text: str
    predicted: tuple[tuple[int, ...], ...]
    truth: tuple[tuple[int, ...], ...]
    people: tuple[tuple[str, ...], ...]
    seconds: float
