"""Networks that begin where another run has ended, and no test subject whom that run has seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.experiment.splits import Fold
from meviewer.nn import checkpoint
from meviewer.nn.motion_set import MotionSet
from meviewer.nn.network import Network
from meviewer.nn.predict import Predictor
from meviewer.nn.preparation import owners


def check_start(spec: ExperimentSpec, data: MotionSet, folds: Sequence[Fold]) -> None:
    """Make sure that each fold can begin from the run, before anything is trained.

    Raises
    ------
    ExperimentError
        If the run has another network, or naming a test subject whom it was trained on.
    WeightsError
        If it is not finished.
    """
    if not spec.start_from:
        return
    origin = _opened(spec)
    for fold in folds:
        _number(origin, _tested(data, fold.test))
    if spec.final_model:
        _number(origin, ())


def begin(network: Network, spec: ExperimentSpec, data: MotionSet, fold: Fold, seed: int) -> None:
    """Put the weights of the run into a new network; what a class number decides starts anew.

    A fold begins from the network of the run that has held its test subjects out; people whom the
    run does not know begin from its final model.

    Parameters
    ----------
    seed : int
        The run's network of the same seed is taken, or its first one.

    Raises
    ------
    ExperimentError, WeightsError
        As `check_start` says.
    """
    origin = _opened(spec)
    number = _number(origin, _tested(data, fold.test))
    where = str(origin.run.weights_path(number))
    card, found = checkpoint.decode(origin.run.weights(number), where)
    state = found[seed if seed in found else min(found)].state_dict()
    if card.classes == data.classes:
        checkpoint.load_into(network, state, where)
    else:
        checkpoint.load_into(network, _with_own_ends(network, state), where)


def _opened(spec: ExperimentSpec) -> Predictor:
    run = RunFolder.open(Path(spec.start_from))
    same = (spec.network, dict(spec.network_config)) == (
        run.spec.network,
        dict(run.spec.network_config),
    )
    if spec.network == KERNEL or not same:
        raise ExperimentError(
            "The training cannot begin from that run",
            where=f"start_from = {spec.start_from}",
            why="nothing is trained in a kernel ridge"
            if spec.network == KERNEL
            else f"it has trained {run.spec.network}, this is {spec.network}, or its settings"
            " are others",
            now="choose a run of the same network, or leave start_from empty",
        )
    return Predictor(run, torch.device("cpu"))


def _tested(data: MotionSet, test: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Return person and content of each test clip."""
    people = owners(data, test)
    return tuple(zip(people, (data.fingerprints[i] for i in test), strict=True))


def _number(origin: Predictor, tested: Iterable[tuple[str, str]]) -> int:
    """Return which networks of the run have seen nobody of these."""
    asked: dict[int, str] = {}
    for person, fingerprint in tested:
        # By name and by content: a person may go by another name there.
        for found in (origin.fold_of(person, ""), origin.fold_of("", fingerprint)):
            if found is not None:
                asked[found] = person
    if len(asked) > 1:
        raise _leak(origin, " and ".join(sorted(set(asked.values()))))
    if asked:
        number = next(iter(asked))
        if origin.run.result(number) is None:
            raise _unfinished(origin, f"the fold that holds {asked[number]} out")
        return number
    if origin.run.result(origin.run.n_folds) is None:
        raise _unfinished(origin, "its final model")
    return origin.run.n_folds


def _with_own_ends(network: Network, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights, those of another shape replaced by the network's own."""
    own = network.state_dict()
    fits = {n: t for n, t in state.items() if n not in own or own[n].shape == t.shape}
    return {**{n: own[n] for n in state if n in own}, **fits}


def _leak(origin: Predictor, people: str) -> ExperimentError:
    return ExperimentError(
        "The run to begin from was trained on subjects of the test",
        where=f"{origin.run.folder}: {people}",
        why="no network there has held all of them out: what it has learnt of their faces would"
        " be tested on them",
        now="test one subject a fold (loso), begin from a run with the same split, or from other"
        " people",
    )


def _unfinished(origin: Predictor, what: str) -> WeightsError:
    return WeightsError(
        "The run to begin from is not finished",
        where=str(origin.run.folder),
        why=f"{what} is not there",
        now="resume that run, or choose another",
    )
