"""Inspect: eight pictures that follow the keyframes, the pairwise surface, and their options."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from meviewer.core.events import Edge
from meviewer.gui.stores.analysis import SearchOptions


@pytest.fixture
def inspect(opened, qtbot):
    opened.show_perspective("inspect")
    qtbot.waitUntil(lambda: opened.context.pictures.current is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    return opened._perspectives["inspect"]


def notes(perspective):
    return [tile._note.whole_text() for tile in perspective.bench.tiles]


def test_all_eight_tiles_show_a_picture(inspect):
    assert [tile.view.has_frame for tile in inspect.bench.tiles] == [True] * 8
    assert "113 → 127" in notes(inspect)[1]
    assert "TV-L1" in notes(inspect)[1]


def test_pictures_follow_a_dragged_keyframe_and_end_exact(inspect, opened, qtbot):
    editor = opened.context.editor
    for frame in (27, 29, 31):
        editor.drag(1, Edge.APEX, frame, 9)
    editor.drop()
    pictures = opened.context.pictures
    qtbot.waitUntil(
        lambda: pictures.current.keyframes.apex == 31 and pictures.current.final, timeout=20_000
    )
    assert pictures.current.method == "tvl1"
    assert "113 → 132" in notes(inspect)[1]


def test_a_phase_of_one_frame_is_said_not_invented(inspect, opened, qtbot):
    opened.context.editor.drag(1, Edge.OFFSET, 26, 9)
    opened.context.editor.drop()
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    fall = inspect.bench.tiles[2]
    assert not fall.view.has_frame
    assert "no fall" in fall._missing.text()
    assert inspect.bench.tiles[1].view.has_frame


def test_no_picture_is_computed_while_nobody_looks(opened, qtbot):
    assert opened.context.pictures.current is None
    opened.show_perspective("inspect")
    qtbot.waitUntil(lambda: opened.context.pictures.current is not None, timeout=20_000)
    opened.show_perspective("annotate")
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    shown = opened.context.pictures.current
    opened.context.editor.drag(1, Edge.APEX, 33, 9)
    opened.context.editor.drop()
    assert not opened.context.pictures.pending
    assert opened.context.pictures.current is shown


def test_the_variant_of_the_search_changes_the_suggestion(inspect, opened, qtbot):
    panel = inspect.search
    panel._variant.setCurrentText("apex-late")
    panel._variant.activated.emit(panel._variant.currentIndex())
    qtbot.waitUntil(lambda: opened.context.analysis.suggestion.variant == "apex-late")
    assert "52 %" in panel._help.text()


def test_wrapped_distances_are_computed_and_said_to_be_a_defect(inspect, opened, qtbot):
    panel = inspect.search
    qtbot.mouseClick(panel._wrapped, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    options = opened.context.analysis.options
    assert options == SearchOptions("two-sided", 0.10, brightness_free=False, wrapped_uint8=True)
    qtbot.waitUntil(lambda: opened.context.analysis.suggestion is not None, timeout=20_000)
    assert "defect" in opened.context.analysis.suggestion.verdict


def test_a_click_on_the_surface_goes_to_that_apex(inspect, opened, qtbot):
    view = inspect.search.view
    box = view.plot_box()
    here = QPoint(round(box.center().x()), round(box.top() + box.height() * 0.25))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=here)
    assert abs(opened.context.playhead.frame - 45) <= 1


def test_the_legend_says_the_scale_that_is_drawn(inspect, opened, qtbot):
    inspect.search._full.setValue(4.0)
    qtbot.waitUntil(lambda: "4 px" in inspect.bench.tiles[1]._words[0].text(), timeout=20_000)
