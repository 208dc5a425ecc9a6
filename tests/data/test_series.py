"""Curves of OpenFace, Py-Feat and LibreFace, on the frames of a clip."""

from __future__ import annotations

import errno
import math
import os
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import LabelError, MeviewerError, StorageError
from meviewer.data.exchange import TimeBase
from meviewer.data.series import table
from meviewer.data.series.reading import read_series
from meviewer.project.series import attach, attached, detach

_RATE = Fraction(25)
_OPENFACE = (
    "frame, face_id, timestamp, confidence, success, gaze_0_x, gaze_angle_x, x_0, pose_Tx, "
    "pose_Rx, AU01_r, AU12_c\n"
)
_PYFEAT = (
    ",FaceRectX,FaceRectY,FaceScore,x_0,y_0,Pitch,Roll,Yaw,AU01,AU12,anger,neutral,input,frame\n"
)
_LIBREFACE = (
    "frame_idx,frame_time_in_ms,pitch,yaw,roll,lm_mp_0_x,au_1_intensity,au_12_intensity,au_1,"
    "facial_expression\n"
)


@pytest.fixture
def curves(tmp_path):
    """Write a file and read its curves on a clip of ``n`` frames."""

    def read(text, n=4, rate=_RATE, **time):
        path = tmp_path / "curves.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        base = TimeBase(rate, n, range(101, 101 + n), **time)
        return read_series(path, base)

    return read


def _named(found):
    return {series.name: series for series in found.series}


def _kinds(found):
    return [finding.kind for finding in found.findings]


def test_openface_counts_frames_from_one_and_has_blanks_behind_commas(curves):
    found = curves(
        _OPENFACE
        + "1, 0, 0.000, 0.98, 1, 0.1, 0.2, 11, 5.5, -0.1, 0.50, 1\n"
        + "2, 0, 0.040, 0.20, 0, 0.1, 0.2, 11, 5.5, -0.1, 0.60, 1\n"
        + "4, 0, 0.120, 0.97, 1, 0.1, 0.2, 11, 5.5, -0.1, 0.80, 0\n"
    )
    by_name = _named(found)
    assert (found.tool, found.rows, found.findings) == ("openface", 3, ())
    # The tool failed on the second frame, and has no row for the third.
    np.testing.assert_array_equal(by_name["AU01"].values, [0.5, math.nan, math.nan, 0.8])
    np.testing.assert_array_equal(by_name["AU12 present"].values, [1, math.nan, math.nan, 0])
    np.testing.assert_array_equal(by_name["confidence"].values, [0.98, 0.2, math.nan, 0.97])
    assert (by_name["AU01"].unit, by_name["AU01"].group) == ("0-5", "action units")
    assert [by_name[name].unit for name in ("pose Tx", "pose Rx", "gaze angle x")] == [
        "mm",
        "rad",
        "rad",
    ]
    assert "x_0" not in by_name
    assert by_name["AU01"].values.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        by_name["AU01"].values[0] = 1


def test_of_several_faces_the_one_of_the_highest_mean_confidence_counts(curves):
    rows = ""
    for frame in range(1, 5):
        rows += f"{frame}, 0, {(frame - 1) / 25:.3f}, 0.5, 1, 0, 0, 0, 0, 0, 1.0, 0\n"
        rows += f"{frame}, 1, {(frame - 1) / 25:.3f}, 0.{frame + 5}, 1, 0, 0, 0, 0, 0, 2.0, 0\n"
    found = curves(_OPENFACE + rows)
    np.testing.assert_array_equal(_named(found)["AU01"].values, [2.0] * 4)
    assert _kinds(found) == ["series-several-faces"]
    assert "'1'" in found.findings[0].text


def test_pyfeat_counts_from_zero_and_leaves_frames_without_a_face_blank(curves):
    found = curves(
        _PYFEAT
        + "0,10,10,0.99,1,1,1.5,2.5,3.5,0.1,0.9,0.2,0.8,a.mp4,0\n"
        + "1,,,,,,,,,,,,,a.mp4,1\n"
        + "2,10,10,0.99,1,1,1.5,2.5,3.5,0.3,0.7,0.2,0.8,a.mp4,2\n"
        + "3,10,10,0.40,1,1,1.5,2.5,3.5,9,9,9,9,a.mp4,2\n"
    )
    by_name = _named(found)
    assert (found.tool, found.rows) == ("pyfeat", 4)
    np.testing.assert_array_equal(by_name["AU01"].values, [0.1, math.nan, 0.3, math.nan])
    np.testing.assert_array_equal(by_name["neutral"].values, [0.8, math.nan, 0.8, math.nan])
    assert (by_name["yaw"].unit, by_name["anger"].group) == ("deg", "emotions")
    assert _kinds(found) == ["series-frame-twice"]


def test_libreface_says_its_expression_in_words(curves):
    found = curves(
        _LIBREFACE
        + "0,0.0,1,2,3,0.5,0.0,3.1,0,Neutral\n"
        + "1,40.0,1,2,3,0.5,,,,\n"
        + "2,80.0,1,2,3,0.5,1.0,3.3,1,Happiness\n"
        + "3,120.0,1,2,3,0.5,1.0,3.4,1,Neutral\n"
    )
    by_name = _named(found)
    assert (found.tool, found.findings) == ("libreface", ())
    np.testing.assert_array_equal(by_name["AU01"].values, [0, math.nan, 1, 1])
    np.testing.assert_array_equal(by_name["AU01 present"].values, [0, math.nan, 1, 1])
    np.testing.assert_array_equal(by_name["expression Neutral"].values, [1, math.nan, 0, 1])
    np.testing.assert_array_equal(by_name["expression Happiness"].values, [0, math.nan, 1, 0])


def test_without_a_frame_column_times_decide_and_are_rounded(curves):
    text = "frame_time_in_ms,au_1_intensity\n0,1\n33,2\n66,3\n101,4\n"
    found = curves(text, rate=Fraction(30000, 1001))
    np.testing.assert_array_equal(_named(found)["AU01"].values, [1, 2, 3, 4])


def test_times_decide_with_uneven_frames_too(curves):
    text = "frame_time_in_ms,au_1_intensity\n0,1\n12,2\n100,3\n131,4\n170,5\n"
    found = curves(text, pts_ms=(0.0, 10.0, 100.0, 130.0))
    np.testing.assert_array_equal(_named(found)["AU01"].values, [1, 2, 3, 4])
    assert _kinds(found) == ["series-outside"]


def test_a_tool_that_skipped_frames_is_placed_by_time(curves):
    rows = "".join(f"{i},{i * 40.0},{i}\n" for i in range(25))
    found = curves("frame_idx,frame_time_in_ms,au_1_intensity\n" + rows, 200, Fraction(200))
    values = _named(found)["AU01"].values
    assert np.flatnonzero(np.isfinite(values)).tolist() == [i * 8 for i in range(25)]
    assert _kinds(found) == ["series-by-time"]


def test_image_folders_get_a_rate_from_the_tool_that_is_not_theirs(curves):
    rows = "".join(f"{i + 1},{i / 30:.3f},0.9,1,{i}\n" for i in range(50))
    found = curves("frame,timestamp,confidence,success,AU01_r\n" + rows, 50, Fraction(200))
    np.testing.assert_array_equal(_named(found)["AU01"].values, np.arange(50.0))
    assert _kinds(found) == ["series-rate"]


def test_rows_outside_the_clip_are_a_finding(curves):
    found = curves(_LIBREFACE + "3,120,,,,,1.0,,,\n4,160,,,,,2.0,,,\n-1,0,,,,,2.0,,,\n")
    assert _named(found)["AU01"].values[3] == 1.0
    outside = [f for f in found.findings if f.kind == "series-outside"]
    assert (outside[0].row, outside[0].text[:8]) == (3, "2 row(s)")


def test_cells_that_are_no_number_and_short_rows(curves):
    found = curves("frame_idx,au_1_intensity,au_2_intensity\n0,abc,2\n1,inf,2\n2\n3,1e400,\n")
    assert np.isnan(_named(found)["AU01"].values).all()
    assert _kinds(found) == ["series-no-number", "series-row-short"]
    assert found.findings[0].text.startswith("1 cell")


def test_semicolons_with_decimal_commas(curves):
    found = curves("frame_idx;frame_time_in_ms;au_1_intensity\n0;0,0;1,5\n1;40,0;2,5\n", 2)
    np.testing.assert_array_equal(_named(found)["AU01"].values, [1.5, 2.5])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first columns are nothing"),
        ("subject,clip,onset\n1,2,3\n", "'subject', 'clip', 'onset'"),
        ("AU01,AU02\n1,2\n", "known tool"),
        (b"PK\x03\x04\xff\xfe\x00\x00", "no text in UTF-8"),
        (b"frame_idx,au_1\n0,1\n\x00\x00,1\n", "zero bytes"),
        ('frame_idx,au_1\n0,"1\n', "Could not read the curves"),
        ("frame_idx," + "au_1," * 6000 + "\n", "columns"),
        ("frame_idx,au_1\n0," + "1" * (1 << 21), "longer than"),
    ],
)
def test_files_that_are_no_curves(text, words, curves):
    with pytest.raises(LabelError, match=words) as caught:
        curves(text)
    assert "curves.csv" in caught.value.where


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(_LIBREFACE.encode())
        file.truncate(500 << 20)
    with pytest.raises(LabelError, match="500 MB"):
        read_series(path, TimeBase.uniform(_RATE, 4))
    with pytest.raises(LabelError, match="500 MB"):
        attach(tmp_path, 1, path)


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 10)
    path = tmp_path / "long.csv"
    path.write_text("frame_idx,au_1\n" + "0,1\n" * 11)
    with pytest.raises(LabelError, match="more than 10 rows"):
        read_series(path, TimeBase.uniform(_RATE, 4))


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(LabelError, match="Could not read the curves"):
            read_series(path, TimeBase.uniform(_RATE, 4))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([_OPENFACE, _PYFEAT, _LIBREFACE, ""]))
def test_no_bytes_give_anything_but_curves_or_an_error_for_a_person(tmp_path_factory, data, head):
    path = tmp_path_factory.mktemp("fuzz") / "curves.csv"
    path.write_bytes(head.encode() + data)
    try:
        found = read_series(path, TimeBase.uniform(_RATE, 4))
    except MeviewerError:
        return
    assert all(series.values.shape == (4,) for series in found.series)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["25", "29.97", "30", "60", "120", "200", "240", "300", "500"]),
    st.integers(1, 400),
    st.sets(st.integers(0, 399)),
)
def test_times_in_whole_ms_find_their_frame_at_every_rate(tmp_path_factory, rate, n, gaps):
    from meviewer.core.frames import parse_rate

    time = TimeBase.uniform(parse_rate(rate), n)
    there = [i for i in range(n) if i not in gaps]
    rows = "".join(f"{round(time.start_ms(i))},{i}\n" for i in there)
    path = tmp_path_factory.mktemp("times") / "curves.csv"
    path.write_text("frame_time_in_ms,au_1_intensity\n" + rows)
    found = read_series(path, time)
    values = _named(found)["AU01"].values
    assert np.flatnonzero(np.isfinite(values)).tolist() == there
    assert values[there].tolist() == there
    assert not found.findings


# -- kept in the project


@pytest.fixture
def tool_file(tmp_path):
    path = tmp_path / "clip one!.csv"
    path.write_text(_LIBREFACE + "0,0,1,2,3,4,5,6,7,Neutral\n")
    return path


def test_a_file_is_copied_whole_and_found_again(tmp_path, tool_file):
    project = tmp_path / "project"
    assert attached(project, 7) == ()
    copy = attach(project, 7, tool_file)
    assert copy == project / "series" / "7" / "clip_one.csv"
    assert copy.read_bytes() == tool_file.read_bytes()
    assert attached(project, 7) == (copy,)
    assert attached(project, 8) == ()


def test_the_same_content_is_kept_once_and_another_one_beside_it(tmp_path, tool_file):
    first = attach(tmp_path, 1, tool_file)
    assert attach(tmp_path, 1, tool_file) == first
    tool_file.write_text(_LIBREFACE)
    second = attach(tmp_path, 1, tool_file)
    assert second.name == "clip_one-2.csv"
    assert attached(tmp_path, 1) == (second, first)
    assert first.read_bytes() != second.read_bytes()
    detach(tmp_path, 1, first.name)
    detach(tmp_path, 1, "../../elsewhere.csv")
    assert attached(tmp_path, 1) == (second,)


@pytest.mark.parametrize("name", ["con.csv", "...csv", "ä b/../c.csv".replace("/", "_"), "..csv"])
def test_names_are_safe(tmp_path, name):
    source = tmp_path / "in"
    source.mkdir()
    (source / name).write_text(_LIBREFACE)
    copy = attach(tmp_path, 1, source / name)
    assert copy.parent == tmp_path / "series" / "1"
    assert copy.stem.casefold() not in ("con", "", ".")
    assert attached(tmp_path, 1) == (copy,)


def test_a_full_disk_leaves_nothing_behind(tmp_path, tool_file, monkeypatch):
    def refuse(*_paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match="full"):
            attach(tmp_path, 1, tool_file)
    assert list((tmp_path / "series" / "1").iterdir()) == []
