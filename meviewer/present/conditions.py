"""A table of variants under conditions: for a terminal, CSV, LaTeX and Markdown."""

from __future__ import annotations

import csv
import io

from meviewer.data.formats.table_text import guarded
from meviewer.experiment.conditions import ConditionRow, ConditionTable
from meviewer.present.comparison import columns, p_words, tabular, tex
from meviewer.present.training_words import MISSING, score, signed
from meviewer.present.wording import counted

HEADS = ("network", "condition", "UF1", "95 %", "against the first", "accuracy", "UF1 of phases")
_NAMES = ("uf1", "uar", "accuracy")


def told(found: ConditionTable) -> str:
    """Return the table as lines for a terminal."""
    parts = [
        _summary(found),
        columns(HEADS, [_row(row) for row in found.rows]),
        "\n".join(f"note: {note}" for note in found.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def to_csv(found: ConditionTable) -> str:
    """Return all numbers, a row a run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    scores = [f"{name}{end}" for name in _NAMES for end in ("", "_low", "_high")]
    apart = [f"d_{head}" for head in scores]
    phases = [f"phases_{name}" for name in _NAMES]
    heads = ("variant", "condition", "network", "seeds", "epochs", "steps")
    writer.writerow((*heads, *scores, *apart, "p_holm", *phases, "n_samples", "n_subjects"))
    for row in found.rows:
        values = [x for n in _NAMES for x in (getattr(row, n), *row.intervals.get(n, ("", "")))]
        away = [x for n in _NAMES for x in row.differences.get(n, ("", "", ""))]
        others = [getattr(row.phases, name) if row.phases else "" for name in _NAMES]
        words = (guarded(row.variant), guarded(row.condition), row.network)
        counts = (row.n_seeds, row.epochs, row.steps)
        p = "" if row.p_holm is None else row.p_holm
        sizes = (found.n_samples, found.n_subjects)
        writer.writerow((*words, *counts, *values, *away, p, *others, *sizes))
    return text.getvalue()


def to_latex(found: ConditionTable) -> str:
    """Return a table for a paper, with booktabs: a row a variant, a column a condition."""
    rows = [(tex(variant), *map(_tex_cell, cells)) for variant, cells in _grid(found)]
    heads = ("Network", *map(tex, found.conditions))
    notes = [f"% {note}" for note in (_caption(found), *found.notes)]
    return "\n".join([*notes, tabular("l" * len(heads), heads, rows)]) + "\n"


def to_markdown(found: ConditionTable) -> str:
    """Return the same table for a page or an issue."""
    rows = [(variant, *map(_cell, cells)) for variant, cells in _grid(found)]
    heads = ("Network", *found.conditions)
    lines = [heads, ("---",) * len(heads), *rows]
    table = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    notes = [f"* {note}" for note in found.notes]
    return "\n".join([_caption(found), "", *table, *([""] if notes else []), *notes]) + "\n"


def _grid(found: ConditionTable) -> list[tuple[str, list[ConditionRow]]]:
    by_place = {(row.variant, row.condition): row for row in found.rows}
    variants = dict.fromkeys(row.variant for row in found.rows)
    return [(one, [by_place[one, under] for under in found.conditions]) for one in variants]


def _caption(found: ConditionTable) -> str:
    words = "UF1 with its 95 % interval by subject; in brackets the difference from"
    return f"{words} {found.conditions[0]}. {_summary(found)}."


def _summary(found: ConditionTable) -> str:
    clips, subjects = counted(found.n_samples, "clip"), counted(found.n_subjects, "subject")
    return f"{counted(len(found.rows), 'run')} on {clips} of {subjects}, equal steps a network"


def _row(row: ConditionRow) -> tuple[str, ...]:
    interval = MISSING
    if "uf1" in row.intervals:
        low, high = row.intervals["uf1"]
        interval = f"{score(low, 2)} – {score(high, 2)}"
    phases = score(row.phases.uf1) if row.phases else MISSING
    away = _away(row)
    words = (row.variant, row.condition, score(row.uf1), interval, away)
    return (*words, score(row.accuracy), phases)


def _away(row: ConditionRow) -> str:
    if "uf1" not in row.differences:
        return MISSING
    value, low, high = row.differences["uf1"]
    p = f", p {p_words(row.p_holm)}" if row.p_holm is not None else ""
    return f"{signed(value)} [{signed(low, 2)}, {signed(high, 2)}]{p}"


def _cell(row: ConditionRow) -> str:
    words = score(row.uf1)
    if "uf1" in row.intervals:
        low, high = row.intervals["uf1"]
        words += f" [{score(low, 2)}, {score(high, 2)}]"
    if "uf1" in row.differences:
        value, low, high = row.differences["uf1"]
        words += f" ({signed(value)} [{signed(low, 2)}, {signed(high, 2)}])"
    return words


def _tex_cell(row: ConditionRow) -> str:
    return _cell(row).replace("−", "$-$").replace("+", "$+$")
