"""CAS(ME)^2: 57 micro- and 300 macro-expressions within long videos of 30 frames per second.

Layout::

    rawpic/s15/15_0101disgustingteeth/img001.jpg ...    98 long videos; padded to three digits
    cropped/..., selectedpic/...                        also with a folder s15/anger1_1 an event
    rawvideo/s15/15_0101disgustingteeth.avi             frame 1 of the sheet comes first
    CAS(ME)^2code_final.xlsx, CAS(ME)^2code_final(Updated).xlsx
    CAS(ME)^2blink-code.xlsx

The sheet ``CASFEcode_final`` has no header: subject 1 to 22, event, onset, apex, offset, action
units, emotion, macro- or micro-expression, and what the subject itself reported, which goes to the
notes. ``naming rule1`` tells the folder of a subject and has one line for each row of the sheet,
``naming rule2`` the code of a video within the names of its folders.

Macro-expressions that had not ended with their video have the offset 0; by convention they end at
their apex: that is on offer. In one row the apex is 0, in three it comes after the offset: such an
apex is left out. What others put there instead is known by row number alone and is not offered.

The list of blinks is a file of its own; it is read when it is named as the label file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place, clip_paths
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.fixes import OffsetFromApex
from meviewer.data.doctor.glance import is_mostly
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.rows import MACRO, MICRO, DraftRow, Drafts, Traits
from meviewer.data.doctor.sheet_reader import sheet_of
from meviewer.data.doctor.sheets import find_files
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.casme_squared_blinks import blink_drafts, blink_table
from meviewer.data.readers.casme_squared_names import (
    TREES,
    Rules,
    identify,
    index_of,
    read_rules,
    split_event,
)
from meviewer.data.tables.header import folded
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(
    name="casme-squared",
    title="CAS(ME)^2",
    rate=Fraction(30),
    emotions=frozenset(("negative", "positive", "surprise", "others")),
    trees=TREES,
)
FIXES = (
    OffsetFromApex(
        "the convention of the code for the spotting challenges (MEGC), for the 44 "
        "macro-expressions whose offset is 0"
    ),
)

_COLUMNS = (
    *("subject", "clip", "onset", "apex", "offset", "action_units", "emotion"),
    *("kind", "self-report"),
)
_PLACES = tuple(
    (name, _COLUMNS.index(name)) for name in ("onset", "apex", "offset", "emotion", "action_units")
)
_KINDS = {"microexpression": MICRO, "macroexpression": MACRO}
_MISSPELT = {"happyiness": "happiness"}
_PATTERNS = ("cas*me*code?final*", "*code?final*", "cas*me*2*")
_BLINKS = ("*blink*code*",)
_USUAL = "CAS(ME)^2code_final.xlsx"

_Index = Mapping[tuple[str, str], Place]


@dataclass(frozen=True, slots=True)
class CasmeSquaredReader:
    """Reads CAS(ME)^2, or its list of blinks."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder most of whose clips are like ``s15/15_0101disgustingteeth``."""
        if not is_mostly(
            root, lambda path, parts: identify(root, path, parts[1:]) is not None, videos=True
        ):
            return None
        labels = find_files(root, _PATTERNS, fits=_is_sheet)
        why = "it has clips such as s15/15_0101disgustingteeth"
        return Claim(self.name, self.title, why, labels)

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read the sheet, the updated one if there are two, and find the videos.

        Raises
        ------
        LabelError
            If the root is no folder, or the file is not there or is neither the sheet of the
            data set nor its list of blinks.
        """
        options = options or ReadOptions()
        book = sheet_of(root, labels, _PATTERNS, _is_sheet, (self.title, _USUAL))
        places = (identify(root, *clip) for clip in clip_paths(root, videos=True))
        tree = ClipTree([place for place in places if place is not None])
        wished = (options.tree, *TREES)
        chosen = next((name for name in wished if name in tree.trees), "")
        index = index_of(tree.of(chosen))
        table = _label_table(book)
        blinks = blink_table(book) if table is None else None
        if table is not None:
            drafts, traits = _drafts(book, table, tree, index), TRAITS
            drafts = replace(drafts, findings=(*drafts.findings, *_blinks_beside(root)))
        elif blinks is not None:
            drafts = blink_drafts(book, blinks, index)
            traits = replace(TRAITS, has_apex=False, has_emotion=False)
        else:
            raise _no_sheet(book)
        return examine(
            traits,
            drafts,
            tree,
            options=replace(options, tree=chosen),
            offered=FIXES,
            labels=(book.path,),
        )


READER = CasmeSquaredReader()


def _is_sheet(path: Path) -> bool:
    return _label_table(read_workbook(path, max_rows=1000)) is not None


def _label_table(book: Workbook) -> Table | None:
    """Return the sheet of labels: it is known by its rows, since it has no header."""
    for table in book.tables:
        rows = range(min(len(table.rows), 20))
        if any(
            split_event(table.cell(at, 1)) is not None and folded(table.cell(at, 7)) in _KINDS
            for at in rows
        ):
            return table
    return None


def _drafts(book: Workbook, table: Table, tree: ClipTree, index: _Index) -> Drafts:
    rules = read_rules(book, table, tree)
    rows = []
    for at in range(len(table.rows)):
        cells = {name: table.cell(at, c).strip() for c, name in enumerate(_COLUMNS)}
        has_header = at == 0 and folded(cells["subject"]).startswith("sub")
        if any(cells.values()) and not has_header:
            rows.append(_draft(at, cells, table.name, rules, index))
    findings = (*book.findings, *table.findings, *rules.findings)
    return Drafts(tuple(rows), findings)


def _draft(at: int, cells: Mapping[str, str], sheet: str, rules: Rules, index: _Index) -> DraftRow:
    number = read_number(cells["subject"])
    subject = str(number.value) if number is not None else ""
    folder, event = rules.folders.get(subject, ""), split_event(cells["clip"])
    code = rules.videos.get(event[0], "") if event is not None else ""
    key = subjects.key(folder)
    place = index.get((key, code)) or index.get((key, cells["clip"].casefold()))
    kind = _KINDS.get(folded(cells["kind"]), "")
    report = cells["self-report"]
    return DraftRow(
        row=at + 1,
        subject=place.subject if place is not None else folder,
        clip=place.clip if place is not None else cells["clip"],
        onset=cells["onset"],
        apex=cells["apex"],
        offset=cells["offset"],
        emotion=cells["emotion"],
        action_units=cells["action_units"],
        notes=f"self-report: {_MISSPELT.get(report.casefold(), report)}" if report else "",
        kind=kind,
        sheet=sheet,
        subject_raw=cells["subject"],
        doubts=tuple(_doubts(at, cells, folder, kind, rules)),
        fault=_fault(cells, folder, code),
        cells=tuple((name, text) for name, text in cells.items() if text),
        places=_PLACES,
    )


def _fault(cells: Mapping[str, str], folder: str, code: str) -> str:
    if not folder:
        return f"no sheet 'naming rule1' tells the folder of subject {cells['subject']!r}"
    if not code:
        return f"the event {cells['clip']!r} names no video of the data set, such as anger1_1"
    return ""


def _doubts(
    at: int, cells: Mapping[str, str], folder: str, kind: str, rules: Rules
) -> list[tuple[str, str]]:
    found = []
    if rules.by_row and folder and rules.by_row[at][1] != folder:
        text = f"The line of 'naming rule1' beside it says {rules.by_row[at][1]!r}, not {folder!r}"
        found.append(("subject-disagrees", text))
    if not kind:
        text = f"It says neither macro- nor micro-expression but {cells['kind']!r}"
        found.append(("kind-unknown", text))
    meant = _MISSPELT.get(cells["self-report"].casefold())
    if meant:
        text = f"The self-report {cells['self-report']!r} was read as {meant!r}"
        found.append(("self-report-misspelt", text))
    return found


def _blinks_beside(root: Path) -> tuple[Finding, ...]:
    files = find_files(root, _BLINKS)
    if not files:
        return ()
    text = f"There is a list of blinks too: name {files[0].name} as the label file to read it"
    return (Finding("blinks-beside", Severity.INFO, text),)


def _no_sheet(book: Workbook) -> LabelError:
    names = ", ".join(repr(table.name) for table in book.tables)
    return LabelError(
        "This is no label file of CAS(ME)^2",
        where=str(book.path),
        why=f"no row of its sheets ({names or 'none'}) has an event such as 'anger1_1' in the "
        "second and 'micro-expression' in the eighth column",
        now=f"name {_USUAL}, or the list of blinks",
    )
