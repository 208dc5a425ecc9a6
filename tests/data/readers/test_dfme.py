"""DFME: several files read together, a rate for each row, and frames that count from 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import dfme, making

from meviewer.core.errors import LabelError
from meviewer.core.findings import Severity
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers.dfme import READER
from meviewer.data.readers.dfme_sheets import split_of
from meviewer.project import sheet_copy
from meviewer.project.importing import create_project
from meviewer.project.project import Project


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, dfme.write(root, faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, dfme.write(root, faults=False)


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    root = tmp_path_factory.mktemp("books")
    return root, dfme.write(root, faults=False, suffix=".xlsx")


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows
    assert {row.sheet for row in report.skipped} == {"training"}


@pytest.mark.parametrize("twin", ["clean", "books"])
def test_the_clean_twin_is_silent(twin, request):
    root, expected = request.getfixturevalue(twin)
    report = READER.read(root)
    making.check_accounts(report, expected.n_rows)
    assert {f.severity for f in report.findings} == {Severity.INFO}
    assert making.kinds(report) == expected.findings
    assert not report.skipped
    assert not report.fixes
    assert [path.stem for path in report.labels] == ["training", "testA", "testB"]


@pytest.mark.parametrize("twin", ["clean", "books"])
def test_rows_of_several_sheets_are_told_apart_and_the_split_is_noted(twin, request):
    samples = READER.read(request.getfixturevalue(twin)[0]).samples
    third = [sample for sample in samples if sample.row == 3]
    assert [s.clip for s in third] == ["sub0003_02", "sub0201_02", "sub0301_02"]
    assert [s.notes for s in third] == ["split: training", "split: testA", "split: testB"]
    assert len({s.sheet for s in third}) == 3


def test_each_row_has_its_rate(clean):
    rates = {s.clip: s.rate for s in READER.read(clean[0]).samples}
    assert rates["sub0003_01"] == Fraction(500)
    assert rates["sub0003_02"] == rates["sub0201_02"] == Fraction(300)
    assert rates["sub0004_01"] == Fraction(200)


def test_durations_are_judged_by_the_rate_of_the_row(tmp_path):
    making.write_frames(tmp_path / "training" / "sub0003_01", range(130), "{:05d}.png".format)
    making.write_frames(tmp_path / "training" / "sub0003_02", range(130), "{:05d}.png".format)
    rows = [("sub0003", f"sub0003_0{n}", 0, 60, 128, "fear", 3, fps, 1) for n, fps in _TWO_RATES]
    making.write_xlsx(tmp_path / "training.xlsx", {"a": [dfme.HEADER, *rows]})
    assert making.kinds(READER.read(tmp_path)) == {(3, "too-long")}


_TWO_RATES = ((1, 500), (2, 200))


def test_the_text_of_action_units_is_kept_as_it_is(clean):
    samples = {s.clip: s for s in READER.read(clean[0]).samples}
    assert samples["sub0003_01"].action_units_text == "L4+AD38"
    assert [str(unit) for unit in samples["sub0003_01"].action_units] == ["L4"]
    assert samples["sub0004_03"].action_units_text == "L/R14"
    assert samples["sub0004_02"].action_units_text == "4+M58"


def test_the_name_of_the_clip_tells_the_person(faulty):
    report = READER.read(faulty[0])
    row = next(f.row for f in report.findings if f.kind == "subject-disagrees")
    sample = next(s for s in report.samples if s.row == row)
    assert (sample.subject, sample.subject_raw) == ("sub0010", "sub0011")
    assert {s.subject for s in report.samples if s.clip.startswith("sub0010")} == {"sub0010"}


def test_a_rate_that_is_not_told_is_none_and_never_another(faulty):
    rates = {s.clip: s.rate for s in READER.read(faulty[0]).samples}
    assert rates["sub0010_14"] is None
    assert rates["sub0010_15"] == Fraction(250)


def test_an_event_beyond_its_clip_is_cut_only_if_chosen(faulty):
    (fix,) = READER.read(faulty[0]).fixes
    assert (fix.name, fix.applied) == ("cut-at-clip", False)
    report = READER.read(faulty[0], options=ReadOptions(frozenset({"cut-at-clip"})))
    assert {s.clip: s.offset for s in report.samples}["sub0010_08"] == 29


def test_a_named_part_comes_first_and_any_other_file_is_read_alone(clean, tmp_path):
    root, expected = clean
    report = READER.read(root, root / "testA.csv")
    assert [path.stem for path in report.labels] == ["testA", "training", "testB"]
    assert len(report.samples) == expected.n_rows
    copy = tmp_path / "mine"
    copy.write_bytes((root / "testA.csv").read_bytes())
    alone = READER.read(root, copy)
    assert [s.clip for s in alone.samples] == ["sub0201_01", "sub0201_02"]
    assert [s.notes for s in alone.samples] == ["", ""]
    part = READER.read(root / "training", expected.labels)
    assert (len(part.samples), part.labels) == (5, (expected.labels,))


def test_a_second_file_of_a_part_is_not_read_but_told(tmp_path):
    expected = dfme.write(tmp_path, faults=False)
    (tmp_path / "training_old.csv").write_bytes(expected.labels.read_bytes())
    report = READER.read(tmp_path)
    assert len(report.samples) == expected.n_rows
    (told,) = (f for f in report.findings if f.kind == "label-files-left-out")
    assert "training_old.csv" in told.text


def test_one_workbook_with_a_sheet_for_each_part(tmp_path):
    dfme.write(tmp_path, faults=False)
    for part in ("training", "testA", "testB"):
        (tmp_path / f"{part}.csv").unlink()
    sheets = {
        "training": [dfme.HEADER, ("sub0003", "sub0003_01", 0, 9, 20, "fear", 3, 500, 1)],
        "testA": [dfme.HEADER, ("sub0201", "sub0201_01", 0, 9, 20, "fear", 3, 500, 1)],
        "notes": [("Fps differs row by row",)],
    }
    making.write_xlsx(tmp_path / "DFME_labels.xlsx", sheets)
    samples = READER.read(tmp_path).samples
    assert [(s.sheet, s.row, s.notes) for s in samples] == [
        ("training", 2, "split: training"),
        ("testA", 2, "split: testA"),
    ]
    assert all(s.places for s in samples)


@pytest.mark.parametrize(
    ("names", "split"),
    [
        (("DFME_train.csv",), "training"),
        (("DFME", "Test_A", "labels.csv"), "testA"),
        (("testB.xlsx", "Sheet1"), "testB"),
        (("test_all.csv",), ""),
        (("training", "testA.csv"), "testA"),
        (("labels.csv",), ""),
    ],
)
def test_the_part_is_told_by_the_nearest_name(names, split):
    assert split_of(*names) == split


def test_its_folders_are_claimed_at_every_level_and_others_are_not(tmp_path):
    root = tmp_path / "data" / "DFME"
    root.mkdir(parents=True)
    expected = dfme.write(root, faults=False)
    for folder in (root, root.parent):
        assert READER.claim(folder).labels[0] == expected.labels
        assert registry.guess(folder) == "dfme"
    assert READER.claim(root / "training").labels == ()
    others = (("sub01/EP02_01f", "img{}.jpg"), ("sub0003_01", "img{}.jpg"), ("a/b", "{:05d}.png"))
    for at, (folder, name) in enumerate(others):
        making.write_frames(tmp_path / str(at) / folder, range(1, 4), name.format)
        assert READER.claim(tmp_path / str(at)) is None
    assert READER.claim(tmp_path / "nowhere") is None


def test_what_cannot_be_read_as_a_whole_is_an_error(clean, tmp_path):
    with pytest.raises(LabelError, match="No label file of DFME"):
        READER.read(clean[0] / "training")
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(tmp_path / "nowhere")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(LabelError, match="lacks the column"):
        READER.read(clean[0], tmp_path / "other.csv")


def test_the_project_has_indices_of_frames_and_onsets_at_zero(clean, tmp_path):
    root, _expected = clean
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        for clip, keyframes in (("sub0003_01", (0, 9, 20)), ("sub0003_02", (3, 12, 29))):
            (event,) = project.annotation(project.find_sample("sub0003", clip).id, "A")
            assert (event.onset, event.apex, event.offset) == keyframes


@pytest.mark.parametrize("twin", ["clean", "books"])
def test_corrected_labels_go_into_the_first_file_and_no_row_of_another(twin, request, tmp_path):
    root, _expected = request.getfixturevalue(twin)
    create_project(tmp_path / "project", root, READER.read(root))
    with Project.open(tmp_path / "project") as project:
        (source,) = project.sources()
        plan = sheet_copy.plan(project, source)
    assert source.sheet.stem == "training"
    assert not plan.edits
    assert {f.row for f in plan.findings if f.kind == "no-cells"} == {2, 3}
