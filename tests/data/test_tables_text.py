"""Text sheets in every encoding and with every fault that label files have."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.core.errors import LabelError
from meviewer.data.tables.reading import read_workbook
from meviewer.data.tables.text import find_delimiter

_TEXT = "subject,clip,onset\n01,EP02_01f,46\n02,Überraschung größer,59\n"
_CHINESE = "受试者,视频,表情\n01,眨眼,厌恶\n02,备注,高兴\n03,主观,惊讶\n"


@pytest.fixture
def file(tmp_path):
    def write(data, name="labels.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def _cells(text):
    return tuple(tuple(line.split(",")) for line in text.splitlines())


def test_cells_are_exact(file):
    book = read_workbook(file(b'a,b\r\n01, x ,"1,5"\r\n\r\n ,\n566.40,"say ""ah"""\n,,\n\n'))
    table = book.tables[0]
    assert (book.kind, book.encoding, book.delimiter) == ("csv", "utf-8", ",")
    assert table.name == "labels"
    assert table.rows == (
        ("a", "b"),
        ("01", " x ", "1,5"),
        (),
        (),
        ("566.40", 'say "ah"'),
    )
    assert book.table("LABELS") is table
    assert book.table("other") is None


@pytest.mark.parametrize(
    ("text", "codec", "encoding", "kinds"),
    [
        (_TEXT, "utf-8", "utf-8", []),
        (_TEXT, "utf-8-sig", "utf-8-sig", []),
        (_TEXT, "cp1252", "cp1252", ["encoding"]),
        (_TEXT, "utf-16-le", "utf-16-le", ["encoding"]),
        (_TEXT, "utf-16-be", "utf-16-be", ["encoding"]),
        ("\ufeff" + _TEXT, "utf-16-le", "utf-16-le", []),
        ("\ufeff" + _TEXT, "utf-16-be", "utf-16-be", []),
        (_CHINESE, "utf-8", "utf-8", []),
        (_CHINESE, "gb18030", "gb18030", ["encoding"]),
        (_CHINESE, "utf-16-le", "utf-16-le", ["encoding"]),
        ("subject,note\n01,Größe\n02,naïve\n", "cp1252", "cp1252", ["encoding"]),
        ("subject,note\n01,±5 µm\n", "cp1252", "cp1252", ["encoding"]),
    ],
)
def test_encodings_are_found_and_guesses_are_told(text, codec, encoding, kinds, file):
    book = read_workbook(file(text.encode(codec)))
    assert book.encoding == encoding
    assert book.tables[0].rows == _cells(text.lstrip("\ufeff"))
    assert [finding.kind for finding in book.findings] == kinds


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1;2,5;3,5\n2;3,5;1,0\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a,b,c\n1;2,3,4\n", ","),
        ("Notes; of the release\nmore notes\n\na,b,c\n1,2,3\n4,5,6\n", ","),
        ("one column\n1\n", ","),
        ("a;b\n" + "1;4,7,12\n" * 5 + "1;4,7\n", ";"),
    ],
)
def test_delimiters_are_found_by_even_rows(text, delimiter):
    assert find_delimiter(text) == delimiter


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1,\x00\x00\n", "NUL bytes"),
        (bytes(range(1, 256)) * 40, "text neither in UTF-8"),
        (b'a,b\n1,"open\n2,3\n', "line 3. Its quotation marks do not pair up"),
        (b'a,b\n1,"x"y\n', "line 2. Its quotation marks do not pair up"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "more than 131,072 characters"),
        (b"1,2," * 2_500_000, "Line 1 has 10,000,000 characters"),
        (b"%PDF-1.7 a,b\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "a picture"),
        (b"<html><table><tr><td>Subject</td></tr></table>", "web page"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><Workbook/>', "an XML file"),
        ("<HTML>".encode("utf-16"), "web page"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(data, words, file):
    with pytest.raises(LabelError, match=words) as caught:
        read_workbook(file(data))
    assert "labels.csv" in caught.value.where
    assert caught.value.now


def test_a_text_called_xls_is_read_and_told(file):
    book = read_workbook(file(_TEXT.encode(), "labels.XLSX"))
    assert (book.kind, book.tables[0].rows) == ("csv", _cells(_TEXT))
    assert [finding.kind for finding in book.findings] == ["wrong-ending"]


def test_a_web_page_called_xls_is_named(file):
    with pytest.raises(LabelError, match=r"web page.*save it as \.xlsx"):
        read_workbook(file(b" \n<!DOCTYPE html><table>", "labels.xls"))


def test_an_empty_file_has_an_empty_table(file):
    for data in (b"", b"\n\n , \n"):
        book = read_workbook(file(data))
        assert book.tables[0].rows == ()
        assert [finding.kind for finding in book.findings] == ["file-empty"]


def test_rows_beyond_the_limit_are_left_out_and_told(file):
    book = read_workbook(file(b"a,b\n" * 30), max_rows=10)
    assert len(book.tables[0].rows) == 10
    assert [finding.kind for finding in book.findings] == ["rows-cut"]


def test_too_many_cells_are_refused(file):
    with pytest.raises(LabelError, match="more than 2,000,000 cells"):
        read_workbook(file((b"," * 999 + b"\n") * 2_100))


def test_folders_and_missing_files(tmp_path):
    with pytest.raises(LabelError, match="not a file"):
        read_workbook(tmp_path)
    with pytest.raises(LabelError, match="Could not read"):
        read_workbook(tmp_path / "nowhere.csv")


@given(st.binary(max_size=300))
def test_no_bytes_end_in_another_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("rubbish") / "labels.csv"
    path.write_bytes(data)
    with suppress(LabelError):
        assert len(read_workbook(path).tables) == 1
