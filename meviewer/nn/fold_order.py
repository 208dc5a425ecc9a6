"""Folds that are trained at once, told as if they were trained one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from typing import TypeAlias

import msgspec

from meviewer.experiment.records import EpochDone, FoldStarted, Record, Working
from meviewer.experiment.runs import FoldResult

Said: TypeAlias = tuple[int, Record | FoldResult]
"""Number of a fold, and what was said of it; its last word is its result."""


def in_order(
    said: Iterable[Said | None], numbers: Sequence[int], n_at_once: int
) -> Generator[Record | FoldResult, None, None]:
    """Pass on what is said of the first fold, and keep what is said of the others for their turn.

    Whoever reads a run knows one fold at a time, and scores come in one order, whichever fold ends
    first. While another fold speaks there is a sign of life of the first one.

    Parameters
    ----------
    said : iterable
        None is a sign of life.
    numbers : sequence of int
        The folds, in order.
    n_at_once : int
        Folds that are trained at the same time: the seconds of an epoch are divided by it, so that
        they add up to those of the run.
    """
    kept: dict[int, deque[Record | FoldResult]] = {number: deque() for number in numbers}
    waiting = deque(numbers)
    last = Working(fold=numbers[0] if numbers else 0, epoch=0, step=0, n_steps=0)
    for one in said:
        if one is not None:
            _keep(kept[one[0]], one[1], n_at_once)
        if not waiting:
            continue
        now = waiting[0]
        if one is None or one[0] != now:
            yield last if last.fold == now else Working(fold=now, epoch=0, step=0, n_steps=0)
            continue
        while waiting and (found := kept[waiting[0]]):
            record = found.popleft()
            if isinstance(record, Working):
                last = record
            if isinstance(record, FoldResult):
                waiting.popleft()
            yield record


def _keep(kept: deque[Record | FoldResult], one: Record | FoldResult, n_at_once: int) -> None:
    """Keep what is said of a fold that may have to wait, without what a lost worker began."""
    if isinstance(one, Working):
        # Only the last sign of life is worth anything.
        if kept and isinstance(kept[-1], Working):
            kept.pop()
    elif isinstance(one, EpochDone):
        one = _shared(one, n_at_once)
    elif isinstance(one, FoldStarted) and any(_same(before, one) for before in kept):
        # A lost worker began the fold with its first seed, and another one begins it anew.
        kept.clear()
    kept.append(one)


def _same(before: Record | FoldResult, one: FoldStarted) -> bool:
    return isinstance(before, FoldStarted) and before.seed == one.seed


def _shared(one: EpochDone, n_at_once: int) -> EpochDone:
    return msgspec.structs.replace(one, seconds=one.seconds / n_at_once)
