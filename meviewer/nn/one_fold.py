"""One fold from its clips to files in the run folder, as a generator of records."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from torch import Tensor

from meviewer.experiment.records import FoldStarted, Record
from meviewer.experiment.run_values import BY_PHASES, OPTIMISTIC, Rows
from meviewer.experiment.runs import Curve, FoldResult, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.nn import checkpoint, registry
from meviewer.nn.loop import Place, train_network
from meviewer.nn.material import Material, Watches
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.network import Network
from meviewer.nn.preparation import learnt, owners
from meviewer.nn.probe import out_of_memory
from meviewer.nn.start_from import begin


@dataclass(frozen=True, slots=True)
class Experiment:
    """All that stays the same from fold to fold.

    Attributes
    ----------
    spec : ExperimentSpec
    run : RunFolder
    data : MotionSet
    folds : sequence of Fold
    device : torch.device
    """

    spec: ExperimentSpec
    run: RunFolder
    data: MotionSet
    folds: Sequence[Fold]
    device: torch.device

    def truth(self) -> Tensor:
        """Return the class numbers that are learnt: dealt out at random for the control."""
        return torch.from_numpy(learnt(self.spec, self.data.truth))

    def to_do(self) -> list[int]:
        """Return the folds that are not stored yet, then ``n_folds`` if the final model is not."""
        wanted = len(self.folds) + int(self.spec.final_model)
        return [number for number in range(wanted) if self.run.result(number) is None]

    def fold(self, number: int) -> Fold:
        """Return a fold; number ``n_folds`` is the final model, which tests nobody."""
        if number < len(self.folds):
            return self.folds[number]
        return Fold(number, "", tuple(range(len(self.data))), ())


class Course:
    """The way of one fold: a network a seed is made, trained by whoever wants to, and kept.

    Every fold starts from seeds of its own, so that it comes out the same whatever ran before it.

    Parameters
    ----------
    experiment : Experiment
    number : int
        Of the fold.
    """

    def __init__(self, experiment: Experiment, number: int) -> None:
        self._started = time.monotonic()
        self._experiment = experiment
        self.fold = experiment.fold(number)
        self.material = Material.of(
            experiment.spec,
            experiment.data,
            experiment.truth(),
            self.fold.train,
            experiment.device,
        )
        self._networks: dict[int, Network] = {}
        self._curves: list[Curve] = []
        self._watches: list[Watches] = []
        self._kept: list[int] = []

    def begins(self, seed: int) -> FoldStarted:
        """Return the record with which the training of one seed begins."""
        return FoldStarted(
            fold=self.fold.number,
            n_folds=len(self._experiment.folds),
            subject=self.fold.subject,
            n_train=len(self.fold.train),
            n_test=len(self.fold.test),
            seed=seed,
        )

    def network(self, seed: int) -> tuple[Network, Watches]:
        """Make the network of one seed; torch's random numbers then go on from there."""
        spec, n_classes = self._experiment.spec, len(self._experiment.data.classes)
        torch.manual_seed(fold_seed(seed, self.fold.number))
        network = registry.create(spec.network, n_classes, **spec.network_config)
        if spec.start_from:
            begin(network, spec, self._experiment.data, self.fold, seed)
        network.to(self._experiment.device)
        return network, self.material.watches(self.fold.test)

    def keep(self, seed: int, network: Network, watches: Watches, curve: Curve) -> None:
        """Take the trained network of one seed."""
        self._kept.append(watches.settle(network, self._experiment.spec.epochs))
        self._networks[seed] = network
        self._curves.append(curve)
        self._watches.append(watches)

    def end(self, seconds: float | None = None) -> FoldResult:
        """Test on who was held out, and store all of it.

        Parameters
        ----------
        seconds : float, optional
            What the fold took, where others were trained in the same time.
        """
        experiment, fold = self._experiment, self.fold
        result = FoldResult(
            fold=fold.number,
            subject=fold.subject,
            curves=tuple(self._curves),
            seconds=time.monotonic() - self._started if seconds is None else seconds,
            kept=tuple(self._kept),
        )
        if fold.test:
            result = self._tested(result)
        # The final model is there to be kept.
        kept = experiment.spec.keep_weights or not fold.test
        return experiment.run.write(result, self._encoded() if kept else b"")

    def _tested(self, result: FoldResult) -> FoldResult:
        experiment, test = self._experiment, self.fold.test
        networks, data = list(self._networks.values()), experiment.data
        per_seed = self.material.ask(networks, self.material.asked(test))
        mean = per_seed.mean(0)
        return msgspec.structs.replace(
            result,
            sample_ids=tuple(data.sample_ids[i] for i in test),
            names=tuple(data.names[i] for i in test),
            truth=tuple(experiment.truth()[list(test)].tolist()),
            predicted=tuple(mean.argmax(1).tolist()),
            probabilities=_rows(mean),
            per_seed=tuple(_rows(one) for one in per_seed),
            people=owners(data, test),
            others=self._others(networks),
        )

    def _others(self, networks: Sequence[Network]) -> dict[str, Rows]:
        """Return what stands beside the honest answer, by name."""
        found = {}
        by_phases = self.material.by_phases(networks, self.fold.test)
        if by_phases is not None:
            found[BY_PHASES] = _rows(by_phases)
        shown = [watch.shown.said for watch in self._watches if watch.shown is not None]
        if shown:
            found[OPTIMISTIC] = _rows(torch.stack(shown).mean(0))
        return found

    def _encoded(self) -> bytes:
        spec, data = self._experiment.spec, self._experiment.data
        card = checkpoint.card_of(
            spec, data.classes, data.labels, self.fold.subject, self.material.scale
        )
        return checkpoint.encode(self._networks, card)


def train_fold(experiment: Experiment, number: int) -> Generator[Record, None, FoldResult]:
    """Train, test and store one fold, or the final model (``n_folds``).

    Raises
    ------
    ExperimentError
        If it does not fit into memory: it names a batch that does.
    """
    course, n_classes = Course(experiment, number), len(experiment.data.classes)
    spec, material = experiment.spec, course.material
    for seed in spec.seeds:
        yield course.begins(seed)
        network, watches = course.network(seed)
        try:
            curve = yield from train_network(
                network,
                material.x,
                material.truth,
                n_classes,
                spec,
                Place(number, seed),
                watches.every(),
            )
        except torch.OutOfMemoryError as error:
            raise out_of_memory(spec, n_classes, material.x) from error
        course.keep(seed, network, watches, curve)
    return course.end()


def fold_seed(seed: int, fold: int) -> int:
    """Return the seed of torch for one network: far apart even for neighbouring numbers."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0])


def _rows(values: Tensor) -> Rows:
    return tuple(tuple(row) for row in values.tolist())
