"""Benchmarks of what needs worker processes or torch; those of motion are in `meviewer.motion`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from meviewer.motion.bench_measure import Result
from meviewer.nn.bench_features import features

__all__ = ["BENCHMARKS"]

BENCHMARKS: Mapping[str, Callable[[], tuple[Result, ...]]] = {"features": features}
"""Each benchmark by its name, at its usual size."""
