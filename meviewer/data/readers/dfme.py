"""DFME: spontaneous micro-expressions at 500, 300 or 200 frames per second, told row by row.

Layout::

    training/sub0003_01/00000.png ...      testA/..., testB/...; five digits, counted from 0
    training.csv, testA.csv, testB.csv     or .xlsx; other names that tell the part will do

Columns: Subject ``sub0003``, Filename ``sub0003_01``, OnsetFrame, ApexFrame, OffsetFrame, Emotion,
EmotionId (0 to 6 by alphabet), Fps, AU. Sheet and pictures count alike, from 0: half of all onsets
are 0, which is a frame as any other.

The files of all parts are read together, whose row numbers repeat: a row is known by sheet and
row. The part goes to the notes. Action units such as ``AD38`` and ``M58`` stay in the text; only
what can be read becomes a unit. No public corrections are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.labels import normalise
from meviewer.data import subjects
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import draft
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import first_image, is_mostly
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.picture_sets import told_by, with_sets
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import SheetRow, find_files, needed_labels, needed_root
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.dfme_sheets import (
    CLIP,
    LabelTable,
    is_sheet,
    label_tables,
    read_together,
    split_of,
    together,
)
from meviewer.data.tables.reading import read_workbook

EMOTIONS = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
"""Classes in the order of the column EmotionId, from 0."""

RATES = (500, 300, 200)
"""Frames per second of its parts A, B and C."""

TRAITS = Traits(
    name="dfme",
    title="DFME",
    emotions=frozenset(EMOTIONS),
    trees=("raw", "cropped"),
    same_spelling=True,
)

_IMAGE = re.compile(r"[0-9]{5}\.\w+")
_WORDS = {"crop": "cropped"}
_PATTERNS = ("*train*", "*test*a*", "*test*b*", "*dfme*", "*")
_USUAL = "training.csv"

_Doubts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DfmeReader:
    """Reads DFME, all parts of its split together."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder most of whose clips are like ``sub0003_01/00000.png``."""
        if not is_mostly(root, _is_own):
            return None
        found = find_files(root, _PATTERNS, fits=is_sheet)
        why = "it has clips such as sub0003_01/00000.png"
        return Claim(self.name, self.title, why, together(root, found))

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheets of all parts, and find the clips.

        A label file that is named and is one of the parts is read first, the others after it;
        any other that is named is read alone.

        Raises
        ------
        LabelError
            If the root is no folder, or no sheet is there, or one lacks its columns.
        """
        needed_root(root)
        found = find_files(root, _PATTERNS, fits=is_sheet)
        paths, findings = read_together(root, labels, found)
        first = needed_labels(root, labels and paths[0], paths, self.title, _USUAL)
        books = (first, *map(read_workbook, paths[1:]))
        tables = [t for book in books for t in label_tables(root, book, is_first=book is first)]
        tree = _tree(root)
        rows = tuple(_draft(root, row, table, tree) for table in tables for row in table.rows)
        for book in books:
            findings += (*book.findings, *(f for table in book.tables for f in table.findings))
        read = [book.path for book in books]
        return examine(TRAITS, Drafts(rows, findings), tree, options=options, labels=read)


READER = DfmeReader()


def _tree(root: Path) -> ClipTree:
    places = []
    for path, parts in clip_paths(root):
        named = CLIP.fullmatch(parts[-1])
        if named is not None:
            tree = told_by(parts[:-1], _WORDS)
            places.append(Place(named[1], parts[-1], tree, path=path))
    return with_sets(root, places, _WORDS)


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    return bool(CLIP.fullmatch(parts[-1]) and _IMAGE.fullmatch(first_image(path)))


def _draft(root: Path, row: SheetRow, table: LabelTable, tree: ClipTree) -> DraftRow:
    made = draft(row, table.name)
    rate, doubts = _rate(row.cells.get("fps", ""))
    named = CLIP.fullmatch(made.clip)
    if named is not None and made.subject:
        doubts += _about_subject(made, named[1])
        # The name of the clip tells the person, also where the column is wrong.
        made = replace(made, subject=named[1], subject_raw=made.subject)
    doubts += _about_class(row) + _about_split(root, made, table.split, tree)
    split = f"split: {table.split}" if table.split else ""
    return replace(
        made,
        rate=rate,
        notes="; ".join(filter(None, (split, made.notes))),
        doubts=(*made.doubts, *doubts),
        fault=made.fault or _fault(made),
        # A copy is made of one file: the rows of the others have no place in it.
        places=row.places if table.is_first else (),
    )


def _rate(text: str) -> tuple[Fraction | None, _Doubts]:
    found = read_number(text)
    if found is None or found.value <= 0:
        said = f"Fps is {text!r}" if text else "Fps is blank"
        return None, [("rate-missing", f"{said}: durations in ms are not known")]
    if found.value not in RATES or not found.is_whole:
        usual = ", ".join(map(str, RATES))
        return Fraction(found.value), [("rate-unusual", f"Fps is {text}, not one of {usual}")]
    return Fraction(found.value), []


def _about_subject(row: DraftRow, subject: str) -> _Doubts:
    if subjects.key(row.subject) == subjects.key(subject):
        return []
    text = f"The column says subject {row.subject!r}, the clip's name {subject!r}"
    return [("subject-disagrees", text)]


def _about_class(row: SheetRow) -> _Doubts:
    emotion, text = row.cells.get("emotion", ""), row.cells.get("emotion_id", "")
    number = read_number(text)
    if not text or number is None or normalise(emotion) not in EMOTIONS:
        return []
    if number.value == EMOTIONS.index(normalise(emotion)):
        return []
    right = EMOTIONS.index(normalise(emotion))
    return [("code-disagrees", f"EmotionId is {text}; {emotion!r} has the number {right}")]


def _about_split(root: Path, row: DraftRow, split: str, tree: ClipTree) -> _Doubts:
    place = tree.find(row.subject, row.clip)
    if place is None or not split:
        return []
    folders = place.path.relative_to(root).parts[:-1]
    there = split_of(root.absolute().name, *folders)
    if there in ("", split):
        return []
    return [("split-disagrees", f"The sheet is of {split}, the folder of {there}")]


def _fault(row: DraftRow) -> str:
    """Return why an event that ends at frame 0 is none; 0 is right for onset and apex alone."""
    onset, offset = read_number(row.onset), read_number(row.offset)
    if onset is None or offset is None or onset.value != 0 or offset.value != 0:
        return ""
    return "the offset is 0, as the onset is, which stands for a missing one"
