"""Training one network for a fixed number of epochs, as a generator of records."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone, Record, Working
from meviewer.experiment.runs import Curve
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.augmentation import augmented
from meviewer.nn.flat_adamw import FlatAdamW
from meviewer.nn.inputs import Inputs
from meviewer.nn.losses import Loss, blended, class_weights
from meviewer.nn.network import Network, Output
from meviewer.nn.sampling import Sampler
from meviewer.nn.selection import Watch

SIGN_OF_LIFE_S = 0.5


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
        x: Tensor,
        truth: Tensor,
        n_classes: int,
        spec: ExperimentSpec,
    ) -> None:
        self.network = network
        self.x = x
        self.truth = truth
        self.spec = spec
        self.inputs = Inputs.of(spec)
        self.sampler = Sampler(truth.cpu(), spec)
        self.loss = Loss(class_weights(truth, n_classes, spec).to(x.dtype), spec)
        self.optimiser = FlatAdamW(network, spec)


def train_network(
    network: Network,
    x: Tensor,
    truth: Tensor,
    n_classes: int,
    spec: ExperimentSpec,
    place: Place,
    watches: Sequence[Watch] = (),
) -> Generator[Record, None, Curve]:
    """Train in place; returns loss and accuracy by epoch.

    All random numbers come from torch's global generators: seed them before making the network.

    Parameters
    ----------
    network : Network
        On the device of ``x``.
    x : Tensor, shape (n, V, 3, P, P)
        All training inputs as `Inputs.training` makes them, on the device. Where phases are samples
        of their own: all whole events, then their rises, then their falls.
    truth : Tensor, shape (n,), int64
    spec : ExperimentSpec
        Its precision is that of the training; ``"auto"`` is float32.
    place : Place
    watches : sequence of Watch
        Told after each epoch.

    Raises
    ------
    ExperimentError
        If there are fewer than two clips, or the loss is no longer a number.
    """
    check_enough(len(x))
    # On a CPU convolutions of small networks take less time with the channels last [measured].
    network.to(memory_format=torch.channels_last)
    lesson = _Lesson(network, x, truth, n_classes, spec)
    curve = Curve(seed=place.seed, loss=(), accuracy=())
    network.train()
    for epoch in range(spec.epochs):
        done = yield from _epoch(lesson, epoch, place)
        check_loss(done.loss, epoch)
        losses, accuracies = (*curve.loss, done.loss), (*curve.accuracy, done.accuracy)
        curve = Curve(seed=place.seed, loss=losses, accuracy=accuracies)
        yield done
        for watch in watches:
            watch.after(epoch, network)
        network.train()
    lesson.optimiser.release()
    return curve


def learning_rate(step: int, n_steps: int, spec: ExperimentSpec) -> float:
    """Return the learning rate of a step: linear in the warm-up, then as the schedule says."""
    rise = min(1.0, (step + 1) / max(spec.warm_up * n_steps, 1))
    match spec.schedule:
        case "cosine":
            share = 0.5 * (1 + math.cos(math.pi * step / n_steps))
        case "exponential":
            share = spec.decay ** (step * spec.epochs // n_steps)
        case _:
            share = 1.0
    return spec.learning_rate * rise * share


def _epoch(lesson: _Lesson, epoch: int, place: Place) -> Generator[Record, None, EpochDone]:
    started = lively = time.monotonic()
    spec, x = lesson.spec, lesson.x
    tally = _Tally(torch.zeros((), device=x.device), torch.zeros((), device=x.device))
    sampler = lesson.sampler
    batches, first = sampler.epoch(epoch), sampler.first_step(epoch)
    rate = 0.0
    for number, chosen in enumerate(batches):
        rate = learning_rate(first + number, sampler.n_steps, spec)
        _step(lesson, chosen.to(x.device), rate, tally)
        if time.monotonic() - lively > SIGN_OF_LIFE_S:
            lively = time.monotonic()
            yield Working(fold=place.fold, epoch=epoch + 1, step=number + 1, n_steps=len(batches))
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
    x = augmented(lesson.x[chosen], lesson.inputs, lesson.spec)
    batch = blended(x, lesson.truth[chosen], lesson.spec)
    output = forward(lesson.network, batch.x, lesson.spec)
    loss = lesson.loss(output, batch)
    lesson.optimiser.descend(loss, rate)
    right = (output.logits.detach().argmax(1) == batch.main).sum()
    tally.add(loss.detach(), right, len(chosen))


def forward(network: Network, x: Tensor, spec: ExperimentSpec) -> Output:
    """Run a network in the precision of the training; what it gives back is as precise as ``x``."""
    if spec.precision != "bfloat16":
        return network.run(x)
    with torch.autocast(x.device.type, torch.bfloat16):
        found = network.run(x)
    also = tuple(logits.to(x.dtype) for logits in found.also)
    return found._replace(logits=found.logits.to(x.dtype), also=also)


def check_enough(n: int) -> None:
    """Make sure that a fold has clips to learn from.

    Raises
    ------
    ExperimentError
        If there are fewer than two.
    """
    if n < 2:
        raise ExperimentError(
            "A fold has too few training clips",
            why=f"{n} clip is left when one subject is held out",
            now="add labelled clips of other subjects",
        )


def check_loss(loss: float, epoch: int) -> None:
    """Make sure that a training has not diverged in an epoch, counted from 0.

    Raises
    ------
    ExperimentError
        If the loss is no number.
    """
    if not math.isfinite(loss):
        raise ExperimentError(
            "The training has diverged",
            where=f"epoch {epoch + 1}",
            why="the loss is no longer a number",
            now="choose a smaller learning rate",
        )
