"""SAMM Long Videos: 159 micro- and 343 macro-expressions in 147 videos of 200 frames per second.

Layout::

    SAMM_longvideos/006_1/006_1_0001.jpg     subject and inducement; four digits or more
    SAMM_LongVideos_V3_Release.xlsx          sheet FACS_Movement_Only, the header in row 10

An event is named as in SAMM, ``006_1_2``: the second one of the video ``006_1``. Where a
spreadsheet program has made a date of such a name, subject and inducement tell the video.

The numbers of macro-expressions are fractional. They are rounded half up, which is told of each
row but is no fault of it. The sheet has no emotions: those of the micro-expressions, and their
objective classes, are in the sheet of SAMM, and are taken from there if it lies beside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, draft
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import first_image, is_mostly
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.picture_sets import told_by, with_sets
from meviewer.data.doctor.rows import MACRO, MICRO, DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import sheet_of
from meviewer.data.doctor.sheets import (
    SheetRow,
    find_files,
    sheet_rows,
)
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.samm_lv_emotions import Emotions, emotions_beside, merged
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(
    name="samm-lv",
    title="SAMM Long Videos",
    rate=Fraction(200),
    trees=("raw", "cropped"),
    has_emotion=False,
)

_USUAL = "SAMM_LongVideos_V3_Release.xlsx"
_SHEETS = ("FACS_Movement_Only",)
_PATTERNS = (
    *("*long*videos*v3*", "*long*videos*v2*", "*long*videos*v1*", "*long*videos*"),
    *("samm*", "*.xls*"),
)
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    "duration": (),
    "inducement": ("Inducement Code",),
    "kind": ("Type", "Micro", "Macro/Micro"),
}
_WORDS = {"crop": "cropped"}
_VIDEO = re.compile(r"([0-9]{1,3})_([0-9]{1,2})")
_EVENT = re.compile(r"([0-9]{1,3})_([0-9]{1,2})(?:_[0-9]{1,3})?")
_IMAGE = re.compile(r"[0-9]{1,3}_[0-9]{1,2}_[0-9]+\.\w+")
_NUMBERS = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class SammLvReader:
    """Reads SAMM Long Videos, in any release of its sheet."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim folders of videos ``006_1`` with ``006_1_0001.jpg``."""
        if not is_mostly(root, _is_own):
            return None
        why = "it has videos such as 006_1/006_1_0001.jpg"
        return Claim(self.name, self.title, why, find_files(root, _PATTERNS, fits=_is_sheet))

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheet, by default of the newest release, and find the videos.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet is not there or lacks its columns.
        """
        book = sheet_of(root, labels, _PATTERNS, _is_sheet, (self.title, _USUAL))
        emotions = emotions_beside(root, book.path)
        drafts = merged(_drafts(book), emotions)
        files = (book.path, *_file(emotions))
        return examine(TRAITS, drafts, _tree(root), options=options, labels=files)


READER = SammLvReader()


def _file(emotions: Emotions | None) -> tuple[Path, ...]:
    return () if emotions is None else (emotions.path,)


def _tree(root: Path) -> ClipTree:
    places = [
        Place(found[1], parts[-1], told_by(parts[:-1], _WORDS), path=path)
        for path, parts in clip_paths(root)
        if (found := _VIDEO.fullmatch(parts[-1])) is not None
    ]
    return with_sets(root, places, _WORDS)


def _is_own(path: Path, parts: tuple[str, ...]) -> bool:
    image = first_image(path)
    has_name = image.startswith(f"{parts[-1]}_") and _IMAGE.fullmatch(image)
    return bool(_VIDEO.fullmatch(parts[-1]) and has_name)


def _is_sheet(path: Path) -> bool:
    return any(_has_own_rows(table) for table in read_workbook(path, max_rows=60).tables)


def _has_own_rows(table: Table) -> bool:
    header = find_header(table, _COLUMNS, (*REQUIRED, "kind"))
    # SAMM names its events alike, but has an emotion for each.
    if header is None or "emotion" in header.columns:
        return False
    return any(_EVENT.fullmatch(row.cells["clip"]) for row in sheet_rows(table, header))


def _drafts(book: Workbook) -> Drafts:
    table, header = require_header(book, _COLUMNS, REQUIRED, _SHEETS)
    listed = tuple(sheet_rows(table, header))
    rows = tuple(_draft(row, table.name) for row in listed)
    rounded = _about_rounding(listed, rows)
    return Drafts(rows, (*book.findings, *table.findings, *rounded))


def _draft(row: SheetRow, sheet: str) -> DraftRow:
    said = row.cells.get("kind", "").casefold()
    kind = next((kind for kind in (MACRO, MICRO) if said.startswith(kind)), "")
    video, doubts = _video(row)
    if not kind:
        text = f"It says neither macro nor micro but {row.cells.get('kind', '')!r}"
        doubts.append(("kind-unknown", text))
    doubts += _about_duration(row)
    made = draft(row, sheet, kind=kind, doubts=tuple(doubts))
    if kind == MACRO:
        made = _from_start(_rounded(made))
    return replace(made, clip=video or made.clip)


def _video(row: SheetRow) -> tuple[str, list[tuple[str, str]]]:
    """Return the video of an event, and doubts about its name."""
    subject, event = row.cells["subject"], row.cells["clip"]
    named = _EVENT.fullmatch(event.strip("/\\ "))
    if named is not None:
        video = f"{named[1].zfill(3)}_{int(named[2])}"
        if not subject or subjects.key(subject) == subjects.key(named[1]):
            return video, []
        text = f"The column says subject {subject!r}, the name of the event {event!r}"
        return video, [("subject-disagrees", text)]
    person = read_number(subject)
    inducement = read_number(row.cells.get("inducement", ""))
    if not event or person is None or inducement is None:
        return "", []
    video = f"{person.value:03d}_{inducement.value}"
    text = f"The name {event!r} is none of an event; subject and inducement tell {video}"
    return video, [("name-mangled", text)]


def _rounded(row: DraftRow) -> DraftRow:
    onset, apex, offset = (_whole(text) for text in (row.onset, row.apex, row.offset))
    return replace(row, onset=onset, apex=apex, offset=offset)


def _whole(text: str) -> str:
    number = read_number(text)
    return text if number is None or number.is_whole else str(number.value)


def _about_rounding(listed: Sequence[SheetRow], rows: Sequence[DraftRow]) -> list[Finding]:
    """Tell each row whose fractional numbers were rounded here; they are how the set is made."""
    found = []
    for row, made in zip(listed, rows, strict=True):
        pairs = [(row.cells.get(name, ""), getattr(made, name)) for name in _NUMBERS]
        said = [f"{before} to {after}" for before, after in pairs if before != after]
        if said:
            text = f"Numbers of a macro-expression were rounded: {', '.join(said)}"
            found.append(made.finding("number-rounded", Severity.INFO, text))
    return found


def _from_start(row: DraftRow) -> DraftRow:
    onset, offset = read_number(row.onset), read_number(row.offset)
    if onset is None or offset is None or not 0 <= onset.value <= 1:
        return row
    lasts = offset.value - onset.value + 1
    text = f"It starts with its video and lasts {lasts} frames; others leave such rows out"
    return replace(row, doubts=(*row.doubts, ("macro-from-start", text)))


def _about_duration(row: SheetRow) -> list[tuple[str, str]]:
    """Compare the column Duration with onset to offset, as far as rounding lets it be compared."""
    onset, offset, said = (
        read_number(row.cells.get(n, "")) for n in ("onset", "offset", "duration")
    )
    if onset is None or offset is None or said is None:
        return []
    counted = offset.value - onset.value + 1
    # Which end it counts is not known for every release.
    if counted - 2 <= said.value <= counted + 1:
        return []
    text = f"The sheet says that it lasts {said.value} frames; onset to offset are {counted}"
    return [("duration-disagrees", text)]
