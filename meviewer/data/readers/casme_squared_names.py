"""Names of CAS(ME)^2: which folder and which video a row of its sheet speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import VIDEOS, ClipTree, Place
from meviewer.data.doctor.numbers import read_number
from meviewer.data.tables.model import Table, Workbook

VIDEO_CODES = {
    "disgust1": "0101",
    "disgust2": "0102",
    "anger1": "0401",
    "anger2": "0402",
    "happy1": "0502",
    "happy2": "0503",
    "happy3": "0505",
    "happy4": "0507",
    "happy5": "0508",
}
"""Codes within folder names by the sheet's names of the videos, where no sheet says otherwise."""

TREES = ("raw", "cropped", "selected", "video")
_N_SUBJECTS = 22
_VIDEO = re.compile(r"([0-9]{2})_([0-9]{4})[a-z]*", re.IGNORECASE)
_EVENT = re.compile(r"([a-z]+[0-9])_([0-9]+)", re.IGNORECASE)
_SUBJECT = re.compile(r"s?[0-9]{1,2}", re.IGNORECASE)
_KNOWN = re.compile("|".join(VIDEO_CODES), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """The naming rules of a workbook.

    Attributes
    ----------
    folders : mapping of str to str
        Folder of a subject by the number that the sheet gives it.
    by_row : tuple of tuple of (str, str)
        Number and folder by 0-based row, if that sheet has a line for each row; else empty.
    videos : mapping of str to str
        Codes of the videos by their names.
    findings : tuple of Finding
    """

    folders: Mapping[str, str]
    by_row: tuple[tuple[str, str], ...]
    videos: Mapping[str, str]
    findings: tuple[Finding, ...] = field(default=())


def read_rules(book: Workbook, labels: Table, tree: ClipTree) -> Rules:
    """Read the sheets ``naming rule1`` and ``naming rule2``.

    Without the first, the folders are taken in their order if they are as many as the subjects.
    """
    first, second = book.table("naming rule1"), book.table("naming rule2")
    lines = [] if first is None else [_subject_line(first, at) for at in range(len(first.rows))]
    folders: dict[str, str] = {}
    for number, folder in lines:
        if number:
            folders.setdefault(number, folder)
    findings: list[Finding] = []
    if not folders:
        folders = _folders_in_order(tree)
        text = "The sheet 'naming rule1' is missing, which tells the subjects' folders"
        text += "; they were taken in their order" if folders else ""
        findings.append(Finding("naming-rule-missing", Severity.WARNING, text))
    videos = VIDEO_CODES | ({} if second is None else _video_codes(second))
    by_row = tuple(lines) if len(lines) == len(labels.rows) else ()
    return Rules(folders, by_row, videos, tuple(findings))


def split_event(clip: str) -> tuple[str, str] | None:
    """Return the video and the number of ``anger1_1``; None if it is no such name."""
    found = _EVENT.fullmatch(clip.strip())
    return (found[1].casefold(), found[2]) if found else None


def identify(root: Path, path: Path, parts: tuple[str, ...]) -> Place | None:
    """Return what a clip is: a long video ``15_0101disgustingteeth``, or an event ``anger1_1``."""
    folders = (root.absolute().name, *parts[:-1])
    is_video = path.suffix.lower() in VIDEOS and not path.is_dir()
    clip = Path(parts[-1]).stem if is_video else parts[-1]
    named = _VIDEO.fullmatch(clip)
    within = folders[-1] if _SUBJECT.fullmatch(folders[-1]) else ""
    if named is None and not (within and _is_event(clip)):
        return None
    subject = within or (f"s{named[1]}" if named is not None else "")
    if is_video:
        # The numbers of the sheet count from 1, the frames of a video from 0.
        return Place(subject, clip, "video", path=path, shift=1)
    return Place(subject, clip, _tree(folders), path=path)


def index_of(tree: ClipTree) -> Mapping[tuple[str, str], Place]:
    """Return the clips by key of the subject and by code of the video or name of the event."""
    found: dict[tuple[str, str], Place] = {}
    for place in tree.places:
        named = _VIDEO.fullmatch(place.clip)
        what = named[2] if named else place.clip.casefold()
        found.setdefault((subjects.key(place.subject), what), place)
    return found


def _is_event(clip: str) -> bool:
    found = split_event(clip)
    return found is not None and bool(_KNOWN.fullmatch(found[0]))


def _tree(folders: tuple[str, ...]) -> str:
    """Return which pictures these are, after the nearest folder that says it."""
    for name in map(str.casefold, reversed(folders)):
        if "crop" in name:
            return "cropped"
        if "selected" in name:
            return "selected"
        if "raw" in name:
            return "raw"
    return TREES[0]


def _subject_line(table: Table, at: int) -> tuple[str, str]:
    folder, number = table.cell(at, 1).strip(), read_number(table.cell(at, 2))
    return (str(number.value), folder) if number is not None and folder else ("", "")


def _video_codes(table: Table) -> dict[str, str]:
    lines = [(table.cell(at, 0).strip(), table.cell(at, 1)) for at in range(len(table.rows))]
    return {name.strip().casefold(): code.zfill(4) for code, name in lines if code.isdecimal()}


def _folders_in_order(tree: ClipTree) -> dict[str, str]:
    known = {subjects.key(place.subject): place.subject for place in tree.places}
    if len(known) != _N_SUBJECTS:
        return {}
    ordered = sorted(known, key=lambda key: (len(key), key))
    return {str(number): known[key] for number, key in enumerate(ordered, 1)}
