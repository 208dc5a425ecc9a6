"""Miniatures of SMIC: the short version, which has no sheet, and the long one with its workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miniatures.making import picture, write_frames, write_xlsx

Finding = tuple[int | None, str]


@dataclass(frozen=True)
class Expected:
    """What a reader has to find; of a short version the "rows" are its clip folders."""

    labels: Path | None
    n_rows: int
    findings: set[Finding]
    skipped_rows: set[int]


_HS = [
    *("Subject", "Filename", None, "OnsetF", "OffsetF", "OnsetF2", "OffsetF2", "OnsetF3"),
    *("OffsetF3", None, "FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL"),
    "Emotion",
]
_INFOS: set[Finding] = {(None, "apex-column-missing"), (None, "samples-absent")}


def write(root: Path, faults: bool) -> Expected:
    """Write SMIC-E of the high-speed camera; the camera counts from 30001 or so.

    Images of subjects 3 and 20 carry the camera's numbers, those of subject 1 count from 1.
    """
    top = root / "SMIC-E_raw image" / "HS_long"
    frames = top / "SMIC-HS-E"
    write_frames(frames / "s01" / "s1_ne_01", range(1, 41), "image{:06d}.jpg".format)
    write_frames(frames / "s01" / "s1_po_02", range(1, 41), "image{:06d}.jpg".format)
    write_frames(frames / "s03" / "s3_sur_03", range(41001, 41061), "image{:06d}.jpg".format)
    write_frames(frames / "s20" / "s20_ne_01", range(151, 191), "image{:08d}.jpg".format)
    (frames / "s03" / "Thumbs.db").write_bytes(b"thumbs")
    rows = [
        _HS,
        _row(1, "s1_ne_01", (30010, 30025), first=30001, last=30040, emotion="negative"),
        _row(1, "s1_po_02", (31005, 31030), first=31001, last=31040, emotion="positive"),
        _row(
            *(3, "s3_sur_03", (41004, 41020)),
            *((41030, 41040), (41045, 41058)),
            first=41001,
            last=41060,
            emotion="surprise",
        ),
        _row(20, "s20_ne_01", (160, 180), first=151, last=190, emotion="Negative "),
    ]
    findings: set[Finding] = {*_INFOS, (4, "several-events")}
    skipped: set[int] = set()
    if faults:
        rows += _faulty_rows(frames, findings, skipped)
    after = len(rows) + 2
    rows += [[None], ["Note: frame numbers are those of the camera"], [None, "Ne: negative"]]
    findings |= {(after, "note-row"), (after + 1, "note-row")}
    labels = write_xlsx(top / "SMIC-HS-E_annotation.xlsx", {"Sheet1": rows})
    n_events = after - 3 + 2 + (1 if faults else 0)  # three events in row 4, two in row 19
    return Expected(labels, n_events, findings, skipped)


def write_camera(root: Path, camera: str) -> Path:
    """Write SMIC-E of a slow camera: one pair of columns less, and names of its own for NIR."""
    frames = root / "SMIC-E_raw image" / f"{camera}_long" / f"SMIC-{camera}-E"
    write_frames(frames / "s11" / "s11_ne_01", range(1, 31), "image{:06d}.jpg".format)
    own = " NIR" if camera == "NIR" else ""
    other = ["OnsetF", "OffsetF"] if own else []
    header = ["Subject", "Filename", None, *other]
    header += [f"OnsetF{own}", f"OffsetF{own}", "second onset", "second offset", None]
    header += [f"FirstF{own}", "TotalMF", "Emotion"]
    start: list[object] = [11, "s11_ne_01", None, *([9999, 9999] if other else [])]
    second = [None, None] if own else [5120, 5125]
    rows = [header, [*start, 5105, 5112, *second, None, 5101, 8, "negative"]]
    return write_xlsx(frames.parent / f"SMIC-{camera}-E_annotation.xlsx", {"Sheet1": rows})


def write_short(root: Path, faults: bool) -> Expected:
    """Write the short version of two cameras, raw and cropped."""
    raw = root / "SMIC_all_raw"
    _short(raw / "HS", "s1", "negative", "s1_ne_01", range(30256, 30276))
    _short(raw / "HS", "s1", "negative", "s1_ne_10", range(30301, 30321))
    _short(raw / "HS", "s3", "surprise", "s3_sur_03", range(1, 31))
    _short(raw / "VIS", "s11", "positive", "s11_po_01", range(77, 85))
    write_frames(raw / "HS" / "s1" / "non_micro" / "s1_non_micro_01", range(1, 4))
    write_frames(
        root / "SMIC_all_cropped" / "HS" / "s1" / "micro" / "negative" / "s1_ne_01",
        range(1, 21),
        "reg_image{:06d}.bmp".format,
    )
    (raw / "HS" / "s1" / "micro" / "negative" / "s1_ne_01" / "Thumbs.db").write_bytes(b"thumbs")
    findings: set[Finding] = {(None, "apex-column-missing"), (None, "several-trees")}
    if not faults:
        return Expected(None, 3, findings, set())
    gap = _short(raw / "HS", "s4", "negative", "s4_ne_01", range(1, 31))
    (gap / "image000012.bmp").unlink()
    _short(raw / "HS", "s4", "negative", "s4_po_02", range(1, 11))
    sizes = _short(raw / "HS", "s5", "positive", "s5_po_01", range(1, 11))
    (sizes / "image000004.bmp").write_bytes(picture(".bmp", 9, 9))
    _short(raw / "HS", "s6", "surprise", "s6_sur_01", range(1, 61))
    damaged = _short(raw / "HS", "s8", "negative", "s8_ne_02", range(1, 11))
    (damaged / "image000003.bmp").write_bytes(b"not a picture")
    _short(raw / "HS", "s9", "negative", "s8_ne_03", range(1, 11))
    findings |= {
        *((None, "numbers-missing"), (4, "frames-missing"), (5, "folder-disagrees")),
        *((6, "sizes-differ"), (7, "too-long"), (None, "frame-damaged"), (9, "subject-disagrees")),
    }
    return Expected(None, 9, findings, {6})


def _faulty_rows(frames: Path, findings: set[Finding], skipped: set[int]) -> list[list[object]]:
    """Rows 6 and after, each with one fault; their clips count from 1."""
    for number in (*range(1, 13), 21):
        write_frames(frames / "s05" / f"s5_po_{number:02d}", range(1, 71), "image{:06d}.jpg".format)
    (frames / "s05" / "s5_po_12" / "image000020.jpg").unlink()
    span, emotion = {"first": 501, "last": 570}, {"emotion": "positive"}
    both = span | emotion
    findings |= {
        *((6, "row-faulty"), (7, "offset-missing"), (8, "wrong-order"), (9, "outside-clip")),
        *((10, "folder-disagrees"), (11, "folder-disagrees"), (11, "emotion-unknown")),
        *((12, "subject-disagrees"), (13, "row-twice"), (14, "clip-unknown")),
        *((15, "row-faulty"), (16, "length-disagrees"), (17, "too-long")),
        *((18, "frames-missing"), (None, "numbers-missing")),
        *((19, "several-events"), (19, "offset-missing"), (20, "number-rounded")),
        *((21, "onset-missing"), (22, "emotion-missing"), (None, "folder-without-row")),
    }
    skipped |= {6, 7, 8, 9, 13, 14, 15, 19, 21}
    return [
        _row(5, "s5_po_01", (510, 530), first="no data", last=570, **emotion),
        _row(5, "s5_po_02", (510, None), **both),
        _row(5, "s5_po_03", (540, 520), **both),
        _row(5, "s5_po_04", (560, 571), **both),
        _row(5, "s5_po_05", (510, 530), **span, emotion="negative"),
        _row(5, "s5_po_06", (510, 530), **span, emotion="neutral"),
        _row(6, "s5_po_07", (510, 530), **both),
        _row(5, "s5_po_07", (510, 531), **both),
        _row(5, "s5_po_99", (510, 530), **both),
        _row(5, "s5-positive", (510, 530), **both),
        _row(5, "s5_po_08", (510, 530), first=501, last=575, **emotion),
        _row(5, "s5_po_09", (505, 565), **both),
        _row(5, "s5_po_12", (510, 530), **both),
        _row(5, "s5_po_10", (505, 520), (530, None), **both),
        _row(5, "s5_po_11", ("510.4", 530), **both),
        _row(5, "s5_po_11", ("/", 530), **both),
        _row(20, "s20_ne_01", (155, 158), first=151, last=190),
    ]


def _row(
    subject: object,
    clip: str,
    *events: tuple[object, object],
    first: object = None,
    last: object = None,
    emotion: str | None = None,
) -> list[object]:
    frames = [frame for event in events for frame in event]
    frames += [None] * (6 - len(frames))
    return [subject, clip, None, *frames, None, first, last, None, None, None, None, emotion]


def _short(camera: Path, subject: str, emotion: str, clip: str, numbers: range) -> Path:
    folder = camera / subject / "micro" / emotion / clip
    return write_frames(folder, numbers, "image{:06d}.bmp".format)
