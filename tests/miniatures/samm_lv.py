"""SAMM Long Videos in small: notes above the header, fractional numbers, no emotions."""

from __future__ import annotations

from pathlib import Path

from miniatures import making
from miniatures.casme2 import Expected

HEADER = (
    *("Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type"),
    *("Action Units", "Notes"),
)
_NOTES = (
    ("SAMM Long Videos: FACS codes",),
    ("Onset: the first frame of the movement", None, "Type: Macro, or Micro - 1/2"),
    *((None, f"note {number}") for number in range(7)),
)
_MICRO, _MACRO = "Micro - 1/2", "Macro"

# subject, name of the event, onset, apex, offset, type, action units, notes
_CLEAN = (
    ("006", "006_1_1", 3, 10, 40, _MICRO, "4B or 1A", "Blink"),
    ("006", "006_1_2", 45.4, 60.5, 180.6, _MACRO, "4", None),
    ("006", "006_2_1", 10.4, 20, 150, _MACRO, "12", None),
    ("007", "007_3_1", 5, 9, 30, _MICRO, 14, None),
)
_FAULTY = (
    (("010", "010_1_3", 20, -1, 30, _MICRO, "4", None), "apex-missing"),
    (("010", "010_1_4", 0, 20, 120.2, _MACRO, "4", None), "outside-clip"),
    (("010", "010_1_5", 1, 20, 150, _MACRO, "4", None), "macro-from-start"),
    (("010", "010_1_6", 2, 20.5, 30, _MICRO, "4", None), "number-rounded"),
    (("010", "010_1_7", 3, 90, 180, _MICRO, "4", None), "too-long"),
    (("010", "010_1_8", 4, 60, 40, _MICRO, "4", None), "apex-outside"),
    (("010", "010_1_9", 5, 20, 30, "?", "4", None), "kind-unknown"),
    (("010", "2010-02-01", 5, 20, 30, _MICRO, "4", None), "name-mangled"),
    (("011", "010_1_10", 6, 20, 30, _MICRO, "4", None), "subject-disagrees"),
    (("010", "010_1_11", 7, 20, 30, _MICRO, "4", None, 99), "duration-disagrees"),
    (("010", "010_1_12", 33, 20, 30, _MICRO, "4", None), "wrong-order"),
    (("010", "010_1_13", 8, 20, 0, _MICRO, "4", None), "offset-zero"),
    (("010", "010_1_14", 9, 9, 30, _MICRO, "4", None), "apex-on-onset"),
    (("010", "010_1_15", 10, 30, 30, _MICRO, "4", None), "apex-on-offset"),
    (("010", "010_1_3", 20, 25, 31, _MICRO, "4", None), "row-twice"),
    (("010", "010_7_1", 20, 25, 31, _MICRO, "4", None), "clip-unknown"),
    (("010", "010_2_1", 20, 25, 31, _MICRO, "4", None), "frames-missing"),
    (("010", "010_3_1", 20, 25, 31, _MICRO, "4", None), "sizes-differ"),
    (("10", "010_1_16", 11, 20, 30, _MICRO, "4", None), "subject-spelling"),
)
_LEFT_OUT = {
    *("outside-clip", "wrong-order", "offset-zero", "row-twice", "clip-unknown", "sizes-differ"),
    "subject-disagrees",
}
_SAMM_HEADER = (
    *("Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame"),
    *("Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes"),
)
_SAMM = (
    ("006", "006_1_1", 1, 2003, 2010, 2040, 38, _MICRO, "4B or 1A", "Anger", 7),
    ("007", "007_3_1", 3, 5, 9, 30, 26, _MICRO, "14", "Other", 4),
)


def write(root: Path, faults: bool) -> Expected:
    """Write the sheet of the third release and the videos as folders of images."""
    records = [*_CLEAN, *(record for record, _kind in _FAULTY if faults)]
    videos = {"_".join(str(record[1]).split("_")[:2]) for record in records}
    for video in videos - {"010_7", "2010-02-01"}:
        _frames(root / "SAMM_longvideos" / video)
    rows = [*_NOTES, HEADER, *map(_row, records)]
    labels = root / "SAMM_LongVideos_V3_Release.xlsx"
    making.write_xlsx(labels, {"README": [("notes",)], "FACS_Movement_Only": rows})
    first = len(_NOTES) + 2
    found: set[tuple[int | None, str]] = {(None, "no-emotions")}
    found |= {(first + at, "number-rounded") for at in (1, 2)}
    if not faults:
        return Expected(labels, len(records), found)
    at = {row: kind for row, (_record, kind) in enumerate(_FAULTY, first + len(_CLEAN))}
    found |= {*at.items(), (None, "numbers-missing")}
    for row, kind in at.items():
        if kind == "outside-clip":  # it starts with a frame 0 that is not there
            found |= {(row, "number-rounded"), (row, "macro-from-start")}
    making.write_frames(root / "SAMM_longvideos" / "011_1", [1, 2], "011_1_{:04d}.jpg".format)
    found |= {(None, "folder-without-row")}
    found |= {(row, "clip-unknown") for row, kind in at.items() if kind == "subject-disagrees"}
    return Expected(labels, len(records), found, {r for r, k in at.items() if k in _LEFT_OUT})


def write_samm(root: Path, rows: tuple[tuple[object, ...], ...] = _SAMM) -> Path:
    """Write the sheet of SAMM, whose events are the same and counted unlike."""
    notes = [("note",)] * 13
    sheets = {"MICRO_ONLY": [*notes, _SAMM_HEADER, *rows]}
    return making.write_xlsx(root / "SAMM_Micro_FACS_Codes_v2.xlsx", sheets)


def _row(record: tuple[object, ...]) -> tuple[object, ...]:
    subject, event, onset, apex, offset, kind, units, notes, *said = record
    inducement = 1 if "-" in str(event) else int(str(event).split("_")[1])
    duration = said[0] if said else offset - onset + 1
    return (subject, event, inducement, onset, apex, offset, duration, kind, units, notes)


def _frames(folder: Path) -> None:
    video = folder.name
    numbers = range(1, 201) if video in ("006_1", "006_2", "010_1") else range(1, 41)
    kept = [n for n in numbers if (video, n) != ("010_2", 22)]
    making.write_frames(folder, kept, f"{video}_{{:04d}}.jpg".format)
    if video == "010_3":
        making.write_frames(folder, [22], f"{video}_{{:04d}}.jpg".format, size=(20, 10))
