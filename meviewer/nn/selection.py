"""What is looked at after each epoch: subjects held back that choose it, or the test, for show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from meviewer.experiment.dealing import hold_out
from meviewer.experiment.people import Member
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.network import Network

Measure: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64]], float]
Ask: TypeAlias = Callable[[Network, Tensor], Tensor]
_TINY = 1e-12


class Watch(Protocol):
    """Looks at a network in training, and leaves its weights as they are."""

    def after(self, epoch: int, network: Network) -> None:
        """Look at it after an epoch, counted from 0."""


class Best:
    """Keeps what the network said, and its weights, at the epoch that did best on some clips.

    The best has the greatest measure, then the least cross-entropy; of equal ones the first.

    Parameters
    ----------
    x : Tensor, shape (n, V, 3, P, P)
        As a network takes them.
    truth : Tensor, shape (n,), int64
    measure : callable
        Of class numbers that are true and said.
    ask : callable
        Returns the probabilities of a network for such inputs, (n, n_classes).
    keep_weights : bool

    Attributes
    ----------
    epoch : int
        Counted from 0.
    said : Tensor, shape (n, n_classes), float64
    state : dict of str to Tensor
        Empty unless weights are kept.
    """

    def __init__(
        self, x: Tensor, truth: Tensor, measure: Measure, ask: Ask, *, keep_weights: bool = False
    ) -> None:
        self.epoch = 0
        self.said = torch.empty(0)
        self.state: dict[str, Tensor] = {}
        self._x, self._truth = x, truth.cpu()
        self._measure, self._ask, self._keep = measure, ask, keep_weights
        self._best: tuple[float, float] | None = None

    def after(self, epoch: int, network: Network) -> None:
        """Look at the network, and keep it if it does better than before."""
        said = self._ask(network, self._x)
        sure = said.gather(1, self._truth[:, None]).clamp(min=_TINY).log().mean()
        found = (self._measure(self._truth.numpy(), said.argmax(1).numpy()), float(sure))
        if self._best is None or found > self._best:
            self._best, self.epoch, self.said = found, epoch, said
            if self._keep:
                own = network.state_dict()
                self.state = {name: tensor.detach().clone() for name, tensor in own.items()}


def held_back(
    members: Sequence[Member], train: Sequence[int], spec: ExperimentSpec
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which training clips are learnt, and which choose the epoch: whole subjects.

    Raises
    ------
    ExperimentError
        If there are too few training subjects.
    """
    (fold,) = hold_out([members[i] for i in train], spec.inner_share, spec.split_seed)
    return tuple(train[i] for i in fold.train), tuple(train[i] for i in fold.test)
