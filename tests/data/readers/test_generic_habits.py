"""The generic table: sheets of odd names and layouts, remembered by the names of their columns."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from miniatures import generic, making

from meviewer.core.errors import LabelError
from meviewer.data.reader import ReadOptions
from meviewer.data.readers import generic_mapping
from meviewer.data.readers.generic import READER
from meviewer.data.readers.generic_mapping import NAMES
from meviewer.data.tables.reading import read_workbook

_SHORT = ("subject", "clip", "onset", "apex", "offset")
_GAPS = [*range(11, 16), *range(21, 31)]


@pytest.fixture
def root(tmp_path):
    """One clip whose numbers have a gap, and one without."""
    making.write_frames(tmp_path / "s1" / "gap", _GAPS)
    making.write_frames(tmp_path / "s2" / "whole", range(11, 31))
    return tmp_path


def _read(root, *rows, head=_SHORT, **columns):
    sheet = generic.write_csv(root / "labels.csv", [head, *rows])
    return READER.read(root, sheet, ReadOptions(columns=tuple(columns.items())))


def _kinds(report):
    return making.kinds(report) - {(None, "folder-without-row"), (None, "numbers-missing")}


def test_a_field_says_whether_it_is_needed():
    assert {field.name for field in NAMES if field.needed} == {"onset", "offset"}
    names = [field.name for field in NAMES]
    assert names[:3] == ["subject", "clip", "path"]
    assert all(field.title and field.help for field in NAMES)


def test_a_rate_holds_where_no_cell_says_one(root):
    rows = (("s2", "whole", 10, 41, 88, ""), ("s2", "whole", 100, 125, 148, 40))
    report = _read(root, *rows, head=(*_SHORT, "fps"), numbering="ms", rate="100")
    assert [(s.onset, s.offset, s.rate) for s in report.samples] == [(12, 20, 100), (15, 17, 40)]
    exact = _read(root, ("s2", "whole", 0, 34, 67), numbering="ms", rate="29.97")
    assert (exact.samples[0].offset, exact.samples[0].rate) == (13, Fraction(30000, 1001))
    with pytest.raises(LabelError, match="Not a frame rate"):
        _read(root, ("s2", "whole", 0, 34, 67), numbering="ms", rate="fast")


def test_times_are_rounded_to_the_nearest_frame(root):
    row = ("s2", "whole", "0,0149", "0.0151", 0.0999)
    assert [
        (s.onset, s.apex, s.offset)
        for s in _read(root, tuple(f'"{cell}"' for cell in row), numbering="s", rate="100").samples
    ] == [(12, 13, 21)]


@pytest.mark.parametrize(
    ("numbering", "row", "kinds"),
    [
        ("index", (3, 5.5, 9), {"number-rounded", "frames-missing"}),
        ("index", (3, 0, 9), {"apex-missing", "frames-missing"}),
        ("index", (3, 4, 0), {"offset-zero"}),
        ("index", (3, 6, 15), {"outside-clip"}),
        ("position", (0, 6, 9), {"outside-clip"}),
        ("position", (1, -1, 3), {"apex-missing"}),
        ("ms", (30, 0, 90), {"apex-missing", "frames-missing"}),
        ("ms", (30, 40, 0), {"offset-zero"}),
    ],
)
def test_faults_are_named_alike_where_numbers_have_gaps(numbering, row, kinds, root):
    report = _read(root, ("s1", "gap", *row), numbering=numbering, rate="100")
    assert {kind for _row, kind in _kinds(report)} == kinds


def test_a_clip_in_the_folder_of_another_who_has_a_row_for_it_is_none(root):
    rows = (("s1", "gap", 12, 13, 14), ("anna", "gap", 13, 14, 15), ("ben", "whole", 13, 14, 15))
    report = _read(root, *rows)
    assert [(s.row, s.subject) for s in report.samples] == [(2, "s1"), (4, "ben")]
    assert [row.reason for row in report.skipped] == ["there is no clip anna/gap on disk"]


def test_a_blank_subject_is_told(root):
    report = _read(root, ("", "whole", 12, 13, 14), ("s1", "gap", 12, 13, 14))
    assert _kinds(report) == {(2, "subject-from-folder")}
    assert [s.subject for s in report.samples] == ["s2", "s1"]


def test_no_sheet_is_read_that_nobody_named(root):
    generic.write_csv(root / "labels.csv", [_SHORT, ("s2", "whole", 12, 13, 14)])
    with pytest.raises(LabelError, match=r"labels\.csv") as told:
        READER.read(root)
    assert "--labels" in str(told.value)


def test_chinese_names_are_known(root):
    head = ("被试编号", "视频名", "起始帧", "顶点帧", "结束帧", "情绪", "动作单元")
    sheet = making.write_xlsx(
        root / "标注.xlsx", {"表": [("说明",), head, (2, "whole", 12, 13, 14, "高兴", "6+12")]}
    )
    (sample,) = READER.read(root, sheet).samples
    assert (sample.row, sample.subject, sample.apex, sample.emotion) == (3, "s2", 13, "高兴")
    assert sample.action_units_text == "6+12"


def test_unknown_names_are_still_names(root):
    head = ("Wer?", " Film\n(roh) ", "α", "β", "γ ")
    notes = [("coded by KL",), ("2026", "second round")]
    sheet = making.write_xlsx(root / "x.xlsx", {"S": [*notes, head, (2, "whole", 12, 13, 14)]})
    found = generic_mapping.suggest(read_workbook(sheet))
    assert (found.header_row, found.columns_of_sheet[1]) == (3, "Film (roh)")
    chosen = {"subject": "Wer?", "clip": "Film (roh)", "onset": "α", "apex": "β", "offset": "γ"}
    report = READER.read(root, sheet, ReadOptions(columns=tuple(chosen.items())))
    assert [(s.row, s.apex) for s in report.samples] == [(4, 13)]


def test_two_names_on_one_column_are_told(root):
    sheet = generic.write_csv(root / "l.csv", [_SHORT, ("s2", "whole", 12, 13, 14)])
    mapping = (("clip", "clip"), ("onset", "onset"), ("offset", "offset"), ("emotion", "clip"))
    found = generic_mapping.preview(read_workbook(sheet), "l", 1, mapping)
    assert "Clip and Emotion are the same column" in found.problems


def test_the_next_sheet_of_the_same_names_is_known(root, tmp_path, own_home):
    head = ("Wer", "Film", "Beginn", "Mitte", "Ende")
    first = generic.write_csv(root / "a.csv", [head, ("s2", "whole", 12, 13, 14)])
    later = generic.write_csv(root / "b.csv", [("Runde 2",), head, ("s1", "gap", 11, 12, 13)])
    other = generic.write_csv(root / "c.csv", [(*head[:4], "Schluss"), ("s1", "gap", 11, 12, 13)])
    path = generic_mapping.mapping_path(first)
    assert path == generic_mapping.mapping_path(later)
    assert path != generic_mapping.mapping_path(other)
    mapping = tuple(zip(_SHORT, head, strict=True))
    generic_mapping.save_mapping(path, mapping)
    assert generic_mapping.remembered(read_workbook(later), "b", 2) == mapping
    assert generic_mapping.remembered(read_workbook(other), "c", 1) is None
    path.write_text("{")
    assert generic_mapping.remembered(read_workbook(later), "b", 2) is None
    gone = replace(read_workbook(first), path=root / "gone.csv")
    assert generic_mapping.remembered(gone, "a", 1) is None
    with pytest.raises(LabelError):
        generic_mapping.mapping_path(root / "gone.csv")


def test_the_mapping_of_a_chosen_sheet_has_its_own_place(root, own_home):
    rows = {"one": [_SHORT, ("s1", "gap", 11, 12, 13)], "two": [("a", "b", "c"), (1, 2, 3)]}
    book = making.write_xlsx(root / "book.xlsx", rows)
    mapping = (("sheet", "two"), ("header", "1"), ("clip", "a"))
    path = generic_mapping.mapping_path(book, mapping)
    assert path != generic_mapping.mapping_path(book)
    generic_mapping.save_mapping(path, mapping)
    assert generic_mapping.remembered(read_workbook(book), "two", 1) == (("clip", "a"),)
