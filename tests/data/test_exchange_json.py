"""Spotting tables, ActivityNet and COCO, as challenges and training code write them."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import partial

import pytest
from exchange_cases import LABELLED, clip_of, kinds, only, read_files, spans, through

from meviewer.core.annotation import Annotation
from meviewer.core.events import Event, Keyframes
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.data.formats import activitynet, coco, megc


@pytest.fixture
def read(tmp_path):
    return partial(read_files, tmp_path)


@pytest.fixture
def round_trip(tmp_path):
    return partial(through, tmp_path)


# -- spotting tables


def test_a_submission_as_the_challenges_want_it(tmp_path):
    events = (
        Event(1, Keyframes(10, 12, 20), kind="micro"),
        Event(2, Keyframes(30, 35, 90), kind="macro"),
        Event(3, Keyframes(95, 95, 97), kind="blink"),
        Event(4, Keyframes(100, 100, 112)),
    )
    document = ExchangeDocument("d", (clip_of("s01", "006_1", A=Annotation(events)),))
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
    coder, events = only(found, "s02", "c02")
    assert (coder, spans(events)) == ("MEGC", [(0, None, 1), (4, None, 29), (40, None, 89)])
    assert [event.kind for event in events] == ["", "micro", "macro"]
    assert sorted(kinds(found)) == [
        "exchange-clip-unknown",
        "exchange-outside",
        "exchange-outside",
        "exchange-type",
        "number-rounded",
    ]


def test_the_table_of_spot_then_recognise_has_subjects_and_emotions(read):
    found = read("megc", "subject,video,onset,offset,emotion\ns02,c01,5,9,negative\n")
    events = only(found, "s02")[1]
    assert (spans(events), events[0].emotion) == ([(4, None, 8)], "negative")


def test_frame_numbers_with_gaps_are_those_of_the_data_set(round_trip):
    time = TimeBase(Fraction(200), 4, (46, 47, 49, 53))
    tier = Annotation((Event(1, Keyframes(1, 2, 3), kind="micro"),))
    document = ExchangeDocument("d", (ExchangeClip("s", "c", "m", time, {"A": tier}),))
    assert spans(only(round_trip("megc", document), "s", "c")[1]) == [(1, None, 3)]


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
    events = only(found, "s02", "c02")[1]
    assert (spans(events), events[0].emotion) == ([(80, None, 199)], "smile")
    own = found.document.find("video", "of its own")
    assert own.time.rate == Fraction(30000, 1001)
    assert spans(own.tiers["ActivityNet"]) == [(0, None, 29)]
    assert kinds(found) == ["exchange-no-time", "exchange-clip-unknown"]


def test_results_of_a_detector_have_a_score(read):
    text = json.dumps(
        {
            "version": "1.3",
            "results": {"c02": [{"label": "smile", "score": 0.5, "segment": [0.4, 1.0]}]},
            "external_data": {},
        }
    )
    assert only(read("activitynet", text), "s02", "c02")[1][0].confidence == 0.5


def test_activitynet_has_its_own_fields_and_ours(tmp_path):
    path = tmp_path / "out.json"
    activitynet.FORMAT.write(LABELLED, path)
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
    events = only(found, "s02", "c02")[1]
    assert spans(events) == [(10, None, 19), (80, None, 199), (200, None, 299)]
    assert {event.emotion for event in events} == {"smile"}
    assert kinds(found) == ["exchange-no-interval", "exchange-clip-unknown", "exchange-moved"]


def test_coco_has_an_image_for_each_keyframe(tmp_path):
    path = tmp_path / "out.json"
    coco.FORMAT.write(LABELLED, path)
    whole = json.loads(path.read_text())
    assert [image["frame_id"] for image in whole["images"]] == [15, 10, 24]
    assert [image["frame_number"] for image in whole["images"]] == [16, 11, 25]
    annotation = whole["annotations"][0]
    assert (annotation["start_frame"], annotation["end_frame"]) == (10, 24)
    assert (annotation["image_id"], annotation["category_id"]) == (1, 1)
