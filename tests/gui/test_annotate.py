"""The main job of the annotator, by keys and mouse in a window drawn off screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from meviewer.core.annotation import Status
from meviewer.core.events import Edge, Keyframes, Source
from meviewer.gui.dialogs.refuse import RefuseDialog
from meviewer.project.project import Project

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def session(window):
    return window.context.workspace.session


def keyframes(window):
    return session(window).annotation.events[0].keyframes


def on_disk(window, coder="A"):
    window.context.workspace.flush()
    project = window.context.workspace.project
    return project.annotation(session(window).sample.id, coder)


def test_the_first_clip_opens_at_its_apex(opened):
    assert session(opened).sample.name == "c01"
    assert opened.context.playhead.frame == 26


def test_arrows_walk_frame_by_frame(opened, qtbot):
    for key, modifier, frame in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 27),
        (Qt.Key.Key_Right, SHIFT, 37),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 36),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 59),
        (Qt.Key.Key_Left, CTRL, 50),
        (Qt.Key.Key_Left, CTRL, 26),
    ):
        qtbot.keyClick(opened, key, modifier)
        assert opened.context.playhead.frame == frame


def test_i_p_o_set_keyframes_here_and_they_are_on_disk(opened, qtbot):
    for frame, key in ((9, "i"), (31, "p"), (52, "o")):
        opened.context.playhead.set_frame(frame)
        qtbot.keyClick(opened, key)
    assert keyframes(opened) == Keyframes(9, 31, 52)
    assert on_disk(opened).events[0].keyframes == Keyframes(9, 31, 52)


def test_a_label_is_typed_in_from_nothing(opened, qtbot):
    workspace = opened.context.workspace
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_sample(workspace.project.samples()[-1].id)
    assert session(opened).annotation.events == ()
    for frame, key in ((10, "i"), (30, "p"), (50, "o")):
        opened.context.playhead.set_frame(frame)
        qtbot.keyClick(opened, key)
    qtbot.keyClick(opened, "3")
    (event,) = on_disk(opened).events
    assert event.keyframes == Keyframes(10, 30, 50)
    assert event.emotion == "surprise"


def test_undo_and_redo_by_key(opened, qtbot):
    opened.context.playhead.set_frame(31)
    qtbot.keyClick(opened, "p")
    qtbot.keyClick(opened, "Z", CTRL)
    assert keyframes(opened).apex == 26
    qtbot.keyClick(opened, "Z", CTRL | SHIFT)
    assert keyframes(opened).apex == 31


def test_nudges_are_one_step_and_move_the_playhead(opened, qtbot):
    count = session(opened).undo_stack.count()
    for _ in range(3):
        qtbot.keyClick(opened, Qt.Key.Key_Right, ALT)
    assert keyframes(opened).apex == 29
    assert opened.context.playhead.frame == 29
    assert session(opened).undo_stack.count() == count + 1


def refuse(window, qtbot):
    """Refuse without a reason: Backspace, Return."""
    qtbot.keyClick(window, Qt.Key.Key_Backspace)
    qtbot.keyClick(window.findChild(RefuseDialog).reason, Qt.Key.Key_Return)


def test_the_suggestion_is_accepted_one_and_all_and_rejected(opened, qtbot):
    suggested = opened.context.analysis.suggested_keyframes()
    assert suggested is not None
    assert suggested.apex > 26  # the label lies early: see the fixture
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    assert keyframes(opened).apex == suggested.apex
    assert on_disk(opened).events[0].source is Source.GAMDSS
    qtbot.keyClick(opened, "Z", CTRL)
    qtbot.keyClick(opened, Qt.Key.Key_Return, SHIFT)
    assert keyframes(opened) == suggested
    qtbot.keyClick(opened, "Z", CTRL)
    refuse(opened, qtbot)
    assert opened.context.analysis.suggested_keyframes() is None
    assert keyframes(opened).apex == 26
    assert on_disk(opened).events[0].rejected


def test_commit_and_next(opened, qtbot):
    first = session(opened).sample
    with qtbot.waitSignal(opened.context.workspace.session_changed):
        qtbot.keyClick(opened, Qt.Key.Key_Return, CTRL)
    assert session(opened).sample.name == "c02"
    project = opened.context.workspace.project
    assert project.annotation(first.id, "A").status is Status.COMMITTED


def test_a_clip_without_an_event_is_committed_as_none_present(opened, qtbot):
    workspace = opened.context.workspace
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_sample(workspace.project.samples()[-1].id)
    qtbot.keyClick(opened, Qt.Key.Key_Return, CTRL)
    assert on_disk(opened).status is Status.NONE_PRESENT


def test_dragging_a_handle_follows_and_is_written_once(opened, qtbot):
    panel = opened._perspectives["annotate"].timeline
    rows = len(opened.context.workspace.project.history(session(opened).sample.id))
    for frame in (27, 29, 33):
        panel._dragged(_drag(Edge.APEX, frame))
        assert opened.context.playhead.frame == frame
    panel.timeline.edge_released.emit(4)
    assert on_disk(opened).events[0].apex == 33
    after = len(opened.context.workspace.project.history(session(opened).sample.id))
    assert after == rows + 1


def _drag(edge, frame):
    from meviewer.gui.widgets.timeline import EdgeDrag

    return EdgeDrag(1, edge, frame, 4)


def test_the_clip_list_shows_filters_and_opens(opened, qtbot):
    clips = opened._perspectives["annotate"].clips
    assert clips.model.rowCount() == 4
    qtbot.keyClick(opened, "F", CTRL)
    qtbot.waitUntil(clips.search.hasFocus)
    qtbot.keyClicks(clips.search, "s02")
    assert clips.model.rowCount() == 2
    with qtbot.waitSignal(opened.context.workspace.session_changed):
        qtbot.keyClick(clips.search, Qt.Key.Key_Return)
    assert session(opened).sample.subject == "s02"


def test_overlays_cover_the_frame_and_go_again(opened, qtbot):
    panel = opened._perspectives["annotate"].frame_panel
    bare = panel.view._image.copy()
    for key in ("d", "w", "y", "m"):
        qtbot.keyClick(opened, key)
        qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
        assert opened.context.pictures.current is not None
        assert panel.view._image != bare, key
        qtbot.keyClick(opened, key)
        assert panel.view._image == bare, key


def test_another_coder_has_labels_of_their_own(opened, qtbot):
    workspace = opened.context.workspace
    with qtbot.waitSignal(workspace.session_changed):
        workspace.set_coder("B")
    assert session(opened).annotation.events == ()
    assert "A" in session(opened).others


def test_undo_reaches_back_over_a_restart_of_the_window(opened, small_project, qtbot, theme):
    from meviewer.gui.main_window import MainWindow
    from meviewer.project.settings import Settings

    opened.context.playhead.set_frame(31)
    qtbot.keyClick(opened, "p")
    opened.close()
    second = MainWindow(theme, Settings())
    qtbot.addWidget(second)
    with qtbot.waitSignal(second.context.workspace.session_changed):
        second.context.workspace.open_path(small_project)
    assert keyframes(second).apex == 31
    second.context.workspace.undo()
    assert keyframes(second).apex == 26
    second.close()


def test_a_second_window_is_read_only_and_says_so(opened, small_project, qtbot, theme):
    from meviewer.gui.main_window import MainWindow
    from meviewer.project.settings import Settings

    second = MainWindow(theme, Settings())
    qtbot.addWidget(second)
    errors = []
    second.context.workspace.failed.connect(errors.append)
    with qtbot.waitSignal(second.context.workspace.session_changed):
        second.context.workspace.open_path(small_project)
    assert "reading only" in str(errors[0])
    second.context.editor.set_here(Edge.APEX)
    second.context.playhead.set_frame(3)
    second.context.editor.set_here(Edge.APEX)
    assert keyframes(second).apex == 26
    second.close()


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_bad_path_is_said_in_words_and_the_open_clip_stays(name, opened, tmp_path, qtbot):
    path = tmp_path / name
    if name == "empty":
        path.mkdir()
    before = session(opened)
    with qtbot.waitSignal(opened.context.workspace.failed) as got:
        opened.context.workspace.open_path(path)
    assert name in str(got.args[0])
    assert session(opened) is before
    assert opened._card.isVisible()


def test_a_damaged_frame_is_said_and_the_others_are_shown(small_project, window, qtbot, tmp_path):
    victim = sorted((tmp_path / "s01" / "c01").glob("*.png"))[20]
    victim.write_bytes(victim.read_bytes()[:200])
    workspace = window.context.workspace
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_path(small_project)
    panel = window._perspectives["annotate"].frame_panel
    window.context.playhead.set_frame(20)
    assert panel._fault.isVisibleTo(panel)
    assert not panel.view.has_frame
    window.context.playhead.set_frame(21)
    assert not panel._fault.isVisibleTo(panel)
    assert panel.view.has_frame
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_a_loose_clip_keeps_its_labels(window, tmp_path, qtbot):
    from factories import moving_frames, write_clip

    one, other = write_clip(tmp_path / "alone"), write_clip(tmp_path / "other", moving_frames(20))
    for path, expected in ((one, ()), (other, ()), (one, (5,))):
        with qtbot.waitSignal(window.context.workspace.session_changed):
            window.context.workspace.open_path(path)
        assert tuple(e.onset for e in session(window).annotation) == expected
        window.context.playhead.set_frame(5)
        qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
        window.context.editor.set_here(Edge.ONSET)
    window.context.workspace.flush()
    with Project.open(window.context.workspace.project.folder, read_only=True) as project:
        assert len(project.samples()) == 2


def test_both_themes_and_every_perspective_are_drawn(opened, qtbot):
    for name in ("inspect", "train", "annotate"):
        opened.show_perspective(name)
        for look in ("light", "dark"):
            opened.context.theme.switch(look)
            assert not opened.grab().isNull()
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)


def test_buttons_of_a_suggestion_stay_dead_without_one_whatever_was_looked_at(opened, qtbot):
    inspector = opened._perspectives["annotate"].inspector
    opened.show_perspective("inspect")
    use = opened._perspectives["inspect"].search._accept
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    assert inspector.accept_all.isEnabled()
    assert use.isEnabled()
    refuse(opened, qtbot)
    for name in ("train", "inspect", "annotate"):
        opened.show_perspective(name)
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    assert not inspector.accept_all.isEnabled()
    assert not inspector.reject.isEnabled()
    assert not use.isEnabled()


def test_no_button_is_in_focus_after_a_change_of_perspective(opened):
    for name in ("inspect", "train", "annotate"):
        opened.show_perspective(name)
        assert opened.focusWidget() is opened._perspectives[name]


def test_an_overlay_computes_no_more_than_it_shows(opened, qtbot):
    pictures = opened.context.pictures

    def shown_by(key):
        qtbot.keyClick(opened, key)
        qtbot.waitUntil(lambda: pictures.current is not None, timeout=60_000)
        qtbot.waitUntil(lambda: not opened.busy, timeout=60_000)
        found = pictures.current
        there = {"rise": found.rise, "fall": found.fall, "mm-cof": found.mm_cof}
        names = {name for name, one in there.items() if one is not None}
        return names | {"dynamic" for one in found.images.values() if one is not None}

    assert shown_by("d") == set()
    assert np.any(pictures.current.difference)
    assert shown_by("w") == {"rise"}
    assert shown_by("y") == {"dynamic"}
    assert shown_by("m") == {"rise", "fall", "mm-cof"}
    qtbot.keyClick(opened, "m")
    before = pictures.current
    opened.context.playhead.set_frame(33)
    qtbot.keyClick(opened, "p")
    qtbot.waitUntil(lambda: not opened.busy, timeout=60_000)
    assert pictures.current is before  # nobody looks
