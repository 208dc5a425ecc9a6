"""DFME in small: three parts with a file each, three rates, numbers from 0."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from miniatures.making import picture, write_frames, write_xlsx


@dataclass(frozen=True)
class Expected:
    """What a reader has to find; rows of all parts have different numbers where they matter."""

    labels: Path
    n_rows: int
    findings: set[tuple[int | None, str]]
    skipped_rows: set[int]


HEADER = (
    *("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Emotion", "EmotionId"),
    *("Fps", "AU"),
)
_IDS = {"anger": 0, "contempt": 1, "disgust": 2, "fear": 3, "happiness": 4, "sadness": 5}
_IDS |= {"surprise": 6, "hapiness": 4, "": ""}
_N_FRAMES = 30


def _row(clip, onset=0, apex=9, offset=20, emotion="disgust", fps=200, units="4+M58", **other):
    subject = other.get("subject", clip[:7])
    number = other.get("number", _IDS[emotion])
    return (subject, clip, onset, apex, offset, emotion, number, fps, units)


_TRAINING = (
    _row("sub0003_01", 0, 9, 20, "disgust", 500, "L4+AD38"),
    _row("sub0003_02", 3, 12, 29, "happiness", 300, "6+R12"),
    _row("sub0004_01", 0, 10, 21, "surprise", 200, "1+2"),
    _row("sub0004_02", 0, 10, 21, "anger"),
    _row("sub0004_03", 1, 10, 21, "contempt", units="L/R14"),
)
_TEST_A = (_row("sub0201_01", emotion="fear"), _row("sub0201_02", 5, 15, 25, "sadness", 300, 15))
_TEST_B = (_row("sub0301_01", units=""), _row("sub0301_02"))
_FAULTY = (
    (_row("sub0010_01", 5, 25, 20), "apex-outside"),
    (_row("sub0010_02", 0, 0, 20), "apex-on-onset"),
    (_row("sub0010_03", 0, 20, 20), "apex-on-offset"),
    (_row("sub0010_04", 0, -1, 20), "apex-missing"),
    (_row("sub0010_05", 20, 22, 12), "wrong-order"),
    (_row("sub0010_06", 3, 10, 0), "offset-zero"),
    (_row("sub0010_07", 0, 0, 0), "row-faulty"),
    (_row("sub0010_08", 0, 9, 30), "outside-clip"),
    (_row("sub0010_09", 0, 40, 128), "too-long"),
    (_row("sub0010_10", 0, 9.5, 20), "number-rounded"),
    (_row("sub0010_11", emotion="hapiness"), "emotion-unknown"),
    (_row("sub0010_12", emotion=""), "emotion-missing"),
    (_row("sub0010_13", number=4), "code-disagrees"),
    (_row("sub0010_14", fps=""), "rate-missing"),
    (_row("sub0010_15", fps=250), "rate-unusual"),
    (_row("sub0010_16", subject="sub0011"), "subject-disagrees"),
    (_row("sub0010_17", subject="sub10"), "subject-spelling"),
    (_row("sub0010_18"), "clip-unknown"),
    (_row("sub0010_17", 0, 11, 20), "row-twice"),
    (_row("sub0010_20"), "frames-missing"),
    (_row("sub0010_21"), "sizes-differ"),
    (_row("sub0010_22"), "split-disagrees"),
    (_row("sub0010_23", onset="?"), "onset-missing"),
)
_LEFT_OUT = {
    *("wrong-order", "offset-zero", "row-faulty", "outside-clip", "clip-unknown", "row-twice"),
    *("sizes-differ", "onset-missing"),
}


def write(root: Path, faults: bool, *, suffix: str = ".csv") -> Expected:
    """Write three parts; their files are of either kind."""
    parts = {
        "training": [*_TRAINING, *(row for row, _kind in _FAULTY if faults)],
        "testA": [*_TEST_A],
        "testB": [*_TEST_B],
    }
    for part, rows in parts.items():
        for row in rows:
            _frames(root, part, str(row[1]))
        _sheet(root / f"{part}{suffix}", rows)
    labels = root / f"training{suffix}"
    n_rows = sum(map(len, parts.values()))
    findings: set[tuple[int | None, str]] = {(None, "label-files")}
    if not faults:
        return Expected(labels, n_rows, findings, set())
    _break(root)
    at = {row: kind for row, (_row, kind) in enumerate(_FAULTY, len(_TRAINING) + 2)}
    findings |= {*at.items(), (None, "numbers-missing"), (None, "folder-without-row")}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, n_rows, findings, skipped)


def _frames(root: Path, part: str, clip: str) -> None:
    if clip == "sub0010_18":
        return
    folder = "testB" if clip == "sub0010_22" else part
    n_frames = 130 if clip == "sub0010_09" else _N_FRAMES
    write_frames(root / folder / clip, range(n_frames), "{:05d}.png".format)
    (root / folder / clip / "Thumbs.db").write_bytes(b"")


def _break(root: Path) -> None:
    (root / "training" / "sub0010_20" / "00007.png").unlink()
    (root / "training" / "sub0010_21" / "00007.png").write_bytes(picture(".png", 9, 9))
    _frames(root, "training", "sub0010_99")


def _sheet(path: Path, rows: list[tuple[object, ...]]) -> None:
    if path.suffix == ".xlsx":
        blank = [[None if cell == "" else cell for cell in row] for row in rows]
        write_xlsx(path, {"Sheet1": [HEADER, *blank]})
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
