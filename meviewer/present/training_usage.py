"""What a training takes of the machine, and what it will take, in words."""

from __future__ import annotations

from meviewer.experiment.records import Usage
from meviewer.present.training_views import ProgressBlock
from meviewer.present.training_words import duration, percent
from meviewer.present.wording import counted

_MIB, _GIB = 1 << 20, 1 << 30


def usage_blocks(usage: Usage | None, n_cores: int) -> tuple[ProgressBlock, ...]:
    """Return the figures of the machine: GPU and its memory, or processor; none before a word.

    Parameters
    ----------
    n_cores : int
        Of this machine.
    """
    if usage is None:
        return ()
    if not usage.gpu:
        return (_processor(usage, n_cores),)
    share = usage.gpu_share
    busy = "busy: not known" if share is None else percent(share)
    total = usage.gpu_total_bytes
    held = usage.gpu_bytes / total if total else None
    return (
        ProgressBlock("GPU", busy, usage.gpu.removeprefix("NVIDIA "), share),
        ProgressBlock("GPU memory", memory(usage.gpu_bytes), f"of {memory(total)}", held),
    )


def usage_line(usage: Usage | None, device: str) -> str:
    """Return the same in one line, for where there is little room."""
    if usage is None:
        return device
    parts = [device]
    if usage.gpu:
        if usage.gpu_share is not None:
            parts.append(f"{percent(usage.gpu_share)} busy")
        parts.append(f"{memory(usage.gpu_bytes)} of {memory(usage.gpu_total_bytes)}")
    elif usage.memory_bytes:
        parts.append(memory(usage.memory_bytes))
    return ", ".join(parts)


def memory(n_bytes: int) -> str:
    """Return an amount of memory with the unit that suits it.

    >>> memory(310 << 20), memory(9 << 30), memory(139 << 30)
    ('310 MiB', '9.0 GiB', '139 GiB')
    """
    if n_bytes < _GIB:
        return f"{n_bytes / _MIB:.0f} MiB"
    return f"{n_bytes / _GIB:.1f} GiB" if n_bytes < 100 * _GIB else f"{n_bytes / _GIB:.0f} GiB"


def cost_words(seconds: float | None, memory_bytes: int | None) -> str:
    """Say what a training will take before it starts; empty if nobody knows."""
    parts = [f"about {duration(_rough(seconds))}"] if seconds is not None else []
    if memory_bytes is not None:
        parts.append(memory(_rough_bytes(memory_bytes)))
    return ", ".join(parts)


def _processor(usage: Usage, n_cores: int) -> ProgressBlock:
    share = min(usage.cores / n_cores, 1.0) if n_cores else None
    threads = counted(usage.threads, "thread")
    title = f"CPU, {threads}" if usage.processes < 2 else f"CPU ×{usage.processes}"
    held = memory(usage.memory_bytes) if usage.memory_bytes else ""
    return ProgressBlock(title, f"{usage.cores:.1f} of {counted(n_cores, 'core')}", held, share)


def _rough(seconds: float) -> float:
    """Round to what an estimate is worth: two digits at most."""
    for step in (5, 30, 60, 600, 3600):
        if seconds < 20 * step:
            return max(round(seconds / step), 1) * step
    return seconds


def _rough_bytes(n_bytes: int) -> int:
    step = 10 * _MIB if n_bytes < _GIB else _GIB // 10
    return max(round(n_bytes / step), 1) * step
