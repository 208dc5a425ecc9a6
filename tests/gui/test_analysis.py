"""Distances of a clip: which kind is in force, and that the thread that draws waits for none."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from factories import moving_frames, write_project

from meviewer.core.events import Edge
from meviewer.gui.stores import measuring
from meviewer.gui.stores.analysis import SearchOptions
from meviewer.gui.stores.difference_curves import Rough, rough_curves
from meviewer.motion.representation import ClipMotion
from meviewer.present.timeline_state import difference_track


@pytest.fixture
def measured_in(monkeypatch):
    """Names of the threads in which whole clips are measured."""
    threads = set()
    for name in ("consecutive", "matrix"):
        true = getattr(ClipMotion, name)

        def watched(self, *, brightness_free=False, true=true, name=name):
            kind = " brightness-free" if brightness_free else ""
            # Once the matrix is known, distances of neighbours are read off it.
            if not {f"matrix{kind}", f"{name}{kind}"} & set(self._kept):
                threads.add(threading.current_thread())
            return true(self, brightness_free=brightness_free)

        monkeypatch.setattr(ClipMotion, name, watched)
    return threads


@pytest.fixture
def long_is_short(monkeypatch):
    """Treat the clips of these tests as too long for a matrix."""
    monkeypatch.setattr(measuring, "MAX_MATRIX_FRAMES", 20)


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_a_long_clip_is_measured_off_the_ui_thread(
    measured_in, long_is_short, window, small_project, qtbot
):
    window.context.workspace.open_path(small_project)
    analysis = window.context.analysis
    qtbot.waitUntil(lambda: analysis.curves is not None, timeout=20_000)
    settled(window, qtbot)
    analysis.set_options(SearchOptions(brightness_free=False))
    settled(window, qtbot)
    assert measured_in
    assert threading.main_thread() not in measured_in
    assert analysis.matrix_rms() is None
    assert analysis.suggestion is not None


def test_curves_of_a_long_clip_follow_the_onset(long_is_short, opened, qtbot):
    analysis, editor = opened.context.analysis, opened.context.editor
    for frame in (11, 10, 9):
        opened.context.playhead.set_frame(frame)
        editor.set_here(Edge.ONSET)
    settled(opened, qtbot)
    assert analysis.curves.reference == 9
    assert analysis.curves.from_onset[9] == 0


def test_distances_of_another_kind_arrive_later_and_are_not_waited_for(measured_in, opened, qtbot):
    analysis = opened.context.analysis
    before = analysis.matrix_rms()
    analysis.set_options(SearchOptions(brightness_free=False))
    assert np.array_equal(analysis.matrix_rms(), before)  # still of the kind that is known
    settled(opened, qtbot)
    assert not np.array_equal(analysis.matrix_rms(), before)
    assert threading.main_thread() not in measured_in


def test_a_kind_chosen_while_frames_are_read_counts(window, small_project, qtbot):
    analysis, workspace = window.context.analysis, window.context.workspace
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_path(small_project)
    analysis.set_options(SearchOptions(brightness_free=False))
    qtbot.waitUntil(lambda: analysis.curves is not None, timeout=20_000)
    settled(window, qtbot)
    motion = analysis.motion
    assert np.array_equal(analysis.matrix_rms(), motion.rms(motion.matrix()))


def test_a_kind_that_was_chosen_and_left_does_not_come_after_all(opened, qtbot):
    analysis = opened.context.analysis
    before = analysis.matrix_rms()
    analysis.set_options(SearchOptions(brightness_free=False))
    analysis.set_options(SearchOptions())
    settled(opened, qtbot)
    assert np.array_equal(analysis.matrix_rms(), before)


def test_a_region_and_a_head_held_still_are_measured_off_the_ui_thread(measured_in, opened, qtbot):
    analysis = opened.context.analysis
    before = analysis.matrix_rms()
    mask = np.zeros(analysis.motion.frame_shape[:2], bool)
    mask[10:40, 10:40] = True
    analysis.set_options(SearchOptions(region="chin", brightness_free=False))
    settled(opened, qtbot)
    assert analysis.regions == ()
    assert analysis.suggestion.parameters["region"] == ""  # no face: the whole frame stands in
    measured_in.clear()
    analysis.set_masks({"chin": mask})
    settled(opened, qtbot)
    part = analysis.motion.within(mask)
    assert np.array_equal(analysis.matrix_rms(), part.rms(part.matrix()))
    assert not np.array_equal(analysis.matrix_rms(), before)
    assert analysis.suggestion.parameters["region"] == "chin"
    assert "in the chin" in analysis.reason()
    analysis.set_options(SearchOptions(aligned=True))
    settled(opened, qtbot)
    still = analysis.motion.stabilised()
    assert np.array_equal(analysis.matrix_rms(), still.rms(still.matrix(brightness_free=True)))
    assert threading.main_thread() not in measured_in


def test_flow_magnitude_makes_the_suggestion_and_leaves_the_surface(opened, qtbot):
    analysis = opened.context.analysis
    before = analysis.matrix_rms()
    analysis.set_options(SearchOptions(measure="flow-magnitude"))
    settled(opened, qtbot)
    assert analysis.suggestion.parameters["measure"] == "flow-magnitude"
    assert np.array_equal(analysis.matrix_rms(), before)
    assert "by flow magnitude" in analysis.reason()


@pytest.fixture
def long_project(tmp_path):
    """A clip that is long enough for a preview."""
    frames = moving_frames(80, 96, 80, onset=10, apex=40, offset=70)
    return write_project(tmp_path / "long", tmp_path, frames, unlabelled=[("s02", "c02")])


def test_a_preview_is_shown_while_frames_are_read_and_suggests_nothing(window, long_project, qtbot):
    analysis, seen = window.context.analysis, []

    def note():
        if analysis.curves is not None:
            matrix = analysis.matrix_rms()
            seen.append((analysis.is_preview, analysis.curves, matrix, analysis.suggestion))

    analysis.changed.connect(note)
    window.context.workspace.open_path(long_project)
    qtbot.waitUntil(lambda: analysis.suggestion is not None, timeout=20_000)
    settled(window, qtbot)
    previews = [one for one in seen if one[0]]
    assert previews
    for _, curves, matrix, suggestion in previews:
        assert curves.preview
        assert suggestion is None
        assert matrix.shape == (80, 80)
        assert np.array_equal(curves.from_onset, matrix[curves.reference])
    assert [one[0] for one in seen] == sorted((one[0] for one in seen), reverse=True)
    assert not analysis.is_preview
    assert not analysis.curves.preview
    exact = analysis.motion.rms(analysis.motion.matrix(brightness_free=True))
    assert np.array_equal(analysis.matrix_rms(), exact)


def test_the_timeline_says_that_a_curve_is_a_preview():
    rough = Rough(np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0))), complete=False)
    track = difference_track(rough_curves(rough, None))
    assert "preview" in track.unit
    assert np.isnan(track.curves[1].line.values).all()  # stand-ins are no neighbours
    whole = rough_curves(Rough(rough.matrix_rms, complete=True), None)
    assert whole.neighbours.tolist() == [0.0] + [1.0] * 8


def test_curves_stay_the_same_object_while_only_the_apex_moves(opened):
    """What was drawn of them can then stay; a moved onset makes another curve."""
    context = opened.context
    before, event = context.analysis.curves, context.editor.selected
    context.editor.drag(event.id, Edge.APEX, event.apex + 1, 1)
    after = context.analysis.curves
    assert after.from_onset is before.from_onset
    assert after.neighbours is before.neighbours
    lines = [difference_track(curves).curves for curves in (before, after)]
    assert all(one is other for one, other in zip(*lines, strict=True))
    context.editor.drag(event.id, Edge.ONSET, event.onset + 1, 2)
    moved = context.analysis.curves
    assert moved.from_onset is not before.from_onset
    assert moved.neighbours is before.neighbours
    assert difference_track(moved).curves[0] is not lines[0][0]
    context.editor.drop()
