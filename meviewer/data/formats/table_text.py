"""Labels as a table, CSV or TSV: a row an event, its keyframes by index, by number and by time.

The columns are `COLUMNS`. The times are those at which the three frames begin. Read are tables with
some of the columns only, spreadsheets, and the usual names for columns of plain label sheets; the
index counts before the number, the number before the time, and where they disagree it is said.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.core.events import Event
from meviewer.core.frames import rate_text
from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.bounded_files import files_in
from meviewer.data.formats.extension import Extension, of_event
from meviewer.data.formats.holding import Holds, count_labels, losses
from meviewer.data.formats.label_text import fields_of, runs_text, touched
from meviewer.data.formats.table_reading import EDGES, take_table

_FRAMES = tuple(f"{edge}_{unit}" for unit in ("index", "number", "ms") for edge in EDGES)
COLUMNS = (
    *("subject", "clip", "coder", "event", *_FRAMES, "rate", "n_frames", "kind", "emotion"),
    *("action_units", "objective", "confidence", "notes", "status", "source", "apex_source"),
    *("rejected", "media", "clip_numbers"),
)
"""Columns that are written, in this order."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_SCIENTIFIC = re.compile(r"\d+E\+\d")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_HOLDS = Holds()
_Row = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class TableText:
    """Reads and writes tables of labels.

    Attributes
    ----------
    name, title : str
    suffixes : tuple of str
    delimiter : str
        Between the cells of a row that is written; any usual one is read.
    scope : Scope
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    delimiter: str
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document a table cannot hold."""
        found = losses(document, _HOLDS)
        odd = count_labels(document, lambda event: any(map(_UNWRITABLE.search, _texts(event))))
        text = "Characters that no text file can hold are replaced by a question mark."
        return (*found, Loss("unwritable characters", odd, text)) if odd else found

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one table."""
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(
            buffer, COLUMNS, restval="", delimiter=self.delimiter, lineterminator="\r\n"
        )
        writer.writeheader()
        writer.writerows(row for clip in document.clips for row in _rows(clip))
        text = buffer.getvalue()
        # Spreadsheets take a table for one in an old encoding unless it begins with this mark;
        # scripts do without it, and plain English needs none.
        write_text(target, text if text.isascii() else f"\ufeff{text}")
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a table, or all tables of a folder."""
        return take_table(files_in(source, *self.suffixes), known, source.stem)


CSV = TableText("csv", "Table (CSV)", (".csv",), ",")
TSV = TableText("tsv", "Table (TSV, tab-separated)", (".tsv", ".tab"), "\t")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; an apostrophe in front hides it."""
    plain = _UNWRITABLE.sub("?", text)
    return f"'{plain}" if _FORMULA.match(plain) else plain


def _rows(clip: ExchangeClip) -> Iterator[_Row]:
    head = _head(clip)
    for coder, tier in clip.tiers.items():
        whose = head | {"coder": guarded(coder), "status": tier.status.value}
        for event in tier:
            yield whose | _keyframes(clip, event) | _fields(of_event(event, coder, tier.status))
        if touched(tier) and not tier.events:
            yield whose


def _head(clip: ExchangeClip) -> _Row:
    told = fields_of(clip)
    head: _Row = {"subject": guarded(clip.subject), "clip": guarded(clip.name)}
    head |= {"rate": rate_text(clip.time.rate), "media": guarded(clip.media)}
    if told.n_frames:
        head |= {"n_frames": told.n_frames, "clip_numbers": runs_text(told.numbers)}
    return head


def _keyframes(clip: ExchangeClip, event: Event) -> _Row:
    found: _Row = {}
    for edge, frame in zip(EDGES, (event.onset, event.apex, event.offset), strict=True):
        if edge == "apex" and not event.has_apex:
            continue
        found[f"{edge}_index"] = frame
        found[f"{edge}_number"] = clip.time.numbers[frame]
        found[f"{edge}_ms"] = _ms(clip.time.start_ms(frame))
    return found


def _ms(ms: Fraction) -> str:
    return f"{float(ms):.6f}".rstrip("0").rstrip(".")


def _fields(extension: Extension) -> _Row:
    units = extension.action_units
    return {
        "event": extension.id,
        "emotion": guarded(extension.emotion or ""),
        # A spreadsheet would take "1E+2" for the number 100.
        "action_units": f"AU{units}" if _SCIENTIFIC.match(units) else units,
        "confidence": "" if extension.confidence is None else repr(extension.confidence),
        "notes": guarded(extension.notes or ""),
        "kind": guarded(extension.kind or ""),
        "objective": guarded(extension.objective),
        "source": extension.source or "",
        "apex_source": extension.apex_source or "",
        "rejected": "; ".join(" ".join(map(str, frames)) for frames in extension.rejected),
    }


def _texts(event: Event) -> tuple[str, ...]:
    return event.emotion, event.notes, event.kind, event.objective
