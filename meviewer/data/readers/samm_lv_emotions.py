"""Emotions for the micro-expressions of SAMM Long Videos, out of the sheet of SAMM.

The same events have other frame numbers in the two sets: they differ by a constant for each
video, 0 for some. So names are compared, and no number is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.core.labels import normalise
from meviewer.data.doctor.columns import COLUMNS, REQUIRED, objective
from meviewer.data.doctor.rows import MICRO, DraftRow, Drafts
from meviewer.data.doctor.sheets import LABEL_SUFFIXES, find_files, sheet_rows
from meviewer.data.readers.samm import TRAITS
from meviewer.data.tables.header import find_header, folded
from meviewer.data.tables.reading import read_workbook

_PATTERNS = ("samm*micro*facs*", "samm.*", "samm*")
_COLUMNS = {**COLUMNS, "kind": ("Micro", "Type")}

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Emotions:
    """What the sheet of SAMM says of each event.

    Attributes
    ----------
    path : Path
    of : mapping of (str, str) to (str, str)
        Emotion and objective class as written, by name and type of the event, both folded.
    """

    path: Path
    of: Mapping[_Key, tuple[str, str]]


def emotions_beside(root: Path, labels: Path) -> Emotions | None:
    """Return the emotions of SAMM's sheet below the root or beside the label file, or None."""
    for path in _candidates(root, labels):
        if path.absolute() == labels.absolute():
            continue
        try:
            of = _read(path)
        except LabelError:
            continue
        if of:
            return Emotions(path, of)
    return None


def merged(drafts: Drafts, emotions: Emotions | None) -> Drafts:
    """Return the rows with the emotions and objective classes of their events."""
    if emotions is None:
        text = (
            "The sheet has no emotions; with SAMM's own sheet (SAMM_Micro_FACS_Codes_v2.xlsx) "
            "beside it the micro-expressions get theirs"
        )
        return replace(drafts, findings=(*drafts.findings, _note("no-emotions", text)))
    rows, lacking = [], []
    for row in drafts.rows:
        better = _with_emotion(row, emotions.of)
        rows.append(better)
        if better.kind == MICRO and not better.emotion:
            text = f"{emotions.path.name} has no emotion for this event"
            lacking.append(better.finding("emotion-missing", Severity.INFO, text))
    n_found = sum(bool(row.emotion) for row in rows)
    text = (
        f"{n_found} rows have their emotion from {emotions.path.name}; frame numbers are not "
        "taken from there: the two sets count unlike in most videos"
    )
    findings = (*drafts.findings, *lacking, _note("emotions-merged", text))
    return Drafts(tuple(rows), findings)


def _note(kind: str, text: str) -> Finding:
    return Finding(kind, Severity.INFO, text)


def _candidates(root: Path, labels: Path) -> Iterator[Path]:
    yield from find_files(root, _PATTERNS)
    try:
        beside = sorted(labels.absolute().parent.iterdir())
    except OSError:
        return
    for path in beside:
        is_samm = path.name.casefold().startswith("samm")
        if is_samm and path.suffix.lower() in LABEL_SUFFIXES and path.is_file():
            yield path


def _read(path: Path) -> dict[_Key, tuple[str, str]]:
    found: dict[_Key, tuple[str, str]] = {}
    for table in read_workbook(path, max_rows=1000).tables:
        header = find_header(table, _COLUMNS, (*REQUIRED, "emotion", "kind"))
        for row in sheet_rows(table, header) if header is not None else ():
            cells = row.cells
            said = (cells["emotion"], cells.get("objective", ""))
            found.setdefault(_key(cells["clip"], cells["kind"]), said)
    return found


def _key(clip: str, kind: str) -> _Key:
    return clip.strip("/\\ ").casefold(), folded(kind)


def _with_emotion(row: DraftRow, of: Mapping[_Key, tuple[str, str]]) -> DraftRow:
    cells = dict(row.cells)
    said = of.get(_key(cells.get("clip", ""), cells.get("kind", "")))
    if said is None or row.emotion:
        return row
    emotion, classified = said[0], objective(said[1])[0]
    doubts = row.doubts
    if emotion and normalise(emotion) not in TRAITS.emotions:
        doubts = (*doubts, ("emotion-unknown", f"{TRAITS.title} has no class {emotion!r}"))
    return replace(row, emotion=emotion, objective=row.objective or classified, doubts=doubts)
