"""FMANet and its registry: sizes, shapes, gradients, over-fitting one batch, ablations."""

import msgspec
import pytest
import torch
from flow_patterns import SPEC, flow_of

from meviewer.core.errors import ExperimentError, MissingExtraError
from meviewer.experiment.spec import check
from meviewer.nn import extra, registry
from meviewer.nn.families import FAMILIES
from meviewer.nn.inputs import normalise
from meviewer.nn.networks.fmanet_config import ABLATIONS, FULL, LIGHT, FMANetConfig


def batch(n=6, n_classes=3, size_px=32):
    import numpy as np

    rng = np.random.default_rng(0)
    truth = torch.arange(n) % n_classes
    flow = np.stack([flow_of(int(c), rng, size_px) for c in truth])
    return normalise(torch.from_numpy(flow)), truth


def make(config, n_classes=3):
    torch.manual_seed(0)
    name = "fmanet-light" if config.trunk == "light" else "fmanet"
    return registry.create(name, n_classes, **msgspec.structs.asdict(config))


def light(config):
    return msgspec.structs.replace(config, trunk="light", dropout=0.0)


def test_parameter_counts():
    # Trunks 2 x 683,072, (a) 295,426, (b) 7, (c) 2,283, layers 3 and 4 10,493,440, head 513 C.
    assert registry.create("fmanet", 5).n_parameters() == 12_159_865
    assert registry.create("fmanet-light", 5).n_parameters() < 1_000_000
    assert registry.create("fmanet", 5, shared=True).n_parameters() == 12_159_865 - 683_072


@pytest.mark.parametrize("config", [FULL, LIGHT], ids=["full", "light"])
@pytest.mark.parametrize("size_px", [28, 56, 112])
def test_output_and_pictures(config, size_px):
    net = make(config, 5).eval()
    with torch.no_grad():
        output = net.run(torch.randn(2, 2, 3, size_px, size_px))
    assert output.logits.shape == (2, 5)
    assert set(output.maps) == {"w1", "modulation", "attention"}
    for picture in output.maps.values():
        assert picture.shape[:2] == (2, 1)
        assert picture.shape[2] == picture.shape[3] >= 3
        assert ((picture >= 0) & (picture <= 1)).all()


@pytest.mark.parametrize("name", ABLATIONS)
def test_gradient_reaches_each_parameter(name):
    x, truth = batch()
    net = make(light(ABLATIONS[name])).train()
    torch.nn.functional.cross_entropy(net.run(x).logits, truth).backward()
    silent = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert not silent


def test_gradient_reaches_each_parameter_of_the_full_network():
    x, truth = batch(4)
    net = make(FULL).train()
    torch.nn.functional.cross_entropy(net.run(x).logits, truth).backward()
    assert not [n for n, p in net.named_parameters() if p.grad is None or not p.grad.any()]


def test_one_batch_can_be_learnt_by_heart():
    x, truth = batch(n=6)
    truth = truth.roll(1)[torch.tensor([0, 2, 1, 4, 3, 5])]  # no pattern in the labels
    net = make(FMANetConfig(dropout=0.0)).train()
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
    for _ in range(80):
        loss = torch.nn.functional.cross_entropy(net.run(x).logits, truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if loss < 0.02:
            break
    assert loss < 0.1
    assert (net.run(x).logits.argmax(1) == truth).all()


def test_each_ablation_is_one_step_more():
    sizes = [make(light(config)).n_parameters() for config in ABLATIONS.values()]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 5
    maps = [set(make(light(c)).eval().run(batch()[0]).maps) for c in ABLATIONS.values()]
    assert maps == [
        set(),
        set(),
        {"w1"},
        {"w1", "modulation"},
        {"w1", "modulation", "attention"},
    ]


@pytest.mark.parametrize(("phases", "seen"), [("rise", 0), ("fall", 1)])
def test_a_single_phase_does_not_see_the_other(phases, seen):
    net = make(light(FMANetConfig(phases=phases))).eval()
    x, _ = batch()
    changed = x.clone()
    changed[:, 1 - seen] += 1
    assert torch.equal(net.run(x).logits, net.run(changed).logits)
    changed[:, seen] += 1
    assert not torch.equal(net.run(x).logits, net.run(changed).logits)


def test_combination_is_the_softmax_over_the_phases():
    net = make(light(LIGHT)).eval()
    rise, fall = torch.randn(2, 64, 5, 5), torch.randn(2, 64, 5, 5)
    combined, w1 = net.combination(rise, fall)
    assert torch.allclose(combined, w1 * rise + (1 - w1) * fall, atol=1e-6)


def test_modulation_is_the_formula():
    net = make(light(LIGHT)).eval()
    features, m = torch.randn(1, 64, 4, 4), torch.rand(1, 2, 8, 8)
    got, strong = net.modulation(features, m)
    low, high = m.amin((2, 3), keepdim=True), m.amax((2, 3), keepdim=True)
    mean = ((m - low) / (high - low)).reshape(1, 2, 4, 2, 4, 2).mean((1, 3, 5))[:, None]
    want = torch.sigmoid(10 * (mean - 0.3))
    assert torch.allclose(strong, want, atol=1e-4)
    assert torch.allclose(got, features * (0.5 + (1.5 - 0.5) * want), atol=1e-3)


def test_motionless_input_gives_numbers():
    net = make(light(LIGHT)).eval()
    assert net.run(normalise(torch.zeros(1, 2, 2, 28, 28))).logits.isfinite().all()


def test_the_registry_names_what_exists():
    assert registry.names() == [
        *("fmanet", "fmanet-light", "learnet", "gamdss", "ststnet", "dianet"),
        *("resnet18", "resnet50", "vgg19", "efficientnet-b0", "vit-b16", "krr"),
    ]
    for name in registry.names():
        shown = {field.name: field.default for field in registry.form(name)}
        if "trunk" in shown:
            assert shown["trunk"] == ("light" if name == "fmanet-light" else "resnet18")
        assert all(field.help for field in registry.form(name))
    with pytest.raises(ExperimentError, match="no network"):
        registry.create("krr", 3)
    assert registry.config("fmanet", {"dropout": 0.1}).dropout == 0.1


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("lenet", {}, "network.*no network called 'lenet'.*fmanet, fmanet-light"),
        ("fmanet", {"dropout": 2.0}, r"network_config\.dropout.*from 0 to 0\.9"),
        ("fmanet", {"depth": 3}, r"network_config\.depth.*no such field"),
        ("fmanet", {"trunk": "vgg"}, r"network_config\.trunk.*light"),
    ],
)
def test_wrong_configurations_are_named(name, values, words):
    with pytest.raises(ExperimentError, match=words):
        registry.create(name, 3, **values)


def test_each_network_suggests_an_experiment_that_fits_it():
    assert registry.suggested("fmanet-light") == SPEC.__class__()
    full = registry.suggested("fmanet", SPEC)
    assert (full.network, full.input_px, full.seeds) == ("fmanet", 112, SPEC.seeds)
    assert all(check(registry.suggested(name)) for name in registry.names())


def test_one_class_is_refused():
    with pytest.raises(ExperimentError, match="two classes"):
        registry.create("fmanet-light", 1)


def test_missing_torch_is_said_kindly(monkeypatch):
    monkeypatch.setattr(extra, "available", lambda: False)
    with pytest.raises(MissingExtraError, match=r'pip install "meviewer\[train\]"'):
        registry.create("fmanet-light", 3)


def test_the_same_seed_makes_the_same_network():
    one, other = make(LIGHT), make(LIGHT)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert SPEC.network == "fmanet-light"


def test_each_entry_says_what_it_takes():
    for name in registry.names():
        takes = registry.entry(name).takes
        assert takes
        assert set(takes) <= set(FAMILIES)
        assert ("flow" in takes) == (registry.entry(name).one_phase is not None)
    assert registry.entry("fmanet").takes == ("phases", "flow")


def test_nothing_but_the_logits_is_needed():
    assert make(light(LIGHT)).run(batch()[0]).also == ()
