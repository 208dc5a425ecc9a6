"""The line below the scores that says what the kernel ridge reaches."""

import pytest
from fake_training import fold_done, scores, started

from meviewer.experiment.records import OtherScores, ReferenceDone, ReferenceScores
from meviewer.present.training_reference import (
    others_line,
    others_tip,
    reference_line,
    reference_tip,
)
from meviewer.present.training_state import TrainingState, of_records

REFERENCE = ReferenceScores(
    name="krr",
    text="kernel ridge, chosen on training subjects: width 2 ridge 1 in 4 folds",
    accuracy=0.7,
    uf1=0.744,
    uar=0.757,
    intervals={"uf1": (0.683, 0.802), "uar": (0.697, 0.814)},
    n_folds=4,
    seconds=1.2,
)


def test_without_a_reference_there_is_no_line():
    assert reference_line(TrainingState()) == ""
    assert reference_tip(TrainingState()) == ""


def test_before_the_first_fold_it_stands_alone():
    state = of_records((started(4, 5), ReferenceDone(scores=REFERENCE)))
    assert reference_line(state) == "Kernel ridge: UF1 .744 [.68, .80]"
    assert "UAR .757 [.70, .81]" in reference_tip(state)
    assert "on the same 4 folds, all folds in 1 s" in reference_tip(state)


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((-0.02, 0.04), "no clear difference"),
        ((0.01, 0.04), "better"),
        ((-0.04, -0.01), "worse"),
    ],
)
def test_the_difference_is_told_with_its_interval(limits, verdict):
    import msgspec

    known = msgspec.structs.replace(REFERENCE, differences={"uf1": (0.0123, *limits)})
    done = fold_done(0, 4)
    so_far = msgspec.structs.replace(scores([done], 4), reference=known)
    state = of_records((started(4, 5), ReferenceDone(scores=REFERENCE), done, so_far))
    line = reference_line(state)
    assert ", network +.012 [" in line
    assert line.endswith(f": {verdict}")
    assert "UF1 of this network less that of the reference: +.012" in reference_tip(state)


def test_what_was_known_before_is_kept_where_scores_do_not_tell():
    done = fold_done(0, 4)
    state = of_records((started(4, 5), ReferenceDone(scores=REFERENCE), done, scores([done], 4)))
    assert state.reference == REFERENCE


def test_an_optimistic_figure_is_marked_wherever_it_stands():
    import msgspec

    text = "NOT a result: the best epoch of each fold, chosen on the clips it is tested on"
    other = OtherScores(text=text, accuracy=0.9, uf1=0.85, uar=0.86, intervals={})
    done = fold_done(0, 4)
    marked = msgspec.structs.replace(scores([done], 4), others={"optimistic": other})
    state = of_records((started(4, 5), done, marked))
    assert others_line(state) == "NO result, best epoch on the test clips: UF1 .850"
    assert others_tip(state).startswith("NOT a result")
    assert others_line(of_records((started(4, 5), done, scores([done], 4)))) == ""
    assert others_line(TrainingState()) == others_tip(TrainingState()) == ""
