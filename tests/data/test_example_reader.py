"""The example reader, and with it the rules, the report and the registry of all readers."""

from __future__ import annotations

import json
from fractions import Fraction

import factories
import pytest

from meviewer.core.action_units import ActionUnit
from meviewer.core.errors import LabelError
from meviewer.core.events import Keyframes, Source
from meviewer.core.findings import Severity
from meviewer.data import registry, subjects
from meviewer.data.clip import open_clip
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import ApexPolicy, ImportOptions, event_of

_HEADER = "subject,clip,onset,apex,offset,emotion,action_units,coder\n"


@pytest.fixture
def root(tmp_path):
    """A data set: subjects 01 and s02, clips of the numbers 101 to 140."""
    for subject, clip in (("01", "EP02_01f"), ("01", "EP03_02"), ("s02", "EP01_5")):
        factories.write_clip(tmp_path / subject / clip, factories.moving_frames(height=8, width=9))
    return tmp_path


def _read(root, *rows):
    (root / "labels.csv").write_text(_HEADER + "".join(f"{row}\n" for row in rows))
    report = registry.reader("example").read(root)
    assert report.n_rows == len(rows)
    return report


def _of(report, kind):
    return [finding for finding in report.findings if finding.kind == kind]


def test_a_sound_row_becomes_a_sample(root):
    report = _read(root, "01,EP02_01f,110,120,130,happiness,6+L12B,A")
    sample = report.samples[0]
    assert (sample.row, sample.subject, sample.clip) == (2, "01", "EP02_01f")
    assert (sample.onset, sample.apex, sample.offset) == (110, 120, 130)
    assert (sample.emotion, sample.coder, sample.rate) == ("happiness", "A", None)
    assert sample.action_units == (ActionUnit(6), ActionUnit(12, "L", "B"))
    assert report.skipped == ()
    with open_clip(sample.path) as clip:
        assert clip.rate == Fraction(200)
        event = event_of(sample, 1, clip, ImportOptions())
    assert (event.keyframes, event.source) == (Keyframes(9, 19, 29), Source.DATA_SET)
    assert event.has_apex


@pytest.mark.parametrize("apex", ["", "/", "-", "0", "-1"])
def test_a_missing_apex_is_reported_and_the_sample_kept(apex, root):
    report = _read(root, f"01,EP02_01f,110,{apex},130,disgust,,")
    finding = _of(report, "apex-missing")[0]
    assert (finding.row, finding.subject, finding.clip) == (2, "01", "EP02_01f")
    sample = report.samples[0]
    assert sample.apex is None
    with open_clip(sample.path) as clip:
        unset = event_of(sample, 1, clip, ImportOptions())
        middle = event_of(sample, 1, clip, ImportOptions(apex=ApexPolicy.MIDDLE))
        searched = ImportOptions(
            apex=ApexPolicy.FREE, find_apex=lambda _clip, onset, _offset: onset + 3
        )
        free = event_of(sample, 1, clip, searched)
    assert not unset.has_apex
    assert (middle.keyframes.apex, middle.apex_source) == (19, Source.MIDDLE)
    assert (free.keyframes.apex, free.apex_source) == (12, Source.GAMDSS)


def test_an_apex_of_zero_counts_where_frames_start_at_zero(root):
    frames = factories.moving_frames(height=8, width=9)
    factories.write_clip(root / "01" / "zero", frames, first_number=0)
    report = _read(root, "01,zero,0,0,5,fear,,")
    assert report.samples[0].apex == 0
    assert not _of(report, "apex-missing")
    assert _of(report, "apex-on-onset")


@pytest.mark.parametrize(
    ("numbers", "kind", "reason"),
    [
        ("130,120,110", "wrong-order", "the onset 130 comes after the offset 110"),
        ("110,120,0", "offset-zero", "the offset is 0, which stands for a missing one"),
        ("100,120,130", "outside-clip", "the onset 100 lies outside the clip's 101 to 140"),
        ("110,120,141", "outside-clip", "the offset 141 lies outside the clip's 101 to 140"),
        ("110,abc,130", "row-faulty", "the apex is no frame number: 'abc'"),
        (",120,130", "onset-missing", "the onset is missing"),
    ],
)
def test_impossible_numbers_leave_the_row_out_with_a_reason(numbers, kind, reason, root):
    report = _read(root, "01,EP03_02,110,120,130,fear,,", f"01,EP02_01f,{numbers},fear,,")
    assert [(row.row, row.clip, row.reason) for row in report.skipped] == [(3, "EP02_01f", reason)]
    assert [(f.row, f.severity) for f in _of(report, kind)] == [(3, Severity.ERROR)]
    assert len(report.samples) == 1


@pytest.mark.parametrize("apex", [105, 131])
def test_an_apex_outside_its_event_is_left_out_and_the_event_kept(apex, root):
    report = _read(root, f"01,EP02_01f,110,{apex},130,fear,,")
    assert report.samples[0].apex is None
    assert [(f.row, f.severity) for f in _of(report, "apex-outside")] == [(2, Severity.ERROR)]


def test_events_beyond_the_clip_are_cut_only_if_the_user_says_so(root):
    rows = ("01,EP02_01f,110,120,145,fear,,", "01,EP03_02,90,105,120,fear,,")
    offered = _read(root, *rows, "s02,EP01_5,150,155,160,fear,,")
    assert not offered.samples
    assert [(fix.name, fix.rows, fix.applied) for fix in offered.fixes] == [
        ("cut-at-clip", (2, 3), False)
    ]
    options = ReadOptions(fixes=frozenset({"cut-at-clip"}))
    report = registry.reader("example").read(root, options=options)
    assert [(s.onset, s.offset, s.fixes) for s in report.samples] == [
        (110, 140, ("cut-at-clip",)),
        (101, 120, ("cut-at-clip",)),
    ]
    assert [row.row for row in report.skipped] == [4]


def test_frames_that_are_not_on_disk(root):
    for number in (115, 116, 120):
        (root / "01" / "EP02_01f" / f"img{number:04d}.png").unlink()
    report = _read(root, "01,EP02_01f,110,120,130,fear,,", "01,EP02_01f,112,118,130,fear,,")
    assert [(s.row, s.apex) for s in report.samples] == [(2, None), (3, 118)]
    assert "frame 120 of the apex is missing" in _of(report, "frame-missing")[0].text
    assert [f.row for f in _of(report, "frames-missing")] == [2, 3]
    assert len(_of(report, "numbers-missing")) == 1


def test_images_of_several_sizes_are_no_clip(root):
    factories.write_clip(root / "s02" / "mixed", factories.moving_frames(n=9, height=8, width=9))
    other = factories.moving_frames(n=1, height=12, width=9)
    factories.write_clip(root / "other", other, first_number=110)
    (root / "other" / "img0110.png").rename(root / "s02" / "mixed" / "img0110.png")
    report = _read(root, "s02,mixed,101,102,103,fear,,")
    assert report.skipped[0].reason == "its images differ in size: 9 of 9x8 px, 1 of 9x12 px"
    assert [f.row for f in _of(report, "sizes-differ")] == [2]


def test_a_shorter_way_to_write_a_number_is_rounded_and_said(root):
    report = _read(root, "01,EP02_01f,110.4,119.5,130,fear,,")
    assert (report.samples[0].onset, report.samples[0].apex) == (110, 120)
    assert len(_of(report, "number-rounded")) == 2


def test_a_long_event_is_told_when_the_rate_is_known(root):
    (root / "01" / "EP02_01f" / "clip.json").write_text('{"rate": "30/1"}')
    report = _read(root, "01,EP02_01f,110,120,130,fear,,", "01,EP03_02,110,120,130,fear,,")
    assert [(f.row, f.text) for f in _of(report, "too-long")] == [
        (2, "It lasts 700 ms, longer than 500 ms")
    ]


def test_doubts_that_do_not_forbid_a_sample(root):
    report = _read(root, "01,EP02_01f,110,110,130,fear,,", "01,EP03_02,110,130,130,,,")
    assert len(report.samples) == 2
    assert [f.row for f in _of(report, "apex-on-onset")] == [2]
    assert [f.row for f in _of(report, "apex-on-offset")] == [3]
    assert [f.row for f in _of(report, "emotion-missing")] == [3]


def test_a_clip_that_is_not_there_and_a_folder_without_row(root):
    report = _read(root, "01,EP99,110,120,130,fear,,", "03,EP02_01f,110,120,130,fear,,")
    assert [row.reason for row in report.skipped] == [
        "there is no clip 01/EP99 on disk",
        "there is no clip 03/EP02_01f on disk",
    ]
    assert [(f.subject, f.clip) for f in _of(report, "folder-without-row")] == [
        ("01", "EP02_01f"),
        ("01", "EP03_02"),
        ("s02", "EP01_5"),
    ]


def test_one_subject_in_two_spellings_is_one_subject(root):
    report = _read(
        root,
        "01,EP02_01f,110,120,130,fear,,",
        "sub1,ep03_02,110,120,130,fear,,",
        "2,EP01_5,110,,130,,,",
    )
    assert [(s.subject, s.subject_raw, s.clip) for s in report.samples] == [
        ("01", "01", "EP02_01f"),
        ("01", "sub1", "EP03_02"),
        ("s02", "2", "EP01_5"),
    ]
    found = _of(report, "subject-spelling")
    assert [(f.row, f.subject) for f in found] == [(3, "01"), (4, "s02")]
    assert "'01', 'sub1'" in found[0].text


def test_two_folders_of_one_subject_keep_their_own_clips(root):
    factories.write_clip(root / "1" / "EP02_01f", factories.moving_frames(n=9, height=8, width=9))
    report = _read(root, "1,EP02_01f,101,102,103,fear,,", "01,EP02_01f,110,120,130,fear,,")
    assert [s.path for s in report.samples] == [root / "1" / "EP02_01f", root / "01" / "EP02_01f"]
    assert {s.subject for s in report.samples} == {"01"}
    assert _of(report, "subject-spelling")


def test_several_events_of_a_clip_but_none_twice(root):
    report = _read(
        root,
        "01,EP02_01f,105,107,109,fear,,A",
        "01,EP02_01f,120,125,130,fear,,A",
        "01,EP02_01f,105,108,110,fear,,B",
        "1,EP02_01f,105,106,109,fear,,A",
    )
    assert [sample.row for sample in report.samples] == [2, 3, 4]
    assert "row 2" in report.skipped[0].reason


def test_a_clip_folder_whose_images_vanish_is_a_skipped_row(root, monkeypatch):
    from meviewer.data.doctor import clip_tree

    monkeypatch.setattr(clip_tree, "has_images", lambda folder: folder.parent.name == "01")
    (root / "01" / "hollow").mkdir()
    report = _read(root, "01,hollow,1,2,3,fear,,")
    assert "No frames found" in report.skipped[0].reason
    assert _of(report, "clip-unreadable")


def test_the_report_as_json_has_the_published_shape(root):
    report = _read(root, "01,EP02_01f,110,/,130,fear,,", "01,EP99,1,2,3,fear,,")
    document = json.loads(json.dumps(report.as_json()))
    assert document["samples"] == 1
    assert document["skipped"] == [
        {"row": 3, "clip": "EP99", "reason": "there is no clip 01/EP99 on disk"}
    ]
    assert document["findings"][0] == {
        "kind": "apex-missing",
        "row": 2,
        "subject": "01",
        "clip": "EP02_01f",
        "text": "The apex is missing: its cell is '/'",
    }


def test_labels_may_lie_elsewhere(root, tmp_path_factory):
    sheet = tmp_path_factory.mktemp("elsewhere") / "mine.csv"
    sheet.write_text("Subject;Filename;Onset;Apex;Offset\n01;EP02_01f;110;120;130\n")
    assert len(registry.reader("example").read(root, sheet).samples) == 1


def test_what_cannot_be_read_as_a_whole_is_an_error(root):
    reader = registry.reader("example")
    with pytest.raises(LabelError, match="Could not read the label file"):
        reader.read(root)
    with pytest.raises(LabelError, match="No such data set"):
        reader.read(root / "nowhere")
    (root / "labels.csv").write_text("who,what\n1,2\n")
    with pytest.raises(LabelError, match="lacks the columns"):
        reader.read(root)


def test_readers_are_found_by_name_and_by_what_lies_there(root):
    assert "example" in registry.names()
    assert registry.reader(" Example ").title
    with pytest.raises(LabelError, match="Choose one of"):
        registry.reader("nothing")
    assert registry.guess(root) is None
    (root / "labels.csv").write_text(_HEADER)
    assert registry.guess(root) == "example"
    assert registry.guess(root / "01") is None
    assert registry.guess(root / "nowhere") is None


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (("sub01", "S1", "01", "1", "spNO.1", "Subject 001"), "1"),
        (("sub10", "s010", "10"), "10"),
        (("Anna", "anna ", "ANNA"), "anna"),
        (("s20_2", "S020-02", "20 2"), "20-2"),
    ],
)
def test_subjects_have_one_key(spellings, key):
    assert {subjects.key(subject) for subject in spellings} == {key}


def test_different_subjects_have_different_keys():
    names = ("s1", "s2", "s10", "s1_0", "1_01", "anna", "s", "p", "subanna", "表情")
    assert len({subjects.key(name) for name in names}) == len(names)
