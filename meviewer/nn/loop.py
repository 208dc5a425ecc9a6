"""Training one network for a fixed number of epochs, as a generator of records."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone, Record, Working
from meviewer.experiment.runs import Curve
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.inputs import mirror
from meviewer.nn.network import Network

SIGN_OF_LIFE_S = 0.5
_WARM_UP = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a run a training stands, for its records."""

    fold: int
    seed: int


@dataclass(slots=True)
class _Tally:
    """Sums that stay on the device until the epoch ends: reading one would make the GPU wait."""

    loss: Tensor
    right: Tensor
    n: int = 0

    def add(self, loss: Tensor, right: Tensor, n: int) -> None:
        self.loss += loss * n
        self.right += right
        self.n += n

    def means(self) -> tuple[float, float]:
        return float(self.loss) / self.n, float(self.right) / self.n


def train_network(
    network: Network,
    x: Tensor,
    truth: Tensor,
    n_classes: int,
    spec: ExperimentSpec,
    place: Place,
) -> Generator[Record, None, Curve]:
    """Train in place; returns loss and accuracy by epoch.

    All random numbers come from torch's global generators: seed them before making the network.

    Parameters
    ----------
    network : Network
        On the device of ``x``.
    x : Tensor, shape (n, 2, 3, P, P)
        Normalised training inputs, all of them, on the device.
    truth : Tensor, shape (n,), int64
    spec : ExperimentSpec
    place : Place

    Raises
    ------
    ExperimentError
        If there are fewer than two clips, or the loss is no longer a number.
    """
    _check(len(x))
    weights = class_weights(truth, n_classes, spec)
    optimiser = _optimiser(network, spec)
    n_batches = max(1, round(len(x) / spec.batch_size))
    losses, accuracies = [], []
    network.train()
    for epoch in range(spec.epochs):
        tally = _Tally(torch.zeros((), device=x.device), torch.zeros((), device=x.device))
        started = lively = time.monotonic()
        # Batches of nearly equal size: a last one of a single clip would break the normalisation.
        for number, chosen in enumerate(torch.randperm(len(x)).tensor_split(n_batches)):
            rate = learning_rate(epoch * n_batches + number, spec.epochs * n_batches, spec)
            _set_rate(optimiser, rate)
            indices = chosen.to(x.device)
            _step(network, optimiser, (x[indices], truth[indices]), weights, spec, tally)
            if time.monotonic() - lively > SIGN_OF_LIFE_S:
                lively = time.monotonic()
                yield Working(fold=place.fold, epoch=epoch + 1, step=number + 1, n_steps=n_batches)
        loss, accuracy = tally.means()
        _check_loss(loss, epoch)
        losses.append(loss)
        accuracies.append(accuracy)
        yield EpochDone(
            fold=place.fold,
            seed=place.seed,
            epoch=epoch + 1,
            n_epochs=spec.epochs,
            loss=loss,
            accuracy=accuracy,
            learning_rate=rate,
            seconds=time.monotonic() - started,
        )
    return Curve(seed=place.seed, loss=tuple(losses), accuracy=tuple(accuracies))


def class_weights(truth: Tensor, n_classes: int, spec: ExperimentSpec) -> Tensor:
    """Return the weight of each class in the loss: inverse to its number of clips, or all 1."""
    counts = torch.bincount(truth, minlength=n_classes).float()
    if not spec.balanced:
        return torch.ones_like(counts)
    present = counts > 0
    return torch.where(present, counts.sum() / counts.clamp(min=1) / present.sum(), 0.0)


def learning_rate(step: int, n_steps: int, spec: ExperimentSpec) -> float:
    """Return the learning rate of a step: linear over the first tenth, then half a cosine."""
    rise = min(1.0, (step + 1) / max(_WARM_UP * n_steps, 1))
    return spec.learning_rate * rise * 0.5 * (1 + math.cos(math.pi * step / n_steps))


def _step(
    network: Network,
    optimiser: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    weights: Tensor,
    spec: ExperimentSpec,
    tally: _Tally,
) -> None:
    x, truth = batch
    if spec.mirror:
        # Drawn on the CPU, so that a GPU shows the same clips mirrored as a CPU does.
        flipped = (torch.rand(len(x)) < 0.5).to(x.device)
        x = torch.where(flipped[:, None, None, None, None], mirror(x), x)
    partner, share = torch.arange(len(x), device=x.device), 1.0
    if spec.mixup > 0:
        share = float(torch.distributions.Beta(spec.mixup, spec.mixup).sample())
        partner = torch.randperm(len(x)).to(x.device)
        x = share * x + (1 - share) * x[partner]
    logits = network.run(x).logits
    loss = share * _loss(logits, truth, weights, spec)
    if share < 1:
        loss = loss + (1 - share) * _loss(logits, truth[partner], weights, spec)
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimiser.step()
    main = truth if share >= 0.5 else truth[partner]
    tally.add(loss.detach(), (logits.detach().argmax(1) == main).sum(), len(x))


def _loss(logits: Tensor, truth: Tensor, weights: Tensor, spec: ExperimentSpec) -> Tensor:
    each = functional.cross_entropy(
        logits, truth, reduction="none", label_smoothing=spec.label_smoothing
    )
    return (each * weights[truth]).mean()


def _optimiser(network: Network, spec: ExperimentSpec) -> torch.optim.AdamW:
    matrices = [p for p in network.parameters() if p.ndim > 1]
    # Biases, scales of normalisations and the network's few scalars are not pulled towards zero.
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": spec.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    fused = matrices[0].device.type in ("cpu", "cuda")
    return torch.optim.AdamW(groups, lr=spec.learning_rate, fused=fused)


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def _check(n: int) -> None:
    if n < 2:
        raise ExperimentError(
            "A fold has too few training clips",
            why=f"{n} clip is left when one subject is held out",
            now="add labelled clips of other subjects",
        )


def _check_loss(loss: float, epoch: int) -> None:
    if not math.isfinite(loss):
        raise ExperimentError(
            "The training has diverged",
            where=f"epoch {epoch + 1}",
            why="the loss is no longer a number",
            now="choose a smaller learning rate",
        )
