"""Folds that are trained at once are told one after another, and their data go through a folder."""

import numpy as np
import pytest
from flow_patterns import motion_set

from meviewer.experiment.records import EpochDone, FoldStarted, Working
from meviewer.experiment.runs import FoldResult
from meviewer.nn import motion_file
from meviewer.nn.fold_order import in_order
from meviewer.nn.motion_set import MotionSet, Seen


def started(fold, seed=0):
    return fold, FoldStarted(fold=fold, n_folds=3, subject="s", n_train=2, n_test=1, seed=seed)


def epoch(fold, number=1, seed=0):
    done = EpochDone(
        fold=fold,
        seed=seed,
        epoch=number,
        n_epochs=2,
        loss=1.0,
        accuracy=0.5,
        learning_rate=0.1,
        seconds=4.0,
    )
    return fold, done


def working(fold, step=1):
    return fold, Working(fold=fold, epoch=1, step=step, n_steps=5)


def result(fold):
    return fold, FoldResult(fold=fold, subject="s", curves=(), seconds=1.0)


def told(said, numbers=(0, 1, 2), n_at_once=1):
    return list(in_order(iter(said), numbers, n_at_once))


def without_signs(records):
    return [r for r in records if not isinstance(r, Working)]


def test_folds_are_told_in_their_order_whichever_ends_first():
    said = [started(1), started(0), epoch(1), result(1), epoch(0), started(2), result(2), result(0)]
    records = without_signs(told(said))
    assert [(type(r).__name__, r.fold) for r in records] == [
        ("FoldStarted", 0),
        ("EpochDone", 0),
        ("FoldResult", 0),
        ("FoldStarted", 1),
        ("EpochDone", 1),
        ("FoldResult", 1),
        ("FoldStarted", 2),
        ("FoldResult", 2),
    ]


def test_there_is_a_sign_of_life_for_each_word_of_another_fold():
    records = told([None, started(1), started(0), working(0, 3), epoch(1)])
    assert [(r.fold, type(r).__name__) for r in records] == [
        (0, "Working"),
        (0, "Working"),
        (0, "FoldStarted"),
        (0, "Working"),
        (0, "Working"),
    ]
    assert records[-1].step == 3


def test_what_a_lost_worker_began_is_told_once():
    said = [started(1), epoch(1), started(1), epoch(1), result(0), result(1)]
    records = without_signs(told(said, (0, 1)))
    assert [type(r).__name__ for r in records] == [
        "FoldResult",
        "FoldStarted",
        "EpochDone",
        "FoldResult",
    ]


def test_several_seeds_of_a_waiting_fold_are_kept():
    said = [started(1, 0), epoch(1, 1, 0), started(1, 7), epoch(1, 1, 7), result(0), result(1)]
    seeds = [r.seed for r in without_signs(told(said, (0, 1))) if not isinstance(r, FoldResult)]
    assert seeds == [0, 0, 7, 7]


def test_the_seconds_of_folds_at_once_add_up_to_those_of_the_run():
    (record,) = told([epoch(0)], (0,), n_at_once=4)
    assert record.seconds == 1.0


def seen(rng, n):
    whole, rise, fall = (rng.normal(size=(n, 1, 3, 4, 4)).astype(np.float32) for _ in range(3))
    return Seen(whole, rise, fall)


@pytest.mark.parametrize("with_pictures", [False, True])
def test_data_come_back_as_they_were(tmp_path, monkeypatch, with_pictures):
    monkeypatch.setattr(motion_file, "_LARGE_BYTES", 2000)
    rng, plain = np.random.default_rng(0), motion_set()
    values = {name: getattr(plain, name) for name in MotionSet.__slots__}
    if with_pictures:
        values |= {"seen": seen(rng, len(plain)), "test_flow": 2 * plain.flow}
        values["datasets"] = ("SMIC",) * len(plain)
    data = MotionSet(**values)
    motion_file.save(data, tmp_path / "data")
    again = motion_file.load(tmp_path / "data")

    assert isinstance(again.flow, np.memmap)
    np.testing.assert_array_equal(again.flow, data.flow)
    np.testing.assert_array_equal(again.tested, data.tested)
    np.testing.assert_array_equal(again.truth, data.truth)
    assert again.members == data.members
    rest = ("classes", "sample_ids", "names", "fingerprints", "labels", "test_seen")
    for name in rest:
        assert getattr(again, name) == getattr(data, name)
    if with_pictures:
        for mine, other in zip(again.phases([1, 3]), data.phases([1, 3]), strict=True):
            np.testing.assert_array_equal(mine, other)
        learnt = again.learnt([0, 2], "dynamic", dual_phase=True)
        np.testing.assert_array_equal(learnt, data.learnt([0, 2], "dynamic", dual_phase=True))
    else:
        assert again.seen is None
        assert again.test_flow is None
