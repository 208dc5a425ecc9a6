"""Folds trained as one batched model come out as each one alone."""

import msgspec
import pytest
import torch
from flow_patterns import SPEC
from torch import nn

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone
from meviewer.nn import loop, registry
from meviewer.nn.folds import fold_seed
from meviewer.nn.loop import Place, train_network
from meviewer.nn.network import Network, Output
from meviewer.nn.parallel_folds import Pupil, train_stack
from meviewer.nn.stacked import skeleton_of

PX = 16
LENGTHS = (9, 14, 26)
"""Of the folds: at eight clips a batch, one, two and three batches an epoch, none full."""


def changed(**changes):
    return msgspec.structs.replace(SPEC, epochs=3, batch_size=8, **changes)


class Tiny(Network):
    """Batch statistics, dropout, a bias before a normalisation, a scalar."""

    def __init__(self, dropout=0.4):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(6, 4, 3, 2), nn.BatchNorm2d(4), nn.ReLU())
        self.gain = nn.Parameter(torch.tensor(1.0))
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(dropout))
        self.classify = nn.Linear(8, 2)

    def forward(self, x):
        pooled = self.gain * self.conv(x.flatten(1, 2)).mean((2, 3))
        return Output(self.classify(self.last(self.dropout(pooled))), {})


def light():
    return registry.create("fmanet-light", 2)


def folds(make, seed=0):
    """Return networks with their data and places, each made from its own seed."""
    for number, n in enumerate(LENGTHS):
        generator = torch.Generator().manual_seed(number)
        x = torch.randn(n, 2, 3, PX, PX, generator=generator, dtype=torch.float64)
        truth = (torch.rand(n, generator=generator) < 0.3).long()
        torch.manual_seed(fold_seed(seed, number))
        yield make().double(), x, truth, Place(number, seed)


def ended(generator):
    """Return the records of a generator and what it returns."""
    records = []
    while True:
        try:
            records.append(next(generator))
        except StopIteration as stop:
            return records, stop.value


def alone(make, spec):
    found = []
    for network, x, truth, place in folds(make):
        records, curve = ended(train_network(network, x, truth, 2, spec, place))
        found.append((network, curve, [r for r in records if isinstance(r, EpochDone)]))
    return found


def together(make, spec):
    pupils = [Pupil(network, x, truth, place) for network, x, truth, place in folds(make)]
    records, curves = ended(train_stack(pupils, 2, spec))
    done = [r for r in records if isinstance(r, EpochDone)]
    return [
        (pupil.network, curve, [r for r in done if r.fold == pupil.place.fold])
        for pupil, curve in zip(pupils, curves, strict=True)
    ]


def said(record):
    return record.fold, record.seed, record.epoch, pytest.approx(record.learning_rate)


@pytest.mark.parametrize(
    ("make", "changes"),
    [
        (Tiny, {}),
        (Tiny, {"mixup": 0.4, "mirror": True, "label_smoothing": 0.1}),
        (Tiny, {"loss": "focal", "mixup": 0.4}),
        (Tiny, {"balanced": False, "schedule": "exponential", "weight_decay": 0.5}),
        (light, {"mixup": 0.4, "mirror": True}),
    ],
)
def test_a_stack_equals_folds_one_after_another(make, changes):
    # In float64 rounding is out of the way: what is left would be another training.
    spec = changed(**changes)
    for one, other in zip(alone(make, spec), together(make, spec), strict=True):
        (net, curve, records), (stacked, stacked_curve, stacked_records) = one, other
        assert stacked_curve.loss == pytest.approx(curve.loss, abs=1e-6)
        assert stacked_curve.accuracy == curve.accuracy
        assert [said(r) for r in stacked_records] == [said(r) for r in records]
        for name, value in net.state_dict().items():
            torch.testing.assert_close(
                stacked.state_dict()[name], value, atol=1e-6, rtol=1e-6, msg=name
            )


def test_a_stack_trains_in_bfloat16_as_folds_alone_do():
    spec = changed(precision="bfloat16", mixup=0.4)
    pupils = [Pupil(net.float(), x.float(), truth, place) for net, x, truth, place in folds(Tiny)]
    _, curves = ended(train_stack(pupils, 2, spec))
    exact = [curve for _, curve, _ in together(Tiny, changed(mixup=0.4))]
    for pupil, curve, (network, x, truth, place), full in zip(
        pupils, curves, folds(Tiny), exact, strict=True
    ):
        _, alone = ended(train_network(network.float(), x.float(), truth, 2, spec, place))
        assert curve.loss == pytest.approx(alone.loss, abs=0.02)
        assert curve.loss != pytest.approx(full.loss, abs=1e-7)
        assert {value.dtype for value in pupil.network.parameters()} == {torch.float32}


def test_folds_of_a_stack_do_not_touch_one_another():
    spec = changed(mixup=0.4)
    whole = together(Tiny, spec)
    pupils = [Pupil(*parts) for parts in folds(Tiny)][1:]
    ended(train_stack(pupils, 2, spec))
    for pupil, (network, _, _) in zip(pupils, whole[1:], strict=True):
        for name, value in network.state_dict().items():
            torch.testing.assert_close(pupil.network.state_dict()[name], value, msg=name)


class Drawing(Tiny):
    def forward(self, x):
        return super().forward(x + torch.randn_like(x))


class Mixing(Tiny):
    def forward(self, x):
        return super().forward(x - x.mean(0, keepdim=True))


class TwiceDropped(Tiny):
    def forward(self, x):
        return super().forward(self.dropout(x))


class OwnNorm(Tiny):
    def __init__(self):
        super().__init__()
        self.conv[1] = nn.BatchNorm2d(4, momentum=None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Drawing, "random numbers of its own"),
        (Mixing, "depend on one another"),
        (TwiceDropped, "more than once"),
        (OwnNorm, "in a way of its own"),
    ],
)
def test_what_would_come_out_different_is_not_stacked(make, words):
    torch.manual_seed(0)
    network = make()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = skeleton_of(network, torch.randn(2, 2, 3, PX, PX))
    assert isinstance(found, str)
    assert words in found
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, before[name])


def test_who_watches_sees_the_weights_of_the_epoch():
    seen = []

    class Watch:
        def after(self, epoch, network):
            seen.append((epoch, network.gain.item()))

    pupils = [Pupil(*parts) for parts in folds(Tiny)]
    pupils[1].watches = [Watch()]
    ended(train_stack(pupils, 2, changed()))
    assert [epoch for epoch, _ in seen] == [0, 1, 2]
    assert len({gain for _, gain in seen}) == 3
    assert seen[-1][1] == pupils[1].network.gain.item()


def test_a_loss_that_is_no_number_ends_the_stack():
    pupils = [Pupil(*parts) for parts in folds(Tiny)]
    pupils[2].x = pupils[2].x * float("inf")
    with pytest.raises(ExperimentError, match="diverged"):
        ended(train_stack(pupils, 2, changed()))


def test_long_epochs_give_signs_of_life(monkeypatch):
    monkeypatch.setattr("meviewer.nn.parallel_folds.SIGN_OF_LIFE_S", 0.0)
    assert loop.SIGN_OF_LIFE_S > 0
    pupils = [Pupil(*parts) for parts in folds(Tiny)]
    records, _ = ended(train_stack(pupils, 2, changed()))
    assert {type(r).__name__ for r in records} == {"Working", "EpochDone"}
