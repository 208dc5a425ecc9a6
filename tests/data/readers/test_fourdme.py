"""4DME: several emotions a clip, and texts that their own columns check."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from miniatures import fourdme, making

from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.fourdme import READER, joined
from meviewer.project import sheet_copy
from meviewer.project.importing import create_project
from meviewer.project.project import Project


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, fourdme.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, fourdme.write(root, faults=False)


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows


def test_the_clean_twin_is_silent(clean):
    root, expected = clean
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes


def test_several_emotions_are_joined_in_one_order(clean):
    samples = READER.read(clean[0]).samples
    assert [s.emotion for s in samples] == [
        "Negative",
        "negative+surprise",
        "Positive+Repression",
        "negative+surprise",
        "Others",
        "Repression",
    ]
    assert dict(samples[1].cells)["emotion as written"] == "Negative, Surprise"
    assert "emotion as written" not in dict(samples[0].cells)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Surprise / negative", "negative+surprise"),
        ("other", "others"),
        ("negative+Negative", "negative"),
        ("fear+positive", "positive+fear"),
        ("", ""),
    ],
)
def test_how_emotions_are_joined(text, expected):
    assert joined(text) == expected


def test_doubtful_units_stay_in_the_text_alone(clean):
    sample = READER.read(clean[0]).samples[2]
    assert sample.action_units_text == "6+12+14(k)"
    assert [str(unit) for unit in sample.action_units] == ["6", "12"]


def test_blinks_are_noted_and_a_clip_may_hold_two_events(clean):
    samples = READER.read(clean[0]).samples
    assert [s.notes for s in samples] == ["", "", "", "", "eye blink", ""]
    assert samples[4].path == samples[5].path
    assert (samples[4].subject, samples[4].subject_raw) == ("03", "3")
    assert {s.rate for s in samples} == {Fraction(60)}


def test_exchanged_units_are_told_with_both_sides_and_not_corrected(faulty):
    report = READER.read(faulty[0])
    texts = [f.text for f in report.findings if f.kind == "units-disagree"]
    assert texts == [
        "The columns of action units say 1, 2, the text '4+7'",
        "The columns of action units say 4, 7, the text '1+2'",
    ]
    assert [(fix.name, fix.applied) for fix in report.fixes] == [("cut-at-clip", False)]


def test_a_text_of_units_that_cannot_be_read_is_not_compared(tmp_path):
    making.write_frames(tmp_path / "gray_micro" / "1" / "a", range(1, 31), "{}.jpg".format)
    header = ("sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs", "AU4")
    sheet = tmp_path / "any.xlsx"
    making.write_xlsx(sheet, {"x": [header, (1, "a", "negative", 1, 5, 9, "brow?", 1)]})
    assert not READER.read(tmp_path, sheet).findings


def test_an_event_beyond_its_clip_is_cut_only_if_chosen(faulty):
    report = READER.read(faulty[0], options=ReadOptions(frozenset({"cut-at-clip"})))
    assert {s.clip: s.offset for s in report.samples}["a07"] == 30


def test_its_folders_are_claimed_at_every_level_and_others_are_not(tmp_path):
    root = tmp_path / "data" / "4DME"
    root.mkdir(parents=True)
    expected = fourdme.write(root, faults=False)
    for folder in (root, root.parent):
        assert READER.claim(folder).labels == (expected.labels,)
        assert registry.guess(folder) == "4dme"
    assert READER.claim(root / "gray_micro").labels == ()
    making.write_frames(tmp_path / "other" / "sub01" / "EP02_01f", range(1, 4))
    assert READER.claim(tmp_path / "other") is None
    assert READER.claim(tmp_path / "nowhere") is None


def test_frames_alone_and_under_another_name_with_a_sheet_that_is_named(clean, tmp_path):
    root, expected = clean
    report = READER.read(root / "gray_micro", expected.labels)
    assert len(report.samples) == expected.n_rows
    assert len(READER.read(root / "gray_micro" / "01", expected.labels).samples) == 2
    making.write_frames(tmp_path / "grey" / "01" / "clip1_1", range(1, 31), "{}.jpg".format)
    assert [s.clip for s in READER.read(tmp_path, expected.labels).samples] == ["clip1_1"]


def test_what_cannot_be_read_as_a_whole_is_an_error(tmp_path):
    with pytest.raises(LabelError, match="No label file of 4DME"):
        READER.read(tmp_path)
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(tmp_path / "nowhere")


def test_the_project_has_indices_of_frames_and_joined_emotions(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        (event,) = project.annotation(project.find_sample("01", "clip1_2").id, "A")
        assert (event.onset, event.apex, event.offset) == (2, 11, 21)
        assert event.emotion == "negative+surprise"


def test_joining_emotions_is_no_correction_but_another_emotion_is(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        (source,) = project.sources()
        assert not sheet_copy.plan(project, source).edits
        sample = project.find_sample("01", "clip1_2")
        annotation = project.annotation(sample.id, "A")
        (event,) = annotation
        changed = annotation.with_event(replace(event, emotion="positive"))
        project.set_tier(sample.id, "A", changed, "test")
        (edit,) = sheet_copy.plan(project, source).edits
    assert (edit.sheet, edit.row, edit.column, edit.value) == ("Sheet1", 3, 2, "positive")
