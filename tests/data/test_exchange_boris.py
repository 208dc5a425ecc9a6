"""BORIS projects and tables of events, as versions of BORIS write them."""

from __future__ import annotations

import json
from functools import partial

import pytest
from exchange_cases import LABELLED, clip_of, kinds, only, read_files, spans, through

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation
from meviewer.core.events import Event, Keyframes
from meviewer.data.exchange import ExchangeDocument
from meviewer.data.formats import boris


@pytest.fixture
def read(tmp_path):
    return partial(read_files, tmp_path)


@pytest.fixture
def round_trip(tmp_path):
    return partial(through, tmp_path)


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
    coder, events = only(found)
    assert coder == "BORIS"
    assert spans(events) == [(10, None, 24), (20, None, 29)]
    assert (events[0].emotion, events[0].notes) == ("smile", "left; shy")
    assert (events[1].emotion, events[1].action_units) == ("", (ActionUnit(4),))
    assert kinds(found) == ["exchange-no-interval"] * 2
    assert "'blink' at 1.120 s" in found.findings[0].text
    assert "no other end" in found.findings[1].text


def test_the_time_offset_of_a_boris_observation_is_taken_off(read):
    found = read("boris", _boris(**{"time offset": 0.2}))
    assert spans(only(found)[1])[0] == (5, None, 19)


def test_a_queue_of_media_in_one_boris_observation(read):
    media = ["v/s01_c01.mp4", "v/s02_c01.mp4"]
    events = [[0.4, "", "smile", "", ""], [0.8, "", "smile", "", ""]]
    events += [[10.4, "", "smile", "", ""], [10.8, "", "smile", "", ""]]
    info = {"length": {media[0]: 10.0, media[1]: 10.0}, "fps": dict.fromkeys(media, 25.0)}
    found = read("boris", _boris(file={"1": media}, media_info=info, events=events))
    assert spans(only(found)[1]) == spans(only(found, "s02")[1]) == [(10, None, 19)]


def test_images_without_times_are_placed_by_their_numbers(read):
    nan = float("nan")
    events = [[nan, "", "smile", "", "", 11, "a"], [nan, "", "smile", "", "", 20, "b"]]
    text = _boris(type="IMAGES", file={}, directories_list=["x/s01/c01"], events=events)
    assert "NaN" in text
    assert spans(only(read("boris", text))[1]) == [(10, None, 19)]


def test_a_boris_clip_that_only_the_file_knows(read):
    found = read("boris", _boris(), ExchangeDocument("nothing", ()))
    clip = found.document.clips[0]
    assert (clip.time.rate, clip.time.n_frames) == (25, 250)
    assert clip.media == "C:\\videos\\s01\\c01.mp4"


def test_labels_of_unknown_clips_are_findings(read):
    text = _boris(file={"1": ["other.mp4"]}, media_info={"length": {}, "fps": {}})
    found = read("boris", text)
    assert found.document.clips == ()
    assert kinds(found) == ["exchange-clip-unknown"]


def test_one_persons_labels_never_go_to_another_one(read):
    known = ExchangeDocument("known", (clip_of("s01", "c01"),))
    found = read("boris", _boris(file={"1": ["v/s02/c01.mp4"]}, media_info={}), known)
    assert found.document.clips == ()


@pytest.mark.parametrize("path", ["videos/c01.mp4", "c01.mp4", "D:\\s01\\c01.avi", "x/S1/c01.mp4"])
def test_a_clip_is_found_by_its_path_on_another_machine(path, read):
    known = ExchangeDocument("known", (clip_of("s01", "c01"),))
    found = read("boris", _boris(file={"1": [path]}, media_info={}), known)
    assert len(only(found)[1]) == 2


def test_boris_gets_a_state_with_start_and_stop_and_an_apex(tmp_path):
    path = tmp_path / "out.boris"
    assert boris.FORMAT.write(LABELLED, path) == (path,)
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
    document = ExchangeDocument("d", (clip_of(A=Annotation(events)),))
    for name in ("boris", "boris-events"):
        back = only(round_trip(name, document))[1]
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
    coder, (event,) = only(found)
    assert (coder, event.emotion, event.notes) == ("A", "anger", "seen thrice")
    assert (event.action_units, event.confidence) == ((ActionUnit(12),), 0.75)
    assert spans([event]) == [(12, 17, 26)]
    assert kinds(found) == ["exchange-moved"]


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
    coder, (event,) = only(found)
    assert (coder, event.emotion) == ("BORIS", "smile")
    assert event.notes in ("left; shy", "shy")
    assert spans([event]) == [(10, None, 24)]
    assert kinds(found) in (["exchange-no-interval"], [])


def test_a_row_without_its_other_end_is_a_finding(read):
    assert kinds(read("boris-events", _TABULAR_OLD)) == ["exchange-no-interval"]
    found = read("boris-events", _AGGREGATED.replace("0.400", "never"))
    assert "exchange-no-time" in kinds(found)
    assert not found.document.clips
