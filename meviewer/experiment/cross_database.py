"""Training on some data sets and testing on another one."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.core.errors import ExperimentError
from meviewer.experiment.people import Member
from meviewer.experiment.splits import Fold, check_people, natural


def cross_database(
    members: Sequence[Member], train_on: str = "", test_on: str = ""
) -> tuple[Fold, ...]:
    """Return folds that train on some data sets and test on another one.

    Parameters
    ----------
    members : sequence of Member
    train_on, test_on : str
        Names of data sets with commas between. Without ``test_on`` each data set is tested once;
        without ``train_on`` all others are trained on.

    Raises
    ------
    ExperimentError
        If a data set is not there or on both sides, or people of the test are trained on.
    """
    sources = [member.source for member in members]
    there = sorted(set(sources) - {""}, key=natural)
    trained, tested = _listed(train_on, there, "train_on"), _listed(test_on, there, "test_on")
    if len(there) < 2:
        raise ExperimentError(
            "A cross-database test needs clips of at least two data sets",
            where=f"{len(members)} samples, data sets: {', '.join(there) or 'none'}",
            why="what a clip belongs to is known of imported data sets alone",
            now="import another data set into the project, or choose another split",
        )
    each = [tested] if tested else [[name] for name in there if name not in trained]
    folds = tuple(
        _across(number, sources, trained or [name for name in there if name not in test], test)
        for number, test in enumerate(each)
    )
    for fold in folds:
        check_people([members[i] for i in fold.train], [members[i] for i in fold.test])
    return folds


def _listed(text: str, there: Sequence[str], field: str) -> list[str]:
    """Return the data sets of a list with commas."""
    names = [name.strip().casefold() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in there]
    if unknown:
        raise ExperimentError(
            "The experiment cannot be run as described",
            where=field,
            why=f"there are no clips of {', '.join(unknown)}",
            now="the data sets are " + (", ".join(there) or "none: the clips were not imported"),
        )
    return names


def _across(number: int, sources: Sequence[str], train: list[str], test: list[str]) -> Fold:
    both = sorted(set(train) & set(test))
    if both:
        raise ExperimentError(
            "A data set is on both sides of the split",
            where=", ".join(both),
            why="a test across data bases is on one that was not trained on",
            now="name it on one side",
        )
    return Fold(
        number,
        ", ".join(test),
        tuple(i for i, source in enumerate(sources) if source in train),
        tuple(i for i, source in enumerate(sources) if source in test),
    )
