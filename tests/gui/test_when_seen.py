"""Panels that follow a drag do so once a turn, and not at all while nobody sees them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from meviewer.gui.running.when_seen import WhenSeen


@pytest.fixture
def widget(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def calls(widget):
    done = []
    widget.ask = WhenSeen(widget, lambda: done.append(widget.isVisible())).ask
    return done


def test_what_is_asked_for_several_times_is_done_once(qtbot, widget, calls):
    widget.show()
    for words in ((), ("a change",), (1, 2)):
        widget.ask(*words)
    assert calls == []
    qtbot.waitUntil(lambda: bool(calls))
    qtbot.wait(20)
    assert calls == [True]


def test_what_is_hidden_is_brought_up_to_date_when_it_is_shown(qtbot, widget, calls):
    widget.ask()
    qtbot.wait(20)
    assert calls == []
    widget.show()
    assert calls == [True]  # before it is painted
    qtbot.wait(20)
    widget.hide()
    widget.show()
    assert calls == [True]


def test_what_is_hidden_before_its_turn_waits(qtbot, widget, calls):
    widget.show()
    widget.ask()
    widget.hide()
    qtbot.wait(20)
    assert calls == []
    widget.show()
    assert calls == [True]
