"""CAS(ME)^2: every planted fault is found and named, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import casme_squared, making

from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.casme_squared import READER
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_FIX = ReadOptions(frozenset({"offset-from-apex"}))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, casme_squared.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, casme_squared.write(root, faults=False)


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows
    unnamed = [f.clip for f in report.findings if f.kind == "folder-without-row"]
    assert unnamed == ["40_0508cat"]


def test_the_clean_twin_is_silent(clean):
    root, expected = clean
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes


def test_what_a_sample_takes_from_the_sheet(clean):
    samples = READER.read(clean[0]).samples
    first = samples[0]
    assert (first.row, first.subject, first.subject_raw) == (1, "s15", "1")
    assert (first.clip, first.onset, first.apex) == ("15_0101disgustingteeth", 10, 20)
    assert (first.emotion, first.notes) == ("negative", "self-report: disgust")
    assert (first.rate, first.sheet) == (Fraction(30), "CASFEcode_final")
    assert ("clip", "disgust1_1") in first.cells
    assert dict(first.places)["emotion"] == 6
    assert [s.kind for s in samples] == ["macro", "micro", "micro", "macro", "micro"]
    assert samples[1].path == first.path


def test_an_offset_of_zero_becomes_the_apex_only_if_chosen(faulty):
    root, expected = faulty
    offered = [(fix.name, fix.rows, fix.applied) for fix in READER.read(root).fixes]
    assert ("offset-from-apex", expected.without_offset, False) in offered
    report = READER.read(root, options=_FIX)
    made = {s.row: (s.onset, s.apex, s.offset, s.fixes) for s in report.samples}
    assert made[6] == (30, 45, 45, ("offset-from-apex",))
    assert (6, "fixed") in making.kinds(report)
    assert (6, "offset-zero") not in making.kinds(report)


def test_an_apex_of_zero_is_missing_and_not_invented(faulty):
    samples = {s.row: s for s in READER.read(faulty[0]).samples}
    assert samples[7].apex is None
    assert samples[8].apex is None


def test_a_misspelt_report_is_read_as_what_was_meant_and_said(faulty):
    report = READER.read(faulty[0])
    finding = next(f for f in report.findings if f.kind == "self-report-misspelt")
    sample = next(s for s in report.samples if s.row == finding.row)
    assert sample.notes == "self-report: happiness"
    assert ("self-report", "happyiness") in sample.cells


def test_without_naming_rules_folders_in_their_order_will_do_if_all_are_there(tmp_path):
    expected = casme_squared.write(tmp_path, faults=False)
    rows = [(1, "disgust1_1", 10, 20, 32, 4, "negative", "macro-expression", "disgust")]
    making.write_xlsx(expected.labels, {"anything": rows})
    report = READER.read(tmp_path)
    assert "naming rule1" in report.skipped[0].reason
    for number in range(16, 37):
        folder = tmp_path / "rawpic" / f"s{number}" / f"{number}_0508cat"
        making.write_frames(folder, range(1, 3), "img{:03d}.jpg".format)
    making.write_frames(tmp_path / "rawpic" / "s9" / "09_0101disgustingteeth", range(1, 40))
    # s9, s15 to s36 and s40 are too many; without s40 and s36 they are 22.
    for gone in ("s40", "s36"):
        (tmp_path / "rawpic" / gone).rename(tmp_path / f"no {gone}")
    for folder in tmp_path.glob("no *"):
        for image in folder.rglob("*.jpg"):
            image.unlink()
    report = READER.read(tmp_path)
    assert [s.subject for s in report.samples] == ["s9"]
    assert (None, "naming-rule-missing") in making.kinds(report)


def test_pictures_of_single_events_are_a_set_of_their_own(tmp_path):
    casme_squared.write(tmp_path, faults=False)
    casme_squared.write_selected(tmp_path)
    report = READER.read(tmp_path)
    assert report.trees == ("raw", "selected")
    assert len(report.samples) == 5
    report = READER.read(tmp_path, options=ReadOptions(tree="selected"))
    assert [(s.clip, s.onset, s.offset) for s in report.samples] == [
        ("disgust1_1", 10, 32),
        ("disgust1_2", 40, 51),
    ]
    assert len(report.skipped) == 3


def test_a_video_begins_with_frame_one_of_the_sheet(tmp_path, write_video):
    expected = casme_squared.write(tmp_path / "pictures", faults=False)
    root = tmp_path / "set"
    path = root / "rawvideo" / "s15" / "15_0101disgustingteeth.avi"
    path.parent.mkdir(parents=True)
    write_video(path, codec="mjpeg", pix_fmt="yuvj420p", n=60)
    report = READER.read(root, expected.labels)
    assert [(s.row, s.onset, s.offset, s.shift) for s in report.samples] == [
        (1, 9, 31, 1),
        (2, 39, 50, 1),
    ]


def test_blinks_are_read_when_their_list_is_named(clean, tmp_path):
    root, _expected = clean
    blinks = casme_squared.write_blinks(tmp_path)
    report = READER.read(root, blinks)
    making.check_accounts(report, 4)
    assert [(s.row, s.subject, s.onset, s.offset) for s in report.samples] == [
        (2, "s15", 5, 9),
        (3, "s15", 20, 24),
        (4, "s16", 30, 36),
    ]
    assert {(s.kind, s.apex) for s in report.samples} == {("blink", None)}
    assert (5, "clip-unknown") in making.kinds(report)
    assert {"onset": "5", "offset": "9"}.items() <= dict(report.samples[0].cells).items()


def test_a_list_of_blinks_beside_the_sheet_is_told(tmp_path):
    casme_squared.write(tmp_path, faults=False)
    casme_squared.write_blinks(tmp_path)
    report = READER.read(tmp_path)
    assert making.kinds(report) == {(None, "blinks-beside")}
    assert {s.kind for s in report.samples} == {"micro", "macro"}


def test_claims_its_own_folders_from_the_top_and_from_within_and_no_others(clean, tmp_path):
    root, expected = clean
    assert READER.claim(root).labels == (expected.labels,)
    assert registry.guess(root) == "casme-squared"
    for folder in (root / "rawpic", root / "rawpic" / "s15"):
        assert READER.claim(folder).labels == ()
    (tmp_path / "above").mkdir()
    (tmp_path / "above" / "CAS(ME)^2").symlink_to(root)
    assert len(READER.claim(tmp_path / "above").labels) == 1
    making.write_frames(tmp_path / "other" / "sub01" / "EP02_01f", range(1, 4))
    assert READER.claim(tmp_path / "other") is None
    assert READER.claim(tmp_path / "nowhere") is None


def test_frames_alone_with_a_sheet_of_any_name(clean, tmp_path):
    root, expected = clean
    sheet = tmp_path / "mine.xlsx"
    sheet.write_bytes(expected.labels.read_bytes())
    assert len(READER.read(root / "rawpic", sheet).samples) == expected.n_rows
    within = READER.read(root / "rawpic" / "s15", sheet)
    assert [s.row for s in within.samples] == [1, 2, 3]


def test_the_updated_sheet_goes_first(tmp_path):
    casme_squared.write(tmp_path, faults=False, sheet="CASMEcode_final")
    updated = tmp_path / "CAS(ME)^2code_final(Updated).xlsx"
    updated.write_bytes((tmp_path / "CAS(ME)^2code_final.xlsx").read_bytes())
    assert READER.claim(tmp_path).labels[0] == updated
    assert READER.read(tmp_path).labels == (updated,)


def test_what_cannot_be_read_as_a_whole_is_an_error(clean, tmp_path):
    with pytest.raises(LabelError, match="No label file"):
        READER.read(tmp_path)
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(tmp_path / "nowhere")
    other = making.write_xlsx(tmp_path / "other.xlsx", {"Sheet1": [("a", "b"), (1, 2)]})
    with pytest.raises(LabelError, match="no label file of"):
        READER.read(clean[0], other)


def test_the_project_has_indices_of_frames(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("s15", "15_0101disgustingteeth")
        events = tuple(project.annotation(sample.id, "A"))
        found = [(e.keyframes.onset, e.keyframes.apex, e.keyframes.offset) for e in events]
        assert found == [(9, 19, 31), (39, 43, 50)]
        assert [event.kind for event in events] == ["macro", "micro"]
        assert events[0].notes == "self-report: disgust"
