"""CAS(ME)^3: letters for videos, several events in each, three workbooks, two parts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import casme3, making

from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.casme3 import READER, ROWS_OF_V1
from meviewer.project.importing import create_project
from meviewer.project.project import Project
from meviewer.project.sheet_copy import plan

_FIXES = {"casme3-apex-167", "casme3-onset-2647", "casme3-offset-34", "casme3-first-frame"}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, casme3.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, casme3.write(root, faults=False)


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


def test_what_a_sample_takes_from_the_sheet(clean):
    samples = READER.read(clean[0]).samples
    second = samples[1]
    assert (second.row, second.sheet, second.rate) == (3, "label", Fraction(30))
    assert (second.subject, second.clip, second.path.name) == ("spNO.1", "a", "color")
    assert (second.onset, second.apex, second.offset) == (12, 14, 18)
    assert (second.emotion, second.objective, second.kind) == ("disgust", "3", "micro")
    assert second.action_units_text == "4+7"
    assert dict(second.places) | {"emotion": 7, "onset": 2} == dict(second.places)
    assert ("objective", "III") in second.cells
    assert samples[0].path == second.path


def test_fixes_are_offered_and_applied_by_name_alone(faulty):
    root, _expected = faulty
    offered = {fix.name: fix for fix in READER.read(root).fixes}
    assert set(offered) == {*_FIXES, "cut-at-clip"}
    assert not any(fix.applied for fix in offered.values())
    report = READER.read(root, options=ReadOptions(frozenset(_FIXES)))
    fixed = {s.fixes: (s.onset, s.apex, s.offset) for s in report.samples if s.fixes}
    assert fixed == {
        ("casme3-apex-167",): (112, 167, 169),
        ("casme3-onset-2647",): (2647, 2668, 2675),
        ("casme3-offset-34",): (28, 31, 34),
        ("casme3-first-frame",): (1, 1, 9),
    }
    told = {f.row for f in report.findings if f.kind == "fixed"}
    assert told == {row for name in _FIXES for row in offered[name].rows}


def test_all_workbooks_have_the_same_clips(clean, tmp_path):
    labels = casme3.write_full(tmp_path)
    report = READER.read(clean[0], labels)
    making.check_accounts(report, 5)
    assert [(s.sheet, s.row, s.kind, s.onset, s.offset) for s in report.samples] == [
        ("AU+Emotion", 2, "micro", 3, 8),
        ("AU+Emotion", 3, "macro", 12, 28),
        ("AU+Emotion", 4, "micro", 2, 8),
        ("eye blink", 2, "blink", 3, 6),
        ("eye blink", 3, "blink", 9, 30),
    ]
    assert [s.apex for s in report.samples] == [5, 14, 4, None, None]
    # Neither an emotion nor the apex of a blink is missed.
    assert {kind for _row, kind in making.kinds(report)} == {"folder-without-row"}


def test_part_c_has_no_apex_and_one_video_a_subject(tmp_path):
    labels = casme3.write_part_c(tmp_path)
    assert registry.guess(tmp_path) == "casme3"
    assert READER.claim(tmp_path).labels == (labels,)
    report = READER.read(tmp_path)
    making.check_accounts(report, 4)
    assert making.kinds(report) == {(None, "apex-column-missing")}
    assert [(s.subject, s.onset, s.apex, s.offset) for s in report.samples] == [
        ("spNO.201", 5, None, 9),
        ("spNO.201", 12, None, 18),
        ("spNO.202", 3, None, 9),
        ("spNO.202", 13, None, 19),
    ]
    assert [unit.number for unit in report.samples[1].action_units] == [1, 2]
    assert report.samples[1].action_units_text == "1\uff0c2"
    assert "clip" not in dict(report.samples[0].cells)


def test_part_c_says_where_a_subject_has_several_clips(tmp_path):
    casme3.write_part_c(tmp_path)
    folder = tmp_path / "part_C" / "spNO.201"
    making.write_frames(folder / "second" / "color", range(1, 21), "{}.jpg".format)
    report = READER.read(tmp_path)
    assert [row.row for row in report.skipped] == [2, 3]
    assert "several clips" in report.skipped[0].reason


def test_both_parts_may_lie_side_by_side(tmp_path):
    expected = casme3.write(tmp_path, faults=False)
    part_c = casme3.write_part_c(tmp_path)
    assert READER.claim(tmp_path).labels == (expected.labels, part_c)
    for labels, n_rows in ((None, expected.n_rows), (part_c, 4)):
        report = READER.read(tmp_path, labels)
        assert len(report.samples) == n_rows
        assert {kind for _row, kind in making.kinds(report)} <= {
            "several-trees",
            "apex-column-missing",
        }


def test_a_row_of_neither_kind_is_told(clean, tmp_path):
    rows = [
        ("Subject", "Filename", "Onset", "Apex", "Offset", "Expression"),
        ("spNO.1", "a", 3, 5, 8, "Macro-expression"),
        ("spNO.1", "a", 12, 14, 18, "?"),
    ]
    labels = making.write_xlsx(tmp_path / "mine.xlsx", {"a": rows})
    report = READER.read(clean[0], labels)
    assert [(s.kind, s.emotion) for s in report.samples] == [("macro", ""), ("", "?")]
    assert (3, "kind-unknown") in making.kinds(report)
    # An emotion that is set later must not overwrite what tells the kind.
    assert ["emotion" in dict(s.places) for s in report.samples] == [False, True]


def test_labels_of_all_kinds_go_back_into_a_copy_of_the_old_workbook(clean, tmp_path):
    labels = casme3.write_full(tmp_path)
    create_project(tmp_path / "project", clean[0], READER.read(clean[0], labels))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("spNO.1", "a")
        kinds = [(e.kind, e.has_apex) for e in project.annotation(sample.id, "A")]
        (source,) = project.sources()
        assert plan(project, source).edits == ()
    assert sorted(kinds) == [("blink", False), ("macro", True), ("micro", True)]


def test_the_first_version_is_told_by_its_rows(clean, tmp_path):
    row = ("spNO.99", "a", "3", "5", "8", "4", "I", "happy")
    sheets = {"label": [casme3.HEADER, *[row] * ROWS_OF_V1]}
    labels = making.write_xls(tmp_path / "cas(me)3_part_A_ME_label_JpgIndex_v1.xls", sheets)
    assert (None, "first-version") in making.kinds(READER.read(clean[0], labels))


def test_its_folders_are_claimed_at_every_level(clean):
    root, expected = clean
    assert registry.guess(root) == "casme3"
    assert READER.claim(root).labels == (expected.labels,)
    for folder in (root / "part_A", root / "part_A" / "spNO.1"):
        assert READER.claim(folder).labels == ()
        assert READER.read(folder, expected.labels).samples
    assert READER.claim(root / "nowhere") is None


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("s15/15_0101disgustingteeth", "img{:03d}.jpg"),
        ("006/006_1_2", "006_{:05d}.jpg"),
        ("spNO.1/a/depth", "{}.png"),
        ("spNO.1/a/color", "img{}.jpg"),
        ("1/a/color", "{}.jpg"),
    ],
)
def test_folders_of_others_are_not_claimed(folder, name, tmp_path):
    making.write_frames(tmp_path / "top" / folder, range(1, 4), name.format)
    assert READER.claim(tmp_path / "top") is None


def test_what_cannot_be_read_as_a_whole_is_an_error(clean, tmp_path):
    with pytest.raises(LabelError, match="No label file"):
        READER.read(tmp_path)
    other = making.write_xlsx(tmp_path / "other.xlsx", {"Sheet1": [("a", "b"), (1, 2)]})
    with pytest.raises(LabelError, match="lacks the column"):
        READER.read(clean[0], other)


def test_the_project_has_indices_of_frames(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("spNO.1", "a")
        events = tuple(project.annotation(sample.id, "A"))
        assert plan(project, project.sources()[0]).edits == ()
    found = [(e.keyframes.onset, e.keyframes.apex, e.keyframes.offset) for e in events]
    assert found == [(2, 4, 7), (11, 13, 17)]
