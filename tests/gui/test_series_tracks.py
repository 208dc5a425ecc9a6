"""Curves of OpenFace on the timeline: dropped, shown, chosen, and there again the next time."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.routing import What, what_is
from meviewer.present.series_tracks import SeriesKey, keys, proposed, series_tracks
from meviewer.present.timeline import Track, TrackMove
from meviewer.present.track_order import moved, moved_up, name_of, ordered


@pytest.fixture
def openface(tmp_path):
    """A file of OpenFace for 60 frames: AU12 rises, AU04 stays, the head turns; one row failed."""
    lines = ["frame, timestamp, confidence, success, pose_Ry, AU04_r, AU12_r"]
    for frame in range(1, 61):
        success = int(frame != 20)
        au12 = 3 * np.exp(-(((frame - 30) / 8) ** 2))
        values = (frame, frame / 200, 0.9 * success, success, (frame - 30) / 100, 0.1, au12)
        lines.append(", ".join(f"{value:g}" for value in values))
    path = tmp_path / "of.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def _attached(window, path, qtbot):
    assert what_is(path) is What.CURVES
    with qtbot.waitSignal(window.context.series.changed, timeout=10_000):
        window.open_path(path)
    return window.context.series


def test_dropped_curves_are_shown_with_a_hole_where_the_tool_failed(opened, openface, qtbot):
    series = _attached(opened, openface, qtbot)
    assert proposed(series.files) == series.shown == {SeriesKey("openface", "action units", "AU12")}
    panel = opened.findChild(TimelinePanel)
    tracks = panel.timeline.state.tracks
    assert [track.title for track in tracks][:2] == ["Difference", "OpenFace"]
    curve = next(c for c in tracks[1].curves if c.name.startswith("AU12"))
    assert np.isnan(curve.line.values[19])
    assert np.nanargmax(curve.line.values) == 29
    assert tracks[1].top == 5.0
    assert panel._tracks.isVisible()


def test_a_track_is_moved_up_by_the_menu_and_found_there_again(opened, openface, qtbot):
    series = _attached(opened, openface, qtbot)
    pose = next(key for key in keys(series.files) if "Ry" in key.name)
    series.show(series.shown | {pose})
    panel = opened.findChild(TimelinePanel)

    def names():
        return [name_of(track) for track in panel.timeline.state.tracks[1:]]

    before = names()
    assert len(before) == 2
    (lower,) = panel._tracks._order.actions()
    assert lower.text() == before[1]
    lower.trigger()
    assert names() == before[::-1]
    assert [action.text() for action in panel._tracks._order.actions()] == [before[0]]
    series.show({pose})
    series.show(series.shown | proposed(series.files))
    assert names() == before[::-1]
    assert opened.context.preferences["timeline.tracks"].splitlines() == before[::-1]


def test_a_track_dropped_elsewhere_stays_there_as_one_moved_by_the_menu(opened, openface, qtbot):
    series = _attached(opened, openface, qtbot)
    pose = next(key for key in keys(series.files) if "Ry" in key.name)
    series.show(series.shown | {pose})
    panel = opened.findChild(TimelinePanel)
    before = [name_of(track) for track in panel.timeline.state.tracks[1:]]
    panel.timeline.track_moved.emit(TrackMove(1, 2))
    assert [name_of(track) for track in panel.timeline.state.tracks[1:]] == before[::-1]
    assert opened.context.preferences["timeline.tracks"].splitlines() == before[::-1]
    assert [action.text() for action in panel._tracks._order.actions()] == [before[0]]


def test_the_order_of_tracks_that_a_clip_lacks_is_kept():
    track = {name: Track(name, "", (), 1.0) for name in "abcd"}
    assert [one.title for one in ordered(list(track.values()), ("d", "b"))] == ["d", "b", "a", "c"]
    assert moved_up(("a", "c"), "c", ("d", "b")) == ("c", "a", "d", "b")
    assert moved_up(("a", "c"), "a", ()) == ("a", "c")
    assert moved(("a", "b", "c"), "a", 2, ("d", "b")) == ("b", "c", "a", "d")


def test_what_is_shown_is_chosen_and_signed_curves_have_their_zero_inside(opened, openface, qtbot):
    series = _attached(opened, openface, qtbot)
    pose = next(key for key in keys(series.files) if "Ry" in key.name)
    series.show({pose})
    track = series.tracks()[0]
    assert track.bottom == -track.top
    assert track.share(0.0) == pytest.approx(0.5)


def test_curves_belong_to_their_clip_and_are_there_the_next_time(opened, openface, qtbot):
    series = _attached(opened, openface, qtbot)
    workspace = opened.context.workspace
    first = workspace.session.sample.id
    workspace.step_sample(1)
    qtbot.waitUntil(lambda: workspace.session.sample.id != first, timeout=10_000)
    assert series.files == ()
    workspace.step_sample(-1)
    qtbot.waitUntil(lambda: len(series.files) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: not opened.busy, timeout=10_000)


def test_a_file_that_cannot_be_read_is_said_and_not_kept(opened, tmp_path, qtbot):
    path = tmp_path / "bad.csv"
    path.write_text("frame, timestamp, confidence, success, AU12_r\n" + "x" * 3_000_000 + "\n")
    with qtbot.waitSignal(opened.context.series.failed, timeout=10_000):
        opened.open_path(path)
    assert opened.context.series.files == ()
    assert not (opened.context.workspace.project.folder / "series" / "1").exists()


def test_no_curve_of_a_tool_makes_no_track():
    assert series_tracks((), {SeriesKey("openface", "action units", "AU12_r")}) == ()
