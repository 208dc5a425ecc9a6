"""Which samples of three data sets the list of MEGC 2019 chooses, and what is odd about that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.dataset import FixOffer, ImportedSample, ImportReport, SkippedRow
from meviewer.data.readers.megc2019_list import SETS, Entry, Key, class_of, is_meant
from meviewer.data.readers.megc2019_sets import OneSet

NAME = "megc2019"


@dataclass(slots=True)
class Choice:
    """Rows of the list on their way to samples; every row ends in ``samples`` or ``skipped``.

    Attributes
    ----------
    sets : mapping of str to OneSet
        By the name of their reader.
    findings : list of Finding
        Begins with what was noticed about the list as a file.
    samples : list of ImportedSample
    skipped : list of SkippedRow
    """

    sets: Mapping[str, OneSet]
    findings: list[Finding]
    samples: list[ImportedSample] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    _first_rows: dict[Key, int] = field(default_factory=dict)
    _rows: dict[tuple[str, int], Entry] = field(default_factory=dict)
    _clips: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Make one row a sample, or say why not."""
        if entry.fault:
            self._leave_out(entry, "row-faulty", entry.fault)
            return
        first = self._first_rows.setdefault(entry.key, entry.row)
        if first != entry.row:
            self._leave_out(entry, "row-twice", f"row {first} lists the same clip already")
            return
        own = self.sets[entry.dataset]
        found = own.samples(entry.key)
        if found:
            self._choose(entry, own, found)
        else:
            self._without_sample(entry, own)

    def report(self, labels: Path, entries: Sequence[Entry]) -> ImportReport:
        """Return the report of all rows, with what the readers of the sets have found in them."""
        reports = [(one, one.report) for one in self.sets.values() if one.report is not None]
        for one, report in reports:
            self.findings += [f for old in report.findings for f in self._passed_on(one, old)]
            self.findings += self._not_listed(one, report)
        self.findings += [*self._missing_sets(entries), *_spellings(entries)]
        trees = dict.fromkeys(tree for _one, report in reports for tree in report.trees)
        return ImportReport(
            tuple(self.samples),
            tuple(self.skipped),
            tuple(sorted(self.findings, key=lambda f: (f.row is None, f.row or 0))),
            self._offers(reports),
            tuple(trees),
            NAME,
            (labels, *(path for _one, report in reports for path in report.labels)),
        )

    def _choose(self, entry: Entry, own: OneSet, found: Sequence[ImportedSample]) -> None:
        sample = found[0]
        if len(found) > 1:
            text = f"{own.title} has {len(found)} events in this clip; the first one is taken"
            self._note(entry, "several-events", Severity.WARNING, text)
        if class_of(sample.emotion) != entry.label:
            text = f"The list says {entry.label!r}, the sheet of {own.title} {sample.emotion!r}"
            self._note(entry, "class-disagrees", Severity.WARNING, text)
        self._rows[own.name, sample.row] = entry
        self._clips[own.name, f"{sample.path.parent.name}/{sample.path.name}"] = entry
        told = (("emotion of the sheet", sample.emotion), ("row of the sheet", str(sample.row)))
        self.samples.append(
            replace(
                sample,
                row=entry.row,
                subject=f"{own.name}:{sample.subject}",
                subject_raw=entry.subject,
                emotion=entry.label,
                dataset=NAME,
                sheet="",
                cells=(*entry.cells, *told),
                # The list has no keyframes: nothing can be written back to it.
                places=(),
            )
        )

    def _without_sample(self, entry: Entry, own: OneSet) -> None:
        left_out = own.skipped(entry.key)
        if own.fault:
            self._leave_out(entry, "", own.fault)
        elif left_out is not None:
            self._rows[own.name, left_out.row] = entry
            reason = f"row {left_out.row} of {own.title} is left out: {left_out.reason}"
            self._leave_out(entry, "", reason)
        else:
            reason = f"{own.title} has no row for {entry.subject}/{entry.clip}"
            self._leave_out(entry, "clip-unknown", reason)

    def _leave_out(self, entry: Entry, kind: str, reason: str) -> None:
        """Skip a row; without a kind its finding is made elsewhere."""
        row = SkippedRow(entry.row, entry.clip, reason, "", entry.subject, entry.cells)
        self.skipped.append(row)
        if kind:
            self._note(entry, kind, Severity.ERROR, reason)

    def _note(self, entry: Entry, kind: str, severity: Severity, text: str) -> None:
        where = (None, None, entry.row, entry.subject, entry.clip)
        self.findings.append(Finding(kind, severity, text, *where))

    def _passed_on(self, one: OneSet, finding: Finding) -> list[Finding]:
        """Return what a set's reader has found, if it concerns a row of the list, or the set."""
        entry = self._entry_of(one, finding)
        if entry is None and (finding.row is not None or finding.clip):
            return []
        at = f", row {finding.row}" if finding.row is not None else ""
        text = f"{one.title}{at}: {finding.text}"
        if entry is None:
            return [replace(finding, text=text)]
        return [replace(finding, text=text, row=entry.row, subject=entry.subject, clip=entry.clip)]

    def _entry_of(self, one: OneSet, finding: Finding) -> Entry | None:
        if finding.row is None:
            return self._clips.get((one.name, finding.clip))
        return self._rows.get((one.name, finding.row))

    def _not_listed(self, one: OneSet, report: ImportReport) -> list[Finding]:
        """Name the samples whose emotion the composite has, but which the list leaves out."""
        found = []
        for sample in report.samples:
            is_listed = one.key(sample.subject, sample.clip) in self._first_rows
            if not is_listed and is_meant(one.name, sample.emotion):
                text = f"The list leaves out {one.title}'s {sample.emotion!r} in this clip"
                where = (None, None, None, f"{one.name}:{sample.subject}", sample.clip)
                found.append(Finding("not-listed", Severity.INFO, text, *where))
        return found

    def _missing_sets(self, entries: Sequence[Entry]) -> list[Finding]:
        found = []
        for one in self.sets.values():
            rows = [e for e in entries if e.dataset == one.name and not e.fault]
            if one.fault and rows:
                text = f"{len(rows)} rows of the list are skipped: {one.fault}"
                found.append(Finding("set-missing", Severity.ERROR, text))
        return found

    def _offers(self, reports: Sequence[tuple[OneSet, ImportReport]]) -> tuple[FixOffer, ...]:
        """Return the fixes of the sets that concern rows of the list, by its rows."""
        merged: dict[str, FixOffer] = {}
        for one, report in reports:
            mine = {row: e.row for (name, row), e in self._rows.items() if name == one.name}
            for fix in report.fixes:
                before = merged[fix.name].rows if fix.name in merged else ()
                rows = sorted({*before, *(mine[row] for row in fix.rows if row in mine)})
                if rows:
                    merged[fix.name] = replace(fix, rows=tuple(rows))
        return tuple(merged.values())


def _spellings(entries: Sequence[Entry]) -> list[Finding]:
    by_set: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_set[entry.dataset].append(entry)
    found = []
    for name in (name for name in SETS if name in by_set):
        for used in subjects.spellings(e.subject for e in by_set[name]).values():
            if len(used) > 1:
                row = next(e.row for e in by_set[name] if e.subject == used[1])
                text = f"{', '.join(map(repr, used))} are taken for one subject of {name}"
                place = (None, None, row, used[1])
                found.append(Finding("subject-spelling", Severity.WARNING, text, *place))
    return found
