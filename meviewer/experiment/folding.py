"""The folds that an experiment asks for."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.experiment.cross_database import cross_database
from meviewer.experiment.dealing import hold_out, k_fold
from meviewer.experiment.people import Member
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold, leave_one_subject_out


def folds_of(spec: ExperimentSpec, members: Sequence[Member]) -> tuple[Fold, ...]:
    """Return the folds of an experiment.

    Raises
    ------
    ExperimentError
        If there are too few subjects or data sets for this split.
    """
    match spec.split:
        case "k-fold":
            return k_fold(members, spec.n_folds, spec.split_seed)
        case "hold-out":
            return hold_out(members, spec.test_share, spec.split_seed)
        case "cross-database":
            return cross_database(members, spec.train_on, spec.test_on)
        case _:
            return leave_one_subject_out(members)
