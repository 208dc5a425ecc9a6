"""The row with the column names is found wherever it is, or its lack is explained."""

from __future__ import annotations

import pytest
from sheet_files import write_xlsx

from meviewer.core.errors import LabelError
from meviewer.data.tables.header import find_header, require_header
from meviewer.data.tables.model import Table
from meviewer.data.tables.reading import read_workbook

_SYNONYMS = {"subject": ("sub",), "onset": ("Onset Frame", "OnsetF"), "note": ("#", "Notes")}
_REQUIRED = ("subject", "onset")


def _header(*rows):
    return find_header(Table("S", rows), _SYNONYMS, _REQUIRED)


def test_case_blanks_punctuation_and_width_do_not_count():
    header = _header(("SUB ", "", "onset_frame", "Emotion", "ＮＯＴＥＳ"))
    assert header.row == 1
    assert header.columns == {"subject": 0, "onset": 2, "note": 4}
    assert header.others == {"Emotion": 3}


def test_the_best_row_of_the_first_forty_counts():
    notes = (("Subject and onset of all",),) * 13
    data = (("Subject", "Onset"), ("Subject", "Onset", "Notes"), ("s1", "3"))
    assert _header(*notes, *data).row == 15
    assert _header(*((),) * 39, data[0]).row == 40
    assert _header(*((),) * 40, data[0]) is None
    assert _header(("s1", "3")) is None


def test_of_two_columns_alike_the_first_counts():
    header = _header(("Subject", "Onset", "OnsetF", "x", "x", "Subject"))
    assert header.columns == {"subject": 0, "onset": 1}
    assert header.others == {"OnsetF": 2, "x": 3, "x (5)": 4, "Subject": 5}


def test_named_sheets_come_first_and_hidden_ones_last(tmp_path):
    rows = [["Subject", "Onset"], ["s", 1]]
    sheets = {"hidden": rows, "notes": [["read me"]], "one": rows, "two": rows}
    book = read_workbook(write_xlsx(tmp_path / "a.xlsx", sheets, hidden=["hidden"]))
    assert require_header(book, _SYNONYMS, _REQUIRED)[0].name == "one"
    assert require_header(book, _SYNONYMS, _REQUIRED, ["gone", "notes", "TWO"])[0].name == "two"


def test_what_is_missing_and_what_is_there_are_told(tmp_path):
    sheets = {"a": [["Subject", "Apex"]], "b": [[], ["read me"]], "c": []}
    book = read_workbook(write_xlsx(tmp_path / "labels.xlsx", sheets))
    with pytest.raises(LabelError, match="lacks the column onset") as caught:
        require_header(book, _SYNONYMS, _REQUIRED)
    error = caught.value
    assert "labels.xlsx" in error.where
    assert "the sheet 'a' has: 'Subject', 'Apex'" in error.why
    assert "the sheet 'b' has: 'read me'; the sheet 'c' has: nothing" in error.why
    assert "onset (or Onset Frame, OnsetF)" in error.now
