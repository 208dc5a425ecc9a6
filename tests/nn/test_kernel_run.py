"""The kernel ridge as a run, and as the reference beside a network."""

import msgspec
import numpy as np
import pytest
from flow_patterns import SPEC, motion_set, project_of

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.records import FoldDone, ReferenceDone, RunDone, Warned
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec_text import to_toml
from meviewer.nn import extra, kernel_run, tasks
from meviewer.nn.preparation import prepare
from meviewer.nn.tasks import ClipArguments, PredictArguments, TrainArguments

KRR = msgspec.structs.replace(SPEC, network="krr", final_model=False)


def gathered(data):
    yield from ()
    return data


def run(out, data, spec=KRR, **options):
    return list(kernel_run.train(gathered(data), spec, out, **options))


def finished(generator):
    try:
        while True:
            next(generator)
    except StopIteration as stop:
        return stop.value


def test_a_run_of_seconds_with_scores_and_no_weights(tmp_path):
    data = motion_set(5, 3, 2)
    records = run(tmp_path / "run", data)
    assert isinstance(records[-1], RunDone)
    folder = RunFolder.open(tmp_path / "run")
    scores = folder.scores()
    assert scores == records[-1].scores
    assert scores.uf1 > 0.9
    assert scores.protocol == "loso, kernel ridge"
    assert scores.per_seed == {}
    assert set(scores.per_subject) == set(data.subjects)
    assert sorted(folder.finished()) == [0, 1, 2, 3, 4]
    assert not list(folder.folder.glob("*.safetensors"))
    again = run(tmp_path / "run", data, resume=True)
    told = [[r.predicted for r in found if isinstance(r, FoldDone)] for found in (records, again)]
    assert told[0] == told[1]


def test_its_control_is_near_chance(tmp_path):
    data = motion_set(6, 2, 4)
    records = run(tmp_path / "run", data, msgspec.structs.replace(KRR, shuffle_labels=True))
    assert 0.2 < records[-1].scores.accuracy < 0.8


def test_from_a_project_without_torch(tmp_path, monkeypatch):
    monkeypatch.setattr(extra, "available", lambda: False)
    project_of(tmp_path / "project", n_subjects=3, each=2).close()
    spec = to_toml(msgspec.structs.replace(KRR, representation="flow-dis"))
    out = tmp_path / "run"
    records = list(tasks.train(TrainArguments(str(tmp_path / "project"), spec, str(out))))
    assert records[-1].scores.n_samples == 12
    asked = PredictArguments(str(out), (ClipArguments("x"),))
    with pytest.raises(WeightsError, match="no network to ask"):
        list(tasks.predict(asked))


def test_beside_a_network_it_is_scored_on_the_same_folds(tmp_path):
    pytest.importorskip("torch")
    from meviewer.nn.training import train

    data = motion_set(4, 3, 2)
    spec = msgspec.structs.replace(SPEC, epochs=1, final_model=False)
    records = list(train(gathered(data), spec, tmp_path / "run"))
    kinds = [type(record).__name__ for record in records]
    assert kinds.index("RunStarted") < kinds.index("ReferenceDone") < kinds.index("FoldStarted")
    alone = run(tmp_path / "alone", data)[-1].scores
    told = next(r for r in records if isinstance(r, ReferenceDone)).scores
    last = records[-1].scores
    for name in ("uf1", "uar", "accuracy"):
        assert getattr(told, name) == getattr(alone, name) == getattr(last.reference, name)
        value, low, high = last.reference.differences[name]
        assert value == pytest.approx(getattr(last, name) - getattr(alone, name))
        assert low <= value <= high
    assert told.text.startswith("kernel ridge, chosen on training subjects: width")
    assert RunFolder.open(tmp_path / "run").scores().reference == last.reference

    without = msgspec.structs.replace(spec, reference=False)
    assert list(train(gathered(data), without, tmp_path / "other"))[-1].scores.reference is None


def test_what_is_not_instant_is_said_and_left_out(tmp_path, monkeypatch):
    data = motion_set(3, 2, 2)
    prepared = finished(prepare(KRR, data))
    run(tmp_path / "run", data)
    monkeypatch.setattr(kernel_run, "affordable", lambda task, config: None)
    (record,) = kernel_run.reference(RunFolder.open(tmp_path / "run"), prepared)
    assert isinstance(record, Warned)
    assert "not instant" in record.text


def test_one_scale_for_all_is_refused_by_name(tmp_path):
    spec = msgspec.structs.replace(KRR, normalisation="data-set")
    with pytest.raises(ExperimentError, match="normalisation"):
        run(tmp_path / "run", motion_set(), spec)
    assert not (tmp_path / "run").exists()


def test_what_it_sees_is_what_networks_see():
    torch = pytest.importorskip("torch")
    from meviewer.experiment import motion_input
    from meviewer.nn import inputs

    flow = motion_set(2, 2, 2).flow
    theirs = inputs.normalise(torch.from_numpy(flow))
    ours = motion_input.normalise(flow)
    np.testing.assert_allclose(ours, theirs.numpy(), atol=2e-6)
    np.testing.assert_allclose(motion_input.mirror(ours), inputs.mirror(theirs).numpy(), atol=2e-6)
