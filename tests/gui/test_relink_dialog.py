"""Missing clips are found again in a window."""

from __future__ import annotations

import shutil

import pytest
from factories import moving_frames, write_clip

from meviewer.gui.dialogs.relink import RelinkDialog


@pytest.fixture
def dialog(opened, qtbot):
    """The dialog over a window on the small project."""
    made, closed = RelinkDialog(opened.context, opened), []
    made.finished.connect(closed.append)
    made.show()
    yield made
    if not closed:
        made.reject()


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def states(dialog):
    return [(row[0].text, row[1].text) for row in dialog.table.rows]


def test_nothing_is_missing(dialog, opened, qtbot):
    settled(opened, qtbot)
    assert dialog.summary.text() == "All clips are where the project looks for them"
    assert not dialog.go.isEnabled()


def test_missing_clips_are_searched_and_taken_over(opened, tmp_path, qtbot):
    (tmp_path / "far").mkdir()
    (tmp_path / "s02").rename(tmp_path / "far" / "s02")
    dialog = RelinkDialog(opened.context, opened)
    dialog.show()
    settled(opened, qtbot)
    assert dialog.summary.text() == "2 of 4 clips missing"
    assert states(dialog) == [("missing", "s02/c01"), ("missing", "s02/c02")]
    dialog.look_in(tmp_path / "far")
    settled(opened, qtbot)
    assert dialog.summary.text() == "2 of 2 clips found"
    with qtbot.waitSignal(dialog.said) as said:
        dialog.go.click()
    assert said.args == ["2 clips relinked"]
    settled(opened, qtbot)
    opened.context.workspace.open_sample(3)
    settled(opened, qtbot)
    assert opened.context.workspace.session.sample.name == "c01"


def test_a_moved_root(dialog, opened, tmp_path, qtbot):
    (tmp_path / "new").mkdir()
    for subject in ("s01", "s02"):
        (tmp_path / subject).rename(tmp_path / "new" / subject)
    dialog.way._clicked(1)
    dialog.look_in(tmp_path / "new")
    settled(opened, qtbot)
    assert dialog.summary.text() == "4 of 4 clips found"
    dialog.go.click()
    settled(opened, qtbot)
    assert opened.context.workspace.project.root == tmp_path / "new"


def test_ambiguous_and_changed_clips_are_told_apart(dialog, opened, tmp_path, qtbot):
    for name in ("c01", "c02"):
        shutil.rmtree(tmp_path / "s02" / name)
    write_clip(tmp_path / "a" / "s02" / "c01", moving_frames(20, seed=5))
    write_clip(tmp_path / "b" / "c02", moving_frames(20, seed=6))
    for folder in ("a", "b"):
        (tmp_path / folder).rename(tmp_path / "s02" / folder)
    dialog.look_in(tmp_path / "s02")
    settled(opened, qtbot)
    assert states(dialog) == [("ambiguous", "s02/c02"), ("found, changed", "s02/c01")]
    assert "1 of them with other content" in dialog.summary.text()
    assert "1 ambiguous and left alone" in dialog.summary.text()


def test_a_folder_that_has_gone_is_said(dialog, opened, tmp_path, qtbot):
    dialog.look_in(tmp_path / "nowhere")
    settled(opened, qtbot)
    assert dialog._card.isVisible()
    assert not dialog.go.isEnabled()


def test_looking_can_be_stopped(dialog, opened, tmp_path, qtbot):
    dialog.look_in(tmp_path)
    dialog.work.cancelled.emit()
    settled(opened, qtbot)
    assert dialog.summary.text() == "Stopped"
    assert not dialog.go.isEnabled()


def test_the_action_opens_the_dialog(opened, qtbot):
    opened.context.actions["relink"].trigger()
    (dialog,) = opened.findChildren(RelinkDialog)
    settled(opened, qtbot)
    dialog.reject()


def test_nothing_is_open(window):
    assert not window.context.actions["relink"].isEnabled()
