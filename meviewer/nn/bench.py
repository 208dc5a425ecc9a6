"""Benchmarks of what needs worker processes or torch; those of motion are in `meviewer.motion`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from meviewer.motion.bench_measure import Result
from meviewer.nn import extra
from meviewer.nn.bench_features import features

__all__ = ["BENCHMARKS"]


def tvl1_gpu() -> tuple[Result, ...]:
    """TV-L1 of many pairs at once; nothing where torch is not installed."""
    if not extra.available():
        return ()
    from meviewer.nn.bench_flow_gpu import tvl1_gpu as measure

    return measure()


def training() -> tuple[Result, ...]:
    """Folds at once against a plain loop; nothing where torch is not installed."""
    if not extra.available():
        return ()
    from meviewer.nn.bench_training import training as measure

    return measure()


BENCHMARKS: Mapping[str, Callable[[], tuple[Result, ...]]] = {
    "features": features,
    "tvl1-gpu": tvl1_gpu,
    "training": training,
}
"""Each benchmark by its name, at its usual size."""
