"""The fold loop on synthetic motion: learning, the control, interruption, seeds, honesty."""

import math

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, motion_set

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone, FoldDone, FoldStarted, RunDone, Scores
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.nn import checkpoint, probe, registry
from meviewer.nn.folds import Experiment, fold_seed, run_folds
from meviewer.nn.loop import Place, class_weights, learning_rate, train_network


def experiment(folder, spec=SPEC, data=None, resume=False):
    data = data or motion_set()
    folds = leave_one_subject_out(data.subjects)
    card = RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips=dict(zip(data.fingerprints, data.subjects, strict=True)),
        labels=data.labels,
        n_samples=len(data),
        device="CPU, 1 thread",
        versions={},
        created="",
    )
    run = RunFolder.start(folder, spec, card, resume=resume)
    return Experiment(spec, run, data, folds, torch.device("cpu"))


def changed(**changes):
    return msgspec.structs.replace(SPEC, **changes)


def untimed(result):
    return msgspec.structs.replace(result, seconds=0.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted run: its experiment and its records."""
    made = experiment(tmp_path_factory.mktemp("whole") / "run")
    return made, list(run_folds(made))


def test_patterns_are_learnt(tmp_path):
    made = experiment(tmp_path / "run", changed(epochs=15, mixup=0.4), motion_set(4, 4, 2))
    *_, last = run_folds(made)
    assert isinstance(last, RunDone)
    assert last.scores.uf1 > 0.9
    assert made.run.scores() == last.scores


def test_shuffled_labels_give_chance(tmp_path):
    data = motion_set(4, 2, 6)
    *_, last = run_folds(experiment(tmp_path / "run", changed(shuffle_labels=True), data))
    assert 0.25 < last.scores.accuracy < 0.75
    assert "shuffled" in last.scores.protocol
    truth = [c for fold in experiment(tmp_path / "other", data=data).folds for c in fold.test]
    assert len(truth) == len(data)


def test_records_come_in_order(whole):
    made, records = whole
    n_folds = len(made.folds)
    kinds = [type(record).__name__ for record in records if type(record).__name__ != "Working"]
    one = ["FoldStarted", *["EpochDone"] * SPEC.epochs]
    assert kinds == [*[*one, "FoldDone", "Scores"] * n_folds, *one, "RunDone"]
    started = [record for record in records if isinstance(record, FoldStarted)]
    assert [s.subject for s in started] == [*made.run.card.subjects, ""]
    assert [(s.n_train, s.n_test) for s in started] == [(18, 6)] * n_folds + [(24, 0)]
    assert [r.folds_done for r in records if isinstance(r, Scores)] == [1, 2, 3, 4]
    losses = [r.loss for r in records if isinstance(r, EpochDone) and r.fold == 0]
    assert losses[-1] < losses[0]


def test_each_clip_is_tested_once_by_a_network_that_has_not_seen_its_subject(whole):
    made, records = whole
    done = [record for record in records if isinstance(record, FoldDone)]
    assert sorted(i for fold in done for i in fold.sample_ids) == sorted(made.data.sample_ids)
    subject_of = dict(zip(made.data.sample_ids, made.data.subjects, strict=True))
    for fold in done:
        assert {subject_of[i] for i in fold.sample_ids} == {fold.subject}
        assert np.allclose(np.sum(fold.probabilities, 1), 1)
        card = checkpoint.read_card(made.run.weights_path(fold.fold))
        assert card.held_out == fold.subject


def test_the_test_subject_has_no_say_in_its_own_fold(whole, tmp_path):
    made, _ = whole
    held_out = made.folds[0].test
    flow = made.data.flow.copy()
    flow[list(held_out)] = 50 * np.random.default_rng(1).normal(size=flow[list(held_out)].shape)
    other = motion_set()
    other = type(other)(flow, *(getattr(other, f) for f in list(other.__slots__)[1:]))
    again = experiment(tmp_path / "run", data=other)
    for _ in run_folds(again):
        if again.run.result(0):
            break
    assert again.run.weights(0) == made.run.weights(0)


@pytest.mark.parametrize("normalisation", ["sample", "data-set"])
def test_cancelled_and_resumed_equals_uninterrupted(tmp_path, normalisation):
    spec = changed(normalisation=normalisation, epochs=3, mixup=0.3)
    straight = experiment(tmp_path / "straight", spec)
    *_, want = run_folds(straight)

    for stop_at in ((1, 2), (3, 1), (4, 2)):  # in the middle of folds, then of the final model
        broken = run_folds(experiment(tmp_path / "broken", spec, resume=True))
        for record in broken:
            if isinstance(record, EpochDone) and (record.fold, record.epoch) == stop_at:
                broken.close()
                break
        torch.rand(7)  # whatever the process did with random numbers in between
    resumed = experiment(tmp_path / "broken", spec, resume=True)
    records = list(run_folds(resumed))

    assert not [r for r in records if isinstance(r, FoldStarted) and r.fold < 4]
    assert all(r.restored for r in records if isinstance(r, FoldDone))
    for number in range(5):
        assert untimed(resumed.run.result(number)) == untimed(straight.run.result(number))
        assert resumed.run.weights(number) == straight.run.weights(number)
    got = records[-1]
    assert untimed(got.scores) == untimed(want.scores)
    assert untimed(resumed.run.scores()) == untimed(straight.run.scores())


def test_seeds_make_networks_that_differ_and_are_averaged(tmp_path):
    made = experiment(tmp_path / "run", changed(seeds=(3, 4), epochs=2))
    scores = None
    for record in run_folds(made):
        if isinstance(record, Scores):
            scores = record
    result = made.run.result(0)
    first, second = np.array(result.per_seed)
    assert not np.allclose(first, second)
    np.testing.assert_allclose(np.mean([first, second], 0), result.probabilities)
    assert set(scores.per_seed) == {"3", "4"}
    assert [curve.seed for curve in result.curves] == [3, 4]
    _, networks = checkpoint.decode(made.run.weights(0), "here")
    assert set(networks) == {3, 4}


def test_without_a_final_model_none_is_trained(tmp_path):
    made = experiment(tmp_path / "run", changed(final_model=False, epochs=1))
    *_, last = run_folds(made)
    assert isinstance(last, RunDone)
    assert made.run.result(len(made.folds)) is None


def test_seeds_of_folds_are_all_different():
    seeds = {fold_seed(seed, fold) for seed in range(20) for fold in range(40)}
    assert len(seeds) == 800


def test_classes_weigh_the_same():
    truth = torch.tensor([0] * 6 + [1] * 2)
    weights = class_weights(truth, 3, SPEC)
    assert weights[2] == 0
    assert weights[0] * 6 == pytest.approx(weights[1] * 2)
    assert float((weights[truth]).mean()) == pytest.approx(1)
    assert class_weights(truth, 3, changed(balanced=False)).tolist() == [1, 1, 1]


def test_the_learning_rate_rises_and_falls():
    rates = [learning_rate(step, 100, SPEC) for step in range(100)]
    assert rates.index(max(rates)) == 9
    assert max(rates) <= SPEC.learning_rate
    assert rates[0] < max(rates) / 5
    assert rates[-1] < max(rates) / 100


def trained(x, truth, spec):
    torch.manual_seed(0)
    net = registry.create("fmanet-light", 2)
    return list(train_network(net, x, truth, 2, spec, Place(0, 0)))


@pytest.mark.parametrize("n", [2, 3, 9, 17])
def test_no_batch_is_of_one_clip(n):
    # A batch of one breaks the batch normalisation of an 1x1 grid.
    records = trained(torch.randn(n, 2, 3, 16, 16), torch.arange(n) % 2, changed(epochs=1))
    assert math.isfinite(records[-1].loss)


def test_one_clip_is_too_few():
    with pytest.raises(ExperimentError, match="too few training clips"):
        trained(torch.randn(1, 2, 3, 16, 16), torch.zeros(1, dtype=torch.int64), SPEC)


def test_a_diverging_training_says_so():
    x = torch.full((4, 2, 3, 16, 16), math.inf)
    with pytest.raises(ExperimentError, match=r"diverged: epoch 1.*smaller learning rate"):
        trained(x, torch.tensor([0, 1, 0, 1]), SPEC)


@pytest.mark.parametrize(
    ("changes", "tried"),
    [
        ({"precision": "float32", "parallel": "off"}, []),
        ({"precision": "float32", "parallel": "processes"}, []),
        ({"precision": "float32", "parallel": "auto"}, ["float32"]),
        ({"precision": "auto", "parallel": "off"}, ["float32"]),
        ({"precision": "bfloat16", "parallel": "auto"}, ["bfloat16"]),
    ],
)
def test_nothing_is_tried_where_nothing_is_left_to_be_chosen(monkeypatch, changes, tried):
    asked = []

    def seconds(_network, _x, spec, n=3):
        asked.append(spec.precision)
        return 0.001

    monkeypatch.setattr(probe, "_seconds", seconds)
    spec = changed(**changes)
    found = probe.measure(spec, 2, (2, 3, 16, 16), torch.device("cpu"), 10)
    assert asked == tried
    assert found.precision == (tried or ["float32"])[-1]
    assert (found.step_s > 0) == bool(tried)
    assert found.n_parameters > 0
    assert found.kept_bytes > 0
