"""The generic table: clips by any of their names, numbers of any kind, columns of any name."""

from __future__ import annotations

from fractions import Fraction

import pytest
from miniatures import generic, making

from meviewer.core.errors import LabelError, StorageError
from meviewer.data import registry
from meviewer.data.reader import ReadOptions
from meviewer.data.readers import generic_mapping
from meviewer.data.readers.generic import READER
from meviewer.data.readers.generic_numbers import read_rate
from meviewer.data.tables.reading import read_workbook
from meviewer.project.importing import create_project
from meviewer.project.project import Project

_SHORT = ("subject", "clip", "onset", "apex", "offset")


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean")
    return root, generic.write(root, faults=False)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    root = tmp_path_factory.mktemp("faulty")
    return root, generic.write(root, faults=True)


@pytest.fixture
def small(tmp_path):
    """Two subjects with a clip of the numbers 11 to 30 each."""
    for subject in ("s1", "s2"):
        making.write_frames(tmp_path / subject / f"{subject}_a", range(11, 31))
    return tmp_path


def _read(root, *rows, head=_SHORT, **columns):
    sheet = generic.write_csv(root / "labels.csv", [head, *rows])
    return READER.read(root, sheet, ReadOptions(columns=tuple(columns.items())))


def _texts(report, kind):
    return [finding.text for finding in report.findings if finding.kind == kind]


def test_every_planted_fault_is_found_and_nothing_else(faulty):
    root, expected = faulty
    report = READER.read(root, expected.labels)
    making.check_accounts(report, expected.n_rows)
    assert making.kinds(report) == expected.findings
    assert {row.row for row in report.skipped} == expected.skipped_rows
    ambiguous = next(row for row in report.skipped if "could be meant" in row.reason)
    assert "study/day 1/P02/twice, study/day 2/P02/twice" in ambiguous.reason


def test_the_clean_twin_is_silent(clean):
    root, expected = clean
    report = READER.read(root, expected.labels)
    making.check_accounts(report, expected.n_rows)
    assert not report.findings
    assert not report.skipped


def test_columns_of_other_names_are_guessed_below_notes(clean):
    samples = READER.read(clean[0], clean[1].labels).samples
    first = samples[0]
    assert (first.row, first.sheet, first.subject, first.clip) == (4, "coding", "P01", "smile 1")
    assert (first.onset, first.apex, first.offset) == (105, 110, 120)
    assert (first.emotion, first.action_units_text, first.coder) == ("happiness", "6+12", "KL")
    assert [sample.kind for sample in samples] == ["micro", "macro", "micro", "blink"]
    assert (samples[1].subject, samples[1].notes) == ("P01", "long")
    assert dict(first.places)["onset"] == 2


def test_it_never_stands_beside_another_reader(clean):
    root, _expected = clean
    assert READER.claim(root) is None
    assert registry.claims(root) == ()
    assert registry.names()[-1] == "generic"


@pytest.mark.parametrize(
    "path",
    [
        "s1/s1_a",
        "./s1/s1_a/",
        "s1\\s1_a",
        "s1/s1_a/img12.jpg",
        "D:\\study\\s1\\s1_a",
        "/home/somebody/s1/s1_a",
        "s1_a",
    ],
)
def test_a_clip_is_found_by_its_path(path, small):
    report = _read(small, (path, 12, 15, 20), head=("path", "onset", "apex", "offset"))
    assert [s.path for s in report.samples] == [small / "s1" / "s1_a"]
    assert making.kinds(report) == {(None, "subject-from-folder"), (None, "folder-without-row")}


def test_a_path_counts_from_the_sheet_and_in_full(small, tmp_path_factory):
    beside = tmp_path_factory.mktemp("elsewhere")
    making.write_frames(beside / "far" / "clip", range(1, 9))
    rows = (("s9", "far/clip", 1, 2, 3), ("s1", small / "s1" / "s1_a", 12, 13, 14))
    head = ("subject", "path", "onset", "apex", "offset")
    sheet = generic.write_csv(beside / "labels.csv", [head, *rows])
    report = READER.read(small, sheet)
    assert [(s.subject, s.clip) for s in report.samples] == [("s9", "clip"), ("s1", "s1_a")]


@pytest.mark.parametrize("clip", ["s1_a", "S1_A", "s1/s1_a", " s1_a "])
def test_the_name_of_a_clip_is_enough_where_it_is_the_only_one(clip, small):
    report = _read(small, (clip, 12, 15, 20), head=("clip", "onset", "apex", "offset"))
    assert [(s.subject, s.clip) for s in report.samples] == [("s1", "s1_a")]
    assert _texts(report, "subject-from-folder")


def test_without_folders_of_subjects_the_sheet_alone_tells_them(tmp_path):
    for clip in ("a", "b"):
        making.write_frames(tmp_path / clip, range(1, 9))
    report = _read(tmp_path, ("anna", "a", 1, 2, 3), ("ben", "b", 1, 2, 3), ("ben", "a", 4, 5, 6))
    assert [s.subject for s in report.samples] == ["anna", "ben", "anna"]
    assert [f.row for f in report.findings if f.kind == "subject-disagrees"] == [4]


def test_a_clip_of_another_subject_is_none(small):
    report = _read(small, ("s1", "s2_a", 12, 15, 20), ("s2", "s2_a", 12, 15, 20))
    assert [row.reason for row in report.skipped] == ["there is no clip s1/s2_a on disk"]


def test_the_same_clips_in_two_folders_are_sets_of_pictures(tmp_path):
    for tree in ("aligned", "my raw"):
        for clip in ("a", "b"):
            making.write_frames(tmp_path / tree / "s1" / clip, range(1, 9))
    sheet = generic.write_csv(
        tmp_path / "labels.csv", [_SHORT, ("s1", "a", 1, 2, 3), ("1", "b", 1, 2, 3)]
    )
    report = READER.read(tmp_path, sheet)
    assert report.trees == ("my raw", "aligned")
    assert {s.path.parents[1].name for s in report.samples} == {"my raw"}
    other = READER.read(tmp_path, sheet, ReadOptions(tree="aligned"))
    assert {s.path.parents[1].name for s in other.samples} == {"aligned"}
    assert [s.clip for s in other.samples] == ["a", "b"]


def test_clips_that_only_their_folders_tell_apart_get_names_of_their_own(tmp_path):
    for mood in ("glad", "sad"):
        making.write_frames(tmp_path / "s1" / mood / "1", range(1, 9))
    head = ("subject", "path", "onset", "apex", "offset")
    rows = (("s1", "s1/glad/1", 1, 2, 3), ("s1", "s1/sad/1", 1, 2, 3))
    report = _read(tmp_path, *rows, head=head)
    assert [(s.subject, s.clip) for s in report.samples] == [("s1", "1"), ("s1", "sad_1")]
    create_project(tmp_path / "project", tmp_path, report)
    with Project.open(tmp_path / "project") as project:
        assert len(project.samples()) == 2


@pytest.mark.parametrize(
    ("numbering", "cells", "shift"),
    [
        ("number", (12, 15, 20), 0),
        ("index", (1, 4, 9), -11),
        ("position", (2, 5, 10), -10),
        ("ms", (10, 41, 88), -11),
        ("s", (0.01, 0.04, "0.090"), -11),
    ],
)
def test_numbers_can_count_anything(numbering, cells, shift, small):
    report = _read(small, ("s1", "s1_a", *cells, 100), head=(*_SHORT, "fps"), numbering=numbering)
    sample = report.samples[0]
    assert (sample.onset, sample.apex, sample.offset) == (12, 15, 20)
    assert (sample.shift, sample.rate) == (shift, Fraction(100))
    assert not {kind for _row, kind in making.kinds(report)} - {"folder-without-row"}
    create_project(small / "project", small, report)
    with Project.open(small / "project") as project:
        (event,) = project.annotation(project.find_sample("s1", "s1_a").id, "A")
    assert (event.onset, event.apex, event.offset) == (1, 4, 9)


def test_places_count_files_where_numbers_are_missing(small):
    (small / "s1" / "s1_a" / "img13.jpg").unlink()
    report = _read(small, ("s1", "s1_a", 1, 2, 5), ("s1", "s1_a", 3, -1, 99), numbering="index")
    sample = report.samples[0]
    assert (sample.onset, sample.apex, sample.offset, sample.shift) == (12, 14, 17, 0)
    assert "onset" not in dict(sample.places)
    assert (3, "outside-clip") in making.kinds(report)


def test_missing_ones_stay_missing_in_every_numbering(small):
    for numbering in ("index", "position", "ms"):
        rows = (("s1", "s1_a", 10, -1, 20, 100), ("s2", "s2_a", 10, "/", 0, 100))
        report = _read(small, *rows, head=(*_SHORT, "fps"), numbering=numbering)
        assert {(2, "apex-missing"), (3, "offset-zero")} <= making.kinds(report)


def test_times_need_a_rate(small):
    row = ("s1", "s1_a", 10, 40, 90)
    report = _read(small, row, numbering="ms")
    assert "neither the sheet nor the clip tells the rate" in report.skipped[0].reason
    (small / "s1" / "s1_a" / "clip.json").write_text('{"rate": "100/1"}')
    assert _read(small, row, numbering="ms").samples[0].offset == 20
    report = _read(small, row, numbering="ms", fps="=200")
    assert (report.samples[0].offset, report.samples[0].rate) == (29, 200)
    bad = _read(small, (*row, "fast"), head=(*_SHORT, "fps"), numbering="ms")
    assert bad.skipped[0].reason == "the frames per second are no number above 0: 'fast'"


def test_counters_of_a_camera_begin_with_the_first_frame(small):
    head = (*_SHORT, "FirstF")
    report = _read(small, ("s1", "s1_a", 5001, 5004, 5009, 5000), head=head)
    sample = report.samples[0]
    assert (sample.onset, sample.apex, sample.offset, sample.shift) == (12, 15, 20, 4989)
    bad = _read(small, ("s1", "s1_a", 5001, 5004, 5009, "?"), head=head)
    assert "first frame" in bad.skipped[0].reason


def test_places_that_pass_for_numbers_are_told(small):
    rows = (("s1", "s1_a", 1, 3, 5), ("s2", "s2_a", 2, 4, 9))
    report = _read(small, *rows)
    assert "Choose the numbering 'position'" in _texts(report, "perhaps-positions")[0]
    assert not _texts(_read(small, *rows, numbering="position"), "perhaps-positions")
    zero = _read(small, ("s1", "s1_a", 0, 3, 5))
    assert "Choose the numbering 'index'" in _texts(zero, "perhaps-positions")[0]
    assert not _texts(_read(small, ("s1", "s1_a", 12, 13, 14), rows[1]), "perhaps-positions")


def test_a_video_is_a_clip(tmp_path, write_video):
    (tmp_path / "s1").mkdir()
    write_video(tmp_path / "s1" / "film.avi", codec="mjpeg", pix_fmt="yuvj420p", n=12)
    rows = (("s1", "film.avi", 2, 3, 5), ("s1", "film", 6, 7, 9))
    report = _read(tmp_path, *rows, numbering="position")
    assert [(s.clip, s.onset, s.offset) for s in report.samples] == [("film", 1, 4), ("film", 5, 8)]


def test_a_root_that_is_the_clip(tmp_path):
    making.write_frames(tmp_path / "me", range(1, 9))
    sheet = generic.write_csv(tmp_path / "l.csv", [_SHORT[1:], ("me", 1, 2, 3)])
    assert [s.clip for s in READER.read(tmp_path / "me", sheet).samples] == ["me"]


def test_what_the_user_names_goes_before_what_is_guessed(small):
    head = (*_SHORT, "On 2", "emotion")
    report = _read(small, ("s1", "s1_a", 12, 15, 20, 13, "fear"), head=head, onset="On 2")
    assert (report.samples[0].onset, report.samples[0].emotion) == (13, "fear")
    # A mapping that says where the names are leaves nothing to guess.
    chosen = {"header": "1", "clip": "clip", "onset": "onset", "offset": "offset"}
    report = _read(small, ("s1", "s1_a", 12, 15, 20, 13, "fear"), head=head, **chosen)
    assert (report.samples[0].apex, report.samples[0].emotion) == (None, "")


def test_a_sheet_without_names_of_columns(small):
    chosen = {
        "header": "0",
        "subject": "column A",
        "clip": "column B",
        "onset": "column C",
        "offset": "column E",
        "coder": "=KL",
    }
    report = _read(small, ("s2", "s2_a", 12, 15, 20), head=("s1", "s1_a", 13, 15, 20), **chosen)
    assert [(s.row, s.onset, s.coder) for s in report.samples] == [(1, 13, "KL"), (2, 12, "KL")]


def test_columns_that_are_not_there(small):
    report = _read(small, ("s1", "s1_a", 12, 15, 20), apex="peak 2")
    assert _texts(report, "column-missing") == ["The sheet has no column 'peak 2', chosen as Apex"]
    with pytest.raises(LabelError, match="lacks onset"):
        _read(small, ("s1", "s1_a", 12, 15, 20), onset="nothing")
    with pytest.raises(LabelError, match="lacks clip or path"):
        _read(small, ("s1", 12, 20), head=("subject", "onset", "offset"))
    for name, value, words in (
        ("numbering", "frames", "No such numbering"),
        ("header", "-1", "That is no row"),
        ("colour", "x", "No column can be that"),
        ("sheet", "x", "No such sheet"),
    ):
        with pytest.raises(LabelError, match=words):
            _read(small, ("s1", "s1_a", 12, 15, 20), **{name: value})


def test_without_a_sheet_it_says_what_to_do(small):
    with pytest.raises(LabelError, match="A generic table needs its label file"):
        READER.read(small)
    with pytest.raises(LabelError, match="No such data set"):
        READER.read(small / "nowhere")


def test_a_suggestion_has_values_to_look_at(clean):
    book = read_workbook(clean[1].labels)
    found = generic_mapping.suggest(book)
    assert (found.sheet, found.header_row) == ("coding", 3)
    assert found.columns_of_sheet == generic.HEADER
    assert dict(found.mapping)["apex"] == "Peak"
    assert found.values["clip"] == ("smile 1", "frown", "smile 1", "smile 1")
    assert found.missing == ()
    other = generic_mapping.suggest(book, "about")
    assert (other.header_row, other.missing) == (0, ("onset", "offset", "clip"))
    assert other.columns_of_sheet == ("column A", "column B")


@pytest.mark.parametrize(
    ("names", "columns", "numbering"),
    [
        (("onset_ms", "offset_ms"), ("onset_ms", "offset_ms"), "ms"),
        (("Start time (s)", "End time (s)"), ("Start time (s)", "End time (s)"), "s"),
        (("OnsetMs", "OffsetMs"), ("OnsetMs", "OffsetMs"), "ms"),
        (("onset index", "offset index"), ("onset index", "offset index"), "index"),
        (("Onset", "Offset"), ("Onset", "Offset"), "number"),
    ],
)
def test_units_of_columns_are_guessed(names, columns, numbering, tmp_path):
    sheet = generic.write_csv(tmp_path / "a.csv", [("clip", *names), ("a", 1, 2)])
    found = dict(generic_mapping.suggest(read_workbook(sheet)).mapping)
    assert (found["onset"], found["offset"], found["numbering"]) == (*columns, numbering)


def test_a_preview_shows_rows_and_names_problems(clean, tmp_path):
    book = read_workbook(clean[1].labels)
    mapping = generic_mapping.suggest(book).mapping
    found = generic_mapping.preview(book, "coding", 3, mapping, n=2)
    assert found.heads[:4] == ("Row", "Subject", "Clip", "Onset")
    assert found.rows[1][:5] == ("5", "P01", "frown", "103", "104")
    assert found.is_usable
    assert found.problems == ()
    swapped = {"clip": "Video", "onset": "End", "offset": "Start", "apex": "Label"}
    found = generic_mapping.preview(book, "coding", 3, tuple(swapped.items()))
    assert "Apex is no number in 4 of 4 rows, such as 'happiness' in row 4" in found.problems
    assert "The onset comes after the offset in 4 of 4 rows" in found.problems
    assert any("Subject" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("sheet", "header", "mapping", "problem"),
    [
        ("coding", 3, (("clip", "Video"),), "No column is chosen as Onset"),
        ("coding", 3, (("onset", "Start"), ("offset", "End")), "chosen as Clip, or as Path"),
        ("coding", 3, (("onset", "gone"),), "has no column 'gone'"),
        ("coding", 3, (("onset", "Start"), ("offset", "Start")), "are the same column"),
        ("coding", 3, (("numbering", "s"),), "Times need frames per second"),
        ("coding", 99, (), "There is no row below"),
        ("nowhere", 1, (), "No such sheet"),
        ("coding", 1, (("numbering", "x"),), "No such numbering"),
    ],
)
def test_a_preview_is_never_an_error(sheet, header, mapping, problem, clean):
    book = read_workbook(clean[1].labels)
    found = generic_mapping.preview(book, sheet, header, mapping)
    assert any(problem in text for text in found.problems)
    assert not found.is_usable


def test_mappings_are_kept(clean, tmp_path, own_home):
    labels = clean[1].labels
    book = read_workbook(labels)
    mapping = (*generic_mapping.suggest(book).mapping, ("fps", "=200"))
    path = generic_mapping.mapping_path(labels)
    assert path.is_relative_to(own_home)
    assert generic_mapping.remembered(book, "coding", 3) is None
    generic_mapping.save_mapping(path, mapping)
    assert generic_mapping.load_mapping(path) == mapping
    kept = dict(generic_mapping.remembered(book, "coding", 3))
    assert kept["apex"] == "Peak"
    assert "header" not in kept
    assert generic_mapping.remembered(book, "coding", 1) is None
    # Another sheet with the same columns is read alike.
    copy = tmp_path / "later.xlsx"
    copy.write_bytes(labels.read_bytes())
    assert dict(generic_mapping.remembered(read_workbook(copy), "coding", 3)) == kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 5000,
        b'{"format": "something", "mapping": {}}',
        b'{"format": "meviewer-mapping", "mapping": {"onset": 3}}',
        b'{"format": "meviewer-mapping", "mapping": {"colour": "x"}}',
    ],
)
def test_what_is_no_mapping_is_refused(data, tmp_path):
    path = tmp_path / "mapping.json"
    path.write_bytes(data)
    with pytest.raises(LabelError):
        generic_mapping.load_mapping(path)
    with pytest.raises(LabelError, match="cannot be read"):
        generic_mapping.load_mapping(tmp_path / "none.json")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        generic_mapping.save_mapping(tmp_path / "file" / "mapping.json", ())


@pytest.mark.parametrize("text", ["a\0b", "x" * 5000, "..", "/", "\\", "\ud800", "a/../../b", "~"])
def test_cells_that_are_no_path_are_clips_that_are_not_there(text, small):
    from meviewer.data.readers.generic_clips import Clips, Wanted

    clips = Clips(small, small / "labels.csv")
    for wanted in (Wanted("", "", text), Wanted("s1", text, "")):
        (match,), _tree, _chosen = clips.resolve([wanted])
        assert match.place is None


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        *(("200", 200), (" 29,5 fps", Fraction(59, 2)), ("30000/1001 Hz", Fraction(30000, 1001))),
        *(("29.97", Fraction(30000, 1001)), ("0", None), ("", None), ("1/0", None), ("-5", None)),
        *(("fast", None), ("1e9", None), ("100001", None)),
    ],
)
def test_rates_of_cells(text, rate):
    assert read_rate(text) == rate
