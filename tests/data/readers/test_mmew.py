"""MMEW in both layouts: every planted fault is found and named, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import making, mmew

from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.mmew import READER
from meviewer.project.importing import create_project
from meviewer.project.project import Project


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, mmew.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, mmew.write(root, faults=False)


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    root = tmp_path_factory.mktemp("official")
    return root, mmew.write(root, faults=True, official=True)


@pytest.mark.parametrize("layout", ["faulty", "official"])
def test_every_planted_fault_is_found_and_nothing_else(layout, request):
    root, expected = request.getfixturevalue(layout)
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows
    unnamed = {f.clip for f in report.findings if f.kind == "folder-without-row"}
    assert unnamed == {"S05-03-020"}


def test_the_clean_twin_is_silent(clean):
    root, expected = clean
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes


def test_others_in_the_sheet_is_repression_in_the_folder(clean):
    sample = READER.read(clean[0]).samples[2]
    assert sample.path.parent.name == "repression"
    assert (sample.emotion, sample.notes) == ("others", "blinks")
    assert (sample.subject, sample.subject_raw, sample.rate) == ("S03", "3", Fraction(90))


def test_a_wrong_subject_in_the_column_does_not_make_another_person(faulty):
    report = READER.read(faulty[0])
    finding = next(f for f in report.findings if f.kind == "subject-disagrees")
    sample = next(s for s in report.samples if s.row == finding.row)
    assert (sample.subject, sample.subject_raw) == ("S05", "6")


def test_an_event_beyond_its_clip_is_cut_only_if_chosen(faulty):
    assert [(fix.name, fix.rows, fix.applied) for fix in READER.read(faulty[0]).fixes] == [
        ("cut-at-clip", (12,), False)
    ]
    report = READER.read(faulty[0], options=ReadOptions(frozenset({"cut-at-clip"})))
    assert [s.offset for s in report.samples if s.row == 12] == [30]


def test_claims_its_own_folders_from_the_top_and_from_within_and_no_others(
    clean, official, tmp_path
):
    root, expected = clean
    top = root / "MMEW_Final"
    for folder in (root, top):
        assert READER.claim(folder).labels == (expected.labels,)
    for folder in (top / "Micro_Expression", top / "Micro_Expression" / "anger"):
        assert READER.claim(folder).labels == ()
    assert READER.claim(official[0]).labels == (official[1].labels,)
    assert registry.guess(root) == registry.guess(official[0]) == "mmew"
    assert READER.claim(top / "Macro_Expression") is None
    making.write_frames(tmp_path / "01" / "EP02_01f", range(1, 4))
    assert READER.claim(tmp_path) is None
    assert READER.claim(tmp_path / "nowhere") is None


def test_frames_alone_with_a_sheet_of_any_name(clean, tmp_path):
    root, expected = clean
    sheet = tmp_path / "mine.xlsx"
    sheet.write_bytes(expected.labels.read_bytes())
    frames = root / "MMEW_Final" / "Micro_Expression"
    assert len(READER.read(frames, sheet).samples) == expected.n_rows
    report = READER.read(frames / "anger", sheet)
    assert [s.clip for s in report.samples] == ["S30-07-001"]
    assert {row.reason.split(" S")[0] for row in report.skipped} == {
        "there is no clip 1/S01-01-001 on disk",
        "there is no clip 1/S01-02-001 on disk",
        "there is no clip 3/S03-04-002 on disk",
    }


def test_what_cannot_be_read_as_a_whole_is_an_error(tmp_path):
    with pytest.raises(LabelError, match="No label file of MMEW"):
        READER.read(tmp_path)
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(tmp_path / "nowhere")


@pytest.mark.parametrize("layout", ["clean", "official"])
def test_the_project_has_indices_of_frames(layout, request, tmp_path):
    root, _expected = request.getfixturevalue(layout)
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("S01", "S01-01-001")
        (event,) = project.annotation(sample.id, "A")
        assert (event.keyframes.onset, event.keyframes.apex, event.keyframes.offset) == (0, 7, 19)
        assert [str(unit) for unit in event.action_units] == ["6", "12"]
