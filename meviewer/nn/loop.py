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


class _Lesson:
    """A network, what it learns from, and how a loss changes it."""

    def __init__(
        self,
        network: Network,
        optimiser: torch.optim.Optimizer,
        x: Tensor,
        truth: Tensor,
        n_classes: int,
        spec: ExperimentSpec,
    ) -> None:
        self.network = network
        self.x = x
        self.truth = truth
        self.spec = spec
        self._optimiser = optimiser
        self._weights = class_weights(truth, n_classes, spec)

    def loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        """Return the mean weighted cross-entropy."""
        smoothing = self.spec.label_smoothing
        each = functional.cross_entropy(logits, truth, reduction="none", label_smoothing=smoothing)
        return (each * self._weights[truth]).mean()

    def descend(self, loss: Tensor, rate: float) -> None:
        """Take one step of the optimiser."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self._optimiser.step()


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
    lesson = _Lesson(network, _optimiser(network, spec), x, truth, n_classes, spec)
    curve = Curve(seed=place.seed, loss=(), accuracy=())
    network.train()
    for epoch in range(spec.epochs):
        done = yield from _epoch(lesson, epoch, place)
        _check_loss(done.loss, epoch)
        losses, accuracies = (*curve.loss, done.loss), (*curve.accuracy, done.accuracy)
        curve = Curve(seed=place.seed, loss=losses, accuracy=accuracies)
        yield done
    return curve


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


def _epoch(lesson: _Lesson, epoch: int, place: Place) -> Generator[Record, None, EpochDone]:
    started = lively = time.monotonic()
    spec, x = lesson.spec, lesson.x
    tally = _Tally(torch.zeros((), device=x.device), torch.zeros((), device=x.device))
    n_batches = max(1, round(len(x) / spec.batch_size))
    rate = 0.0
    # Batches of nearly equal size: a last one of a single clip would break the normalisation.
    for number, chosen in enumerate(torch.randperm(len(x)).tensor_split(n_batches)):
        rate = learning_rate(epoch * n_batches + number, spec.epochs * n_batches, spec)
        _step(lesson, chosen.to(x.device), rate, tally)
        if time.monotonic() - lively > SIGN_OF_LIFE_S:
            lively = time.monotonic()
            yield Working(fold=place.fold, epoch=epoch + 1, step=number + 1, n_steps=n_batches)
    loss, accuracy = tally.means()
    return EpochDone(
        fold=place.fold,
        seed=place.seed,
        epoch=epoch + 1,
        n_epochs=spec.epochs,
        loss=loss,
        accuracy=accuracy,
        learning_rate=rate,
        seconds=time.monotonic() - started,
    )


def _step(lesson: _Lesson, chosen: Tensor, rate: float, tally: _Tally) -> None:
    spec, x, truth = lesson.spec, lesson.x[chosen], lesson.truth[chosen]
    if spec.mirror:
        # Drawn on the CPU, so that a GPU shows the same clips mirrored as a CPU does.
        flipped = (torch.rand(len(x)) < 0.5).to(x.device)
        x = torch.where(flipped[:, None, None, None, None], mirror(x), x)
    partner, share = truth, 1.0
    if spec.mixup > 0:
        share = float(torch.distributions.Beta(spec.mixup, spec.mixup).sample())
        order = torch.randperm(len(x)).to(x.device)
        x, partner = share * x + (1 - share) * x[order], truth[order]
    logits = lesson.network.run(x).logits
    loss = share * lesson.loss(logits, truth)
    if share < 1:
        loss = loss + (1 - share) * lesson.loss(logits, partner)
    lesson.descend(loss, rate)
    main = truth if share >= 0.5 else partner
    tally.add(loss.detach(), (logits.detach().argmax(1) == main).sum(), len(x))


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
