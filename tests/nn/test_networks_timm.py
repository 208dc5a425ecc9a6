"""Networks of timm: any by name, pretrained if asked for; and the layers of our own small ones."""

import importlib.util

import msgspec
import pytest
import torch
from safetensors.torch import save_file

from meviewer.core.errors import ExperimentError, MissingExtraError, WeightsError
from meviewer.nn import checkpoint, registry
from meviewer.nn.network import Network, Output
from meviewer.nn.networks import timm_network

SMALL = "timm:resnet10t"


def test_any_other_network_by_its_name():
    net = registry.create(SMALL, 4).eval()
    assert net.run(torch.rand(2, 1, 3, 32, 32)).logits.shape == (2, 4)
    assert registry.suggested(SMALL).network == SMALL
    assert registry.entry(SMALL).takes == registry.entry("resnet18").takes
    assert {field.name for field in registry.form(SMALL)} == {"pretrained", "dropout"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("timm:resnet18x", "has no network of this name.*esnet18"),
        ("timm:", "no network called 'timm:'"),
        ("resnet10t", "and timm:NAME for others"),
    ],
)
def test_names_that_timm_has_not_are_said(name, words):
    with pytest.raises(ExperimentError, match=words):
        registry.create(name, 3)


def test_a_network_tied_to_a_size_says_so():
    with torch.device("meta"):
        net = registry.create("timm:swin_tiny_patch4_window7_224", 3)
    with pytest.raises(ExperimentError, match=r"swin_tiny.*224 px"):
        net.run(torch.empty(1, 1, 3, 112, 112, device="meta"))


def test_without_timm_it_is_said_kindly(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(timm_network, "find_spec", lambda n: None if n == "timm" else found(n))
    with pytest.raises(MissingExtraError, match=r"timm.*meviewer\[train\]"):
        registry.create("resnet18", 3)


# ------------------------------------------------------------------ pretrained weights
@pytest.fixture
def weights(tmp_path):
    """A file as timm writes it, of 1000 other classes."""
    import timm

    torch.manual_seed(7)
    model = timm.create_model("resnet10t", num_classes=10)
    path = tmp_path / "pretrained.safetensors"
    save_file(model.state_dict(), path)
    return path, model


def test_weights_of_a_file_but_for_the_last_layer(weights):
    path, model = weights
    net = registry.create(SMALL, 4, pretrained=str(path))
    own = net.model.state_dict()
    for name, tensor in model.state_dict().items():
        if name.startswith("fc."):
            assert own[name].shape[0] == 4
        else:
            assert torch.equal(own[name], tensor), name


def test_a_trained_network_is_read_without_its_pretrained_file(weights):
    path, _model = weights
    spec = registry.suggested(SMALL)
    values = {"pretrained": str(path)}
    net = registry.create(SMALL, 2, **values).eval()
    card = checkpoint.card_of(spec, ("a", "b"), "labels", "", None)
    card = msgspec.structs.replace(card, network_config={**card.network_config, **values})
    encoded = checkpoint.encode({0: net}, card)
    path.unlink()
    _, again = checkpoint.decode(encoded, "here")
    x = torch.rand(1, 1, 3, 32, 32)
    assert torch.equal(again[0].run(x).logits, net.run(x).logits)


def test_weights_that_cannot_be_used_are_named(weights, tmp_path, monkeypatch):
    path, _model = weights
    with pytest.raises(WeightsError, match=r"pretrained\.safetensors.*do not fit"):
        registry.create("resnet18", 3, pretrained=str(path))
    with pytest.raises(WeightsError, match=r"nothing\.safetensors"):
        registry.create(SMALL, 3, pretrained=str(tmp_path / "nothing.safetensors"))
    text = tmp_path / "text.safetensors"
    text.write_text("hello")
    with pytest.raises(WeightsError, match=r"text\.safetensors"):
        registry.create(SMALL, 3, pretrained=str(text))

    def offline(*_args, **_options):
        raise ConnectionError("no route to host")

    monkeypatch.setattr("timm.create_model", offline)
    with pytest.raises(WeightsError, match=r"cannot fetch them.*no route"):
        registry.create(SMALL, 3, pretrained="hub")


class Tied(Network):
    """Two names for one weight, and one that is not contiguous."""

    def __init__(self):
        super().__init__()
        self.one = torch.nn.Linear(3, 3, bias=False)
        self.two = torch.nn.Linear(3, 3, bias=False)
        self.two.weight = self.one.weight
        self.turned = torch.nn.Parameter(torch.rand(3, 4).T)

    def forward(self, x):
        return Output(self.two(self.one(x)), {})


def test_weights_with_two_names_are_stored():
    from safetensors.torch import load

    net = Tied()
    card = checkpoint.card_of(registry.suggested("ststnet"), ("a", "b"), "labels", "", None)
    found = {n.removeprefix("0/"): t for n, t in load(checkpoint.encode({0: net}, card)).items()}
    assert set(found) == {"one.weight", "two.weight", "turned"}
    again = Tied()
    checkpoint.load_into(again, found, "here")
    assert torch.equal(again.two.weight, net.one.weight)
    assert torch.equal(again.turned, net.turned)


# ------------------------------------------------------------------ our own, layer by layer
def test_learnet_halves_with_the_odd_pixel_right_and_below():
    net = registry.create("learnet", 3).eval()
    sides, taken = [112], net.stem(torch.rand(1, 3, 112, 112))
    sides.append(taken.shape[-1])
    for layer in net.pairs[0].plain:
        taken = layer(taken)
        sides.append(taken.shape[-1])
    assert sides == [112, 56, 28, 14, 7]
    pads = [layer[0].padding for layer in (net.stem, *net.pairs[0].plain, net.join)]
    assert pads == [(0, 1, 0, 1), (0,) * 4, (0, 1, 0, 1), (1, 2, 1, 2), (1,) * 4]


def test_second_branches_of_learnet_add_the_first_ones():
    torch.manual_seed(0)
    pair = registry.create("learnet", 3).eval().pairs[0]
    x = torch.rand(1, 16, 56, 56)
    a, b = x, x
    for number in (0, 1):
        a = torch.relu(pair.plain[number](a))
        b = pair.norms[number](torch.relu(pair.adding[number](b)) + a)
    first, second = pair(x)
    assert torch.equal(first, pair.plain[2](a))
    assert torch.equal(second, pair.adding[2](b))


def test_ststnet_at_28_px_averages_pairs_of_pixels():
    torch.manual_seed(0)
    net = registry.create("ststnet", 3).eval()
    x = torch.rand(2, 1, 3, 28, 28)
    features = torch.cat([stream(x[:, 0]) for stream in net.streams], 1)
    assert features.shape == (2, 16, 10, 10)
    pooled = torch.nn.functional.avg_pool2d(features, 2).flatten(1)
    assert torch.allclose(net.run(x).logits, net.classify(pooled), atol=1e-5)


def test_each_phase_of_dianet_is_seen_where_the_other_looks():
    torch.manual_seed(0)
    net = registry.create("dianet", 3, trunk="light").eval()
    x = torch.randn(1, 2, 3, 64, 64)
    found = net.run(x)
    assert {m.shape for m in found.maps.values()} == {(1, 1, 8, 8)}
    turned = net.run(x.flip(1))
    assert not torch.allclose(found.logits, turned.logits)
    shared = registry.create("dianet", 3, trunk="light", shared=True)
    assert len(shared.streams) == 1
    assert shared.n_parameters() < net.n_parameters()
