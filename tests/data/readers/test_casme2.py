"""CASME II: every fault of its sheets is found and named, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import casme2, making

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_READER = registry.reader("casme2")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, casme2.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, casme2.write(root, faults=False)


def _read(root, *fixes, labels=None, tree=""):
    return _READER.read(root, labels, ReadOptions(frozenset(fixes), tree))


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows
    assert report.labels == (expected.labels,)


@pytest.mark.parametrize(("old", "xls"), [(False, False), (True, False), (True, True)])
def test_the_clean_twin_is_silent(old, xls, tmp_path):
    expected = casme2.write(tmp_path, faults=False, old=old, xls=xls)
    report = _read(tmp_path)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes
    assert {sample.objective for sample in report.samples} == (
        {""} if old else {"1", "2", "3", "4", "5", "6", "7"}
    )


def test_what_a_sample_takes_from_the_sheet(clean):
    sample = _read(clean[0]).samples[1]
    assert (sample.subject, sample.subject_raw, sample.clip) == ("sub01", "01", "EP03_02")
    assert (sample.onset, sample.apex, sample.offset) == (131, 161, 181)
    assert (sample.emotion, sample.action_units_text) == ("others", "4+L10")
    assert (sample.kind, sample.objective, sample.rate) == ("micro", "7", Fraction(200))
    assert ("Objective Classes", "7") in sample.cells or ("objective", "7") in sample.cells
    assert dict(sample.places) | {"onset": 3, "apex": 4, "offset": 5} == dict(sample.places)


def test_a_missing_apex_is_not_invented(faulty):
    samples = {(s.row, s.clip): s.apex for s in _read(faulty[0]).samples}
    assert samples[10, "EP12_01f"] is None


@pytest.mark.parametrize("subject", ["01", 1, "sub01"])
def test_subjects_may_be_text_or_numbers(subject, tmp_path):
    making.write_frames(tmp_path / "RAW" / "sub01" / "EP02_01f", range(46, 87))
    row = (subject, "EP02_01f", None, 46, 59, 86, None, 12, "happiness")
    making.write_xlsx(tmp_path / "CASME2.xlsx", {"a": [casme2.HEADER_2014, row]})
    report = _read(tmp_path)
    assert [(s.subject, s.subject_raw) for s in report.samples] == [("sub01", str(subject))]
    assert not report.findings


def test_fixes_are_offered_and_applied_by_name_alone(faulty):
    root, _expected = faulty
    offered = {fix.name: fix for fix in _read(root).fixes}
    assert set(offered) == {"casme2-2019", "casme2-meb", "casme2-apex-300", "cut-at-clip"}
    assert not any(fix.applied for fix in offered.values())
    assert all(fix.source for fix in offered.values())

    report = _read(root, "casme2-2019", "casme2-meb", "casme2-apex-300")
    applied = {fix.name for fix in report.fixes if fix.applied}
    assert applied == {"casme2-2019", "casme2-meb", "casme2-apex-300"}
    by_clip = {(s.subject, s.clip): s for s in report.samples}
    assert by_clip["sub24", "EP07_01"].emotion == "surprise"
    assert by_clip["sub07", "EP06_01"].offset == 91
    assert by_clip["sub04", "EP12_01f"].apex == 300
    assert by_clip["sub04", "EP12_01f"].fixes == ("casme2-apex-300",)
    fixed = {row for row, kind in making.kinds(report) if kind == "fixed"}
    named = (offered[name].rows for name in ("casme2-2019", "casme2-meb", "casme2-apex-300"))
    assert fixed == {row for rows in named for row in rows}


def test_a_copy_that_somebody_has_edited_is_told(tmp_path):
    making.write_frames(tmp_path / "CASME2-RAW" / "sub04" / "EP12_01f", range(261, 322))
    row = ("04", "EP12_01f", None, 261, 300, 321, None, "4", "others")
    making.write_xlsx(tmp_path / "CASME2.xlsx", {"a": [casme2.HEADER_2014, row]})
    report = _read(tmp_path)
    assert making.kinds(report) == {(2, "sheet-edited")}
    assert report.samples[0].apex == 300


def test_several_sets_of_pictures_are_told_and_one_is_read(tmp_path):
    casme2.write(tmp_path, faults=False)
    casme2.write_other_pictures(tmp_path)
    report = _read(tmp_path)
    assert report.trees == ("raw", "selected", "cropped")
    assert {s.path.parents[1].name for s in report.samples} == {"CASME2-RAW"}
    assert [(f.kind, f.severity) for f in report.findings] == [("several-trees", Severity.INFO)]
    cropped = _read(tmp_path, tree="cropped")
    assert {s.path.parents[1].name for s in cropped.samples} == {"Cropped"}
    assert len(cropped.samples) == len(report.samples)


def test_the_newer_sheet_comes_first(tmp_path):
    old = casme2.write(tmp_path, faults=False, old=True, xls=True).labels
    new = casme2.write(tmp_path, faults=False).labels
    assert _READER.claim(tmp_path).labels == (new, old)
    assert _read(tmp_path).labels == (new,)
    assert _read(tmp_path, labels=old).labels == (old,)


def test_its_folders_are_claimed_at_every_level(tmp_path):
    expected = casme2.write(tmp_path / "CASME2", faults=False)
    for root in (tmp_path, tmp_path / "CASME2"):
        claim = _READER.claim(root)
        assert (claim.reader, claim.labels) == ("casme2", (expected.labels,))
    assert _READER.claim(tmp_path / "CASME2" / "CASME2-RAW").labels == ()
    assert _READER.claim(tmp_path / "CASME2" / "CASME2-RAW" / "sub01") is not None


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("sub01/EP01_5", "EP01_5-{}.jpg"),  # CASME
        ("sub01/EP01_5", "reg_EP01_5-{}.jpg"),
        ("006/006_1_2", "006_{:05d}.jpg"),
        ("s01/s1_ne_01", "image{:06d}.jpg"),
        ("01/EP02_01f", "img{}.jpg"),
        ("pictures", "img{}.jpg"),
    ],
)
def test_folders_of_others_are_not_claimed(folder, name, tmp_path):
    making.write_frames(tmp_path / "top" / folder, range(1, 4), name.format)
    assert _READER.claim(tmp_path / "top") is None
    assert _READER.claim(tmp_path) is None
    assert _READER.claim(tmp_path / "nowhere") is None


def test_a_folder_of_several_data_sets_is_not_claimed(tmp_path):
    casme2.write(tmp_path / "CASME2", faults=False)
    making.write_frames(tmp_path / "SAMM" / "006" / "006_1_2", [1], "006_{:05d}.jpg".format)
    assert _READER.claim(tmp_path) is None


def test_links_in_circles_and_damaged_sheets_do_no_harm(tmp_path):
    expected = casme2.write(tmp_path, faults=False)
    for name, to in (("circle", "circle"), ("itself", "."), ("nowhere", "gone")):
        (tmp_path / name).symlink_to(to)
    (tmp_path / "CASME2-RAW" / "sub01" / "EP02_01f" / "img999.jpg").symlink_to("img999.jpg")
    (tmp_path / "CASME2-coding-20190702.xlsx").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "CASME2_label_Ver_2.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut")
    (tmp_path / "CASME2.xlsx").mkdir()
    assert [claim.labels for claim in registry.claims(tmp_path)] == [(expected.labels,)]
    report = _read(tmp_path)
    assert len(report.samples) == expected.n_rows
    assert not report.findings


def test_without_a_sheet_the_error_says_what_to_do(tmp_path):
    making.write_frames(tmp_path / "sub01" / "EP02_01f", range(46, 50))
    with pytest.raises(LabelError, match="No label file of CASME II found"):
        _read(tmp_path)


def test_the_project_has_the_right_frames(tmp_path, clean):
    root, _expected = clean
    create_project(tmp_path / "made", root, _read(root))
    with Project.open(tmp_path / "made") as project:
        sample = project.find_sample("sub01", "EP03_02")
        (event,) = project.tier("A")[sample.id]
        # The miniature's clip begins with the file img125.jpg.
        assert (event.onset, event.apex, event.offset) == (6, 36, 56)
        assert (event.objective, event.kind) == ("7", "micro")


def test_a_video_begins_with_frame_one_of_the_sheet(tmp_path, write_video):
    path = tmp_path / "CASME2_Compressed" / "sub01" / "EP02_01f.avi"
    path.parent.mkdir(parents=True)
    write_video(path, codec="mjpeg", pix_fmt="yuvj420p", n=90)
    row = ("01", "EP02_01f", None, 46, 59, 86, None, 12, "happiness")
    making.write_xlsx(tmp_path / "CASME2.xlsx", {"a": [casme2.HEADER_2014, row]})
    assert _READER.claim(tmp_path) is not None
    report = _read(tmp_path)
    sample = report.samples[0]
    assert (sample.onset, sample.apex, sample.offset, sample.shift) == (45, 58, 85, 1)
    create_project(tmp_path / "made", tmp_path, report)
    with Project.open(tmp_path / "made") as project:
        stored = project.find_sample("sub01", "EP02_01f")
        (event,) = project.tier("A")[stored.id]
        assert (event.onset, event.apex, event.offset) == (45, 58, 85)
