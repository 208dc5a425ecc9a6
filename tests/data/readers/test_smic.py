"""SMIC without a sheet, SMIC-E with its workbooks, and every fault planted in either."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import making, smic

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.smic import READER
from meviewer.data.readers.smic_clips import parse_name
from meviewer.project.importing import create_project
from meviewer.project.project import Project
from meviewer.project.sheet_copy import plan


def _sound(report):
    assert [f for f in report.findings if f.severity is not Severity.INFO] == []
    assert report.skipped == ()


def test_every_fault_of_the_long_version_is_found_and_no_other(tmp_path):
    expected = smic.write(tmp_path, faults=True)
    report = READER.read(tmp_path)
    assert making.kinds(report) == expected.findings
    assert report.n_rows == expected.n_rows
    assert {row.row for row in report.skipped} == expected.skipped_rows
    assert all(row.reason for row in report.skipped)
    # Row 19 has a second event without offset: the first one is a sample all the same.
    assert [s.offset for s in report.samples if s.row == 19] == [20]
    assert report.labels == (expected.labels,)
    named = {f.clip for f in report.findings if f.kind == "folder-without-row"}
    assert named == {"s5_po_21"}


def test_the_clean_long_version_is_silent(tmp_path):
    expected = smic.write(tmp_path, faults=False)
    report = READER.read(tmp_path)
    _sound(report)
    assert making.kinds(report) == expected.findings
    assert report.n_rows == expected.n_rows == len(report.samples)
    absent = next(f for f in report.findings if f.kind == "samples-absent")
    assert "s2_sur_05" in absent.text


def test_numbers_of_the_camera_become_numbers_of_the_images(tmp_path):
    smic.write(tmp_path, faults=False)
    samples = READER.read(tmp_path).samples
    found = [(s.clip, s.onset, s.offset, s.apex, s.shift) for s in samples]
    assert found == [
        ("s1_ne_01", 10, 25, None, 30000),
        ("s1_po_02", 5, 30, None, 31000),
        ("s3_sur_03", 41004, 41020, None, 0),
        ("s3_sur_03", 41030, 41040, None, 0),
        ("s3_sur_03", 41045, 41058, None, 0),
        ("s20_ne_01", 160, 180, None, 0),
    ]
    assert {s.rate for s in samples} == {Fraction(100)}
    assert [s.subject for s in samples[:3]] == ["s01", "s01", "s03"]
    assert samples[2].subject_raw == "3"
    # Corrected labels are written back to the columns of their own event.
    own = [(dict(s.places)["onset"], dict(s.cells)["onset"]) for s in samples[2:5]]
    assert own == [(3, "41004"), (5, "41030"), (7, "41045")]


def test_a_copy_that_lost_its_first_images_still_counts_as_the_camera_did(tmp_path):
    smic.write(tmp_path, faults=False)
    folder = next(tmp_path.rglob("s3_sur_03"))
    for number in (41001, 41002):
        (folder / f"image{number:06d}.jpg").unlink()
    report = READER.read(tmp_path)
    assert [s.onset for s in report.samples if s.row == 4] == [41004, 41030, 41045]
    assert (4, "length-disagrees") in making.kinds(report)


def test_a_missing_first_frame_does_no_harm_where_images_have_the_cameras_numbers(tmp_path):
    expected = smic.write(tmp_path, faults=False)
    rows = [
        ["Subject", "Filename", "OnsetF", "OffsetF", "FirstF", "Emotion"],
        [3, "s03_sur_3", 41004, 41020, "-", "surprise"],
    ]
    making.write_xlsx(expected.labels, {"any name": rows})
    report = READER.read(tmp_path)
    assert [(s.clip, s.onset, s.shift) for s in report.samples] == [("s3_sur_03", 41004, 0)]
    making.write_xlsx(expected.labels, {"any name": [[*row[:4], *row[5:]] for row in rows]})
    report = READER.read(tmp_path)
    assert report.samples[0].onset == 41004
    assert (None, "first-frame-missing") in making.kinds(report)


@pytest.mark.parametrize(("camera", "events"), [("VIS", [(5, 12), (20, 25)]), ("NIR", [(5, 12)])])
def test_the_slow_cameras_have_columns_of_their_own(camera, events, tmp_path):
    labels = smic.write_camera(tmp_path, camera)
    assert READER.claim(tmp_path).labels == (labels,)
    report = READER.read(tmp_path)
    _sound(report)
    assert [(s.onset, s.offset) for s in report.samples] == events
    assert report.samples[0].rate == Fraction(25)
    assert report.trees == (f"{camera.lower()}-e",)


def test_every_fault_of_the_short_version_is_found_and_no_other(tmp_path):
    expected = smic.write_short(tmp_path, faults=True)
    report = READER.read(tmp_path)
    assert making.kinds(report) == expected.findings
    making.check_accounts(report, expected.n_rows)
    assert {row.row for row in report.skipped} == expected.skipped_rows


def test_the_short_version_needs_no_sheet(tmp_path):
    expected = smic.write_short(tmp_path, faults=False)
    report = READER.read(tmp_path)
    assert report.trees[0] == "hs"
    _sound(report)
    making.check_accounts(report, expected.n_rows)
    assert [(s.row, s.subject, s.clip, s.emotion) for s in report.samples] == [
        (1, "s1", "s1_ne_01", "negative"),
        (2, "s1", "s1_ne_10", "negative"),
        (3, "s3", "s3_sur_03", "surprise"),
    ]
    first = report.samples[0]
    assert (first.onset, first.apex, first.offset) == (30256, None, 30275)
    assert set(report.trees) == {"hs", "vis", "hs-cropped"}
    slow = READER.read(tmp_path, options=ReadOptions(tree="vis"))
    assert [(s.clip, s.rate) for s in slow.samples] == [("s11_po_01", Fraction(25))]


def test_short_and_long_version_side_by_side(tmp_path):
    expected = smic.write(tmp_path, faults=False)
    smic.write_short(tmp_path, faults=False)
    assert READER.read(tmp_path).trees[0] == "hs"
    long = READER.read(tmp_path, options=ReadOptions(tree="hs-e"))
    assert long.trees[0] == "hs-e"
    assert READER.read(tmp_path, expected.labels).samples == long.samples
    # The short version is read without a sheet, so that none is proposed.
    assert READER.claim(tmp_path).labels == ()
    short = READER.read(tmp_path, expected.labels, ReadOptions(tree="hs"))
    assert (len(short.samples), short.labels) == (3, ())


def test_each_camera_is_read_with_its_own_sheet(tmp_path):
    expected = smic.write(tmp_path, faults=False)
    slow = smic.write_camera(tmp_path, "VIS")
    assert READER.claim(tmp_path).labels == (expected.labels, slow)
    report = READER.read(tmp_path, expected.labels, ReadOptions(tree="vis-e"))
    assert report.labels == (slow,)


def test_a_sheet_may_speak_of_short_clips_that_kept_the_cameras_numbers(tmp_path):
    smic.write_short(tmp_path / "set", faults=False)
    rows = [
        ["Subject", "Filename", "OnsetF", "OffsetF", "FirstF", "LastF", "Emotion"],
        [1, "s1_ne_01", 30258, 30270, 30200, 30400, "negative"],
    ]
    sheet = making.write_xlsx(tmp_path / "mine.xlsx", {"Sheet1": rows})
    report = READER.read(tmp_path / "set" / "SMIC_all_raw" / "HS", sheet)
    assert [(s.clip, s.onset, s.offset) for s in report.samples] == [("s1_ne_01", 30258, 30270)]


def test_a_sheet_may_have_any_name(tmp_path):
    expected = smic.write(tmp_path / "set", faults=False)
    elsewhere = expected.labels.rename(tmp_path / "mine.xlsx")
    report = READER.read(tmp_path / "set" / "SMIC-E_raw image", elsewhere)
    assert len(report.samples) == expected.n_rows


def test_what_cannot_be_read_as_a_whole_is_an_error(tmp_path):
    with pytest.raises(LabelError, match="No clip of SMIC"):
        READER.read(tmp_path)
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(tmp_path / "nowhere")
    expected = smic.write(tmp_path, faults=False)
    expected.labels.unlink()
    with pytest.raises(LabelError, match="SMIC-HS-E_annotation"):
        READER.read(tmp_path)


def test_claims_its_own_folders_from_the_top_and_from_within_and_no_others(tmp_path):
    expected = smic.write(tmp_path / "long", faults=False)
    smic.write_short(tmp_path / "short", faults=False)
    top = tmp_path / "long" / "SMIC-E_raw image"
    for root in (tmp_path / "long", top, top / "HS_long"):
        assert READER.claim(root).labels == (expected.labels,)
    assert READER.claim(top / "HS_long" / "SMIC-HS-E").labels == ()
    assert READER.claim(top / "HS_long" / "SMIC-HS-E" / "s01").labels == ()
    assert READER.claim(tmp_path / "short" / "SMIC_all_raw" / "HS").labels == ()
    assert registry.guess(tmp_path / "long") == registry.guess(tmp_path / "short") == "smic"
    making.write_frames(tmp_path / "other" / "01" / "EP02_01f", range(1, 4))
    assert READER.claim(tmp_path / "other") is None
    assert READER.claim(tmp_path / "nowhere") is None


def test_frames_alone_are_read_as_what_the_folders_above_say(tmp_path):
    smic.write_short(tmp_path, faults=False)
    report = READER.read(tmp_path / "SMIC_all_raw" / "VIS")
    assert (report.trees, report.samples[0].rate) == (("vis",), Fraction(25))


def test_the_project_has_indices_of_frames(tmp_path):
    smic.write(tmp_path / "set", faults=False)
    report = READER.read(tmp_path / "set")
    create_project(tmp_path / "project", tmp_path / "set", report)
    with Project.open(tmp_path / "project") as project:
        first = project.find_sample("s01", "s1_ne_01")
        keyframes = [e.keyframes for e in project.annotation(first.id, "A")]
        assert [(k.onset, k.offset) for k in keyframes] == [(9, 24)]
        third = project.find_sample("s03", "s3_sur_03")
        events = tuple(project.annotation(third.id, "A"))
        spans = [(e.keyframes.onset, e.keyframes.offset) for e in events]
        assert spans == [(3, 19), (29, 39), (44, 57)]
        assert not any(event.has_apex for event in events)
        assert plan(project, project.sources()[0]).edits == ()


@pytest.mark.parametrize("text", ["s3_ne_03", "s03_ne_03", "S3_NE_3 "])
def test_a_clip_has_one_name_however_it_is_padded(text):
    name = parse_name(text)
    assert (name.subject, name.emotion, name.number) == (3, "negative", 3)
