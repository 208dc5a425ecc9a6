"""Tables, ELAN, Praat and Audacity: nothing moves by a frame, and files of others are read."""

from __future__ import annotations

import csv
import errno
import os
import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from exchange_documents import MANY, RATES, bare, documents, frames_of, labels_of, random_document
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import LabelError, StorageError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data import exchanges
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.data.formats import clip_files, label_text
from meviewer.data.formats.extension import Extension
from meviewer.data.formats.holding import ALL, Holds, Part, losses

_NAMES = ("csv", "tsv", "elan", "elan-text", "praat", "audacity")
_A_CLIP = ("elan", "elan-text", "praat", "audacity")
_EVENT = Event(
    7,
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
_FRESH = Event(1, Keyframes(10, 17, 24), "disgust", apex_source=Source.NONE)


def _clip(subject="s01", name="c01", media=None, rate=25, n=250, first=1, **tiers):
    time = TimeBase.uniform(Fraction(rate), n, first)
    return ExchangeClip(subject, name, media or f"{subject}/{name}.mp4", time, tiers)


def _document(*clips):
    return ExchangeDocument("known", clips)


def _labelled(*events, **clip):
    return _document(_clip(A=Annotation(events or (_EVENT,), Status.DRAFT), **clip))


def _out(folder, chosen, document):
    target = folder / f"out{chosen.suffixes[0]}" if chosen.scope == "project" else folder / "out"
    return target, chosen.write(document, target)


@pytest.fixture
def read(tmp_path):
    """Write one file as another program writes it, and read it."""

    def read(name, content, known=None, file=None):
        chosen = exchanges.format_named(name)
        path = tmp_path / (file or f"s01_c01{chosen.suffixes[0]}")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return chosen.read(path, known or _document(_clip(), _clip("s02"), _clip("s02", "c02")))

    return read


@pytest.fixture
def changed(tmp_path):
    """Write a document, change the text of its files, and read them."""

    def changed(name, change, document=None):
        chosen = exchanges.format_named(name)
        document = document or _labelled()
        target, files = _out(tmp_path, chosen, document)
        for path in files:
            before = path.read_text("utf-8")
            path.write_text(change(before), "utf-8")
            assert path.read_text("utf-8") != before, "nothing was changed"
        return chosen.read(target, bare(document))

    return changed


def _events(found, coder="A", subject="s01", name="c01"):
    clip = found.document.find(subject, name)
    assert clip is not None, found
    return clip.tiers[coder].events


def _spans(events):
    return [(e.onset, e.apex if e.has_apex else None, e.offset) for e in events]


def _kinds(found):
    return [finding.kind for finding in found.findings]


# -- nothing moves, nothing is lost


@pytest.mark.parametrize("name", _NAMES)
@settings(max_examples=60, deadline=None)
@given(document=documents())
def test_what_is_written_comes_back(name, document, tmp_path_factory):
    chosen = exchanges.format_named(name)
    assert chosen.losses(document) == ()
    target, files = _out(tmp_path_factory.mktemp("exchange"), chosen, document)
    if files and labels_of(document):
        back = chosen.read(target, bare(document))
        assert labels_of(back.document) == labels_of(document)
        assert back.findings == ()


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_frame_of_every_rate_comes_back(name, rate, tmp_path):
    n = 400
    pairs = [(i, min(i + i % 7, n - 1)) for i in range(n)]
    events = tuple(Event(i + 1, Keyframes(a, (a + b) // 2, b)) for i, (a, b) in enumerate(pairs))
    document = _document(_clip(rate=rate, n=n, A=Annotation(events, Status.DRAFT)))
    chosen = exchanges.format_named(name)
    target, _ = _out(tmp_path, chosen, document)
    back = chosen.read(target, bare(document))
    assert frames_of(back.document) == frames_of(document)
    assert back.findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("name", _NAMES)
def test_many_projects_come_back_at_every_rate(name, rate, tmp_path, monkeypatch):
    # What reaches the disk is tested elsewhere; here it would take the time of the test.
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    chosen = exchanges.format_named(name)
    dice = random.Random(f"{name} {rate}")
    for _ in range(MANY):
        document = random_document(dice, rate, tiny=True)
        _, files = _out(tmp_path, chosen, document)
        if files and labels_of(document):
            back = chosen.read(files[0], bare(document))
            assert labels_of(back.document) == labels_of(document)
            assert back.findings == ()


@pytest.mark.parametrize("name", _NAMES)
def test_files_say_rate_length_and_numbers_themselves(name, tmp_path):
    numbers = (*range(101, 141), *range(143, 353))
    time = TimeBase(Fraction(30000, 1001), 250, numbers)
    tiers = {"A": Annotation((_EVENT,), Status.COMMITTED)}
    document = _document(ExchangeClip("s01", "c01", "videos/s01 c01.avi", time, tiers))
    chosen = exchanges.format_named(name)
    target, _ = _out(tmp_path, chosen, document)
    (clip,) = chosen.read(target, _document()).document.clips
    assert clip.tiers == tiers
    assert (clip.subject, clip.name, clip.media) == ("s01", "c01", "videos/s01 c01.avi")
    assert (clip.time.rate, clip.time.n_frames) == (time.rate, 250)
    assert tuple(clip.time.numbers) == numbers


@pytest.mark.parametrize("name", _NAMES)
def test_a_clip_of_uneven_frames_needs_the_project(name, tmp_path):
    pts = tuple(i * 40 + (i % 3) for i in range(250))
    time = replace(TimeBase.uniform(Fraction(25), 250), pts_ms=pts)
    document = _document(replace(_labelled().clips[0], time=time))
    chosen = exchanges.format_named(name)
    target, _ = _out(tmp_path, chosen, document)
    found = chosen.read(target, _document())
    assert found.document.clips == ()
    assert set(_kinds(found)) == {"exchange-clip-unknown"}
    assert labels_of(chosen.read(target, bare(document)).document) == labels_of(document)


@pytest.mark.parametrize("name", _A_CLIP)
def test_file_names_are_safe_and_none_is_overwritten(name, tmp_path):
    names = [("a/b", "c"), ("a:b", "c"), ("A_b", "C"), ("con", ""), ("..", "x"), ("s", "t\n?*")]
    # One letter on a Mac, long in every alphabet.
    names += [("\u00e9", "1"), ("e\u0301", "1"), ("被试" * 99, "片段" * 99), ("𝒳" * 90, "y")]
    tier = Annotation((_EVENT,), Status.DRAFT)
    document = _document(*(_clip(s, n, A=tier) for s, n in names))
    chosen = exchanges.format_named(name)
    target, files = _out(tmp_path, chosen, document)
    assert len({path.name.casefold() for path in files}) == len(names)
    assert sorted(target.iterdir()) == sorted(files)
    for path in files:
        assert len(path.name.encode()) < 200
        assert not set('<>:"/\\|?*\n') & set(path.name)
    assert labels_of(chosen.read(target, bare(document)).document) == labels_of(document)


@pytest.mark.parametrize("name", _NAMES)
def test_that_nothing_was_found_is_kept_and_the_untouched_is_not_written(name, tmp_path):
    nothing, untouched = Annotation((), Status.NONE_PRESENT), Annotation()
    document = _document(_clip(A=nothing, B=untouched), _clip("s02", B=untouched))
    chosen = exchanges.format_named(name)
    target, files = _out(tmp_path, chosen, document)
    assert len(files) == 1
    (clip,) = chosen.read(target, bare(document)).document.clips
    assert clip.tiers == {"A": nothing}


@pytest.mark.parametrize("name", _NAMES)
def test_a_full_disk_leaves_the_old_file(name, tmp_path, monkeypatch):
    chosen = exchanges.format_named(name)
    target, (path,) = _out(tmp_path, chosen, _labelled())
    before = path.read_bytes()

    def refuse(*_paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match="full"):
            chosen.write(_labelled(_FRESH), target)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\x00" * 99, b"no labels at all", b"<a/>"])
def test_other_files_are_refused_with_a_reason(name, data, read):
    with pytest.raises(LabelError) as caught:
        read(name, data)
    assert "s01_c01" in str(caught.value)


@pytest.mark.parametrize("name", _NAMES)
def test_files_that_end_too_early_give_no_traceback(name, tmp_path):
    chosen = exchanges.format_named(name)
    target, (path,) = _out(tmp_path, chosen, _labelled(_EVENT, replace(_FRESH, id=9)))
    data = path.read_bytes()
    dice = random.Random(5)
    for _ in range(60):
        cut, at = data[: dice.randrange(len(data))], dice.randrange(len(data))
        for damaged in (cut, data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]):
            path.write_bytes(damaged)
            try:
                chosen.read(target, bare(_labelled()))
            except LabelError as error:
                assert error.why  # noqa: PT017 - what it says is the point, not that it comes


@pytest.mark.parametrize("name", _A_CLIP)
def test_one_damaged_file_of_a_folder_is_a_finding(name, tmp_path):
    chosen = exchanges.format_named(name)
    document = _document(*_labelled().clips, *_labelled(subject="s02").clips)
    target, files = _out(tmp_path, chosen, document)
    files[0].write_bytes(b"rubbish")
    found = chosen.read(target, bare(document))
    assert [clip.subject for clip in found.document.clips] == ["s02"]
    assert _kinds(found) == ["exchange-file"]
    files[1].write_bytes(b"rubbish")
    with pytest.raises(LabelError):
        chosen.read(target, bare(document))


# -- what a format can hold


def test_parts_that_labels_use_are_counted_as_lost():
    document = _document(
        _clip(A=Annotation((_EVENT, replace(_FRESH, id=8)), Status.COMMITTED)),
        _clip("s02", A=Annotation((), Status.NONE_PRESENT)),
    )
    found = {loss.what: loss.n_labels for loss in losses(document, Holds(frozenset()))}
    once = set(Part) - {Part.CODER, Part.EMOTION, Part.STATUS}
    assert found == {part.value: 1 if part in once else 2 for part in Part}
    assert losses(document, Holds(ALL)) == ()
    assert losses(_document(_clip()), Holds(frozenset())) == ()


@pytest.mark.parametrize(("rate", "step", "lost"), [(25, 10, 0), (120, 1, 0), (240, 10, 1)])
def test_times_that_are_too_coarse_are_counted_as_lost(rate, step, lost):
    event = Event(1, Keyframes(9, 11, 13))
    document = _document(_clip(rate=rate, A=Annotation((event,), Status.DRAFT)))
    found = losses(document, Holds(ALL, Fraction(step)))
    assert [loss.n_labels for loss in found] == [lost] * lost


def test_signs_that_no_text_holds_are_a_loss_of_tables_alone(tmp_path):
    document = _labelled(replace(_EVENT, notes="a\0b"))
    assert [loss.n_labels for loss in exchanges.format_named("csv").losses(document)] == [1]
    target, _ = _out(tmp_path, exchanges.format_named("csv"), document)
    found = exchanges.format_named("csv").read(target, bare(document))
    assert [event.notes for event in _events(found)] == ["a?b"]
    for name in _A_CLIP:
        chosen = exchanges.format_named(name)
        assert chosen.losses(document) == ()
        target, _ = _out(tmp_path, chosen, document)
        assert labels_of(chosen.read(target, bare(document)).document) == labels_of(document)


# -- several things in one text


@given(st.text(), st.booleans())
def test_escaped_text_is_one_visible_line_and_comes_back(text, lines):
    escaped = label_text.escape(text, lines)
    assert label_text.unescape(escaped) == text
    assert escaped == escaped.strip()
    assert all(c.isprintable() or (lines and c == "\n") for c in escaped)
    assert "|" not in escaped


def test_a_label_in_one_text():
    document = _labelled()
    (event,) = document.clips[0].tiers["A"]
    lane = clip_files.lanes(document.clips[0], clip_files.exact)[0]
    packed = label_text.pack(clip_files.fields_in(lane, event, Status.DRAFT))
    assert packed == (
        "disgust | AU=4+L7B | confidence=0.75 | notes=seen twice | kind=micro | objective=4 | "
        "source=gamdss | rejected=9,15,25 | frames=10,15,24 | id=7"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("happiness", Extension(emotion="happiness", notes="")),
        (" surprise | au=1+2 ", Extension(emotion="surprise", action_units="1+2", notes="")),
        ("| AU=4", Extension(emotion="", action_units="4", notes="")),
        ("left | right", Extension(emotion="left | right")),
        ("100 % sure", Extension(emotion="100 % sure", notes="")),
        (
            "sad | AU=4 | AU=left brow",
            Extension(emotion="sad", action_units="4", notes="AU=left brow"),
        ),
        (
            "sad | kind=micro | frames=9,x | confidnce=1",
            Extension(emotion="sad", kind="micro", notes="frames=9,x; confidnce=1"),
        ),
        ("sad | notes=maybe | ask Ann", Extension(emotion="sad", notes="maybe; ask Ann")),
    ],
)
def test_what_people_write_keeps_every_word(text, expected):
    assert label_text.unpack(text) == expected


# -- ELAN


def _tree(path):
    return ET.fromstring(path.read_bytes())


def _slots(root):
    return {s.get("TIME_SLOT_ID"): int(s.get("TIME_VALUE")) for s in root.iter("TIME_SLOT")}


def _aligned(tier, slots):
    return [
        (slots[a.get("TIME_SLOT_REF1")], slots[a.get("TIME_SLOT_REF2")])
        for a in tier.iter("ALIGNABLE_ANNOTATION")
    ]


@pytest.mark.parametrize("seed", range(12))
def test_eaf_files_are_what_the_schema_and_elan_want(seed, tmp_path):
    document = random_document(random.Random(seed))
    _, files = _out(tmp_path, exchanges.format_named("elan"), document)
    for path in files:
        root = _tree(path)
        assert (root.tag, root.get("FORMAT")) == ("ANNOTATION_DOCUMENT", "3.0")
        assert {"AUTHOR", "DATE", "VERSION"} <= set(root.attrib)
        order = [child.tag for child in root]
        places = ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "CONSTRAINT"]
        assert order == sorted(order, key=places.index)
        assert root.find("HEADER").get("TIME_UNITS") == "milliseconds"
        _check_names(root)
        _check_times(root)


def _check_names(root):
    tiers = {tier.get("TIER_ID"): tier for tier in root.iter("TIER")}
    kinds = {kind.get("LINGUISTIC_TYPE_ID"): kind for kind in root.iter("LINGUISTIC_TYPE")}
    constraints = {one.get("STEREOTYPE") for one in root.iter("CONSTRAINT")}
    assert len(tiers) == len(root.findall("TIER"))
    ids = [a.get("ANNOTATION_ID") for a in root.iterfind("TIER/ANNOTATION/*")]
    ids += [slot.get("TIME_SLOT_ID") for slot in root.iter("TIME_SLOT")]
    assert len(set(ids)) == len(ids)
    for tier in tiers.values():
        kind = kinds[tier.get("LINGUISTIC_TYPE_REF")]
        assert (tier.get("PARENT_REF") in tiers) == (kind.get("CONSTRAINTS") in constraints)
        wanted = "ALIGNABLE" if kind.get("TIME_ALIGNABLE") == "true" else "REF"
        assert {a.tag for a in tier.iterfind("ANNOTATION/*")} <= {f"{wanted}_ANNOTATION"}
        if kind.get("CONSTRAINTS") == "Symbolic_Association":
            above = {a.get("ANNOTATION_ID") for a in tiers[tier.get("PARENT_REF")].iter()}
            refs = [a.get("ANNOTATION_REF") for a in tier.iter("REF_ANNOTATION")]
            assert set(refs) <= above
            assert len(set(refs)) == len(refs)


def _check_times(root):
    slots = _slots(root)
    assert list(slots.values()) == sorted(slots.values())
    tiers = {tier.get("TIER_ID"): tier for tier in root.iter("TIER")}
    for tier in tiers.values():
        found = _aligned(tier, slots)
        assert all(start < end for start, end in found)
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(found)))
        if tier.get("LINGUISTIC_TYPE_REF") == "apex":
            above = _aligned(tiers[tier.get("PARENT_REF")], slots)
            assert all(any(s <= a and b <= e for s, e in above) for a, b in found)


def test_eaf_tiers_show_what_a_person_wants_to_see(tmp_path):
    other = replace(_EVENT, id=8, keyframes=Keyframes(20, 22, 30), notes="")
    _, (path,) = _out(tmp_path, exchanges.format_named("elan"), _labelled(_EVENT, other))
    root = _tree(path)
    texts = {
        tier.get("TIER_ID"): [value.text for value in tier.iter("ANNOTATION_VALUE")]
        for tier in root.iter("TIER")
    }
    assert list(texts)[:2] == ["A", "A-apex"]
    assert (texts["A"], texts["A (2)"]) == (["disgust"], ["disgust"])
    assert (texts["A-AU"], texts["A-notes"], texts["A-apex"]) == (
        ["4+L7B"],
        ["seen twice"],
        ["apex"],
    )
    assert "frames=10,15,24" in texts["A-fields"][0]
    assert {tier.get("ANNOTATOR") for tier in root.iter("TIER")} == {"A"}
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    assert media.attrib == {
        "MEDIA_URL": "file:///c01.mp4",
        "RELATIVE_MEDIA_URL": "./c01.mp4",
        "MIME_TYPE": "video/mp4",
    }
    assert _aligned(root.find("TIER"), _slots(root)) == [(400, 1000)]


def test_elan_is_not_sent_to_look_for_a_video_in_a_folder_of_images(tmp_path):
    document = _labelled(media="s01/c01")
    _, (path,) = _out(tmp_path, exchanges.format_named("elan"), document)
    assert _tree(path).find("HEADER/MEDIA_DESCRIPTOR") is None


def test_who_moves_an_annotation_in_elan_is_believed(changed):
    found = changed("elan", lambda text: text.replace('TIME_VALUE="1000"', 'TIME_VALUE="1240"'))
    assert _spans(_events(found)) == [(10, 15, 30)]
    assert _kinds(found) == ["exchange-moved"]


def test_times_within_the_rounding_of_elan_are_no_move(changed):
    # 13 frames at 29.97 begin at 433.77 ms: 434, of which ELAN may make nothing else.
    document = _labelled(rate=Fraction(30000, 1001))
    found = changed("elan", lambda text: text.replace("seen twice", "looked again"), document)
    assert _spans(_events(found)) == [(10, 15, 24)]
    assert [event.notes for event in _events(found)] == ["looked again"]
    assert found.findings == ()


def test_changes_of_text_and_apex_in_elan_are_believed(changed):
    def change(text):
        text = text.replace(">disgust<", ">fear<").replace(">4+L7B<", ">1+2<")
        return text.replace('TIME_VALUE="600"', 'TIME_VALUE="640"')

    (event,) = _events(changed("elan", change))
    assert (event.emotion, event.apex) == ("fear", 16)
    assert event.action_units == (ActionUnit(1), ActionUnit(2))
    assert (event.id, event.confidence, event.rejected) == (7, 0.75, _EVENT.rejected)


def _without(tag, text):
    root = ET.fromstring(text)
    for tier in root.iter("TIER"):
        if tier.get("LINGUISTIC_TYPE_REF") == tag:
            for annotation in list(tier):
                tier.remove(annotation)
    return ET.tostring(root, encoding="unicode")


def test_an_apex_that_was_deleted_in_elan_is_gone_and_named(changed):
    found = changed("elan", lambda text: _without("apex", text))
    assert _spans(_events(found)) == [(10, None, 24)]
    assert _kinds(found) == ["exchange-apex"]


def test_a_label_without_its_fields_is_placed_by_its_times(changed):
    (event,) = _events(changed("elan", lambda text: _without("fields", text)))
    assert (event.onset, event.apex, event.offset) == (10, 15, 24)
    assert (event.emotion, event.notes, event.confidence) == ("disgust", "seen twice", None)


_FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-03-01T10:00:00+01:00" FORMAT="3.0" VERSION="3.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/videos/s02/c02.mp4" MIME_TYPE="video/mp4"
            RELATIVE_MEDIA_URL="./c02.mp4"/>
        <PROPERTY NAME="URN">urn:nl-mpi-tools-elan-eaf:0a1b</PROPERTY>
        <PROPERTY NAME="lastUsedAnnotationId">4</PROPERTY>
    </HEADER>
    <TIME_ORDER>
        <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="400"/>
        <TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="985"/>
        <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="2010"/>
        <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="2200"/>
        <TIME_SLOT TIME_SLOT_ID="ts5"/>
    </TIME_ORDER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="face">
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
                <ANNOTATION_VALUE>surprise &amp; joy</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
                <ANNOTATION_VALUE/>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a5" TIME_SLOT_REF1="ts4" TIME_SLOT_REF2="ts5">
                <ANNOTATION_VALUE>open</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="remark" PARENT_REF="face" TIER_ID="comment">
        <ANNOTATION>
            <REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1">
                <ANNOTATION_VALUE>short</ANNOTATION_VALUE>
            </REF_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="head">
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a4" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts4">
                <ANNOTATION_VALUE>nod</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt"
        TIME_ALIGNABLE="true"/>
    <LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false"
        LINGUISTIC_TYPE_ID="remark" TIME_ALIGNABLE="false"/>
    <LOCALE COUNTRY_CODE="US" LANGUAGE_CODE="en"/>
    <CONSTRAINT DESCRIPTION="1-1 association with a parent annotation"
        STEREOTYPE="Symbolic_Association"/>
</ANNOTATION_DOCUMENT>
"""


def test_documents_that_people_made_in_elan(read):
    found = read("elan", _FOREIGN, file="session 3.eaf")
    face = _events(found, "face", "s02", "c02")
    assert _spans(face) == [(10, None, 24), (50, None, 54)]
    assert [(e.emotion, e.notes) for e in face] == [("surprise & joy", "comment: short"), ("", "")]
    assert _spans(_events(found, "head", "s02", "c02")) == [(10, None, 54)]
    assert _kinds(found) == ["exchange-no-time"]


def test_elan_counts_from_where_its_media_begins(read):
    shifted = _FOREIGN.replace('MIME_TYPE="video/mp4"', 'MIME_TYPE="video/mp4" TIME_ORIGIN="200"')
    found = read("elan", shifted)
    assert _spans(_events(found, "face", "s02", "c02"))[0] == (15, None, 29)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<ANNOTATION_DOCUMENT", '<!DOCTYPE a [<!ENTITY b "c">]><ANNOTATION_DOCUMENT', "document"),
        ("ANNOTATION_DOCUMENT", "TRANSCRIPT", "no annotation document"),
        ("milliseconds", "PAL-frames", "PAL-frames"),
        ("</TIME_ORDER>", "", "no XML"),
    ],
)
def test_documents_that_are_refused(old, new, words, read):
    with pytest.raises(LabelError, match=words):
        read("elan", _FOREIGN.replace(old, new))


# -- ELAN's text

_TAB = (
    "face\t\t00:00:00.400\t0.4\t400\t00:00:00.985\t0.985\t985\t00:00:00.585\t0.585\t585\tjoy\n"
    "head\tAnn\t00:00:02.010\t2.01\t2010\t00:00:02.200\t2.2\t2200\t00:00:00.190\t0.19\t190\tnod\n"
)
_TAB_HEAD = (
    "Tier\tParticipant\tBegin Time - hh:mm:ss.ms\tBegin Time - ss.msec\tBegin Time - msec\t"
    "End Time - hh:mm:ss.ms\tEnd Time - ss.msec\tEnd Time - msec\tDuration - hh:mm:ss.ms\t"
    "Duration - ss.msec\tDuration - msec\tAnnotation\n"
)


@pytest.mark.parametrize(
    "text",
    [
        _TAB,
        _TAB_HEAD + _TAB,
        _TAB_HEAD.replace("Begin Time", "Anfangszeit").replace("End Time", "Endzeit") + _TAB,
        '"#file:///C:/videos/session.eaf -- offset: 0, duration: 00:00:10.000"\n' + _TAB,
        _TAB.replace("\n", "\r\n"),
        _TAB.replace("joy", "joy\tC:\\sessions\\one.eaf").replace("nod", "nod\tC:\\one.eaf"),
    ],
    ids=["bare", "named", "german", "document", "windows", "file"],
)
def test_text_that_elan_exports(text, read):
    found = read("elan-text", text)
    assert [(_spans(_events(found, c))) for c in ("face", "head")] == [
        [(10, None, 24)],
        [(50, None, 54)],
    ]
    assert [event.emotion for event in _events(found, "face")] == ["joy"]
    assert found.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "face\t0.4\t0.985\tjoy\n",
        "face\t00:00:00.400\t00:00:00.985\tjoy\n",
        "face\t400\t985\tjoy\n",
        "Begin Time - ss.msec\tEnd Time - ss.msec\tface\thead\n0.4\t0.985\tjoy\t\n",
        "Tier\tBegin Time - msec\tEnd Time - msec\tx\nface\t400\t985\tjoy\n",
    ],
)
def test_text_with_some_of_the_columns(text, read):
    found = read("elan-text", text)
    assert list(found.document.clips[0].tiers) == ["face"]
    assert _spans(_events(found, "face")) == [(10, None, 24)]


def test_commas_instead_of_tabs(read):
    text = 'Tier,Begin Time - msec,End Time - msec,x\nface,400,985,"joy, a little"\n'
    found = read("elan-text", text, file="s01_c01.csv")
    assert [event.emotion for event in _events(found, "face")] == ["joy, a little"]


def test_our_text_has_the_columns_of_elan(tmp_path):
    _, (path,) = _out(tmp_path, exchanges.format_named("elan-text"), _labelled())
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert rows[0] == _TAB_HEAD.strip().split("\t")
    assert [row[0] for row in rows[1:]] == ["meviewer", "A", "A-apex"]
    assert rows[2][1:8] == ["s01", "00:00:00.400", "0.4", "400", "00:00:01.000", "1", "1000"]
    assert rows[3][4] == "600"


# -- Praat

_LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0 
xmax = 10 
tiers? <exists> 
size = 2 
item []: 
    item [1]:
        class = "IntervalTier" 
        name = "Ann ""A"" B" 
        xmin = 0 
        xmax = 10 
        intervals: size = 3 
        intervals [1]:
            xmin = 0 
            xmax = 0.4 
            text = "" 
        intervals [2]:
            xmin = 0.4 
            xmax = 0.985 
            text = "joy ""?"" 12" 
        intervals [3]:
            xmin = 0.985 
            xmax = 10 
            text = " " 
    item [2]:
        class = "TextTier" 
        name = "Ann ""A"" B apex" 
        xmin = 0 
        xmax = 10 
        points: size = 1 
        points [1]:
            number = 0.6 
            mark = "" 
"""  # noqa: W291 - Praat ends its lines with a blank
_SHORT = """File type = "ooTextFile"
"TextGrid"

0
10
<exists>
2
"IntervalTier" "Ann ""A"" B" 0 10 3
0
0.4
""
0.4
0.985
"joy ""?"" 12"
0.985s 10s "" ! the rest
"TextTier"
"Ann ""A"" B apex"
0
10
1
6e-1
""
"""


@pytest.mark.parametrize("text", [_LONG, _SHORT, _SHORT.replace("ooTextFile", "ooTextFile short")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_grids_as_praat_writes_them(text, encoding, read):
    found = read("praat", text.encode(encoding))
    (event,) = _events(found, 'Ann "A" B')
    assert _spans([event]) == [(10, 15, 24)]
    assert event.emotion == 'joy "?" 12'
    assert found.findings == ()


def test_points_that_are_no_apex_are_named(read):
    found = read("praat", _LONG.replace('B apex"', 'B clicks"'))
    assert _spans(_events(found, 'Ann "A" B')) == [(10, None, 24)]
    assert _kinds(found) == ["exchange-no-interval"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ooBinaryFile\x08TextGrid", "binary"),
        (_LONG.replace('"TextGrid"', '"Pitch"'), "no TextGrid"),
        (_LONG.replace("size = 3", "size = 3e7"), "entries"),
        (_LONG.replace("size = 3", "size = 4"), "a number should stand"),
        (_LONG.replace("IntervalTier", "MatrixTier"), "MatrixTier"),
    ],
)
def test_text_grids_that_are_refused(text, words, read):
    with pytest.raises(LabelError, match=words):
        read("praat", text)


@pytest.mark.parametrize("seed", range(8))
def test_our_text_grids_have_no_gaps_and_no_overlaps(seed, tmp_path):
    document = random_document(random.Random(seed))
    _, files = _out(tmp_path, exchanges.format_named("praat"), document)
    for path in files:
        lines = [line.strip() for line in path.read_text("utf-8").split("\n")]
        ends = {line for line in lines[:5] if line.startswith("xmax")}
        for part in path.read_text("utf-8").split("    item [")[1:]:
            if "IntervalTier" in part:
                bounds = [line.strip() for line in part.split("\n") if "xm" in line][2:]
                starts, stops = bounds[::2], bounds[1::2]
                assert starts[0] == "xmin = 0"
                assert stops[-1] in ends
                assert [s[7:] for s in starts[1:]] == [s[7:] for s in stops[:-1]]


def test_overlapping_labels_have_a_second_tier_in_praat(tmp_path):
    other = replace(_EVENT, id=8, keyframes=Keyframes(24, 25, 30))
    _, (path,) = _out(tmp_path, exchanges.format_named("praat"), _labelled(_EVENT, other))
    text = path.read_text("utf-8")
    assert 'name = "A (2)"' in text
    assert 'name = "A (2) apex"' in text


# -- Audacity


def test_labels_as_audacity_exports_them(read):
    text = (
        "0.400000\t0.985000\tjoy | AU=6+12\n"
        "\\\t-1.000000\t6334.588867\n"
        "0.600000\t0.600000\tapex\n"
        "2.010000\t2.200000\n"
        "3.000000\t3.000000\tclick\n"
    )
    found = read("audacity", text)
    events = _events(found, "Audacity")
    assert _spans(events) == [(10, 15, 24), (50, None, 54)]
    assert events[0].action_units == (ActionUnit(6), ActionUnit(12))
    assert [(f.kind, f.row) for f in found.findings] == [("exchange-no-interval", 5)]


def test_our_labels_for_audacity(tmp_path):
    _, (path,) = _out(tmp_path, exchanges.format_named("audacity"), _labelled(_FRESH, _EVENT))
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert [line[:2] for line in lines] == [
        ["0.000000", "10.000000"],
        ["0.400000", "1.000000"],
        ["0.400000", "1.000000"],
        ["0.600000", "0.600000"],
    ]
    assert lines[0][2].startswith("meviewer clip | subject=s01 | clip=c01")
    assert lines[1][2] == "disgust | coder=A | frames=10,-,24 | id=1"
    assert lines[3][2] == "apex | coder=A | id=7"


def test_an_apex_dragged_out_of_its_label_is_named(changed):
    moved = changed("audacity", lambda text: text.replace("0.600000\t0.600000", "5.0\t5.0"))
    assert _spans(_events(moved)) == [(10, None, 24)]
    assert _kinds(moved) == ["exchange-apex"]


@pytest.mark.parametrize("name", _A_CLIP)
def test_labels_that_are_added_belong_to_the_coder_of_their_tier(name, changed):
    added = {
        "elan": lambda text: text.replace(
            "</TIER>",
            '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a99" TIME_SLOT_REF1="t8" '
            'TIME_SLOT_REF2="t9"><ANNOTATION_VALUE>fear</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
            "</ANNOTATION></TIER>",
            1,
        ).replace(
            "</TIME_ORDER>",
            '<TIME_SLOT TIME_SLOT_ID="t8" TIME_VALUE="2000"/>'
            '<TIME_SLOT TIME_SLOT_ID="t9" TIME_VALUE="2200"/></TIME_ORDER>',
        ),
        "elan-text": lambda text: text + "A\t\t\t\t2000\t\t\t2200\t\t\t200\tfear\n",
        "praat": lambda text: text.replace('text = ""', 'text = "fear"'),
        "audacity": lambda text: text + "2.0\t2.2\tfear | coder=A\n",
    }
    events = _events(changed(name, added[name]))
    assert {7, 8} <= {event.id for event in events if event.id}
    assert [event.emotion for event in events if event.id == 7] == ["disgust"]
    assert {event.emotion for event in events if event.id > 7} == {"fear"}


# -- tables


def _rows(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_table_says_each_frame_in_three_ways(name, delimiter, tmp_path):
    document = _labelled(_EVENT, replace(_FRESH, id=9), rate=Fraction(30000, 1001), first=101)
    target, _ = _out(tmp_path, exchanges.format_named(name), document)
    one, other = _rows(target, delimiter)
    assert [one[f"onset_{unit}"] for unit in ("index", "number", "ms")] == [
        "10",
        "111",
        "333.666667",
    ]
    assert [one[f"offset_{unit}"] for unit in ("index", "number", "ms")] == ["24", "125", "800.8"]
    assert [other[f"apex_{unit}"] for unit in ("index", "number", "ms")] == ["", "", ""]
    assert (one["rate"], one["confidence"], one["status"]) == ("30000/1001", "0.75", "draft")
    assert one["rejected"] == "9 15 25"
    assert target.read_bytes().startswith(b"subject")


def test_free_text_is_no_formula_and_umlauts_are_marked_for_spreadsheets(tmp_path):
    texts = ("=1+1", "+1", "-1", "@x", "\tx", "'=x", "'plain", "Überraschung")
    events = tuple(replace(_FRESH, id=i, notes=text) for i, text in enumerate(texts, 1))
    document = _labelled(*events)
    target, _ = _out(tmp_path, exchanges.format_named("csv"), document)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    found = [row["notes"] for row in _rows(target)]
    assert found == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "''=x", "'plain", "Überraschung"]
    back = exchanges.format_named("csv").read(target, bare(document))
    assert sorted(event.notes for event in _events(back)) == sorted(texts)


def test_action_units_are_no_powers_of_ten(tmp_path):
    document = _labelled(replace(_EVENT, action_units=(ActionUnit(1, "", "E"), ActionUnit(2))))
    target, _ = _out(tmp_path, exchanges.format_named("csv"), document)
    assert _rows(target)[0]["action_units"] == "AU1E+2"
    back = exchanges.format_named("csv").read(target, bare(document))
    assert labels_of(back.document) == labels_of(document)


@pytest.mark.parametrize(
    "text",
    [
        "subject,clip,onset_index,offset_index\ns01,c01,10,24\n",
        "subject,clip,onset,offset\ns01,c01,11,25\n",
        "Subject;Filename;OnsetFrame;OffsetFrame\ns01;c01;11;25\n",
        "subject,clip,onset_ms,offset_ms\ns01,c01,401.2,955\n",
        "clip,onset_ms,apex_ms,offset_ms\ns01/c01,400,/,960.000\n",
        "subject,clip,onset_index,onset_number,offset_index,offset_ms\ns01,c01,10,11,24,960\n",
    ],
)
def test_sheets_with_some_of_the_columns(text, read):
    found = read("csv", text)
    assert _spans(_events(found, "table")) == [(10, None, 24)]
    assert found.findings == ()


def test_the_index_counts_before_the_number_and_the_number_before_the_time(read):
    head = "subject,clip,onset_index,onset_number,onset_ms,offset_number,offset_ms\n"
    found = read("csv", head + "s01,c01,10,99,400,25,40\n")
    assert _spans(_events(found, "table")) == [(10, None, 24)]
    assert [(f.kind, f.row) for f in found.findings] == [("exchange-disagrees", 2)] * 2
    assert "index 10 and number 99 and ms 400" in found.findings[0].text


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("s01,c01,300,,24", "exchange-outside"),
        ("s01,c01,10,,999", "exchange-outside"),
        ("s01,c01,ten,,20", "exchange-outside"),
        ("s01,c01,20,,10", "exchange-no-interval"),
        ("s01,c01,20,40,30", "exchange-no-interval"),
        ("s01,c01,20,,", "exchange-no-interval"),
        ("s09,c01,20,25,30", "exchange-clip-unknown"),
        (",c01,20,25,30", "exchange-clip-unknown"),
    ],
)
def test_rows_that_cannot_be_taken_over_are_named(row, kind, read):
    head = "subject,clip,onset_index,apex_index,offset_index\n"
    found = read("csv", f"{head}{row}\ns02,c02,1,2,3\n")
    assert [(f.kind, f.row) for f in found.findings] == [(kind, 2)]
    assert _spans(_events(found, "table", "s02", "c02")) == [(1, 2, 3)]


def test_fractions_are_rounded_and_a_subject_that_lost_its_zero_is_found(read):
    known = _document(_clip("01"), _clip("02"))
    found = read("csv", "subject,clip,onset,offset\n1,c01,10.5,25\n", known)
    assert _spans(_events(found, "table", "01")) == [(10, None, 24)]
    assert _kinds(found) == ["exchange-spelling", "number-rounded"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("subject,clip,onset\ns01,c01,1\n", "no column for the offset"),
        ("subject,clip,offset\ns01,c01,1\n", "no column for the onset"),
        ("subject,onset,offset\ns01,1,2\n", "lacks the column clip"),
    ],
)
def test_tables_without_the_columns_that_it_takes(text, words, read):
    with pytest.raises(LabelError, match=words):
        read("csv", text)


# -- the registry


def test_every_format_has_its_name_title_and_endings():
    for name in exchanges.names():
        chosen = exchanges.format_named(name)
        assert chosen.name == name
        assert chosen.title
        assert all(suffix.startswith(".") for suffix in chosen.suffixes)
        assert chosen.scope in ("project", "clip")
    titles = [exchanges.format_named(name).title for name in exchanges.names()]
    assert len(set(titles)) == len(titles)


def test_an_unknown_format_is_refused_with_the_names():
    with pytest.raises(LabelError, match="elan-text"):
        exchanges.format_named("word")


@pytest.mark.parametrize("name", exchanges.names())
def test_our_own_files_are_known_by_sight(name, tmp_path):
    chosen = exchanges.format_named(name)
    target, files = _out(tmp_path, chosen, _labelled())
    for path in (target, *files):
        assert exchanges.guess(path) == (name,)


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("a.eaf", _FOREIGN, ("elan",)),
        ("a.txt", _TAB, ("elan-text",)),
        ("a.txt", _TAB_HEAD + _TAB, ("elan-text",)),
        ("a.TEXTGRID", _SHORT, ("praat",)),
        ("a.txt", _LONG, ("praat",)),
        ("a.txt", "0.400000\t0.985000\tjoy\n", ("audacity",)),
        ("a.csv", "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame\n", ("csv",)),
        ("a.txt", "dear all,\nplease read this\n", ()),
        ("a.csv", "name,price\nbread,2\n", ()),
        ("a.json", "{}", ()),
        ("a.avi", "RIFF", ()),
    ],
)
def test_files_of_others_are_known_by_sight(file, text, names, tmp_path):
    path = tmp_path / file
    path.write_text(text, "utf-8")
    assert exchanges.guess(path) == names


def test_what_is_not_there_is_nothing(tmp_path):
    assert exchanges.guess(tmp_path / "nowhere.csv") == ()
    assert exchanges.guess(tmp_path) == ()
