"""The fold loop: train, test on the subject held out, store; as a generator of records."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from meviewer.experiment.records import FoldDone, FoldStarted, Record, RunDone, Scores
from meviewer.experiment.run_values import BY_PHASES, OPTIMISTIC, Rows
from meviewer.experiment.runs import Curve, FoldResult, RunFolder
from meviewer.experiment.scoring import score
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.nn import checkpoint, registry
from meviewer.nn.loop import Place, train_network
from meviewer.nn.material import Material, Watches
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.network import Network
from meviewer.nn.preparation import learnt, owners


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


@dataclass(frozen=True, slots=True)
class _Trained:
    networks: dict[int, Network]
    curves: tuple[Curve, ...]
    material: Material
    watches: tuple[Watches, ...]
    kept: tuple[int, ...]

    def others(self, test: Sequence[int]) -> dict[str, Rows]:
        """Return what stands beside the honest answer, by name."""
        found = {}
        by_phases = self.material.by_phases(list(self.networks.values()), test)
        if by_phases is not None:
            found[BY_PHASES] = _rows(by_phases)
        shown = [watch.shown.said for watch in self.watches if watch.shown is not None]
        if shown:
            found[OPTIMISTIC] = _rows(torch.stack(shown).mean(0))
        return found


def run_folds(experiment: Experiment) -> Iterator[Record]:
    """Train and test all folds that are not finished, then the final model; store each at its end.

    Every fold starts from seeds of its own, so that it comes out the same whether the run was
    interrupted before it or not.
    """
    run, n_folds = experiment.run, len(experiment.folds)
    finished = run.finished()
    results: list[FoldResult] = []
    scores: Scores | None = None
    reference = run.reference()
    for fold in experiment.folds:
        restored = fold.number in finished
        result = finished[fold.number] if restored else (yield from _fold(experiment, fold))
        results.append(result)
        yield _done(result, n_folds, restored)
        scores = score(results, experiment.spec, run.card, reference)
        yield scores
    assert scores is not None
    run.write_scores(scores)
    if experiment.spec.final_model and run.result(n_folds) is None:
        yield from _final(experiment)
    yield RunDone(folder=str(run.folder), scores=scores)


def fold_seed(seed: int, fold: int) -> int:
    """Return the seed of torch for one network: far apart even for neighbouring numbers."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0])


def _fold(experiment: Experiment, fold: Fold) -> Generator[Record, None, FoldResult]:
    started = time.monotonic()
    data = experiment.data
    trained = yield from _train(experiment, fold)
    material = trained.material
    per_seed = material.ask(list(trained.networks.values()), material.asked(fold.test))
    mean = per_seed.mean(0)
    truth = experiment.truth()[list(fold.test)]
    result = FoldResult(
        fold=fold.number,
        subject=fold.subject,
        sample_ids=tuple(data.sample_ids[i] for i in fold.test),
        names=tuple(data.names[i] for i in fold.test),
        truth=tuple(truth.tolist()),
        predicted=tuple(mean.argmax(1).tolist()),
        probabilities=_rows(mean),
        per_seed=tuple(_rows(one) for one in per_seed),
        curves=trained.curves,
        seconds=time.monotonic() - started,
        people=owners(data, fold.test),
        kept=trained.kept,
        others=trained.others(fold.test),
    )
    return experiment.run.write(result, _encoded(experiment, trained, fold.subject))


def _final(experiment: Experiment) -> Iterator[Record]:
    started = time.monotonic()
    number = len(experiment.folds)
    everyone = Fold(number, "", tuple(range(len(experiment.data))), ())
    trained = yield from _train(experiment, everyone)
    result = FoldResult(
        fold=number,
        subject="",
        curves=trained.curves,
        seconds=time.monotonic() - started,
        kept=trained.kept,
    )
    experiment.run.write(result, _encoded(experiment, trained, ""))


def _train(experiment: Experiment, fold: Fold) -> Generator[Record, None, _Trained]:
    spec, n_classes = experiment.spec, len(experiment.data.classes)
    material = Material.of(spec, experiment.data, experiment.truth(), fold.train, experiment.device)
    networks, curves, watched, kept = {}, [], [], []
    for seed in spec.seeds:
        yield FoldStarted(
            fold=fold.number,
            n_folds=len(experiment.folds),
            subject=fold.subject,
            n_train=len(fold.train),
            n_test=len(fold.test),
            seed=seed,
        )
        torch.manual_seed(fold_seed(seed, fold.number))
        network = registry.create(spec.network, n_classes, **spec.network_config)
        network.to(experiment.device)
        watches = material.watches(fold.test)
        curve = yield from train_network(
            network,
            material.x,
            material.truth,
            n_classes,
            spec,
            Place(fold.number, seed),
            watches.every(),
        )
        kept.append(watches.settle(network, spec.epochs))
        networks[seed] = network
        curves.append(curve)
        watched.append(watches)
    return _Trained(networks, tuple(curves), material, tuple(watched), tuple(kept))


def _encoded(experiment: Experiment, trained: _Trained, held_out: str) -> bytes:
    data = experiment.data
    card = checkpoint.card_of(
        experiment.spec, data.classes, data.labels, held_out, trained.material.scale
    )
    return checkpoint.encode(trained.networks, card)


def _done(result: FoldResult, n_folds: int, restored: bool) -> FoldDone:
    return FoldDone(
        fold=result.fold,
        n_folds=n_folds,
        subject=result.subject,
        sample_ids=result.sample_ids,
        names=result.names,
        truth=result.truth,
        predicted=result.predicted,
        probabilities=result.probabilities,
        seconds=result.seconds,
        restored=restored,
    )


def _rows(values: Tensor) -> Rows:
    return tuple(tuple(row) for row in values.tolist())
