"""Gradient times input against a hand computation, and over a trained run's answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from meviewer.nn.network import Network, Output
from meviewer.nn.saliency import contributions, saliency


class Linear(Network):
    """Logits are weighted sums of the input: gradient times input is weight times input."""

    def __init__(self, weights, bias=(0.5, -1.0)):
        super().__init__()
        self.weights = nn.Parameter(weights)
        self.bias = nn.Parameter(torch.tensor(bias))

    def forward(self, x):
        return Output(torch.einsum("bvchw,kvchw->bk", x, self.weights) + self.bias, {})


class Squares(Network):
    """The logit of class 0 is the sum of squares: the derivative is twice the input."""

    def forward(self, x):
        return Output(torch.stack([(x**2).sum((1, 2, 3, 4)), x.sum((1, 2, 3, 4))], 1), {})


def test_of_a_linear_network_it_is_weight_times_input_and_adds_up_to_the_logit():
    torch.manual_seed(0)
    weights, x = torch.randn(2, 2, 3, 4, 5), torch.randn(1, 2, 3, 4, 5)
    network = Linear(weights)
    for number in (0, 1):
        found = contributions(network, x, number)
        assert found.shape == (2, 4, 5)
        torch.testing.assert_close(found, (weights[number] * x[0]).sum(1))
        logit = network.run(x).logits[0, number] - network.bias[number]
        torch.testing.assert_close(found.sum(), logit.detach())


def test_of_squares_it_is_twice_the_square():
    x = torch.tensor([[1.0, -2.0], [0.0, 3.0]]).reshape(1, 1, 1, 2, 2)
    expected = torch.tensor([[2.0, 8.0], [0.0, 18.0]])
    torch.testing.assert_close(contributions(Squares(), x, 0)[0], expected)
    torch.testing.assert_close(saliency([Squares(), Squares()], x, 0), expected)


def test_views_that_speak_against_each_other_both_matter():
    weights = torch.zeros(2, 2, 3, 2, 2)
    weights[0, 0, 0, 0, 0], weights[0, 1, 0, 0, 0] = 1.0, -1.0
    found = saliency([Linear(weights)], torch.ones(1, 2, 3, 2, 2), 0)
    assert found[0, 0] == pytest.approx(2.0)
    assert float(found.sum()) == pytest.approx(2.0)


def test_networks_keep_their_gradients_and_need_no_grad_mode():
    network = Linear(torch.ones(2, 1, 3, 2, 2))
    with torch.no_grad():
        saliency([network], torch.ones(1, 1, 3, 2, 2), 1)
    assert network.weights.grad is None
    assert np.isfinite(network.weights.detach().numpy()).all()
