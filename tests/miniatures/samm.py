"""SAMM in small: thirteen rows of notes above the header, or none; padding that varies."""

from __future__ import annotations

from pathlib import Path

from miniatures import making
from miniatures.casme2 import Expected

HEADER = (
    "Subject",
    "Filename",
    "Inducement Code",
    "Onset Frame",
    "Apex Frame",
    "Offset Frame",
    "Duration",
    "Micro",
    "Action Units",
    "Estimated Emotion",
    "Objective Classes",
    "Notes",
)
_NOTES = (
    ("SAMM Micro-expressions: FACS codes, Version 2",),
    (),
    ("Onset Frame: the first frame of the movement, Apex: its height",),
    ("Subject 008, 027 and 029 have no micro-expression",),
    *((None, None, f"note {number}") for number in range(9)),
)

# subject, clip, onset, apex, offset, action units, emotion, objective class, notes
_CLEAN = (
    ("006", "006_1_2", 5562, 5571, 5588, "4B or 1A", "Anger", 3, ""),
    ("006", "006_5_10", 36, 40, 50, "R12B", "Happiness", 1, "Blink at the offset"),
    ("009", "009_3_4", 3577, 3580, 3590, "A/L12", "Other", 7, ""),
    ("013", "013_1_3", 81, 85, 99, "1 + 2", "Surprise", 2, ""),
    ("014", "014_2_1", 81, 85, 99, "10A/B", "Disgust", 4, ""),
    ("014", "014_2_2", 100, 105, 110, "14", "Contempt", 7, ""),
    ("014", "014_2_3", 120, 125, 130, "20C", "Fear", 5, ""),
    ("037", "037_3_1", 7, 9, 11, "15", "Sadness", 6, ""),
)
_FAULTY = (
    (("028", "028_4_1", 1071, 1143, 1134, "4", "Anger", 7, ""), "apex-outside"),
    (("032", "032_3_1", 4896, 1930, 4970, "4", "Anger", 7, ""), "apex-outside"),
    (("010", "010_1_3", 20, -1, 30, "4", "Anger", 7, ""), "apex-missing"),
    (("010", "010_1_4", 20, 20, 30, "4", "Anger", 7, ""), "apex-on-onset"),
    (("010", "010_1_5", 20, 30, 30, "4", "Anger", 7, ""), "apex-on-offset"),
    (("010", "010_1_6", 20, 25, 30, "4", "Anger", 7, "", 12), "duration-disagrees"),
    (("010", "010_1_7", 20, 25, 30, "4", "Angr", 7, ""), "emotion-unknown"),
    (("010", "010_1_8", 20, 25, 30, "4", "Anger", 8, ""), "objective-unknown"),
    (("010", "010_1_9", 30, 25, 20, "4", "Anger", 7, ""), "wrong-order"),
    (("010", "010_2_1", 20, 25, 0, "4", "Anger", 7, "", 11), "offset-zero"),
    (("010", "010_2_2", 20, 25, 140, "4", "Anger", 7, ""), "too-long"),
    (("010", "010_2_3", 20, 25, 30, "4", "Anger", 7, ""), "clip-unknown"),
    (("006", "006_1_2", 5562, 5570, 5580, "4", "Anger", 3, ""), "row-twice"),
    (("013", "013_1_9", 5700, 5710, 5800, "4", "Anger", 7, ""), "outside-clip"),
    (("10", "010_2_4", 20, 25, 30, "4", "Anger", 7, ""), "subject-spelling"),
    (("010", "010_2_5", 20, 25, 30, "4", "Anger", 7, ""), "frames-missing"),
    (("010", "010_2_6", 20, 25, 30, "4", "", 7, ""), "emotion-missing"),
    (("011", "014_2_9", 20, 25, 30, "4", "Anger", 7, ""), "subject-disagrees"),
)
_ON_DISK = {"013_1_9": (5690, 5745), "010_1_9": (15, 35), "010_2_1": (15, 35)}
_LEFT_OUT = {
    "wrong-order",
    "offset-zero",
    "clip-unknown",
    "row-twice",
    "outside-clip",
    "subject-disagrees",
}


def write(root: Path, faults: bool, *, notes: bool = True) -> Expected:
    """Write sheet and pictures; ``notes``: the sheet of the authors, else a redistributed one."""
    records = [*_CLEAN, *(record for record, _kind in _FAULTY if faults)]
    for record in records:
        _frames(root / "SAMM", record)
    above = _NOTES if notes else ()
    sheets = {"MICRO_ONLY" if notes else "Sheet1": [*above, HEADER, *map(_row, records)]}
    if notes:
        # The notes are no sheet of labels, though they begin the book.
        sheets = {"README": [("Subject", "Onset Frame")], **sheets}
    labels = root / ("SAMM_Micro_FACS_Codes_v2.xlsx" if notes else "SAMM.xlsx")
    making.write_xlsx(labels, sheets)
    if not faults:
        return Expected(labels, len(records))
    first = len(above) + 2 + len(_CLEAN)
    at = {row: kind for row, (_record, kind) in enumerate(_FAULTY, first)}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    found: set[tuple[int | None, str]] = {*at.items(), (None, "numbers-missing")}
    # The clip of another subject's name is looked for where the column says, and is not there.
    found |= {(row, "clip-unknown") for row, kind in at.items() if kind == "subject-disagrees"}
    found |= {(None, "folder-without-row")}
    return Expected(labels, len(records), found, skipped)


def write_cropped(root: Path) -> None:
    """Write the cropped pictures of the clean rows."""
    for record in _CLEAN:
        _frames(root / "SAMM_CROP", record)


def _row(record: tuple[object, ...]) -> tuple[object, ...]:
    subject, clip, onset, apex, offset, units, emotion, objective, notes, *said = record
    duration = said[0] if said else abs(offset - onset) + 1
    if offset < onset:
        duration = offset - onset + 1
    row = (subject, clip, int(clip.split("_")[1]), onset, apex, offset, duration, "Micro - 1/2")
    return (*row, units, emotion, objective, notes or None)


def _frames(tree: Path, record: tuple[object, ...]) -> None:
    _subject, clip, onset, _apex, offset, *_ = record
    if clip in ("010_2_3",):
        return
    subject = clip.split("_")[0]
    first, last = _ON_DISK.get(clip, (onset - 2, offset + 2))
    name = f"{subject}_{{}}.jpg" if subject == "009" else f"{subject}_{{:05d}}.jpg"
    numbers = [n for n in range(first, last + 1) if (clip, n) != ("010_2_5", 22)]
    making.write_frames(tree / subject / clip, numbers, name.format)
