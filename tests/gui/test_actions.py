import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from meviewer.gui.actions import ACTIONS, Actions, ActionSpec, conflicts
from meviewer.gui.widgets.buttons import push


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    return widget


def test_no_key_means_two_things():
    assert conflicts() == {}


def test_a_conflict_is_named():
    twice = (ActionSpec("a", "", ("I",), ""), ActionSpec("b", "", ("i", "P"), ""))
    assert conflicts(twice) == {"i": ["a", "b"]}


def test_every_key_is_understood_by_qt():
    for spec in ACTIONS:
        for key in spec.keys:
            assert not QKeySequence(key).isEmpty(), spec.name


def test_names_are_unique():
    names = [spec.name for spec in ACTIONS]
    assert len(names) == len(set(names))


def test_a_letter_acts_in_the_window_and_is_typed_in_a_field(window, qtbot):
    actions = Actions(window)
    hits = []
    actions.bind("set-onset", lambda: hits.append(1))
    field = QLineEdit()
    window.layout().addWidget(field)
    window.show()
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, "i")
    assert hits == [1]
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, "i")
    assert hits == [1]
    assert field.text() == "i"


def test_return_belongs_to_a_field_that_has_the_focus(window, qtbot):
    actions = Actions(window)
    accepted, entered = [], []
    actions.bind("accept", lambda: accepted.append(1))
    field = QLineEdit()
    field.returnPressed.connect(lambda: entered.append(1))
    window.layout().addWidget(field)
    window.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (accepted, entered) == ([], [1])
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert (accepted, entered) == ([1], [1])


def test_no_key_changes_a_label_where_no_frame_is_seen(window, qtbot):
    actions = Actions(window)
    actions.allow_editing(False)
    assert not actions["set-onset"].isEnabled()
    assert not actions["delete"].isEnabled()
    assert actions["undo"].isEnabled()
    assert actions["annotate"].isEnabled()


def test_space_and_tab_belong_to_a_button_that_has_the_focus(window, qtbot):
    actions = Actions(window)
    played, walked, pressed = [], [], []
    actions.bind("play", lambda: played.append(1))
    actions.bind("alternative-on", lambda: walked.append(1))
    first, second = push("First"), push("Second")
    first.clicked.connect(lambda: pressed.append(1))
    for button in (first, second):
        window.layout().addWidget(button)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert (played, pressed) == ([], [1])
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert walked == []
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert (played, walked) == ([1], [1])


def test_a_click_leaves_the_keys_to_the_frame(window, qtbot):
    Actions(window)
    button = push("Commit")
    window.layout().addWidget(button)
    window.show()
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()


def test_tab_walks_through_the_window_while_no_clip_is_open(window, qtbot):
    actions = Actions(window)
    walked = []
    actions.bind("alternative-on", lambda: walked.append(1))
    button = push("Open")
    window.layout().addWidget(button)
    actions.follow_clip(False)
    window.show()
    window.activateWindow()
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert walked == []
    assert button.hasFocus()
    window.setFocus()
    actions.follow_clip(True)
    qtbot.waitUntil(window.hasFocus)
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert walked == [1]
