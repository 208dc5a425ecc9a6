"""The look: contrast of both palettes, a sheet without holes, a switch that all follows."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from meviewer import resources
from meviewer.gui.colour_math import contrast, seen_distance
from meviewer.gui.palette import DARK, LIGHT, PALETTES, Palette
from meviewer.gui.palette_check import CODERS, RULES, contrasts, distances, faults
from meviewer.gui.stylesheet import MARKS, style_sheet
from meviewer.gui.theme import Theme, Type
from meviewer.present.coder_roles import ROLES


@pytest.fixture
def theme(qapp):
    theme = Theme("dark")
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_ink_can_be_read_and_keyframes_are_told_apart(palette):
    assert [str(pair) for pair in faults(palette)] == []


def test_the_rules_cover_at_least_what_was_measured_for_the_design():
    assert len(contrasts(DARK)) == 68
    assert len(distances(LIGHT)) == 4 * (3 + 28)


def test_a_faint_ink_and_a_confusing_keyframe_are_found():
    bad = replace(DARK, text_3=DARK.line_strong, offset=DARK.onset, coder_g=DARK.coder_b)
    found = {(pair.one, pair.other) for pair in faults(bad)}
    assert ("text_3", "panel") in found
    assert ("onset", "offset") in found
    assert ("coder_b", "coder_g") in found


def test_contrast_has_the_known_extremes():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


def test_red_and_green_come_close_without_red_cones_only():
    normal = seen_distance("#D03030", "#3A9A3A", "normal")
    assert seen_distance("#D03030", "#3A9A3A", "deutan") < normal / 2


def test_every_coder_has_a_colour_that_is_checked():
    assert CODERS == ROLES


def test_rules_name_roles_that_exist():
    roles = {field.name for field in fields(Palette)}
    named = {ink for ink, *_ in RULES} | {s for _, surfaces, _ in RULES for s in surfaces}
    assert named <= roles


def test_both_palettes_give_every_role_a_colour_of_its_own():
    for field in fields(Palette)[1:]:
        for palette in PALETTES.values():
            assert re.fullmatch("#[0-9A-F]{6}", getattr(palette, field.name))


def test_hex_colours_stand_in_the_palette_alone():
    package = resources.__file__.rsplit("/", 1)[0]
    from pathlib import Path

    guilty = [
        path.name
        for path in Path(package, "gui").rglob("*.py")
        if path.name != "palette.py" and re.search("[\"']#[0-9A-Fa-f]{6}[\"']", path.read_text())
    ]
    assert guilty == []


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_small_pictures_of_the_sheet_exist_and_wear_the_palette(palette):
    for name in MARKS:
        text = resources.path(f"themes/{palette.name}/{name}.svg").read_text()
        ink = palette.on_accent if name in ("tick", "dot") else palette.text_2
        assert set(re.findall("#[0-9A-F]{6}", text)) == {ink}
        assert f"themes/{palette.name}/{name}.svg" in style_sheet(palette)


def test_the_sheet_has_no_names_left_open():
    assert "$" not in style_sheet(DARK)
    assert style_sheet(DARK) != style_sheet(LIGHT)


def test_an_unknown_name_from_a_settings_file_means_dark():
    assert Theme("solarised").name == "dark"


def test_switch_changes_palette_sheet_and_colours_and_says_so_once(qtbot, qapp, theme):
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.switch("light")
    assert theme.name == "light"
    assert theme.colour("panel") == QColor(LIGHT.panel)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)
    assert LIGHT.panel in qapp.styleSheet()
    assert DARK.panel not in qapp.styleSheet()
    with qtbot.assertNotEmitted(theme.changed):
        theme.switch("light")


def test_labels_on_screen_follow_the_switch(qtbot, theme):
    label = QLabel("x")
    label.setProperty("type", "caption")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor(DARK.text_3)
    theme.toggle()
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor(LIGHT.text_3)


def test_alpha_and_figures_of_equal_width(theme):
    assert theme.colour("accent", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
    font = theme.font(Type.title, Type.strong)
    assert font.pixelSize() == Type.title
    assert font.weight() == Type.strong
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(font)
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


def test_without_inter_the_family_of_the_system_is_taken(qapp, monkeypatch):
    from PySide6.QtGui import QFontDatabase

    from meviewer.gui import fonts

    monkeypatch.setattr(QFontDatabase, "hasFamily", staticmethod(lambda _: False))
    general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    assert fonts.family() == general.family()
