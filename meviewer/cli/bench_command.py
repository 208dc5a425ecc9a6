"""``meviewer bench``: ratios against the peers that are installed, measured in one run."""

from __future__ import annotations

import argparse
from functools import partial

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show, table
from meviewer.core.errors import MeviewerError
from meviewer.motion import bench as bench_motion
from meviewer.motion.bench_estimate import estimates
from meviewer.motion.bench_measure import Result
from meviewer.nn import bench as bench_nn

_BENCHMARKS = {**bench_motion.BENCHMARKS, **bench_nn.BENCHMARKS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--only", metavar="NAME", help="one of " + ", ".join(_BENCHMARKS))
    parser.add_argument("--clips", type=int, metavar="N", help="simulated clips of the estimate")
    parser.add_argument("--markdown", action="store_true", help="a table for a page of text")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Measure and print."""
    names = tuple(_BENCHMARKS) if arguments.only is None else (arguments.only,)
    if names[0] not in _BENCHMARKS:
        raise MeviewerError(
            "There is no such benchmark",
            where=names[0],
            now="the benchmarks are " + ", ".join(_BENCHMARKS),
        )
    work = dict(_BENCHMARKS)
    if arguments.clips is not None:
        work["estimate"] = partial(estimates, max(1, arguments.clips))
    found = [result for name in names for result in work[name]()]
    show(found, arguments.json, lambda: _page(found) if arguments.markdown else _words(found))
    return Outcome()


def _words(found: list[Result]) -> str:
    heads = ("what", "ours ms", "MB", "peer", "peer ms", "MB", "ratio", "goal", "note")
    return table(heads, [_row(one) for one in found])


def _page(found: list[Result]) -> str:
    """Return the table of the performance page, errors and other notes below it."""
    heads = ("what", "ours, ms", "best", "MB", "peer", "peer, ms", "MB", "ratio", "goal")
    rule = ("---",) * len(heads)
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, rule, *map(_cells, found))]
    notes = [f"* {one.name}, {one.peer}: {one.note}." for one in found if one.note]
    return "\n".join([*lines, "", *notes])


def _cells(one: Result) -> tuple[str, ...]:
    verdict = {True: " reached", False: " **missed**", None: ""}[one.met]
    return (
        one.name,
        _short(one.ours_ms),
        _short(one.ours_best_ms),
        _number(one.ours_mb, ",.1f"),
        one.peer if one.peer_ms is not None else f"{one.peer}: missing",
        _short(one.peer_ms),
        _number(one.peer_mb, ",.1f"),
        "–" if one.ratio is None else f"{_short(one.ratio)}×",
        f"{one.goal}{verdict}" if one.goal else "–",
    )


def _short(value: float | None) -> str:
    """Return three digits that mean something, or a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def _row(one: Result) -> tuple[str, ...]:
    verdict = {True: "reached", False: "missed", None: ""}[one.met]
    return (
        one.name,
        f"{one.ours_ms:.2f}",
        _number(one.ours_mb, ".1f"),
        one.peer,
        _number(one.peer_ms, ".1f"),
        _number(one.peer_mb, ".1f"),
        _number(one.ratio, ".1f") + ("" if one.ratio is None else "×"),
        f"{one.goal} {verdict}".strip() or "–",
        one.note,
    )


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
