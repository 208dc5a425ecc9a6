"""Tables of events that BORIS exports: aggregated (a row a state) and tabular (a row an end).

Written is the aggregated form of BORIS 8, with subject, clip and coder as independent variables.
Read are both forms, of old versions too, separated by tabs, commas or semicolons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.boris_rows import APEX, Row, State, extension_of, paired, states_of
from meviewer.data.formats.bounded_files import (
    damaged,
    exact_ms,
    files_in,
    read_table,
    table_text,
)
from meviewer.data.formats.clip_keys import keys
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import ALL, Holds, Part, losses
from meviewer.data.formats.placing import WHOLE_MS

_COLUMNS = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation type",
    "Source",
    "Time offset (s)",
    "Coding duration",
    "Media duration (s)",
    "FPS (frame/s)",
    "subject",
    "clip",
    "coder",
    "Subject",
    "Observation duration by subject by observation",
    "Behavior",
    "Behavioral category",
    "Modifier #1",
    "Modifier #2",
    "Modifier #3",
    "Behavior type",
    "Start (s)",
    "Stop (s)",
    "Duration (s)",
    "Media file name",
    "Image index start",
    "Image index stop",
    "Image file path start",
    "Image file path stop",
    "Comment start",
    "Comment stop",
)
_NO_SUBJECT = "No focal subject"
_HEADER_SEARCHED = 200


@dataclass(frozen=True, slots=True)
class BorisEvents:
    """Reads and writes tables of BORIS events."""

    name: str = "boris-events"
    title: str = "BORIS events as a table"
    suffixes: tuple[str, ...] = (".tsv", ".csv")
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what a table of BORIS events cannot hold."""
        return losses(document, Holds(ALL - {Part.NOTHING_PRESENT}))

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one table, separated by commas if the file ends in ``.csv``, else by tabs."""
        rows: list[Sequence[object]] = [_COLUMNS]
        for clip, key in zip(document.clips, keys(document), strict=True):
            for coder, annotation in clip.tiers.items():
                name = f"{key} {coder}".strip()
                for state in states_of(annotation, coder, clip.subject, clip.time):
                    rows += _rows_of(clip, coder, name, state)
        delimiter = "," if target.suffix.casefold() == ".csv" else "\t"
        write_text(target, table_text(rows, delimiter))
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a table, or all tables of a folder."""
        work = Gathering(known)
        work.each(files_in(source, ".tsv", ".csv"), lambda path: _Table.of(path, work).take())
        return work.result(source.stem)


FORMAT = BorisEvents()


def _rows_of(clip: ExchangeClip, coder: str, name: str, state: State) -> list[list[object]]:
    length = f"{float(clip.time.end_ms(clip.time.n_frames - 1)) / 1000:.3f}"
    head: list[object] = [name, "", "", "Media file(s)", clip.media, "0.0", length, length]
    head += [f"{float(clip.time.rate):.3f}", clip.subject, clip.name, coder, state.subject, ""]

    def row(code: str, kind: str, start: Fraction, end: Fraction, comment: str) -> list[object]:
        duration = _s(end - start) if kind == "STATE" else "NA"
        indices = [clip.time.index_at(start), clip.time.index_at(end)]
        tail = [kind, _s(start), _s(end), duration, clip.media, *indices, "NA", "NA", comment, ""]
        return [*head, code, "", *state.modifiers.split("|"), *tail]

    rows = [row(state.code, "STATE", state.start, state.end, state.comment)]
    if state.apex is not None:
        rows.append(row(APEX, "POINT", state.apex, state.apex, ""))
    return rows


def _s(ms: Fraction) -> str:
    return f"{float(ms) / 1000:.3f}"


@dataclass(slots=True)
class _Table:
    """One table on its way to the labels of its clips."""

    path: Path
    work: Gathering
    rows: list[list[str]]
    header: int
    # What stands above the table of old versions: "Observation id", "Player #1".
    above: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    modifiers: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, work: Gathering) -> _Table:
        rows = read_table(path, "\t,;")
        header = next((i for i, row in enumerate(rows[:_HEADER_SEARCHED]) if _is_header(row)), None)
        if header is None:
            why = "it has no row with the columns Behavior and Time, or Start (s) and Stop (s)"
            raise damaged(path, why, "export the events from BORIS as a table")
        above = {row[0]: row[1] for row in rows[:header] if len(row) > 1 and row[0]}
        found = cls(path, work, rows, header, above)
        for place, name in enumerate(rows[header]):
            found.columns.setdefault(name, place)
            if name.startswith("Modifier"):
                found.modifiers.append(place)
        return found

    def take(self) -> None:
        """Take the labels over, observation by observation."""
        groups: dict[tuple[str, ...], list[tuple[int, list[str]]]] = defaultdict(list)
        for number, row in enumerate(self.rows[self.header + 1 :], self.header + 2):
            if any(row):
                groups[self._clip_names(row)].append((number, row))
        for names, listed in groups.items():
            clip = self._clip(names, listed[0][1])
            if clip is None:
                self.work.no_clip(names[0] or self.path.name, listed[0][0])
            else:
                self._observation(clip, names[3] or "BORIS", listed)

    def _observation(
        self, clip: ExchangeClip, coder: str, listed: list[tuple[int, list[str]]]
    ) -> None:
        if "Time" in self.columns:
            found = [self._end(number, row) for number, row in listed]
        else:
            found = [end for number, row in listed for end in self._both(number, row)]
        for end in found:
            if end.ms is None:
                text = f"Row {end.number} has no time; it was left out"
                self.work.doubt("exchange-no-time", text, row=end.number, clip=clip)
        states, left = paired(found, {APEX})
        for number, why in left:
            text = f"In row {number}, {why}; it was left out"
            self.work.doubt("exchange-no-interval", text, row=number, clip=clip)
        for state in states:
            interval = (state.start, state.end)
            self.work.place(
                clip,
                interval,
                extension_of(state),
                WHOLE_MS,
                apex=state.apex,
                row=state.number,
                coder=coder,
            )

    def _end(self, number: int, row: list[str]) -> Row:
        status = self._cell(row, "Status") or self._cell(row, "Behavior type")
        comment = self._cell(row, "Comment")
        return self._row(number, row, "Time", comment, status.upper())

    def _both(self, number: int, row: list[str]) -> list[Row]:
        comment = self._cell(row, "Comment start")
        if self._cell(row, "Behavior type").upper() == "POINT":
            return [self._row(number, row, "Start (s)", comment, "POINT")]
        stop = self._cell(row, "Comment stop")
        return [
            self._row(number, row, "Start (s)", comment, "START"),
            self._row(number, row, "Stop (s)", stop, "STOP"),
        ]

    def _row(self, number: int, row: list[str], time: str, comment: str, status: str) -> Row:
        offset = exact_ms(self._cell(row, "Time offset (s)"), 1000)
        offset = offset or exact_ms(self.above.get("Time offset (s)", ""), 1000) or Fraction(0)
        ms = exact_ms(self._cell(row, time), 1000)
        sets = [row[place] for place in self.modifiers if place < len(row)]
        modifiers = self._cell(row, "Modifiers") if not sets else "|".join(sets)
        subject, code = self._cell(row, "Subject"), self._cell(row, "Behavior")
        subject = "" if subject == _NO_SUBJECT else subject
        ms = None if ms is None else ms - offset
        return Row(ms, subject, code, modifiers, comment, number, status)

    def _clip_names(self, row: list[str]) -> tuple[str, ...]:
        name = self._cell(row, "Observation id") or self.above.get("Observation id", "")
        told = [self._cell(row, column) for column in ("subject", "clip", "coder")]
        files = ("Media file name", "Media file path", "Media file", "Source")
        media = next(
            (m for column in files if (m := self._cell(row, column)) not in ("", "NA")), ""
        )
        return (name, *told, media or self.above.get("Player #1", ""))

    def _clip(self, names: tuple[str, ...], row: list[str]) -> ExchangeClip | None:
        name, subject, clip, _coder, media = names
        finder = self.work.finder
        exact = finder.exact(subject, clip) if clip else None
        found = exact or (finder.by_text(media) if media else None) or finder.by_text(name)
        if found is not None:
            return found
        rate = self._cell(row, "FPS (frame/s)") or self._cell(row, "FPS")
        length = self._cell(row, "Media duration (s)") or self._cell(row, "Total length")
        seconds, fps = exact_ms(length, 1), exact_ms(rate, 1)
        frames = None if seconds is None or fps is None else float(seconds * fps)
        return clip_of_file(subject or "BORIS", clip or name, media, rate, frames)

    def _cell(self, row: list[str], column: str) -> str:
        place = self.columns.get(column, len(row))
        return row[place] if place < len(row) else ""


def _is_header(row: list[str]) -> bool:
    names = set(row)
    return "Behavior" in names and ("Time" in names or {"Start (s)", "Stop (s)"} <= names)
