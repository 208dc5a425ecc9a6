"""Who is tested in an experiment: the fields of the split."""

from __future__ import annotations

from typing import Annotated, Literal

from meviewer.experiment.form import about
from meviewer.experiment.spec_data import DataFields

GROUP = "Split"


class SplitFields(DataFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The split of an experiment; each field says what it means in its annotation."""

    split: Annotated[
        Literal["loso", "k-fold", "hold-out", "cross-database"],
        about(
            "Split",
            "Always by whole subjects. 'loso' tests each subject once; 'k-fold' tests groups of"
            " subjects with equal shares of the classes; 'hold-out' tests one such group alone;"
            " 'cross-database' trains on some data sets and tests on another.",
            group=GROUP,
        ),
    ] = "loso"
    n_folds: Annotated[
        int, about("Folds", "Groups of subjects of a k-fold split.", group=GROUP, low=2, high=100)
    ] = 5
    test_share: Annotated[
        float,
        about(
            "Held out",
            "Share of the clips that a hold-out tests.",
            group=GROUP,
            low=0.05,
            high=0.9,
        ),
    ] = 0.25
    split_seed: Annotated[
        int,
        about(
            "Split seed",
            "Deals subjects into other groups. Keep one for all runs that are compared.",
            group=GROUP,
            low=0,
            high=2**31 - 1,
        ),
    ] = 0
    train_on: Annotated[
        str,
        about(
            "Train on",
            "Data sets of a cross-database test, with commas between; empty: all not tested.",
            group=GROUP,
        ),
    ] = ""
    test_on: Annotated[
        str,
        about(
            "Test on",
            "Data sets that are tested together; empty: each one that is not trained on, in turn.",
            group=GROUP,
        ),
    ] = ""
    reference: Annotated[
        bool,
        about(
            "Reference",
            "Score the kernel ridge on the same folds beside the network: it takes seconds and is"
            " what a network has to beat.",
            group=GROUP,
        ),
    ] = True
