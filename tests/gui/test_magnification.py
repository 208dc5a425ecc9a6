"""Magnified motion in the frame view: marked, computed behind the window, never late."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.gui.panels.frame import FramePanel
from meviewer.gui.stores import magnification
from meviewer.gui.widgets.frame_view import to_image
from meviewer.motion.magnify import Magnifier
from meviewer.present.overlays import OverlayKind


@pytest.fixture
def magnifying(opened, qtbot):
    """The window with magnified motion at the apex."""
    context = opened.context
    context.playhead.set_frame(26)
    context.actions["magnify"].trigger()
    qtbot.waitUntil(lambda: exact(opened, 26))
    return opened


def panel(window):
    return window._perspectives["annotate"].frame_panel


def exact(window, at):
    return window.context.magnification._kept.get(at, (False,))[0]


def shows(window, frame):
    return panel(window).view._image == to_image(np.asarray(frame))


def wanted(window, at):
    context = window.context
    clip, store = context.workspace.session.clip, context.magnification
    magnifier = Magnifier(clip, store.reference, float(clip.rate), store.params)
    return magnifier.frame(at)


def test_it_shows_the_magnified_frame_says_so_on_it_and_follows(magnifying, qtbot):
    assert panel(magnifying).view.mark == "magnified ×5, for looking only"
    assert magnifying.context.magnification.reference == 12
    assert shows(magnifying, wanted(magnifying, 26))
    magnifying.context.playhead.set_frame(30)
    qtbot.waitUntil(lambda: exact(magnifying, 30))
    assert shows(magnifying, wanted(magnifying, 30))
    magnifying.context.actions["magnify"].trigger()
    clip = magnifying.context.workspace.session.clip
    assert panel(magnifying).view.mark == ""
    assert shows(magnifying, clip.frame(30))


def test_keys_and_menu_choose_how_it_magnifies(magnifying, qtbot):
    magnifying.context.actions["magnify-more"].trigger()
    assert panel(magnifying).magnify.way.text() == "×6"
    qtbot.waitUntil(lambda: exact(magnifying, 26))
    assert panel(magnifying).view.mark == "magnified ×6, for looking only"
    assert shows(magnifying, wanted(magnifying, 26))
    for _ in range(7):
        magnifying.context.actions["magnify-less"].trigger()
    assert magnifying.context.magnification.params.factor == 1
    control = panel(magnifying).magnify
    control._ways[1].trigger()
    params = magnifying.context.magnification.params
    assert (params.method, params.against) == ("linear", "onset")
    assert not control._head.isEnabled()
    control._light.trigger()
    assert not magnifying.context.magnification.params.light
    qtbot.waitUntil(lambda: exact(magnifying, 26))
    assert shows(magnifying, wanted(magnifying, 26))


def test_a_moved_onset_is_the_new_reference(magnifying, qtbot):
    context = magnifying.context
    context.playhead.set_frame(8)
    context.actions["set-onset"].trigger()
    context.playhead.set_frame(26)
    assert context.magnification.reference == 8
    qtbot.waitUntil(lambda: exact(magnifying, 26))
    assert shows(magnifying, wanted(magnifying, 26))


def test_what_is_kept_is_of_this_clip_and_has_a_limit(magnifying, qtbot, monkeypatch):
    magnifying.context.workspace.step_sample(1)
    qtbot.waitUntil(lambda: not magnifying.busy)
    at = magnifying.context.playhead.frame
    qtbot.waitUntil(lambda: exact(magnifying, at))
    assert shows(magnifying, wanted(magnifying, at))
    frame = magnifying.context.workspace.session.clip.frame(0)
    monkeypatch.setattr(magnification, "_MOST_BYTES", 2 * frame.nbytes)
    for at in (41, 42, 43):
        magnifying.context.playhead.set_frame(at)
        qtbot.waitUntil(lambda at=at: exact(magnifying, at))
    assert list(magnifying.context.magnification._kept) == [42, 43]


def test_while_playing_the_frames_to_come_are_computed_and_none_is_shown_early(
    magnifying, qtbot, monkeypatch
):
    store, clip = magnifying.context.magnification, magnifying.context.workspace.session.clip
    store._forget()
    told = []
    store.arrived.connect(told.append)
    store.picture(10, quick=True)
    store.picture(12, quick=True)
    wanted = [12 + 2 * step for step in range(1, magnification._AHEAD + 1)]
    wanted = [index for index in wanted if index < clip.n_frames]
    qtbot.waitUntil(lambda: all(index in store._kept for index in wanted), timeout=20_000)
    assert not set(told) & set(wanted)
    # What was computed ahead is what would have been computed then.
    magnifier = Magnifier(clip, store.reference, float(clip.rate), store.params)
    assert np.array_equal(
        store.picture(wanted[1], quick=True), magnifier.frame(wanted[1], quick=True)
    )
    # A jump is no pace, and another way to magnify begins anew.
    qtbot.waitUntil(lambda: not magnifying.busy, timeout=20_000)
    store.set_factor(7)
    store.picture(40, quick=True)
    assert not store._ahead
    assert set(store._kept) <= {26, 40}


def test_if_it_cannot_be_computed_it_says_why_and_is_off(opened, qtbot, monkeypatch):
    def refuse(*_args, **_more):
        raise MotionError("No flow today", why="the test says so")

    monkeypatch.setattr(Magnifier, "frame", refuse)
    opened.context.actions["magnify"].trigger()
    qtbot.waitUntil(lambda: not opened.context.magnification.on)
    assert panel(opened)._fault.isVisible()
    assert "No flow today" in panel(opened)._fault.accessibleName()


def test_overlays_give_up_their_words_where_there_is_no_room(qtbot, theme, window):
    view = FramePanel(window.context)
    qtbot.addWidget(view)
    style = view._buttons[OverlayKind.FLOW].toolButtonStyle
    for width, name in ((900, "ToolButtonTextBesideIcon"), (420, "ToolButtonIconOnly")):
        view.resize(width, 400)
        view.grab()
        assert style().name == name
