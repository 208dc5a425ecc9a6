"""CAS(ME)^2 in small: long videos with several events, a sheet without header, naming rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from miniatures.making import picture, write_frames, write_xlsx

MICRO, MACRO = "micro-expression", "macro-expression"
_FOLDERS = {1: (15, "s15"), 2: (16, "s16"), 22: (40, "s40"), 99: (99, None)}
_RULE_2 = (
    *(("0101", "disgust1"), ("0102", "disgust2"), ("0401", "anger1"), ("0402", "anger2")),
    *(("0502", "happy1"), ("0503", "happy2"), ("0505", "happy3"), ("0507", "happy4")),
    ("0508", "happy5"),
)
# subject, event, onset, apex, offset, action units, emotion, kind, self-report
_CLEAN = (
    (1, "disgust1_1", 10, 20, 32, "4+9", "negative", MACRO, "disgust"),
    (1, "disgust1_2", 40, 44, 51, 4, "negative", MICRO, "disgust"),
    (1, "anger1_1", 3, 9, 15, "4", "others", MICRO, "anger"),
    (2, "happy4_1", 5, 25, 60, "6+12", "positive", MACRO, "happiness"),
    (22, "happy1_1", 5, 9, 12, "1+2", "surprise", MICRO, None),
)
_FAULTY = (
    ((1, "anger1_2", 30, 45, 0, "4", "negative", MACRO, "anger"), "offset-zero"),
    ((1, "anger1_3", 31, 0, 50, "4", "negative", MACRO, "anger"), "apex-missing"),
    ((1, "anger1_4", 32, 58, 50, "4", "negative", MACRO, "anger"), "apex-outside"),
    ((1, "anger1_5", 33, 40, 48, "4", "negative", MICRO, "anger"), "too-long"),
    ((1, "anger1_6", 34, 40, 45, "4", "negative", MICRO, "happyiness"), "self-report-misspelt"),
    ((1, "anger1_7", 35, 40, 45, "4", "negative", "micro", "anger"), "kind-unknown"),
    ((1, "anger1_8", 36, 40, 45, "4", "negativ", MICRO, "anger"), "emotion-unknown"),
    ((1, "fear1_1", 37, 40, 45, "4", "negative", MICRO, "fear"), "row-faulty"),
    ((99, "anger1_9", 37, 40, 45, "4", "negative", MICRO, "anger"), "row-faulty"),
    ((2, "happy5_1", 38, 40, 45, "12", "positive", MICRO, "happiness"), "clip-unknown"),
    ((1, "anger1_1", 3, 10, 15, "4", "others", MICRO, "anger"), "row-twice"),
    ((2, "happy4_2", 39, 42, 45, "12", "positive", MICRO, "happiness"), "subject-disagrees"),
    ((2, "happy4_3", 56, 60, 64, "12", "positive", MICRO, "happiness"), "outside-clip"),
    ((2, "happy4_4", 45, 42, 40, "12", "positive", MICRO, "happiness"), "wrong-order"),
    ((2, "happy4_5", 40, 40, 45, "12", "positive", MICRO, "happiness"), "apex-on-onset"),
    ((2, "happy4_6", 41, 45, 45, "12", "positive", MICRO, "happiness"), "apex-on-offset"),
    ((2, "anger2_1", 10, 15, 20, "4", "negative", MICRO, "anger"), "frames-missing"),
    ((2, "disgust2_1", 10, 15, 20, "4", "negative", MICRO, "disgust"), "sizes-differ"),
    ((2, "happy4_7", 42, 43.5, 50, "12", "positive", MICRO, "happiness"), "number-rounded"),
    ((2, "happy4_8", 43, 45, None, "12", "positive", MICRO, "happiness"), "offset-missing"),
    ((2, "happy4_9", 46, "/", 50, "12", None, MICRO, "happiness"), "emotion-missing"),
)
_LEFT_OUT = {
    *("offset-zero", "row-faulty", "clip-unknown", "row-twice", "outside-clip", "wrong-order"),
    *("sizes-differ", "offset-missing"),
}


@dataclass(frozen=True)
class Expected:
    """What a reader has to find."""

    labels: Path
    n_rows: int
    findings: set[tuple[int | None, str]]
    skipped_rows: set[int]
    without_offset: tuple[int, ...] = field(default=())


def write(root: Path, faults: bool, *, sheet: str = "CASFEcode_final") -> Expected:
    """Write the videos as folders of images, and the workbook with its three sheets."""
    rows = [*_CLEAN, *(row for row, _kind in _FAULTY if faults)]
    raw = root / "rawpic"
    _video(raw / "s15" / "15_0101disgustingteeth")
    _video(raw / "s15" / "15_0401girlcrashing")
    _video(raw / "s16" / "16_0507climbingthewall")
    _video(raw / "s40" / "40_0502funnyerrors", 20)
    (raw / "s15" / "15_0101disgustingteeth" / "Thumbs.db").write_bytes(b"thumbs")
    rule_1 = [(*_FOLDERS[row[0]], row[0] if _FOLDERS[row[0]][1] else None) for row in rows]
    findings: set[tuple[int | None, str]] = set()
    skipped = set()
    if faults:
        _break(raw)
        for at, (_row, kind) in enumerate(_FAULTY, len(_CLEAN) + 1):
            findings.add((at, kind))
            skipped |= {at} if kind in _LEFT_OUT else set()
            if kind == "subject-disagrees":
                rule_1[at - 1] = (40, "s40", 22)
        findings |= {
            *((len(rows), "apex-missing"), (None, "numbers-missing")),
            (None, "folder-without-row"),
        }
    sheets = {sheet: rows, "naming rule1": rule_1, "naming rule2": _RULE_2}
    labels = write_xlsx(root / "CAS(ME)^2code_final.xlsx", sheets)
    return Expected(labels, len(rows), findings, skipped, (6, 25) if faults else ())


def write_blinks(root: Path) -> Path:
    """Write the list of blinks; its subjects are the numbers of the folders."""
    rows = [
        ("subject", "video", "name", "onset", "offset"),
        ("15", "0101", "disgustingteeth", 5, 9),
        (15, "0101", "disgustingteeth", 20, "24"),
        (16, "0507", "climbingthewall", 30, 36),
        (16, "0508", "no such video", 30, 36),
    ]
    return write_xlsx(root / "CAS(ME)^2blink-code.xlsx", {"Sheet1": rows})


def write_selected(root: Path) -> None:
    """Write pictures of single events, numbered as in the video."""
    folder = root / "selectedpic" / "s15"
    write_frames(folder / "disgust1_1", range(10, 33), "img{}.jpg".format)
    write_frames(folder / "disgust1_2", range(40, 52), "img{}.jpg".format)


def _video(folder: Path, n_frames: int = 60) -> Path:
    return write_frames(folder, range(1, n_frames + 1), "img{:03d}.jpg".format)


def _break(raw: Path) -> None:
    gap = _video(raw / "s16" / "16_0402beatingpregnantwoman", 30)
    (gap / "img013.jpg").unlink()
    mixed = _video(raw / "s16" / "16_0102eatingworms", 30)
    (mixed / "img013.jpg").write_bytes(picture(".jpg", 9, 9))
    _video(raw / "s40" / "40_0508cat", 5)
