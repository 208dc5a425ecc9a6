"""Who is trained on and who is tested on: folds by subject, and nobody on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from meviewer.core.errors import ExperimentError
from meviewer.experiment.people import Member, normalise_subject

__all__ = ["Fold", "Member", "normalise_subject"]


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
        Who is held out: a subject, as first spelt, or the name of a part such as ``"fold 2"``.
    train, test : tuple of int
        Indices into the samples that were given. In a cross-database fold some are in neither.
    """

    number: int
    subject: str
    train: tuple[int, ...]
    test: tuple[int, ...]


def leave_one_subject_out(samples: Sequence[HasSubject | str | Member]) -> tuple[Fold, ...]:
    """Return one fold a subject, in a natural order of their names.

    Parameters
    ----------
    samples : sequence
        Things with a ``subject``, or names of subjects, one a sample. People of two data sets are
        told apart where `Member` names the data set.

    Raises
    ------
    ExperimentError
        If there are fewer than two subjects, or a name is empty.
    """
    members = [_member(sample) for sample in samples]
    people = people_of(members, 2, "Leave-one-subject-out")
    spelt = _names(members)
    everyone = sorted(dict.fromkeys(people), key=lambda key: natural(spelt[key]))
    parts = [(spelt[person], frozenset({person})) for person in everyone]
    return folds_of(people, parts)


def check_subjects(train: Iterable[str], test: Iterable[str]) -> None:
    """Make sure that nobody is on both sides, by names of one data set.

    Raises
    ------
    ExperimentError
        Naming the subjects that are, in both spellings.
    """
    check_people([Member(name) for name in train], [Member(name) for name in test])


def check_people(train: Iterable[Member], test: Iterable[Member]) -> None:
    """Make sure that nobody is on both sides.

    Raises
    ------
    ExperimentError
        Naming the subjects that are, in both spellings.
    """
    seen = {member.person: member.spelt for member in train}
    both = {
        name if seen[person] == name else f"{seen[person]} = {name}"
        for person, name in ((member.person, member.spelt) for member in test)
        if person in seen
    }
    if both:
        raise ExperimentError(
            "A subject is on both sides of the split",
            where=", ".join(sorted(both, key=natural)),
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


def _member(sample: HasSubject | str | Member) -> Member:
    if isinstance(sample, Member):
        return sample
    return Member(sample if isinstance(sample, str) else sample.subject)


def _names(members: Sequence[Member]) -> dict[str, str]:
    """Return a name a person, as first spelt; with its data set where two would share it."""
    first = {member.person: member for member in reversed(members)}
    plain = [member.subject for member in first.values()]
    return {
        person: member.spelt if plain.count(member.subject) > 1 else member.subject
        for person, member in first.items()
    }


def people_of(members: Sequence[Member], least: int, what: str) -> list[str]:
    """Return the person of each sample, once all have one and there are enough of them.

    Raises
    ------
    ExperimentError
        If there are fewer than ``least`` people, or a name is empty.
    """
    people = [member.person for member in members]
    if "" in people:
        raise ExperimentError(
            "A sample has no subject",
            where=f"sample {people.index('') + 1} of {len(people)}",
            why="a split by subject needs to know whose clip each one is",
            now="enter the subject of each clip",
        )
    if len(set(people)) < least:
        found = ", ".join(dict.fromkeys(member.subject for member in members)) or "none"
        raise ExperimentError(
            f"{what} needs at least {_NUMBERS.get(least, least)} subjects",
            where=f"{len(members)} samples, subjects: {found}",
            why="nobody would be left to train on, or to test"
            if least == 2
            else "each fold holds out somebody",
            now="add labelled clips of another subject",
        )
    return people


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def folds_of(
    people: Sequence[str], parts: Sequence[tuple[str, frozenset[str]]]
) -> tuple[Fold, ...]:
    """Return one fold a part: its name, and who is held out; all others are trained on."""
    folds = []
    for number, (name, held_out) in enumerate(parts):
        test = tuple(i for i, person in enumerate(people) if person in held_out)
        train = tuple(i for i, person in enumerate(people) if person not in held_out)
        folds.append(Fold(number, name, train, test))
    return tuple(folds)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts 2 before 10."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
