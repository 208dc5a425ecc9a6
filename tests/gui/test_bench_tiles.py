"""Tiles by themselves: linked zoom, the region, values under the pointer, forms that refuse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from meviewer.gui.widgets.bench_bar import BenchBar
from meviewer.gui.widgets.bench_links import Links
from meviewer.gui.widgets.picture_choices import PictureChoices
from meviewer.gui.widgets.picture_tile import PictureTile
from meviewer.present.bench import Colours, Legend, Tile
from meviewer.present.bench_state import BenchState
from meviewer.present.bench_values import Reading, Region, Values
from meviewer.present.picture_options import PictureOptions


def tile_of(values, colours=Colours.DIVERGING):
    height, width = values.array.shape[:2]
    picture = np.zeros((height, width, 3), np.uint8)
    legend = Legend(colours, "−24", "+24", values.unit)
    return Tile("difference", "Signed difference", "1 → 2", "paper", picture, legend, values=values)


@pytest.fixture
def tiles(qtbot, theme):
    """Two linked tiles of one size, with values that count upwards."""
    box = QWidget()
    layout = QHBoxLayout(box)
    made = [PictureTile(theme), PictureTile(theme)]
    for tile in made:
        layout.addWidget(tile)
    numbers = np.arange(80 * 60, dtype=np.float32).reshape(80, 60)
    made[0].show_tile(tile_of(Values(numbers, Reading.SIGNED, "grey levels", 1)))
    vectors = np.stack((numbers, 0 * numbers), axis=-1)
    made[1].show_tile(tile_of(Values(vectors, Reading.VECTOR, "px"), Colours.WHEEL))
    qtbot.addWidget(box)
    box.resize(700, 400)
    box.show()
    yield made
    box.hide()


@pytest.fixture
def links(tiles):
    made = Links(linked=True)
    made.set_tiles(tiles)
    return made


def test_linked_tiles_look_at_the_same_place(tiles, links):
    one, two = (tile.view for tile in tiles)
    one.zoom_by(4.0, QPointF(60, 60))
    assert one.look() == pytest.approx(two.look())
    assert two.look()[0] == pytest.approx(4.0)
    links.set_linked(False)
    one.fit()
    assert two.look()[0] == pytest.approx(4.0)
    links.set_linked(True)
    assert two.look()[0] == pytest.approx(1.0)


def test_a_drag_moves_all_linked_pictures(tiles, links, qtbot):
    one, two = (tile.view for tile in tiles)
    one.zoom_by(4.0)
    qtbot.mousePress(one, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(one, QPoint(80, 90))
    qtbot.mouseRelease(one, Qt.MouseButton.LeftButton, pos=QPoint(80, 90))
    assert one.look()[1] > 0.5
    assert one.look() == pytest.approx(two.look())


def test_a_region_is_marked_by_hand_and_read_in_every_tile(tiles, links, theme, qtbot):
    bar = BenchBar(theme, links, BenchState())
    qtbot.addWidget(bar)
    bar.show_pictures((80, 60), final=True)
    one, two = tiles
    box = one.view.picture_box()
    start = QPoint(round(box.left() + 10), round(box.top() + 10))
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(one.view, Qt.MouseButton.LeftButton, shift, pos=start)
    qtbot.mouseMove(one.view, start + QPoint(40, 30))
    qtbot.mouseRelease(one.view, Qt.MouseButton.LeftButton, shift, pos=start + QPoint(40, 30))
    one.view.pointed.emit(None)
    assert one.legend.reading.startswith("mean +")
    assert two.legend.reading.endswith(" px")
    assert bar.place.startswith("region ")
    bar.unmark.click()
    assert one.legend.reading == ""
    assert bar.place == ""


def test_the_tool_of_the_bar_lets_a_plain_drag_mark(tiles, links, theme, qtbot):
    bar = BenchBar(theme, links, BenchState())
    qtbot.addWidget(bar)
    bar.mark.click()
    view = tiles[1].view
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view, QPoint(140, 130))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(140, 130))
    assert links.region is not None


def test_the_value_under_the_pointer_is_read_in_every_tile(tiles, links):
    links.set_region(Region(0, 0, 0.5, 0.5))
    tiles[0].view.pointed.emit((0.5, 0.5))
    assert tiles[0].legend.reading == f"+{40 * 60 + 30}.0 grey levels"
    assert tiles[1].legend.reading == f"{40 * 60 + 30}.00 px, 0.00 rad"
    tiles[0].view.pointed.emit(None)
    assert tiles[0].legend.reading.startswith("mean ")


def test_a_legend_keeps_its_numbers_at_any_width(tiles):
    legend = tiles[0].legend
    for width in range(150, 400, 10):
        legend.resize(width, legend.height())
        words = legend.words()
        assert words.left == "−24"
        assert words.right.startswith("+24")
        assert words.bar_px >= 20


def test_choices_that_contradict_are_refused_in_words(qtbot, theme):
    choices = PictureChoices(theme, PictureOptions(), ())
    qtbot.addWidget(choices)
    chosen = []
    choices.chosen.connect(chosen.append)
    form = choices.form("mm-cof")
    form.control("mm_cof.beta").setValue(2.0)
    assert "0 to 1.5" in form.fault.text()
    assert not chosen
    form.control("mm_cof.alpha").setValue(3.0)
    assert form.fault.text() == ""
    assert (chosen[-1].mm_cof.alpha, chosen[-1].mm_cof.beta) == (3.0, 2.0)
    choices.sections["mm-cof"].reset.click()
    assert chosen[-1] == PictureOptions()
    assert form.control("mm_cof.beta").value() == 0.5


def test_sections_are_made_when_they_are_unfolded(qtbot, theme):
    choices = PictureChoices(theme, PictureOptions(), ())
    qtbot.addWidget(choices)
    choices.show()
    section = choices.sections["flow"]
    assert section.body is None
    with qtbot.waitSignal(choices.folded) as told:
        section.head.click()
    assert told.args == ["flow", False]
    assert section.body.isVisible()
    assert section.body.control("flow_values.tvl1.warps").isVisible()
    assert not section.body.control("flow_values.dis.preset").isVisible()
