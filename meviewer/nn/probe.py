"""A few steps of a training before it starts: how long one takes, how much it keeps, how precise.

Nothing is assumed of a processor: a flag that promises bfloat16 says little about its speed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn import registry
from meviewer.nn.loop import forward
from meviewer.nn.network import Network

STEPS = 3
PAYS = 1.25
"""So much faster bfloat16 has to be: it costs digits."""

WORTH_S = 60.0
"""A training that takes less is not worth a choice of precision."""

_SAMPLES = 4
_SMALLEST = 2
_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class Measured:
    """What a few steps have shown.

    Attributes
    ----------
    step_s : float
        Seconds of one step with a whole batch, in ``precision``; 0 where nobody asks for it.
    kept_bytes : int
        What one whole batch leaves in memory for its backward pass, in float32.
    n_parameters : int
    precision : str
        ``"float32"`` or ``"bfloat16"``.
    """

    step_s: float
    kept_bytes: int
    n_parameters: int
    precision: str


def measure(
    spec: ExperimentSpec, n_classes: int, shape: tuple[int, ...], device: torch.device, n_steps: int
) -> Measured:
    """Try a few steps of an experiment with a few samples.

    Parameters
    ----------
    spec : ExperimentSpec
    n_classes : int
    shape : tuple of int
        Of one sample: views, channels, height, width.
    device : torch.device
    n_steps : int
        Of the whole training: a short one stays with float32.

    Returns
    -------
    Measured
        On a processor proportional to the batch; that is a little too much for a GPU.
    """
    n = min(_SAMPLES, spec.batch_size)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = registry.create(spec.network, n_classes, **spec.network_config)
        network.to(device).to(memory_format=torch.channels_last)
        x = torch.randn(n, *shape, device=device)
        share = spec.batch_size / n
        kept = int(_kept_bytes(network, x) * share)
        seconds, precision = 0.0, str(spec.precision)
        if precision == "auto" or spec.parallel == "auto":
            seconds, precision = _timed(network, x, spec, n_steps * share)
    return Measured(seconds * share, kept, network.n_parameters(), precision)


def _timed(network: Network, x: Tensor, spec: ExperimentSpec, n_steps: float) -> tuple[float, str]:
    """Return the seconds of a step with these samples, and the precision of the training."""
    exact = msgspec.structs.replace(spec, precision="float32")
    rough = msgspec.structs.replace(spec, precision="bfloat16")
    seconds, precision = 0.0, str(spec.precision)
    if precision != "bfloat16":
        seconds = _seconds(network, x, exact)
    if precision == "auto":
        long = seconds * n_steps > WORTH_S
        precision = "bfloat16" if long and _pays(network, x, exact, rough) else "float32"
    if precision == "bfloat16":
        seconds = _seconds(network, x, rough)
    return seconds, precision


def largest_batch(size: int, attempt: Callable[[int], None]) -> int:
    """Return the largest batch that fits, found by halving; 0 if not even two samples do.

    Parameters
    ----------
    size : int
        What did not fit.
    attempt : callable
        Does a step with so many samples, or raises torch's error of memory.
    """
    while (size := size // 2) >= _SMALLEST:
        try:
            attempt(size)
        except torch.OutOfMemoryError:
            continue
        return size
    return 0


def out_of_memory(spec: ExperimentSpec, n_classes: int, x: Tensor) -> ExperimentError:
    """Return the error of a training that does not fit into the memory of its device.

    Parameters
    ----------
    x : Tensor, shape (n, V, C, H, W)
        Of the training: its device is tried with smaller batches.
    """

    def attempt(size: int) -> None:
        _release(x.device)
        network = registry.create(spec.network, n_classes, **spec.network_config)
        network.to(x.device).to(memory_format=torch.channels_last).train()
        _Steps(network, torch.zeros((size, *x.shape[1:]), device=x.device), spec).once()

    with torch.random.fork_rng():
        fits = largest_batch(spec.batch_size, attempt)
    _release(x.device)
    return ExperimentError(
        "The memory of the device is too small for this training",
        where=f"batch_size = {spec.batch_size}, {spec.input_px} px, {spec.network}",
        why="a step of the optimiser does not fit",
        now=f"choose batch_size = {fits}: a step of that fits; finished folds are kept"
        if fits
        else "choose a smaller input or network: not even two clips fit",
    )


class _Steps:
    """Steps of AdamW on one batch."""

    def __init__(self, network: Network, x: Tensor, spec: ExperimentSpec) -> None:
        self._network, self._x, self._spec = network, x, spec
        self._optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE)

    def once(self) -> None:
        output = forward(self._network, self._x, self._spec)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(output.logits.logsumexp(1).mean())
        self._optimiser.step()
        if self._x.device.type == "cuda":
            torch.cuda.synchronize()


def _seconds(network: Network, x: Tensor, spec: ExperimentSpec, n: int = STEPS) -> float:
    """Return the seconds of the fastest of some steps, after one that warms up."""
    steps = _Steps(network.train(), x, spec)
    if n > 1:
        steps.once()
    found = []
    for _ in range(n):
        started = time.perf_counter()
        steps.once()
        found.append(time.perf_counter() - started)
    return min(found)


def _pays(network: Network, x: Tensor, exact: ExperimentSpec, rough: ExperimentSpec) -> bool:
    """Whether bfloat16 is faster; a processor that emulates it shows that in its first step."""
    once = _seconds(network, x, exact, 1)
    if _seconds(network, x, rough, 1) > 4 * once:
        return False
    return _seconds(network, x, rough) * PAYS < _seconds(network, x, exact)


def _kept_bytes(network: Network, x: Tensor) -> int:
    """Return how much one batch keeps for the backward pass, the weights left out."""
    seen = {parameter.data_ptr() for parameter in network.parameters()}
    total = 0

    def pack(kept: Tensor) -> Tensor:
        nonlocal total
        if kept.data_ptr() not in seen:
            seen.add(kept.data_ptr())
            total += kept.numel() * kept.element_size()
        return kept

    network.train()
    with saved_tensors_hooks(pack, lambda kept: kept):
        network.run(x).logits.sum()
    return total


def _release(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()
