"""Weights of another program: read without running code, refused by name, used like our own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from flow_patterns import SPEC, flow_of

from meviewer.cli.main import main
from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.spec_text import to_toml
from meviewer.nn import registry
from meviewer.nn.foreign import adopt
from meviewer.nn.predict import Predictor

CLASSES = ("happiness", "disgust", "surprise")


class Trap:
    """Code in a file of weights."""

    def __reduce__(self):
        return (print, ("the trap has sprung",))


@pytest.fixture
def network():
    torch.manual_seed(5)
    return registry.create(SPEC.network, 3).eval()


@pytest.fixture
def weights(tmp_path, network):
    path = tmp_path / "theirs.pt"
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    torch.save({"state_dict": state}, path)
    return path


def test_their_network_answers_as_it_did_there(tmp_path, network, weights):
    run = adopt(weights, SPEC, CLASSES, tmp_path / "run")
    predictor = Predictor(run, torch.device("cpu"))
    flow = flow_of(1, np.random.default_rng(2))[None]
    answer = predictor.answer(flow, "anybody")
    from meviewer.nn.evaluate import probabilities
    from meviewer.nn.inputs import normalise

    x = normalise(torch.from_numpy(flow))
    expected = probabilities([network], x, mirrored=SPEC.mirror, vectors=True)[0, 0]
    np.testing.assert_allclose(answer.probabilities, expected, atol=1e-6)
    assert answer.model == "final model"
    assert predictor.classes == CLASSES
    assert sorted(path.suffix for path in run.folder.iterdir()) == sorted(
        [".json", ".json", ".safetensors", ".toml"]
    )


def test_code_in_the_file_is_not_run(tmp_path, capsys):
    path = tmp_path / "evil.pt"
    torch.save({"weight": Trap()}, path)
    with pytest.raises(WeightsError, match="more than tensors"):
        adopt(path, SPEC, CLASSES, tmp_path / "run")
    assert "sprung" not in capsys.readouterr().out
    assert not (tmp_path / "run").exists()


def test_weights_that_do_not_fit_are_refused_by_name(tmp_path, weights):
    with pytest.raises(WeightsError, match="has shape"):
        adopt(weights, SPEC, (*CLASSES, "others"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_in_use_is_left_alone(tmp_path, weights):
    adopt(weights, SPEC, CLASSES, tmp_path / "run")
    with pytest.raises(ExperimentError, match="already"):
        adopt(weights, SPEC, CLASSES, tmp_path / "run")


def test_the_command_writes_the_run_and_says_what_it_is(tmp_path, weights, capsys):
    spec = tmp_path / "spec.toml"
    spec.write_text(to_toml(SPEC))
    words = ["import-model", str(weights), "--spec", str(spec), "--out", str(tmp_path / "run")]
    assert main([*words, "--classes", "a,b,b"]).status != 0
    assert "names of their own" in capsys.readouterr().err
    assert main([*words, "--classes", ", ".join(CLASSES)]).status == 0
    assert "fmanet-light, 3 classes" in capsys.readouterr().out
    assert (tmp_path / "run" / "final.safetensors").exists()
