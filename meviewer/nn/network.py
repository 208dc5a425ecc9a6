"""What every network gives back: class scores, and the inner pictures that the window can draw."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from meviewer.core.errors import ExperimentError
from meviewer.nn.families import CHANNELS, Sizes


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


@dataclass(frozen=True, slots=True)
class Takes:
    """The shape of input that one network takes.

    Attributes
    ----------
    who : str
        The network, for messages.
    n_views : tuple of int
        Numbers of views it can be given, the usual one first.
    sizes : Sizes
    """

    who: str
    n_views: tuple[int, ...]
    sizes: Sizes

    def check(self, x: Tensor) -> None:
        """Refuse a batch of another shape: a convolution would take it and learn nonsense.

        Raises
        ------
        ExperimentError
            Naming the network, what it was given and what it takes.
        """
        if torch.onnx.is_in_onnx_export() or self._fits(tuple(x.shape)):
            return
        given = " x ".join(str(length) for length in x.shape[1:])
        views = " or ".join(str(number) for number in self.n_views)
        raise ExperimentError(
            f"{self.who} cannot take this input",
            where=f"batch of {given}",
            why=f"it takes {views} x {CHANNELS} x H x W: views, channels, height, width",
            now=f"height and width are {self.sizes.text}",
        )

    def _fits(self, shape: tuple[int, ...]) -> bool:
        if len(shape) != 5 or shape[1] not in self.n_views or shape[2] != CHANNELS:
            return False
        return shape[3] in self.sizes and shape[4] in self.sizes


class Network(nn.Module, ABC):
    """A classifier of one event."""

    @abstractmethod
    def forward(self, x: Tensor) -> Output:
        """Classify.

        Parameters
        ----------
        x : Tensor, shape (B, V, 3, H, W), float32
            Views, then channels, of a family of input that the network takes: `families`.

        Raises
        ------
        ExperimentError
            If it takes no input of this shape.
        """

    def run(self, x: Tensor) -> Output:
        """Call the network, with the type that `__call__` of torch does not tell."""
        output: Output = self(x)
        return output

    def n_parameters(self) -> int:
        """Return how many trainable numbers it has."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)
