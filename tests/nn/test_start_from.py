"""A training that begins from another run: whose weights, and who may not be tested."""

from __future__ import annotations

import msgspec
import pytest
import torch
from flow_patterns import SPEC, motion_set

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.dealing import k_fold
from meviewer.experiment.people import Member
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import Fold, leave_one_subject_out
from meviewer.nn import checkpoint, registry
from meviewer.nn.folds import run_folds
from meviewer.nn.one_fold import Experiment
from meviewer.nn.start_from import begin, check_start

SHORT = msgspec.structs.replace(SPEC, epochs=1)


@pytest.fixture(scope="module")
def data():
    return motion_set(4, 3, 1)


@pytest.fixture(scope="module")
def origin(data, tmp_path_factory):
    """A finished run that held out each of four subjects in turn."""
    folds = leave_one_subject_out(data.subjects)
    card = RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips=dict(zip(data.fingerprints, data.subjects, strict=True)),
        labels="x",
        n_samples=len(data),
        device="CPU",
        versions={},
        created="",
    )
    run = RunFolder.start(tmp_path_factory.mktemp("runs") / "run", SHORT, card)
    list(run_folds(Experiment(SHORT, run, data, folds, torch.device("cpu"))))
    return run


def tuned(origin, **changes):
    return msgspec.structs.replace(SHORT, start_from=str(origin.folder), **changes)


def weights(origin, number):
    _, networks = checkpoint.decode(origin.weights(number), "")
    return networks[0].state_dict()


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def begun(origin, data, fold, n_classes=3):
    network = registry.create(SPEC.network, n_classes)
    begin(network, tuned(origin), data, fold, seed=7)
    return network.state_dict()


def test_a_fold_begins_from_the_network_that_has_not_seen_its_subject(origin, data):
    for fold in leave_one_subject_out(data.subjects):
        assert same(begun(origin, data, fold), weights(origin, fold.number))
    final = Fold(4, "", tuple(range(len(data))), ())
    assert same(begun(origin, data, final), weights(origin, 4))


def test_a_group_that_no_network_has_held_out_is_refused_by_name(origin, data):
    members = [Member(s, "", int(c)) for s, c in zip(data.subjects, data.truth, strict=True)]
    folds = k_fold(members, 2, 0)
    with pytest.raises(ExperimentError, match="trained on subjects of the test") as refused:
        check_start(tuned(origin), data, folds)
    first = {data.subjects[i] for i in folds[0].test}
    assert all(name in refused.value.where for name in first)


def test_a_known_face_under_another_name_is_found_by_its_clips(origin, data):
    """Two of the run's subjects go as one stranger: their clips give them away."""
    import dataclasses

    renamed = dataclasses.replace(data, subjects=tuple("new" for _ in data.subjects))
    both = tuple(i for i, name in enumerate(data.subjects) if name in ("sub01", "sub02"))
    with pytest.raises(ExperimentError, match="trained on subjects"):
        check_start(tuned(origin), renamed, (Fold(0, "new", (), both),))
    only = tuple(i for i, name in enumerate(data.subjects) if name == "sub02")
    assert same(begun(origin, renamed, Fold(0, "new", (), only)), weights(origin, 1))


def test_other_people_begin_from_the_final_model_with_a_new_end_for_other_classes(origin):
    others = motion_set(2, 2, 1, seed=5)
    import dataclasses

    others = dataclasses.replace(
        others,
        subjects=tuple(f"x{name}" for name in others.subjects),
        fingerprints=tuple(f"x{name}" for name in others.fingerprints),
    )
    fold = leave_one_subject_out(others.subjects)[0]
    torch.manual_seed(0)
    found, before = begun(origin, others, fold, n_classes=2), weights(origin, 4)
    changed = {name for name in before if found[name].shape != before[name].shape}
    assert changed
    assert same({n: t for n, t in found.items() if n not in changed}, before)


def test_another_network_and_an_unfinished_run_are_refused(origin, data, tmp_path):
    import shutil

    folds = leave_one_subject_out(data.subjects)
    with pytest.raises(ExperimentError, match="cannot begin from"):
        check_start(tuned(origin, network="ststnet"), data, folds)
    copy = tmp_path / "copy"
    shutil.copytree(origin.folder, copy)
    (copy / "fold_02.safetensors").unlink()
    spec = msgspec.structs.replace(SHORT, start_from=str(copy))
    with pytest.raises(WeightsError, match="not finished"):
        check_start(spec, data, folds)


def test_a_tuned_run_trains_from_there_and_not_from_chance(origin, data, tmp_path):
    folds = leave_one_subject_out(data.subjects)[:1]
    still = tuned(origin, learning_rate=1e-7, weight_decay=0.0, final_model=False)
    card = msgspec.structs.replace(origin.card, subjects=(folds[0].subject,))
    run = RunFolder.start(tmp_path / "run", still, card)
    list(run_folds(Experiment(still, run, data, folds, torch.device("cpu"))))
    _, networks = checkpoint.decode(run.weights(0), "")
    before = weights(origin, 0)
    trained = dict(networks[0].named_parameters())
    worst = max(float((trained[name] - before[name]).detach().abs().max()) for name in trained)
    assert worst < 1e-4
