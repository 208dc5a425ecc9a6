"""The pairwise surface: what a pair is, what is drawn, and the search window from close by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from meviewer.core.events import Keyframes
from meviewer.gui.widgets.pairwise_view import PairwiseView
from meviewer.motion import gamdss
from meviewer.present.pairwise import pairwise_state

LABEL = Keyframes(5, 18, 30)
NUMBERS = tuple(range(101, 141))


def distances():
    """A change that is largest between frames 6 and 20, with a second peak."""
    strength = np.exp(-((np.arange(40) - 20.0) ** 2) / 60)
    matrix = 10 * np.abs(np.subtract.outer(strength, strength))
    matrix[:, 33] = matrix[33] = np.nan
    return matrix


def state(**choices):
    found = gamdss.from_matrix(distances(), LABEL, "two-sided", ratio=0.4)
    return pairwise_state(distances(), NUMBERS, found, "dark", **choices)


@pytest.fixture
def view(qtbot, theme):
    made = PairwiseView(theme)
    qtbot.addWidget(made)
    made.resize(320, 300)
    made.show_state(state())
    made.show()
    return made


def place(view, onset, apex):
    at = view._at(onset, apex, view.plot_box())
    return QPoint(round(at.x()), round(at.y()))


def test_the_state_holds_the_label_the_choice_and_the_next_best():
    shown = state()
    found = gamdss.from_matrix(distances(), LABEL, "two-sided", ratio=0.4)
    assert shown.manual == LABEL
    assert shown.suggested == found.keyframes
    assert shown.alternatives == tuple(other.keyframes for other in found.alternatives)
    assert 1 <= len(shown.alternatives) <= 3
    assert shown.window == (5, 10, 13, 22)


def test_a_fixed_scale_gives_one_value_one_colour_in_every_clip():
    weak = pairwise_state(distances() / 2, NUMBERS, None, "dark", top=20.0)
    strong = pairwise_state(distances(), NUMBERS, None, "dark", top=20.0)
    same = pairwise_state(distances() / 2, NUMBERS, None, "dark")
    assert not np.array_equal(weak.picture, strong.picture)
    assert np.array_equal(same.picture, pairwise_state(distances(), NUMBERS, None, "dark").picture)
    assert weak.high == "20.0 RMS grey levels, fixed"
    assert state(preview=True).high.endswith("preview")


def test_one_is_told_frame_numbers_and_distance(view, qtbot):
    qtbot.mouseMove(view, place(view, 8, 20))
    value = distances()[20, 8]
    qtbot.waitUntil(lambda: view.pointed == f"onset 109, apex 121: {value:.2f} RMS grey levels")
    qtbot.mouseMove(view, place(view, 8, 33))
    qtbot.waitUntil(lambda: view.pointed == "onset 109, apex 134: not known")
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.waitUntil(lambda: view.pointed == "")


def test_a_double_click_shows_the_window_alone_and_points_at_the_same_frames(view, qtbot):
    wide = view._area()
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place(view, 8, 20))
    assert view.zoomed
    left, low, size = view._area()
    assert left <= 5 < 10 < left + size
    assert low <= 13 < 22 < low + size
    assert size < wide[2]
    with qtbot.waitSignal(view.seek_requested) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place(view, 8, 20))
    assert clicked.args == [20]
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place(view, 8, 20))
    assert view._area() == wide


def test_a_window_at_the_edge_of_the_clip_is_shown_within_it(view):
    found = gamdss.from_matrix(distances(), Keyframes(0, 2, 39), "two-sided", ratio=0.5)
    view.show_state(pairwise_state(distances(), NUMBERS, found, "dark"))
    view._zoomed = True
    left, low, size = view._area()
    assert 0 <= left <= 40 - size
    assert 0 <= low <= 40 - size


def test_label_choice_and_alternatives_are_drawn(view, theme):
    def drawn(shown):
        view.show_state(shown)
        return view.grab().toImage()

    bare = pairwise_state(distances(), NUMBERS, None, "dark")
    with_search, without = drawn(state()), drawn(bare)
    for keys in (state().suggested, LABEL, *state().alternatives):
        at = place(view, keys.onset, keys.apex)
        assert with_search.pixelColor(at) != without.pixelColor(at)
    assert drawn(state(preview=True)) != with_search


def test_the_label_wears_the_colour_of_its_coder(view, theme):
    for role in ("coder_a", "coder_f"):
        view.show_state(replace(state(role=role), suggested=LABEL, alternatives=()))
        seen = view.grab().toImage()
        assert seen.pixelColor(place(view, LABEL.onset, LABEL.apex)) == theme.colour(role)


def test_the_surface_is_square_and_in_the_middle(view):
    for width, height in ((320, 300), (600, 300), (230, 500)):
        view.resize(width, height)
        box = view.plot_box()
        assert box.width() == box.height()
        assert box.right() <= width
        assert box.bottom() <= height


def test_surface_and_axes_are_drawn_once_while_the_label_moves(view, theme, monkeypatch):
    drawn = []
    axes = view._axes
    monkeypatch.setattr(view, "_axes", lambda *given: (drawn.append(1), axes(*given)))
    picture = state()
    for label in (LABEL, replace(LABEL, apex=LABEL.apex + 1)):
        view.show_state(replace(picture, manual=label, suggested=label, alternatives=()))
        seen = view.grab().toImage()
        assert seen.pixelColor(place(view, label.onset, label.apex)) == theme.colour("coder_a")
    assert len(drawn) == 1
    view.show_state(state())
    view.grab()
    theme.switch("light" if theme.name == "dark" else "dark")
    view.grab()
    assert len(drawn) == 3
