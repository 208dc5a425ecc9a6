"""What holds for the formats of other programs: nothing shifts, and losses are said."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest
from exchange_cases import (
    EVENT,
    FORMATS,
    KNOWN,
    LABELLED,
    clip_of,
    kinds,
    only,
    read_files,
    through,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import LabelError, MeviewerError, StorageError
from meviewer.core.events import Keyframes, Source
from meviewer.data.exchange import ExchangeDocument
from meviewer.data.formats import bounded_files


@pytest.fixture
def read(tmp_path):
    return partial(read_files, tmp_path)


@pytest.fixture
def round_trip(tmp_path):
    return partial(through, tmp_path)


# -- what holds for all


@pytest.mark.parametrize("name", ["boris", "boris-events", "datavyu", "activitynet", "coco"])
def test_all_fields_come_back(name, round_trip):
    found = round_trip(name)
    clip = found.document.find("s01", "c01")
    assert clip.tiers["A"].events == (EVENT,)
    assert clip.tiers["B"].events == (replace(EVENT, id=2),)
    assert found.findings == ()
    assert len(found.document.clips) == 1


@pytest.mark.parametrize("name", ["boris", "boris-events", "datavyu", "activitynet", "coco"])
def test_an_apex_that_nobody_set_stays_unset(name, round_trip, tmp_path):
    event = replace(EVENT, apex_source=Source.NONE)
    document = ExchangeDocument("d", (clip_of(A=Annotation((event,))),))
    found = round_trip(name, document)
    assert not only(found)[1][0].has_apex


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
    assert "exchange-moved" in kinds(found)


@pytest.mark.parametrize("name", ["activitynet", "coco"])
def test_rounding_in_another_program_is_no_move(name, round_trip):
    document = ExchangeDocument("d", (clip_of(rate=Fraction(30000, 1001), A=Annotation((EVENT,))),))
    found = round_trip(name, document, lambda text: text.replace("0.33366666666666667", "0.334"))
    assert (only(found)[1], found.findings) == ((EVENT,), ())


@pytest.mark.parametrize("name", ["boris", "datavyu"])
def test_whole_ms_find_frames_that_are_shorter_than_one(name, round_trip):
    event = replace(EVENT, keyframes=Keyframes(101, 150, 201))
    document = ExchangeDocument("d", (clip_of(rate=2000, A=Annotation((event,))),))
    found = round_trip(name, document)
    assert (only(found)[1], found.findings) == ((event,), ())


@pytest.mark.parametrize("name", FORMATS)
def test_labels_of_other_clips_are_never_taken_for_these(name, round_trip):
    other = ExchangeDocument("other", (clip_of("p9", "k9", rate=200, n=9),))
    found = round_trip(name, LABELLED, known=other)
    assert all(clip.subject == "s01" for clip in found.document.clips)
    if not found.document.clips:
        assert "exchange-clip-unknown" in kinds(found)


@pytest.mark.parametrize("name", FORMATS)
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


@pytest.mark.parametrize("name", FORMATS)
def test_too_large_a_file_is_refused_before_it_is_read(name, tmp_path):
    path = tmp_path / f"large{FORMATS[name].suffixes[0]}"
    with path.open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(LabelError, match="500 MB"):
        FORMATS[name].read(path, KNOWN)


@pytest.mark.parametrize("name", FORMATS)
def test_a_missing_file_and_an_empty_folder(name, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    for source in (tmp_path / "nowhere", empty):
        with pytest.raises(LabelError):
            FORMATS[name].read(source, KNOWN)


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_that_is_a_file_is_a_storage_error(name, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    with pytest.raises(StorageError):
        FORMATS[name].write(LABELLED, blocked / "out")


# -- losses


@pytest.mark.parametrize("name", FORMATS)
def test_losses_are_those_of_the_labels_that_are_there(name):
    said = {loss.what for loss in FORMATS[name].losses(LABELLED)}
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
        replace(EVENT, kind="blink", confidence=1.0),
        replace(EVENT, id=2, kind="", emotion="GARBAGE"),
    )
    document = ExchangeDocument("d", (clip_of(A=Annotation(events, Status.DRAFT)),))
    by_name = {
        (name, loss.what): loss.n_labels
        for name in ("nova", "megc")
        for loss in FORMATS[name].losses(document)
    }
    assert by_name["nova", "a confidence of 1"] == 1
    assert by_name["nova", "the exact text of the emotion"] == 1
    assert by_name["megc", "blinks"] == 1
    assert by_name["megc", "that nobody said whether it is micro or macro"] == 1


@pytest.mark.parametrize("name", ["boris", "activitynet", "coco"])
def test_a_clip_on_which_a_coder_found_nothing_comes_back(name, round_trip):
    document = ExchangeDocument("d", (clip_of(A=Annotation((), Status.NONE_PRESENT)),))
    assert FORMATS[name].losses(document) == ()
    assert only(round_trip(name, document)) == ("A", ())


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
            assert FORMATS[name].read(path, KNOWN) is not None
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
    path = folder / f"c02{FORMATS[name].suffixes[0]}"
    path.write_bytes(data)
    if name == "nova":
        scheme = '<scheme name="x" type="DISCRETE"><item id="0" name="a"/></scheme>'
        path.write_text(f"<annotation>{scheme}</annotation>")
        (folder / "c02.annotation~").write_bytes(data)
    try:
        assert FORMATS[name].read(path, KNOWN) is not None
    except MeviewerError:
        return


def test_a_damaged_file_among_good_ones_is_a_finding(tmp_path):
    for name in ("datavyu", "nova"):
        folder = tmp_path / name
        FORMATS[name].write(LABELLED, folder)
        (folder / f"broken{FORMATS[name].suffixes[0]}").write_bytes(b"\0")
        found = FORMATS[name].read(folder, KNOWN)
        assert kinds(found) == ["exchange-file"]
        assert "broken" in found.findings[0].text
        assert found.document.find("s01", "c01").tiers["A"].events


@pytest.mark.parametrize(
    ("segment", "frames"),
    [
        ([0, 0.001], (0, 0)),
        ([0, 0], (0, 0)),
        ([9.999, 10.0], (249, 249)),
        ([-1.0, 0.48], (0, 11)),
        ([9.0, 20.0], (225, 249)),
        ([10.0, 11.0], None),
        ([-1.0, 0.0], None),
        ([2.0, 1.0], None),
    ],
)
def test_labels_at_the_ends_of_a_clip_and_beyond(segment, frames, tmp_path):
    text = json.dumps({"database": {"s01_c01": {"annotations": [{"segment": segment}]}}})
    found = read_files(tmp_path, "activitynet", text)
    if frames is None:
        assert kinds(found) == ["exchange-outside"]
        return
    (event,) = only(found)[1]
    assert (event.onset, event.offset) == frames
    beyond = segment[0] < 0 or segment[1] > 10
    assert kinds(found) == (["exchange-cut"] if beyond else [])


def test_times_are_read_exactly_or_not_at_all():
    assert bounded_files.exact_ms("1e-999999999", 1) == 0
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
