"""Inspect: pictures that follow the keyframes, the pairwise surface, and every choice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from meviewer.core.events import Edge
from meviewer.gui.stores.search_options import SearchOptions
from meviewer.gui.widgets.info_card import InfoCard
from meviewer.present.bench_state import load
from meviewer.present.bench_views import PRESETS


def settle(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


@pytest.fixture
def inspect(opened, qtbot):
    opened.show_perspective("inspect")
    qtbot.waitUntil(lambda: opened.context.pictures.current is not None, timeout=20_000)
    settle(opened, qtbot)
    return opened._perspectives["inspect"]


def arrange(inspect, qtbot, *views):
    bench = inspect.bench
    bench.set_state(type(bench.state)(views))
    settle(inspect.window(), qtbot)
    return bench.tiles


def notes(perspective):
    return [tile.note for tile in perspective.bench.tiles]


def test_all_tiles_of_a_preset_show_a_picture(inspect, qtbot):
    for preset in ("Overview", "All pictures"):
        bench = inspect.bench
        bench.set_state(bench.state.shown(preset))
        settle(inspect.window(), qtbot)
        assert [t.tile.view for t in bench.tiles] == list(PRESETS[preset])
        assert all(t.view.has_frame for t in bench.tiles)
        assert bench.bar.preset.text().startswith(preset)
    assert notes(inspect)[1] == "113 → 127, TV-L1"


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
    qtbot.waitUntil(lambda: "113 → 132" in notes(inspect)[2], timeout=20_000)


def test_a_phase_of_one_frame_is_said_not_invented(inspect, opened, qtbot):
    rise, fall = arrange(inspect, qtbot, "flow-rise", "flow-fall")
    opened.context.editor.drag(1, Edge.OFFSET, 26, 9)
    opened.context.editor.drop()
    settle(opened, qtbot)
    assert not fall.view.has_frame
    assert "no fall" in fall.missing
    assert rise.view.has_frame


def test_no_picture_is_computed_while_nobody_looks(opened, qtbot):
    assert opened.context.pictures.current is None
    opened.show_perspective("inspect")
    qtbot.waitUntil(lambda: opened.context.pictures.current is not None, timeout=20_000)
    opened.show_perspective("annotate")
    settle(opened, qtbot)
    shown = opened.context.pictures.current
    opened.context.editor.drag(1, Edge.APEX, 33, 9)
    opened.context.editor.drop()
    assert not opened.context.pictures.pending
    assert opened.context.pictures.current is shown


def test_only_what_is_seen_is_computed(inspect, opened, qtbot):
    arrange(inspect, qtbot, "apex", "dynamic-rise")
    opened.context.editor.drag(1, Edge.APEX, 33, 9)
    opened.context.editor.drop()
    settle(opened, qtbot)
    found = opened.context.pictures.current
    assert found.keyframes.apex == 33
    assert found.rise is None
    assert found.mm_cof is None
    assert set(found.images) == {("bilen", "rise")}


def test_a_tile_shows_what_is_chosen_in_its_menu(inspect, opened, qtbot):
    tile = inspect.bench.tiles[0]
    tile.title.click()
    menu = next(m for m in tile.findChildren(QMenu) if m.parent() is tile)
    strain = next(a.menu() for a in menu.actions() if a.text() == "Strain")
    next(a for a in strain.actions() if a.text() == "Strain, fall").trigger()
    menu.close()
    settle(opened, qtbot)
    assert inspect.bench.tiles[0].title.text().startswith("Strain, fall")
    assert inspect.bench.tiles[0].legend.legend.unit == "px/px"
    assert load(opened.context.preferences["inspect.bench"]).views[0] == "strain-fall"


def test_tiles_come_and_go_between_two_and_eight(inspect, qtbot):
    bench = inspect.bench
    first, second, _ = arrange(inspect, qtbot, "apex", "flow-rise", "difference")
    del second
    qtbot.mouseClick(first.findChildren(type(first.info))[2], Qt.MouseButton.LeftButton)
    assert bench.state.views == ("flow-rise", "difference")
    bench.tiles[0].close_wanted.emit()
    assert len(bench.tiles) == 2
    for _ in range(9):
        bench.set_state(bench.state.added())
    assert len(bench.tiles) == 8
    assert not bench.bar.add.isEnabled()


def test_keys_go_from_tile_to_tile(inspect, opened, qtbot):
    frame = opened.context.playhead.frame
    opened.context.actions["tiles"].trigger()
    tiles = inspect.bench.tiles
    qtbot.waitUntil(tiles[0].hasFocus)
    qtbot.keyClick(tiles[0], Qt.Key.Key_Right)
    assert tiles[1].hasFocus()
    qtbot.keyClick(tiles[1], Qt.Key.Key_Tab)
    assert tiles[2].hasFocus()
    qtbot.keyClick(tiles[2], Qt.Key.Key_Backtab)
    assert tiles[1].hasFocus()
    qtbot.keyClick(tiles[1], Qt.Key.Key_Plus)
    assert tiles[1].view.look()[0] == pytest.approx(1.25)
    qtbot.keyClick(tiles[1], Qt.Key.Key_Escape)
    assert not any(tile.hasFocus() for tile in tiles)
    assert opened.context.playhead.frame == frame
    assert all(tile.accessibleName() for tile in tiles)


def test_the_card_says_formula_and_parameters_and_copies_them(inspect, qtbot):
    tile = inspect.bench.tiles[2]
    tile.info.click()
    card = inspect.bench.findChild(InfoCard)
    card.copy.click()
    text = QApplication.clipboard().text()
    card.close()
    assert "Zach" in text
    assert "attachment: 0.15" in text
    assert "What we chose" in text


def test_own_arrangements_are_kept_renamed_and_deleted(inspect, opened, monkeypatch):
    names = iter(("Mine", "Overview", "Ours"))
    monkeypatch.setattr("meviewer.gui.panels.bench.ask_name", lambda *_: next(names))
    bench, errors = inspect.bench, []
    opened.context.workspace.failed.connect(errors.append)
    bench.set_state(type(bench.state)(("apex", "mm-cof")))
    bench.bar.save_wanted.emit()
    assert bench.bar.preset.text().startswith("Mine")
    bench.bar.rename_wanted.emit("Mine")  # to a name that comes with the program
    assert "Choose another name" in str(errors[0])
    bench.bar.rename_wanted.emit("Mine")
    assert load(opened.context.preferences["inspect.bench"]).own == {"Ours": ("apex", "mm-cof")}


def test_the_variant_of_the_search_changes_the_suggestion(inspect, opened, qtbot):
    choices = inspect.search.choices
    choices.variant.setCurrentText("apex-late")
    choices.variant.activated.emit(choices.variant.currentIndex())
    qtbot.waitUntil(lambda: opened.context.analysis.suggestion.variant == "apex-late")
    assert "52 %" in choices.help.text()
    inspect.search.search.reset.click()
    assert opened.context.analysis.options == SearchOptions()


def test_wrapped_distances_are_computed_and_said_to_be_a_defect(inspect, opened, qtbot):
    choices = inspect.search.choices
    choices.measure.setCurrentIndex(1)
    choices.wrapped.click()
    settle(opened, qtbot)
    options = opened.context.analysis.options
    assert options == SearchOptions("two-sided", 0.10, brightness_free=False, wrapped_uint8=True)
    assert "knows no flow" in choices.fault.text()
    qtbot.waitUntil(lambda: opened.context.analysis.suggestion is not None, timeout=20_000)
    assert "defect" in opened.context.analysis.suggestion.verdict


def test_a_click_on_the_surface_goes_to_that_apex(inspect, opened, qtbot):
    view = inspect.search.view
    box = view.plot_box()
    here = QPoint(round(box.center().x()), round(box.top() + box.height() * 0.25))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=here)
    assert abs(opened.context.playhead.frame - 45) <= 1


def test_the_legend_says_the_scale_that_is_drawn(inspect, opened, qtbot):
    form = inspect.search.pictures.form("scales")
    shown = opened.context.pictures.current
    form.control("scales.flow.full").setValue(4.0)
    legend = inspect.bench.tiles[2].legend
    qtbot.waitUntil(lambda: legend.legend.high == "4", timeout=20_000)
    assert opened.context.pictures.current is shown  # drawn anew, not computed anew
    form.control("scales.flow.auto").click()
    qtbot.waitUntil(lambda: legend.legend.auto, timeout=20_000)
    assert "auto" in legend.words().right
    assert not form.control("scales.flow.full").isVisible()


def test_choices_are_found_again_at_the_next_start(inspect, opened, qtbot):
    from meviewer.project.settings import read_settings

    form = inspect.search.pictures.form("flow")
    form.control("average").setValue(3)
    settle(opened, qtbot)
    opened.close()
    kept = read_settings().options
    assert '"average":3' in kept["pictures"]


def test_averaged_frames_and_significance_come_when_the_hand_rests(inspect, opened, qtbot):
    form = inspect.search.pictures.form("flow")
    form.control("average").setValue(3)
    form.control("fade").click()
    mean, sure = arrange(inspect, qtbot, "apex-mean", "significance-rise")
    qtbot.waitUntil(lambda: sure.view.has_frame and mean.view.has_frame, timeout=20_000)
    assert "up to 3 frames" in mean.note
