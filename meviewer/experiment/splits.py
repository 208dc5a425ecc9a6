"""Who is trained on and who is tested on: one subject left out, by names that mean one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from meviewer.core.errors import ExperimentError

_NUMBERED = re.compile(r"(?:subject|subj|sub)?[\s_.#-]*0*(\d+)")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class HasSubject(Protocol):
    """Anything that belongs to a subject."""

    @property
    def subject(self) -> str:
        """Name of the subject in the data set's words."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One split.

    Attributes
    ----------
    number : int
        0-based.
    subject : str
        Who is held out, as first spelt.
    train, test : tuple of int
        Indices into the samples that were given.
    """

    number: int
    subject: str
    train: tuple[int, ...]
    test: tuple[int, ...]


def normalise_subject(name: str) -> str:
    """Return the one spelling of a subject's name: ``"1"`` for 1, 01, sub01 and Subject 1.

    Case, outer spaces, the words sub, subj and subject, and leading zeros do not make a new person.
    """
    folded = name.strip().casefold()
    match = _NUMBERED.fullmatch(folded)
    return match[1] if match else _ZEROS.sub("", folded)


def leave_one_subject_out(samples: Sequence[HasSubject | str]) -> tuple[Fold, ...]:
    """Return one fold a subject, in a natural order of their names.

    Parameters
    ----------
    samples : sequence
        Things with a ``subject``, or names of subjects, one a sample.

    Raises
    ------
    ExperimentError
        If there are fewer than two subjects, or a name is empty.
    """
    names = [sample if isinstance(sample, str) else sample.subject for sample in samples]
    keys = [normalise_subject(name) for name in names]
    _check(names, keys)
    spelt = dict(zip(reversed(keys), reversed(names), strict=True))
    folds = []
    for number, key in enumerate(sorted(spelt, key=_natural)):
        test = tuple(i for i, other in enumerate(keys) if other == key)
        train = tuple(i for i, other in enumerate(keys) if other != key)
        folds.append(Fold(number, spelt[key], train, test))
    return tuple(folds)


def check_subjects(train: Iterable[str], test: Iterable[str]) -> None:
    """Make sure that nobody is on both sides.

    Raises
    ------
    ExperimentError
        Naming the subjects that are, in both spellings.
    """
    seen: dict[str, str] = {normalise_subject(name): name for name in train}
    both = {
        name
        if seen[normalise_subject(name)] == name
        else f"{seen[normalise_subject(name)]} = {name}"
        for name in test
        if normalise_subject(name) in seen
    }
    if both:
        raise ExperimentError(
            "A subject is on both sides of the split",
            where=", ".join(sorted(both, key=_natural)),
            why="a network that has seen a face is not tested by it",
            now="put all clips of a subject on one side",
        )


def check_clips(train: Iterable[str], test: Iterable[str]) -> None:
    """Make sure that no clip, known by its content, is on both sides.

    Raises
    ------
    ExperimentError
        Naming the clips that are.
    """
    both = set(train) & set(test)
    if both:
        raise ExperimentError(
            "A clip is on both sides of the split",
            where=", ".join(sorted(both)),
            why="the same pictures belong to two subjects of the project",
            now="check the subject names of these clips, or remove the copies",
        )


def _check(names: Sequence[str], keys: Sequence[str]) -> None:
    if "" in keys:
        raise ExperimentError(
            "A sample has no subject",
            where=f"sample {keys.index('') + 1} of {len(keys)}",
            why="leaving one subject out needs to know whose clip each one is",
            now="enter the subject of each clip",
        )
    if len(set(keys)) < 2:
        found = ", ".join(dict.fromkeys(names)) or "none"
        raise ExperimentError(
            "Leave-one-subject-out needs at least two subjects",
            where=f"{len(names)} samples, subjects: {found}",
            why="with one subject there is nobody to train on when that one is held out",
            now="add labelled clips of another subject",
        )


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
