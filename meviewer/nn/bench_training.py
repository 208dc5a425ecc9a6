"""Benchmark of the training: folds at once against a plain loop, and one batched model."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import msgspec
import torch
from torch import Tensor
from torch.nn import functional

from meviewer.experiment.records import Record
from meviewer.experiment.spec import ExperimentSpec
from meviewer.motion.bench_measure import Goal, Peer, Result, compare
from meviewer.nn import device as devices
from meviewer.nn import registry
from meviewer.nn.loop import Place, train_network
from meviewer.nn.network import Network
from meviewer.nn.parallel_folds import Pupil, train_stack
from meviewer.nn.probe import measure
from meviewer.nn.worker_pool import KEEPS_MEMORY

FOLDS, EPOCHS, STEPS = 26, 100, 8
"""What the goal speaks of: 250 clips in batches of 32, of CASME II's subjects."""

GOAL_S = 1800.0
_CLASSES = 5
_RATE = 1e-3
_T = TypeVar("_T")


def training(
    px: int = 112, batch: int = 32, n_steps: int = 4, n_folds: int = 8, small_px: int = 28
) -> tuple[Result, ...]:
    """Train FMANet light, whose two streams have 16, 32 and 64 channels, for some steps."""
    spec = _spec(px, batch, n_steps)
    found = [_in_processes(spec), _in_one_model(_spec(small_px, 16, n_steps), n_folds, "cpu")]
    if torch.cuda.is_available():
        found.append(_in_one_model(_spec(small_px, 16, 20), 68, "cuda", Goal(ratio=8)))
    return tuple(found)


def _spec(px: int, batch: int, n_steps: int) -> ExperimentSpec:
    return ExperimentSpec(
        input_px=px, batch_size=batch, epochs=1, steps=n_steps, precision="float32", threads=1
    )


def _in_processes(spec: ExperimentSpec) -> Result:
    """Time a step where each core trains a fold of its own, against all cores on one fold."""
    shape = (2, 3, spec.input_px, spec.input_px)
    total = FOLDS * EPOCHS * STEPS
    asked = msgspec.structs.replace(spec, precision="auto")
    chosen = measure(asked, _CLASSES, shape, torch.device("cpu"), total).precision
    spec = msgspec.structs.replace(spec, precision=chosen)
    cores, before = devices.n_cores(), torch.get_num_threads()
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(cores, mp_context=spawn) as pool, _like_a_worker():
            ours = _shared(pool, spec, cores)
            plain = _plain(spec, cores)
            ours()
            plain()
            result = compare(
                f"training step, FMANet light, {spec.batch_size} clips at {spec.input_px} px",
                ours,
                Peer("plain torch loop, float32", plain, 1 / cores),
                goal=Goal(ms=GOAL_S * 1e3 / total * spec.steps * cores, ratio=3),
                runs=3,
            )
            ours_cpu, plain_cpu = sum(pool.map(_processor_s, [spec] * cores)), _cpu(plain)
    finally:
        torch.set_num_threads(before)
    n_timed = spec.steps * cores
    minutes, theirs = (ms / n_timed * total / 6e4 for ms in (result.ours_ms, result.peer_ms or 0.0))
    return _with_note(
        result,
        f"{n_timed} steps; {chosen} by a probe, {cores} processes of one thread; "
        f"{FOLDS} folds x {EPOCHS} epochs x {STEPS} steps projected: {minutes:.0f} min, "
        f"plain {theirs:.0f} min; processor time of a step {ours_cpu / n_timed * 1e3:.0f} ms, "
        f"plain {plain_cpu / spec.steps * 1e3:.0f} ms",
    )


def _in_one_model(
    spec: ExperimentSpec, n_folds: int, device: str, goal: Goal | None = None
) -> Result:
    """Time some folds as one batched model, against one after another on the same device."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def batched() -> None:
        _ended(train_stack(_pupils(spec, n_folds, device), _CLASSES, spec))

    def alone() -> None:
        for pupil in _pupils(spec, n_folds, device):
            _ended(
                train_network(pupil.network, pupil.x, pupil.truth, _CLASSES, spec, pupil.place, ())
            )

    try:
        batched()
        alone()
        return compare(
            f"{n_folds} folds in one model, {spec.input_px} px, {spec.steps} steps, {device}",
            batched,
            Peer("our folds one after another", alone),
            "the start of the model counted; the same numbers come out within rounding",
            goal=goal,
            runs=3,
        )
    finally:
        torch.set_num_threads(threads)


def _shared(
    pool: ProcessPoolExecutor, spec: ExperimentSpec, cores: int
) -> Callable[[], list[float]]:
    """Return work that trains a fold on each core at once; the processes stay."""

    def work() -> list[float]:
        return list(pool.map(_processor_s, [spec] * cores))

    return work


@contextmanager
def _like_a_worker() -> Iterator[None]:
    """Let processes that start in the meantime have the variables of our workers."""
    before = {name: os.environ.get(name) for name in KEEPS_MEMORY}
    os.environ.update(KEEPS_MEMORY)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _processor_s(spec: ExperimentSpec) -> float:
    """Train one fold for the steps of an experiment; returns the processor time in s."""
    torch.set_num_threads(1)
    (pupil,) = _pupils(spec, 1, "cpu")
    began = time.process_time()
    _ended(train_network(pupil.network, pupil.x, pupil.truth, _CLASSES, spec, pupil.place))
    return time.process_time() - began


def _plain(spec: ExperimentSpec, cores: int) -> Callable[[], None]:
    """Return what scripts do: one network, all cores, float32, channels first."""
    (pupil,) = _pupils(spec, 1, "cpu")
    network = pupil.network.train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE)

    def work() -> None:
        torch.set_num_threads(cores)
        for _ in range(spec.steps):
            chosen = torch.randperm(len(pupil.x))[: spec.batch_size]
            loss = functional.cross_entropy(
                network.run(pupil.x[chosen]).logits, pupil.truth[chosen]
            )
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()

    return work


def _pupils(spec: ExperimentSpec, n: int, device: str) -> list[Pupil]:
    found = []
    for number in range(n):
        torch.manual_seed(number)
        x, truth = _data(spec)
        network: Network = registry.create(spec.network, _CLASSES).to(device)
        found.append(Pupil(network, x.to(device), truth.to(device), Place(number, 0)))
    return found


def _data(spec: ExperimentSpec) -> tuple[Tensor, Tensor]:
    n = 2 * spec.batch_size
    shape = (n, 2, 3, spec.input_px, spec.input_px)
    return torch.randn(shape), torch.arange(n) % _CLASSES


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _ended(training: Generator[Record, None, _T]) -> _T:
    while True:
        try:
            next(training)
        except StopIteration as stop:
            value: _T = stop.value
            return value


def _with_note(result: Result, note: str) -> Result:
    return replace(result, note="; ".join(filter(None, (result.note, note))))
