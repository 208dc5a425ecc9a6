"""What every network gives back: class scores, and the inner pictures that the window can draw."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn


class Output(NamedTuple):
    """Result of one forward pass.

    Attributes
    ----------
    logits : Tensor, shape (B, n_classes)
    maps : dict of str to Tensor, shape (B, 1, h, w)
        Inner pictures on the feature grid, to be drawn over the face; may be empty.
    also : tuple of Tensor, shape (B, n_classes)
        Further logits of a network in training whose loss is added to that of ``logits``; nothing
        is predicted from them.
    """

    logits: Tensor
    maps: dict[str, Tensor]
    also: tuple[Tensor, ...] = ()


class Network(nn.Module, ABC):
    """A classifier of the motion of both phases."""

    @abstractmethod
    def forward(self, x: Tensor) -> Output:
        """Classify.

        Parameters
        ----------
        x : Tensor, shape (B, 2, 3, H, W), float32
            Phase (rise, fall), then channel (u, v, magnitude), normalised as in `inputs`.
        """

    def run(self, x: Tensor) -> Output:
        """Call the network, with the type that `__call__` of torch does not tell."""
        output: Output = self(x)
        return output

    def n_parameters(self) -> int:
        """Return how many trainable numbers it has."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)
