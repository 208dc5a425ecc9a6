"""Action units, confidence and notes in the inspector: by keys, at once, and as steps of undo."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from meviewer.core.action_units import ActionUnit
from meviewer.gui.widgets.event_details import EventDetails
from meviewer.present.event_details import units_words, unread_part


def event(window):
    return window.context.workspace.session.annotation.events[0]


def type_into(qtbot, window, text):
    qtbot.keyClick(window, "u")
    field = window.findChild(EventDetails).units
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, text)
    return field


def test_units_typed_after_one_key_are_the_label(opened, qtbot):
    window, session = opened, opened.context.workspace.session
    before = session.annotation
    field = type_into(qtbot, window, "12b+l4")
    assert event(window).action_units == (ActionUnit(4, "L"), ActionUnit(12, "", "B"))
    assert field.text() == "12b+l4"  # as typed, while it is typed
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.hasFocus()
    session.end_gesture()
    assert session.undo_stack.count() == 1
    session.undo()
    assert session.annotation == before
    qtbot.waitUntil(lambda: field.text() == "")


def test_a_clip_that_is_left_while_a_field_has_the_focus_loses_nothing(opened, qtbot):
    window, workspace = opened, opened.context.workspace
    first = workspace.session.sample.id
    type_into(qtbot, window, "6")
    with qtbot.waitSignal(workspace.session_changed, timeout=20_000):
        window.context.actions["clip-on"].trigger()
    workspace.flush()
    assert workspace.project.annotation(first, "A").events[0].action_units == (ActionUnit(6),)
    assert event(window).action_units == ()


def test_what_is_no_action_unit_is_named_and_the_rest_is_kept(opened, qtbot):
    field = type_into(qtbot, opened, "4+smile")
    assert event(opened).action_units == (ActionUnit(4),)
    assert field.toolTip() == "No action unit: smile"


def test_confidence_and_notes_are_steps_too(opened, qtbot):
    details, session = opened.findChild(EventDetails), opened.context.workspace.session
    details.confidence.setFocus()
    details.confidence.stepBy(17)
    assert event(opened).confidence == 0.8
    details.notes.setFocus()
    qtbot.waitUntil(details.notes.hasFocus)
    qtbot.keyClicks(details.notes, "blinks")
    assert event(opened).notes == "blinks"
    session.end_gesture()
    session.undo()
    assert (event(opened).notes, event(opened).confidence) == ("", 0.8)
    session.undo()
    assert event(opened).confidence is None
    qtbot.waitUntil(lambda: details.confidence.text() == "not said")


def test_escape_leads_from_a_field_back_to_the_keys_of_the_frame(opened, qtbot):
    field = type_into(qtbot, opened, "4")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.hasFocus()
    frame = opened.context.playhead.frame
    qtbot.keyClick(QApplication.focusWidget() or opened, Qt.Key.Key_Right)
    assert opened.context.playhead.frame == frame + 1


def test_units_in_words():
    assert units_words((ActionUnit(4), ActionUnit(12, "L", "B"))) == (
        "brow lowerer, left lip corner puller (B)"
    )
    assert unread_part("4, ?, AU7B;smile") == "?, smile"
    assert unread_part("4+7") == ""
