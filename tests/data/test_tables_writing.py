"""Copies of sheets differ in the cells that were changed, and in nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheet_files import read_parts, write_ods, write_parts, write_sheet_xml, write_xls, write_xlsx

from meviewer.core.errors import LabelError
from meviewer.data.tables.reading import read_workbook
from meviewer.data.tables.writing import CellEdit, copy_target, losses_of_copy, write_copy

_ROWS = [["Subject", "Clip", "Onset"], ["01", "EP1", 95], ["02", "=x", 566.4], ["03", None, "7"]]


def _edit(row, column, value, sheet="S"):
    return CellEdit(sheet, row, column, value)


def _kinds(findings):
    return [finding.kind for finding in findings]


# -- text


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_other_byte_of_a_text_stays(codec, end, delimiter, tmp_path):
    lines = ['Subject,"Clip",Onset', '01,"a ""b"" ü",95', "", '02,  x ,"96"', "03,,97,"]
    text = end.join(lines).replace(",", delimiter)
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes(text.encode(codec))
    before = source.read_bytes()
    assert write_copy(source, target, []) == ()
    assert target.read_bytes() == before
    write_copy(
        source, target, [_edit(2, 2, 105, ""), _edit(4, 2, 7), _edit(5, 1, f"a{delimiter}b")]
    )
    expected = text.replace("95", "105").replace('"96"', '"7"')
    expected = expected.replace(f"03{delimiter}", f'03{delimiter}"a{delimiter}b"', 1)
    assert target.read_bytes() == expected.encode(codec)
    assert source.read_bytes() == before


def test_a_short_line_gets_longer_and_a_cell_can_be_emptied(tmp_path):
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes(b"a,b,c\n\n1,2,3")
    write_copy(source, target, [_edit(2, 1, 9), _edit(3, 4, 'x"y'), _edit(3, 1, None)])
    assert target.read_bytes() == b'a,b,c\n,9\n1,,3,,"x""y"'


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_edit(9, 0, 1), "no row 9"),
        (_edit(0, 0, 1), "no row 0"),
        (_edit(1, -1, 1), "no row 1, column -1"),
        (_edit(2, 0, "厌恶"), "has no sign '厌恶'"),
    ],
)
def test_changes_that_cannot_be_written(edit, words, tmp_path):
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes("a,b\nü,2\n".encode("cp1252"))
    with pytest.raises(LabelError, match=words):
        write_copy(source, target, [edit])
    assert not target.exists()


_cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=6)
_table = st.lists(st.lists(_cell, min_size=2, max_size=4), min_size=1, max_size=5)


@given(_table, st.data())
def test_only_the_changed_cells_are_read_differently(tmp_path_factory, rows, data):
    import csv

    folder = tmp_path_factory.mktemp("copy")
    source, target = folder / "a.csv", folder / "b.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["subject", "clip", "on", "off"], *rows])
    before = read_workbook(source)
    row = data.draw(st.integers(1, len(before.tables[0].rows)))
    column = data.draw(st.integers(0, 5))
    value = data.draw(_cell)
    if before.delimiter in value or any(sign in value for sign in '"\r\n'):
        value = value.strip('"\r\n') + "x"
    write_copy(source, target, [_edit(row, column, value)])
    after = read_workbook(target, max_rows=100)
    if after.delimiter != before.delimiter:
        return
    for place in range(len(before.tables[0].rows)):
        for at in range(8):
            expected = (
                value if (place + 1, at) == (row, column) else before.tables[0].cell(place, at)
            )
            assert after.tables[0].cell(place, at).strip() == expected.strip()


# -- spreadsheets


def test_an_xlsx_keeps_values_kinds_and_formats(tmp_path):
    import openpyxl
    from openpyxl.styles import Font

    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_xlsx(source, {"S": _ROWS, "T": _ROWS}, merged=["E2:E4"], hidden=["T"])
    book = openpyxl.load_workbook(source)
    book["S"]["B3"].data_type = "s"
    book["T"]["B3"].data_type = "s"
    book["S"]["C2"].font = Font(bold=True)
    book["S"]["C2"].number_format = "0.00"
    book["S"].column_dimensions["B"].width = 33
    book.save(source)
    before, data = read_workbook(source), source.read_bytes()
    assert write_copy(source, target, [_edit(2, 2, 96), _edit(4, 2, 8), _edit(4, 1, "=1+1")]) == ()
    after = read_workbook(target)
    assert after.tables[0].rows == (*before.tables[0].rows[:1], ("01", "EP1", "96"),
                                    ("02", "=x", "566.4"), ("03", "=1+1", "8"))  # fmt: skip
    assert after.tables[1] == before.tables[1]
    assert after.tables[0].merged == before.tables[0].merged
    sheet = openpyxl.load_workbook(target)["S"]
    assert [sheet[name].data_type for name in ("A2", "C2", "C3", "C4", "B4")] == list("snnss")
    assert (sheet["C2"].font.bold, sheet["C2"].number_format) == (True, "0.00")
    assert sheet.column_dimensions["B"].width == 33
    assert source.read_bytes() == data


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_kinds_become_an_xlsx_beside(kind, tmp_path):
    source, target = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"
    rows = [[None if cell is None else cell for cell in row] for row in _ROWS]
    {"xls": write_xls, "ods": write_ods}[kind](source, {"S": rows, "T": rows})
    before, data = read_workbook(source), source.read_bytes()
    findings = write_copy(source, target, [_edit(2, 2, 96)])
    assert _kinds(findings) == ["copy-values-only", "copy-ending"]
    assert "b.xlsx" in findings[1].text
    assert copy_target(source, target) == tmp_path / "b.xlsx"
    assert _kinds(losses_of_copy(source)) == _kinds(findings)
    assert not target.exists()
    after = read_workbook(tmp_path / "b.xlsx")
    assert after.kind == "xlsx"
    assert after.tables[1].rows == before.tables[1].rows
    assert after.tables[0].rows[1] == ("01", "EP1", "96")
    assert after.tables[0].rows[2:] == before.tables[0].rows[2:]
    assert source.read_bytes() == data


def test_what_a_copy_lacks_is_told_before(tmp_path):
    formula = "<row><c><f>1+1</f><v>2</v></c></row>"
    path = write_sheet_xml(tmp_path / "a.xlsm", formula)
    more = {"xl/vbaProject.bin": b"x", "xl/media/image1.png": b"x", "xl/charts/chart1.xml": "<x/>"}
    write_parts(path, {**read_parts(path), **more})
    findings = losses_of_copy(path)
    told = " ".join(finding.text for finding in findings)
    assert all(word in told for word in ("charts", "images", "macros", "Formulas"))
    assert _kinds(findings).count("copy-loses") == 3
    assert _kinds(findings)[-1] == "copy-ending"
    assert losses_of_copy(write_xlsx(tmp_path / "b.xlsx", {"S": _ROWS})) == ()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_edit(2, 0, 1, "gone"), "no sheet 'gone'"),
        (_edit(7, 0, 1), "has no row 7"),
        (_edit(3, 4, 1), "E3 is merged into another"),
    ],
)
def test_changes_that_an_xlsx_cannot_take(edit, words, tmp_path):
    source = write_xlsx(tmp_path / "a.xlsx", {"S": _ROWS}, merged=["E2:E4"])
    with pytest.raises(LabelError, match=words):
        write_copy(source, tmp_path / "b.xlsx", [edit])
    assert not (tmp_path / "b.xlsx").exists()


@pytest.mark.parametrize("merge", ["A1:XFD1048576", "A1:ZZ9999"])
def test_a_merged_range_to_the_edge_is_not_copied(merge, tmp_path):
    after = f'<mergeCells><mergeCell ref="{merge}"/></mergeCells>'
    source = write_sheet_xml(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>", after=after)
    with pytest.raises(LabelError, match="reaches too far"):
        write_copy(source, tmp_path / "b.xlsx", [])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls"])
def test_the_source_is_never_replaced(kind, tmp_path):
    source = tmp_path / f"a.{kind}"
    if kind == "csv":
        source.write_text("a,b\n1,2\n")
    else:
        {"xlsx": write_xlsx, "xls": write_xls}[kind](source, {"S": _ROWS})
    data = source.read_bytes()
    link = tmp_path / f"link.{kind}"
    link.symlink_to(source)
    hard = tmp_path / f"hard.{kind}"
    hard.hardlink_to(source)
    for target in (source, link, hard, tmp_path / "x" / ".." / source.name):
        with pytest.raises(LabelError, match="never takes the place"):
            write_copy(source, target, [_edit(1, 0, "x")])
    assert source.read_bytes() == data


def test_an_old_copy_is_replaced_whole(tmp_path):
    source, target = write_xlsx(tmp_path / "a.xlsx", {"S": _ROWS}), tmp_path / "b.xlsx"
    target.write_bytes(b"old")
    write_copy(source, target, [_edit(2, 2, 96)])
    assert read_workbook(target).tables[0].cell(1, 2) == "96"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]
