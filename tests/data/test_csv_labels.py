"""Label files of many hands, read and written without loss."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import LabelError, StorageError
from meviewer.data.formats.csv_labels import LabelRow, read_labels, read_sheet, write_labels

_PLAIN = "subject,clip,onset,apex,offset,emotion,action_units,coder\n"
_ROW = LabelRow(2, "01", "EP02_01f", 46, 59, 86, "happiness", "6+12", "A")


@pytest.fixture
def sheet(tmp_path):
    """Write a text and return its path."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "labels.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def test_a_plain_file(sheet):
    path = sheet(_PLAIN + "01,EP02_01f,46,59,86,happiness,6+12,A\n")
    assert read_labels(path) == (_ROW,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_byte_order_marks(delimiter, end, encoding, sheet):
    text = (_PLAIN + "01,EP02_01f,46,59,86,happiness,6+12,A\n").replace(",", delimiter)
    assert read_labels(sheet(text.replace("\n", end), encoding)) == (_ROW,)


def test_a_semicolon_file_may_hold_commas_in_its_cells(sheet):
    path = sheet("Subject;Filename;OnsetF;ApexF;OffsetF;AUs\ns1;a, b;1;2;3;4,7\n")
    row = read_labels(path)[0]
    assert (row.clip, row.action_units_text) == ("a, b", "4,7")


@pytest.mark.parametrize(
    "header",
    [
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Estimated Emotion,Action Units,Coder",
        "SUBJECT,File Name,Onset Frame,Apex Frame,Offset Frame,EMOTION,AU,Annotator",
        "sub_ID,fold_name,Onset,Apex,Offset,Expression,AUs,rater",
        " participant , Clip , start , peak , end , emotion , facs , coder ",
    ],
)
def test_columns_are_found_by_any_of_their_names(header, sheet):
    path = sheet(f"{header}\n01,EP02_01f,46,59,86,happiness,6+12,A\n")
    assert read_labels(path) == (_ROW,)


def test_columns_may_stand_in_any_order_below_notes(sheet):
    text = "Notes of the release,,,\n\nAll rights reserved\noffset,apex,onset,clip,subject\n"
    row = read_labels(sheet(text + "86,59,46,EP02_01f,01\n"))[0]
    assert (row.row, row.onset, row.apex, row.offset) == (5, 46, 59, 86)
    assert (row.emotion, row.coder) == ("", "")


@pytest.mark.parametrize("missing", ["subject", "clip", "onset", "offset"])
def test_a_missing_column_is_named(missing, sheet):
    columns = [name for name in ("subject", "clip", "onset", "apex", "offset") if name != missing]
    with pytest.raises(LabelError, match=f"lacks the column {missing}") as caught:
        read_sheet(sheet(",".join(columns) + "\n1,2,3,4\n"))
    assert "labels.csv" in caught.value.where
    assert all(f"'{name}'" in caught.value.why for name in columns)


def test_a_file_without_header_or_without_anything(sheet):
    with pytest.raises(LabelError, match="columns subject, clip, onset, offset"):
        read_sheet(sheet("01,EP02_01f,46,59,86\n"))
    with pytest.raises(LabelError, match="lacks the columns"):
        read_sheet(sheet(""))
    assert read_labels(sheet(_PLAIN)) == ()


def test_a_sheet_without_apex_is_read_and_says_so(sheet):
    found = read_sheet(sheet("subject,clip,onset,offset\n1,a,3,9\n"))
    assert found.rows[0].apex is None
    assert [note.kind for note in found.notes] == ["apex-column-missing"]


@pytest.mark.parametrize("cell", ["", " ", "/", "-", "n/a", "NaN", "?"])
def test_an_apex_that_is_not_there(cell, sheet):
    assert read_labels(sheet(f"{_PLAIN}1,a,3,{cell},9,,,\n"))[0].apex is None


@pytest.mark.parametrize(("cell", "apex"), [("0", 0), ("-1", -1), ("59.0", 59), ("+7", 7)])
def test_numbers_as_sheets_write_them(cell, apex, sheet):
    found = read_sheet(sheet(f"{_PLAIN}1,a,3,{cell},9,,,\n"))
    assert (found.rows[0].apex, found.notes) == (apex, ())


@pytest.mark.parametrize(("cell", "onset"), [("566.40", 566), ("566.5", 567), ("-0.5", 0)])
def test_fractions_are_rounded_half_up_and_noted(cell, onset, sheet):
    found = read_sheet(sheet(f"{_PLAIN}1,a,{cell},,600,,,\n"))
    assert found.rows[0].onset == onset
    assert [(note.kind, note.row) for note in found.notes] == [("number-rounded", 2)]


def test_a_decimal_comma_counts_only_beside_other_delimiters(sheet):
    assert read_sheet(sheet("subject;clip;onset;offset\n1;a;3,6;9\n")).rows[0].onset == 4
    faults = read_sheet(sheet('subject,clip,onset,offset\n1,a,"1,234",9\n')).faults
    assert "'1,234'" in faults[0].text


def test_rows_with_faults_are_reported_one_by_one_and_the_others_read(sheet):
    text = _PLAIN + "1,a,1,2,3,,,\n,a,1,2,3,,,\n\n1,,x,2,,,,\n1,b,4,abc,6,,,\n1,c,7,8,9,,,\n1,d\n"
    found = read_sheet(sheet(text))
    assert [(row.row, row.clip) for row in found.rows] == [(2, "a"), (7, "c")]
    assert [(fault.row, fault.text) for fault in found.faults] == [
        (3, "the subject is empty"),
        (5, "the clip is empty, the onset is no frame number: 'x', the offset is missing"),
        (6, "the apex is no frame number: 'abc'"),
        (8, "the onset is missing, the offset is missing"),
    ]
    assert {fault.kind for fault in found.faults} == {"row-faulty"}
    with pytest.raises(LabelError, match=r"4 row\(s\).*Row 3: the subject is empty; row 5"):
        read_labels(sheet(text))


def test_further_columns_are_kept(sheet, tmp_path):
    text = "subject,clip,onset,offset,Objective Class,,Notes,onset frame\n1,a,3,9,VII,x,,4\n"
    row = read_labels(sheet(text))[0]
    assert row.extra == (("Objective Class", "VII"), ("column 6", "x"), ("onset frame", "4"))
    out = tmp_path / "out.csv"
    write_labels(out, [row])
    assert read_labels(out) == (row,)


def test_cells_beyond_the_header_are_kept_under_a_name(sheet):
    row = read_labels(sheet("subject,clip,onset,offset\n1,a,3,9,,more\n"))[0]
    assert row.extra == (("column 6", "more"),)


def test_old_encodings_are_read_and_noted(sheet):
    found = read_sheet(sheet(_PLAIN + "1,a,1,2,3,Überraschung,,\n", "cp1252"))
    assert found.rows[0].emotion == "Überraschung"
    assert [note.kind for note in found.notes] == ["encoding"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest of a workbook", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0old workbook", "spreadsheet"),
        (b"subject,clip\0\0\0", "neither in UTF-8"),
        ((_PLAIN + '1,"a,1,2,3\n1,b,1,2,3\n').encode(), "quotation marks"),
    ],
)
def test_files_that_are_no_sheet(data, words, sheet):
    with pytest.raises(LabelError, match=words) as caught:
        read_sheet(sheet(data))
    assert "labels.csv" in caught.value.where


def test_a_missing_file(tmp_path):
    with pytest.raises(LabelError, match="Could not read"):
        read_sheet(tmp_path / "nowhere.csv")


# -- writing


_text = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12
).map(str.strip)
_named = _text.filter(bool)
_number = st.integers(-5, 10**9)
_rows = st.lists(
    st.builds(
        LabelRow,
        row=st.just(0),
        subject=_named,
        clip=_named,
        onset=_number,
        apex=st.none() | _number,
        offset=_number,
        emotion=_text,
        action_units_text=_text,
        coder=_text,
        extra=st.dictionaries(st.sampled_from(["Notes", "class", "Induction 1"]), _named).map(
            lambda cells: tuple(sorted(cells.items()))
        ),
    ),
    max_size=5,
)


@given(_rows)
def test_what_is_written_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "labels.csv"
    write_labels(path, rows)
    read = read_labels(path)
    assert [_without_row(row) for row in read] == [_without_row(row) for row in rows]
    write_labels(path, read)
    assert read_labels(path) == read


def _without_row(row):
    return (
        row.subject,
        row.clip,
        (row.onset, row.apex, row.offset),
        (row.emotion, row.action_units_text, row.coder),
        dict(row.extra),
    )


def test_the_file_has_the_plain_columns(tmp_path):
    path = tmp_path / "labels.csv"
    write_labels(path, [_ROW])
    assert path.read_text(encoding="utf-8") == _PLAIN + "01,EP02_01f,46,59,86,happiness,6+12,A\n"
    assert path.read_bytes().count(b"\r\n") == 2


def test_a_full_disk_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "labels.csv"
    write_labels(path, [_ROW])

    def refuse(*_paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match="full"):
            write_labels(path, [])
    assert read_labels(path) == (_ROW,)
    assert [file.name for file in tmp_path.iterdir()] == ["labels.csv"]
