"""CASME in small: two apexes, blank columns, action units over several cells, mixed padding."""

from __future__ import annotations

from pathlib import Path

from miniatures import making
from miniatures.casme2 import Expected

HEADER = (
    "Subject",
    "Filename",
    None,
    "OnsetF",
    "ApexF1",
    "ApexF2",
    "OffsetF",
    None,
    "AUs",
    None,
    "Emotion",
)

# subject, clip, onset, first apex, second apex, offset, action units, emotion, frames on disk
_CLEAN = (
    (1, "EP01_5", 3, 5, None, 9, ("15",), "sadness", (1, 12)),
    (1, "EP03_2", 73, 76, 78, 81, (4, "L10"), "tense", (60, 90)),
    (2, "EP12_4", 95, 101, None, 110, (4,), "disgust", (90, 112)),
    (11, "EP13_3f", 8, 12, None, 16, (), "repression", (1, 20)),
    (19, "EP04_4", 8, 12, None, 16, (1, 2), "surprise", (1, 20)),
    (19, "EP06_1", 8, 12, None, 16, ("14",), "contempt", (1, 20)),
    (19, "EP16_6f", 8, 12, None, 16, (1, 4), "fear", (1, 20)),
)
_FAULTY = (
    ((5, "EP10_11", 8, "/", 13, 16, (4,), "disgust", (1, 20)), "apex-missing"),
    ((5, "EP10_12", 8, 8, None, 16, (4,), "disgust", (1, 20)), "apex-on-onset"),
    ((5, "EP10_13", 8, 16, None, 16, (4,), "disgust", (1, 20)), "apex-on-offset"),
    ((6, "EP11_1", 8, 30, None, 16, (4,), "disgust", (1, 20)), "apex-outside"),
    ((6, "EP11_2", 8, 12, None, 0, (4,), "disgust", (1, 20)), "offset-zero"),
    ((6, "EP11_3", 18, 17, None, 16, (4,), "disgust", (1, 20)), "wrong-order"),
    ((6, "EP11_4", 8, 12, None, 16, (4,), "disgust", (100, 149)), "outside-clip"),
    ((7, "EP12_1", 3, 12, None, 40, (4,), "disgust", (1, 42)), "too-long"),
    ((7, "EP12_2", 8, 12, None, 16, (4,), "disgusst", (1, 20)), "emotion-unknown"),
    ((7, "EP12_3", 8, 12, None, 16, (4,), "disgust", None), "clip-unknown"),
    ((1, "EP01_5", 3, 6, None, 10, ("15",), "sadness", None), "row-twice"),
    ((8, "EP12_2f", 8, 12, None, 16, (4,), "disgust", (1, 20)), "frames-missing"),
    ((8, "EP12_5", 8, "x", None, 16, (4,), "disgust", (1, 20)), "row-faulty"),
    (("sub08", "EP12_6", 8, 12, None, 16, (4,), "disgust", (1, 20)), "subject-spelling"),
)
_LEFT_OUT = {
    "offset-zero",
    "wrong-order",
    "outside-clip",
    "clip-unknown",
    "row-twice",
    "row-faulty",
}


def write(root: Path, faults: bool) -> Expected:
    """Write sheet and pictures; folders from subject 11 on pad their numbers."""
    records = [*_CLEAN, *(record for record, _kind in _FAULTY if faults)]
    for record in records:
        _frames(root, record)
    labels = making.write_xlsx(root / "casme.xlsx", {"Sheet1": [HEADER, *map(_row, records)]})
    if not faults:
        return Expected(labels, len(records))
    at = {row: kind for row, (_record, kind) in enumerate(_FAULTY, len(_CLEAN) + 2)}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, len(records), {*at.items(), (None, "numbers-missing")}, skipped)


def write_cropped(root: Path) -> None:
    """Write the cropped pictures of the clean rows."""
    for subject, clip, onset, _apex, _second, offset, *_ in _CLEAN:
        name = f"reg_{clip}-{{}}.jpg"
        folder = root / "Cropped" / f"sub{subject:02d}" / clip
        making.write_frames(folder, range(onset, offset + 1), name.format)


def _row(record: tuple[object, ...]) -> tuple[object, ...]:
    subject, clip, onset, first, second, offset, units, emotion, _frames = record
    two = (*units, None, None)[:2]
    return (subject, clip, None, onset, first, second, offset, None, *two, emotion)


def _frames(root: Path, record: tuple[object, ...]) -> None:
    number, clip, *_, on_disk = record
    if on_disk is None:
        return
    subject = int(str(number).removeprefix("sub"))
    pattern = f"{clip}-{{:03d}}.jpg" if subject >= 11 else f"{clip}-{{}}.jpg"
    numbers = [n for n in range(on_disk[0], on_disk[1] + 1) if (clip, n) != ("EP12_2f", 10)]
    making.write_frames(root / f"sub{subject:02d}" / clip, numbers, pattern.format)
