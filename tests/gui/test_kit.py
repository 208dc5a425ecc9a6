"""The kit: buttons, bars, tables and notices do what they say, and follow the theme."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLineEdit, QWidget

from meviewer.core.errors import ClipError
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.buttons import Segments, chip, push, tool
from meviewer.gui.widgets.fields import SearchField, real_number, set_invalid, whole_number
from meviewer.gui.widgets.labels import ElidedLabel, IconLabel, NaturalLabel, key, label, set_tone
from meviewer.gui.widgets.layout import Bar, Panel, boxed, column, row, scroll, section, spare
from meviewer.gui.widgets.marks import ColourBar, Mark, Meter, Swatch, Wheel
from meviewer.gui.widgets.notices import EmptyState, JobCard, MessageCard
from meviewer.gui.widgets.styling import rule, short_rule, surface
from meviewer.gui.widgets.tables import Cell, Column, Table


@pytest.fixture
def theme(qapp):
    theme = Theme("dark")
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")


def shown(qtbot, widget, width=0, height=0):
    """Show a widget inside a window, as it is used: it is no window of its own."""
    window = QWidget()
    qtbot.addWidget(window)
    widget.setParent(window)
    widget.test_window = window  # qtbot keeps a weak reference only
    window.resize(800, 600)
    if width:
        widget.resize(width, height)
    with qtbot.waitExposed(window):
        window.show()
    return widget


def inks(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def grey(_ground):
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)


def test_controls_that_stand_in_a_row_have_one_height(qtbot, theme):
    controls = (push("Go"), whole_number(1, 0, 9), real_number(1, 0, 9), QLineEdit())
    box = shown(qtbot, boxed(row(*controls)))
    assert box is not None
    assert {control.height() for control in controls} == {28}


def test_an_icon_button_tints_its_icon_anew(qtbot, theme):
    button = tool(theme, "stop", tip="Stop it")
    qtbot.addWidget(button)
    before = button.icon().pixmap(16).toImage()
    theme.toggle()
    assert button.icon().pixmap(16).toImage() != before
    assert button.accessibleName() == "Stop it"


def test_a_button_of_an_action_triggers_it_and_dies_with_it(qtbot, theme):
    action = QAction("Accept", None)
    action.setEnabled(False)
    button = push("Accept", "suggest", theme, "accept")
    qtbot.addWidget(button)
    button.act(action)
    assert not button.isEnabled()
    action.setEnabled(True)
    with qtbot.waitSignal(action.triggered, timeout=1000):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_segments_report_a_choice_once_and_stay_exclusive(qtbot, theme):
    segments = shown(qtbot, Segments(theme, ("Frame", "Flicker", "Swipe")))
    with qtbot.waitSignal(segments.chosen, timeout=1000) as said:
        qtbot.mouseClick(segments.button(2), Qt.MouseButton.LeftButton)
    assert said.args == [2]
    assert [segments.button(at).isChecked() for at in range(3)] == [False, False, True]
    with qtbot.assertNotEmitted(segments.chosen):
        qtbot.mouseClick(segments.button(2), Qt.MouseButton.LeftButton)
        segments.set_current(0)
    assert segments.current == 0


def test_a_chip_toggles(qtbot, theme):
    button = chip(theme, "AU4", "Brow lowerer")
    qtbot.addWidget(button)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()


def test_a_bar_gives_up_spare_items_and_takes_them_back(qtbot, theme):
    first, second = spare(label("x" * 30), 1), spare(label("y" * 30), 2)
    bar = shown(qtbot, Bar(label("title"), None, first, second), 700, 36)
    assert first.isVisible()
    bar.resize(340, 36)
    assert (first.isVisible(), second.isVisible()) == (True, False)
    bar.resize(120, 36)
    assert not first.isVisible()
    bar.resize(700, 36)
    assert (first.isVisible(), second.isVisible()) == (True, True)
    assert bar.minimumSizeHint().width() == 60


def test_a_tone_that_changes_later_is_seen(qtbot, theme):
    words = shown(qtbot, label("state", "strong"))
    set_tone(words, "error")
    assert words.palette().windowText().color() == QColor(theme.colours.error)


def test_text_from_a_file_is_not_markup(qtbot, theme):
    words = label("<b>sub01</b>")
    qtbot.addWidget(words)
    assert words.textFormat() is Qt.TextFormat.PlainText


def test_a_long_name_is_cut_and_kept_whole_in_the_tool_tip(qtbot, theme):
    words = shown(qtbot, ElidedLabel("subject/" * 20), 120, 20)
    assert words.text().endswith("…")
    assert words.toolTip() == words.whole_text() == "subject/" * 20
    words.resize(3000, 20)
    assert (words.text(), words.toolTip()) == ("subject/" * 20, "")


def test_painted_signs_follow_the_theme(qtbot, theme):
    wheel = np.roll(grey(""), 30, axis=1)
    signs = (
        Mark(theme, "apex", 20),
        Swatch(theme, "coder_a", width=20),
        Swatch(theme, "gamdss", machine=True, width=20),
        Meter(theme, 0.5, "gamdss"),
        ColourBar(theme, grey, "0", "4", middle=True, width=90),
        Wheel(theme, wheel),
        IconLabel(theme, "warn", "warn"),
    )
    for sign in signs:
        shown(qtbot, sign)
    before = [inks(sign) for sign in signs]
    assert theme.colour("apex").name() in before[0]
    theme.toggle()
    assert all(inks(sign) != old for sign, old in zip(signs, before, strict=True))


def test_a_machine_is_hatched_and_a_person_is_not(qtbot, theme):
    person = shown(qtbot, Swatch(theme, "gamdss", width=40, height=20))
    machine = shown(qtbot, Swatch(theme, "gamdss", machine=True, width=40, height=20))

    def shades(widget):
        image = widget.grab().toImage()
        return {image.pixelColor(x, y).name() for y in range(6, 14) for x in range(6, 34)}

    assert len(shades(person)) == 1
    assert len(shades(machine)) > 1


def test_a_meter_keeps_to_its_share(qtbot, theme):
    meter = Meter(theme, width=60)
    qtbot.addWidget(meter)
    meter.set_share(1.7)
    assert meter.share == 1.0
    assert meter.accessibleDescription() == "100%"


def test_a_field_says_what_is_wrong_with_it(qtbot, theme):
    field = shown(qtbot, QLineEdit("sub5"), 90, 28)
    set_invalid(field, "use one name")
    assert theme.colours.error.lower() in inks(field)
    assert field.accessibleDescription() == "use one name"
    set_invalid(field, "")
    assert theme.colours.error.lower() not in inks(field)


def test_units_stand_behind_numbers(qtbot, theme):
    field = whole_number(60, 0, 500, unit="ms", name="Longest event")
    qtbot.addWidget(field)
    assert field.text() == "60 ms"
    search = SearchField(theme, "Find a clip")
    qtbot.addWidget(search)
    assert search.placeholderText() == search.accessibleName() == "Find a clip"


def test_a_table_shows_cells_and_keeps_its_row(qtbot, theme):
    table = Table(theme, (Column("Clip", width=None), Column("Shift", figures=True)), "Shifts")
    shown(qtbot, table, 300, 120)
    rows = [(Cell("a", "ok", "done", tip="fine"), Cell("+4", strong=True)), (Cell("b"), Cell("0"))]
    table.show_rows(rows)
    with qtbot.waitSignal(table.row_chosen, timeout=1000) as said:
        table.setCurrentIndex(table.model().index(1, 0))
    assert said.args == [1]
    with qtbot.assertNotEmitted(table.row_chosen):
        table.show_rows(rows[::-1])
    assert table.currentIndex().row() == 1
    index = table.model().index(1, 0)
    assert index.data() == "a"
    assert index.data(Qt.ItemDataRole.ForegroundRole) == theme.colour("ok")
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "fine"
    assert table.model().headerData(1, Qt.Orientation.Horizontal) == "Shift"
    figures = table.model().index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert figures & Qt.AlignmentFlag.AlignRight


def test_a_job_shows_share_words_and_a_way_to_stop(qtbot, theme):
    card = shown(qtbot, JobCard(theme, "Flow"))
    card.show_progress(None, "counting files")
    assert not card._bar.isVisible()
    card.show_progress(0.25, "4 min left")
    assert card._bar.isVisible()
    assert card._bar.value() == 250
    with qtbot.waitSignal(card.cancelled, timeout=1000):
        qtbot.mouseClick(card._stop, Qt.MouseButton.LeftButton)


def test_a_message_says_what_where_why_and_what_now(qtbot, theme):
    card = shown(qtbot, MessageCard(theme, "warn", "x", closable=True), 400, 90)
    card.show_error(
        ClipError("Frame unreadable", where="img7.png", why="it ends early", now="copy")
    )
    assert card.accessibleName() == "Frame unreadable: img7.png. It ends early. Copy."
    assert theme.colours.error.lower() in inks(card)
    with qtbot.waitSignal(card.closed, timeout=1000):
        card._close()
    assert not card.isVisible()


def test_an_empty_state_offers_the_next_step(qtbot, theme):
    button = push("Open demo project", "primary")
    empty = shown(qtbot, EmptyState(theme, "folder", "No clips yet", "Add some", button), 400, 300)
    assert button.isVisible()
    empty.set_words("No event", "Press E")
    assert empty.accessibleName() == "No event. Press E"


def test_a_panel_holds_head_body_and_foot(qtbot, theme):
    body = column(section("Keyframes", label("x"), note="3"), rule(), None, spacing=0)
    foot = surface("foot", row(key("Ctrl"), short_rule(), None))
    panel = Panel("Inspector", scroll(body), (tool(theme, "more", tip="More"),), foot=foot)
    shown(qtbot, panel, 300, 300)
    panel.set_title("Other")
    panel.set_note("sub01")
    assert panel.accessibleName() == "Other"
    assert panel.head.height() == 36
    assert foot.geometry().bottom() == panel.height() - 1


def test_the_last_column_takes_what_is_left_but_never_less_than_it_needs(qtbot, theme):
    words = "no interval: fewer than three subjects and fewer than five clips"
    heads = (Column("Bias ms", True, 158), Column("Note", width=None, least=220))
    table = Table(theme, heads, "Agreement")
    table.show_rows([[Cell("+3.2"), Cell(words)]])
    shown(qtbot, table, 600, 200)
    assert table.columnWidth(0) == 158
    assert table.columnWidth(1) == table.viewport().width() - 158
    assert not table.horizontalScrollBar().isVisible()
    table.resize(300, 200)
    assert table.columnWidth(1) == 220
    assert table.horizontalScrollBar().maximum() > 0
    table.fit_columns()
    narrow = table.columnWidth(0)
    assert narrow < 158
    assert table.columnWidth(1) == max(table.viewport().width() - narrow, 220)
    table.show_rows([[Cell("+3.2 (−1.4 ... +12.9), wider than there is room for"), Cell(words)]])
    table.fit_columns()
    assert table.columnWidth(0) == 158


def test_words_in_passing_take_room_where_there_is_some_and_end_in_dots_where_not(qtbot, theme):
    said = NaturalLabel("", "second")
    bar = Bar(label("meviewer"), None, said, push("Undo", "", theme))
    shown(qtbot, bar, 600, 40)
    words = "Review queue: clip 1 of 4 (Ctrl+Return goes on in it)"
    said.setText(words)
    qtbot.waitUntil(lambda: said.text() == words)
    bar.resize(260, 40)
    qtbot.waitUntil(lambda: said.text() not in ("", words))
    assert said.text().endswith("…")
    assert said.whole_text() == said.toolTip() == words


def test_a_scroll_area_asks_for_the_width_of_what_it_holds(qtbot, theme):
    inside = label("x")
    inside.setMinimumWidth(321)
    area = scroll(column(inside))
    qtbot.addWidget(area)
    assert area.minimumSizeHint().width() >= 321


def test_a_theme_keeps_no_part_alive_and_reaches_no_dead_one(qapp, theme):
    makers = (
        lambda: tool(theme, "play", tip="x"),
        lambda: push("x", "", theme, "undo"),
        lambda: IconLabel(theme, "warn", "warn"),
        lambda: Mark(theme, "apex"),
        lambda: SearchField(theme, "x"),
        lambda: Table(theme, (Column("x"),)),
        lambda: JobCard(theme, "x"),
    )
    parts = [make() for make in makers]
    left = [weakref.ref(part) for part in parts]
    parts.pop().deleteLater()
    parts.clear()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    theme.toggle()
    assert [part for part in left if part() is not None] == []
