"""Spreadsheets of every kind, with the faults of the label workbooks of the field."""

from __future__ import annotations

import datetime as dt

import pytest
from sheet_files import (
    write_encrypted,
    write_ods,
    write_parts,
    write_sheet_xml,
    write_word_document,
    write_xls,
    write_xls_with_macros,
    write_xlsb,
    write_xlsx,
)

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data.tables.reading import read_workbook

_ROWS = [["Subject", "Filename", None, "OnsetFrame"], ["01", "EP02_01f", None, 95], []]
_ROWS += [["02", " x ", None, 566.4]]
_READ = (
    ("Subject", "Filename", "", "OnsetFrame"),
    ("01", "EP02_01f", "", "95"),
    (),
    ("02", " x ", "", "566.4"),
)


def _write(path, rows):
    if path.suffix == ".xlsb":
        return write_xlsb(path, rows)
    writers = {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}
    return writers[path.suffix](path, {"S": rows})


def _kinds(table):
    return [finding.kind for finding in table.findings]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb"])
def test_cells_are_exact_text_and_rows_keep_their_numbers(kind, tmp_path):
    book = read_workbook(_write(tmp_path / f"labels.{kind}", _ROWS))
    assert (book.kind, book.findings, book.encoding, book.delimiter) == (kind, (), "", "")
    assert [(table.name, table.rows, table.findings) for table in book.tables] == [("S", _READ, ())]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_empty_rows_and_columns_before_the_labels_are_kept(kind, tmp_path):
    book = read_workbook(_write(tmp_path / f"labels.{kind}", [[], [], [None, None, "x"]]))
    assert book.tables[0].rows == ((), (), ("", "", "x"))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb"])
def test_the_content_decides_not_the_ending(kind, tmp_path):
    path = _write(tmp_path / f"labels.{kind}", _ROWS)
    book = read_workbook(path.rename(tmp_path / "labels.csv"))
    assert (book.kind, book.tables[0].rows) == (kind, _READ)
    assert [finding.kind for finding in book.findings] == ["wrong-ending"]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_truth_values_dates_and_errors(kind, tmp_path):
    path = tmp_path / f"labels.{kind}"
    if kind == "xlsx":
        write_sheet_xml(
            path,
            '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="e"><v>#REF!</v></c>'
            '<c r="C2" t="d"><v>2010-01-03</v></c></row>',
        )
    else:
        import xlwt

        book = xlwt.Workbook()
        sheet = book.add_sheet("S")
        sheet.write(1, 0, True)
        sheet.row(1).set_cell_error(1, "#REF!")
        sheet.write(1, 2, dt.date(2010, 1, 3), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
        book.save(str(path))
    table = read_workbook(path).tables[0]
    assert table.rows[1][:2] == ("TRUE", "")
    assert table.rows[1][2].startswith("2010-01-03")
    assert sorted(_kinds(table)) == ["cell-date", "cell-error"]
    told = {finding.kind: finding for finding in table.findings}
    assert told["cell-error"].row == told["cell-date"].row == 2
    assert "B2 holds an error, #REF!" in told["cell-error"].text
    assert "C2 is a date" in told["cell-date"].text


def test_formulas_give_their_stored_value_or_nothing(tmp_path):
    rows = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+2</f></c>'
    path = write_sheet_xml(
        tmp_path / "a.xlsx", rows + '<c r="C1" t="str"><f>A1</f><v>x</v></c></row>'
    )
    table = read_workbook(path).tables[0]
    assert table.rows == (("2", "", "x"),)
    assert _kinds(table) == ["formula-no-value", "formula"]
    assert "B1 has no stored value" in table.findings[0].text
    assert "2 cell(s) hold formulas (first A1)" in table.findings[1].text


def test_formulas_of_old_workbooks(tmp_path):
    import xlwt

    path = write_xls(tmp_path / "a.xls", {"S": [["x"], [xlwt.Formula("1+1")]]})
    table = read_workbook(path).tables[0]
    assert (table.rows, _kinds(table)) == ((("x",),), ["formula-no-value"])


def test_many_doubts_of_a_kind_are_counted_not_listed(tmp_path):
    row = '<row><c t="e"><v>#N/A</v></c></row>'
    table = read_workbook(write_sheet_xml(tmp_path / "a.xlsx", row * 50)).tables[0]
    assert len(table.findings) == 21
    assert table.findings[-1].text == "30 more cells like these"


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_merged_cells_are_told_and_can_be_filled(kind, tmp_path):
    path = tmp_path / f"labels.{kind}"
    rows = [["sub", "clip"], ["s1", "a"], [None, "b"], [None, "c"], ["s2", "d"]]
    if kind == "xlsx":
        write_xlsx(path, {"S": rows}, merged=["A2:A4"])
    elif kind == "xls":
        write_xls(path, {"S": rows}, merged=[(1, 0, 3, 0)])
    else:
        span = '<table:table-cell office:value-type="string" table:number-rows-spanned="3">'
        rows[1][0] = f"{span}<text:p>s1</text:p></table:table-cell>"
        write_ods(path, {"S": rows})
    table = read_workbook(path).tables[0]
    assert [row[0] for row in table.rows] == ["sub", "s1", "", "", "s2"]
    assert table.merged == ((1, 0, 3, 0),)
    assert [(f.kind, f.severity, f.row) for f in table.findings] == [
        ("cells-merged", Severity.WARNING, 2)
    ]
    assert [row[0] for row in table.with_merged_filled([0]).rows] == ["sub", "s1", "s1", "s1", "s2"]
    assert table.with_merged_filled([1]).rows == table.rows


def test_a_range_merged_to_the_edge_fills_no_more_than_there_is(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"S": [["a", "b"], ["c"]]})
    merge = '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>2</v></c></row>'
    write_sheet_xml(path, rows + '<row r="2"><c r="A2"><v>3</v></c></row>', after=merge)
    table = read_workbook(path).tables[0]
    assert table.with_merged_filled().rows == (("1", "", "2"), ("3", "3", "3"))


def test_hidden_sheets_are_read_and_say_so(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]], "H": [["y"]]}, hidden=["H"])
    shown, hidden = read_workbook(path).tables
    assert (shown.hidden, shown.findings, hidden.hidden, hidden.rows) == (
        False,
        (),
        True,
        (("y",),),
    )
    assert _kinds(hidden) == ["sheet-hidden"]


def test_macros_are_told_and_not_run(tmp_path):
    old = read_workbook(write_xls_with_macros(tmp_path / "a.xls", [["01"]]))
    new = write_sheet_xml(tmp_path / "a.xlsm", "<row><c><v>1</v></c></row>")
    from sheet_files import read_parts

    new = read_workbook(write_parts(new, {**read_parts(new), "xl/vbaProject.bin": b"code"}))
    for book, rows in ((old, (("01",),)), (new, (("1",),))):
        assert [finding.kind for finding in book.findings] == ["macros"]
        assert book.tables[0].rows == rows


def test_a_password_is_named(tmp_path):
    with pytest.raises(LabelError, match=r"password.*remove the password"):
        read_workbook(write_encrypted(tmp_path / "a.xlsx"))


def test_other_documents_are_named(tmp_path):
    with pytest.raises(LabelError, match="a text document"):
        read_workbook(write_word_document(tmp_path / "a.xls"))
    with pytest.raises(LabelError, match="a text document"):
        read_workbook(write_parts(tmp_path / "a.xlsx", {"word/document.xml": "<a/>"}))
    with pytest.raises(LabelError, match="an archive of other files"):
        read_workbook(write_parts(tmp_path / "b.xlsx", {"labels.csv": "a,b"}))


def test_rows_beyond_the_limit_are_left_out_and_told(tmp_path):
    book = read_workbook(write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]] * 30}), max_rows=10)
    assert len(book.tables[0].rows) == 10
    assert _kinds(book.tables[0]) == ["rows-cut"]


def test_many_sheets_of_long_texts_in_an_old_workbook(tmp_path):
    # The texts go on over several records.
    rows = [[f"{i:05d} " + "ü" * 300, i] for i in range(400)]
    book = read_workbook(write_xls(tmp_path / "a.xls", {"S": rows, "T": rows[:3]}))
    assert book.tables[0].rows == tuple((text, str(number)) for text, number in rows)
    assert book.table("t").rows == book.table("s").rows[:3]
