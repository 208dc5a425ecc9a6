"""What a running training takes of the machine: said now and then among its records."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from meviewer.experiment.records import Record, RunDone, Usage

EVERY_S = 2.0
_PROC = Path("/proc")


def with_usage(records: Iterator[Record], every_s: float = EVERY_S) -> Iterator[Record]:
    """Pass records on, with a `Usage` after one of them at most every ``every_s`` seconds.

    Closing it closes ``records``: a training that is stopped leaves nothing half done.
    """
    wall, busy = time.monotonic(), _cpu_seconds(_family())
    try:
        for record in records:
            yield record
            passed = time.monotonic() - wall
            # The end of a run is its last word.
            if passed >= every_s and not isinstance(record, RunDone):
                pids = _family()
                before, busy = busy, _cpu_seconds(pids)
                wall = time.monotonic()
                # A process of the family that has ended takes its seconds along.
                yield _usage(max(busy - before, 0.0) / passed, pids)
    finally:
        if isinstance(records, Generator):
            records.close()


def _usage(cores: float, pids: tuple[int, ...]) -> Usage:
    memory = sum(map(_memory_bytes, pids))
    if "torch" not in sys.modules:
        return Usage(cores=cores, processes=len(pids), threads=1, memory_bytes=memory)
    import torch

    n = torch.get_num_threads()
    # On a machine with a GPU that is not used, asking for its memory would take some of it.
    if torch.cuda.memory_reserved() == 0:
        return Usage(cores=cores, processes=len(pids), threads=n, memory_bytes=memory)
    free, total = torch.cuda.mem_get_info()
    return Usage(
        cores=cores,
        processes=len(pids),
        threads=n,
        memory_bytes=memory,
        gpu=torch.cuda.get_device_name(),
        gpu_share=_gpu_share(),
        gpu_bytes=total - free,
        gpu_total_bytes=total,
    )


def _gpu_share() -> float | None:
    """Return how busy the GPU is; None where its driver cannot be asked."""
    import torch

    try:
        return torch.cuda.utilization() / 100
    except (ImportError, RuntimeError):
        return None


def _family() -> tuple[int, ...]:
    """Return this process and those that it has started, where the system says so."""
    found, new = [], [os.getpid()]
    while new:
        pid = new.pop()
        found.append(pid)
        try:
            text = (_PROC / str(pid) / "task" / str(pid) / "children").read_text()
        except OSError:
            continue
        new += [int(word) for word in text.split()]
    return tuple(found)


def _cpu_seconds(pids: tuple[int, ...]) -> float:
    if not _PROC.exists():
        return time.process_time()
    ticks = 0
    for pid in pids:
        try:
            # The name of the program stands in brackets and may hold blanks.
            fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory_bytes(pid: int) -> int:
    """Return the memory that a process holds now; 0 where the system does not say it."""
    try:
        pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
