"""Beside the answer of a fold: an epoch chosen on training subjects, the phases, and the optimistic
figure that is no result."""

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, motion_set

from meviewer.core.errors import ExperimentError
from meviewer.experiment.metrics import accuracy
from meviewer.experiment.records import RunDone
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import Fold, leave_one_subject_out
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.material import Material
from meviewer.nn.motion_set import Seen
from meviewer.nn.selection import Best, held_back

CPU = torch.device("cpu")


def changed(**changes):
    return msgspec.structs.replace(SPEC, **{"epochs": 3, "final_model": False, **changes})


def with_pictures(data, seed=0):
    """The flow of each clip as dynamic images of whole event and phases."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (3, len(data), 1, 1, 28, 28))
    rise, fall = (
        np.concatenate([data.flow[:, phase : phase + 1], noise[phase]], 2) for phase in (0, 1)
    )
    parts = [part.astype(np.float32) for part in (rise - fall, rise, fall)]
    fields = {name: getattr(data, name) for name in data.__slots__}
    return type(data)(**{**fields, "seen": Seen(*parts)})


def experiment(folder, spec, data):
    folds = leave_one_subject_out(data.members)
    card = RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips={},
        labels=data.labels,
        n_samples=len(data),
        device="CPU",
        versions={},
        created="",
    )
    return Experiment(spec, RunFolder.start(folder, spec, card), data, folds, CPU)


def scores(made):
    *_, last = run_folds(made)
    assert isinstance(last, RunDone)
    return last.scores


def material(spec, data, train=range(24)):
    truth = torch.from_numpy(data.truth)
    return Material.of(spec, data, truth, tuple(train), CPU)


PICTURES = {"network": "resnet18", "representation": "dynamic", "input_px": 28}


def test_phases_are_samples_with_the_label_of_their_event():
    data = with_pictures(motion_set(size_px=28))
    found = material(changed(dual_phase=True, **PICTURES), data, range(6, 24))
    assert found.x.shape == (54, 1, 3, 28, 28)
    assert found.truth.tolist() == data.truth[6:].tolist() * 3
    plain = material(changed(**PICTURES), data, range(6, 24))
    torch.testing.assert_close(found.x[:18], plain.x)
    assert found.asked(range(6)).shape == (6, 1, 3, 28, 28), "the test is the whole event alone"


def test_the_mean_over_the_phases_stands_beside_the_answer(tmp_path):
    data = with_pictures(motion_set(2, 2, 2, size_px=28))
    made = experiment(tmp_path / "run", changed(dual_phase=True, epochs=1, **PICTURES), data)
    found = scores(made)
    assert set(found.others) == {"phases"}
    assert "rise and fall" in found.others["phases"].text
    result = made.run.result(0)
    rows = np.array(result.others["phases"])
    assert rows.shape == np.array(result.probabilities).shape
    np.testing.assert_allclose(rows.sum(1), 1)
    assert not np.allclose(rows, result.probabilities)
    assert made.run.scores().others == found.others
    plain = material(changed(**PICTURES), data, range(8))
    assert plain.by_phases([], range(2)) is None


def test_the_optimistic_figure_is_only_there_on_request_and_says_what_it_is(tmp_path):
    data = motion_set(4, 3, 2)
    honest = experiment(tmp_path / "honest", changed(epochs=4), data)
    assert scores(honest).others == {}
    shown = experiment(tmp_path / "shown", changed(epochs=4, optimistic=True), data)
    found = scores(shown)
    assert "NOT a result" in found.others["optimistic"].text
    assert found.others["optimistic"].accuracy >= found.accuracy
    # It changes nothing of what is honest.
    for number in range(len(honest.folds)):
        assert shown.run.result(number).probabilities == honest.run.result(number).probabilities
        assert shown.run.weights(number) != b""


class _Scripted:
    """Says what a test wants after each epoch."""

    def __init__(self, answers):
        self.answers, self.asked = answers, 0

    def __call__(self, network, x):
        self.asked += 1
        return torch.tensor(self.answers[self.asked - 1], dtype=torch.float64)


def measure(truth, said):
    return accuracy(truth, said, 2)


def test_the_best_epoch_is_kept_with_its_weights():
    network = torch.nn.Linear(1, 1)
    answers = [
        [[0.4, 0.6], [0.4, 0.6]],
        [[0.6, 0.4], [0.4, 0.6]],
        [[0.9, 0.1], [0.1, 0.9]],
        [[0.9, 0.1], [0.1, 0.9]],
    ]
    truth = torch.tensor([0, 1])
    best = Best(torch.zeros(2, 1), truth, measure, _Scripted(answers), keep_weights=True)
    for epoch in range(4):
        with torch.no_grad():
            network.weight.fill_(epoch)
        best.after(epoch, network)
    assert best.epoch == 2, "of equal ones the surer, then the first"
    assert best.state["weight"].item() == 2
    np.testing.assert_allclose(best.said, answers[2])


def test_subjects_that_choose_the_epoch_are_neither_learnt_nor_tested():
    data = motion_set(6, 3, 2)
    spec = changed(epoch_choice="inner", inner_share=0.2)
    fold = leave_one_subject_out(data.members)[2]
    learnt, back = held_back(data.members, fold.train, spec)
    assert sorted((*learnt, *back)) == sorted(fold.train)
    people = [{data.subjects[i] for i in part} for part in (learnt, back, fold.test)]
    assert not people[0] & people[1]
    assert not people[1] & people[2]
    assert len(people[1]) == 1
    assert len(material(spec, data, fold.train).x) == len(learnt)


def test_the_chosen_epoch_is_kept_and_the_test_has_no_say(tmp_path):
    data = motion_set()
    spec = changed(epoch_choice="inner", inner_share=0.3, epochs=4)
    made = experiment(tmp_path / "one", spec, data)
    found = scores(made)
    assert "chosen on 30% of the training clips" in found.protocol
    kept = made.run.result(0).kept
    assert len(kept) == 1
    assert 1 <= kept[0] <= 4
    other = motion_set()
    other.flow[list(made.folds[0].test)] = 30
    again = experiment(tmp_path / "two", spec, other)
    for _record in run_folds(again):
        if again.run.result(0):
            break
    assert again.run.result(0).kept == kept
    assert again.run.weights(0) == made.run.weights(0)


def test_too_few_subjects_to_hold_some_back():
    data = motion_set(2)
    with pytest.raises(ExperimentError, match="at least two"):
        material(changed(epoch_choice="inner"), data, leave_one_subject_out(data.members)[0].train)


def test_a_run_without_networks_has_scores_and_says_why_it_cannot_recognise(tmp_path):
    data = motion_set()
    made = experiment(tmp_path / "run", changed(keep_weights=False, epochs=1), data)
    found = scores(made)
    assert found.folds_done == 4
    assert not list((tmp_path / "run").glob("fold_*.safetensors"))
    assert set(made.run.finished()) == {0, 1, 2, 3}
    with pytest.raises(Exception, match="keep_weights"):
        made.run.weights(0)


def test_one_fold_has_one_scale():
    data = motion_set()
    found = material(changed(normalisation="data-set"), data, Fold(0, "", range(6, 24), ()).train)
    assert found.scale is not None
    torch.testing.assert_close(found.asked(range(6, 24)), found.x)
