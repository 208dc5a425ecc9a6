"""SAMM: a header below notes, columns that check each other, and the faults of its sheet."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import casme2, making, samm

from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_READER = registry.reader("samm")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, samm.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, samm.write(root, faults=False)


def _read(root, *fixes, labels=None, tree=""):
    return _READER.read(root, labels, ReadOptions(frozenset(fixes), tree))


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows


@pytest.mark.parametrize("notes", [True, False])
def test_the_clean_twin_is_silent(notes, tmp_path):
    expected = samm.write(tmp_path, faults=False, notes=notes)
    report = _read(tmp_path)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes
    assert {sample.objective for sample in report.samples} == set("1234567")


def test_what_a_sample_takes_from_the_sheet(clean):
    sample = _read(clean[0]).samples[1]
    # Thirteen rows of notes and the header come before the first row of labels.
    assert (sample.row, sample.sheet) == (16, "MICRO_ONLY")
    assert (sample.subject, sample.clip) == ("006", "006_5_10")
    assert (sample.onset, sample.apex, sample.offset) == (36, 40, 50)
    assert (sample.emotion, sample.objective, sample.kind) == ("Happiness", "1", "micro")
    assert (sample.notes, sample.rate) == ("Blink at the offset", Fraction(200))
    assert ("Inducement Code", "5") in sample.cells


def test_the_text_of_action_units_is_kept_as_it_is(clean):
    texts = [sample.action_units_text for sample in _read(clean[0]).samples]
    assert texts[0] == "4B or 1A"
    assert {"A/L12", "10A/B"} <= set(texts)


def test_fixes_are_offered_and_applied_by_name_alone(faulty):
    root, _expected = faulty
    offered = {fix.name: fix for fix in _read(root).fixes}
    assert set(offered) == {"samm-meb", "samm-apex-4930", "samm-offset-5739", "cut-at-clip"}
    assert not any(fix.applied for fix in offered.values())
    report = _read(root, "samm-meb", "samm-offset-5739")
    by_clip = {s.clip: s for s in report.samples}
    assert by_clip["028_4_1"].apex == 1105
    assert by_clip["032_3_1"].apex == 4945
    assert by_clip["013_1_9"].offset == 5739
    fixed = {row for row, kind in making.kinds(report) if kind == "fixed"}
    assert fixed == {*offered["samm-meb"].rows, *offered["samm-offset-5739"].rows}
    typo = _read(root, "samm-apex-4930")
    assert {s.clip: s.apex for s in typo.samples}["032_3_1"] == 4930


@pytest.mark.parametrize(("apex", "offers"), [(5110, True), (5130, False), (5111, False)])
def test_an_apex_right_after_the_onset_is_only_corrected_where_it_is(apex, offers, tmp_path):
    numbers = range(5100, 5200)
    making.write_frames(tmp_path / "032" / "032_3_2", numbers, "032_{:05d}.jpg".format)
    row = ("032", "032_3_2", 3, 5109, apex, 5180, 72, "Micro - 1/2", "4", "Anger", 7)
    making.write_xlsx(tmp_path / "SAMM.xlsx", {"a": [samm.HEADER, row]})
    assert [fix.name for fix in _read(tmp_path).fixes] == (["samm-meb"] if offers else [])


def test_a_macro_expression_is_none_of_the_micro_ones(tmp_path):
    making.write_frames(tmp_path / "006" / "006_1_2", range(1, 200), "006_{}.jpg".format)
    row = ("006", "006_1_2", 1, 2, 90, 190, 189, "Macro", "4", "Anger", 7)
    making.write_xlsx(tmp_path / "SAMM.xlsx", {"a": [samm.HEADER, row]})
    report = _read(tmp_path)
    assert report.samples[0].kind == "macro"
    assert not report.findings


def test_cropped_pictures_can_be_chosen(tmp_path):
    expected = samm.write(tmp_path, faults=False)
    samm.write_cropped(tmp_path)
    assert _read(tmp_path).trees == ("raw", "cropped")
    report = _read(tmp_path, tree="cropped")
    assert len(report.samples) == expected.n_rows
    assert {s.path.parents[1].name for s in report.samples} == {"SAMM_CROP"}
    labels = expected.labels
    assert _read(tmp_path / "SAMM_CROP", labels=labels).trees == ("cropped",)
    assert _read(tmp_path / "SAMM", labels=labels).trees == ("raw",)


def test_clips_without_folders_of_subjects_are_found(tmp_path):
    making.write_frames(tmp_path / "SAMM" / "006_1_2", range(1, 20), "006_{}.jpg".format)
    row = ("006", "006_1_2", 1, 2, 9, 19, 18, "Micro - 1/2", "4", "Anger", 7)
    making.write_xlsx(tmp_path / "SAMM.xlsx", {"a": [samm.HEADER, row]})
    report = _read(tmp_path)
    assert [(s.subject, s.clip) for s in report.samples] == [("006", "006_1_2")]
    assert not report.findings


def test_its_folders_are_claimed_at_every_level(tmp_path):
    expected = samm.write(tmp_path / "top", faults=False)
    for root in (tmp_path, tmp_path / "top"):
        assert _READER.claim(root).labels == (expected.labels,)
        assert registry.guess(root) == "samm"
    assert _READER.claim(tmp_path / "top" / "SAMM").labels == ()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("006_1", "006_1_{:04d}.jpg"),  # SAMM Long Videos
        ("x/006_1", "006_1_{:04d}.jpg"),
        ("sub01/EP02_01f", "img{}.jpg"),
        ("s01/s1_ne_01", "image{:06d}.jpg"),
        ("S03/happiness/03-01-002", "{}.jpg"),
        ("pictures/006_1_2", "img{}.jpg"),
    ],
)
def test_folders_of_others_are_not_claimed(folder, name, tmp_path):
    making.write_frames(tmp_path / "top" / folder, range(1, 4), name.format)
    assert _READER.claim(tmp_path / "top") is None
    assert _READER.claim(tmp_path) is None


def test_the_sheet_of_the_long_videos_is_not_its_own(tmp_path):
    expected = samm.write(tmp_path, faults=False)
    header = ("Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Type")
    row = ("006", "006_1_2", 1, 2, 9, 19, "Micro - 1/2")
    making.write_xlsx(tmp_path / "SAMM_LongVideos_V1_Release.xlsx", {"a": [header, row]})
    assert _READER.claim(tmp_path).labels == (expected.labels,)


def test_any_label_file_can_be_named(clean, tmp_path):
    root, expected = clean
    copy = tmp_path / "mine"
    copy.write_bytes(expected.labels.read_bytes())
    report = _read(root, labels=copy)
    assert len(report.samples) == expected.n_rows
    casme2.write(tmp_path, faults=False)
    with pytest.raises(LabelError, match="No label file of SAMM found"):
        _read(tmp_path)


@pytest.mark.parametrize(("clip", "subject"), [("006_1_2", "006"), ("009_3_4", "009")])
def test_the_project_has_the_right_frames(clip, subject, clean, tmp_path):
    root, _expected = clean
    report = _read(root)
    create_project(tmp_path / "made", root, report)
    sample = next(s for s in report.samples if s.clip == clip)
    with Project.open(tmp_path / "made") as project:
        (event,) = project.tier("A")[project.find_sample(subject, clip).id]
    # Each clip of the miniature begins two frames before its onset.
    assert event.onset == 2
    assert event.apex - event.onset == sample.apex - sample.onset
    assert event.offset - event.onset == sample.offset - sample.onset
