"""Blind adjudication in the window: by keys alone, and nobody's name in sight."""

from __future__ import annotations

import random

import pytest
from factories import annotation, event, moving_frames, write_project
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTextEdit,
    QWidget,
)

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Keyframes
from meviewer.experiment.adjudication import plan
from meviewer.gui.dialogs.adjudicate_start import AdjudicateStart
from meviewer.gui.dialogs.agreement import AgreementDialog
from meviewer.gui.panels.adjudicate import AdjudicatePanel
from meviewer.project.exchanging import document_of
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

ANN, BEN, DOT = "Annika-Coder", "Benedikt-Coder", "Dorothea-Coder"


@pytest.fixture
def double(tmp_path):
    """Two clips on which two people differ, and two that nobody else has labelled."""
    frames = moving_frames(30, 24, 20, onset=5, apex=12, offset=22)
    folder = write_project(
        tmp_path / "project",
        tmp_path,
        frames,
        [(s, c) for s in ("s01", "s02") for c in ("c01", "c02")],
    )
    with Project.open(folder) as project:
        for sample_id in (1, 2):
            two = annotation(event(1, 5, 12, 22), event(2, 25, 26, 28), status=Status.COMMITTED)
            one = annotation(event(1, 6, 17, 23, "fear"), status=Status.COMMITTED)
            project.set_tier(sample_id, ANN, two, "test")
            project.set_tier(sample_id, BEN, one, "test")
    return folder


@pytest.fixture
def opened(window, double, qtbot):
    window.context.workspace.open_path(double)
    qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=20_000)
    return window


@pytest.fixture
def begun(opened, qtbot):
    """Adjudication under way on the first clip; coder 1 is Annika there."""
    context = opened.context
    context.adjudication._rng = random.Random(2)
    context.actions["agreement"].trigger()
    assert opened.findChild(AgreementDialog).isVisible()
    context.actions["adjudicate"].trigger()
    form = opened.findChild(AdjudicateStart)
    form.judge.setText("Cem")
    qtbot.waitUntil(lambda: form.waiting.text() == "2 clips wait", timeout=10_000)
    form.go.click()
    store = context.adjudication
    qtbot.waitUntil(lambda: store.active and bool(store.movements), timeout=20_000)
    return opened


def press(qtbot, window, *keys):
    """Press keys where the focus is, as a person does."""
    for key in keys:
        target = QApplication.focusWidget() or window
        modifiers = Qt.KeyboardModifier.NoModifier
        if isinstance(key, tuple):
            modifiers, key = key
        qtbot.keyClick(target, key, modifiers)


ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def texts(widget: QWidget) -> list[str]:
    """All that a widget says to the eye, to the mouse and to a screen reader."""
    found = [
        widget.windowTitle(),
        widget.toolTip(),
        widget.accessibleName(),
        widget.accessibleDescription(),
    ]
    if isinstance(widget, QLabel | QLineEdit):
        found.append(widget.text())
    if isinstance(widget, QTextEdit):
        found.append(widget.toPlainText())
    if isinstance(widget, QComboBox):
        found += [widget.itemText(at) for at in range(widget.count())]
    text = getattr(widget, "text", None)
    if callable(text):
        found.append(str(text()))
    state = getattr(widget, "state", None)
    if state is not None and not callable(state):
        found.append(repr(state))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        found += [
            str(model.data(model.index(row, at, QModelIndex()), role))
            for row in range(model.rowCount())
            for at in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        ]
    return found


def in_sight() -> str:
    """Everything that any visible widget of the program says."""
    return "\n".join(
        text for widget in QApplication.allWidgets() if widget.isVisible() for text in texts(widget)
    )


def test_before_a_decision_no_widget_export_or_log_shows_a_name(begun, qtbot, caplog):
    context = begun.context
    qtbot.waitUntil(lambda: not context.background.busy, timeout=20_000)
    project, session = context.workspace.project, context.workspace.session
    assert session.coder == ADJUDICATED
    assert sorted(session.others) == ["1", "2"]
    assert session.blind
    assert context.analysis.suggestion is None
    seen = in_sight()
    assert "Take 1" in seen
    before = len(project.history())
    for word in (ANN, BEN):
        assert word not in seen
    context.adjudication.take(1)
    context.workspace.flush()
    written = project.history()[before:]
    exported = repr(document_of(project, [ADJUDICATED]))
    assert written
    for word in (ANN, BEN):
        assert word not in in_sight()
        assert word not in repr(written)
        assert word not in exported
        assert word not in caplog.text
    for name in ("export", "agreement", "bias-report", "train", "annotate", "find", "merge"):
        assert not context.actions[name].isEnabled(), name


def test_a_clip_is_decided_by_keys_alone_and_every_step_goes_back(begun, qtbot):
    context, store = begun.context, begun.context.adjudication
    project = context.workspace.project
    originals = {coder: project.tier(coder) for coder in (ANN, BEN)}
    first = context.workspace.session.sample.id
    start = context.workspace.session.annotation
    assert len(store.movements) == 2
    qtbot.waitUntil(lambda: context.playhead.frame == store.movements[0][0].apex)
    begun.activateWindow()
    begun.setFocus()
    qtbot.waitUntil(begun.isActiveWindow)
    press(qtbot, begun, (ALT, Qt.Key.Key_1))
    taken = store.decided(0)
    assert taken.keyframes == store.movements[0][0].keyframes
    assert store.movement == 1
    press(qtbot, begun, (ALT, Qt.Key.Key_Up), Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_P)
    own = store.decided(0).keyframes
    assert own == Keyframes(taken.onset, taken.apex + 2, taken.offset)
    press(qtbot, begun, (ALT, Qt.Key.Key_Down), (ALT, Qt.Key.Key_0))
    assert store.is_none(1)
    press(qtbot, begun, (CTRL, Qt.Key.Key_Return))
    assert context.workspace.session.annotation.status is Status.DRAFT
    reason = QApplication.focusWidget()
    assert isinstance(reason, QLineEdit)
    qtbot.keyClicks(reason, "brow, no 2")
    press(qtbot, begun, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.place == (2, 2) and bool(store.movements), timeout=20_000)
    context.workspace.flush()
    decided = project.annotation(first, ADJUDICATED)
    assert decided.status is Status.ADJUDICATED
    assert [one.keyframes for one in decided] == [own]
    last = project.history(first, ADJUDICATED)[-1]
    assert last.reason.startswith("brow, no 2 (decided by Cem; 1 was ")
    assert {coder: project.tier(coder) for coder in (ANN, BEN)} == originals
    press(qtbot, begun, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: store.place[0] == 1 and bool(store.movements), timeout=20_000)
    press(qtbot, begun, (CTRL, Qt.Key.Key_Z))
    assert store.is_none(1)
    press(qtbot, begun, (CTRL, Qt.Key.Key_Z))
    assert not store.is_none(1)
    for _step in range(2):
        press(qtbot, begun, (CTRL, Qt.Key.Key_Z))
    assert context.workspace.session.annotation == start == Annotation()


def test_a_clip_is_not_decided_while_an_event_is_open_or_the_reason_is_missing(begun):
    context, store = begun.context, begun.context.adjudication
    said = []
    store.said.connect(said.append)
    assert not store.decide("why")
    assert said[-1].startswith("Event 1 is open")
    store.take(2)
    store.take_none()
    assert not store.decide("  ")
    assert said[-1] == "A decision needs a reason"
    assert context.workspace.session.annotation.status is not Status.ADJUDICATED


def test_that_there_is_no_event_outlives_the_adjudication(begun, qtbot):
    context, store = begun.context, begun.context.adjudication
    first, movements = context.workspace.session.sample.id, store.movements
    store.step_movement(1)
    store.take_none()
    context.actions["adjudicate"].trigger()
    store.begin(plan(context.workspace.project, "Cem", (ANN, BEN)))
    qtbot.waitUntil(lambda: len(store.movements) == len(movements), timeout=20_000)
    assert context.workspace.session.sample.id == first
    assert store.is_none(1)
    assert not store.is_none(0)
    context.actions["undo"].trigger()
    assert not store.is_none(1)


def test_three_coders_have_a_row_a_button_and_a_key_each(opened, qtbot):
    context, store = opened.context, opened.context.adjudication
    project = context.workspace.project
    third = annotation(event(1, 7, 13, 24), status=Status.COMMITTED)
    project.set_tier(2, DOT, third, "test")
    context.actions["adjudicate"].trigger()
    form = opened.findChild(AdjudicateStart)
    assert [box.text() for box in form.coders] == [ANN, BEN, DOT]
    form.judge.setText("Cem")
    qtbot.waitUntil(lambda: form.waiting.text() == "2 clips wait", timeout=10_000)
    form.go.click()
    qtbot.waitUntil(lambda: store.active and bool(store.movements), timeout=20_000)
    panel = opened.findChild(AdjudicatePanel)
    if context.workspace.session.sample.id == 1:
        assert len(panel.takes) == store.n_coders == 2
        store.step(1)
        qtbot.waitUntil(lambda: store.n_coders == 3, timeout=20_000)
    assert [button.text() for button in panel.takes] == ["Take 1", "Take 2", "Take 3"]
    qtbot.waitUntil(lambda: not context.background.busy, timeout=20_000)
    shown = [row[0].text for row in panel.table.rows]
    assert shown == ["1", "2", "3", "decided"]
    for name in (ANN, BEN, DOT):
        assert name not in in_sight()
    wished = store.movements[0][2]
    panel.takes[2].click()
    assert store.decided(0) == (None if wished is None else wished)
    opened.activateWindow()
    opened.setFocus()
    qtbot.waitUntil(opened.isActiveWindow)
    store.step_movement(-1)
    press(qtbot, opened, (ALT, Qt.Key.Key_2))
    said = []
    store.said.connect(said.append)
    press(qtbot, opened, (ALT, Qt.Key.Key_7))
    assert said == ["Only 3 coders have labelled this clip"]


def test_leaving_shows_names_again_and_what_was_switched_off(begun, qtbot):
    context = begun.context
    context.actions["adjudicate"].trigger()
    qtbot.waitUntil(lambda: context.workspace.session is not None, timeout=20_000)
    assert not context.workspace.veiled
    assert context.workspace.coder != ADJUDICATED
    assert context.actions["export"].isEnabled()
    assert not context.actions["take-1"].isEnabled()
    assert set(context.workspace.session.others) | {context.workspace.coder} >= {ANN, BEN}
    assert ANN in in_sight()


def test_closing_the_window_keeps_the_users_own_name(begun):
    coder = begun.context.adjudication._before
    begun.close()
    assert begun.context.workspace.coder == coder


def test_another_project_ends_it(begun, tmp_path, qtbot):
    with Project.create(tmp_path / "empty", "empty"):
        pass
    begun.context.workspace.open_path(tmp_path / "empty")
    qtbot.waitUntil(lambda: not begun.context.adjudication.active)
    assert not begun.context.workspace.veiled


def test_the_form_refuses_one_of_the_coders(opened, qtbot):
    opened.context.actions["adjudicate"].trigger()
    form = opened.findChild(AdjudicateStart)
    form.judge.setText(ANN)
    qtbot.waitUntil(lambda: "Somebody else" in form.waiting.text(), timeout=10_000)
    assert not form.go.isEnabled()
    form.reject()


def test_a_plan_of_the_window_is_that_of_the_library(begun):
    project = begun.context.workspace.project
    expected = plan(project, "Cem", (ANN, BEN)).sample_ids
    assert begun.context.adjudication.place == (1, len(expected))
