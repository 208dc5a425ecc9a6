"""All networks: sizes, shapes, gradients, over-fitting one batch, one seed, refusals, weights."""

import re
from pathlib import Path

import msgspec
import pytest
import torch
from flow_patterns import SPEC

from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec import check
from meviewer.nn import checkpoint, registry
from meviewer.nn.families import ANY_SIZE, FAMILIES, Sizes
from meviewer.nn.representations import check_input

COUNTS = {
    "fmanet": 12_159_865,
    "fmanet-light": 230_517,
    "learnet": 1_866_053,
    "gamdss": 12_789_413,
    "ststnet": 1_683 + 2 * 401,
    "dianet": 24_464_517,
    "resnet18": 11_179_077,
    "resnet50": 23_518_277,
    "vgg19": 139_590_725,
    "efficientnet-b0": 4_013_953,
    "vit-b16": 85_802_501,
}
"""Trainable parameters with five classes."""

CALM = {
    "fmanet-light": {"dropout": 0.0},
    "learnet": {"dropout": 0.0},
    "gamdss": {"drop_path": 0.0},
    "ststnet": {"dropout": 0.0},
    "dianet": {"dropout": 0.0},
}
"""Configurations in which nothing is random once the weights are drawn."""

SIDES = {"learnet": 112, "dianet": 64}
RATES = {"ststnet": 2e-2, "vit-b16": 1e-4, "vgg19": 1e-4}
LARGE = ("resnet50", "vgg19", "vit-b16")
NAMES = [n for n in COUNTS if n != "fmanet"]
STUDIED = [pytest.param(n, marks=[pytest.mark.slow] if n in LARGE else []) for n in NAMES]
MAPS = {
    "fmanet": {"w1", "modulation", "attention"},
    "fmanet-light": {"w1", "modulation", "attention"},
    "gamdss": {"attention"},
    "dianet": {"attention_rise", "attention_fall"},
}


def inputs(name, n, side=None):
    n_views = FAMILIES[registry.entry(name).takes[0]].n_views
    side = side or SIDES.get(name, 32)
    return torch.randn(n, n_views, 3, side, side)


def loss_of(output, truth):
    every = (output.logits, *output.also)
    return sum(torch.nn.functional.cross_entropy(logits, truth) for logits in every)


class Study:
    """A network that learns one batch of noise by heart; what it did on the way."""

    def __init__(self, name, n_steps=60):
        torch.manual_seed(0)
        self.net = registry.create(name, 3, **CALM.get(name, {})).train()
        self.x = inputs(name, 3)
        self.truth = torch.tensor([2, 0, 1])
        self.losses, self.slopes = [], []
        # In place: to get memory for 140 million numbers takes longer than to reckon with them.
        large, rate = name in LARGE, RATES.get(name, 1e-3)
        optimiser = torch.optim.AdamW(self.net.parameters(), rate, fused=large)
        touched = {n: False for n, _ in self.net.named_parameters()}
        while len(self.losses) < n_steps:
            loss = loss_of(self.net.run(self.x), self.truth)
            optimiser.zero_grad(set_to_none=not large)
            loss.backward()
            every = [p.grad for p in self.net.parameters() if p.grad is not None]
            self.slopes.append(sum(float(torch.vdot(g.ravel(), g.ravel())) for g in every))
            for n, p in self.net.named_parameters():
                touched[n] |= p.grad is not None and bool(p.grad.any())
            optimiser.step()
            self.losses.append(loss.item())
            if loss < 0.05 and len(self.losses) > 1:
                break
        self.silent = [n for n, seen in touched.items() if not seen]


_STUDIES: dict[str, Study] = {}


@pytest.fixture
def study(request):
    name = request.param
    if name in LARGE:
        return Study(name, 16 if "heart" in request.function.__name__ else 2)
    if name not in _STUDIES:
        _STUDIES[name] = Study(name)
    return _STUDIES[name]


# ------------------------------------------------------------------ without computing anything
def on_meta(name, n_classes, **values):
    with torch.device("meta"):
        return registry.create(name, n_classes, **values)


@pytest.mark.parametrize("name", COUNTS)
def test_size_shapes_and_maps_at_the_suggested_input(name):
    net = on_meta(name, 5).eval()
    assert net.n_parameters() == COUNTS[name]
    side = registry.suggested(name).input_px
    output = net.run(inputs(name, 2, side).to("meta"))
    assert output.logits.shape == (2, 5)
    assert output.also == ()
    assert set(output.maps) == MAPS.get(name, set())
    assert all(m.shape[:2] == (2, 1) and m.shape[2] >= 3 for m in output.maps.values())


def test_published_counts():
    # Three classes, as its authors count; Keras counts LEARNet's 704 running statistics as well.
    assert on_meta("ststnet", 3).n_parameters() == 1_683
    learnet = on_meta("learnet", 5)
    statistics = [b.numel() for n, b in learnet.named_buffers() if "running" in n]
    assert learnet.n_parameters() + sum(statistics) == 1_866_757


def test_every_network_suggests_what_it_takes():
    for name in registry.names():
        spec = check(registry.suggested(name))
        check_input(spec)
        registry.config(name, spec.network_config)
        assert all(field.help for field in registry.form(name))


def test_the_guide_has_the_size_of_every_network():
    guide = Path(__file__).parents[2] / "resources/docs/guide/networks.md"
    rows = re.findall(
        r"^\| `([\w:-]+)` \|.*\| ([\d,]+) \| [\d,.]+ \|", guide.read_text("utf-8"), re.M
    )
    assert {name: int(count.replace(",", "")) for name, count in rows} == COUNTS
    for name in registry.names():
        assert f"| `{name}` |" in guide.read_text("utf-8")


# ------------------------------------------------------------------ learning
@pytest.mark.parametrize("study", STUDIED, indirect=True)
def test_gradient_reaches_every_parameter(study):
    # Over two steps: the last scale of a residual branch of timm's ResNets begins with zero.
    assert study.silent == []


@pytest.mark.parametrize("study", STUDIED, indirect=True)
def test_one_batch_is_learnt_by_heart(study):
    assert (study.net.run(study.x).logits.argmax(1) == study.truth).all()
    assert study.losses[-1] < 0.35 * study.losses[0]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in LARGE])
def test_the_same_seed_gives_the_same_numbers(name):
    if name not in _STUDIES:
        _STUDIES[name] = Study(name)
    again = Study(name, 1)
    assert again.losses == _STUDIES[name].losses[:1]
    assert again.slopes == _STUDIES[name].slopes[:1]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in LARGE])
def test_weights_come_back_with_their_statistics(name):
    torch.manual_seed(1)
    net = registry.create(name, 3, **CALM.get(name, {}))
    x = inputs(name, 2)
    net.to(memory_format=torch.channels_last).train().run(x)
    net.eval()
    spec = msgspec.structs.replace(SPEC, network=name, network_config=CALM.get(name, {}))
    card = checkpoint.card_of(spec, ("a", "b", "c"), "labels", "", None)
    _, again = checkpoint.decode(checkpoint.encode({0: net}, card), "here")
    with torch.no_grad():
        assert torch.allclose(again[0].run(x).logits, net.run(x).logits, atol=1e-4)
    for (one, a), (other, b) in zip(
        net.state_dict().items(), again[0].state_dict().items(), strict=True
    ):
        assert one == other
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", CALM)
def test_half_the_digits_are_enough(name):
    torch.manual_seed(0)
    net = registry.create(name, 3, **CALM.get(name, {})).eval()
    x = inputs(name, 1)
    with torch.no_grad():
        exact = net.run(x).logits
        with torch.autocast("cpu", torch.bfloat16):
            rough = net.run(x).logits
    assert torch.allclose(rough.float(), exact, atol=0.05 * float(exact.abs().max()) + 0.05)


# ------------------------------------------------------------------ refusals
WRONG_SIDES = {"learnet": 96, "gamdss": 40, "vit-b16": 40, "vgg19": 16}


@pytest.mark.parametrize("name", COUNTS)
def test_another_shape_of_input_is_refused_by_name(name):
    net = on_meta(name, 3)
    good = inputs(name, 1).to("meta")
    side = WRONG_SIDES.get(name, 13)
    bad = [
        good.repeat(1, 2, 1, 1, 1),
        good[:, :, :2],
        good[:, 0],
        torch.empty(1, good.shape[1], 3, side, side, device="meta"),
    ]
    for x in bad:
        with pytest.raises(ExperimentError, match=f"{net.takes.who} cannot take this input.*takes"):
            net.run(x)


def test_only_a_single_phase_runs_on_one_view():
    x = torch.zeros(1, 1, 3, 28, 28)
    with pytest.raises(ExperimentError, match=r"FMANet.*takes 2 x 3"):
        registry.create("fmanet-light", 3).run(x)
    assert registry.create("fmanet-light", 3, phases="rise").eval().run(x).logits.shape == (1, 3)


@pytest.mark.parametrize(
    ("name", "family", "px", "words"),
    [
        ("learnet", "phases", 112, "network = learnet.*LEARNet does not take flow of the rise"),
        ("learnet", "dynamic", 28, "input_px = 28.*LEARNet.*It takes 112 px"),
        ("gamdss", "dynamic", 224, "It takes onset, apex and offset frame"),
        ("ststnet", "phases", 28, "STSTNet does not take"),
        ("fmanet", "keyframes", 112, "FMANet.*does not take onset, apex and offset"),
        ("vit-b16", "dynamic", 100, "at most 448 px, a multiple of 16"),
        ("resnet18", "dual-dynamic", 112, "ResNet-18 does not take dynamic images"),
    ],
)
def test_input_that_does_not_fit_is_refused_before_it_is_computed(name, family, px, words):
    with pytest.raises(ExperimentError, match=words):
        registry.check_input(name, family, px)


def test_sizes_in_words():
    assert ANY_SIZE.text == "at least 14 px"
    assert Sizes(112, 112).text == "112 px"
    assert 224 in Sizes(32, 448, 16)
    assert not {31, 40, 464} & {px for px in range(500) if px in Sizes(32, 448, 16)}
