"""Whether the networks of several experiments fit into memory, before the first is trained."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.nn import extra
from meviewer.nn.estimate_cost import PROCESS_BYTES, SIZES, fold_bytes

_MEMINFO = Path("/proc/meminfo")


def check(specs: Mapping[str, ExperimentSpec], available_bytes: int | None = None) -> None:
    """Make sure that one fold of each experiment fits, so that a night does not end at the third.

    What is reckoned is one network in training, its own process with it. Networks that the table
    of costs does not know, and trainings on a GPU, are left to the training itself, which tries
    and names a batch that fits.

    Parameters
    ----------
    specs : mapping
        By name.
    available_bytes : int, optional
        Of memory; that of this machine now, if it is not given.

    Raises
    ------
    ExperimentError
        Naming all that do not fit, and what they need.
    """
    room = available() if available_bytes is None else available_bytes
    if room is None:
        return
    too_large = {name: needs for name, spec in specs.items() if (needs := needed(spec)) > room}
    if too_large:
        words = ", ".join(f"{name} {_gigabytes(needs)}" for name, needs in too_large.items())
        raise ExperimentError(
            "Not all networks fit into the memory of this machine",
            where=words,
            why=f"{_gigabytes(room)} are free",
            now="choose a smaller batch_size or input_px with --set, or other variants with --only",
        )


def needed(spec: ExperimentSpec) -> int:
    """Return what one fold takes on a processor, in bytes; 0 where nobody knows."""
    size = SIZES.get(spec.network)
    if spec.network == KERNEL or size is None or _on_gpu(spec):
        return 0
    return PROCESS_BYTES + fold_bytes(spec, size)


def _on_gpu(spec: ExperimentSpec) -> bool:
    if spec.device != "auto" or not extra.available():
        return spec.device not in ("auto", "cpu")
    from meviewer.nn import device

    return device.pick(spec.device).type != "cpu"


def available() -> int | None:
    """Return the memory of this machine that can be used now, in bytes; None if nobody says it."""
    try:
        lines = _MEMINFO.read_text().splitlines()
        (found,) = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError):
        return _all()
    return int(found) * 1024


def _all() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB"
