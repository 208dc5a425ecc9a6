"""A comparison of runs as words and rows: for a table on screen, a terminal, CSV and LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from meviewer.data.formats.table_text import guarded
from meviewer.experiment.comparison import ComparedPair, ComparedRun, Comparison
from meviewer.present.training_words import MISSING, score, signed
from meviewer.present.wording import counted

RUN_HEADS = ("run", "network", "seeds", "UF1", "95 %", "UAR", "95 %", "accuracy", "95 %")
PAIR_HEADS = (
    *("second less first", "UF1", "95 %", "UAR", "95 %"),
    *("only first", "only second", "p", "p, Holm"),
)

_TITLES = {"uf1": "UF1", "uar": "UAR", "accuracy": "accuracy"}
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def summary(found: Comparison) -> str:
    """Say what was compared on what."""
    clips = counted(found.n_samples, "clip")
    runs = counted(len(found.runs), "run")
    return f"{runs} on the same {clips} of {counted(found.n_subjects, 'subject')}"


def verdict(pair: ComparedPair) -> str:
    """Say what the interval of the difference of UF1 allows to be said."""
    value, low, high = pair.differences["uf1"]
    apart = f"UF1 {signed(value)} [{signed(low, 2)}, {signed(high, 2)}]"
    if low > 0:
        return f"{pair.second} is better than {pair.first}: {apart}"
    if high < 0:
        return f"{pair.second} is worse than {pair.first}: {apart}"
    return f"{pair.first} and {pair.second} cannot be told apart: {apart}"


def run_rows(found: Comparison) -> list[tuple[str, ...]]:
    """Return a row a run under `RUN_HEADS`."""
    return [_run_row(run) for run in found.runs]


def pair_rows(found: Comparison) -> list[tuple[str, ...]]:
    """Return a row a pair under `PAIR_HEADS`."""
    return [_pair_row(pair) for pair in found.pairs]


def p_words(p: float) -> str:
    """Return a p value with two digits that matter; what is tiny says so."""
    return "< .001" if p < 0.001 else score(p, 3 if p < 0.1 else 2)


def told(found: Comparison) -> str:
    """Return the whole comparison as lines for a terminal."""
    parts = [
        summary(found),
        columns(RUN_HEADS, run_rows(found)),
        columns(PAIR_HEADS, pair_rows(found)),
        "\n".join(verdict(pair) for pair in found.pairs),
        "\n".join(f"note: {note}" for note in found.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def to_csv(found: Comparison) -> str:
    """Return all numbers: a row a run, then a row a pair, each under its own head."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = ("uf1", "uar", "accuracy")
    limits = [f"{name}_{end}" for name in names for end in ("", "low", "high")]
    heads = [limit.rstrip("_") for limit in limits]
    writer.writerow(("run", "network", "protocol", "seeds", "n_samples", "n_subjects", *heads))
    for run in found.runs:
        values = [x for name in names for x in (getattr(run, name), *_limits(run, name))]
        words = (guarded(run.name), run.network, run.protocol)
        writer.writerow((*words, run.n_seeds, found.n_samples, found.n_subjects, *values))
    writer.writerow(())
    apart = [f"d_{head}" for head in heads]
    writer.writerow(("first", "second", *apart, "first_only", "second_only", "p", "p_holm"))
    for pair in found.pairs:
        values = [x for name in names for x in pair.differences[name]]
        tests = (pair.first_only, pair.second_only, pair.p, pair.p_holm)
        writer.writerow((guarded(pair.first), guarded(pair.second), *values, *tests))
    return text.getvalue()


def to_latex(found: Comparison) -> str:
    """Return two tables for a paper, with booktabs, and what has to stand below them."""
    runs = [(tex(run.name), tex(run.network), _seeds(run), *_tex_scores(run)) for run in found.runs]
    pairs = [
        (
            tex(f"{pair.second} $-$ {pair.first}").replace(r"\$-\$", "$-$"),
            *(_tex_apart(pair, name) for name in ("uf1", "uar")),
            f"{pair.first_only} / {pair.second_only}",
            p_words(pair.p_holm).replace("<", "$<$"),
        )
        for pair in found.pairs
    ]
    caption = f"% {summary(found)}; pooled over folds, 95 % intervals by drawing subjects."
    notes = [f"% {note}" for note in found.notes]
    first = tabular("llrlll", ("Run", "Network", "Seeds", "UF1", "UAR", "Accuracy"), runs)
    heads = ("Difference", "UF1", "UAR", "only 1st / 2nd", "$p$ (McNemar, Holm)")
    second = tabular("lllll", heads, pairs)
    return "\n".join([caption, *notes, first, "", second]) + "\n"


def _run_row(run: ComparedRun) -> tuple[str, ...]:
    scores = [
        x
        for name in ("uf1", "uar", "accuracy")
        for x in (score(getattr(run, name)), _seen_interval(run, name))
    ]
    return (run.name, run.network, _seeds(run), *scores)


def _seeds(run: ComparedRun) -> str:
    return str(run.n_seeds) if run.n_seeds else MISSING


def _interval(run: ComparedRun, name: str) -> str:
    if name not in run.intervals:
        return MISSING
    low, high = run.intervals[name]
    return f"{score(low, 2)} – {score(high, 2)}"


def _seen_interval(run: ComparedRun, name: str) -> str:
    """Return an interval for a reader, to whom one of no width would promise what nobody knows."""
    low, high = run.intervals.get(name, (0.0, 1.0))
    return "all alike" if low == high else _interval(run, name)


def _limits(run: ComparedRun, name: str) -> tuple[object, object]:
    return run.intervals.get(name, ("", ""))


def _pair_row(pair: ComparedPair) -> tuple[str, ...]:
    apart = [
        x
        for name in ("uf1", "uar")
        for x in (signed(pair.differences[name][0]), _apart(pair, name))
    ]
    counts = (str(pair.first_only), str(pair.second_only))
    name = f"{pair.second} − {pair.first}"
    return (name, *apart, *counts, p_words(pair.p), p_words(pair.p_holm))


def _apart(pair: ComparedPair, name: str) -> str:
    _value, low, high = pair.differences[name]
    return f"{signed(low, 2)} to {signed(high, 2)}"


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their heads as lines; the first column to the left, others to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def tex(text: str) -> str:
    """Return a text as LaTeX prints it."""
    return text.translate(_ESCAPES)


def _tex_scores(run: ComparedRun) -> tuple[str, ...]:
    return tuple(
        f"{score(getattr(run, name))} [{_interval(run, name).replace(' – ', ', ')}]"
        if name in run.intervals
        else score(getattr(run, name))
        for name in _TITLES
    )


def _tex_apart(pair: ComparedPair, name: str) -> str:
    value, low, high = pair.differences[name]
    words = f"{signed(value)} [{signed(low, 2)}, {signed(high, 2)}]"
    return words.replace("−", "$-$").replace("+", "$+$")


def tabular(aligned: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with booktabs; ``aligned`` is a letter a column."""
    lines = [r"\begin{tabular}{" + aligned + "}", r"\toprule", " & ".join(heads) + r" \\"]
    lines += [r"\midrule", *(" & ".join(row) + r" \\" for row in rows)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])
