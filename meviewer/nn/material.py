"""What the networks of one fold learn from, and what is looked at while they learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from meviewer.experiment.metrics import accuracy, uf1
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.evaluate import probabilities
from meviewer.nn.inputs import Inputs
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.network import Network
from meviewer.nn.sampling import PHASES
from meviewer.nn.selection import Best, Watch, held_back

Score: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64], int], float]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """The training side of one fold on its device.

    Attributes
    ----------
    spec : ExperimentSpec
    data : MotionSet
    classes : Tensor, shape (n_events,), int64
        What is learnt of every event of the data, on the CPU.
    x : Tensor, shape (n, V, 3, P, P)
        See `meviewer.nn.loop.train_network`.
    truth : Tensor, shape (n,), int64
    scale : float or None
        Of the training clips, where one is asked for.
    back : tuple of int
        Training clips that are not learnt but choose the epoch.
    """

    spec: ExperimentSpec
    data: MotionSet
    classes: Tensor
    x: Tensor
    truth: Tensor
    scale: float | None
    back: tuple[int, ...]

    @classmethod
    def of(
        cls,
        spec: ExperimentSpec,
        data: MotionSet,
        classes: Tensor,
        train: Sequence[int],
        device: torch.device,
    ) -> Material:
        """Take what is learnt of some events out of the data.

        Raises
        ------
        ExperimentError
            If subjects are to be held back and there are too few.
        """
        learnt, back = tuple(train), tuple[int, ...]()
        if spec.epoch_choice == "inner":
            learnt, back = held_back(data.members, train, spec)
        inputs = Inputs.of(spec)
        samples = data.learnt(learnt, inputs.family, dual_phase=spec.dual_phase)
        raw = torch.from_numpy(samples).to(device)
        scale = inputs.scale(raw)
        truth = classes[list(learnt)].repeat(PHASES if spec.dual_phase else 1).to(device)
        return cls(spec, data, classes, inputs.training(raw, scale), truth, scale, back)

    def asked(self, indices: Sequence[int]) -> Tensor:
        """Return some events as networks are tested on them, on the device."""
        inputs = Inputs.of(self.spec)
        raw = torch.from_numpy(self.data.asked(indices, inputs.family))
        return inputs.testing(raw.to(self.x.device), self.scale)

    def ask(self, networks: Sequence[Network], x: Tensor) -> Tensor:
        """Return probabilities of networks, (n_networks, n, n_classes) float64 on the CPU."""
        both = self.spec.mirror and self.spec.mirror_test
        vectors = Inputs.of(self.spec).vectors
        return probabilities(networks, x, mirrored=both, vectors=vectors)

    def by_phases(self, networks: Sequence[Network], indices: Sequence[int]) -> Tensor | None:
        """Return the mean of the softmaxes of rise and fall, where those were learnt too."""
        found = self.data.phases(indices) if self.spec.dual_phase else None
        if found is None:
            return None
        inputs, device = Inputs.of(self.spec), self.x.device
        parts = [inputs.testing(torch.from_numpy(one).to(device), self.scale) for one in found]
        return torch.stack([self.ask(networks, x) for x in parts]).mean((0, 1))

    def watches(self, test: Sequence[int]) -> Watches:
        """Return what looks at a network while it learns, for a fold that tests some events."""
        chooser = self._best(self.back, uf1, keep_weights=True) if self.back else None
        shown = self._best(test, accuracy) if self.spec.optimistic and test else None
        return Watches(chooser, shown)

    def _best(self, indices: Sequence[int], score: Score, *, keep_weights: bool = False) -> Best:
        return Best(
            self.asked(indices),
            self.classes[list(indices)],
            partial(_scored, score, len(self.data.classes)),
            lambda network, x: self.ask([network], x)[0],
            keep_weights=keep_weights,
        )


@dataclass(frozen=True, slots=True)
class Watches:
    """What looks at one network in training.

    Attributes
    ----------
    chooser : Best or None
        Chooses the epoch on training subjects that are held back.
    shown : Best or None
        The best epoch on the test clips, for the figure that is marked as optimistic.
    """

    chooser: Best | None
    shown: Best | None

    def every(self) -> tuple[Watch, ...]:
        """Return those there are."""
        return tuple(one for one in (self.chooser, self.shown) if one is not None)

    def settle(self, network: Network, epochs: int) -> int:
        """Put the weights of the chosen epoch back; returns its number, counted from 1."""
        if self.chooser is None:
            return epochs
        network.load_state_dict(self.chooser.state)
        return self.chooser.epoch + 1


def _scored(
    score: Score, n_classes: int, truth: NDArray[np.int64], said: NDArray[np.int64]
) -> float:
    return score(truth, said, n_classes)
