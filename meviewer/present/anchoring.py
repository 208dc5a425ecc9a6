"""The anchoring report in words, as a table and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from meviewer.experiment.anchoring import Drawn

HEADS = ("Keyframe", "Labels", "Moved", "Towards", "Weight", "95 %")
READING = (
    "Weight is the share of the way from the label committed blind to the suggestion: 0 stays, 1 "
    "takes it over. Clips that stay blind show what a second look does without any suggestion."
)


def rows(found: Sequence[Drawn]) -> tuple[tuple[str, ...], ...]:
    """Return the cells of each line."""
    return tuple(
        (
            f"{one.edge.value}, {'shown' if one.seen else 'stays blind'}",
            str(one.n),
            str(one.n_moved),
            _number(one.frames, "{:+.1f} f"),
            _number(one.weight, "{:+.2f}"),
            one.note or f"{_number(one.low, '{:+.2f}')} … {_number(one.high, '{:+.2f}')}",
        )
        for one in found
    )


def summary(found: Sequence[Drawn]) -> str:
    """Say in a sentence what the report amounts to."""
    seen = [one for one in found if one.seen and one.weight is not None]
    if not seen:
        return "Nothing to compare yet: commit clips blind, then look at them again"
    most = max(seen, key=lambda one: abs(one.weight or 0.0))
    sure = most.low is not None and most.low > 0
    words = "is drawn towards" if sure else "is not shown to be drawn towards"
    return f"The {most.edge.value} {words} its suggestion"


def to_csv(found: Sequence[Drawn]) -> str:
    """Return all figures; an empty cell where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = ("keyframe", "suggestion_shown", "n", "n_moved", "towards_frames", "towards_ms")
    writer.writerow((*heads, "weight", "weight_low", "weight_high", "note"))
    for one in found:
        figures = (one.frames, one.ms, one.weight, one.low, one.high)
        writer.writerow(
            (one.edge.value, one.seen, one.n, one.n_moved, *map(_cell, figures), one.note)
        )
    return out.getvalue()


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value).replace("-", "−")


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
