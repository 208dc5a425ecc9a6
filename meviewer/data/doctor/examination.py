"""From the rows of a sheet and the clips on disk to samples, rows left out, and findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.core.labels import normalise
from meviewer.data.dataset import FixOffer, ImportedSample, ImportReport, SkippedRow
from meviewer.data.doctor import fixes
from meviewer.data.doctor.clip_facts import ClipFacts, clip_facts
from meviewer.data.doctor.clip_tree import ClipTree, Place
from meviewer.data.doctor.fixes import CUT_AT_CLIP, Fix
from meviewer.data.doctor.judging import Verdict, judge_frames, judge_numbers, judge_rest
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.whole import whole_findings
from meviewer.data.reader import ReadOptions


def examine(
    traits: Traits,
    drafts: Drafts,
    tree: ClipTree,
    *,
    options: ReadOptions | None = None,
    offered: Sequence[Fix] = (),
    labels: Sequence[Path] = (),
) -> ImportReport:
    """Make a report of all rows: each is a sample, or is left out with a reason.

    Parameters
    ----------
    traits : Traits
    drafts : Drafts
        Rows as the reader has read them; their order is kept.
    tree : ClipTree
        All clips on disk, of all sets of pictures.
    options : ReadOptions, optional
    offered : sequence of Fix
        Fixes that the data set is known to need; applied where ``options`` name them.
    labels : sequence of Path
        Label files that were read.
    """
    options = options or ReadOptions()
    chosen, trees = _chosen_tree(traits, tree, options.tree)
    rows, offers = fixes.apply(drafts.rows, offered, options.fixes)
    work = _Work(traits, chosen, CUT_AT_CLIP in options.fixes)
    for done, row in enumerate(rows):
        options.tell(done, len(rows))
        work.take(row)
    options.tell(len(rows), len(rows))
    found = [*drafts.findings, *work.findings]
    found += whole_findings(traits, rows, chosen, work.used, trees)
    found += _about_fixes(drafts.rows, rows)
    return ImportReport(
        tuple(work.samples),
        tuple(work.skipped),
        tuple(sorted(found, key=lambda f: (f.row is None, f.row or 0))),
        (*offers, *work.cutting()),
        trees,
        traits.name,
        tuple(labels),
    )


@dataclass(slots=True)
class _Work:
    """Rows on their way to samples; every row ends in ``samples`` or in ``skipped``."""

    traits: Traits
    tree: ClipTree
    cut: bool
    samples: list[ImportedSample] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    _facts: dict[Path, ClipFacts] = field(default_factory=dict)
    _first_rows: dict[tuple[object, ...], DraftRow] = field(default_factory=dict)
    _could_be_cut: list[int] = field(default_factory=list)

    def take(self, row: DraftRow) -> None:
        """Make one row a sample, or say why not."""
        verdict = judge_numbers(row, self.traits)
        place = self.tree.find(row.subject, row.clip)
        if place is not None:
            row = replace(row, shift=row.shift + place.shift)
            self.used.add(place.path)  # also where the row has a fault: it does name the clip
            self._compare_emotions(row, place, verdict)
        elif not row.fault:
            named = f"{row.subject_raw or row.subject}/{row.clip}"
            verdict.refuse(row, "clip-unknown", f"there is no clip {named} on disk")
        if not verdict.reason:
            self._check_twice(row, place, verdict)
        rate = row.rate or self.traits.rate
        if place is not None and not verdict.reason:
            facts = self._facts_of(place.path)
            rate = rate or facts.rate
            self._against_disk(row, facts, verdict)
        if not verdict.reason:
            judge_rest(row, verdict, self.traits, rate)
        self._finish(row, place, verdict)

    def cutting(self) -> tuple[FixOffer, ...]:
        """Return the offer to cut events at the ends of their clips, if there are such."""
        if not self._could_be_cut:
            return ()
        title = "Cut events that reach beyond their clip at its ends"
        source = "a rule of meviewer; the sheet itself stays as it is"
        rows = tuple(self._could_be_cut)
        return (FixOffer(CUT_AT_CLIP, title, source, rows, self.cut),)

    def _against_disk(self, row: DraftRow, facts: ClipFacts, verdict: Verdict) -> None:
        if facts.fault:
            verdict.refuse(row, facts.fault_kind, facts.fault)
            return
        judge_frames(row, verdict, facts.numbers, cut=self.cut)
        if verdict.could_be_cut:
            self._could_be_cut.append(row.row)

    def _compare_emotions(self, row: DraftRow, place: Place, verdict: Verdict) -> None:
        if place.emotion and row.emotion and normalise(place.emotion) != normalise(row.emotion):
            text = f"The sheet says {row.emotion!r}, the folder {place.emotion!r}"
            verdict.doubt(row, "folder-disagrees", text)

    def _check_twice(self, row: DraftRow, place: Place | None, verdict: Verdict) -> None:
        path = place.path if place is not None else Path()
        key = (path, verdict.onset, row.coder, row.kind)
        first = self._first_rows.setdefault(key, row)
        if first is not row:
            where = f"row {first.row}" + (f" of {first.sheet}" if first.sheet != row.sheet else "")
            reason = f"{where} labels the same onset of this clip already"
            verdict.refuse(row, "row-twice", reason)

    def _facts_of(self, path: Path) -> ClipFacts:
        if path not in self._facts:
            found = clip_facts(path)
            self._facts[path] = found
            clip = f"{path.parent.name}/{path.name}"
            self.findings += [replace(one, frame=None, clip=clip) for one in found.findings]
        return self._facts[path]

    def _finish(self, row: DraftRow, place: Place | None, verdict: Verdict) -> None:
        self.findings += verdict.findings
        if verdict.reason or place is None:
            subject = row.subject_raw or row.subject
            left = SkippedRow(row.row, row.clip, verdict.reason, row.sheet, subject, row.cells)
            self.skipped.append(left)
            return
        cut = (CUT_AT_CLIP,) if verdict.is_cut else ()
        self.samples.append(_sample(row, place, verdict, self.traits, self.tree, cut))


def _sample(
    row: DraftRow,
    place: Place,
    verdict: Verdict,
    traits: Traits,
    tree: ClipTree,
    cut: tuple[str, ...],
) -> ImportedSample:
    rate: Fraction | None = row.rate or traits.rate
    return ImportedSample(
        row=row.row,
        subject=tree.spelling(place.subject),
        subject_raw=row.subject_raw or row.subject,
        clip=place.clip,
        path=place.path,
        onset=verdict.onset - row.shift,
        apex=None if verdict.apex is None else verdict.apex - row.shift,
        offset=verdict.offset - row.shift,
        emotion=row.emotion.strip(),
        action_units_text=row.action_units.strip(),
        coder=row.coder.strip(),
        rate=rate,
        kind=row.kind,
        objective=row.objective,
        notes=row.notes.strip(),
        dataset=traits.name,
        sheet=row.sheet,
        shift=row.shift,
        fixes=(*row.fixes, *cut),
        cells=row.cells,
        places=row.places,
    )


def _chosen_tree(traits: Traits, tree: ClipTree, wished: str) -> tuple[ClipTree, tuple[str, ...]]:
    """Return one set of pictures, and the names of all of them, the chosen one first."""
    there = tree.trees
    if len(there) < 2:
        return tree, there
    preferred = (wished, *traits.trees, *there)
    first = next(name for name in preferred if name in there)
    return tree.of(first), (first, *(name for name in there if name != first))


def _about_fixes(before: Sequence[DraftRow], after: Sequence[DraftRow]) -> list[Finding]:
    """Say of every row that a fix changed what stood there and what stands there now."""
    found = []
    names = ("subject", "clip", "onset", "apex", "offset", "emotion", "action_units", "kind")
    for old, new in zip(before, after, strict=True):
        if old is new:
            continue
        changes = [
            f"{name} {getattr(old, name)!r} → {getattr(new, name)!r}"
            for name in names
            if getattr(old, name) != getattr(new, name)
        ]
        text = f"Fixed by {', '.join(new.fixes)}: {'; '.join(changes)}"
        found.append(new.finding("fixed", Severity.INFO, text))
    return found
