"""A bias report as files: tables as CSV, all numbers as JSON, a page to read as HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import msgspec

from meviewer.core.events import Edge
from meviewer.data.atomic import storage_error, write_text
from meviewer.data.formats.table_text import guarded
from meviewer.experiment.bias import BiasReport, EdgeBias, GroupBias, PhaseLength
from meviewer.experiment.bias_events import Compared, fall_ms, rise_ms
from meviewer.experiment.label_sd import LabelSd
from meviewer.present.bias import (
    LABEL_HEADS,
    PHASE_HEADS,
    READING,
    SHIFT_HEADS,
    ReportFacts,
    label_rows,
    left_out_rows,
    phase_rows,
    reach_words,
    shift_rows,
    summary,
)
from meviewer.present.bias_plot import bias_plot
from meviewer.present.bias_svg import bias_svg

EVENT_HEADS = (
    *("data_set", "subject", "clip", "coder", "event", "class", "rate_hz", "keyframe"),
    *("label_frame", "suggested_frame", "shift_frames", "shift_ms"),
    *("rise_before_ms", "rise_after_ms", "fall_before_ms", "fall_after_ms"),
    *("gain", "confidence", "evidence", "verdict"),
)
"""Columns of the rows, one an event and keyframe; frames are indices from 0."""

_STYLE = """
body { font-family: Inter, sans-serif; color: #23282E; margin: 2rem auto; max-width: 62rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 0.85rem; }
th, td { padding: 0.25rem 0.6rem; text-align: right; border-bottom: 1px solid #D9DDE2; }
th { font-weight: 600; } td:first-child, th:first-child, td:last-child { text-align: left; }
svg { max-width: 100%; height: auto; } .note { color: #5B646E; }
"""


def write_report(
    folder: Path, report: BiasReport, facts: ReportFacts, labels: tuple[LabelSd, ...] = ()
) -> tuple[Path, ...]:
    """Write all files of a report into a folder, which is made, and return them.

    Raises
    ------
    StorageError
        If the disk refuses; each file is written whole or not at all.
    """
    texts = {
        "bias.html": as_html(report, facts, labels),
        "bias.svg": bias_svg(bias_plot(report)),
        "bias.json": as_json(report, facts, labels),
        "bias-groups.csv": groups_csv(report),
        "bias-events.csv": events_csv(report.events),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error
    for name, text in texts.items():
        write_text(folder / name, text)
    return tuple(folder / name for name in texts)


def as_json(report: BiasReport, facts: ReportFacts, labels: tuple[LabelSd, ...] = ()) -> str:
    """Return all numbers as one JSON document; what is not known is null."""
    document = as_document(report, facts, labels)
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def as_document(
    report: BiasReport, facts: ReportFacts, labels: tuple[LabelSd, ...] = ()
) -> dict[str, object]:
    """Return all numbers as plain values; what is not known is None."""
    return {
        "project": facts.project,
        "coders": facts.coders,
        "method": dict(facts.method),
        "version": facts.version,
        "grouped_by": report.by,
        "all": None if report.whole is None else _group(report.whole),
        "groups": [_group(group) for group in report.groups],
        "label_sd": [_label_sd(one) for one in labels],
        "events": [dict(zip(EVENT_HEADS, row, strict=True)) for row in _event_rows(report.events)],
        "left_out": [
            {"subject": one.subject, "clip": one.clip, "event": one.event_id, "reason": one.reason}
            for one in report.left_out
        ],
    }


def events_csv(events: Iterable[Compared]) -> str:
    """Return a row an event and keyframe under `EVENT_HEADS`."""
    return _csv(EVENT_HEADS, _event_rows(events))


def groups_csv(report: BiasReport) -> str:
    """Return a row a group and keyframe, as numbers."""
    heads = ("group", "keyframe", "n", "n_subjects", "median_ms", "low_ms", "high_ms", "q1_ms",
             "q3_ms", "mean_ms", "median_frames", "moved", "evidence", "note")  # fmt: skip
    groups = () if report.whole is None else (report.whole, *report.groups)
    rows = [_group_row(group, bias) for group in groups for bias in group.edges]
    return _csv(heads, rows)


def as_html(report: BiasReport, facts: ReportFacts, labels: tuple[LabelSd, ...] = ()) -> str:
    """Return a page that needs nothing else: plot, tables, what was left out, how it was made."""
    reach = reach_words(str(facts.method["variant"]))
    parts = [
        f"<h1>Bias report: {escape(facts.project)}</h1>",
        f"<p>{escape(summary(report))}. Grouped by {escape(report.by)}.</p>",
        f'<p class="note">{escape(READING)} {escape(reach)}</p>',
    ]
    if report.whole is not None:
        parts.append(bias_svg(bias_plot(report)))
        parts.append(_table("Shifts", SHIFT_HEADS, shift_rows(report)))
        parts.append(_table("Rise and fall", PHASE_HEADS, phase_rows(report)))
    if labels:
        parts.append(_table("Labels of two people", LABEL_HEADS, label_rows(labels)))
    if report.left_out:
        parts.append(_table("Left out", ("clip", "event", "why"), left_out_rows(report)))
    parts.append(f'<p class="note">{escape(facts.line())}</p>')
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Bias report: {escape(facts.project)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _event_rows(events: Iterable[Compared]) -> list[tuple[object, ...]]:
    return [_event_row(event, edge) for event in events for edge in Edge]


def _event_row(event: Compared, edge: Edge) -> tuple[object, ...]:
    before, after, rate = event.label, event.suggested, event.rate
    return (
        *(event.data_set, event.subject, event.clip, event.coder, event.event_id, event.emotion),
        *(round(float(rate), 6), edge.value, before[edge], after[edge]),
        *(event.shift_frames(edge), round(event.shift_ms(edge), 6)),
        *(round(rise_ms(each, rate), 6) for each in (before, after)),
        *(round(fall_ms(each, rate), 6) for each in (before, after)),
        *(event.gain, event.confidence, event.has_evidence, event.verdict),
    )


def _group(group: GroupBias) -> dict[str, object]:
    return {
        "name": group.name,
        "n_events": group.n_events,
        "n_clips": group.n_clips,
        "n_subjects": group.n_subjects,
        "note": group.note,
        "keyframes": {bias.edge.value: _edge(bias) for bias in group.edges},
        "rise": _phase(group.rise),
        "fall": _phase(group.fall),
    }


def _edge(bias: EdgeBias) -> dict[str, object]:
    return {
        "n": bias.ms.n,
        "median_ms": bias.ms.median,
        "iqr_ms": bias.ms.iqr,
        "q1_ms": bias.ms.q1,
        "q3_ms": bias.ms.q3,
        "mean_ms": bias.ms.mean,
        "interval_ms": None if bias.interval_ms is None else list(bias.interval_ms),
        "median_frames": bias.frames.median,
        "iqr_frames": bias.frames.iqr,
        "mean_frames": bias.frames.mean,
        "moved": bias.moved,
        "evidence": bias.evidence,
        "note": bias.note,
    }


def _phase(phase: PhaseLength) -> dict[str, object]:
    return {
        "labelled_median_ms": phase.before.median,
        "labelled_iqr_ms": phase.before.iqr,
        "suggested_median_ms": phase.after.median,
        "suggested_iqr_ms": phase.after.iqr,
        "published_median_ms": phase.published_ms,
    }


def _label_sd(one: LabelSd) -> dict[str, object]:
    return {
        "data_set": one.data_set,
        "coders": one.coders,
        "keyframe": one.edge.value,
        "n": one.n,
        "sd_ms": one.sd_ms,
        "sd_frames": one.sd_frames,
        "mean_difference_ms": one.shift_ms,
        "note": one.note,
    }


def _group_row(group: GroupBias, bias: EdgeBias) -> tuple[object, ...]:
    low, high = bias.interval_ms or ("", "")
    return (
        *(group.name, bias.edge.value, bias.ms.n, group.n_subjects, bias.ms.median, low, high),
        *(bias.ms.q1, bias.ms.q3, bias.ms.mean, bias.frames.median, bias.moved, bias.evidence),
        "; ".join(filter(None, (bias.note, group.note))),
    )


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([guarded(c) if isinstance(c, str) else c for c in row] for row in rows)
    return text.getvalue()


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<h2>{escape(title)}</h2>\n<table><tr>{head}</tr>\n{body}</table>"
