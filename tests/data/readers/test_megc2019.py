"""MEGC 2019: a list chooses clips of three sets, each of which its own reader reads."""

from __future__ import annotations

import pytest
from miniatures import casme2, making, megc2019, samm, smic

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_READER = registry.reader("megc2019")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, megc2019.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, megc2019.write(root, faults=False)


def _read(root, *fixes, labels=None, tree=""):
    return _READER.read(root, labels, ReadOptions(frozenset(fixes), tree))


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows


def test_the_clean_twin_has_no_doubts(clean):
    root, expected = clean
    report = _read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {finding.severity for finding in report.findings} == {Severity.INFO}
    assert not report.skipped
    assert not report.fixes


def test_people_of_different_sets_stay_different(clean):
    report = _read(clean[0])
    assert {sample.subject for sample in report.samples} == {
        *("casme2:sub01", "casme2:sub03", "casme2:sub07"),
        *("samm:006", "samm:013", "samm:014", "samm:037"),
        *("smic:s1", "smic:s3"),
    }
    assert {sample.dataset for sample in report.samples} == {"megc2019"}


def test_a_sample_has_the_class_of_the_list_and_the_frames_of_the_set(clean):
    samples = {(s.subject, s.clip): s for s in _read(clean[0]).samples}
    one = samples["casme2:sub01", "EP02_01f"]
    assert (one.row, one.onset, one.apex, one.offset) == (1, 46, 59, 86)
    assert (one.emotion, one.subject_raw, one.objective) == ("positive", "sub01", "1")
    assert ("emotion of the sheet", "happiness") in one.cells
    assert ("row of the sheet", "2") in one.cells
    assert not one.places
    other = samples["samm:006", "006_1_2"]
    assert (other.row, other.subject_raw, other.emotion) == (5, "6", "negative")
    assert ("emotion of the sheet", "Anger") in other.cells
    film = samples["smic:s3", "s3_sur_03"]
    assert (film.emotion, film.apex) == ("surprise", None)


@pytest.mark.parametrize("subject", ["6", "06", "006"])
def test_a_subject_may_be_written_with_or_without_zeros(subject, clean, tmp_path):
    labels = megc2019.write_list(tmp_path, [f"samm,{subject},006_1_2,0"])
    report = _read(clean[0], labels=labels)
    assert [s.subject for s in report.samples] == ["samm:006"]
    assert "subject-spelling" not in {f.kind for f in report.findings}


def test_a_list_with_a_header_is_read_too(clean, tmp_path):
    rows = ["dataset,sub,filename_o,label,apex,imagename", "casme2,sub01,EP02_01f,1,,x.png"]
    report = _read(clean[0], labels=megc2019.write_list(tmp_path, rows))
    assert [(s.row, s.clip) for s in report.samples] == [(2, "EP02_01f")]
    assert not report.skipped


def test_a_row_that_the_sets_own_reader_leaves_out_says_why(faulty):
    reasons = {row.row: row.reason for row in _read(faulty[0]).skipped}
    assert reasons[16] == ("row 16 of CASME II is left out: the onset 50 comes after the offset 40")
    assert reasons[20] == "SAMM has no row for 006/006_1_9"


def test_clips_that_were_relabelled_after_the_list_are_named(tmp_path):
    casme2.write(tmp_path / "CASME2", faults=False)
    folder = tmp_path / "CASME2" / "CASME2-RAW" / "sub24" / "EP07_01"
    making.write_frames(folder, range(1, 30))
    for emotion, kinds in (("surprise", {"not-listed"}), ("sadness", set())):
        row = ("24", "EP07_01", None, 3, 9, 20, None, 1, emotion)
        sheet = tmp_path / "CASME2" / "CASME2-coding-20190701.xlsx"
        making.write_xlsx(sheet, {"Sheet1": [casme2.HEADER_2014, row]})
        labels = megc2019.write_list(tmp_path, ["casme2,sub01,EP02_01f,1"])
        found = [f for f in _read(tmp_path, labels=labels).findings if f.severity == Severity.INFO]
        assert {f.kind for f in found} == kinds
    listed = megc2019.write_list(tmp_path, ["casme2,sub24,EP07_01,2"])
    report = _read(tmp_path, labels=listed)
    assert making.kinds(report) == {(1, "class-disagrees")}
    assert report.findings[0].text == "The list says 'surprise', the sheet of CASME II 'sadness'"
    fixed = _read(tmp_path, "casme2-2019", labels=listed)
    assert making.kinds(fixed) == {(1, "fixed")}


def test_fixes_of_the_sets_are_offered_by_the_rows_of_the_list(faulty):
    root, _expected = faulty
    offered = {fix.name: (fix.rows, fix.applied) for fix in _read(root).fixes}
    assert offered == {"casme2-2019": ((16, 17), False), "casme2-apex-300": ((18,), False)}
    report = _read(root, "casme2-apex-300")
    assert {s.row: s.apex for s in report.samples}[18] == 300
    assert {fix.name for fix in report.fixes if fix.applied} == {"casme2-apex-300"}
    assert (18, "fixed") in making.kinds(report)


def test_sets_that_are_missing_are_said_once_and_their_rows_skipped(tmp_path):
    samm.write(tmp_path / "SAMM_data", faults=False)
    megc2019.write_list(tmp_path, megc2019.CLEAN)
    report = _read(tmp_path)
    making.check_accounts(report, len(megc2019.CLEAN))
    assert len(report.samples) == 7
    assert all("no folder below" in row.reason for row in report.skipped)
    errors = [f for f in report.findings if f.severity == Severity.ERROR]
    assert [f.kind for f in errors] == ["set-missing", "set-missing"]
    assert "4 rows of the list are skipped" in errors[0].text


def test_a_set_without_its_sheet_is_missing(tmp_path):
    expected = casme2.write(tmp_path / "CASME2", faults=False)
    expected.labels.unlink()
    megc2019.write_list(tmp_path, ["casme2,sub01,EP02_01f,1"])
    report = _read(tmp_path)
    assert "No label file of CASME II found" in report.skipped[0].reason


def test_sheets_may_lie_beside_the_list(tmp_path):
    for one in (casme2, samm):
        expected = one.write(tmp_path / one.__name__.split(".")[-1], faults=False)
        expected.labels.rename(tmp_path / expected.labels.name)
    megc2019.write_list(tmp_path, megc2019.CLEAN[:11])
    report = _read(tmp_path)
    assert len(report.samples) == 11
    assert [path.suffix for path in report.labels] == [".csv", ".xlsx", ".xlsx"]


def test_one_set_of_pictures_is_chosen_in_all_sets(tmp_path):
    megc2019.write(tmp_path, faults=False)
    casme2.write_other_pictures(tmp_path / "CASME2")
    samm.write_cropped(tmp_path / "SAMM_data")
    report = _read(tmp_path, tree="cropped")
    folders = {str(s.path.relative_to(tmp_path)).split("/")[1] for s in report.samples}
    assert folders == {"Cropped", "SAMM_CROP", "SMIC_all_cropped"}


def test_several_events_of_a_clip_are_told(tmp_path):
    samm.write(tmp_path / "SAMM_data", faults=False)
    smic.write(tmp_path / "SMIC", faults=False)
    megc2019.write_list(tmp_path, ["smic,s03,s03_sur_03,2"])
    report = _read(tmp_path)
    assert (1, "several-events") in making.kinds(report)
    assert len(report.samples) == 1


def test_the_list_beside_its_sets_is_claimed(clean, tmp_path):
    root, expected = clean
    claim = _READER.claim(root)
    assert (claim.reader, claim.labels) == ("megc2019", (expected.labels,))
    assert "casme2, samm, smic" in claim.why
    assert registry.reader("casme2").claim(root) is None
    assert registry.reader("samm").claim(root) is None


def test_other_folders_are_not_claimed(clean, tmp_path):
    root, _expected = clean
    for name in ("CASME2", "SAMM_data", "SMIC"):
        assert _READER.claim(root / name) is None
    megc2019.write_list(tmp_path, megc2019.CLEAN)
    assert _READER.claim(tmp_path) is None
    casme2.write(tmp_path, faults=False)
    assert _READER.claim(tmp_path) is None
    (tmp_path / "combined_3class_gt.csv").write_text("subject,clip\n1,2\n")
    assert _READER.claim(tmp_path) is None
    assert _READER.claim(tmp_path / "nowhere") is None


def test_what_is_no_list_is_an_error(clean, tmp_path):
    with pytest.raises(LabelError, match="Not the list of MEGC 2019"):
        _read(clean[0], labels=casme2.write(tmp_path, faults=False).labels)
    with pytest.raises(LabelError, match="No label file of MEGC 2019"):
        _read(tmp_path)
    with pytest.raises(LabelError, match="No such data set"):
        _read(tmp_path / "nowhere")


def test_progress_only_grows(clean):
    told = []
    _READER.read(clean[0], None, ReadOptions(tell=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1] == (3000, 3000)


@pytest.mark.parametrize(
    ("subject", "clip", "indices"),
    [
        ("casme2:sub01", "EP02_01f", (45, 58, 85)),
        ("samm:009", "009_3_4", None),
        ("samm:006", "006_1_2", (2, 11, 28)),
        ("smic:s3", "s3_sur_03", (0, None, 29)),
    ],
)
def test_the_project_has_the_right_frames(subject, clip, indices, clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "made", root, _read(root))
    with Project.open(tmp_path / "made") as project:
        sample = project.find_sample(subject, clip)
        assert (sample is None) == (indices is None)
        if sample is not None:
            (event,) = project.tier("A")[sample.id]
            apex = event.apex if event.has_apex else None
            assert (event.onset, apex, event.offset) == indices
