"""4DME in small: emotions and action units as text and in columns of their own."""

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


_UNITS = (1, 2, 4, 6, 7, 12, 14)
_CLASSES = ("Positive", "Negative", "Surprise", "Repression", "Others")
HEADER = (
    *("sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs"),
    *(f"AU{unit}" for unit in _UNITS),
    *(*_CLASSES, "Total", "fold", "eye blink"),
)


def _row(subject, clip, onset=1, apex=9, offset=20, emotion="Negative", units="4+7", **other):
    """Make a row; ``marked`` and ``classes`` are its columns where the text says otherwise."""
    marked = other.get("marked", [u for u in _UNITS if str(u) in units.split("+")])
    classes = other.get("classes", [name for name in _CLASSES if name in emotion])
    hot = [int(unit in marked) for unit in _UNITS]
    named = [int(name in classes) for name in _CLASSES]
    row = (subject, clip, emotion or None, onset, apex, offset, units or None, *hot, *named)
    return (*row, len(marked), 1, other.get("blink", 0))


_CLEAN = (
    _row(1, "clip1_1", 1, 9, 20, "Negative", "4+7"),
    _row(1, "clip1_2", 3, 12, 22, "Negative, Surprise", "1+2"),
    _row(2, "clip2_1", 1, 9, 20, "Positive+Repression", "6+12+14(k)"),
    _row(2, "clip2_2", 1, 9, 20, "Surprise+Negative", "2(k)+1", marked=(1, 2)),
    _row(3, "clip3_1", 1, 9, 20, "Others", "", blink=1),
    _row(3, "clip3_1", 21, 24, 28, "Repression", "14"),
)
_FAULTY = (
    (_row(5, "a01", 5, 25, 20), "apex-outside"),
    (_row(5, "a02", 1, 1, 20), "apex-on-onset"),
    (_row(5, "a03", 1, 20, 20), "apex-on-offset"),
    (_row(5, "a04", 1, "/", 20), "apex-missing"),
    (_row(5, "a05", 20, 18, 12), "wrong-order"),
    (_row(5, "a06", 1, 9, 0), "offset-zero"),
    (_row(5, "a07", 1, 9, 31), "outside-clip"),
    (_row(5, "a08", 1, 12, 30), "frames-missing"),
    (_row(5, "a09", emotion="Negative+Fear", classes=("Negative",)), "emotion-unknown"),
    (_row(5, "a10", emotion="", classes=()), "emotion-missing"),
    (_row(5, "a11", classes=("Negative", "Surprise")), "classes-disagree"),
    (_row(5, "a12", marked=(1, 2)), "units-disagree"),
    (_row(5, "a13", units="1+2", marked=(4, 7)), "units-disagree"),
    (_row(5, "a14"), "clip-unknown"),
    (_row(5, "a15"), "sizes-differ"),
    (_row(5, "a13", 1, 11, 20), "row-twice"),
    (_row(5, "a16", 1.5, 9, 20), "number-rounded"),
    (_row(5, None), "row-faulty"),
    (_row("05", "a17"), "subject-spelling"),
    (_row(5, "a18", 1, 12, 40), "too-long"),
)
_LEFT_OUT = {
    *("wrong-order", "offset-zero", "outside-clip", "clip-unknown", "sizes-differ", "row-twice"),
    "row-faulty",
}


def write(root: Path, faults: bool) -> Expected:
    """Write the grey clips and the sheet beside them."""
    rows = [*_CLEAN, *(row for row, _kind in _FAULTY if faults)]
    top = root / "gray_micro"
    for row in rows:
        if row[1] not in (None, "a14"):
            n_frames = 45 if row[1] == "a18" else 30
            folder = top / f"{int(row[0]):02d}" / row[1]
            write_frames(folder, range(1, n_frames + 1), "{}.jpg".format)
    labels = write_xlsx(root / "4DME_Labelling_Micro_release v1.xlsx", {"Sheet1": [HEADER, *rows]})
    if not faults:
        return Expected(labels, len(rows), set(), set())
    (top / "05" / "a08" / "7.jpg").unlink()
    (top / "05" / "a15" / "7.jpg").write_bytes(picture(".jpg", 9, 9))
    write_frames(top / "05" / "a99", range(1, 5), "{}.jpg".format)
    at = {row: kind for row, (_row, kind) in enumerate(_FAULTY, len(_CLEAN) + 2)}
    findings: set[tuple[int | None, str]] = {*at.items()}
    # A word that is no class has no column either.
    findings |= {(row, "classes-disagree") for row, kind in at.items() if kind == "emotion-unknown"}
    findings |= {(None, "numbers-missing"), (None, "folder-without-row")}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, len(rows), findings, skipped)
