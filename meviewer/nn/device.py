"""Where a network runs: the GPU if there is one, and how that is said in words."""

from __future__ import annotations

import os

import torch

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import Device

SMALL_NETWORK = 1_000_000
"""Parameters below which a second thread costs more in waiting than it brings."""


def found() -> tuple[Device, ...]:
    """Return the devices of this machine, the best first."""
    devices = []
    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory
        devices.append(Device(name="cuda", text=_cuda_text(), memory_bytes=memory))
    if torch.backends.mps.is_available():
        devices.append(Device(name="mps", text="Apple GPU (Metal)"))
    devices.append(Device(name="cpu", text=f"CPU, {n_cores()} cores"))
    return tuple(devices)


def pick(name: str) -> torch.device:
    """Return the device called ``auto``, ``cuda``, ``mps`` or ``cpu``.

    Raises
    ------
    ExperimentError
        If this machine has no such device.
    """
    names = [device.name for device in found()]
    if name == "auto":
        return torch.device(names[0])
    if name not in names:
        raise ExperimentError(
            "This machine has no such device",
            where=f"device = {name}",
            why="PyTorch finds " + ", ".join(names),
            now="choose 'auto'",
        )
    return torch.device(name)


def set_threads(asked: int, n_parameters: int) -> int:
    """Tell torch how many threads to use, and return the number.

    Parameters
    ----------
    asked : int
        0 for a rule that depends on the network alone, so that a run is repeatable: one thread for
        a small network, one per core for a large one. Threads that wait for one another by
        spinning made small steps four times slower on a busy machine.
    """
    chosen = asked or (1 if n_parameters < SMALL_NETWORK else n_cores())
    torch.set_num_threads(chosen)
    return chosen


def be_repeatable() -> None:
    """Let a GPU choose the same kernels each time."""
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True


def describe(device: torch.device) -> str:
    """Return the device in words, such as ``"CPU, 2 threads"``."""
    if device.type == "cuda":
        return _cuda_text()
    if device.type == "mps":
        return "Apple GPU (Metal)"
    n_threads = torch.get_num_threads()
    return f"CPU, {n_threads} thread{'s' if n_threads > 1 else ''}"


def n_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cuda_text() -> str:
    properties = torch.cuda.get_device_properties(0)
    return f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
