"""Icons: every file can be drawn, in the ink that was asked for."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QIcon

from meviewer import resources
from meviewer.gui import icons
from meviewer.gui.theme import Theme


def inks(picture):
    image = picture.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", icons.names())
def test_an_icon_has_strokes_in_the_ink_of_its_role(qapp, name):
    theme = Theme("dark")
    assert inks(icons.pixmap(name, theme, "apex", 32, 2.0)) == {theme.colour("apex").name()}


def test_files_carry_no_colour_of_their_own():
    for name in icons.names():
        assert "#" not in resources.path(f"icons/{name}.svg").read_text()


def test_pixmap_is_sharp_and_of_the_size_asked_for(qapp):
    picture = icons.pixmap("play", Theme(), "text", 20, 2.0)
    assert (picture.width(), picture.devicePixelRatio()) == (40, 2.0)


def test_the_second_time_it_is_the_same_picture_from_the_cache(qapp):
    theme = Theme()
    first = icons.pixmap("gear", theme, "warn", 16, 1.0)
    assert icons.pixmap("gear", theme, "warn", 16, 1.0).cacheKey() == first.cacheKey()


def test_disabled_and_checked_looks_differ(qapp):
    theme = Theme()
    icon = icons.icon("play", theme, "text_2", "accent")
    off = inks(icon.pixmap(16, QIcon.Mode.Normal, QIcon.State.Off))
    on = inks(icon.pixmap(16, QIcon.Mode.Normal, QIcon.State.On))
    dead = inks(icon.pixmap(16, QIcon.Mode.Disabled, QIcon.State.Off))
    assert off == {QColor(theme.colours.text_2).name()}
    assert on == {QColor(theme.colours.accent).name()}
    assert dead == {QColor(theme.colours.text_off).name()}


def test_an_icon_that_does_not_exist_is_an_error(qapp):
    with pytest.raises(FileNotFoundError):
        icons.pixmap("no-such-icon", Theme())
