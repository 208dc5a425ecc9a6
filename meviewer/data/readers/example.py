"""The example data set: template for a reader of your own, documentation, and test double.

Layout::

    root/
        labels.csv                       subject,clip,onset,apex,offset,emotion,action_units,coder
        <subject>/<clip>/<images>        the last number of a file name is the frame number

To add a data set, copy this file. `fits` says by which files it is known, `read` turns its sheet
into rows (`csv_labels.LabelRow`) and finds the folder of each; the rules that all data sets share
are in `row_checks`. Then name the reader in `meviewer.data.registry`. Its test writes a miniature
of the data set with every fault that the real sheet has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.core.errors import ClipError, LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.dataset import ImportedSample, ImportReport, SkippedRow
from meviewer.data.folder_listing import has_images, list_images
from meviewer.data.formats.csv_labels import LabelRow, read_sheet
from meviewer.data.row_checks import finding, judge

LABELS = "labels.csv"


@dataclass(frozen=True, slots=True)
class ExampleReader:
    """Reads folders of subjects with folders of clips, and one CSV sheet."""

    name: str = "example"
    title: str = "Folders of subjects and clips with labels.csv"

    def fits(self, root: Path) -> bool:
        """Return whether there is a ``labels.csv`` beside ``<subject>/<clip>/<images>``."""
        try:
            return (root / LABELS).is_file() and bool(_Folders.below(root).clips)
        except OSError:
            return False

    def read(self, root: Path, labels: Path | None = None) -> ImportReport:
        """Read ``labels`` (by default ``root/labels.csv``) and find the clips below ``root``.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet lacks its columns.
        """
        if not root.is_dir():
            raise LabelError(
                "No such data set",
                where=str(root),
                why="there is no folder of that name",
                now="choose the folder that holds the subjects' folders",
            )
        sheet = read_sheet(labels or root / LABELS)
        work = _Import(_Folders.below(root))
        for row in sheet.rows:
            work.take(row)
        for fault in sheet.faults:
            work.skipped.append(SkippedRow(fault.row or 0, fault.clip, fault.text))
        found = [*sheet.notes, *sheet.faults, *work.findings]
        found += _two_spellings(sheet.rows, work.folders)
        found += _without_row(work)
        return ImportReport(
            tuple(work.samples),
            tuple(sorted(work.skipped, key=lambda skipped: skipped.row)),
            tuple(sorted(found, key=lambda f: f.row or 0)),
        )


READER = ExampleReader()


@dataclass(frozen=True, slots=True)
class _Folders:
    """The folders on disk: their subjects, and the clips with images."""

    root: Path
    subjects: tuple[str, ...]
    clips: tuple[Path, ...]
    _exact: frozenset[Path]
    _by_key: dict[tuple[str, str], Path]

    @classmethod
    def below(cls, root: Path) -> _Folders:
        people = _visible_folders(root)
        clips = [c for person in people for c in _visible_folders(person) if has_images(c)]
        by_key = {_key(clip): clip for clip in reversed(clips)}
        return cls(root, tuple(p.name for p in people), tuple(clips), frozenset(clips), by_key)

    def find(self, subject: str, clip: str) -> Path | None:
        """Return the clip of exactly these names, or else of another spelling of them."""
        exact = self.root / subject / clip
        if exact in self._exact:
            return exact
        return self._by_key.get((subjects.key(subject), clip.casefold()))

    def spelling(self, subject: str) -> str:
        """Return the spelling that all samples of this subject get: that of its folder."""
        same = (name for name in self.subjects if subjects.key(name) == subjects.key(subject))
        return next(same, subject)


def _key(clip: Path) -> tuple[str, str]:
    return subjects.key(clip.parent.name), clip.name.casefold()


def _visible_folders(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    return sorted(found)


@dataclass(slots=True)
class _Import:
    """Rows on their way to samples; every row ends in ``samples`` or in ``skipped``."""

    folders: _Folders
    samples: list[ImportedSample] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    _numbers: dict[Path, tuple[int, ...]] = field(default_factory=dict)
    _first_rows: dict[tuple[Path, int, str], int] = field(default_factory=dict)

    def take(self, row: LabelRow) -> None:
        """Make one row a sample, or say why not."""
        path = self.folders.find(row.subject, row.clip)
        if path is None:
            self._skip(row, "clip-unknown", f"there is no folder {row.subject}/{row.clip}")
            return
        self.used.add(path)
        try:
            numbers = self._numbers_of(path)
        except ClipError as error:
            self._skip(row, "clip-unreadable", str(error))
            return
        key = (path, row.onset, row.coder)
        first = self._first_rows.setdefault(key, row.row)
        if first != row.row:
            self._skip(row, "row-twice", f"row {first} labels the same onset of this clip already")
            return
        self._judge(row, path, numbers)

    def _judge(self, row: LabelRow, path: Path, numbers: tuple[int, ...]) -> None:
        verdict = judge(row, numbers)
        self.findings += verdict.findings
        if verdict.reason:
            self.skipped.append(SkippedRow(row.row, row.clip, verdict.reason))
            return
        self.samples.append(
            ImportedSample(
                row=row.row,
                subject=self.folders.spelling(row.subject),
                subject_raw=row.subject,
                clip=path.name,
                path=path,
                onset=row.onset,
                apex=verdict.apex,
                offset=row.offset,
                emotion=row.emotion,
                action_units_text=row.action_units_text,
                coder=row.coder,
            )
        )

    def _skip(self, row: LabelRow, kind: str, reason: str) -> None:
        self.skipped.append(SkippedRow(row.row, row.clip, reason))
        self.findings.append(finding(row, kind, Severity.ERROR, reason))

    def _numbers_of(self, path: Path) -> tuple[int, ...]:
        if path not in self._numbers:
            self._numbers[path] = list_images(path).numbers
        return self._numbers[path]


def _two_spellings(rows: Sequence[LabelRow], folders: _Folders) -> list[Finding]:
    found = []
    for used in subjects.spellings([*folders.subjects, *(row.subject for row in rows)]).values():
        if len(used) > 1:
            first = next((row for row in rows if row.subject in used[1:]), None)
            text = f"{', '.join(map(repr, used))} are taken for one subject, {used[0]!r}"
            place = (None, None, first.row if first else None, used[0])
            found.append(Finding("subject-spelling", Severity.WARNING, text, *place))
    return found


def _without_row(work: _Import) -> list[Finding]:
    found = []
    for path in work.folders.clips:
        if path not in work.used:
            text = f"No row of the sheet names the folder {path.parent.name}/{path.name}"
            place = (None, None, None, path.parent.name, path.name)
            found.append(Finding("folder-without-row", Severity.INFO, text, *place))
    return found
