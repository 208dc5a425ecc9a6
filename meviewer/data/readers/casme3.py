"""CAS(ME)^3: micro- and macro-expressions and blinks at 30 frames per second, in parts A and C.

Layout::

    part_A/spNO.1/a/color/123.jpg                 13 videos a subject, a to m; depth lies beside
    part_C/spNO.1/color/123.jpg                   one video a subject
    cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx     860 micro-expressions; v1 (.xls) has 921
    CAS(ME)3_part_A_v2.xls                        sheets 'AU+Emotion' and 'eye blink'
    CAS(ME)3_part_C_ME.xlsx, CAS(ME)3_part_C.xls  no apex, and no column for the clip

All sheets of a workbook that have the columns are read. Whether a row of the full sheet is a
micro- or a macro-expression is told by its cell, whatever the column is called. How the pictures
of part C lie is not published: its rows go to the one clip that their subject has there.
Videos of one name in upper and lower case are one: the folder ``J`` of spNO.3 is ``j``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, draft
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import first_clips, first_image, is_mostly
from meviewer.data.doctor.rows import BLINK, MACRO, MICRO, DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import (
    SheetRow,
    find_files,
    needed_labels,
    needed_root,
    sheet_rows,
)
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.casme3_errata import ERRATA
from meviewer.data.tables.header import Header, find_header, folded, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

PART_A, PART_C = "part-a", "part-c"
TRAITS = Traits(
    name="casme3",
    title="CAS(ME)^3",
    rate=Fraction(30),
    emotions=frozenset(("anger", "disgust", "fear", "happiness", "others", "sadness", "surprise")),
    trees=(PART_A, PART_C),
)
CLASSES_C = frozenset(("negative", "others", "positive", "surprise"))
"""Classes of part C."""

ROWS_OF_V1 = 921
_REQUIRED = ("subject", "onset", "offset")
_KINDS = {"microexpression": MICRO, "macroexpression": MACRO, "micro": MICRO, "macro": MACRO}
_PATTERNS = (
    "cas*part_a*jpgindex_v2*",
    "*jpgindex*",
    "cas*part_a_v2*",
    "cas*part_?_me*",
    "cas*",
    "*.xls*",
)
_USUAL = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
_SUBJECT = re.compile(r"sp-?no\.?\s?[0-9]{1,4}", re.IGNORECASE)
_VIDEO = re.compile(r"[a-m]", re.IGNORECASE)
_COLOURS = ("color", "colour", "rgb")
_IMAGE = re.compile(r"[0-9]+\.\w+")
_PART_C = re.compile(r"part[\W_]*c\b|part[\W_]*c_", re.IGNORECASE)

_Sheets = Sequence[tuple[Table, Header]]


@dataclass(frozen=True, slots=True)
class Casme3Reader:
    """Reads the labels of CAS(ME)^3, one workbook at a time."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim folders of subjects and videos ``spNO.1/a/color`` with ``123.jpg``."""
        if not is_mostly(root, _is_own):
            return None
        why = "it has clips such as spNO.1/a/color/123.jpg"
        return Claim(self.name, self.title, why, _labels(root))

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read one workbook, by default the micro-expressions of part A, and find the clips.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet is not there or lacks its columns.
        """
        options = options or ReadOptions()
        needed_root(root)
        book = needed_labels(root, labels, () if labels else _labels(root), self.title, _USUAL)
        sheets = _sheets(book)
        names = {name for _table, header in sheets for name in header.columns}
        part = PART_A if "clip" in names else PART_C
        tree = ClipTree(list(_places(root)))
        traits = replace(
            TRAITS,
            has_apex="apex" in names,
            has_emotion="emotion" in names,
            emotions=TRAITS.emotions if part == PART_A else CLASSES_C,
        )
        return examine(
            traits,
            _drafts(book, sheets, tree.of(part) if part in tree.trees else tree),
            tree,
            options=replace(options, tree=part),
            offered=ERRATA if part == PART_A else (),
            labels=(book.path,),
        )


READER = Casme3Reader()


def _places(root: Path) -> Iterator[Place]:
    for path, parts in clip_paths(root):
        place = _place((root.absolute().name, *parts))
        if place is not None:
            yield replace(place, path=path)


def _place(parts: tuple[str, ...]) -> Place | None:
    """Return what the names of folders mean, from the root's own name down to the pictures."""
    at = max((n for n, name in enumerate(parts) if _SUBJECT.fullmatch(name)), default=None)
    if at is None:
        return None
    subject, below = parts[at], parts[at + 1 :]
    if below and below[-1].casefold() in _COLOURS:
        below = below[:-1]
    if any(name.casefold().startswith("depth") for name in below):
        return None
    is_c = any(_PART_C.search(name) for name in parts[:at])
    if len(below) == 1 and _VIDEO.fullmatch(below[0]) and not is_c:
        return Place(subject, below[0], PART_A)
    # Elsewhere single letters are videos; in part C a subject itself is one.
    return Place(subject, "-".join(below) or subject, PART_C) if is_c or not below else None


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    return _place(parts) is not None and bool(_IMAGE.fullmatch(first_image(path)))


def _labels(root: Path) -> tuple[Path, ...]:
    """Return the label files, those of the part that is there first."""
    found = find_files(root, _PATTERNS, fits=_is_sheet)
    places = (_place((root.absolute().name, *parts)) for _path, parts in first_clips(root))
    trees = {place.tree for place in places if place is not None}
    if PART_A in trees:
        return found
    return tuple(sorted(found, key=lambda path: not _PART_C.search(path.stem)))


def _is_sheet(path: Path) -> bool:
    book = read_workbook(path, max_rows=40)
    return any(
        _SUBJECT.fullmatch(row.cells["subject"])
        for table in book.tables
        if (header := find_header(table, COLUMNS, _REQUIRED)) is not None
        for row in sheet_rows(table, header)
    )


def _sheets(book: Workbook) -> _Sheets:
    """Return every sheet that has the columns; there is at least one."""
    pairs = ((table, find_header(table, COLUMNS, _REQUIRED)) for table in book.tables)
    found = [(table, header) for table, header in pairs if header is not None]
    return found or [require_header(book, COLUMNS, _REQUIRED)]


def _drafts(book: Workbook, sheets: _Sheets, tree: ClipTree) -> Drafts:
    rows: list[DraftRow] = []
    findings = list(book.findings)
    clips = _one_clip_each(tree)
    for table, header in sheets:
        findings += table.findings
        listed = list(sheet_rows(table, header))
        tells = any(_told(row) for row in listed)
        rows += [_draft(row, table.name, tells, clips) for row in listed]
    if len(rows) == ROWS_OF_V1:
        text = f"It has {ROWS_OF_V1} rows, as the first version; the second one has 860"
        findings.append(Finding("first-version", Severity.INFO, text))
    return Drafts(tuple(rows), (*findings, *_about_case(rows, tree)))


def _draft(row: SheetRow, sheet: str, tells: bool, clips: Mapping[str, str]) -> DraftRow:
    told = _told(row)
    doubts: tuple[tuple[str, str], ...] = ()
    kind = BLINK if "blink" in sheet.casefold() else MICRO
    if tells:
        kind = told
        if not told:
            doubts = (("kind-unknown", "It says neither macro- nor micro-expression"),)
    if "clip" in row.cells:
        return _without_kind(draft(row, sheet, kind=kind, doubts=doubts))
    # Part C has no column for the clip.
    clip = clips.get(subjects.key(row.cells["subject"]), "")
    named = replace(row, cells={**row.cells, "clip": clip or row.cells["subject"]})
    made = _without_kind(draft(named, sheet, kind=kind, doubts=doubts))
    several = clip == "" and subjects.key(row.cells["subject"]) in clips
    fault = "the subject has several clips, and the sheet names none" if several else ""
    return replace(made, cells=row.all_cells, fault=made.fault or fault)


def _without_kind(made: DraftRow) -> DraftRow:
    """Return the row without 'Micro-expression' in the place of an emotion, which stays there."""
    if folded(made.emotion) not in _KINDS:
        return made
    places = tuple(pair for pair in made.places if pair[0] != "emotion")
    return replace(made, emotion="", places=places)


def _told(row: SheetRow) -> str:
    kinds = (_KINDS.get(folded(text), "") for _name, text in row.all_cells)
    return next((kind for kind in kinds if kind), "")


def _one_clip_each(tree: ClipTree) -> dict[str, str]:
    """Return the clip of each subject by the subject's key; empty where there are several."""
    found: dict[str, list[str]] = defaultdict(list)
    for place in tree.places:
        found[subjects.key(place.subject)].append(place.clip)
    return {key: clips[0] if len(clips) == 1 else "" for key, clips in found.items()}


def _about_case(rows: Sequence[DraftRow], tree: ClipTree) -> list[Finding]:
    """Say once a clip that sheet and folder write its letter unlike."""
    found: dict[tuple[str, str], Finding] = {}
    for row in rows:
        place = tree.find(row.subject, row.clip) if row.clip else None
        if place is not None and place.clip != row.clip:
            text = f"The sheet writes {row.clip!r}, the folder is {place.clip!r}: they are one"
            key = (place.subject, row.clip)
            found.setdefault(key, row.finding("clip-spelling", Severity.INFO, text))
    return list(found.values())
