"""The results of one run as files: for a spreadsheet, a script, and a paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from meviewer.data.formats.table_text import guarded
from meviewer.experiment.records import Scores
from meviewer.present.comparison import tabular, tex
from meviewer.present.training_runs import RunFacts, network_title
from meviewer.present.training_state import TrainingState
from meviewer.present.training_subjects import SubjectRow, subject_rows
from meviewer.present.training_words import score
from meviewer.present.wording import counted

_MEASURES = (("uf1", "UF1"), ("uar", "UAR"), ("accuracy", "Accuracy"))


def tables(facts: RunFacts, state: TrainingState) -> dict[str, str]:
    """Return the texts of all files by name; what the run has nothing of is left out."""
    if state.scores is None or state.started is None:
        return {}
    return {
        "scores.csv": _scores_csv(state.scores),
        "subjects.csv": _subjects_csv(subject_rows(state)),
        "confusion.csv": _confusion_csv(state.scores),
        "clips.csv": _clips_csv(state),
        "tables.tex": _latex(facts, state.scores, subject_rows(state)),
    }


def _scores_csv(scores: Scores) -> str:
    rows = [
        (name, getattr(scores, name), *scores.intervals.get(name, ("", "")))
        for name, _ in _MEASURES
    ]
    rows += [(f"recall {name}", _or_blank(one), "", "") for name, one in _recalls(scores)]
    about = (
        ("clips", scores.n_samples, "", ""),
        ("folds", f"{scores.folds_done} of {scores.n_folds}", "", ""),
        ("protocol", scores.protocol, "", ""),
        ("device", scores.device, "", ""),
    )
    return _csv(("measure", "value", "low", "high"), (*rows, *about))


def _subjects_csv(rows: Sequence[SubjectRow]) -> str:
    heads = ("subject", "clips", "right", "accuracy", "uf1", "uar", "taken_for", "seconds")
    lines = []
    for row in rows:
        scores = (row.accuracy, row.uf1, row.uar)
        line = (row.subject, row.n, row.right, *scores, row.taken_for, f"{row.seconds:.1f}")
        lines.append(line)
    return _csv(heads, lines)


def _confusion_csv(scores: Scores) -> str:
    heads = ("truth \\ said", *scores.classes, "recall")
    lines = zip(scores.classes, scores.confusion, scores.recalls, strict=True)
    return _csv(heads, ((name, *counts, _or_blank(one)) for name, counts, one in lines))


def _clips_csv(state: TrainingState) -> str:
    assert state.started is not None
    classes = state.started.classes
    heads = ("subject", "clip", "truth", "predicted", *(f"p {name}" for name in classes))
    rows = (
        (fold.subject, name, classes[truth], classes[said], *(f"{p:.6g}" for p in shares))
        for fold in sorted(state.folds, key=lambda fold: fold.fold)
        for name, truth, said, shares in zip(
            fold.names, fold.truth, fold.predicted, fold.probabilities, strict=True
        )
    )
    return _csv(heads, rows)


def _latex(facts: RunFacts, scores: Scores, rows: Sequence[SubjectRow]) -> str:
    """Return three tables with booktabs, each with what has to be said of it."""
    network = network_title(facts.spec)
    pooled = (tex(network), *(_with_limits(scores, name) for name, _ in _MEASURES))
    first = tabular("llll", ("Network", *(title for _, title in _MEASURES)), [pooled])
    people = [
        (tex(row.subject), str(row.n), score(row.accuracy), score(row.uf1), score(row.uar))
        for row in rows
    ]
    second = tabular("lrrrr", ("Subject", "Clips", "Accuracy", "UF1", "UAR"), people)
    lines = zip(scores.classes, scores.confusion, scores.recalls, strict=True)
    counts = [(tex(name), *map(str, line), score(one)) for name, line, one in lines]
    heads = ("Truth", *map(tex, scores.classes), "Recall")
    third = tabular("l" + "r" * (len(heads) - 1), heads, counts)
    clips = f"{counted(scores.n_samples, 'clip')}, {counted(scores.folds_done, 'fold')}"
    said = f"% {tex(facts.name)}: {tex(scores.protocol)}; {clips}."
    drawn = "% In brackets: 95 % intervals from drawing whole subjects 2,000 times."
    own = "% UF1 and UAR of a subject are over the classes that this subject shows."
    return "\n".join((said, drawn, first, "", own, second, "", "% Rows are the truth.", third, ""))


def _with_limits(scores: Scores, name: str) -> str:
    value = score(getattr(scores, name))
    if name not in scores.intervals:
        return value
    low, high = scores.intervals[name]
    return f"{value} [{score(low, 2)}, {score(high, 2)}]"


def _recalls(scores: Scores) -> Iterable[tuple[str, float | None]]:
    return zip(scores.classes, scores.recalls, strict=True)


def _or_blank(value: float | None) -> float | str:
    return "" if value is None else value


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([guarded(one) if isinstance(one, str) else one for one in row])
    return text.getvalue()
