"""An agreement report as files: tables as CSV, all numbers as JSON, a page to read as HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import msgspec

from meviewer.data.atomic import storage_error, write_text
from meviewer.data.formats.table_text import guarded
from meviewer.experiment.agreement_figures import Figure
from meviewer.experiment.agreement_project import Disagreement, disagreements
from meviewer.experiment.agreement_values import (
    WITHIN_FRAMES,
    WITHIN_MS,
    Agreement,
    AgreementReport,
    MeasureAgreement,
    NameAgreement,
)
from meviewer.present.agreement import (
    DIFFERENCE_HEADS,
    EVENT_HEADS,
    KEYFRAME_HEADS,
    NAME_HEADS,
    READING,
    RELIABILITY_HEADS,
    AgreementFacts,
    coder_words,
    difference_rows,
    event_rows,
    keyframe_rows,
    name_rows,
    parts_of,
    reliability_rows,
    summary,
)
from meviewer.present.agreement_plot import agreement_plot
from meviewer.present.bias_svg import bias_svg

NUMBER_HEADS = ("coders", "what", "number", "value", "low", "high", "n", "note")
"""Columns of the table of all numbers, one a row."""

_STYLE = """
body { font-family: Inter, sans-serif; color: #23282E; margin: 2rem auto; max-width: 80rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 0.8rem; }
th, td { padding: 0.25rem 0.5rem; text-align: right; border-bottom: 1px solid #D9DDE2; }
th { font-weight: 600; } td:first-child, th:first-child, td:last-child { text-align: left; }
svg { max-width: 100%; height: auto; } .note { color: #5B646E; }
"""


def write_report(folder: Path, report: AgreementReport, facts: AgreementFacts) -> tuple[Path, ...]:
    """Write all files of a report into a folder, which is made, and return them.

    Raises
    ------
    StorageError
        If the disk refuses; each file is written whole or not at all.
    """
    texts = {
        "agreement.html": as_html(report, facts),
        "agreement.svg": bias_svg(agreement_plot(report)),
        "agreement.json": as_json(report, facts),
        "agreement.csv": numbers_csv(report),
        "agreement-differences.csv": differences_csv(report),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error
    for name, text in texts.items():
        write_text(folder / name, text)
    return tuple(folder / name for name in texts)


def as_json(report: AgreementReport, facts: AgreementFacts) -> str:
    """Return all numbers as one JSON document; what is undefined is null with its reason."""
    document = as_document(report, facts)
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def as_document(report: AgreementReport, facts: AgreementFacts) -> dict[str, object]:
    """Return all numbers as plain values."""
    return {
        "project": facts.project,
        "coders": list(report.coders),
        "finished_only": facts.finished,
        "min_iou": facts.min_iou,
        "version": facts.version,
        "pairs": [_part(pair) for pair in report.pairs],
        "all": None if report.whole is None else _part(report.whole),
        "differences": [
            dict(zip(DIFFERENCE_HEADS, row, strict=True)) for row in _difference_rows(report)
        ],
    }


def numbers_csv(report: AgreementReport) -> str:
    """Return every number with its interval in a row of its own under `NUMBER_HEADS`."""
    rows = [
        (coder_words(part.coders), what, name, *_cells(one))
        for part in parts_of(report)
        for what, name, one in _figures(part)
    ]
    return _csv(NUMBER_HEADS, rows)


def differences_csv(report: AgreementReport) -> str:
    """Return a row a disagreement under `DIFFERENCE_HEADS`."""
    return _csv(DIFFERENCE_HEADS, _difference_rows(report))


def as_html(report: AgreementReport, facts: AgreementFacts) -> str:
    """Return a page that needs nothing else: plot, tables, differences, how it was made."""
    title = f"Agreement: {escape(facts.project)}"
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{escape(summary(report))}.</p>",
        f'<p class="note">{escape(READING)}</p>',
        bias_svg(agreement_plot(report)),
        _table("Keyframes and phases", KEYFRAME_HEADS, keyframe_rows(report)),
        _table("ICC and alpha", RELIABILITY_HEADS, reliability_rows(report)),
        _table("Events", EVENT_HEADS, event_rows(report)),
        _table("Emotions and action units", NAME_HEADS, name_rows(report)),
        _table("Differences", DIFFERENCE_HEADS, _difference_rows(report)),
        f'<p class="note">{escape(facts.line())}</p>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _difference_rows(report: AgreementReport) -> list[tuple[str, ...]]:
    found: list[Disagreement] = [one for pair in report.pairs for one in disagreements(pair)]
    return difference_rows(tuple(found))


def _figures(part: Agreement) -> Iterable[tuple[str, str, Figure]]:
    yield "events", "F1", part.f1
    yield "events", "overlap", part.overlap
    for one in part.measures:
        for name, found in _measure(one).items():
            if isinstance(found, Figure):
                yield one.name, name, found
    for names in (part.emotion, *part.action_units):
        for name, found in _names(names).items():
            yield names.name, name, found


def _part(part: Agreement) -> dict[str, object]:
    return {
        "coders": list(part.coders),
        "n_clips": part.n_clips,
        "n_subjects": part.n_subjects,
        "n_events": list(part.n_events),
        "n_matched": part.n_matched,
        "drawn": part.drawn,
        "f1": _plain(part.f1),
        "overlap": _plain(part.overlap),
        "keyframes": {
            one.name: {name: _plain(found) for name, found in _measure(one).items()}
            for one in part.measures
        },
        "emotion": {name: _plain(found) for name, found in _names(part.emotion).items()},
        "action_units": {
            one.name: {name: _plain(found) for name, found in _names(one).items()}
            for one in part.action_units
        },
    }


def _measure(one: MeasureAgreement) -> dict[str, object]:
    within = zip(WITHIN_FRAMES, one.within_frames, strict=True)
    within_ms = zip(WITHIN_MS, one.within_ms, strict=True)
    return {
        "bias_frames": one.bias_frames,
        "bias_ms": one.bias_ms,
        "mae_frames": one.mae_frames,
        "mae_ms": one.mae_ms,
        **{f"within_{frames}_frames": share for frames, share in within},
        **{f"within_{ms}_ms": share for ms, share in within_ms},
        "icc": one.icc,
        "icc_f_interval": None if one.icc_f is None else list(one.icc_f),
        "alpha": one.alpha,
    }


def _names(one: NameAgreement) -> dict[str, Figure]:
    return {"same": one.same, "kappa": one.kappa, "alpha": one.alpha}


def _plain(found: object) -> object:
    if not isinstance(found, Figure):
        return found
    interval = None if found.interval is None else list(found.interval)
    return {"value": found.value, "interval": interval, "n": found.n, "note": found.note}


def _cells(one: Figure) -> tuple[object, ...]:
    low, high = one.interval or ("", "")
    return ("" if one.value is None else one.value, low, high, one.n, one.note)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([guarded(c) if isinstance(c, str) else c for c in row] for row in rows)
    return text.getvalue()


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<h2>{escape(title)}</h2>\n<table><tr>{head}</tr>\n{body}</table>"
