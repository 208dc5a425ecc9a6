"""Words that name keys: they follow the keys in force, everywhere in the window."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from meviewer.gui.actions import Actions
from meviewer.gui.key_maps import default_keys, with_changes
from meviewer.gui.key_tips import cap, follow_keys, with_keys

# What a field, list, dialog or tile does with a key by itself; and action units may end in "(U)",
# which is no key.
_FIXED = {"Return", "Shift", "F1", "Del", "U"}


@pytest.mark.parametrize(
    ("words", "keys", "said"),
    [
        ("Undo ({undo})", {"undo": ("Ctrl+Z", "Q")}, "Undo (Ctrl+Z)"),
        ("Undo ({undo})", {"undo": ()}, "Undo"),
        ("Queue ({review-on}, {review-back})", {"review-on": ("N",)},
         "Queue (N, “Previous in the review queue”)"),
        ("Press {set-onset} there.", {"set-onset": ("Num+7",)}, "Press Num+7 there."),
        ("Press {set-onset} there.", {}, "Press “Set the onset here” there."),
        ("Pictures (double click, {fit})", {"fit": ("(",)}, "Pictures (double click, ()"),
        ("Nothing (in brackets)", {}, "Nothing (in brackets)"),
    ],
)  # fmt: skip
def test_words_name_the_first_key_of_each_action(words, keys, said):
    assert with_keys(words, keys) == said


def test_only_the_keys_that_are_named_are_spelt(monkeypatch):
    """Panels ask at every step of a drag, and all keys together take Qt milliseconds."""
    spelt = []
    monkeypatch.setattr("meviewer.gui.key_tips.cap", lambda key: spelt.append(key) or key)
    assert with_keys("Undo ({undo})", default_keys()) == "Undo (Ctrl+Z)"
    assert spelt == ["Ctrl+Z"]


def test_a_widget_follows_until_it_is_gone(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    actions, child = Actions(window), QWidget(window)
    follow_keys(actions, child, "Undo ({undo})")
    actions.set_keys({"undo": ("Q",)})
    assert (child.toolTip(), child.accessibleName()) == ("Undo (Q)", "Undo (Q)")
    child.deleteLater()
    qtbot.waitUntil(lambda: child not in window.children(), timeout=5000)
    actions.set_keys({"undo": ("U",)})


def said(window):
    """Everything that is written, or shown when pointed at, with where it stands."""
    for widget in window.findChildren(QWidget):
        if widget.isHidden():
            continue  # not a part of a page out of sight, but what was taken away itself
        texts = [widget.toolTip(), widget.accessibleName()]
        if isinstance(widget, QLabel | QAbstractButton):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit):
            texts.append(widget.placeholderText())
        yield from (text for text in texts if text)


def named_keys(text, keys):
    """Keys that a text names: in brackets, or with a modifier."""
    found = set(re.findall(r"\b(?:Ctrl|Alt|Shift)\+(?:Shift\+)?\w+", text)) & keys
    found |= set(re.findall(r"\b[Pp]ress (\w+)", text)) & keys
    for bracket in re.findall(r"\(([^()]+)\)", text):
        found |= {part for part in re.split(r", | then ", bracket) if part in keys}
    return found


def test_after_rebinding_no_widget_names_an_old_key(window, opened, qtbot):
    for name in ("annotate", "inspect", "train", "annotate"):
        window.show_perspective(name)
    old = {cap(key) for keys in default_keys().values() for key in keys} - _FIXED
    named = set().union(*(named_keys(text, old) for text in said(window)))
    assert {"D", "Ctrl+Left", "Shift+Z", "N", "Ctrl+O", "Ctrl+0", "X", "I"} <= named
    others = {name: (f"F{at % 23 + 13}",) for at, name in enumerate(default_keys())}
    window.context.actions.set_keys(with_changes(others))

    def left():
        return {text: there for text in said(window) if (there := named_keys(text, old))}

    qtbot.waitUntil(lambda: left() == {}, timeout=10_000)
    assert any("(F" in text for text in said(window))


def test_pages_that_say_how_to_begin_follow_too(window):
    window.context.actions.set_keys({"open": ("F9",), "set-onset": ("Q",)})
    window.show_perspective("inspect")
    assert any("Open a project, a clip or a video (F9)." in text for text in said(window))
