"""Keys that the user sets: presets, conflicts, what is kept, and what the sheet shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from meviewer.gui.actions import Actions
from meviewer.gui.dialogs.change_keys import ChangeKeysDialog
from meviewer.gui.dialogs.key_sheet import KeySheet
from meviewer.gui.key_maps import (
    PRESETS,
    conflict_words,
    conflicts_in,
    default_keys,
    from_settings,
    normal,
    to_settings,
    with_changes,
)


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


@pytest.fixture
def dialog(window, theme):
    made = ChangeKeysDialog(theme, Actions(window), window)
    made.show()
    return made


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_no_conflict_and_every_key_is_one(name):
    keys = with_changes(PRESETS[name])
    assert conflicts_in(keys) == {}
    assert all(normal(key) for wished in keys.values() for key in wished)
    assert set(PRESETS[name]) <= set(default_keys())


def test_a_conflict_is_named_in_the_words_of_both_actions():
    keys = with_changes({"set-onset": ("n",)})
    assert conflict_words(keys) == ("N: Set the onset here, Next in the review queue",)


def test_the_settings_keep_what_differs_and_nothing_else():
    keys = with_changes({"set-onset": ("Q", "Ctrl+|"), "theme": ()})
    assert to_settings(keys) == {"set-onset": "Q | Ctrl+|", "theme": ""}
    assert from_settings(to_settings(keys)) == keys
    assert to_settings(default_keys()) == {}


def test_settings_of_another_version_never_take_a_key_away():
    kept = {"set-onset": "N", "set-apex": "nonsense+", "no-such-action": "Q", "set-offset": "Q"}
    keys = from_settings(kept)
    assert keys["set-onset"] == ("I",)
    assert keys["review-on"] == ("N",)
    assert keys["set-offset"] == ("Q",)
    assert conflicts_in(keys) == {}


def test_a_new_key_acts_the_old_one_does_not_and_fields_keep_their_letters(window, qtbot):
    actions, hits = Actions(window), []
    actions.bind("set-onset", lambda: hits.append(1))
    actions.set_keys({"set-onset": ("Q",), "accept": ("Return",)})
    qtbot.keyClick(window, "i")
    assert hits == []
    qtbot.keyClick(window, "q")
    assert hits == [1]
    field = QLineEdit()
    window.layout().addWidget(field)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, "q")
    assert (hits, field.text()) == ([1], "q")
    assert actions["accept"].shortcuts() == []
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    assert actions["accept"].shortcuts() == [QKeySequence("Return")]


def test_with_the_keyboard_alone_a_key_is_changed(dialog, qtbot):
    dialog.choose("set-onset")
    dialog.recorder.setFocus()
    qtbot.waitUntil(dialog.recorder.hasFocus)
    qtbot.keyClick(dialog.recorder, Qt.Key.Key_Q)
    qtbot.waitUntil(dialog.only.isEnabled)
    dialog.only.setFocus()
    qtbot.keyClick(dialog.only, Qt.Key.Key_Space)
    assert dialog.keys["set-onset"] == ("Q",)
    assert dialog.preset.currentText() == "Own"
    qtbot.keyClick(dialog.apply, Qt.Key.Key_Space)
    assert dialog._actions.keys["set-onset"] == ("Q",)


def test_nothing_is_applied_while_a_key_has_two_meanings(dialog, qtbot):
    dialog.choose("set-onset")
    dialog.recorder.setKeySequence(QKeySequence("N"))
    dialog.add.click()
    assert not dialog.apply.isEnabled()
    words = "\n".join(part.text() for part in dialog.card.findChildren(QLabel))
    assert "N: Set the onset here, Next in the review queue" in words
    dialog.choose("set-onset")
    dialog.back.click()
    assert dialog.apply.isEnabled()
    assert dialog.preset.currentText() == "Default"


def test_a_preset_is_taken_over_and_recognised(dialog):
    dialog.preset.setCurrentText("SLEAP")
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    dialog.apply.click()
    assert dialog._actions.keys["review-on"] == ("Space", "N")
    assert dialog.preset.currentText() == "SLEAP"


def test_the_sheet_shows_the_keys_in_force(window, theme, qtbot):
    actions = Actions(window)
    actions.set_keys({"set-onset": ("Q",), "emotion-1": ("Ctrl+F1",)})
    sheet = KeySheet(window, actions)
    qtbot.addWidget(sheet)
    texts = [part.text() for part in sheet.findChildren(QLabel)]
    assert "Q" in texts
    assert "I" not in texts
    assert "Emotion 1" in texts
    assert "1 – 9" not in texts
