"""CASME: two apexes a row, names with and without padding, and the faults of its sheet."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import casme, casme2, making

from meviewer.core.action_units import ActionUnit
from meviewer.core.errors import LabelError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_READER = registry.reader("casme")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, casme.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, casme.write(root, faults=False)


def _read(root, *fixes, labels=None, tree=""):
    return _READER.read(root, labels, ReadOptions(frozenset(fixes), tree))


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows


def test_the_clean_twin_is_silent(clean):
    root, expected = clean
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped
    assert not report.fixes


def test_what_a_sample_takes_from_the_sheet(clean):
    sample = _read(clean[0]).samples[1]
    assert (sample.subject, sample.subject_raw, sample.clip) == ("sub01", "1", "EP03_2")
    assert (sample.onset, sample.apex, sample.offset) == (73, 76, 81)
    assert (sample.emotion, sample.kind, sample.rate) == ("tense", "micro", Fraction(60))
    assert sample.action_units == (ActionUnit(4), ActionUnit(10, "L"))
    assert sample.notes == "second apex 78"


def test_the_second_apex_is_taken_where_the_first_is_missing_if_asked_for(faulty):
    root, _expected = faulty
    row = 9
    plain = _read(root)
    (offer,) = (fix for fix in plain.fixes if fix.name == "casme-second-apex")
    assert (offer.rows, offer.applied) == ((row,), False)
    assert {s.row: s.apex for s in plain.samples}[row] is None
    fixed = _read(root, "casme-second-apex")
    sample = next(s for s in fixed.samples if s.row == row)
    assert (sample.apex, sample.fixes) == (13, ("casme-second-apex",))
    assert (row, "fixed") in making.kinds(fixed)
    assert (row, "apex-missing") not in making.kinds(fixed)


def test_cropped_pictures_can_be_chosen(tmp_path):
    expected = casme.write(tmp_path, faults=False)
    casme.write_cropped(tmp_path)
    assert _read(tmp_path).trees == ("raw", "cropped")
    report = _read(tmp_path, tree="cropped")
    assert len(report.samples) == expected.n_rows
    assert {s.path.parents[1].name for s in report.samples} == {"Cropped"}


def test_its_folders_are_claimed_at_every_level(tmp_path):
    expected = casme.write(tmp_path / "CASME", faults=False)
    for root in (tmp_path, tmp_path / "CASME"):
        assert _READER.claim(root).labels == (expected.labels,)
    assert _READER.claim(tmp_path / "CASME" / "sub01").labels == ()


def test_casme2_is_another_data_set(tmp_path):
    casme2.write(tmp_path / "two", faults=False)
    casme2.write_other_pictures(tmp_path / "two")
    casme.write(tmp_path / "one", faults=False)
    assert _READER.claim(tmp_path / "two") is None
    assert _READER.claim(tmp_path / "two" / "Cropped") is None
    assert _READER.claim(tmp_path) is None
    assert registry.guess(tmp_path / "one") == "casme"
    assert registry.guess(tmp_path / "two") == "casme2"


def test_unrelated_folders_are_not_claimed(tmp_path):
    making.write_frames(tmp_path / "pictures" / "sub01" / "holiday", range(1, 4))
    assert _READER.claim(tmp_path) is None
    assert _READER.claim(tmp_path / "pictures") is None
    assert _READER.claim(tmp_path / "nowhere") is None


def test_any_label_file_can_be_named(clean, tmp_path):
    root, expected = clean
    copy = tmp_path / "mine.dat.xlsx"
    copy.write_bytes(expected.labels.read_bytes())
    assert len(_read(root, labels=copy).samples) == expected.n_rows
    making.write_frames(tmp_path / "sub01" / "EP01_5", [1], "EP01_5-{}.jpg".format)
    copy.unlink()
    with pytest.raises(LabelError, match="No label file of CASME found"):
        _read(tmp_path)


@pytest.mark.parametrize(
    ("subject", "clip", "indices"),
    [("sub01", "EP03_2", (13, 16, 21)), ("sub11", "EP13_3f", (7, 11, 15))],
)
def test_the_project_has_the_right_frames(subject, clip, indices, clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "made", root, _read(root))
    with Project.open(tmp_path / "made") as project:
        (event,) = project.tier("A")[project.find_sample(subject, clip).id]
    assert (event.onset, event.apex, event.offset) == indices
