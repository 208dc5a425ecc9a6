"""SAMM Long Videos: macro-expressions in fractions, and emotions that another sheet has."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import making, samm, samm_lv

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data import registry
from meviewer.data.readers.samm_lv import READER
from meviewer.project.importing import create_project
from meviewer.project.project import Project
from meviewer.project.sheet_copy import plan


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, samm_lv.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, samm_lv.write(root, faults=False)


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows


def test_the_clean_twin_has_notes_and_no_faults(clean):
    root, expected = clean
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {finding.severity for finding in report.findings} == {Severity.INFO}
    assert not report.skipped
    assert not report.fixes


def test_macro_expressions_are_rounded_half_up_and_their_cells_kept(clean):
    samples = READER.read(clean[0]).samples
    # Nine rows of notes and the header come before the first row of labels.
    assert [(s.row, s.kind, s.clip) for s in samples] == [
        (11, "micro", "006_1"),
        (12, "macro", "006_1"),
        (13, "macro", "006_2"),
        (14, "micro", "007_3"),
    ]
    macro = samples[1]
    assert (macro.onset, macro.apex, macro.offset) == (45, 61, 181)
    assert {"onset": "45.4", "apex": "60.5", "clip": "006_1_2"}.items() <= dict(macro.cells).items()
    assert dict(macro.places)["offset"] == 5
    assert (samples[0].notes, samples[0].rate) == ("Blink", Fraction(200))
    assert samples[0].sheet == "FACS_Movement_Only"


def test_an_apex_of_minus_one_is_missing_and_not_invented(faulty):
    report = READER.read(faulty[0])
    (finding,) = (f for f in report.findings if f.kind == "apex-missing")
    assert {s.row: s.apex for s in report.samples}[finding.row] is None


def test_a_name_that_became_a_date_is_told_by_subject_and_inducement(faulty):
    report = READER.read(faulty[0])
    (row,) = (f.row for f in report.findings if f.kind == "name-mangled")
    assert {s.row: s.clip for s in report.samples}[row] == "010_1"


def test_emotions_come_from_the_sheet_of_samm_and_frames_do_not(tmp_path):
    expected = samm_lv.write(tmp_path, faults=False)
    path = samm_lv.write_samm(tmp_path)
    assert READER.claim(tmp_path).labels == (expected.labels,)
    assert registry.guess(tmp_path) == "samm-lv"
    report = READER.read(tmp_path)
    assert report.labels == (expected.labels, path)
    assert [(s.emotion, s.objective, s.onset) for s in report.samples] == [
        ("Anger", "7", 3),
        ("", "", 45),
        ("", "", 10),
        ("Other", "4", 5),
    ]
    assert "emotion" not in dict(report.samples[0].places)
    told = {kind for _row, kind in making.kinds(report)}
    assert told == {"number-rounded", "emotions-merged"}


def test_emotions_are_found_beside_a_sheet_that_was_named(clean, tmp_path):
    labels = tmp_path / "mine.xlsx"
    labels.write_bytes(clean[1].labels.read_bytes())
    samm_lv.write_samm(tmp_path)
    report = READER.read(clean[0], labels)
    assert [s.emotion for s in report.samples] == ["Anger", "", "", "Other"]


def test_the_type_has_to_be_the_same_and_unknown_classes_are_told(tmp_path):
    samm_lv.write(tmp_path, faults=False)
    rows = (
        ("006", "006_1_1", 1, 3, 10, 40, 38, "Micro - 1/2", "4", "Angr", 7),
        ("007", "007_3_1", 3, 5, 9, 30, 26, "Macro", "14", "Other", 4),
    )
    samm_lv.write_samm(tmp_path, rows)
    found = making.kinds(READER.read(tmp_path))
    assert {(11, "emotion-unknown"), (14, "emotion-missing")} <= found


def test_the_newest_release_goes_first(tmp_path):
    expected = samm_lv.write(tmp_path, faults=False)
    old = tmp_path / "SAMM_LongVideos_V1_Release.xlsx"
    old.write_bytes(expected.labels.read_bytes())
    assert READER.claim(tmp_path).labels == (expected.labels, old)


def test_its_folders_are_claimed_at_every_level(clean):
    root, expected = clean
    assert registry.guess(root) == "samm-lv"
    assert READER.claim(root).labels == (expected.labels,)
    frames = root / "SAMM_longvideos"
    assert READER.claim(frames).labels == ()
    assert len(READER.read(frames, expected.labels).samples) == expected.n_rows
    assert READER.claim(root / "nowhere") is None


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("006/006_1_2", "006_{:05d}.jpg"),
        ("006_1", "img{}.jpg"),
        ("006_1", "007_1_{:04d}.jpg"),
        ("s15/15_0101disgustingteeth", "img{:03d}.jpg"),
    ],
)
def test_folders_of_others_are_not_claimed(folder, name, tmp_path):
    making.write_frames(tmp_path / "top" / folder, range(1, 4), name.format)
    assert READER.claim(tmp_path / "top") is None


def test_samm_and_its_long_videos_side_by_side_are_for_the_user_to_decide(tmp_path):
    samm.write(tmp_path / "samm", faults=False)
    samm_lv.write(tmp_path / "long", faults=False)
    below = [(path.name, claim.reader) for path, claim in registry.claims_below(tmp_path)]
    assert below == [("long", "samm-lv"), ("samm", "samm")]
    assert registry.guess(tmp_path) is None


def test_what_cannot_be_read_as_a_whole_is_an_error(clean, tmp_path):
    samm_lv.write_samm(tmp_path)
    with pytest.raises(LabelError, match="No label file"):
        READER.read(tmp_path)
    other = making.write_xlsx(tmp_path / "other.xlsx", {"Sheet1": [("a", "b"), (1, 2)]})
    with pytest.raises(LabelError, match="lacks the column"):
        READER.read(clean[0], other)


def test_the_project_has_indices_of_frames(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("006", "006_1")
        events = tuple(project.annotation(sample.id, "A"))
        assert plan(project, project.sources()[0]).edits == ()
    found = [(e.keyframes.onset, e.keyframes.apex, e.keyframes.offset) for e in events]
    assert found == [(2, 9, 39), (44, 60, 180)]
