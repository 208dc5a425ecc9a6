"""A clip that was cut while nobody looked: it is said, and one step puts the labels right."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from factories import moving_frames, write_clip

from meviewer.core.events import Edge
from meviewer.project.project import Project

FRAMES = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)


def session(window):
    return window.context.workspace.session


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def go(window, qtbot, sample_id):
    with qtbot.waitSignal(window.context.workspace.session_changed):
        window.context.workspace.open_sample(sample_id)
    settled(window, qtbot)


def frames_of(window):
    (one,) = session(window).annotation
    return (one.onset, one.apex, one.offset)


def notice_of(window):
    return window._perspectives["annotate"].shift_notice


def said(window):
    card = notice_of(window).card
    return card.accessibleName() if card.isVisible() else ""


def replace_clip(tmp_path, frames, first_number=101):
    place = tmp_path / "s01" / "c01"
    shutil.rmtree(place)
    write_clip(place, frames, first_number)


@pytest.fixture
def cut(opened, tmp_path, qtbot):
    """The window on a clip whose first ten frames were cut off since it was labelled."""
    settled(opened, qtbot)
    assert said(opened) == ""
    go(opened, qtbot, 2)
    replace_clip(tmp_path, FRAMES[10:], 1)
    go(opened, qtbot, 1)
    return opened


def test_a_clip_that_is_as_it_was_says_nothing(opened, qtbot):
    settled(opened, qtbot)
    go(opened, qtbot, 2)
    go(opened, qtbot, 1)
    assert not notice_of(opened).isVisible()


def test_the_card_says_what_happened_and_offers_a_step(cut):
    assert "begins 10 frames later" in said(cut)
    assert "3 of 3 label frames found again exactly" in said(cut)
    assert notice_of(cut).move_labels.text() == "Move labels by −10 frames"
    assert notice_of(cut).leave_labels.isVisible()
    assert frames_of(cut) == (12, 26, 50)


def test_repair_undo_redo_and_reopening(cut, qtbot):
    notice_of(cut).move_labels.click()
    assert frames_of(cut) == (2, 16, 40)
    settled(cut, qtbot)
    assert not notice_of(cut).isVisible()
    assert session(cut).undo_stack.undoText() == "Move labels by −10 frames"
    project = cut.context.workspace.project
    assert project.sample(1).n_frames == 50
    row = [r for r in project.history(1, "A") if r.kind == "edit"][-1]
    assert "begins 10 frames later" in row.reason

    session(cut).undo()
    assert frames_of(cut) == (12, 26, 50)
    assert "begins 10 frames later" in said(cut)

    session(cut).redo()
    assert frames_of(cut) == (2, 16, 40)
    settled(cut, qtbot)
    assert not notice_of(cut).isVisible()

    go(cut, qtbot, 2)
    go(cut, qtbot, 1)
    # It may be compared once more; that it fits has to come of it.
    qtbot.waitUntil(lambda: not notice_of(cut).isVisible(), timeout=20_000)
    assert frames_of(cut) == (2, 16, 40)
    session(cut).undo()
    go(cut, qtbot, 2)
    go(cut, qtbot, 1)
    assert "begins 10 frames later" in said(cut)


def test_a_repair_outlives_a_restart(cut, small_project, qtbot):
    notice_of(cut).move_labels.click()
    settled(cut, qtbot)
    workspace = cut.context.workspace
    workspace.close()
    with Project.open(small_project) as project:
        assert project.check_chain().ok
        assert list(project.shifted_clips()) == []
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_path(small_project)
    settled(cut, qtbot)
    assert not notice_of(cut).isVisible()
    session(cut).undo()
    assert frames_of(cut) == (12, 26, 50)


def test_labels_left_as_they_are_are_not_asked_about_again(cut, qtbot):
    notice_of(cut).leave_labels.click()
    settled(cut, qtbot)
    assert not notice_of(cut).isVisible()
    go(cut, qtbot, 2)
    go(cut, qtbot, 1)
    assert not notice_of(cut).isVisible()
    assert frames_of(cut) == (12, 26, 50)


def test_a_dismissed_card_comes_again(cut, qtbot):
    notice_of(cut).card._close()
    assert not notice_of(cut).isVisible()
    go(cut, qtbot, 2)
    go(cut, qtbot, 1)
    assert "begins 10 frames later" in said(cut)


def test_an_event_set_before_the_decision_is_named_and_stays(cut, qtbot):
    cut.context.editor.add_event(3)
    settled(cut, qtbot)
    assert "Set or changed since then" in said(cut)
    notice_of(cut).move_labels.click()
    settled(cut, qtbot)
    assert [(e.onset, e.offset) for e in session(cut).annotation] == [(2, 40), (3, 3)]
    assert not notice_of(cut).isVisible()


def test_another_coder_is_asked_about_the_own_labels(cut, qtbot):
    notice_of(cut).move_labels.click()
    settled(cut, qtbot)
    cut.context.workspace.set_coder("B")
    settled(cut, qtbot)
    assert not notice_of(cut).isVisible()
    cut.context.playhead.set_frame(5)
    cut.context.editor.set_here(Edge.ONSET)
    settled(cut, qtbot)
    go(cut, qtbot, 2)
    go(cut, qtbot, 1)
    assert not notice_of(cut).isVisible()


def test_another_clip_offers_no_repair(opened, tmp_path, qtbot):
    settled(opened, qtbot)
    go(opened, qtbot, 2)
    replace_clip(tmp_path, np.ascontiguousarray(moving_frames(60, 96, 80, seed=8)))
    go(opened, qtbot, 1)
    assert "another clip" in said(opened)
    assert not notice_of(opened).move_labels.isVisible()
    assert notice_of(opened).leave_labels.isVisible()


def test_new_numbers_are_said_and_taken_over(opened, tmp_path, qtbot):
    settled(opened, qtbot)
    go(opened, qtbot, 2)
    replace_clip(tmp_path, FRAMES, 1)
    go(opened, qtbot, 1)
    assert "101 is now 1" in said(opened)
    assert not notice_of(opened).move_labels.isVisible()
    assert session(opened).sample.first_number == 1
    go(opened, qtbot, 2)
    go(opened, qtbot, 1)
    assert said(opened) == ""


def test_a_rate_that_was_halved_is_taken_over(opened, tmp_path, qtbot):
    settled(opened, qtbot)
    go(opened, qtbot, 2)
    replace_clip(tmp_path, FRAMES[::2], 1)
    go(opened, qtbot, 1)
    notice_of(opened).move_labels.click()
    settled(opened, qtbot)
    assert frames_of(opened) == (6, 13, 25)
    assert session(opened).clip.rate == 100
    session(opened).undo()
    assert frames_of(opened) == (12, 26, 50)


def test_a_read_only_project_is_told_but_not_changed(cut, window, small_project, qtbot):
    workspace = cut.context.workspace
    workspace.close()
    with qtbot.waitSignal(workspace.session_changed):
        workspace.open_project(Project.open(small_project, read_only=True))
    settled(cut, qtbot)
    assert "begins 10 frames later" in said(cut)
    assert not notice_of(cut).move_labels.isVisible()
    assert not notice_of(cut).leave_labels.isVisible()


def test_a_comparison_can_be_stopped(cut, qtbot):
    notice = notice_of(cut)
    notice._show_progress(0.5, "Looking for the label frames")
    assert notice.work.isVisible()
    notice.work.cancelled.emit()
    assert not notice.work.isVisible()
