"""Damaged and malicious spreadsheets: a clear error, soon, and in little memory."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress

import pytest
from sheet_files import (
    read_parts,
    write_lying_zip,
    write_ods,
    write_parts,
    write_sheet_xml,
    write_xls,
    write_xlsb,
    write_xlsx,
)

from meviewer.core.errors import LabelError
from meviewer.data.tables import facts
from meviewer.data.tables.model import Table
from meviewer.data.tables.reading import read_workbook

_FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"{}</row>'
_ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'


def _random_bytes(n):
    """Bytes that no packer makes smaller, so that the ratio of the archive is harmless."""
    return random.Random(1).randbytes(n)


def test_a_sheet_that_claims_to_be_huge_is_read(tmp_path):
    claim = '<row><c><v>1</v></c></row></sheetData><dimension ref="A1:XFD1048576"/><sheetData>'
    path = write_sheet_xml(tmp_path / "a.xlsx", claim + _FAR.format(' s="0"/>'))
    assert read_workbook(path).tables[0].rows == (("1",),)


def test_a_cell_far_out_is_named_and_the_other_sheets_are_read(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]], "T": [["y"]]})
    parts = read_parts(path)
    far = read_parts(write_sheet_xml(tmp_path / "b.xlsx", _FAR.format("><v>1</v></c>")))
    parts["xl/worksheets/sheet1.xml"] = far["xl/worksheets/sheet1.xml"]
    first, second = read_workbook(write_parts(path, parts)).tables
    assert first.rows == ()
    assert "reach as far as XFD1048576" in first.findings[0].text
    assert second.rows == (("y",),)


def test_a_cell_far_out_in_kinds_that_are_read_at_once(tmp_path):
    repeated = (
        "<table:table-cell table:number-columns-repeated='16000' office:value-type='float'"
        " office:value='1'/></table:table-row><table:table-row>"
    )
    row = "</table:table-row><table:table-row table:number-rows-repeated='1000000'>"
    with pytest.raises(LabelError, match="reach as far as"):
        read_workbook(write_ods(tmp_path / "a.ods", {"S": [["x", row, repeated]]}))
    far = [[1]] + [[]] * 65534 + [[None] * 255 + [1]]
    with pytest.raises(LabelError, match="reach as far as IV65536"):
        read_workbook(write_xls(tmp_path / "a.xls", {"S": far}))
    with pytest.raises(LabelError, match="reach as far as"):
        read_workbook(write_xlsb(tmp_path / "a.xlsb", [*[[]] * 9_999, [None] * 200 + [1.0]]))


def test_empty_rows_of_a_calc_sheet_cost_nothing(tmp_path):
    rest = "</table:table-row><table:table-row table:number-rows-repeated='1048575'>"
    cells = "<table:table-cell table:number-columns-repeated='16384'/>"
    book = read_workbook(write_ods(tmp_path / "a.ods", {"S": [["x", rest, cells]]}))
    assert book.tables[0].rows == (("x",),)


def test_formatted_but_empty_rows_are_not_kept(tmp_path):
    row = '<row><c s="0"/><c s="0"/><c s="0"/></row>'
    path = write_sheet_xml(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>" + row * 100_000)
    assert read_workbook(path).tables[0].rows == (("1",),)


def test_ranges_that_overlap_are_not_filled_for_ever():
    rows = (("a", *["b"] * 9),) * 1_000
    table = Table("S", rows, merged=((0, 0, 10**6, 10**4),) * 100_000)
    assert table.with_merged_filled().rows == (("a",) * 10,) * 1_000


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/x.xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_xml_entities_are_refused(part, codec, tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"]]})
    parts = read_parts(path)
    body = parts.get(part, b"<x/>").decode()
    parts[part] = (_ENTITIES + body[body.rindex("?>") + 2 if "?>" in body else 0 :]).encode(codec)
    with pytest.raises(LabelError, match="XML entities"):
        read_workbook(write_parts(path, parts))


def test_bombs_are_refused_by_claim_and_by_fact(tmp_path):
    plain = write_sheet_xml(tmp_path / "a.xlsx", "<row/>" * 5_000_000)
    with pytest.raises(LabelError, match="200 times its size"):
        read_workbook(plain)
    with pytest.raises(LabelError, match=r"more than|checksum"):
        read_workbook(write_lying_zip(tmp_path / "b.xlsx", 30_000_000))
    path = write_xlsx(tmp_path / "c.xlsx", {"S": [["x"]]})
    many = {f"xl/media/{i}": "" for i in range(5_001)}
    with pytest.raises(LabelError, match="archive of"):
        read_workbook(write_parts(path, {**read_parts(path), **many}))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("<row><c><v>1</v></c></row>" * 9_000, "more than 20,000 cells"),
        ('<row x="' + "a" * 4_000_000 + '"/>', "tag or text"),
        ("<row><c><v>" + "1" * 4_000_000 + "</v></c></row>", "tag or text"),
        ("".join(f"<a{i}/>" for i in range(10_001)), "kinds of XML elements"),
        ("<row><c><v>1</v></row>", "no valid XML"),
    ],
)
def test_xml_beyond_reason_is_refused(rows, words, tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "_MAX_ELEMENTS", 20_000)
    padding = {"xl/media/x.bin": _random_bytes(400_000)}
    with pytest.raises(LabelError, match=words):
        read_workbook(write_sheet_xml(tmp_path / "a.xlsx", rows, **padding))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb"])
def test_every_cut_of_a_file_is_told_as_damage(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    rows = [["Subject", 1], ["s1", 2.5]]
    if kind == "xlsb":
        write_xlsb(path, rows)
    else:
        {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods}[kind](path, {"S": rows})
    data = path.read_bytes()
    for length in range(8, len(data) - 512, max(len(data) // 40, 1)):
        path.write_bytes(data[:length])
        with pytest.raises(LabelError, match="spreadsheet"):
            read_workbook(path)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_changed_bytes_never_end_in_another_error(kind, tmp_path):
    rng = random.Random(7)
    path = tmp_path / f"a.{kind}"
    rows = [["Subject", "Onset"], *([f"s{i}", i + 0.5] for i in range(9))]
    {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods}[kind](path, {"S": rows})
    data = path.read_bytes()
    parts = {} if kind == "xls" else read_parts(path)
    for _trial in range(150):
        if parts:
            name = rng.choice(list(parts))
            write_parts(path, {**parts, name: _changed(parts[name], rng)})
        else:
            path.write_bytes(_changed(data, rng))
        with suppress(LabelError):
            assert read_workbook(path).tables


def _changed(data, rng):
    changed = bytearray(data)
    for _change in range(rng.choice([1, 3, 10])):
        if changed:
            place = rng.randrange(len(changed))
            length = rng.choice([0, 1, 1, 4])
            changed[place : place + length] = rng.choice([b"\xff" * 4, b"\0", b"9", b'"', b"<"])
    return bytes(changed)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_memory_stays_small(tmp_path):
    padding = {"xl/media/x.bin": _random_bytes(1_500_000)}
    row = "<row>" + "<c><v>1.5</v></c>" * 9 + "</row>"
    files = [
        write_sheet_xml(tmp_path / "cells.xlsx", row * 40_000, **padding),
        write_sheet_xml(tmp_path / "bomb.xlsx", "<row/>" * 5_000_000),
        write_sheet_xml(tmp_path / "far.xlsx", _FAR.format("><v>1</v></c>")),
    ]
    long = tmp_path / "long.csv"
    long.write_bytes(b"a,b," * 2_500_000)
    code = """if True:
        import sys
        from pathlib import Path
        from meviewer.core.errors import LabelError
        from meviewer.data.tables.reading import read_workbook
        for name in sys.argv[1:]:
            try:
                read_workbook(Path(name))
            except LabelError:
                pass
        peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        print(int(peak.split()[1]) // 1024)
    """
    names = [str(path) for path in (*files, long)]
    run = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 400
