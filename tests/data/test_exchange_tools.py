"""Datavyu and NOVA, as their programs and scripts write them."""

from __future__ import annotations

from functools import partial

import pytest
from exchange_cases import LABELLED, clip_of, kinds, only, read_files, spans, through

from meviewer.core.errors import LabelError
from meviewer.data.exchange import ExchangeDocument
from meviewer.data.formats import datavyu, nova


@pytest.fixture
def read(tmp_path):
    return partial(read_files, tmp_path)


@pytest.fixture
def round_trip(tmp_path):
    return partial(through, tmp_path)


# -- Datavyu

_DATAVYU = (
    "about.ordinal,about.onset,about.offset,about.code01,look.ordinal,look.onset,look.offset,"
    "look.code01,look.code02\n"
    "1,0,10000,x,1,400,1000,happy,both\n"
    ",,,,2,00:00:02:000,00:00:03:000,,\n"
    ",,,,3,9000,8000,sad,\n"
)
_DATAVYU_CELLS = (
    "file,column,ordinal,onset,offset,code01,hand\n"
    "c02,look,1,400,1000,happy,left\n"
    "c02,look,2,1200,1250,,\n"
)


def test_a_spreadsheet_of_datavyu_padded_with_blanks(read):
    found = read("datavyu", {"s01_c01.csv": _DATAVYU})
    coder, events = only(found)
    assert coder == "look"
    assert spans(events) == [(10, None, 24), (50, None, 74)]
    assert (events[0].emotion, events[0].notes) == ("happy", "code02: both")
    assert kinds(found) == ["exchange-outside"]
    assert found.findings[0].row == 4


def test_a_file_for_each_column_as_datavyu2csv_writes(read):
    found = read("datavyu", {"look__c02.csv": _DATAVYU_CELLS})
    coder, events = only(found, "s02", "c02")
    assert (coder, spans(events)) == ("look", [(80, None, 199), (240, None, 249)])
    assert (events[0].emotion, events[0].notes) == ("happy", "hand: left")


def test_commas_inside_codes_that_datavyu_does_not_quote_are_noticed(read):
    text = _DATAVYU_CELLS.replace("happy,left", "happy,left,right")
    assert "exchange-row-long" in kinds(read("datavyu", {"look__c02.csv": text}))


def test_datavyu_gets_a_column_for_each_coder_and_one_for_the_clip(tmp_path):
    paths = datavyu.FORMAT.write(LABELLED, tmp_path / "out")
    assert [path.name for path in paths] == ["s01_c01.csv", "s02_c01.csv", "s02_c02.csv"]
    header, first = paths[0].read_text().splitlines()[:2]
    assert header.startswith(
        "about.ordinal,about.onset,about.offset,about.subject,about.name,about.rate"
    )
    assert "coder_A.ordinal,coder_A.onset,coder_A.offset,coder_A.emotion" in header
    assert first.startswith("1,0,10000,s01,c01,25/1,250,s01/c01.mp4,1,400,1000,disgust,4+L7B,micro")


# -- NOVA

_NOVA_HEADER = """<?xml version="1.0" ?>
<annotation ssi-v="3">
    <info ftype="ASCII" size="3" />
    <meta role="expert" annotator="Eva Invented"/>
    <scheme name="smiles" type="DISCRETE"  color="#FFEEECE1">
        <item name="smile" id="0" color="#FFC0504D" />
        <item name="frown &amp; more" id="1" color="#FF1F497D" />
    </scheme>
</annotation>
"""
_NOVA_DATA = "0.40;1.00;0;1.00\n2,00;3,00;1;0,60\n4.00;5.00;-1;1.00\n"


def _nova(header=_NOVA_HEADER, data=_NOVA_DATA, stem="c02.smiles.eva"):
    return {f"{stem}.annotation": header, f"{stem}.annotation~": data}


def test_a_pair_of_files_as_nova_writes_them(read):
    data = "0.40;1.00;0;1.00\n1,10;1,20;1;0,60\n1.50;1.60;-1;1.00\n"
    found = read("nova", _nova(data=data))
    coder, events = only(found, "s02", "c02")
    assert coder == "Eva Invented"
    assert spans(events) == [(80, None, 199), (220, None, 239), (300, None, 319)]
    assert [event.emotion for event in events] == ["smile", "frown & more", ""]
    assert [event.confidence for event in events] == [None, 0.6, None]
    # Two decimals of a second are two frames at 200 per second.
    assert kinds(found) == ["exchange-coarse"]


def test_a_free_scheme_and_thousands_of_seconds(read):
    header = _NOVA_HEADER.replace('"DISCRETE"', '"FREE"')
    known = ExchangeDocument("long", (clip_of("s", "c02", n=60_000),))
    found = read("nova", _nova(header, "1,234.00;1,235.00;yes no;1.00\n"), known)
    events = only(found, "s", "c02")[1]
    assert spans(events) == [(30850, None, 30874)]
    assert events[0].emotion == "yes no"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation><scheme/></annotation>', "document type"),
        (_NOVA_HEADER.replace("DISCRETE", "CONTINUOUS"), "continuous"),
        (_NOVA_HEADER.replace("ASCII", "BINARY"), "binary"),
        (_NOVA_HEADER.replace("<scheme", "<schema"), "no XML"),
        ("<annotation/>", "no scheme"),
        ("<other><scheme/></other>", "no scheme"),
        ("<a>" * 300_000, "no XML"),
        ("<a>" * 3_000_000, "at most 4 MB"),
    ],
)
def test_headers_that_are_refused(header, words, read):
    with pytest.raises(LabelError, match=words) as caught:
        read("nova", _nova(header))
    assert "c02.smiles.eva.annotation" in caught.value.where


def test_a_header_without_its_data(read):
    with pytest.raises(LabelError, match="no file of that name") as caught:
        read("nova", {"c02.smiles.eva.annotation": _NOVA_HEADER})
    assert caught.value.where.endswith("annotation~")


def test_nova_gets_a_scheme_of_the_emotions(tmp_path):
    paths = nova.FORMAT.write(LABELLED, tmp_path / "out")
    assert [path.name for path in paths[:2]] == [
        "s01_c01.expression.A.annotation",
        "s01_c01.expression.A.annotation~",
    ]
    header = paths[0].read_text()
    assert '<item name="disgust" id="0"' in header
    assert 'annotator="A"' in header
    assert paths[1].read_text() == "0.400000;1.000000;0;0.75\n"


def test_a_header_that_nova_saved_again_is_found_by_its_file_name(round_trip):
    def change(text):
        return text.replace(' subject="s01" clip="c01" media="s01/c01.mp4" coder=', " x=")

    found = round_trip("nova", change=change)
    assert {c: spans(t) for c, t in found.document.find("s01", "c01").tiers.items()} == {
        "A": [(10, None, 24)],
        "B": [(10, None, 24)],
    }
