"""Opening one clip or project after another, quickly and again."""

from __future__ import annotations

from factories import moving_frames, write_clip

from meviewer.core.annotation import Status
from meviewer.core.events import Edge


def session(window):
    return window.context.workspace.session


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_steps_add_up_while_a_clip_is_opened(opened, qtbot):
    workspace = opened.context.workspace
    for _ in range(3):
        workspace.step_sample(1)
    settled(opened, qtbot)
    assert (session(opened).sample.subject, session(opened).sample.name) == ("s02", "c02")
    workspace.step_sample(1)  # at the end nothing happens
    workspace.step_sample(-1)
    settled(opened, qtbot)
    assert (session(opened).sample.subject, session(opened).sample.name) == ("s02", "c01")


def test_a_clip_that_cannot_be_opened_is_passed_over(opened, tmp_path, qtbot):
    (tmp_path / "s01" / "c02").rename(tmp_path / "s01" / "elsewhere")
    workspace = opened.context.workspace
    with qtbot.waitSignal(workspace.failed):
        workspace.step_sample(1)
    assert session(opened).sample.name == "c01"
    workspace.step_sample(1)
    settled(opened, qtbot)
    assert session(opened).sample.subject == "s02"


def test_committing_twice_in_haste_leaves_no_clip_out(opened, qtbot):
    """The second time the eye has not seen the next clip yet: it counts for the same one."""
    for _ in range(2):
        opened.context.actions["commit-next"].trigger()
    settled(opened, qtbot)
    assert (session(opened).sample.subject, session(opened).sample.name) == ("s01", "c02")
    assert session(opened).annotation.status is Status.DRAFT


def test_the_way_there_and_back_keeps_what_is_edited_meanwhile(opened, qtbot):
    workspace, before = opened.context.workspace, session(opened)
    workspace.step_sample(1)
    workspace.step_sample(-1)
    opened.context.playhead.set_frame(33)
    opened.context.editor.set_here(Edge.APEX)
    settled(opened, qtbot)
    assert session(opened) is before
    assert session(opened).annotation.events[0].apex == 33


def test_the_open_project_opened_again_stays_writable(opened, small_project, qtbot):
    before = session(opened)
    for path in (small_project, small_project / "project.meviewer"):
        opened.context.workspace.open_path(path)
        settled(opened, qtbot)
        assert session(opened) is before
        assert not opened._card.isVisible()


def test_loose_clips_share_one_project_and_stay_writable(window, tmp_path, qtbot):
    paths = [write_clip(tmp_path / "x" / n, moving_frames(seed=s)) for n, s in (("a", 0), ("b", 3))]
    workspace, folders = window.context.workspace, set()
    for path in (*paths, *paths, paths[0]):
        with qtbot.waitSignal(workspace.session_changed):
            workspace.open_path(path)
        settled(window, qtbot)
        assert session(window).sample.name == path.name
        assert not session(window).read_only
        folders.add(workspace.project.folder)
    assert len(folders) == 1
    assert len(workspace.project.samples()) == 2
    assert window._perspectives["annotate"].clips.model.rowCount() == 2


def test_the_project_menu_offers_what_was_open_last(opened, small_project, qtbot):
    button = opened._bar.project
    button._fill()
    actions = {action.text(): action for action in button._menu.actions()}
    assert button.text() == "small"
    recent = next(text for text in actions if text.startswith(small_project.name))
    opened.context.workspace.close()
    actions[recent].trigger()
    qtbot.waitUntil(lambda: opened.context.workspace.session is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    assert "Export labels" in actions
