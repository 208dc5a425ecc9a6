"""Findings to jump to, states to bring back, and the note after a crash."""

from __future__ import annotations

import pytest
from factories import annotation, event
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from meviewer.gui.dialogs.findings import FindingsDialog
from meviewer.gui.dialogs.history import HistoryDialog
from meviewer.present.findings import findings_of, gaps_in, summary
from meviewer.project.bringing_back import bring_back, changed_since
from meviewer.project.project import Project


@pytest.fixture
def context(opened):
    return opened.context


def test_gaps_are_where_numbers_jump():
    assert gaps_in((5, 6, 9, 10, 12)) == (2, 4)
    assert gaps_in(range(7)) == ()


def test_every_broken_rule_is_listed_errors_first(small_project):
    with Project.open(small_project) as project:
        project.set_tier(2, "A", annotation(event(1, 10, 10, 30), event(2, 25, 28, 90)), "")
        lines = findings_of(project, "A")
    kinds = [line.finding.kind for line in lines]
    assert kinds[0] == "outside-clip"
    assert {"apex-on-onset", "overlap"} <= set(kinds)
    assert lines[0].clip == "s01/c02"
    assert summary(lines).startswith("1 error")
    assert summary(()) == "Nothing doubtful by the rules"


def test_return_goes_to_the_clip_the_event_and_the_frame(opened, context, qtbot):
    context.workspace.flush()
    context.workspace.project.set_tier(3, "A", annotation(event(4, 20, 20, 33)), "")
    dialog = FindingsDialog(context, opened)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.lines), timeout=30_000)
    assert [line.finding.kind for line in dialog.lines] == ["apex-on-onset"]
    assert dialog.lines[0].number == 121
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == 3, timeout=30_000)
    qtbot.waitUntil(lambda: context.selection.event_id == 4, timeout=30_000)
    qtbot.waitUntil(lambda: context.playhead.frame == 20, timeout=30_000)
    # It follows: what is put right goes away.
    context.playhead.set_frame(26)
    context.actions["set-apex"].trigger()
    qtbot.waitUntil(lambda: not dialog.lines, timeout=30_000)
    assert dialog.summary.text() == "Nothing doubtful by the rules"
    dialog.close()


def test_any_state_of_a_clip_comes_back_as_one_step(opened, context, qtbot):
    session = context.workspace.session
    first = session.annotation
    for frame in (28, 31, 33):
        context.playhead.set_frame(frame)
        context.actions["set-apex"].trigger()
    last = session.annotation
    steps = session.undo_stack.count()
    dialog = HistoryDialog(context, opened)
    dialog.show()
    qtbot.waitUntil(lambda: len(dialog.rows) == 4, timeout=30_000)
    dialog.table.selectRow(2)  # the newest is the first
    dialog.restore.click()
    assert session.annotation.events[0].apex == 28
    assert session.undo_stack.count() == steps + 1
    session.undo()
    assert session.annotation == last
    assert first != last


def test_a_checkpoint_brings_all_clips_back_and_undo_takes_each_back(opened, context, qtbot):
    project = context.workspace.project
    context.workspace.flush()
    project.checkpoint("before lunch")
    now = project.tier("A")
    for sample_id in (1, 2):
        project.set_tier(sample_id, "A", annotation(event(1, 3, 4, 5)), "spoilt")
    changed = project.tier("A")
    dialog = HistoryDialog(context, opened)
    dialog.show()
    dialog.scope.button(1).click()
    qtbot.waitUntil(lambda: [row.text for row in dialog.rows] == ["before lunch"], timeout=30_000)
    table = dialog.table
    assert table.isColumnHidden(2)  # its name, which may be long, has all the room
    assert table.columnWidth(0) + table.columnWidth(1) == table.viewport().width()
    dialog.restore.click()
    assert project.tier("A") == now
    assert changed_since(project, "A", project.checkpoints()[0].n) == {}
    qtbot.waitUntil(lambda: context.workspace.session is not None, timeout=30_000)
    context.workspace.undo()
    assert context.workspace.flush()
    assert project.annotation(1, "A") == changed[1]
    assert bring_back(project, "A", project.checkpoints()[0].n, "again") == 1


def test_after_a_crash_the_window_says_that_nothing_is_lost(window, small_project, qtbot):
    with Project.open(small_project) as project:
        project.recovered = True
        window.context.workspace.open_project(project)
        qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=30_000)
        words = [part.text() for part in window._card.findChildren(QLabel)]
        assert window._card.isVisible()
        assert any("every saved edit is here" in text for text in words)
        window._noted.timeout.emit()  # nothing is to be done about it: it gives its room back
        assert not window._card.isVisible()
        window._card.show()
        window.context.workspace.open_sample(2)
        qtbot.waitUntil(lambda: window.context.workspace.session.sample.id == 2, timeout=30_000)
        assert not window._card.isVisible()
        window.context.workspace.close()
