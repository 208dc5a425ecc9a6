"""The fold loop: train, test on the subject held out, store; as a generator of records."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from meviewer.experiment.records import FoldDone, FoldStarted, Record, RunDone, Scores
from meviewer.experiment.runs import Curve, FoldResult, RunFolder
from meviewer.experiment.scoring import score
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.nn import checkpoint, registry
from meviewer.nn.batches import MotionSet
from meviewer.nn.evaluate import probabilities
from meviewer.nn.inputs import normalise, robust_scale
from meviewer.nn.loop import Place, train_network
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

    def flow(self, indices: Sequence[int]) -> Tensor:
        """Return the flow of some clips on the device."""
        return torch.from_numpy(self.data.flow[list(indices)]).to(self.device)

    def tested(self, indices: Sequence[int]) -> Tensor:
        """Return the flow with which some clips are tested, on the device."""
        return torch.from_numpy(self.data.tested[list(indices)]).to(self.device)

    def truth(self) -> Tensor:
        """Return the class numbers that are learnt: dealt out at random for the control."""
        return torch.from_numpy(learnt(self.spec, self.data.truth))


@dataclass(frozen=True, slots=True)
class _Trained:
    networks: dict[int, Network]
    curves: tuple[Curve, ...]
    scale: float | None


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
    data, spec = experiment.data, experiment.spec
    trained = yield from _train(experiment, fold.number, fold.train, fold.subject, len(fold.test))
    x = normalise(experiment.tested(fold.test), trained.scale)
    per_seed = probabilities(list(trained.networks.values()), x, mirrored=spec.mirror)
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
    )
    return experiment.run.write(result, _encoded(experiment, trained, fold.subject))


def _final(experiment: Experiment) -> Iterator[Record]:
    started = time.monotonic()
    everyone = range(len(experiment.data))
    number = len(experiment.folds)
    trained = yield from _train(experiment, number, everyone, "", 0)
    result = FoldResult(
        fold=number,
        subject="",
        curves=trained.curves,
        seconds=time.monotonic() - started,
    )
    experiment.run.write(result, _encoded(experiment, trained, ""))


def _train(
    experiment: Experiment, number: int, train: Sequence[int], subject: str, n_test: int
) -> Generator[Record, None, _Trained]:
    spec, n_classes = experiment.spec, len(experiment.data.classes)
    flow = experiment.flow(train)
    scale = robust_scale(flow) if spec.normalisation == "data-set" else None
    x, truth = normalise(flow, scale), experiment.truth()[list(train)].to(experiment.device)
    networks, curves = {}, []
    for seed in spec.seeds:
        yield FoldStarted(
            fold=number,
            n_folds=len(experiment.folds),
            subject=subject,
            n_train=len(train),
            n_test=n_test,
            seed=seed,
        )
        torch.manual_seed(fold_seed(seed, number))
        network = registry.create(spec.network, n_classes, **spec.network_config)
        network.to(experiment.device)
        place = Place(number, seed)
        curves.append((yield from train_network(network, x, truth, n_classes, spec, place)))
        networks[seed] = network
    return _Trained(networks, tuple(curves), scale)


def _encoded(experiment: Experiment, trained: _Trained, held_out: str) -> bytes:
    data = experiment.data
    card = checkpoint.card_of(experiment.spec, data.classes, data.labels, held_out, trained.scale)
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


def _rows(values: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())
