"""AdamW on all weights of a network as two long rows: a step costs what two tensors cost."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.network import Network


class FlatAdamW:
    """Steps of AdamW [paper: Loshchilov and Hutter 2019] on a network in training.

    While it lives the weights and their gradients lie in one row each, in the order of the memory
    of every weight; torch's optimiser would else make several small calls for each of them, which
    in a small network take as long as the arithmetic. `release` ends that.

    Parameters
    ----------
    network : Network
        On its device, in its memory format.
    spec : ExperimentSpec
    """

    def __init__(self, network: Network, spec: ExperimentSpec) -> None:
        matrices = [p for p in network.parameters() if p.ndim > 1]
        # Biases, scales of normalisations and the network's few scalars are not pulled to zero.
        others = [p for p in network.parameters() if p.ndim <= 1]
        self._weights = [*matrices, *others]
        groups = [
            {"params": [_row(matrices)], "weight_decay": spec.weight_decay},
            {"params": [_row(others)], "weight_decay": 0.0},
        ]
        fused = matrices[0].device.type in ("cpu", "cuda")
        self._torchs = torch.optim.AdamW(groups, lr=spec.learning_rate, fused=fused)

    def descend(self, loss: Tensor, rate: float) -> None:
        """Take one step down a loss.

        Parameters
        ----------
        loss : Tensor, shape ()
        rate : float
        """
        for group in self._torchs.param_groups:
            group["lr"] = rate
            (row,) = group["params"]
            row.grad.zero_()
        torch.autograd.backward(loss)
        self._torchs.step()

    def release(self) -> None:
        """Give each weight memory of its own back: a file of weights takes no shared memory."""
        for weight in self._weights:
            weight.data = weight.data.clone()
            weight.grad = None


def _row(weights: list[nn.Parameter]) -> nn.Parameter:
    """Lay weights and their gradients into one row each; returns that of the weights."""
    n = sum(weight.numel() for weight in weights)
    like = weights[0] if weights else torch.empty(0)
    row = nn.Parameter(torch.empty(n, dtype=like.dtype, device=like.device))
    row.grad = torch.zeros_like(row)
    start = 0
    for weight in weights:
        weight.grad = _as(weight, row.grad, start)
        place = _as(weight, row.data, start).copy_(weight.data)
        weight.data = place
        start += weight.numel()
    return row


def _as(weight: Tensor, row: Tensor, start: int) -> Tensor:
    """Return a part of a row with the shape and the order in memory of a weight."""
    if not (weight.is_contiguous() or weight.is_contiguous(memory_format=torch.channels_last)):
        return row[start : start + weight.numel()].view(weight.shape)
    return row.as_strided(weight.shape, weight.stride(), start)
