"""Labels of somebody's own: sheets of any names, folders of any depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from miniatures.making import picture, write_frames, write_xlsx

HEADER = (
    "Participant",
    "Video",
    "Start",
    "Peak",
    "End",
    "Label",
    "FACS",
    "Rater",
    "Type",
    "Remark",
)
_CLEAN = (
    ("P01", "smile 1", 105, 110, 120, "happiness", "6+12", "KL", "micro", None),
    (None, "frown", 103, 104, 109, "anger", "4", "KL", "Macro", "long"),
    ("P02", "smile 1", 105, 110, 120, "happiness", "6+12", "KL", "micro", None),
    ("P02", "smile 1", 122, 125, 130, "happiness", "R12", "KL", "eye blink", None),
)
_FAULTY: tuple[tuple[tuple[object, ...], str], ...] = (
    (("P02", "frown", 105, None, 120, "anger", 4, "KL", "micro", None), "apex-missing"),
    (("P02", "frown", 106, 130, 120, "anger", 4, "KL", "micro", None), "apex-outside"),
    (("P02", "frown", 107, 107, 120, "anger", 4, "KL", "micro", None), "apex-on-onset"),
    (("P02", "frown", 108, 120, 120, "anger", 4, "KL", "micro", None), "apex-on-offset"),
    (("P02", "frown", 109, 110, 0, "anger", 4, "KL", "micro", None), "offset-zero"),
    (("P02", "frown", 110, 108, 106, "anger", 4, "KL", "micro", None), "wrong-order"),
    (("P02", "frown", 111, 112, 141, "anger", 4, "KL", "micro", None), "outside-clip"),
    (("P02", "frown", 112.5, 114, 120, "anger", 4, "KL", "micro", None), "number-rounded"),
    (("P02", "frown", "no idea", 114, 120, "anger", 4, "KL", "micro", None), "row-faulty"),
    (("P02", "frown", 105, 112, 120, "anger", 4, "KL", "micro", None), "row-twice"),
    (("P02", "frown", 114, 115, 120, "anger", 4, "KL", "neither", None), "kind-unknown"),
    (("P02", "wink", 114, 115, 120, "anger", 4, "KL", "micro", None), "clip-unknown"),
    (("P02", "gap", 114, 115, 120, "anger", 4, "KL", "micro", None), "frames-missing"),
    (("P02", "mixed", 114, 115, 120, "anger", 4, "KL", "micro", None), "sizes-differ"),
    (("2", "frown", 115, 116, 120, "anger", 4, "KL", "micro", None), "subject-spelling"),
    (("P02", 7, 114, 115, 120, "anger", 4, "KL", "micro", None), "name-mangled"),
    (("P02", "frown", 116, 117, 120, None, 4, "KL", "micro", None), "emotion-missing"),
    (("P02", "twice", 116, 117, 120, "anger", 4, "KL", "micro", None), "clip-ambiguous"),
    (("P02", None, 116, 117, 120, "anger", 4, "KL", "micro", None), "row-faulty"),
    (("P02", "frown", 117, 118, None, "anger", 4, "KL", "micro", None), "offset-missing"),
)
_LEFT_OUT = {
    *("offset-zero", "wrong-order", "outside-clip", "row-faulty", "row-twice", "clip-unknown"),
    *("sizes-differ", "clip-ambiguous", "offset-missing"),
}


@dataclass(frozen=True)
class Expected:
    """What the reader has to find."""

    labels: Path
    n_rows: int
    findings: set[tuple[int | None, str]] = field(default_factory=set)
    skipped_rows: set[int] = field(default_factory=set)


def write(root: Path, faults: bool) -> Expected:
    """Write ``study/day 1/P01/smile 1/...`` and a sheet with two lines above its header."""
    for subject, clip in (("P01", "smile 1"), ("P01", "frown"), ("P02", "smile 1")):
        _clip(root / "study" / "day 1" / subject / clip)
    rows = [*_CLEAN, *(row for row, _kind in _FAULTY if faults)]
    above = (("Our study, coded by K. L.",), ())
    # The first subject is one merged cell of two rows, as people like it.
    labels = write_xlsx(
        root / "codes.xlsx", {"about": [("by", "us")], "coding": [*above, HEADER, *rows]}
    )
    _merge(labels, "coding", "A4:A5")
    if not faults:
        return Expected(labels, len(rows))
    _break(root / "study" / "day 1" / "P02", root / "study" / "day 2" / "P02")
    at = {row: kind for row, (_cells, kind) in enumerate(_FAULTY, len(_CLEAN) + 4)}
    findings: set[tuple[int | None, str]] = {*at.items(), (None, "numbers-missing")}
    findings |= {(None, "folder-without-row")}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, len(rows), findings, skipped)


def write_csv(path: Path, rows: list[tuple[object, ...]]) -> Path:
    """Write rows separated by commas."""
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def _clip(folder: Path) -> Path:
    return write_frames(folder, range(101, 141), "frame-{:04d}.png".format)


def _break(day_1: Path, day_2: Path) -> None:
    for name in ("frown", "mixed", "twice", "007", "nobody"):
        _clip(day_1 / name)
    _clip(day_2 / "twice")
    write_frames(day_1 / "gap", [*range(101, 117), *range(118, 141)], "frame-{:04d}.png".format)
    (day_1 / "mixed" / "frame-0120.png").write_bytes(picture(".png", 9, 9))


def _merge(path: Path, sheet: str, cells: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    book[sheet].merge_cells(cells)
    book.save(path)
    book.close()
