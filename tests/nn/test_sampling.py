"""How long is trained, in which order, and by which loss."""

import msgspec
import pytest
import torch
from flow_patterns import SPEC
from torch.nn import functional

from meviewer.nn.loop import learning_rate
from meviewer.nn.losses import Blend, Loss, blended, class_weights
from meviewer.nn.network import Output
from meviewer.nn.sampling import Sampler


def changed(**changes):
    return msgspec.structs.replace(SPEC, **changes)


def batches(sampler, epochs):
    torch.manual_seed(0)
    return [sampler.epoch(number) for number in range(epochs)]


def test_phases_as_samples_take_no_more_steps_and_are_shown_equally_often():
    """The rule of equal steps: else a gain of the augmentation is longer training."""
    truth = torch.arange(24) % 2
    plain = Sampler(truth, changed(epochs=6))
    with_phases = Sampler(truth.repeat(3), changed(epochs=6, dual_phase=True))
    assert with_phases.n_steps == plain.n_steps == 18
    one, three = batches(plain, 6), batches(with_phases, 6)
    assert [len(epoch) for epoch in one] == [len(epoch) for epoch in three] == [3] * 6
    shown = torch.cat([batch for epoch in three for batch in epoch])
    assert torch.bincount(shown).tolist() == [2] * 72
    assert all(sorted(torch.cat(epoch).tolist()) == list(range(24)) for epoch in one)


@pytest.mark.parametrize("steps", [6, 7, 20, 100])
def test_steps_are_shared_out_among_the_epochs(steps):
    sampler = Sampler(torch.arange(10) % 2, changed(epochs=6, steps=steps, batch_size=4))
    counts = [len(epoch) for epoch in batches(sampler, 6)]
    assert sum(counts) == steps == sampler.n_steps
    assert max(counts) - min(counts) <= 1
    assert [sampler.first_step(n) for n in range(7)] == [sum(counts[:n]) for n in range(7)]


def test_no_batch_is_of_one_sample():
    for n in range(2, 40):
        for size in (2, 3, 8):
            sampler = Sampler(torch.arange(n) % 2, changed(epochs=1, batch_size=size))
            assert min(len(batch) for batch in sampler.epoch(0)) >= 2


def test_rare_classes_can_be_shown_more_often_instead_of_weighing_more():
    truth = torch.tensor([0] * 90 + [1] * 10)
    spec = changed(epochs=1, steps=200, balance_by="sampling")
    torch.manual_seed(0)
    shown = truth[torch.cat(Sampler(truth, spec).epoch(0))]
    assert 0.45 < shown.float().mean() < 0.55
    assert class_weights(truth, 2, spec).tolist() == [1, 1]
    off = changed(balanced=False, balance_by="sampling", epochs=1)
    assert sorted(torch.cat(Sampler(truth, off).epoch(0)).tolist()) == list(range(100))


def test_further_heads_have_their_own_loss_and_no_say():
    spec = changed(label_smoothing=0.0)
    logits, rear = torch.randn(4, 3), torch.randn(4, 3)
    truth = torch.tensor([0, 1, 2, 1])
    loss = Loss(torch.ones(3), spec)
    batch = Blend(torch.zeros(4, 1), truth, truth, 1.0)
    both = loss(Output(logits, {}, (rear,)), batch)
    want = functional.cross_entropy(logits, truth) + functional.cross_entropy(rear, truth)
    torch.testing.assert_close(both, want)


def test_a_blend_is_learnt_as_the_share_of_each():
    spec = changed(label_smoothing=0.0)
    logits, truth, partner = torch.randn(2, 3), torch.tensor([0, 1]), torch.tensor([2, 1])
    weights = torch.tensor([1.0, 2.0, 0.5])
    found = Loss(weights, spec)(Output(logits, {}), Blend(torch.zeros(2, 1), truth, partner, 0.3))
    each = -logits.log_softmax(1)
    want = [
        0.3 * weights[t] * each[n, t] + 0.7 * weights[p] * each[n, p]
        for n, (t, p) in enumerate(zip(truth, partner, strict=True))
    ]
    torch.testing.assert_close(found, torch.stack(want).mean())
    x = torch.arange(4.0)[:, None]
    torch.manual_seed(0)
    mixed = blended(x, torch.arange(4), changed(mixup=1.0))
    torch.testing.assert_close(
        mixed.x[:, 0], mixed.share * mixed.truth + (1 - mixed.share) * mixed.partner
    )


def test_the_focal_loss_turns_to_what_is_not_recognised():
    logits = torch.tensor([[4.0, 0.0], [0.0, 1.0]])
    truth = torch.tensor([0, 0])
    batch = Blend(torch.zeros(2, 1), truth, truth, 1.0)
    spec = changed(label_smoothing=0.0, loss="focal")
    p = logits.softmax(1)[:, 0]
    want = (-((1 - p) ** 2) * p.log()).mean()
    torch.testing.assert_close(Loss(torch.ones(2), spec)(Output(logits, {}), batch), want)


def test_schedules():
    def rates(**changes):
        spec = changed(epochs=4, warm_up=0.0, learning_rate=1.0, **changes)
        return [learning_rate(step, 8, spec) for step in range(8)]

    assert rates(schedule="constant") == [1.0] * 8
    assert rates(schedule="exponential", decay=0.5) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]
    cosine = rates(schedule="cosine")
    assert cosine[0] == 1
    assert cosine == sorted(cosine, reverse=True)
    risen = [learning_rate(s, 8, changed(schedule="constant", warm_up=0.5)) for s in range(8)]
    assert risen == sorted(risen)
    assert risen[2] < risen[3] == risen[-1]
