"""The project's own benchmarks of motion, against the peers that are installed.

Ours and the peer run in turns on the same input in one process: read the ratio, the milliseconds
are those of one machine. Errors stand beside times: a fast wrong answer is easy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from meviewer.motion.bench_difference import gamdss, matrix, project
from meviewer.motion.bench_estimate import estimates
from meviewer.motion.bench_flow import drag, tvl1
from meviewer.motion.bench_measure import Result
from meviewer.motion.bench_pooling import dynamic_images, rank_pooling, sliding

__all__ = ["BENCHMARKS", "Result"]

BENCHMARKS: Mapping[str, Callable[[], tuple[Result, ...]]] = {
    "tvl1": tvl1,
    "difference": matrix,
    "gamdss": gamdss,
    "gamdss-project": project,
    "dynamic-image": dynamic_images,
    "sliding": sliding,
    "rank-pooling": rank_pooling,
    "drag": drag,
    "estimate": estimates,
}
"""Each benchmark by its name, at its usual size."""
