"""Weights on disk: round trips, wrong files, and files that carry code."""

import pickle
from pathlib import Path

import msgspec
import pytest
import torch
from flow_patterns import SPEC

from meviewer.core.errors import WeightsError
from meviewer.nn import checkpoint, registry

CLASSES = ("a", "b", "c")


def nets():
    torch.manual_seed(0)
    return {seed: registry.create("fmanet-light", 3).eval() for seed in (5, 11)}


def card(**changes):
    found = checkpoint.card_of(SPEC, CLASSES, "labels", "s1", 0.5)
    return msgspec.structs.replace(found, **changes)


def test_networks_come_back_as_they_were():
    networks = nets()
    found, again = checkpoint.decode(checkpoint.encode(networks, card()), "here")
    assert found == card()
    assert list(again) == [5, 11]
    x = torch.randn(2, 2, 3, 16, 16)
    for seed, network in networks.items():
        assert not again[seed].training
        assert torch.equal(again[seed].run(x).logits, network.run(x).logits)


def test_the_card_says_all_that_a_user_needs(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(checkpoint.encode(nets(), card()))
    found = checkpoint.read_card(path)
    assert found.network_config["trunk"] == "light"
    assert (found.classes, found.held_out, found.scale) == (CLASSES, "s1", 0.5)
    assert (found.input_px, found.representation) == (16, "flow-tvl1")
    assert "Not for decisions" in found.intended_use


def broken(kind):
    from safetensors.torch import save

    good = checkpoint.encode(nets(), card())
    if kind == "cut":
        return good[:-100]
    if kind == "no card":
        return save({"0/x": torch.zeros(1)})
    if kind == "other classes":
        return checkpoint.encode(nets(), card(classes=("a", "b")))
    if kind == "other network":
        return checkpoint.encode(nets(), card(network_config={"attention": False}))
    if kind == "names of no seed":
        text = msgspec.json.encode(card()).decode()
        return save({"x": torch.zeros(1)}, metadata={"meviewer": text})
    return {"empty": b"", "text": b"hello " * 100, "png": b"\x89PNG" + bytes(99)}[kind]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "no safetensors"),
        ("text", "no safetensors"),
        ("png", "no safetensors"),
        ("cut", "no safetensors"),
        ("no card", "no model card"),
        ("names of no seed", "belongs to no seed"),
        ("other classes", r"classify\.weight has shape \(3, 96\), not \(2, 96\)"),
        ("other network", "attention.* is unknown"),
    ],
)
def test_wrong_files_are_named(kind, words):
    with pytest.raises(WeightsError, match=f"here.*{words}"):
        checkpoint.decode(broken(kind), "here")


def test_missing_weights_are_named():
    state = nets()[5].state_dict()
    del state["classify.bias"]
    with pytest.raises(WeightsError, match=r"classify\.bias is missing"):
        checkpoint.load_into(nets()[5], state, "here")


class Bomb:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def test_a_file_that_carries_code_is_refused_and_not_run(tmp_path):
    mark = tmp_path / "ran"
    path = tmp_path / "evil.pt"
    torch.save({"weights": torch.zeros(1), "bomb": Bomb(mark)}, path)
    with pytest.raises(WeightsError, match=r"more than tensors.*safetensors"):
        checkpoint.load_foreign(path)
    path.write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(WeightsError):
        checkpoint.load_foreign(path)
    assert not mark.exists()


def test_tensors_of_other_programs_are_read(tmp_path):
    path = tmp_path / "x.pt"
    state = {"a": torch.arange(3.0), "b": torch.zeros(2, 2)}
    for saved in (state, {"state_dict": state, "epoch": 3}):
        torch.save(saved, path)
        found = checkpoint.load_foreign(path)
        assert set(found) == {"a", "b"}
        assert torch.equal(found["a"], state["a"])


@pytest.mark.parametrize("saved", [[1, 2], {}, {"epoch": 3}, torch.zeros(3)])
def test_files_without_named_tensors_are_refused(tmp_path, saved):
    path = tmp_path / "x.pt"
    torch.save(saved, path)
    with pytest.raises(WeightsError, match=r"x\.pt"):
        checkpoint.load_foreign(path)


def test_files_that_are_not_there_and_old_torch(tmp_path, monkeypatch):
    with pytest.raises(WeightsError, match=r"nothing\.pt"):
        checkpoint.load_foreign(tmp_path / "nothing.pt")
    with pytest.raises(WeightsError, match="No such file"):
        checkpoint.read_card(tmp_path / "nothing.safetensors")
    monkeypatch.setattr(torch, "__version__", "2.4.1+cpu")
    with pytest.raises(WeightsError, match="cannot read it safely"):
        checkpoint.load_foreign(tmp_path / "nothing.pt")
