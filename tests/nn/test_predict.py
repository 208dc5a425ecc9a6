"""Which networks may judge a clip, and what they say of it."""

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, flow_of, motion_set

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.predict import Predictor


@pytest.fixture(scope="module")
def data():
    return motion_set(3, 3, 2)


@pytest.fixture
def copy_of(tmp_path, finished):
    import shutil

    return RunFolder.open(shutil.copytree(finished.folder, tmp_path / "copy"))


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
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
    run = RunFolder.start(tmp_path_factory.mktemp("runs") / "run", SPEC, card)
    list(run_folds(Experiment(SPEC, run, data, folds, torch.device("cpu"))))
    return run


def predictor(run):
    return Predictor(run, torch.device("cpu"))


@pytest.mark.parametrize("known_by", ["subject", "fingerprint"])
def test_a_training_subject_is_judged_by_the_fold_without_it(finished, data, known_by):
    found = predictor(finished)
    for fold in range(3):
        result = finished.result(fold)
        index = data.sample_ids.index(result.sample_ids[0])
        subject = "Sub 0" + result.subject[-1] if known_by == "subject" else ""
        print_ = data.fingerprints[index] if known_by == "fingerprint" else ""
        answer = found.answer(data.flow[[index]], subject, print_)
        assert answer.model == f"fold of subject {result.subject}, held out"
        np.testing.assert_allclose(answer.probabilities, result.probabilities[0], atol=1e-6)


def test_a_stranger_is_judged_by_the_final_model(finished):
    flow = flow_of(1, np.random.default_rng(9))
    answer = predictor(finished).answer(flow[None], "somebody", "new print")
    assert answer.model == "final model"
    assert answer.probabilities.sum() == pytest.approx(1)
    assert answer.probabilities.shape == (3,)
    assert set(answer.maps) == {"w1", "modulation", "attention"}
    assert all(picture.ndim == 2 for picture in answer.maps.values())
    more = predictor(finished).answer(flow[None], "somebody", "new print", salient=True)
    assert set(more.maps) == {*answer.maps, "saliency"}
    assert more.maps["saliency"].shape == flow.shape[-2:]
    assert float(more.maps["saliency"].max()) > 0


def test_without_a_final_model_all_folds_are_asked(copy_of, finished):
    copy_of.weights_path(3).unlink()
    flow = flow_of(1, np.random.default_rng(9))
    found = predictor(copy_of)
    answer = found.answer(flow[None])
    assert answer.model == "mean of 3 folds"
    each = [found.answer(flow[None], name).probabilities for name in copy_of.card.subjects]
    np.testing.assert_allclose(answer.probabilities, np.mean(each, 0))


def test_a_subject_whose_fold_is_missing_is_refused(copy_of):
    copy_of.weights_path(1).unlink()
    with pytest.raises(ExperimentError, match=r"subject sub02.*Resume the run"):
        predictor(copy_of).answer(flow_of(0, np.random.default_rng(0))[None], "sub02")


def of_people(copy_of, held_out, clips):
    """The run as if its folds held out these people."""
    return RunFolder(
        copy_of.folder,
        copy_of.spec,
        msgspec.structs.replace(copy_of.card, held_out=held_out, clips=clips),
    )


def test_in_a_group_that_was_held_out_each_member_is_known(copy_of):
    run = of_people(copy_of, (("casme2:01", "casme2:02"), ("samm:01",), ("x",)), {})
    found = predictor(run)
    assert found.choose("casme2:sub1", "")[0] == [0]
    assert found.choose("2", "") == ([0], "sub01, subject 2 held out")
    with pytest.raises(ExperimentError, match="Several data sets"):
        found.choose("1", "")
    assert found.choose("stranger", "")[1] == "final model"


def test_who_was_only_trained_on_is_judged_by_nobody(copy_of):
    run = of_people(copy_of, (("a",), ("b",), ("c",)), {"print": "d"})
    for asked in (("d", ""), ("", "print")):
        with pytest.raises(ExperimentError, match="never holds it out"):
            predictor(run).choose(*asked)


def test_a_run_without_networks_says_so(copy_of):
    for number in range(4):
        copy_of.weights_path(number).unlink()
    with pytest.raises(WeightsError, match="no finished network"):
        predictor(copy_of).answer(flow_of(0, np.random.default_rng(0))[None])
