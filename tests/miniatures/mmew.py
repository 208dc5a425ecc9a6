"""MMEW in small: both layouts, and single pictures of macro-expressions beside the clips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miniatures.making import picture, write_frames, write_xlsx


@dataclass(frozen=True)
class Expected:
    """What a reader has to find."""

    labels: Path
    n_rows: int
    findings: set[tuple[int | None, str]]
    skipped_rows: set[int]


HEADER = (
    *("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units"),
    *("Estimated Emotion", "remarks"),
)
# subject, clip, onset, apex, offset, action units, emotion, remarks
_CLEAN = (
    (1, "S01-01-001", 1, 8, 20, "6+12", "happiness", None),
    (1, "S01-02-001", 1, 9, 21, "1+2", "surprise", None),
    (3, "S03-04-002", 1, 9, 20, 14, "others", "blinks"),
    (30, "S30-07-001", 1, 10, 25, "4", "anger", None),
)
_FAULTY = (
    ((5, "S05-03-001", 1, 30, 25, "4", "disgust", None), "apex-outside"),
    ((5, "S05-03-002", 1, 1, 25, "4", "disgust", None), "apex-on-onset"),
    ((5, "S05-03-003", 1, 25, 25, "4", "disgust", None), "apex-on-offset"),
    ((5, "S05-03-004", 1, "/", 25, "4", "disgust", None), "apex-missing"),
    ((5, "S05-03-005", 20, 22, 12, "4", "disgust", None), "wrong-order"),
    ((5, "S05-03-006", 1, 12, 0, "4", "disgust", None), "offset-zero"),
    ((5, "S05-03-007", 1, 12, 61, "4", "disgust", None), "outside-clip"),
    ((5, "S05-03-008", 1, 12, 50, "4", "disgust", None), "too-long"),
    ((5, "S05-03-009", 1, 12.5, 25, "4", "disgust", None), "number-rounded"),
    ((5, "S05-03-010", 1, 12, 25, "4", "disguts", None), "emotion-unknown"),
    ((6, "S05-03-011", 1, 12, 25, "4", "disgust", None), "subject-disagrees"),
    ((5, "S05-03-099", 1, 12, 25, "4", "disgust", None), "clip-unknown"),
    ((5, "S05-03-011", 1, 13, 25, "4", "disgust", None), "row-twice"),
    ((5, "S05-03-012", 1, 12, 25, "4", "disgust", None), "frames-missing"),
    ((5, "S05-03-013", 1, 12, 25, "4", "disgust", None), "sizes-differ"),
    ((5, "S05-03-014", 1, 12, 25, "4", "others", None), "folder-disagrees"),
    ((5, "S05-05-001", 1, 12, 25, "4", "sadness", None), "code-disagrees"),
    ((5, None, 1, 12, 25, "4", "fear", None), "row-faulty"),
    ((5, "S05-03-015", None, 12, 25, "4", "disgust", None), "onset-missing"),
    ((5, "S05-03-016", 1, 12, 25, "4", None, None), "emotion-missing"),
)
_LEFT_OUT = {
    *("wrong-order", "offset-zero", "outside-clip", "clip-unknown", "row-twice", "sizes-differ"),
    *("row-faulty", "onset-missing"),
}


def write(root: Path, faults: bool, *, official: bool = False) -> Expected:
    """Write the set; in the authors' own layout the subjects have folders."""
    rows = [*_CLEAN, *(row for row, _kind in _FAULTY if faults)]
    top = root / "MMEW_Final"
    for row in rows:
        clip = row[1]
        if clip is not None and clip != "S05-03-099":
            n_frames = 60 if clip == "S05-03-008" else 30
            write_frames(_folder(top, row, official), range(1, n_frames + 1), "{}.jpg".format)
    macro = top / "Macro_Expression" / "S01" / "anger"
    write_frames(macro, range(1, 4), "S01-07-{:03d}.jpg".format)
    labels = write_xlsx(top / "MMEW_Micro_Exp.xlsx", {"Sheet1": [HEADER, *rows]})
    findings: set[tuple[int | None, str]] = set()
    skipped = set()
    if faults:
        below = len(_CLEAN) + 2
        for at, (_row, kind) in enumerate(_FAULTY, below):
            findings.add((at, kind))
            skipped |= {at} if kind in _LEFT_OUT else set()
        # A wrong word, and a wrong class, are at odds with folder and name as well.
        for kind in ("emotion-unknown", "folder-disagrees"):
            at = next(i for i, (_row, k) in enumerate(_FAULTY, below) if k == kind)
            findings |= {(at, "folder-disagrees"), (at, "code-disagrees")}
        findings |= {(None, "numbers-missing"), (None, "folder-without-row")}
        _break(top, official)
    return Expected(labels, len(rows), findings, skipped)


def _break(top: Path, official: bool) -> None:
    gap = _folder(top, (5, "S05-03-012"), official)
    (gap / "7.jpg").unlink()
    mixed = _folder(top, (5, "S05-03-013"), official)
    (mixed / "7.jpg").write_bytes(picture(".jpg", 9, 9))
    write_frames(_folder(top, (5, "S05-03-020"), official), range(1, 9), "{}.jpg".format)


def _folder(top: Path, row: tuple[object, ...], official: bool) -> Path:
    clip = str(row[1])
    by_code = {"01": "happiness", "02": "surprise", "03": "disgust", "04": "repression"}
    by_code |= {"05": "sadness", "07": "anger"}  # S05-05-001 lies where its sheet has it
    emotion = by_code[clip.split("-")[1]]
    if official:
        return top / clip.split("-")[0] / emotion / clip
    return top / "Micro_Expression" / emotion / clip
