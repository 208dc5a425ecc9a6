"""A trained run as ONNX: checked against torch, refused where it answers otherwise."""

from __future__ import annotations

import json
from importlib import import_module

import numpy as np
import pytest
import torch
from flow_patterns import SPEC, motion_set

from meviewer.cli.main import main
from meviewer.core.errors import MissingExtraError, WeightsError
from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.splits import leave_one_subject_out
from meviewer.nn import checkpoint, onnx_export
from meviewer.nn.folds import Experiment, run_folds
from meviewer.nn.onnx_export import TOLERANCE, Exported, export


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of two seeds that has learnt next to nothing."""
    import msgspec

    data = motion_set(3, 3, 1)
    folds = leave_one_subject_out(data.subjects)
    spec = msgspec.structs.replace(SPEC, epochs=1, seeds=(0, 1))
    card = RunCard(
        classes=data.classes,
        subjects=tuple(fold.subject for fold in folds),
        clips={},
        labels="x",
        n_samples=len(data),
        device="CPU",
        versions={},
        created="",
    )
    run = RunFolder.start(tmp_path_factory.mktemp("runs") / "run", spec, card)
    list(run_folds(Experiment(spec, run, data, folds, torch.device("cpu"))))
    return run


@pytest.fixture(autouse=True)
def libraries():
    pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")


def expected(run, number, x):
    _, networks = checkpoint.decode(run.weights(number), "")
    with torch.no_grad():
        shares = [
            network.run(torch.from_numpy(x)).logits.softmax(1) for network in networks.values()
        ]
    return torch.stack(shares).mean(0).numpy()


def test_the_file_answers_as_the_networks_do_for_any_number_of_clips(finished, tmp_path):
    found = export(finished, tmp_path / "model.onnx")
    assert found.difference <= TOLERANCE
    assert found.shape == (2, 3, 16, 16)
    assert found.model == "final model, mean of 2 seeds"
    onnx = import_module("onnx")
    model = onnx.load(str(found.path))
    onnx.checker.check_model(model)
    about = {entry.key: entry.value for entry in model.metadata_props}
    assert about["networks"] == "final model, mean of 2 seeds"
    assert json.loads(about["meviewer"])["network"] == "fmanet-light"
    run = import_module("onnx.reference").ReferenceEvaluator(model)
    x = np.random.default_rng(3).normal(size=(5, 2, 3, 16, 16)).astype(np.float32)
    (scores,) = run.run(["scores"], {"motion": x})
    np.testing.assert_allclose(np.exp(scores), expected(finished, 3, x), atol=TOLERANCE)


def test_a_file_that_answers_otherwise_is_not_written(finished, tmp_path, monkeypatch):
    def wrong(data):
        return lambda x: np.zeros((len(x), 3), np.float32), "nothing"

    monkeypatch.setattr(onnx_export, "_encoded", lambda *_: b"a file")
    monkeypatch.setattr(onnx_export, "_runner", wrong)
    with pytest.raises(WeightsError, match="answers otherwise"):
        export(finished, tmp_path / "model.onnx", fold=0)
    assert not list(tmp_path.iterdir())


def test_without_the_libraries_the_command_to_install_them_is_said(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"meviewer\[onnx\]"):
        export(finished, tmp_path / "model.onnx")


def test_the_command_asks_for_the_fold_of_a_subject_and_says_what_was_written(
    finished, tmp_path, monkeypatch, capsys
):
    asked = []

    def fake(run, out, fold=None):
        asked.append(fold)
        return Exported(out, "the model", (2, 3, 16, 16), run.card.classes, 1e-6, "a check")

    monkeypatch.setattr(onnx_export, "export", fake)
    words = ["export-model", str(finished.folder), "--out", str(tmp_path / "m.onnx")]
    assert main(words).status == 0
    assert main([*words, "--subject", "Sub 2"]).status == 0
    assert asked == [None, 1]
    assert "batch x 2 x 3 x 16 x 16, 3 classes" in capsys.readouterr().out
    assert main([*words, "--subject", "nobody"]).status != 0
    assert "No fold of the run holds this subject out" in capsys.readouterr().err
