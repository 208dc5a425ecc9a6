"""CAS(ME)^3 in small: parts A and C, texts in every cell, an old workbook with two sheets."""

from __future__ import annotations

from pathlib import Path

from miniatures import making
from miniatures.casme2 import Expected

HEADER = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")

# subject, clip, onset, apex, offset, action units, objective class, emotion
_CLEAN = (
    ("spNO.1", "a", 3, 5, 8, "4", "I", "happy"),
    ("spNO.1", "a", 12, 14, 18, "4+7", "III", "disgust"),
    ("spNO.1", "b", 3, 5, 8, "1+2", "II", "surprise"),
    ("spNO.2", "m", 2, 4, 8, "15", "VI", "sad"),
    ("spNO.2", "c", 2, 4, 8, "20", "V", "fear"),
    ("spNO.2", "c", 10, 14, 18, "4", "IV", "anger"),
    ("spNO.2", "c", 20, 22, 24, "45", "VII", "Others"),
)
_FAULTY = (
    (("spNO.149", "d", 112, 83, 169, "4", "I", "anger"), "apex-outside"),
    (("spNO.216", "d", 3647, 2668, 2675, "4", "I", "anger"), "wrong-order"),
    (("spNO.216", "e", 0, 0, 9, "4", "I", "anger"), "outside-clip"),
    (("spNO.40", "e", 5, 7, 0, "4", "I", "anger"), "offset-zero"),
    (("spNO.40", "e", 6, 8, 0, "4", "I", "anger"), "offset-zero"),
    (("spNO.214", "c", 28, 31, 3460, "4", "I", "anger"), "outside-clip"),
    (("spNO.3", "j", 5, 7, 9, "4", "I", "anger"), "clip-spelling"),
    (("spNO.3", "k", 5, 5, 9, "4", "I", "anger"), "apex-on-onset"),
    (("spNO.3", "k", 11, 15, 15, "4", "I", "anger"), "apex-on-offset"),
    (("spNO.3", "k", 16, "/", 20, "4", "I", "anger"), "apex-missing"),
    (("spNO.3", "k", 17, 18, 20, "4", "VIII", "anger"), "objective-unknown"),
    (("spNO.3", "k", 18, 19, 20, "4", "I", "angr"), "emotion-unknown"),
    (("spNO.3", "k", 19, 20, 39, "4", "I", "anger"), "too-long"),
    (("spNO.3", "k", 19, 22, 25, "4", "I", "anger"), "row-twice"),
    (("spNO.3", "l", 5, 7, 9, "4", "I", "anger"), "clip-unknown"),
    (("spNO.4", "j", 5, 7, 9, "4", "I", "anger"), "frames-missing"),
    (("spNO.4", "k", 5, 7, 9, "4", "I", "anger"), "sizes-differ"),
    (("SPNO.04", "a", 5, 7, 9, "4", "I", "anger"), "subject-spelling"),
    (("spNO.4", "a", 10, 12, None, "4", "I", "anger"), "offset-missing"),
)
_LEFT_OUT = {
    *("wrong-order", "outside-clip", "offset-zero", "row-twice", "clip-unknown", "sizes-differ"),
    "offset-missing",
}
_ON_DISK = {
    ("spNO.149", "d"): range(110, 170),
    ("spNO.216", "d"): range(2640, 2680),
    ("spNO.3", "j"): range(1, 41),
}
_FULL = (
    ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Type"),
    ("spNO.1", "a", 3, 5, 8, "4", "Micro-expression"),
    ("spNO.1", "a", 12, 14, 28, "4", "Macro-expression"),
    ("spNO.2", "m", 2, 4, 8, "15", "Micro-expression"),
)
_BLINKS = (
    ("Subject", "Filename", "Onset", "Offset"),
    ("spNO.1", "a", 3, 6),
    ("spNO.2", "m", 9, 30),
)
# Its action units are separated by commas, one of them a full-width one.
_PART_C = (
    ("sub", "count", "onset", "offset", "au", "emotion"),
    ("spNO.201", 1, 5, 9, "4,7", "negative"),
    ("spNO.201", 2, 12, 18, "1\uff0c2", "surprise"),
    (202, 1, 3, 9, 12, "positive"),
    (202, 2, 13, 19, None, "others"),
)


def write(root: Path, faults: bool) -> Expected:
    """Write part A and the sheet of its micro-expressions."""
    records = [*_CLEAN, *(record for record, _kind in _FAULTY if faults)]
    for subject, clip, *_ in records:
        if (subject, clip) != ("spNO.3", "l"):
            _frames(root / "part_A", subject.replace("SPNO.04", "spNO.4"), clip)
    rows = [[None if cell is None else str(cell) for cell in record] for record in records]
    # The empty sheet of the workbook has hundreds of formatted rows.
    sheets = {"Sheet1": [(" ",)] * 34, "label": [HEADER, *rows]}
    name = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
    labels = making.write_xlsx(root / "annotation" / name, sheets)
    if not faults:
        return Expected(labels, len(records))
    at = {row: kind for row, (_record, kind) in enumerate(_FAULTY, len(_CLEAN) + 2)}
    making.write_frames(root / "part_A" / "spNO.4" / "m" / "color", [1, 2], "{}.jpg".format)
    found: set[tuple[int | None, str]] = {*at.items(), (None, "folder-without-row")}
    # With the offset that the published apex needs, it lasts long.
    found |= {(None, "numbers-missing"), (len(_CLEAN) + 2, "too-long")}
    return Expected(labels, len(records), found, {r for r, k in at.items() if k in _LEFT_OUT})


def write_full(root: Path) -> Path:
    """Write the workbook of all labels of part A in the old format of Excel."""
    sheets = {"AU+Emotion": _FULL, "eye blink": _BLINKS}
    return making.write_xls(root / "CAS(ME)3_part_A_v2.xls", sheets)


def write_part_c(root: Path) -> Path:
    """Write part C: one video a subject, and its micro-expressions."""
    for subject in ("spNO.201", "spNO.202"):
        folder = root / "part_C" / subject
        making.write_frames(folder / "color", range(1, 21), "{}.jpg".format)
        making.write_frames(folder / "depth", range(1, 3), "{}.png".format)
    return making.write_xlsx(root / "CAS(ME)3_part_C_ME.xlsx", {"mockCrimeME": _PART_C})


def _frames(tree: Path, subject: str, clip: str) -> None:
    numbers = _ON_DISK.get((subject, clip), range(1, 41))
    folder = tree / subject / ("J" if (subject, clip) == ("spNO.3", "j") else clip)
    kept = [n for n in numbers if (subject, clip, n) != ("spNO.4", "j", 8)]
    making.write_frames(folder / "color", kept, "{}.jpg".format)
    making.write_frames(folder / "depth", [1], "{}.png".format)
    if (subject, clip) == ("spNO.4", "k"):
        making.write_frames(folder / "color", [8], "{}.jpg".format, size=(20, 10))
