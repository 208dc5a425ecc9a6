"""CASME II in small: two sheets, an .xls, four sets of pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from miniatures import making

HEADER_2014 = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)
HEADER_2019 = (*HEADER_2014, "Objective Classes")

# subject, clip, onset, apex, offset, action units, emotion, objective class
_CLEAN = (
    ("01", "EP02_01f", 46, 59, 86, "12", "happiness", 1),
    ("01", "EP03_02", 131, 161, 181, "4+L10", "others", 7),
    ("03", "EP01_2", 10, 12, 20, 4, "disgust", 4),
    ("03", "EP08_1", 10, 12, 20, "?", "others", 7),
    ("07", "EP06_02_01", 25, 30, 40, 1, "surprise", 2),
    ("07", "EP06_02_02", 45, 50, 60, 17, "repression", 6),
    ("09", "EP09f", 10, 14, 30, "15", "fear", 5),
    ("26", "EP18_50", 3, 9, 15, "15", "sadness", 3),
)
_FAULTY = (
    (("04", "EP12_01f", 261, "/", 321, "4", "others", 7), "apex-missing"),
    (("05", "EP09_05f", 69, 69, 123, "4", "disgust", 7), "apex-on-onset"),
    (("12", "EP09_06", 66, 111, 111, "4", "disgust", 7), "apex-on-offset"),
    (("05", "EP16_04f", 20, 40, 40, "4", "others", 7), "apex-on-offset"),
    (("24", "EP07_01", 20, 30, 161, "1", "sadness", 2), "too-long"),
    (("24", "EP07_04f", 20, 61, 60, "1", "sadness", 2), "apex-outside"),
    (("24", "EP10_03", 50, 45, 40, "1", "sadness", 2), "wrong-order"),
    (("07", "EP06_01", 20, 30, 0, "1", "surprise", 2), "offset-zero"),
    (("19", "EP19_02/", 12, 16, 20, "1", "surprise", 2), "name-mangled"),
    (("19", "EP19_03f", 12, 16, 20, "1", "suprise", 2), "emotion-unknown"),
    (("19", "EP19_05", 12, 16, 20, "1", "surprise", "VIII"), "objective-unknown"),
    (("20", "EP99_99", 12, 16, 20, "1", "surprise", 2), "clip-unknown"),
    (("01", "EP02_01f", 46, 60, 80, "12", "happiness", 1), "row-twice"),
    (("20", "EP16_01", 12, 16, 33, "1", "surprise", 2), "outside-clip"),
    (("sub20", "EP16_02", 12, 16, 20, "1", "surprise", 2), "subject-spelling"),
    (("20", "EP16_03", 12, 16, 20, "1", "surprise", 2), "frames-missing"),
    (("20", "EP16_04", 12, 16, 20, "1", "surprise", 2), "sizes-differ"),
    (("20", "EP16_05", 12, 16.5, 20, "1", "surprise", 2), "number-rounded"),
    ((None, "the last row of a note", None, None, None, None, None, None), "row-faulty"),
)
_LONG = {"EP12_01f": (255, 325), "EP09_05f": (60, 130), "EP09_06": (60, 120), "EP07_01": (1, 170)}
_MIDDLING = ("EP02_01f", "EP06_01", "EP06_02_01", "EP06_02_02", "EP07_04f", "EP10_03", "EP16_04f")
_LEFT_OUT = {
    "wrong-order",
    "offset-zero",
    "clip-unknown",
    "row-twice",
    "outside-clip",
    "sizes-differ",
    "row-faulty",
}


@dataclass(frozen=True)
class Expected:
    labels: Path
    n_rows: int
    findings: set[tuple[int | None, str]] = field(default_factory=set)
    skipped_rows: set[int] = field(default_factory=set)


def write(root: Path, faults: bool, *, old: bool = False, xls: bool = False) -> Expected:
    """Write sheet and raw pictures; ``old``: the sheet of 2014, ``xls``: in the old format."""
    records = [*_CLEAN, *(record for record, _kind in _FAULTY if faults)]
    for record in records:
        if record[0] is not None and record[1] != "EP99_99":
            _frames(root / "CASME2-RAW", record)
    header = HEADER_2014 if old else HEADER_2019
    sheets = {
        "Sheet1": [header, *(_row(record)[: len(header)] for record in records)],
        "Sheet2": [],
        "Sheet3": [],
    }
    if xls:
        labels = making.write_xls(root / "CASME2_label_Ver_2.xls", sheets)
    else:
        name = f"CASME2-coding-{20140508 if old else 20190701}.xlsx"
        labels = making.write_xlsx(root / name, sheets)
    if not faults:
        return Expected(labels, len(records))
    at = {row: kind for row, (_record, kind) in enumerate(_FAULTY, len(_CLEAN) + 2)}
    found: set[tuple[int | None, str]] = set(at.items())
    found |= {(None, "numbers-missing"), (None, "folder-without-row")}
    making.write_frames(root / "CASME2-RAW" / "sub26" / "EP15_01", range(1, 4))
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, len(records), found, skipped)


def write_other_pictures(root: Path) -> None:
    """Write the selected and the cropped pictures of the clean rows."""
    for subject, clip, onset, _apex, offset, *_ in _CLEAN:
        for tree, name in (("CASME2_RAW_selected", "img{}.jpg"), ("Cropped", "reg_img{}.jpg")):
            folder = root / tree / f"sub{subject}" / clip
            making.write_frames(folder, range(onset, offset + 1), name.format)


def _row(record: tuple[object, ...]) -> tuple[object, ...]:
    subject, clip, onset, apex, offset, units, emotion, objective = record
    return (subject, clip, None, onset, apex, offset, None, units, emotion, objective)


def _frames(tree: Path, record: tuple[object, ...]) -> None:
    subject, clip = str(record[0]).removeprefix("sub"), str(record[1]).strip("/")
    # A few frames do: all that has to be there are onset, apex, offset and what lies between.
    first, last = _LONG.get(clip, (1, 32))
    if clip == "EP03_02":
        first, last = 125, 185
    elif clip in _MIDDLING:
        last = 95
    numbers = [n for n in range(first, last + 1) if (clip, n) != ("EP16_03", 14)]
    folder = making.write_frames(tree / f"sub{subject}" / clip, numbers)
    (folder / "Thumbs.db").write_bytes(b"no image")
    if clip == "EP16_04":
        making.write_frames(folder, [14], size=(20, 10))
