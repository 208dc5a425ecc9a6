"""The composite of MEGC 2019 in small: the list without header beside miniatures of its sets."""

from __future__ import annotations

from pathlib import Path

from miniatures import casme2, samm, smic
from miniatures.casme2 import Expected

# The official list writes the subjects of SAMM as numbers, and clips of SMIC with two digits.
CLEAN = (
    "casme2,sub01,EP02_01f,1",
    "casme2,sub03,EP01_2,0",
    "casme2,sub07,EP06_02_01,2",
    "casme2,sub07,EP06_02_02,0",
    "samm,6,006_1_2,0",
    "samm,6,006_5_10,1",
    "samm,13,013_1_3,2",
    "samm,14,014_2_1,0",
    "samm,14,014_2_2,0",
    "samm,14,014_2_3,0",
    "samm,37,037_3_1,0",
    "smic,s01,s01_ne_01,0",
    "smic,s01,s01_ne_10,0",
    "smic,s03,s03_sur_03,2",
)
_FAULTY = (
    ("casme2,sub05,EP09_05f,0", "apex-on-onset"),
    ("casme2,sub24,EP10_03,2", "wrong-order"),
    ("casme2,sub24,EP07_04f,2", "class-disagrees"),
    ("casme2,sub04,EP12_01f,0", "class-disagrees"),
    ("casme2,sub01,EP02_01f,1", "row-twice"),
    ("samm,006,006_1_9,0", "clip-unknown"),
    ("samm,14,014_2_4,3", "row-faulty"),
    ("mmew,14,014_2_4,0", "row-faulty"),
    ("smic,s01,,0", "row-faulty"),
    ("smic,s03,s03_ne_99,0", "clip-unknown"),
)
_LEFT_OUT = {"wrong-order", "row-twice", "clip-unknown", "row-faulty"}


def write(root: Path, faults: bool) -> Expected:
    """Write the list and all three sets."""
    casme2.write(root / "CASME2", faults)
    samm.write(root / "SAMM_data", faults=False)
    smic.write_short(root / "SMIC", faults=False)
    rows = [*CLEAN, *(row for row, _kind in _FAULTY if faults)]
    labels = write_list(root, rows)
    about_sets = {(None, "apex-column-missing"), (None, "several-trees")}
    if not faults:
        return Expected(labels, len(rows), about_sets)
    at = {row: kind for row, (_text, kind) in enumerate(_FAULTY, len(CLEAN) + 1)}
    # What the reader of CASME II says about these two rows besides.
    further = {(17, "apex-outside"), (18, "apex-missing")}
    # Row 20 spells the subject of row 5 unlike it; some faulty rows of CASME II are not listed.
    further |= {(20, "subject-spelling"), (None, "not-listed")}
    skipped = {row for row, kind in at.items() if kind in _LEFT_OUT}
    return Expected(labels, len(rows), {*at.items(), *further, *about_sets}, skipped)


def write_list(root: Path, rows: list[str] | tuple[str, ...]) -> Path:
    """Write the list alone."""
    path = root / "combined_3class_gt.csv"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="ascii")
    return path
