"""In which order the clips of a training are shown: as many steps whatever there is to be shown."""

from __future__ import annotations

import torch
from torch import Tensor

from meviewer.experiment.spec import ExperimentSpec

PHASES = 3
"""Samples of a clip where its phases are samples of their own: whole, rise, fall."""


class Sampler:
    """The batches of one training, epoch by epoch.

    An epoch has as many steps as one pass through the *clips* makes, or its share of
    ``spec.steps``. Samples beyond that, such as those of the phases, come in later epochs: all are
    shown equally often, and the optimiser does not step more often than without them.

    Parameters
    ----------
    truth : Tensor, shape (n_samples,), int64
        On the CPU.
    spec : ExperimentSpec
    """

    def __init__(self, truth: Tensor, spec: ExperimentSpec) -> None:
        self._spec = spec
        self._n = len(truth)
        self._n_clips = len(truth) // PHASES if spec.dual_phase else len(truth)
        self._rest = torch.empty(0, dtype=torch.int64)
        by_sampling = spec.balanced and spec.balance_by == "sampling"
        self._chances = _chances(truth) if by_sampling else None

    @property
    def n_steps(self) -> int:
        """Steps of the whole training."""
        return self._spec.steps or self._spec.epochs * self._in_an_epoch

    def first_step(self, epoch: int) -> int:
        """Return the number of the first step of an epoch, both counted from 0."""
        return epoch * self.n_steps // self._spec.epochs

    def epoch(self, epoch: int) -> tuple[Tensor, ...]:
        """Return the batches of an epoch: indices of samples on the CPU, two or more in each.

        Random numbers come from torch's generator. Batches are of nearly equal size: a last one of
        a single clip would break batch normalisation.
        """
        n_batches = self.first_step(epoch + 1) - self.first_step(epoch)
        size = self._spec.batch_size
        need = self._n_clips if not self._spec.steps else n_batches * min(size, self._n_clips)
        return self._take(need).tensor_split(n_batches)

    @property
    def _in_an_epoch(self) -> int:
        wanted = round(self._n_clips / self._spec.batch_size)
        return max(1, min(wanted, self._n_clips // 2))

    def _take(self, need: int) -> Tensor:
        if self._chances is not None:
            return torch.multinomial(self._chances, need, replacement=True)
        while len(self._rest) < need:
            self._rest = torch.cat([self._rest, torch.randperm(self._n)])
        taken, self._rest = self._rest[:need], self._rest[need:]
        return taken


def _chances(truth: Tensor) -> Tensor:
    """Return how often each sample is shown: all classes alike."""
    return 1 / torch.bincount(truth).double()[truth]
