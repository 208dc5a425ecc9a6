"""Several folds trained as one batched model, each as it would come out alone.

Each fold draws its random numbers from a stream of its own, in the order of a training alone. What
differs is the order of sums inside the batched kernels: results agree within rounding.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import EpochDone, Record, Working
from meviewer.experiment.runs import Curve
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.augmentation import augmented
from meviewer.nn.inputs import Inputs
from meviewer.nn.loop import SIGN_OF_LIFE_S, Place, check_enough, check_loss, learning_rate
from meviewer.nn.losses import Blend, blended, class_weights
from meviewer.nn.network import Network
from meviewer.nn.sampling import Sampler
from meviewer.nn.selection import Watch
from meviewer.nn.stacked import Places, Stack, skeleton_of
from meviewer.nn.stacked_adamw import StackedAdamW


class Stream:
    """The random numbers of one fold: torch's generators, kept between its turns.

    Parameters
    ----------
    device : torch.device
        Whose generator is kept beside that of the CPU.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device if device.type == "cuda" else None
        self._states = self._now()

    def __enter__(self) -> None:
        torch.set_rng_state(self._states[0])
        if self._cuda is not None:
            torch.cuda.set_rng_state(self._states[1], self._cuda)

    def __exit__(self, *_: object) -> None:
        self._states = self._now()

    def _now(self) -> tuple[Tensor, ...]:
        if self._cuda is None:
            return (torch.get_rng_state(),)
        return torch.get_rng_state(), torch.cuda.get_rng_state(self._cuda)


@dataclass(slots=True)
class Pupil:
    """One fold of a stack: as the arguments of `meviewer.nn.loop.train_network`.

    Attributes
    ----------
    network : Network
        Made just now from the seed of the fold: its random numbers go on from torch's state.
    x, truth : Tensor
    place : Place
    watches : sequence of Watch
    """

    network: Network
    x: Tensor
    truth: Tensor
    place: Place
    watches: Sequence[Watch] = ()
    stream: Stream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = Stream(self.x.device)


@dataclass(frozen=True, slots=True)
class _Step:
    """What all folds learn from in one step, padded to the longest batch."""

    x: Tensor
    truth: Tensor
    partner: Tensor
    share: Tensor
    rows: Tensor
    masks: dict[str, Tensor]

    @property
    def main(self) -> Tensor:
        return torch.where(self.share[:, None] >= 0.5, self.truth, self.partner)


def train_stack(
    pupils: Sequence[Pupil], n_classes: int, spec: ExperimentSpec
) -> Generator[Record, None, tuple[Curve, ...]]:
    """Train the networks of some folds in place, all at once; returns the curves.

    Yields
    ------
    Record
        As `meviewer.nn.loop.train_network`, one `EpochDone` a fold after each epoch.

    Raises
    ------
    ExperimentError
        If the network cannot be stacked, a fold has fewer than two clips, or a loss is no number.
    """
    for pupil in pupils:
        check_enough(len(pupil.x))
    first = pupils[0]
    # Whether networks can be stacked is seen in their own inputs.
    found = skeleton_of(first.network, Inputs.of(spec).finished(first.x[:2]))
    if isinstance(found, str):
        raise cannot_stack(spec.network, found)
    lessons = _Lessons(pupils, n_classes, spec, *found)
    curves = [Curve(seed=pupil.place.seed, loss=(), accuracy=()) for pupil in pupils]
    for epoch in range(spec.epochs):
        done = yield from lessons.epoch(epoch)
        for number, record in enumerate(done):
            check_loss(record.loss, epoch)
            before = curves[number]
            curves[number] = Curve(
                seed=before.seed,
                loss=(*before.loss, record.loss),
                accuracy=(*before.accuracy, record.accuracy),
            )
            yield record
        lessons.watched(epoch)
    lessons.stack.write_back()
    return tuple(curves)


def cannot_stack(network: str, why: str) -> ExperimentError:
    """Return the error of a network that cannot be part of a stack."""
    return ExperimentError(
        "The folds of this network cannot be trained in one model",
        where=f"network = {network}",
        why=why,
        now='choose parallel = "processes" or "off"',
    )


class _Lessons:
    """The folds of a stack, what each learns from, and how a step changes all of them."""

    def __init__(
        self,
        pupils: Sequence[Pupil],
        n_classes: int,
        spec: ExperimentSpec,
        skeleton: Network,
        places: Places,
    ) -> None:
        self._pupils, self._spec, self._places = pupils, spec, places
        self._inputs = Inputs.of(spec)
        self.stack = Stack([pupil.network for pupil in pupils], skeleton, places)
        self._samplers = [Sampler(pupil.truth.cpu(), spec) for pupil in pupils]
        weights = [class_weights(pupil.truth, n_classes, spec) for pupil in pupils]
        self._weights = torch.stack(weights).to(self.stack.flat)
        self._optimiser = StackedAdamW(self.stack.flat, self.stack.decay(spec.weight_decay))

    def epoch(self, epoch: int) -> Generator[Record, None, list[EpochDone]]:
        """Let each fold pass once through its clips."""
        started = lively = time.monotonic()
        batches = self._batches(epoch)
        n_steps = max(len(of_fold) for of_fold in batches)
        sums = torch.zeros(2, len(self._pupils), device=self.stack.flat.device)
        for step in range(n_steps):
            chosen = [of[step] if step < len(of) else None for of in batches]
            rates = torch.tensor(
                [self._rate(number, epoch, step) for number in range(len(chosen))],
                dtype=torch.float64,
            )
            sums += self._step(chosen, rates.to(self.stack.flat.device))
            if time.monotonic() - lively > SIGN_OF_LIFE_S:
                lively = time.monotonic()
                fold = self._pupils[0].place.fold
                yield Working(fold=fold, epoch=epoch + 1, step=step + 1, n_steps=n_steps)
        seconds = (time.monotonic() - started) / len(self._pupils)
        return list(self._done(epoch, batches, sums, seconds))

    def watched(self, epoch: int) -> None:
        """Let those who watch look at the networks as they are now."""
        if not any(pupil.watches for pupil in self._pupils):
            return
        self.stack.write_back()
        for pupil in self._pupils:
            with pupil.stream:
                for watch in pupil.watches:
                    watch.after(epoch, pupil.network)

    def _batches(self, epoch: int) -> list[tuple[Tensor, ...]]:
        found = []
        for pupil, sampler in zip(self._pupils, self._samplers, strict=True):
            with pupil.stream:
                found.append(sampler.epoch(epoch))
        return found

    def _rate(self, number: int, epoch: int, step: int) -> float:
        sampler = self._samplers[number]
        at = sampler.first_step(epoch) + step
        return learning_rate(min(at, sampler.n_steps - 1), sampler.n_steps, self._spec)

    def _step(self, chosen: Sequence[Tensor | None], rates: Tensor) -> Tensor:
        step = self._drawn(chosen)
        active = step.rows.sum(1) > 0
        parameters = self.stack.parameters()
        with torch.autocast(
            step.x.device.type, torch.bfloat16, enabled=self._spec.precision == "bfloat16"
        ):
            found = self.stack.run(parameters, step.x, step.rows, step.masks)
        heads = [logits.to(step.x.dtype) for logits in found]
        losses = torch.stack([self._loss(logits, step) for logits in heads]).sum(0)
        gradients = torch.autograd.grad(losses.sum(), list(parameters.values()))
        flat = torch.cat([gradient.reshape(len(active), -1) for gradient in gradients], 1)
        self._optimiser.step(flat, rates, active)
        counted = step.rows.sum(1)
        right = ((heads[0].detach().argmax(2) == step.main) * step.rows).sum(1)
        return torch.stack([losses.detach() * counted, right])

    def _drawn(self, chosen: Sequence[Tensor | None]) -> _Step:
        """Draw what each fold learns from, and pad it to one length."""
        length = max(len(one) for one in chosen if one is not None)
        blends, masks = [], []
        for pupil, indices in zip(self._pupils, chosen, strict=True):
            blend = None if indices is None else self._blend(pupil, indices)
            blends.append(blend)
            with pupil.stream:
                drawn = self._places.masks(0 if blend is None else len(blend.x), self._weights)
            masks.append({name: _padded(mask, length) for name, mask in drawn.items()})
        return _Step(
            _stacked([None if b is None else b.x for b in blends], length),
            _stacked([None if b is None else b.truth for b in blends], length),
            _stacked([None if b is None else b.partner for b in blends], length),
            self._weights.new_tensor([1.0 if b is None else b.share for b in blends]),
            _stacked(
                [None if b is None else self._weights.new_ones(len(b.x)) for b in blends], length
            ),
            {name: torch.stack([of[name] for of in masks]) for name in self._places.dropouts},
        )

    def _blend(self, pupil: Pupil, indices: Tensor) -> Blend:
        with pupil.stream:
            at = indices.to(pupil.x.device)
            x = augmented(pupil.x[at], self._inputs, self._spec)
            return blended(x, pupil.truth[at], self._spec)

    def _loss(self, logits: Tensor, step: _Step) -> Tensor:
        """Return the loss of each fold, (n_folds,): as `meviewer.nn.losses.Loss` of each alone."""
        one = self._mean(logits, step.truth, step.rows)
        other = self._mean(logits, step.partner, step.rows)
        return step.share * one + (1 - step.share) * other

    def _mean(self, logits: Tensor, truth: Tensor, rows: Tensor) -> Tensor:
        spec = self._spec
        flat, classes = logits.flatten(0, 1), truth.flatten()
        each = functional.cross_entropy(
            flat, classes, reduction="none", label_smoothing=spec.label_smoothing
        )
        if spec.loss == "focal" and spec.focal_gamma > 0:
            p = flat.softmax(1).gather(1, classes[:, None])[:, 0]
            each = each * (1 - p).pow(spec.focal_gamma)
        weighted = each.reshape(truth.shape) * self._weights.gather(1, truth) * rows
        return weighted.sum(1) / rows.sum(1).clamp(min=1)

    def _done(
        self, epoch: int, batches: Sequence[Sequence[Tensor]], sums: Tensor, seconds: float
    ) -> Iterator[EpochDone]:
        for number, pupil in enumerate(self._pupils):
            shown = sum(len(one) for one in batches[number])
            loss, right = (float(value) / shown for value in sums[:, number])
            yield EpochDone(
                fold=pupil.place.fold,
                seed=pupil.place.seed,
                epoch=epoch + 1,
                n_epochs=self._spec.epochs,
                loss=loss,
                accuracy=right,
                learning_rate=self._rate(number, epoch, len(batches[number]) - 1),
                seconds=seconds,
            )


def _stacked(parts: Sequence[Tensor | None], length: int) -> Tensor:
    """Stack batches, padded with zeros; a fold without a batch is padding alone."""
    like = next(part for part in parts if part is not None)
    empty = like[:0]
    return torch.stack([_padded(empty if part is None else part, length) for part in parts])


def _padded(part: Tensor, length: int) -> Tensor:
    missing = length - len(part)
    return torch.cat([part, part.new_zeros((missing, *part.shape[1:]))]) if missing else part
