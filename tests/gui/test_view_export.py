"""Pictures of widgets: PNG at a scale, SVG and PDF with vectors, a caption below."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from meviewer.core.errors import MeviewerError
from meviewer.gui.view_export import Caption, export_widget, painted, picture_size
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.fields import choice, whole_number
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.marks import Wheel
from meviewer.gui.widgets.timeline import Timeline
from meviewer.motion import colour
from meviewer.present.timeline import Lane, LaneEvent, TimelineState

CAPTION = Caption("Flow of the rise", ("onset 12, apex 26", "TV-L1, attachment 0.15"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def words(qtbot, theme):
    widget = label("onset to apex", "strong")
    qtbot.addWidget(widget)
    widget.resize(200, 40)
    return widget


def texts(svg):
    root = ET.fromstring(svg)
    return [node.text for node in root.iter(f"{SVG}text")]


def test_a_png_has_so_many_px_for_each_of_the_screen(words, tmp_path):
    size = export_widget(words, tmp_path / "view.png", 3)
    image = QImage(str(tmp_path / "view.png"))
    assert (image.width(), image.height()) == (600, 120) == size.toTuple()
    assert picture_size(words, ".png", 3).toTuple() == (600, 120)


def test_a_caption_stands_below_and_in_the_description(words, tmp_path):
    export_widget(words, tmp_path / "view.png", 2, CAPTION)
    image = QImage(str(tmp_path / "view.png"))
    assert image.height() > 80
    assert image.text("Title") == "Flow of the rise"
    assert "attachment 0.15" in image.text("Description")
    assert picture_size(words, ".png", 2, CAPTION) == image.size()
    below = image.copy(0, 80, image.width(), image.height() - 80)
    bits = np.frombuffer(below.convertToFormat(QImage.Format.Format_Grayscale8).bits(), np.uint8)
    assert bits.max() > bits.min() + 50, "the caption is written on the picture"


def test_text_of_an_svg_stays_text(words, tmp_path):
    export_widget(words, tmp_path / "view.svg", caption=CAPTION)
    data = (tmp_path / "view.svg").read_text()
    assert texts(data) == ["onset to apex", "Flow of the rise", *CAPTION.lines]
    assert ET.fromstring(data).find(f"{SVG}desc").text == str(CAPTION)


def test_long_captions_are_broken_between_words(words):
    _, encode = painted(words, ".svg", caption=Caption("", ("a long line of words " * 6,)))
    lines = texts(encode())[1:]
    assert len(lines) > 2
    assert " ".join(lines).split() == ("a long line of words " * 6).split()


def test_a_pdf_is_one_page_with_letters_and_title(words, tmp_path):
    export_widget(words, tmp_path / "view.pdf", caption=CAPTION)
    data = (tmp_path / "view.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"FontFile" in data
    assert "Flow of the rise".encode("utf-16-be") in data
    assert b"/Count 1" in data


def test_a_kept_picture_of_the_timeline_is_painted_anew_as_vectors(qtbot, theme):
    timeline = Timeline(theme)
    qtbot.addWidget(timeline)
    timeline.resize(600, 240)
    event = LaneEvent(1, 10, 20, 30, "disgust")
    lane = Lane("Coder A", "coder_a", (event,))
    timeline.show_state(TimelineState("clip", 40, tuple(range(40)), Fraction(200), lanes=(lane,)))
    timeline.grab()  # the kept picture exists
    _, encode = painted(timeline, ".svg")
    svg = encode()
    assert "disgust" in texts(svg)
    assert len(svg) < 200_000
    assert b"<image" not in svg or svg.count(b"<image") < 4  # locks at most


def test_the_wheel_of_an_svg_is_a_picture(qtbot, theme):
    wheel = Wheel(theme, colour.flow_wheel())
    qtbot.addWidget(wheel)
    svg = painted(wheel, ".svg")[1]()
    assert b"<image" in svg


def test_of_a_frame_view_only_the_frame_is_taken(qtbot, theme, tmp_path):
    view = FrameView(theme, "Frame")
    qtbot.addWidget(view)
    view.resize(300, 100)
    view.show_frame(np.full((50, 50, 3), 200, np.uint8))
    export_widget(view, tmp_path / "view.png", 1)
    image = QImage(str(tmp_path / "view.png"))
    assert (image.width(), image.height()) == (100, 100)
    assert image.pixelColor(2, 50).red() == 200


def test_controls_are_left_out_and_stay_on_the_screen(qtbot, theme, tmp_path):
    cross = tool(theme, "close", tip="Close")
    box = choice(("auto", "0 to 4"), 0, "End of the scale")
    number = whole_number(3, 0, 9, name="Frames")
    whole = boxed(column(label("onset to apex", "strong"), row(box, number, cross)))
    qtbot.addWidget(whole)
    whole.resize(240, 80)
    with qtbot.waitExposed(whole):
        whole.show()
    box.clearFocus()  # else the first of them, as if somebody were choosing
    controls = (box, number, cross)
    before = [one.geometry() for one in controls]
    export_widget(whole, tmp_path / "view.png", 1)
    image = QImage(str(tmp_path / "view.png"))
    for place in before:
        seen = {
            image.pixelColor(x, y).name()
            for x in range(place.left(), place.right(), 3)
            for y in range(place.top(), place.bottom(), 3)
        }
        assert len(seen) == 1, "nothing but the ground"
    assert all(one.isVisible() for one in controls)
    assert [one.geometry() for one in controls] == before


def test_another_ending_is_refused_and_nothing_written(words, tmp_path):
    with pytest.raises(MeviewerError, match=r"\.gif"):
        export_widget(words, tmp_path / "view.gif")
    assert not list(tmp_path.iterdir())


def test_colours_do_not_depend_on_the_format(qtbot, theme):
    view = FrameView(theme, "Frame")
    qtbot.addWidget(view)
    view.resize(64, 64)
    view.show_frame(np.full((64, 64, 3), (10, 120, 230), np.uint8))
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(painted(view, ".svg")[1]())
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert image.pixelColor(32, 32).getRgb()[:3] == (10, 120, 230)
