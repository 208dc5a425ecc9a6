"""What miniatures of data sets are made of: small images, workbooks, a check of reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from meviewer.data.dataset import ImportReport

Rows = Sequence[Sequence[object]]


@lru_cache
def picture(suffix: str, height: int = 12, width: int = 10, grey: int = 90) -> bytes:
    """A small image as bytes in the format of the ending."""
    import cv2
    import numpy as np

    image = np.full((height, width, 3), grey, np.uint8)
    image[::3] += 20
    made, data = cv2.imencode(suffix, image)
    assert made
    return data.tobytes()


def write_frames(
    folder: Path,
    numbers: Iterable[int],
    name: Callable[[int], str] = "img{}.jpg".format,
    size: tuple[int, int] = (12, 10),
) -> Path:
    """Write one image a number under the name that the data set gives it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        path = folder / name(number)
        path.write_bytes(picture(path.suffix, *size))
    return folder


def write_xlsx(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write a workbook; texts stay texts and numbers numbers, None is a blank cell."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    book.close()
    return path


def write_xls(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write a workbook in the old format of Excel."""
    import xlwt

    book = xlwt.Workbook()
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, place, cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    return path


def kinds(report: ImportReport) -> set[tuple[int | None, str]]:
    """Return where which kinds of findings were found."""
    return {(finding.row, finding.kind) for finding in report.findings}


def check_accounts(report: ImportReport, n_rows: int) -> None:
    """Every row of the sheet is a sample or is skipped, once, and with a reason."""
    assert report.n_rows == n_rows
    rows = [(s.sheet, s.row) for s in (*report.samples, *report.skipped)]
    assert len(rows) == len(set(rows))
    assert all(skipped.reason for skipped in report.skipped)
