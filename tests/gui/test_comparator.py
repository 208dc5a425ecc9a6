"""Swipe, blend, contrast and gamma of the frame view: by key and by mouse, and what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage

from meviewer.gui.stores.comparator import Compare
from meviewer.gui.widgets.frame_view import FrameView, to_image

DARK = np.full((40, 60, 3), 20, np.uint8)
BRIGHT = np.full((40, 60, 3), 220, np.uint8)


@pytest.fixture
def view(qtbot, theme):
    made = FrameView(theme, "Frame")
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.show_frame(DARK)
    return made


def grey(view, x, y=0.5):
    """What is painted at a place of the picture, given in shares."""
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    box = view.picture_box()
    scale = picture.width() / view.width()
    at = QPointF(box.left() + x * box.width(), box.top() + y * box.height()) * scale
    return picture.pixelColor(at.toPoint()).red()


def test_a_swipe_shows_the_second_picture_left_of_the_line(view):
    view.show_second(BRIGHT, 0.3, swipe=True)
    assert [grey(view, x) for x in (0.1, 0.28, 0.33, 0.9)] == [220, 220, 20, 20]
    view.move_second(0.6, swipe=True)
    assert [grey(view, x) for x in (0.55, 0.65)] == [220, 20]
    view.show_second(None)
    assert grey(view, 0.1) == 20


def test_a_blend_mixes_the_whole_picture(view):
    view.show_second(BRIGHT, 0.25, swipe=False)
    assert {grey(view, x) for x in (0.1, 0.5, 0.9)} <= {69, 70, 71}


def test_the_line_is_dragged_and_the_middle_button_still_moves_the_picture(view, qtbot):
    shares = []
    view.swiped.connect(shares.append)
    view.show_second(BRIGHT, 0.5)
    box = view.picture_box()
    where = [QPoint(round(box.left() + share * box.width()), 200) for share in (0.25, 0.75, 2.0)]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=where[0])
    qtbot.mouseMove(view, where[1])
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=where[1])
    assert shares[0] == pytest.approx(0.25, abs=0.01)
    before = list(shares)
    view.move_second(0.5, swipe=False)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=where[0])
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=where[0])
    view.move_second(0.5, swipe=True)
    qtbot.mousePress(view, Qt.MouseButton.MiddleButton, pos=where[0])
    qtbot.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=where[0])
    assert shares == before


def pressed(window, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window, key, modifier)


def compared(window, qtbot):
    store = window.context.comparator
    qtbot.waitUntil(lambda: store.frame is not None, timeout=10_000)
    return store.frame


def test_keys_swipe_and_blend_with_the_onset_of_the_event(opened, qtbot):
    context, frame = opened.context, opened._perspectives["annotate"].frame_panel
    onset = context.editor.selected.onset
    pressed(opened, qtbot, "s")
    clip = context.workspace.session.clip
    np.testing.assert_array_equal(compared(opened, qtbot), clip.frame(onset))
    assert "left: onset" in frame.view.mark
    assert frame.look.buttons[Compare.SWIPE].isChecked()
    for _ in range(3):
        pressed(opened, qtbot, Qt.Key.Key_Apostrophe)
    pressed(opened, qtbot, Qt.Key.Key_Semicolon)
    assert context.comparator.share == pytest.approx(0.6)
    pressed(opened, qtbot, "b")
    assert context.comparator.way is Compare.BLEND
    assert "blended" in frame.view.mark
    pressed(opened, qtbot, "b")
    assert context.comparator.way is None
    assert context.comparator.frame is None
    assert frame.view.mark == ""
    assert frame.view._second is None


def test_the_onset_follows_edits_clips_and_the_event_that_goes(opened, qtbot):
    context = opened.context
    context.comparator.toggle(Compare.SWIPE)
    first = compared(opened, qtbot)
    context.editor.drag(context.editor.selected.id, context.selection.edge.ONSET, 5, 1)
    context.editor.drop()
    qtbot.waitUntil(
        lambda: context.comparator.frame is not None and context.comparator.frame is not first,
        timeout=10_000,
    )
    clip = context.workspace.session.clip
    np.testing.assert_array_equal(context.comparator.frame, clip.frame(5))
    context.editor.delete()
    assert context.comparator.frame is None
    context.workspace.undo()
    with qtbot.waitSignal(context.workspace.session_changed, timeout=20_000):
        context.workspace.step_sample(1)
    assert context.comparator.frame is None or context.comparator.frame is not first
    compared(opened, qtbot)


def test_contrast_and_gamma_change_what_is_shown_and_say_so(opened, qtbot):
    look = opened._perspectives["annotate"].frame_panel.look
    view = opened._perspectives["annotate"].frame_panel.view
    before = view._image
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for _ in range(4):
        pressed(opened, qtbot, Qt.Key.Key_Up, ctrl)
    pressed(opened, qtbot, Qt.Key.Key_Up, ctrl | shift)
    assert look.look.contrast == pytest.approx(2.0)
    assert look.contrast.value() == 4
    assert look.gamma.value() == 1
    assert look.way.isChecked()
    assert "contrast ×2" in view.mark
    assert view._image != before
    wanted = look.look.applied(
        opened.context.workspace.session.clip.frame(opened.context.playhead.frame)
    )
    assert view._image == to_image(wanted)
    pressed(opened, qtbot, Qt.Key.Key_Backspace, ctrl)
    assert view._image == before
    assert view.mark == ""
    look.contrast.setValue(-2)
    assert look.look.contrast == pytest.approx(2**-0.5)


def test_a_key_acts_once_though_two_perspectives_have_a_frame(opened, qtbot):
    opened.show_perspective("adjudicate")
    opened.show_perspective("annotate")
    context = opened.context
    context.actions["swipe"].trigger()
    assert context.comparator.way is Compare.SWIPE
    context.actions["magnify"].trigger()
    assert context.magnification.on
    context.actions["magnify"].trigger()
    context.actions["swipe"].trigger()
    assert context.comparator.way is None
