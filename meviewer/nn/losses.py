"""The loss of a training: cross-entropy or focal, classes weighed, further heads added."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.network import Output


def class_weights(truth: Tensor, n_classes: int, spec: ExperimentSpec) -> Tensor:
    """Return the weight of each class in the loss: inverse to its number of clips, or all 1."""
    counts = torch.bincount(truth, minlength=n_classes).float()
    if not spec.balanced or spec.balance_by != "weights":
        return torch.ones_like(counts)
    present = counts > 0
    return torch.where(present, counts.sum() / counts.clamp(min=1) / present.sum(), 0.0)


@dataclass(frozen=True, slots=True)
class Blend:
    """What one step learns from: clips, each blended with a partner or not at all.

    Attributes
    ----------
    x : Tensor, shape (B, V, C, P, P)
    truth, partner : Tensor, shape (B,), int64
        Classes of the clip and of what is blended into it.
    share : float
        Of the clip itself; 1 without blending.
    """

    x: Tensor
    truth: Tensor
    partner: Tensor
    share: float

    @property
    def main(self) -> Tensor:
        """The class of the larger share."""
        return self.truth if self.share >= 0.5 else self.partner


def blended(x: Tensor, truth: Tensor, spec: ExperimentSpec) -> Blend:
    """Blend pairs of clips (mixup), if the experiment wants it.

    Random numbers are drawn on the CPU from torch's generator.
    """
    if spec.mixup <= 0:
        return Blend(x, truth, truth, 1.0)
    share = float(_shares(spec.mixup).sample())
    order = torch.randperm(len(x)).to(x.device)
    return Blend(torch.lerp(x[order], x, share), truth, truth[order], share)


@cache
def _shares(strength: float) -> torch.distributions.Beta:
    """Return what shares are drawn from: to make it takes longer than to draw."""
    return torch.distributions.Beta(strength, strength)


class Loss:
    """The mean loss of a batch.

    Parameters
    ----------
    weights : Tensor, shape (n_classes,)
        See `class_weights`.
    spec : ExperimentSpec
    """

    def __init__(self, weights: Tensor, spec: ExperimentSpec) -> None:
        n, smoothing = len(weights), spec.label_smoothing
        certain = torch.eye(n, dtype=weights.dtype, device=weights.device)
        # What is wanted of a clip of each class, times the weight of the class.
        self._wanted = weights[:, None] * ((1 - smoothing) * certain + smoothing / n)
        self._gamma = spec.focal_gamma if spec.loss == "focal" else 0.0

    def __call__(self, output: Output, batch: Blend) -> Tensor:
        """Return the loss of the logits, and of each further head that the network has."""
        total = self._of(output.logits, batch)
        for logits in output.also:
            total = total + self._of(logits, batch)
        return total

    def _of(self, logits: Tensor, batch: Blend) -> Tensor:
        said = functional.log_softmax(logits, 1)
        if self._gamma > 0:
            mine = self._focal(said, batch.truth)
            return torch.lerp(self._focal(said, batch.partner), mine, batch.share)
        # The cross entropy of a blend is that with what is wanted of both, blended.
        wanted = self._wanted[batch.truth]
        if batch.share < 1:
            wanted = torch.lerp(self._wanted[batch.partner], wanted, batch.share)
        return -(said * wanted).sum() / len(logits)

    def _focal(self, said: Tensor, truth: Tensor) -> Tensor:
        # [paper: Lin et al. 2017] (1 - p)^gamma, p the probability of the true class.
        p = said.gather(1, truth[:, None])[:, 0].exp()
        each = -(said * self._wanted[truth]).sum(1)
        return (each * (1 - p).pow(self._gamma)).mean()
