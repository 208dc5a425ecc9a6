"""AdamW for a stack of networks, each with a learning rate and a count of steps of its own."""

from __future__ import annotations

import torch
from torch import Tensor

BETAS = (0.9, 0.999)
EPS = 1e-8


class StackedAdamW:
    """Steps of AdamW on rows of numbers [paper: Loshchilov and Hutter 2019].

    The settings are those of `torch.optim.AdamW`; each row comes out as it would alone.

    Parameters
    ----------
    flat : Tensor, shape (n_networks, n_numbers)
        Changed in place.
    decay : Tensor, shape (n_numbers,)
        Weight decay of each number.
    """

    def __init__(self, flat: Tensor, decay: Tensor) -> None:
        self._flat, self._decay = flat, decay
        self._mean = torch.zeros_like(flat)
        self._square = torch.zeros_like(flat)
        self._steps = flat.new_zeros((len(flat), 1), dtype=torch.float64)

    @torch.no_grad()
    def step(self, gradient: Tensor, rates: Tensor, active: Tensor) -> None:
        """Take one step with the rows that are active; the others stay as they are.

        Parameters
        ----------
        gradient : Tensor, shape (n_networks, n_numbers)
        rates : Tensor, shape (n_networks,), float64
        active : Tensor, shape (n_networks,), bool
        """
        on = active[:, None]
        self._steps += on
        first, second = BETAS
        self._mean = torch.where(on, torch.lerp(self._mean, gradient, 1 - first), self._mean)
        square = self._square * second + gradient * gradient * (1 - second)
        self._square = torch.where(on, square, self._square)
        rate = torch.where(on, rates[:, None], 0.0)
        counted = self._steps.clamp(min=1)
        size = (rate / (1 - first**counted)).to(self._flat.dtype)
        root = (1 - second**counted).sqrt().to(self._flat.dtype)
        self._flat.mul_(1 - rate.to(self._flat.dtype) * self._decay)
        self._flat.sub_(size * self._mean / (self._square.sqrt() / root + EPS))
