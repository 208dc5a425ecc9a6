"""BORIS, Datavyu, NOVA, spotting tables and JSON of training code: as others write them."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from exchange_documents import RATES, bare, documents, labels_of, random_document
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import LabelError, MeviewerError, StorageError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.data.formats import (
    activitynet,
    boris,
    boris_events,
    bounded_files,
    coco,
    datavyu,
    megc,
    nova,
)

_FORMATS = {
    module.FORMAT.name: module.FORMAT
    for module in (boris, boris_events, datavyu, nova, megc, activitynet, coco)
}


def _clip(subject="s01", name="c01", media=None, rate=25, n=250, first=1, **tiers):
    time = TimeBase.uniform(Fraction(rate), n, first)
    return ExchangeClip(subject, name, media or f"{subject}/{name}.mp4", time, tiers)


_KNOWN = ExchangeDocument("known", (_clip(), _clip("s02"), _clip("s02", "c02", rate=200, n=400)))
_EVENT = Event(
    1,
    Keyframes(10, 15, 24),
    "disgust",
    (ActionUnit(4), ActionUnit(7, "L", "B")),
    0.75,
    "seen twice",
    Source.GAMDSS,
    (Keyframes(9, 15, 25),),
    "micro",
    "4",
)
_LABELLED = ExchangeDocument(
    "known",
    (
        _clip(A=Annotation((_EVENT,), Status.DRAFT), B=Annotation((replace(_EVENT, id=2),))),
        *_KNOWN.clips[1:],
    ),
)


@pytest.fixture
def read(tmp_path):
    """Write files as another program writes them, and read them with a format."""

    def read(name, files, known=_KNOWN):
        if isinstance(files, (str, bytes)):
            files = {f"labels{_FORMATS[name].suffixes[0]}": files}
        for file, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / file).write_bytes(data)
        source = tmp_path / next(iter(files)) if len(files) == 1 else tmp_path
        return _FORMATS[name].read(source, known)

    return read


@pytest.fixture
def round_trip(tmp_path):
    """Write a document, let somebody change the text, and read it back."""

    def through(name, document=_LABELLED, change=lambda text: text, known=None):
        chosen = _FORMATS[name]
        target = tmp_path / f"out{chosen.suffixes[0]}"
        target = target if chosen.scope == "project" else tmp_path / "out"
        for path in chosen.write(document, target):
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return chosen.read(target, known or document)

    return through


def _only(found, subject="s01", name="c01"):
    clip = found.document.find(subject, name)
    assert clip is not None, found
    ((coder, tier),) = clip.tiers.items()
    return coder, tier.events


def _spans(events):
    return [(event.onset, event.apex if event.has_apex else None, event.offset) for event in events]


def _kinds(found):
    return [finding.kind for finding in found.findings]


# -- BORIS projects

_BORIS = {
    "time_format": "hh:mm:ss",
    "project_date": "2024-03-01T10:00:00",
    "project_name": "invented",
    "project_description": "",
    "project_format_version": "7.0",
    "subjects_conf": {"0": {"key": "1", "name": "person", "description": ""}},
    "behaviors_conf": {
        "0": {
            "type": "State event",
            "key": "s",
            "code": "smile",
            "description": "",
            "color": "",
            "category": "",
            "modifiers": {"0": {"name": "side", "type": 0, "values": ["left", "both"]}},
            "excluded": "",
            "coding map": "",
        },
        "1": {"type": "Point event", "key": "b", "code": "blink", "modifiers": ""},
        "2": {"type": "State event", "key": "4", "code": "AU4", "modifiers": {}},
    },
    "observations": {
        "first look": {
            "file": {"1": ["C:\\videos\\s01\\c01.mp4"], "2": []},
            "type": "MEDIA",
            "date": "2024-03-01T10:05:00",
            "description": "",
            "time offset": 0.0,
            "events": [
                [0.4, "person", "smile", "left", "shy", 10],
                [0.8, "person", "AU4", "", "", "NA"],
                [1.0, "person", "smile", "left", "", 25],
                [1.12, "person", "blink", "", "", 28],
                [1.2, "person", "AU4", "", "", "NA"],
                [2.0, "person", "smile", "None", "", "NA"],
            ],
            "observation time interval": [0, 0],
            "independent_variables": {"site": "lab"},
            "media_info": {
                "length": {"C:\\videos\\s01\\c01.mp4": 10.0},
                "fps": {"C:\\videos\\s01\\c01.mp4": 25.0},
                "hasVideo": {},
                "hasAudio": {},
                "offset": {"1": 0.0},
            },
        },
        "live": {"file": [], "type": "LIVE", "events": [], "time offset": 0.0},
    },
    "independent_variables": {},
    "coding_map": {},
    "converters": {},
}


def _boris(**observation):
    project = json.loads(json.dumps(_BORIS))
    project["observations"]["first look"] |= observation
    return json.dumps(project)


def test_a_project_as_boris_writes_it(read):
    found = read("boris", _boris())
    coder, events = _only(found)
    assert coder == "BORIS"
    assert _spans(events) == [(10, None, 24), (20, None, 29)]
    assert (events[0].emotion, events[0].notes) == ("smile", "left; shy")
    assert (events[1].emotion, events[1].action_units) == ("", (ActionUnit(4),))
    assert _kinds(found) == ["exchange-no-interval"] * 2
    assert "'blink' at 1.120 s" in found.findings[0].text
    assert "no other end" in found.findings[1].text


def test_the_time_offset_of_a_boris_observation_is_taken_off(read):
    found = read("boris", _boris(**{"time offset": 0.2}))
    assert _spans(_only(found)[1])[0] == (5, None, 19)


def test_a_queue_of_media_in_one_boris_observation(read):
    media = ["v/s01_c01.mp4", "v/s02_c01.mp4"]
    events = [[0.4, "", "smile", "", ""], [0.8, "", "smile", "", ""]]
    events += [[10.4, "", "smile", "", ""], [10.8, "", "smile", "", ""]]
    info = {"length": {media[0]: 10.0, media[1]: 10.0}, "fps": dict.fromkeys(media, 25.0)}
    found = read("boris", _boris(file={"1": media}, media_info=info, events=events))
    assert _spans(_only(found)[1]) == _spans(_only(found, "s02")[1]) == [(10, None, 19)]


def test_images_without_times_are_placed_by_their_numbers(read):
    nan = float("nan")
    events = [[nan, "", "smile", "", "", 11, "a"], [nan, "", "smile", "", "", 20, "b"]]
    text = _boris(type="IMAGES", file={}, directories_list=["x/s01/c01"], events=events)
    assert "NaN" in text
    assert _spans(_only(read("boris", text))[1]) == [(10, None, 19)]


def test_a_boris_clip_that_only_the_file_knows(read):
    found = read("boris", _boris(), ExchangeDocument("nothing", ()))
    clip = found.document.clips[0]
    assert (clip.time.rate, clip.time.n_frames) == (25, 250)
    assert clip.media == "C:\\videos\\s01\\c01.mp4"


def test_labels_of_unknown_clips_are_findings(read):
    text = _boris(file={"1": ["other.mp4"]}, media_info={"length": {}, "fps": {}})
    found = read("boris", text)
    assert found.document.clips == ()
    assert _kinds(found) == ["exchange-clip-unknown"]


def test_one_persons_labels_never_go_to_another_one(read):
    known = ExchangeDocument("known", (_clip("s01", "c01"),))
    found = read("boris", _boris(file={"1": ["v/s02/c01.mp4"]}, media_info={}), known)
    assert found.document.clips == ()


@pytest.mark.parametrize("path", ["videos/c01.mp4", "c01.mp4", "D:\\s01\\c01.avi", "x/S1/c01.mp4"])
def test_a_clip_is_found_by_its_path_on_another_machine(path, read):
    known = ExchangeDocument("known", (_clip("s01", "c01"),))
    found = read("boris", _boris(file={"1": [path]}, media_info={}), known)
    assert len(_only(found)[1]) == 2


def test_boris_gets_a_state_with_start_and_stop_and_an_apex(tmp_path):
    path = tmp_path / "out.boris"
    assert boris.FORMAT.write(_LABELLED, path) == (path,)
    project = json.loads(path.read_text(encoding="utf-8"))
    assert project["project_format_version"] == "7.0"
    observation = project["observations"]["s01_c01 A"]
    assert observation["media_info"]["fps"] == {"s01/c01.mp4": 25.0}
    assert observation["media_info"]["length"] == {"s01/c01.mp4": 10.0}
    rows = [[*row[:4], row[5]] for row in observation["events"]]
    modifiers = "disgust|4,L7B|None"
    assert rows == [
        [0.4, "s01", "micro-expression", modifiers, 10],
        [0.6, "s01", "apex", modifiers, 15],
        [1.0, "s01", "micro-expression", modifiers, 25],
    ]
    types = {b["code"]: b["type"] for b in project["behaviors_conf"].values()}
    assert types["micro-expression"] == "State event"
    assert types["apex"] == "Point event"
    values = [s["values"] for s in project["behaviors_conf"]["0"]["modifiers"].values()]
    assert values == [["disgust"], ["4", "L7B"], []]


def test_labels_that_overlap_or_touch_keep_their_ends_in_boris(round_trip):
    spans = [(0, 10), (5, 20), (11, 15), (20, 30), (21, 40)]
    events = tuple(Event(i, Keyframes(a, a, b), "fear") for i, (a, b) in enumerate(spans, 1))
    document = ExchangeDocument("d", (_clip(A=Annotation(events)),))
    for name in ("boris", "boris-events"):
        back = _only(round_trip(name, document))[1]
        assert sorted((e.id, e.onset, e.offset) for e in back) == [
            (i, *span) for i, span in enumerate(spans, 1)
        ]


def test_what_somebody_changed_in_boris_is_believed(round_trip):
    def change(text):
        project = json.loads(text)
        (name,) = [n for n in project["observations"] if n.endswith(" A")]
        del project["observations"]["s01_c01 B"]
        for row in project["observations"][name]["events"]:
            row[0] += 0.08
            row[3] = row[3].replace("disgust", "anger").replace("4,L7B", "12")
            row[4] = row[4].replace("seen twice", "seen thrice")
        return json.dumps(project)

    found = round_trip("boris", change=change)
    coder, (event,) = _only(found)
    assert (coder, event.emotion, event.notes) == ("A", "anger", "seen thrice")
    assert (event.action_units, event.confidence) == ((ActionUnit(12),), 0.75)
    assert _spans([event]) == [(12, 17, 26)]
    assert _kinds(found) == ["exchange-moved"]


# -- tables of BORIS events

_AGGREGATED = (
    "Observation id\tObservation date\tDescription\tMedia file\tTotal length\tFPS\tSubject\t"
    "Behavior\tBehavioral category\tModifiers\tBehavior type\tStart (s)\tStop (s)\tDuration (s)\t"
    "Comment start\tComment stop\n"
    "look\t2024-03-01 10:05:00\t\ts01/c01.mp4\t10.000\t25.0\tNo focal subject\tsmile\t\tleft\t"
    "STATE\t0.400\t1.000\t0.600\tshy\t\n"
    "look\t2024-03-01 10:05:00\t\ts01/c01.mp4\t10.000\t25.0\tNo focal subject\tblink\t\t\t"
    "POINT\t2.000\t2.000\tNA\t\t\n"
)
_TABULAR_OLD = (
    "Observation id\tlook\t\t\n\t\t\t\nMedia file(s)\t\t\t\nPlayer #1\ts01/c01.mp4\t\t\n"
    "Observation date\t2024-03-01 10:05:00\t\t\nTime offset (s)\t0.0\t\t\n\t\t\t\n"
    "Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tBehavioral category\tComment\t"
    "Status\n"
    "0.400\ts01/c01.mp4\t10.000\t25.0\tp\tsmile\t\tshy\tSTART\n"
    "1.000\ts01/c01.mp4\t10.000\t25.0\tp\tsmile\t\t\tSTOP\n"
    "3.000\ts01/c01.mp4\t10.000\t25.0\tp\tsmile\t\t\tSTART\n"
)
_TABULAR_NEW = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,"
    "Time offset (s),Media duration (s),FPS,Subject,Behavior,Behavioral category,Modifier #1,"
    "Behavior type,Time,Media file name,Image index,Image file path,Comment\n"
    "look,2024-03-01 10:05:00,,10.0,Media file(s),player #1:s01/c01.mp4,0.0,10.000,25.000,p,smile,,"
    "left,START,0.400,s01/c01.mp4,10,NA,shy\n"
    "look,2024-03-01 10:05:00,,10.0,Media file(s),player #1:s01/c01.mp4,0.0,10.000,25.000,p,smile,,"
    "left,STOP,1.000,s01/c01.mp4,25,NA,\n"
)


@pytest.mark.parametrize("text", [_AGGREGATED, _TABULAR_OLD, _TABULAR_NEW])
def test_tables_as_versions_of_boris_export_them(text, read):
    found = read("boris-events", text)
    coder, (event,) = _only(found)
    assert (coder, event.emotion) == ("BORIS", "smile")
    assert event.notes in ("left; shy", "shy")
    assert _spans([event]) == [(10, None, 24)]
    assert _kinds(found) in (["exchange-no-interval"], [])


def test_a_row_without_its_other_end_is_a_finding(read):
    assert _kinds(read("boris-events", _TABULAR_OLD)) == ["exchange-no-interval"]
    found = read("boris-events", _AGGREGATED.replace("0.400", "never"))
    assert "exchange-no-time" in _kinds(found)
    assert not found.document.clips


# -- Datavyu

_DATAVYU = (
    "clip.ordinal,clip.onset,clip.offset,clip.code01,look.ordinal,look.onset,look.offset,"
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
    coder, events = _only(found)
    assert coder == "look"
    assert _spans(events) == [(10, None, 24), (50, None, 74)]
    assert (events[0].emotion, events[0].notes) == ("happy", "code02: both")
    assert _kinds(found) == ["exchange-outside"]
    assert found.findings[0].row == 4


def test_a_file_for_each_column_as_datavyu2csv_writes(read):
    found = read("datavyu", {"look__c02.csv": _DATAVYU_CELLS})
    coder, events = _only(found, "s02", "c02")
    assert (coder, _spans(events)) == ("look", [(80, None, 199), (240, None, 249)])
    assert (events[0].emotion, events[0].notes) == ("happy", "hand: left")


def test_commas_inside_codes_that_datavyu_does_not_quote_are_noticed(read):
    text = _DATAVYU_CELLS.replace("happy,left", "happy,left,right")
    assert "exchange-row-long" in _kinds(read("datavyu", {"look__c02.csv": text}))


def test_datavyu_gets_a_column_for_each_coder_and_one_for_the_clip(tmp_path):
    paths = datavyu.FORMAT.write(_LABELLED, tmp_path / "out")
    assert [path.name for path in paths] == ["s01_c01.csv", "s02_c01.csv", "s02_c02.csv"]
    header, first = paths[0].read_text().splitlines()[:2]
    assert header.startswith("clip.ordinal,clip.onset,clip.offset,clip.subject,clip.name,clip.rate")
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
    coder, events = _only(found, "s02", "c02")
    assert coder == "Eva Invented"
    assert _spans(events) == [(80, None, 199), (220, None, 239), (300, None, 319)]
    assert [event.emotion for event in events] == ["smile", "frown & more", ""]
    assert [event.confidence for event in events] == [None, 0.6, None]
    # Two decimals of a second are two frames at 200 per second.
    assert _kinds(found) == ["exchange-coarse"]


def test_a_free_scheme_and_thousands_of_seconds(read):
    header = _NOVA_HEADER.replace('"DISCRETE"', '"FREE"')
    known = ExchangeDocument("long", (_clip("s", "c02", n=60_000),))
    found = read("nova", _nova(header, "1,234.00;1,235.00;yes no;1.00\n"), known)
    events = _only(found, "s", "c02")[1]
    assert _spans(events) == [(30850, None, 30874)]
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
    paths = nova.FORMAT.write(_LABELLED, tmp_path / "out")
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
    assert {c: _spans(t) for c, t in found.document.find("s01", "c01").tiers.items()} == {
        "A": [(10, None, 24)],
        "B": [(10, None, 24)],
    }


# -- spotting tables


def test_a_submission_as_the_challenges_want_it(tmp_path):
    events = (
        Event(1, Keyframes(10, 12, 20), kind="micro"),
        Event(2, Keyframes(30, 35, 90), kind="macro"),
        Event(3, Keyframes(95, 95, 97), kind="blink"),
        Event(4, Keyframes(100, 100, 112)),
    )
    document = ExchangeDocument("d", (_clip("s01", "006_1", A=Annotation(events)),))
    path = tmp_path / "samm_pred.csv"
    megc.FORMAT.write(document, path)
    assert path.read_text().splitlines() == [
        "vid,pred_onset,pred_offset,type",
        "006_1,11,21,me",
        "006_1,31,91,mae",
        "006_1,101,113,mae",
    ]


def test_a_prediction_of_somebody_else(read):
    text = (
        "\ufeffvid,pred_onset,pred_offset,type\n"
        "c02,5,30,me\nc02,40.5,90,mae\nc02,1,9000,mae\nc02,9,3,me\nnobody,1,2,me\nc02,1,2,x\n"
    )
    found = read("megc", text)
    coder, events = _only(found, "s02", "c02")
    assert (coder, _spans(events)) == ("MEGC", [(0, None, 1), (4, None, 29), (40, None, 89)])
    assert [event.kind for event in events] == ["", "micro", "macro"]
    assert sorted(_kinds(found)) == [
        "exchange-clip-unknown",
        "exchange-outside",
        "exchange-outside",
        "exchange-type",
        "number-rounded",
    ]


def test_the_table_of_spot_then_recognise_has_subjects_and_emotions(read):
    found = read("megc", "subject,video,onset,offset,emotion\ns02,c01,5,9,negative\n")
    events = _only(found, "s02")[1]
    assert (_spans(events), events[0].emotion) == ([(4, None, 8)], "negative")


def test_frame_numbers_with_gaps_are_those_of_the_data_set(round_trip):
    time = TimeBase(Fraction(200), 4, (46, 47, 49, 53))
    tier = Annotation((Event(1, Keyframes(1, 2, 3), kind="micro"),))
    document = ExchangeDocument("d", (ExchangeClip("s", "c", "m", time, {"A": tier}),))
    assert _spans(_only(round_trip("megc", document), "s", "c")[1]) == [(1, None, 3)]


# -- JSON

_ACTIVITYNET = {
    "version": "VERSION 1.3",
    "taxonomy": [{"parentName": "Root", "nodeName": "smile", "nodeId": 1, "parentId": 0}],
    "database": {
        "c02": {
            "duration": 2.0,
            "subset": "validation",
            "resolution": "640x480",
            "url": "",
            "annotations": [
                {"segment": [0.4, 1.0], "label": "smile"},
                {"segment": [1.5], "label": "frown"},
            ],
        },
        "unknown": {"duration": 9.0, "annotations": [{"segment": [0, 1], "label": "x"}]},
        "of its own": {
            "duration": 9.0,
            "fps": 29.97,
            "annotations": [{"segment": [0.0, 1.001], "label": "x"}],
        },
    },
}


def test_activitynet_as_others_write_it(read):
    found = read("activitynet", json.dumps(_ACTIVITYNET))
    events = _only(found, "s02", "c02")[1]
    assert (_spans(events), events[0].emotion) == ([(80, None, 199)], "smile")
    own = found.document.find("video", "of its own")
    assert own.time.rate == Fraction(30000, 1001)
    assert _spans(own.tiers["ActivityNet"]) == [(0, None, 29)]
    assert _kinds(found) == ["exchange-no-time", "exchange-clip-unknown"]


def test_results_of_a_detector_have_a_score(read):
    text = json.dumps(
        {
            "version": "1.3",
            "results": {"c02": [{"label": "smile", "score": 0.5, "segment": [0.4, 1.0]}]},
            "external_data": {},
        }
    )
    assert _only(read("activitynet", text), "s02", "c02")[1][0].confidence == 0.5


def test_activitynet_has_its_own_fields_and_ours(tmp_path):
    path = tmp_path / "out.json"
    activitynet.FORMAT.write(_LABELLED, path)
    video = json.loads(path.read_text())["database"]["s01_c01"]
    assert (video["duration"], video["fps"], video["duration_frame"]) == (10.0, 25.0, 250)
    annotation = video["annotations"][0]
    assert (annotation["segment"], annotation["label"]) == ([0.4, 1.0], "disgust")
    assert annotation["meviewer"]["frames"] == [10, 15, 24]
    assert annotation["meviewer"]["coder"] == "A"


_COCO = {
    "info": {},
    "videos": [{"id": 7, "name": "c02", "width": 640, "height": 480, "length": 400}],
    "images": [{"id": 1, "video_id": 7, "frame_id": 3, "file_name": "3.jpg"}],
    "categories": [{"id": 3, "name": "smile", "supercategory": ""}],
    "annotations": [
        {"id": 1, "video_id": 7, "category_id": 3, "start_frame": 10, "end_frame": 19},
        {"id": 2, "video_id": 7, "category_id": 3, "segment": [0.4, 1.0]},
        {"id": 3, "image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4]},
        {"id": 4, "video_id": 8, "category_id": 3, "segment": [0.4, 1.0]},
        {
            "id": 5,
            "video_id": 7,
            "category_id": 3,
            "segment": [1.0, 1.5],
            "start_frame": 10,
            "end_frame": 20,
        },
    ],
}


def test_coco_as_others_write_it(read):
    found = read("coco", json.dumps(_COCO))
    events = _only(found, "s02", "c02")[1]
    assert _spans(events) == [(10, None, 19), (80, None, 199), (200, None, 299)]
    assert {event.emotion for event in events} == {"smile"}
    assert _kinds(found) == ["exchange-no-interval", "exchange-clip-unknown", "exchange-moved"]


def test_coco_has_an_image_for_each_keyframe(tmp_path):
    path = tmp_path / "out.json"
    coco.FORMAT.write(_LABELLED, path)
    whole = json.loads(path.read_text())
    assert [image["frame_id"] for image in whole["images"]] == [15, 10, 24]
    assert [image["frame_number"] for image in whole["images"]] == [16, 11, 25]
    annotation = whole["annotations"][0]
    assert (annotation["start_frame"], annotation["end_frame"]) == (10, 24)
    assert (annotation["image_id"], annotation["category_id"]) == (1, 1)


# -- what holds for all


@pytest.mark.parametrize("name", ["boris", "boris-events", "datavyu", "activitynet", "coco"])
def test_all_fields_come_back(name, round_trip):
    found = round_trip(name)
    clip = found.document.find("s01", "c01")
    assert clip.tiers["A"].events == (_EVENT,)
    assert clip.tiers["B"].events == (replace(_EVENT, id=2),)
    assert found.findings == ()
    assert len(found.document.clips) == 1


@pytest.mark.parametrize("name", ["boris", "boris-events", "datavyu", "activitynet", "coco"])
def test_an_apex_that_nobody_set_stays_unset(name, round_trip, tmp_path):
    event = replace(_EVENT, apex_source=Source.NONE)
    document = ExchangeDocument("d", (_clip(A=Annotation((event,))),))
    found = round_trip(name, document)
    assert not _only(found)[1][0].has_apex


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("boris-events", "0.400\t1.000", "0.480\t1.080"),
        ("datavyu", ",400,1000,", ",480,1080,"),
        ("activitynet", "0.4,", "0.48,"),
        ("coco", "0.4,", "0.48,"),
    ],
)
def test_whoever_moves_a_label_is_believed(name, before, after, round_trip):
    found = round_trip(name, change=lambda text: text.replace(before, after))
    event = found.document.find("s01", "c01").tiers["A"].events[0]
    assert event.onset == 12
    assert "exchange-moved" in _kinds(found)


@pytest.mark.parametrize("name", ["activitynet", "coco"])
def test_rounding_in_another_program_is_no_move(name, round_trip):
    document = ExchangeDocument("d", (_clip(rate=Fraction(30000, 1001), A=Annotation((_EVENT,))),))
    found = round_trip(name, document, lambda text: text.replace("0.33366666666666667", "0.334"))
    assert (_only(found)[1], found.findings) == ((_EVENT,), ())


@pytest.mark.parametrize("name", ["boris", "datavyu"])
def test_whole_ms_find_frames_that_are_shorter_than_one(name, round_trip):
    event = replace(_EVENT, keyframes=Keyframes(101, 150, 201))
    document = ExchangeDocument("d", (_clip(rate=2000, A=Annotation((event,))),))
    found = round_trip(name, document)
    assert (_only(found)[1], found.findings) == ((event,), ())


@pytest.mark.parametrize("name", _FORMATS)
def test_labels_of_other_clips_are_never_taken_for_these(name, round_trip):
    other = ExchangeDocument("other", (_clip("p9", "k9", rate=200, n=9),))
    found = round_trip(name, _LABELLED, known=other)
    assert all(clip.subject == "s01" for clip in found.document.clips)
    if not found.document.clips:
        assert "exchange-clip-unknown" in _kinds(found)


@pytest.mark.parametrize("name", _FORMATS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"\0\0\0\0",
        b"{",
        b"[1, 2]",
        b'"text"',
        b"a,b\n1,2\n",
        b"{}",
        b"PK\x03",
    ],
)
def test_files_of_something_else_are_refused_by_their_path(name, content, read):
    with pytest.raises(LabelError) as caught:
        read(name, content)
    assert "labels" in caught.value.where
    assert caught.value.why
    assert caught.value.now


@pytest.mark.parametrize("name", ["boris", "activitynet", "coco"])
@pytest.mark.parametrize("content", ["[" * 200_000, '{"a":' * 200_000])
def test_endless_nesting_is_refused(name, content, read):
    with pytest.raises(LabelError, match="no JSON"):
        read(name, content)


@pytest.mark.parametrize("name", _FORMATS)
def test_too_large_a_file_is_refused_before_it_is_read(name, tmp_path):
    path = tmp_path / f"large{_FORMATS[name].suffixes[0]}"
    with path.open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(LabelError, match="500 MB"):
        _FORMATS[name].read(path, _KNOWN)


@pytest.mark.parametrize("name", _FORMATS)
def test_a_missing_file_and_an_empty_folder(name, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for source in (tmp_path / "nowhere", empty):
        with pytest.raises(LabelError):
            _FORMATS[name].read(source, _KNOWN)


@pytest.mark.parametrize("name", _FORMATS)
def test_a_folder_that_is_a_file_is_a_storage_error(name, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(StorageError):
        _FORMATS[name].write(_LABELLED, blocked / "out")


# -- random documents: nothing shifts, and what is lost has been said

_WHOLE = ("boris", "activitynet", "coco")
_LABELS_ONLY = ("boris-events", "datavyu")


def _expected(name, document):
    """What must come back, by what the format said that it cannot hold."""
    if name in _WHOLE:
        return labels_of(document)
    if name in _LABELS_ONLY:
        return {names: tier for names, tier in labels_of(document).items() if tier.events}
    plain = Counter()
    for (subject, clip, coder), tier in labels_of(document).items():
        at = document.find(subject, clip)
        for event in tier:
            if name == "nova":
                confidence = None if event.confidence == 1 else event.confidence
                fields = (coder, nova.label_of(event.emotion), confidence)
                plain[subject, clip, event.onset, event.offset, *fields] += 1
            elif event.kind != "blink":
                plain[subject, clip, event.onset, event.offset, megc.kind_of(at, event)] += 1
    return plain


def _came_back(name, document):
    if name in (*_WHOLE, *_LABELS_ONLY):
        return labels_of(document)
    found = Counter()
    for (subject, clip, coder), tier in labels_of(document).items():
        for event in tier:
            more = (coder, event.emotion, event.confidence) if name == "nova" else (event.kind,)
            found[subject, clip, event.onset, event.offset, *more] += 1
    return found


def _check(name, document, folder):
    chosen = _FORMATS[name]
    target = folder / f"out{chosen.suffixes[0]}" if chosen.scope == "project" else folder / "out"
    written = chosen.write(document, target)
    if written:
        found = chosen.read(target, bare(document))
        assert _came_back(name, found.document) == _expected(name, document), found.findings
        assert found.findings == ()
        if found.document != document and labels_of(found.document) != labels_of(document):
            assert chosen.losses(document)
    for path in written:
        path.unlink()


@pytest.mark.parametrize("name", _FORMATS)
def test_random_documents_come_back_at_every_rate(name, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    for rate in RATES:
        dice = random.Random(f"{name} {rate}")
        for _ in range(6):
            _check(name, random_document(dice, rate), tmp_path)


@pytest.mark.parametrize("name", _FORMATS)
@settings(deadline=None, max_examples=25)
@given(document=documents())
def test_documents_by_hypothesis_come_back(name, document, tmp_path_factory):
    _check(name, document, tmp_path_factory.mktemp("documents"))


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.4g}fps")
@pytest.mark.parametrize("name", _FORMATS)
def test_a_thousand_documents_come_back_at_each_rate(name, rate, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    dice = random.Random(f"slow {name} {rate}")
    for _ in range(1000):
        _check(name, random_document(dice, rate), tmp_path)


@pytest.mark.parametrize("name", _FORMATS)
def test_losses_are_those_of_the_labels_that_are_there(name):
    said = {loss.what for loss in _FORMATS[name].losses(_LABELLED)}
    assert said == {
        "nova": {
            "the apex",
            "the action units",
            "the notes",
            "the kind of expression",
            "the objective class",
            "where the keyframes came from",
            "the suggestions that were refused",
            "how far the coder has come with a clip",
        },
        "megc": {
            "the apex",
            "the coder",
            "the emotion",
            "the action units",
            "the confidence",
            "the notes",
            "the objective class",
            "where the keyframes came from",
            "the suggestions that were refused",
            "how far the coder has come with a clip",
        },
    }.get(name, set())


def test_losses_of_single_formats_are_counted():
    events = (
        replace(_EVENT, kind="blink", confidence=1.0),
        replace(_EVENT, id=2, kind="", emotion="GARBAGE"),
    )
    document = ExchangeDocument("d", (_clip(A=Annotation(events, Status.DRAFT)),))
    by_name = {
        (name, loss.what): loss.n_labels
        for name in ("nova", "megc")
        for loss in _FORMATS[name].losses(document)
    }
    assert by_name["nova", "a confidence of 1"] == 1
    assert by_name["nova", "the exact text of the emotion"] == 1
    assert by_name["megc", "blinks"] == 1
    assert by_name["megc", "that nobody said whether it is micro or macro"] == 1


@pytest.mark.parametrize("name", ["boris", "activitynet", "coco"])
def test_a_clip_on_which_a_coder_found_nothing_comes_back(name, round_trip):
    document = ExchangeDocument("d", (_clip(A=Annotation((), Status.NONE_PRESENT)),))
    assert _FORMATS[name].losses(document) == ()
    assert _only(round_trip(name, document)) == ("A", ())


_FIELDS = (
    *("observations", "events", "file", "type", "media_info", "fps", "length", "database"),
    *("annotations", "segment", "label", "results", "videos", "images", "categories", "id"),
    *("video_id", "meviewer", "frames", "1", "x"),
)
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(_FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=80)
@given(_JUNK, st.sampled_from(["boris", "activitynet", "coco"]))
def test_no_json_gives_anything_but_labels_or_an_error_for_a_person(tmp_path_factory, junk, name):
    path = tmp_path_factory.mktemp("fuzz") / "labels.json"
    roots = {"boris": "observations", "activitynet": "database", "coco": "annotations"}
    for content in (junk, {roots[name]: junk}, {roots[name]: {"c02": junk}}):
        path.write_text(json.dumps(content))
        try:
            assert _FORMATS[name].read(path, _KNOWN) is not None
        except MeviewerError:
            continue


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=200), st.sampled_from(["boris-events", "datavyu", "megc", "nova"]))
def test_no_text_gives_anything_but_labels_or_an_error_for_a_person(tmp_path_factory, text, name):
    folder = tmp_path_factory.mktemp("fuzz")
    heads = {
        "boris-events": "Observation id\tBehavior\tTime\tStatus\nc02\tx\t",
        "datavyu": "a.onset,a.offset\n",
        "megc": "vid,pred_onset,pred_offset,type\nc02,",
        "nova": "",
    }
    data = (heads[name] + text).encode("utf-8", "replace")
    path = folder / f"c02{_FORMATS[name].suffixes[0]}"
    path.write_bytes(data)
    if name == "nova":
        path.write_text(_NOVA_HEADER)
        (folder / "c02.annotation~").write_bytes(data)
    try:
        assert _FORMATS[name].read(path, _KNOWN) is not None
    except MeviewerError:
        return


def test_times_are_read_exactly_or_not_at_all():
    ms = bounded_files.exact_ms
    assert ms("1.001", 1000) == 1001
    assert ms("0,5", 1000) == 500
    assert ms(0.1, 1000) == 100
    for wrong in (
        "",
        "x",
        "nan",
        "inf",
        float("nan"),
        True,
        None,
        [],
        "1e400",
        1e300,
        "1/3",
        10**30,
    ):
        assert ms(wrong, 1000) is None
