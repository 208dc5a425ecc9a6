"""Refusing a suggestion: by keys alone, with a reason or without, and what the journal keeps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from meviewer.gui.dialogs.refuse import RefuseDialog
from meviewer.gui.widgets.labels import ElidedLabel


@pytest.fixture
def asked(opened, qtbot):
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    assert opened.context.analysis.suggested_keyframes() is not None
    qtbot.keyClick(opened, Qt.Key.Key_Backspace)
    dialog = opened.findChild(RefuseDialog)
    assert isinstance(dialog, QDialog)
    qtbot.waitUntil(dialog.reason.hasFocus, timeout=5000)
    return dialog


def refused(window):
    session = window.context.workspace.session
    return session.annotation.events[0].rejected


def newest(window):
    workspace = window.context.workspace
    workspace.flush()
    session = workspace.session
    return workspace.project.history(session.sample.id, session.coder)[-1]


def test_return_alone_refuses_and_the_journal_keeps_the_evidence(asked, opened, qtbot):
    suggested = opened.context.analysis.suggested_keyframes()
    qtbot.keyClick(asked.reason, Qt.Key.Key_Return)
    assert refused(opened) == (suggested,)
    assert opened.context.analysis.suggested_keyframes() is None
    assert newest(opened).text == "Reject suggestion"
    assert newest(opened).reason.startswith("GAMDSS")


def test_a_typed_reason_stands_first_in_the_journal_and_is_seen_in_the_history(
    asked, opened, qtbot
):
    qtbot.keyClicks(asked.reason, "n blink,  not a brow")
    qtbot.keyClick(asked.reason, Qt.Key.Key_Return)
    assert newest(opened).reason.startswith("n blink, not a brow · GAMDSS")
    inspector = opened._perspectives["annotate"].inspector

    def lines():
        return [part.accessibleName() for part in inspector.findChildren(ElidedLabel)]

    wanted = "Reject suggestion – n blink, not a brow · GAMDSS"
    qtbot.waitUntil(lambda: any(line.startswith(wanted) for line in lines()), timeout=10_000)


def test_escape_keeps_the_suggestion(asked, opened, qtbot):
    qtbot.keyClicks(asked.reason, "because")
    qtbot.keyClick(asked.reason, Qt.Key.Key_Escape)
    assert refused(opened) == ()
    assert opened.context.analysis.suggested_keyframes() is not None


def test_what_was_on_show_is_refused_even_if_the_search_has_moved_on(asked, opened, qtbot):
    shown = opened.context.analysis.suggested_keyframes()
    opened.context.selection.set_alternative(1)
    qtbot.keyClick(asked.reason, Qt.Key.Key_Return)
    assert refused(opened) == (shown,)


def test_the_question_goes_with_the_clip_that_it_is_about(asked, opened, qtbot):
    refusal = asked._refusal
    with qtbot.waitSignal(opened.context.workspace.session_changed, timeout=20_000):
        opened.context.workspace.step_sample(1)
    qtbot.waitUntil(lambda: opened.findChild(RefuseDialog) is None, timeout=5000)
    said = []
    opened.context.editor.said.connect(said.append)
    opened.context.editor.refuse(refusal, "too late")
    assert said == ["The event is no longer open"]


def test_without_a_suggestion_nothing_is_asked(asked, opened, qtbot):
    qtbot.keyClick(asked.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.findChild(RefuseDialog) is None, timeout=5000)
    qtbot.keyClick(opened, Qt.Key.Key_Backspace)
    assert opened.findChild(RefuseDialog) is None
