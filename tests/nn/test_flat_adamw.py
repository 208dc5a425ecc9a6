"""AdamW on long rows: the steps of torch's own, and weights that are their own again afterwards."""

import pytest
import torch
from safetensors.torch import save

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.flat_adamw import FlatAdamW

SPEC = ExperimentSpec(weight_decay=0.3)


def loss_of(network, x, step):
    return network.run(x * (step + 1)).logits.square().mean()


@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
def test_steps_are_those_of_torch(memory):
    torch.manual_seed(0)
    x = torch.randn(4, 2, 3, 14, 14, dtype=torch.float64)
    ours = registry.create("fmanet-light", 3, dropout=0.0).double().to(memory_format=memory)
    theirs = registry.create("fmanet-light", 3, dropout=0.0).double()
    theirs.load_state_dict(ours.state_dict())
    every = list(theirs.parameters())
    groups = [
        {"params": [p for p in every if p.ndim > 1], "weight_decay": 0.3},
        {"params": [p for p in every if p.ndim <= 1], "weight_decay": 0.0},
    ]
    plain, flat = torch.optim.AdamW(groups, lr=1.0), FlatAdamW(ours, SPEC)
    for step, rate in enumerate((1e-2, 1e-3, 3e-3)):
        flat.descend(loss_of(ours, x, step), rate)
        for group in plain.param_groups:
            group["lr"] = rate
        plain.zero_grad()
        loss_of(theirs, x, step).backward()
        plain.step()
    flat.release()
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, atol=1e-9, rtol=1e-7, msg=name)


def test_released_weights_share_no_memory_and_keep_their_order():
    network = registry.create("fmanet-light", 3).to(memory_format=torch.channels_last)
    first = next(network.parameters())
    flat = FlatAdamW(network, SPEC)
    assert first.is_contiguous(memory_format=torch.channels_last)
    flat.release()
    assert first.is_contiguous(memory_format=torch.channels_last)
    starts = {p.untyped_storage().data_ptr() for p in network.parameters()}
    assert len(starts) == len(list(network.parameters()))
    assert all(p.grad is None for p in network.parameters())
    assert save({name: value.contiguous() for name, value in network.state_dict().items()})
