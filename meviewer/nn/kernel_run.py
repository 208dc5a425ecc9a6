"""The kernel ridge on the data of an experiment: as a run of its own, or beside a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from meviewer.core.errors import ExperimentError
from meviewer.experiment.kernel_folds import FoldAnswer, Task, affordable, answers
from meviewer.experiment.kernel_ridge import KernelConfig
from meviewer.experiment.records import (
    FoldDone,
    FoldStarted,
    Record,
    ReferenceDone,
    RunDone,
    Warned,
)
from meviewer.experiment.runs import FoldResult, ReferenceResult, RunFolder, check_target
from meviewer.experiment.scoring import score, score_reference
from meviewer.experiment.spec import KERNEL, ExperimentSpec, check
from meviewer.nn import registry
from meviewer.nn.batches import Gathering
from meviewer.nn.preparation import Prepared, card_of, owners, prepare, started
from meviewer.nn.representations import check_input

_DEVICE = "CPU"


def train(
    gathering: Gathering, spec: ExperimentSpec, out: Path, *, resume: bool = False
) -> Iterator[Record]:
    """Score the kernel ridge on the folds of an experiment, saying how far it is.

    Parameters, records and errors are those of `meviewer.nn.training.train`.
    """
    check(spec)
    config = config_of(spec)
    check_input(spec)
    check_target(out, spec, resume=resume)
    data = yield from gathering
    prepared = yield from prepare(spec, data)
    run = RunFolder.start(out, spec, card_of(prepared, _DEVICE, {}), resume=resume)
    yield started(run, prepared, 0)
    yield from _folds(run, prepared, config)


def reference(run: RunFolder, prepared: Prepared) -> Iterator[Record]:
    """Score the reference beside a network and store it, unless that was done.

    Where there are so many clips that it would not be instant, that is said instead.
    """
    result = run.reference()
    if result is None:
        task = _task(prepared)
        config = affordable(task, KernelConfig())
        if config is None:
            yield Warned(
                text="No kernel ridge beside the network: with so many clips it is not instant"
            )
            return
        result = _result(prepared, list(answers(task, config)), config)
        run.write_reference(result)
    yield ReferenceDone(scores=score_reference(result, len(prepared.data.classes)))


def config_of(spec: ExperimentSpec) -> KernelConfig:
    """Return the settings of the kernel ridge of an experiment.

    Raises
    ------
    ExperimentError
        Naming the field that is wrong.
    """
    if spec.normalisation != "sample":
        raise ExperimentError(
            "The kernel ridge cannot be run as described",
            where="normalisation",
            why="it compares clips that are each divided by their own strength",
            now="choose 'sample'",
        )
    config = registry.config(KERNEL, spec.network_config)
    assert isinstance(config, KernelConfig)
    return config


def _folds(run: RunFolder, prepared: Prepared, config: KernelConfig) -> Iterator[Record]:
    """Tell and store all folds; those of an interrupted run take seconds again."""
    n_folds = len(prepared.folds)
    results = []
    found = answers(_task(prepared), config)
    for fold in prepared.folds:
        yield FoldStarted(
            fold=fold.number,
            n_folds=n_folds,
            subject=fold.subject,
            n_train=len(fold.train),
            n_test=len(fold.test),
            seed=run.spec.seeds[0],
        )
        result = run.write(_fold_result(prepared, next(found)))
        results.append(result)
        yield _done(result, n_folds)
    scores = score(results, run.spec, run.card)
    yield scores
    run.write_scores(scores)
    yield RunDone(folder=str(run.folder), scores=scores)


def _task(prepared: Prepared) -> Task:
    data = prepared.data
    people = [member.person for member in data.members]
    return Task(
        data.flow, prepared.truth, people, prepared.folds, len(data.classes), data.test_flow
    )


def _fold_result(prepared: Prepared, found: FoldAnswer) -> FoldResult:
    data, fold = prepared.data, found.fold
    shares = tuple(tuple(row) for row in found.shares.tolist())
    return FoldResult(
        fold=fold.number,
        subject=fold.subject,
        sample_ids=tuple(data.sample_ids[i] for i in fold.test),
        names=tuple(data.names[i] for i in fold.test),
        truth=tuple(prepared.truth[list(fold.test)].tolist()),
        predicted=tuple(found.predicted.tolist()),
        probabilities=shares,
        seconds=found.seconds,
        people=owners(data, fold.test),
    )


def _result(
    prepared: Prepared, found: Sequence[FoldAnswer], config: KernelConfig
) -> ReferenceResult:
    truth = prepared.truth
    return ReferenceResult(
        name=KERNEL,
        text=_words(found, config),
        predicted=tuple(tuple(one.predicted.tolist()) for one in found),
        truth=tuple(tuple(truth[list(one.fold.test)].tolist()) for one in found),
        people=tuple(owners(prepared.data, one.fold.test) for one in found),
        seconds=sum(one.seconds for one in found),
    )


def _words(found: Sequence[FoldAnswer], config: KernelConfig) -> str:
    """Say with which settings: those that were chosen, each with its number of folds."""
    if not config.choose:
        return f"kernel ridge, width {config.gamma:g} and ridge {config.ridge:g} given"
    chosen = Counter((one.gamma, one.ridge) for one in found).most_common()
    words = ", ".join(f"width {g:g} ridge {r:g} in {n} folds" for (g, r), n in chosen)
    return f"kernel ridge, chosen on training subjects: {words}"


def _done(result: FoldResult, n_folds: int) -> FoldDone:
    names = FoldDone.__struct_fields__
    values = {name: getattr(result, name) for name in names if hasattr(result, name)}
    return FoldDone(**values, n_folds=n_folds)
