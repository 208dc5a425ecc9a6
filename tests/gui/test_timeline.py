"""The timeline under the mouse: what each gesture asks for, and what is drawn."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from meviewer.core.annotation import Annotation
from meviewer.core.edits import drag_edge
from meviewer.core.events import Edge, Event, Keyframes
from meviewer.core.frames import Span
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.theme import Theme
from meviewer.gui.widgets import timeline_axis
from meviewer.gui.widgets.timeline import EdgeDrag, Timeline
from meviewer.gui.widgets.timeline_ink import Kept
from meviewer.gui.widgets.timeline_picture import timeline_picture
from meviewer.present.coder_roles import ROLES
from meviewer.present.curves import pyramid
from meviewer.present.timeline import (
    Curve,
    Handles,
    Lane,
    LaneEvent,
    LaneModel,
    Suggestion,
    TimelineState,
    Track,
    TrackMove,
)
from meviewer.present.timeline_geometry import GUTTER_PX, geometry
from meviewer.present.timeline_hits import suggestion_y
from meviewer.present.timeline_range import Range, whole

N = 96
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


LABEL = Keyframes(21, 42, 80)


def made(keyframes=LABEL, **changes):
    mine = (
        LaneEvent(1, *(keyframes[edge] for edge in Edge), "disgust", selected=True),
        LaneEvent(2, 86, 88, 92, "surprise"),
    )
    curve = Curve("from onset", "curve", pyramid(np.sin(np.arange(N) / 30) ** 2 * 4))
    mark = Suggestion(Edge.APEX, 47, Span(40, 50), (46, 49), "151", "+5 f", "gain +6%")
    values = {
        "clip": "a",
        "n_frames": N,
        "numbers": tuple(range(104, 104 + N)),
        "rate": Fraction(200),
        "tracks": (Track("Difference", "RMS", (curve,), 5.0, 0.3),),
        "lanes": (
            Lane("Coder A", "coder_a", mine, editable=True),
            Lane("GAMDSS", "gamdss", (LaneEvent(1, 24, 47, 77),), machine=True),
        ),
        "handles": Handles(1, 0, keyframes),
        "suggestions": (mark,),
        "playhead": 30,
    }
    return TimelineState(**(values | changes))


@pytest.fixture
def theme(qapp):
    theme = Theme("dark")
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")


@pytest.fixture
def timeline(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1100, 300)
    timeline = Timeline(theme, window)
    timeline.resize(1100, 284)
    timeline.show_state(made())
    with qtbot.waitExposed(window):
        window.show()
    timeline.test_window = window
    return timeline


class Mouse:
    """A hand on the mouse; drags keep the label in step, as the panel does."""

    def __init__(self, timeline, *, obeyed=True):
        self.timeline = timeline
        self.said = []
        for name in (
            "edge_dragged",
            "edge_released",
            "edge_selected",
            "seek_requested",
            "event_selected",
            "event_requested",
            "track_moved",
        ):
            signal = getattr(timeline, name)
            signal.connect(lambda value, name=name: self.said.append((name, value)))
        if obeyed:
            self._label = Annotation((Event(1, timeline.state.handles.keyframes),))
            timeline.edge_dragged.connect(self._obey)

    def _obey(self, drag):
        self._label = drag_edge(self._label, drag.event_id, drag.edge, drag.frame, N)
        self.timeline.show_state(made(self._label.event(1).keyframes))

    def event(self, kind, x, y, button=LEFT, held=None, modifiers=NONE):
        held = button if held is None else held
        at = QPointF(x, y)
        where = self.timeline.mapToGlobal(at)
        event = QMouseEvent(kind, at, where, button, held, modifiers)
        QApplication.sendEvent(self.timeline, event)

    def press(self, x, y, button=LEFT):
        self.event(QEvent.Type.MouseButtonPress, x, y, button)

    def move(self, x, y, modifiers=NONE, held=LEFT):
        self.event(QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton, held, modifiers)

    def release(self, x, y, button=LEFT):
        self.event(QEvent.Type.MouseButtonRelease, x, y, button, Qt.MouseButton.NoButton)

    def drag(self, start, end, button=LEFT):
        self.press(*start, button)
        self.move((start[0] + end[0]) / 2, end[1], held=button)
        self.move(*end, held=button)
        self.release(*end, button)

    def of(self, name):
        return [value for said, value in self.said if said == name]

    def wheel(self, x, notches, modifiers=NONE):
        at = QPointF(x, 120)
        turn = QPoint(0, 120 * notches)
        event = QWheelEvent(
            at,
            self.timeline.mapToGlobal(at),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.timeline, event)


def curve_y(timeline):
    return timeline.place.tracks.top + 40


def lane_y(timeline, at=0):
    return timeline.place.lane(at).top + 10


# ---- handles


@pytest.mark.parametrize("edge", list(Edge))
def test_a_handle_is_dragged_in_one_gesture(timeline, edge):
    mouse, x = Mouse(timeline), timeline.place.x
    start = timeline.state.handles.keyframes[edge]
    y = curve_y(timeline)
    mouse.drag((x(start), y), (x(start - 6), y))
    drags = mouse.of("edge_dragged")
    assert drags[-1] == EdgeDrag(1, edge, start - 6, drags[0].gesture)
    assert {drag.gesture for drag in drags} == {drags[0].gesture}
    assert mouse.of("edge_released") == [drags[0].gesture]
    assert mouse.of("edge_selected") == [edge]
    assert timeline.state.handles.keyframes[edge] == start - 6


def test_two_drags_are_two_gestures(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    mouse.drag((x(21), y), (x(25), y))
    mouse.drag((x(25), y), (x(22), y))
    assert len(set(mouse.of("edge_released"))) == 2


def test_a_press_without_a_move_changes_nothing(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    mouse.press(x(42) + 2, y)
    mouse.release(x(42) + 2, y)
    assert mouse.said == [("edge_selected", Edge.APEX)]


def test_the_handle_does_not_jump_to_the_pointer(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    step = timeline.place.px_per_frame
    mouse.drag((x(42) + 4, y), (x(42) + 4 + 3 * step, y))
    assert mouse.of("edge_dragged")[-1].frame == 45


def test_shift_makes_a_drag_ten_times_finer(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    mouse.press(x(42), y)
    mouse.move(x(62), y, Qt.KeyboardModifier.ShiftModifier)
    mouse.release(x(62), y)
    assert mouse.of("edge_dragged")[-1].frame == 44


def test_escape_brings_the_handle_home_and_ends_the_gesture(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    timeline.setFocus()
    mouse.press(x(42), y)
    mouse.move(x(50), y)
    assert timeline.state.handles.keyframes.apex == 50
    QApplication.sendEvent(timeline, _key(QEvent.Type.KeyPress))
    assert timeline.state.handles.keyframes.apex == 42
    assert mouse.of("edge_released") == [mouse.of("edge_dragged")[0].gesture]
    mouse.move(x(60), y)
    mouse.release(x(60), y)
    assert mouse.of("edge_dragged")[-1].frame == 42


def test_escape_belongs_to_a_drag_and_otherwise_to_the_window(timeline):
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    asked = _key(QEvent.Type.ShortcutOverride)
    asked.ignore()
    QApplication.sendEvent(timeline, asked)
    assert not asked.isAccepted()
    mouse.press(x(42), y)
    QApplication.sendEvent(timeline, asked)
    assert asked.isAccepted()
    mouse.release(x(42), y)


def test_a_drag_beyond_the_border_moves_what_is_in_sight(timeline):
    timeline.set_range(Range(10, 50))
    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    mouse.press(x(42), y)
    mouse.move(x(70), y)
    assert timeline.range.shows(70)
    mouse.release(x(70), y)


def test_all_three_can_be_taken_when_they_lie_on_one_frame(timeline):
    timeline.show_state(made(Keyframes(50, 50, 50)))
    mouse, x, y = Mouse(timeline, obeyed=False), timeline.place.x, curve_y(timeline)
    mouse.drag((x(50) - 3, y), (x(45), y))
    mouse.drag((x(50) + 3, y), (x(55), y))
    assert [drag.edge for drag in mouse.of("edge_dragged")[::2]] == [Edge.ONSET, Edge.OFFSET]


def test_a_ghost_shows_where_the_handle_was(timeline):
    def ink(at):
        image = timeline.grab().toImage()
        y = round(timeline.place.tracks.bottom - 30)
        wanted = QColor(timeline._theme.colours.apex)
        column = (image.pixelColor(round(at) + dx, y + dy) for dx in (-1, 0) for dy in range(20))
        return max(c.red() + c.green() - 2 * c.blue() for c in column) / (
            wanted.red() + wanted.green() - 2 * wanted.blue()
        )

    mouse, x, y = Mouse(timeline), timeline.place.x, curve_y(timeline)
    mouse.press(x(42), y)
    mouse.move(x(60), y)
    assert ink(x(42)) > 0.3
    mouse.release(x(60), y)
    assert ink(x(42)) < 0.1


# ---- seek and select


def test_the_playhead_follows_the_pointer_on_ruler_and_curve(timeline):
    mouse, x = Mouse(timeline), timeline.place.x
    for y in (timeline.place.ruler.top + 8, curve_y(timeline)):
        mouse.said.clear()
        mouse.drag((x(30), y), (x(36), y))
        seeks = mouse.of("seek_requested")
        assert (seeks[0], seeks[-1]) == (30, 36)
        assert len(seeks) == len(set(seeks))


def test_a_click_on_an_own_event_selects_it_and_on_others_seeks(timeline):
    mouse, x = Mouse(timeline), timeline.place.x
    mouse.press(x(87), lane_y(timeline))
    mouse.release(x(87), lane_y(timeline))
    assert mouse.said == [("event_selected", 2)]
    mouse.said.clear()
    mouse.press(x(60), lane_y(timeline, 1))
    mouse.release(x(60), lane_y(timeline, 1))
    assert mouse.said == [("seek_requested", 60)]


def test_a_double_click_on_an_empty_place_asks_for_an_event(timeline):
    mouse, x = Mouse(timeline), timeline.place.x
    mouse.event(QEvent.Type.MouseButtonDblClick, x(5), lane_y(timeline))
    assert mouse.of("event_requested") == [5]
    mouse.event(QEvent.Type.MouseButtonDblClick, x(5), lane_y(timeline, 1))
    assert mouse.of("event_requested") == [5]


def test_a_click_on_a_suggestion_goes_there(timeline):
    mouse = Mouse(timeline)
    y = suggestion_y(timeline.state, timeline.place, 47)
    mouse.press(timeline.place.x(47), y)
    mouse.release(timeline.place.x(47), y)
    assert mouse.said == [("edge_selected", Edge.APEX), ("seek_requested", 47)]


# ---- range


def test_the_wheel_zooms_at_the_pointer(timeline):
    mouse, x = Mouse(timeline), timeline.place.x(40)
    mouse.wheel(x, 3)
    assert timeline.range.length == pytest.approx(N * 0.8**3)
    assert timeline.place.x(40) == pytest.approx(x)
    mouse.wheel(x, -9)
    assert timeline.range == whole(N)


def test_shift_and_wheel_or_the_middle_button_move_along(timeline):
    timeline.set_range(Range(20, 60))
    mouse, x = Mouse(timeline), timeline.place.x
    mouse.wheel(x(40), -2, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.range.low > 20
    assert timeline.range.length == pytest.approx(40)
    timeline.set_range(Range(20, 60))
    start, end = x(40), x(30)
    mouse.drag((start, 120), (end, 120), Qt.MouseButton.MiddleButton)
    assert timeline.range.low == pytest.approx(30)


def test_the_window_of_the_overview_moves_and_stretches(timeline):
    timeline.set_range(Range(20, 60))
    mouse, over = Mouse(timeline), timeline.place.overview_x
    mouse.drag((over(40), 12), (over(50), 12))
    assert timeline.range.low == pytest.approx(30)
    mouse.drag((timeline.place.window.right, 12), (over(80), 12))
    assert timeline.range.high == pytest.approx(80, abs=0.6)
    mouse.drag((timeline.place.window.left, 12), (over(10), 12))
    assert timeline.range.low == pytest.approx(10, abs=0.6)
    mouse.event(QEvent.Type.MouseButtonDblClick, over(40), 12)
    assert timeline.range == whole(N)


def test_a_click_beside_the_window_looks_there(timeline):
    timeline.set_range(Range(10, 30))
    mouse = Mouse(timeline)
    mouse.press(timeline.place.overview_x(70), 12)
    mouse.release(timeline.place.overview_x(70), 12)
    assert (timeline.range.low, timeline.range.high) == pytest.approx((60, 80))


def test_zoom_to_event_and_back(timeline):
    timeline.zoom_to_event()
    assert timeline.range.shows(21)
    assert timeline.range.shows(80)
    assert timeline.range != whole(N)
    timeline.zoom_to_all()
    assert timeline.range == whole(N)
    Mouse(timeline).event(QEvent.Type.MouseButtonDblClick, timeline.place.x(88), lane_y(timeline))
    assert timeline.range.length < 30


def test_the_range_stays_with_its_clip(qtbot, timeline):
    timeline.set_range(Range(20, 60))
    timeline.show_state(made(Keyframes(20, 42, 80)))
    assert timeline.range == Range(20, 60)
    timeline.show_state(made(clip="b"))
    assert timeline.range == whole(N)
    with qtbot.waitSignal(timeline.range_changed, timeout=1000):
        timeline.show_state(made())
    assert timeline.range == Range(20, 60)


def test_the_range_follows_a_playhead_that_leaves_it(timeline):
    timeline.set_range(Range(20, 40))
    timeline.set_playhead(39)
    assert timeline.range == Range(20, 40)
    timeline.set_playhead(70)
    assert timeline.range.shows(70)


# ---- what is drawn


def three_tracks():
    track = made().tracks[0]
    others = [replace(track, title=title) for title in ("OpenFace", "Py-Feat", "Regions")]
    return made(tracks=(track, *others))


def name_of_track(timeline, at):
    box = timeline.place.track(at)
    return 40, box.top + box.height / 2


@pytest.mark.parametrize(("track", "over", "to"), [(1, 3, 3), (3, 1, 1), (1, 2, 2), (3, 0, 1)])
def test_a_track_is_dragged_by_its_name(timeline, track, over, to):
    timeline.resize(1100, 520)
    timeline.show_state(three_tracks())
    mouse = Mouse(timeline)
    x, y = name_of_track(timeline, over)
    beyond = 20 if over > track else -20
    mouse.drag(name_of_track(timeline, track), (x, y + beyond))
    assert mouse.of("track_moved") == [TrackMove(track, to)]
    assert mouse.of("seek_requested") == []


def test_a_track_dropped_where_it_was_or_taken_back_stays(timeline):
    timeline.resize(1100, 520)
    timeline.show_state(three_tracks())
    mouse = Mouse(timeline)
    x, y = name_of_track(timeline, 2)
    mouse.drag((x, y), (x, y + 12))
    mouse.press(x, y)
    mouse.move(*name_of_track(timeline, 3))
    QApplication.sendEvent(timeline, _key(QEvent.Type.KeyPress))
    mouse.release(*name_of_track(timeline, 3))
    assert mouse.of("track_moved") == []


def test_a_line_shows_where_a_track_would_go(timeline, theme):
    timeline.resize(1100, 520)
    timeline.show_state(three_tracks())
    mouse, accent = Mouse(timeline), theme.colour("accent").name()
    below = timeline.place.track(2).bottom
    x, y = name_of_track(timeline, 1)
    mouse.press(x, y)
    assert accent not in column(timeline, 600, below - 3, below + 2)
    mouse.move(x, timeline.place.track(2).bottom - 5)
    assert accent in column(timeline, 600, below - 3, below + 2)
    assert accent in column(timeline, 20, below - 3, below + 2)
    mouse.release(x, timeline.place.track(2).bottom - 5)
    assert accent not in column(timeline, 600, below - 3, below + 2)


def test_the_first_track_and_a_lone_further_one_cannot_be_taken(timeline):
    timeline.resize(1100, 520)
    mouse = Mouse(timeline)
    for state in (three_tracks(), made(tracks=three_tracks().tracks[:2])):
        timeline.show_state(state)
        at = len(state.tracks) - 1 if len(state.tracks) == 2 else 0
        mouse.drag(name_of_track(timeline, at), (40, timeline.place.tracks.bottom - 4))
    assert mouse.of("track_moved") == []
    timeline.show_state(three_tracks())
    mouse.move(*name_of_track(timeline, 1), held=Qt.MouseButton.NoButton)
    assert timeline.cursor().shape() is Qt.CursorShape.OpenHandCursor
    mouse.move(*name_of_track(timeline, 0), held=Qt.MouseButton.NoButton)
    assert timeline.cursor().shape() is Qt.CursorShape.ArrowCursor


def column(timeline, x, top, bottom):
    image = timeline.grab().toImage()
    return {image.pixelColor(round(x), y).name() for y in range(round(top), round(bottom))}


def test_a_moved_playhead_redraws_two_strips_only(qtbot, timeline):
    timeline.grab()
    picture = timeline._picture
    timeline.set_playhead(70)
    white = timeline._theme.colour("text").name()
    assert white in column(timeline, timeline.place.x(70), 40, 50)
    assert timeline._picture is picture


def test_another_theme_or_size_draws_everything_anew(timeline, theme):
    dark = timeline.grab().toImage()
    theme.toggle()
    light = timeline.grab().toImage()
    assert light != dark
    corner = light.pixelColor(1090, round(timeline.place.lane(1).top + 3))
    assert corner.name() == theme.colour("plot").name()
    timeline.resize(900, 284)
    assert timeline.grab().width() == 900


def test_keyframes_wear_their_colours(timeline):
    y = timeline.place.tracks.bottom - 12
    for edge in Edge:
        x = timeline.place.x(timeline.state.handles.keyframes[edge])
        want = timeline._theme.colour(edge.value)
        image = timeline.grab().toImage()
        got = [image.pixelColor(round(x) + dx, round(y)) for dx in (-1, 0)]
        assert min(_apart(c, want) for c in got) < 60


def test_hovering_marks_what_would_be_taken(timeline):
    mouse = Mouse(timeline)
    mouse.move(700, 280, held=Qt.MouseButton.NoButton)
    rest = timeline.grab().toImage()
    spots = {
        "handle": (timeline.place.x(42), curve_y(timeline)),
        "event": (timeline.place.x(88), lane_y(timeline)),
        "frame": (timeline.place.x(60), curve_y(timeline)),
    }
    seen = []
    for spot in spots.values():
        mouse.move(*spot, held=Qt.MouseButton.NoButton)
        seen.append(timeline.grab().toImage())
    assert all(image != rest for image in seen)
    QApplication.sendEvent(timeline, QEvent(QEvent.Type.Leave))
    assert timeline.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_pointer_shapes_tell_what_can_be_dragged(timeline):
    mouse = Mouse(timeline)
    mouse.move(timeline.place.x(42), curve_y(timeline), held=Qt.MouseButton.NoButton)
    assert timeline.cursor().shape() is Qt.CursorShape.SizeHorCursor


def test_a_tool_tip_names_the_frame(timeline, monkeypatch):
    told = []
    monkeypatch.setattr(QToolTip, "showText", staticmethod(lambda *said: told.append(said[1])))
    mouse = Mouse(timeline)
    x, y = timeline.place.x(60), timeline.place.ruler.top + 8
    mouse.move(x, y, held=Qt.MouseButton.NoButton)
    at = QPoint(round(x), round(y))
    QApplication.sendEvent(timeline, QHelpEvent(QEvent.Type.ToolTip, at, timeline.mapToGlobal(at)))
    assert told[0].startswith("164 · 300 ms")


def test_focus_by_key_is_outlined_and_by_mouse_is_not(qtbot, timeline):
    timeline.test_window.activateWindow()
    qtbot.waitUntil(timeline.isActiveWindow)
    accent = timeline._theme.colour("accent").name()

    def edge():
        image = timeline.grab().toImage()
        return image.pixelColor(600, 1).name() == accent

    timeline.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not edge()
    timeline.clearFocus()
    timeline.setFocus(Qt.FocusReason.TabFocusReason)
    assert timeline.hasFocus()
    assert edge()


def test_it_can_be_heard(timeline, qtbot):
    """Name, cursor and selection reach a screen reader, as soon as they rest."""

    def heard(words):
        found = QAccessible.queryAccessibleInterface(timeline)
        assert found.text(QAccessible.Text.Name) == "Timeline"
        return words in found.text(QAccessible.Text.Description)

    qtbot.waitUntil(lambda: heard("at frame 134 · 150 ms; selected event: disgust, onset 125"))
    assert heard("Coder A: 2 events")
    timeline.set_playhead(31)
    qtbot.waitUntil(lambda: heard("at frame 135"))
    timeline.show_state(made(handles=None))
    qtbot.waitUntil(lambda: heard("no event selected"))
    timeline.show_state(None)
    qtbot.waitUntil(lambda: heard("Open a clip"))
    assert timeline.grab().width() == 1100


def test_while_a_clip_plays_nothing_is_said(timeline, qtbot):
    qtbot.waitUntil(lambda: "at frame" in timeline.accessibleDescription())
    before = timeline.accessibleDescription()
    for frame in range(40, 60):
        timeline.set_playhead(frame)
        assert timeline.accessibleDescription() == before
    qtbot.waitUntil(lambda: "at frame 163" in timeline.accessibleDescription())


def test_without_a_clip_nothing_answers(timeline):
    mouse = Mouse(timeline)
    timeline.show_state(None)
    mouse.drag((300, 100), (400, 100))
    mouse.event(QEvent.Type.MouseButtonDblClick, 300, 200)
    mouse.wheel(300, 2)
    timeline.set_playhead(3)
    timeline.zoom_to_event()
    assert mouse.said == []


@pytest.mark.parametrize("n", [1, 2])
def test_the_shortest_clips_can_be_drawn(timeline, n):
    curve = Curve("from onset", "curve", pyramid(np.zeros(n)))
    state = made(
        Keyframes(0, 0, 0),
        n_frames=n,
        numbers=tuple(range(n)),
        tracks=(Track("D", "u", (curve,), 1.0),),
        suggestions=(),
        clip="short",
        playhead=0,
    )
    state = replace(state, lanes=(Lane("A", "coder_a", (LaneEvent(1, 0, 0, 0),), editable=True),))
    timeline.show_state(state)
    timeline.grab()
    mouse = Mouse(timeline)
    mouse.wheel(400, 3)
    mouse.drag((400, 40), (600, 40))
    assert set(mouse.of("seek_requested")) <= set(range(n))


def test_waiting_is_said_in_place_of_curves(timeline):
    timeline.show_state(made(tracks=(), suggestions=(), waiting="reading frames"))
    before = timeline.grab().toImage()
    timeline.show_state(made(tracks=(), suggestions=(), waiting=""))
    assert timeline.grab().toImage() != before


@pytest.mark.perf
def test_ten_long_curves_and_two_thousand_events_are_drawn_in_time(timeline):
    n = 100_000
    rng = np.random.default_rng(0)
    lines = [pyramid(np.abs(np.cumsum(rng.standard_normal(n)))) for _ in range(10)]
    top = max(line.peak for line in lines)
    curves = tuple(Curve(f"c{at}", "curve", line) for at, line in enumerate(lines))
    events = tuple(LaneEvent(i, i * 50, i * 50 + 10, i * 50 + 30, "disgust") for i in range(2000))
    state = made(
        clip="long",
        n_frames=n,
        numbers=range(n),
        tracks=(Track("D", "u", curves, top),),
        lanes=(Lane("A", "coder_a", events, editable=True),),
        suggestions=(),
    )
    timeline.show_state(state)
    timeline.repaint()

    def cost_ms(work):
        # Time of this process alone: others may be busy on the same machine.
        start = time.process_time()
        for _ in range(5):
            work()
        return (time.process_time() - start) * 1000 / 5

    def redraw():
        timeline.show_state(state)
        timeline.repaint()

    def cursor():
        timeline.repaint(QRect(400, 0, 14, 284))

    assert cost_ms(redraw) < 80
    assert timeline._picture is not None
    assert cost_ms(cursor) < 20


def _key(kind):
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(kind, Qt.Key.Key_Escape, NONE)


def _apart(one, other):
    return max(
        abs(one.red() - other.red()),
        abs(one.green() - other.green()),
        abs(one.blue() - other.blue()),
    )


def test_no_lane_is_cut_where_there_are_many(opened, qtbot):
    panel = opened.centralWidget().findChild(Timeline).parentWidget()
    opened.resize(1280, 720)
    lanes = tuple(Lane(f"Coder {k}", "coder_b", ()) for k in range(9))
    panel.timeline.show_state(made(lanes=lanes))
    qtbot.waitUntil(lambda: panel.timeline.geometry().bottom() <= panel.height())
    assert panel.timeline.place.lane(8).bottom <= panel.timeline.height()
    assert panel.timeline.place.lane_height >= 18


def test_a_state_is_put_together_once_however_often_it_changed(qtbot, timeline):
    asked, states = [], [made(Keyframes(20, 40, 60)), made(Keyframes(21, 40, 60))]

    def source():
        asked.append(1)
        return states[-1]

    timeline.follow(source)
    for _ in range(5):
        timeline.outdate()
    assert not asked
    qtbot.waitUntil(lambda: bool(asked))
    assert timeline.state is states[-1]
    timeline.grab()
    assert len(asked) == 1


def test_a_state_that_nobody_sees_is_not_put_together(qtbot, theme):
    asked = []
    hidden = Timeline(theme)
    qtbot.addWidget(hidden)
    hidden.follow(lambda: asked.append(1))
    hidden.outdate()
    QApplication.processEvents()
    assert not asked
    assert hidden.state is None
    assert asked == [1]


def test_a_playhead_that_comes_with_a_state_is_kept_in_sight(qtbot, timeline):
    timeline.set_range(Range(0, 30))
    moved = replace(timeline.state, playhead=80)
    timeline.follow(lambda: moved)
    timeline.outdate()
    assert timeline.playhead == 80
    assert timeline.range.low <= 80 <= timeline.range.high


def test_lines_that_are_kept_look_like_lines_drawn_anew(timeline, theme):
    kept, state, place = Kept(), timeline.state, timeline.place
    wanted = timeline_picture(theme, state, place, 1.0).toImage()
    for _ in range(2):
        drawn = timeline_picture(theme, state, place, 1.0, kept).toImage()
        assert largest_change(wanted, drawn) <= 2  # smooth edges are rounded twice


def test_a_changed_line_is_not_taken_for_the_one_before(timeline, theme):
    kept, place = Kept(), timeline.place
    timeline_picture(theme, timeline.state, place, 1.0, kept)
    track = timeline.state.tracks[0]
    curve = replace(track.curves[0], line=pyramid(track.curves[0].line.values * 0.5))
    other = replace(timeline.state, tracks=(replace(track, curves=(curve, *track.curves[1:])),))
    wanted = timeline_picture(theme, other, place, 1.0).toImage()
    assert largest_change(wanted, timeline_picture(theme, other, place, 1.0, kept).toImage()) <= 2


def test_a_moved_keyframe_leaves_the_silhouette_of_the_overview(timeline, theme, monkeypatch):
    drawn = []
    whole_curve = timeline_axis._silhouette
    monkeypatch.setattr(
        timeline_axis, "_silhouette", lambda *given: (drawn.append(1), whole_curve(*given))
    )
    kept, place = Kept(), timeline.place
    moved = replace(timeline.state, lanes=made(replace(LABEL, apex=50)).lanes)
    for state in (timeline.state, moved):
        seen = timeline_picture(theme, state, place, 1.0, kept).toImage()
        wanted = timeline_picture(theme, state, place, 1.0).toImage()
        assert largest_change(wanted, seen) <= 2
    assert len(drawn) == 1 + 2  # kept once, and each time where nothing is


def largest_change(one, two):
    grey = QImage.Format.Format_RGB32
    first, second = (
        np.frombuffer(picture.convertToFormat(grey).constBits(), np.uint8) for picture in (one, two)
    )
    return int(np.abs(first.astype(int) - second).max())


def test_a_lane_shows_where_in_the_frame_its_model_saw_the_movement(timeline, theme):
    """A small picture beside the name, dark or bright where most was seen."""

    def drawn(row):
        cells = np.zeros((20, 16))
        cells[row : row + 6] = 1.0
        model = Lane("Model", "prediction", (), machine=True, model=LaneModel(cells=cells))
        state = replace(timeline.state, lanes=(timeline.state.lanes[0], model))
        return timeline_picture(theme, state, timeline.place, 1.0).toImage()

    box = timeline.place.lane(1)
    above, below = drawn(0), drawn(14)
    x = GUTTER_PX - 32 - round(0.4 * (box.height - 4))
    changed = [
        y
        for y in range(round(box.top), round(box.bottom))
        if above.pixelColor(x, y) != below.pixelColor(x, y)
    ]
    half = box.top + box.height / 2
    assert min(changed) < half - 3
    assert max(changed) > half + 3
    assert timeline.place.lane(0).bottom <= min(changed)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("shown", [whole(100_000), Range(53_900, 55_300), Range(54_200, 54_500)])
def test_a_peak_of_one_frame_is_drawn_from_near_and_far_on_any_screen(theme, ratio, shown):
    values = np.full(100_000, 0.5)
    values[54_321] = 4.0
    curves = (Curve("peak", "curve", pyramid(values)),)
    state = made(
        clip="long",
        n_frames=100_000,
        numbers=range(100_000),
        tracks=(Track("D", "u", curves, 5.0),),
        handles=None,
        suggestions=(),
        lanes=(),
    )
    place = geometry(state, shown, 1100, 284)
    picture = timeline_picture(theme, state, place, ratio).toImage()
    top = place.plot(0).bottom - 4.0 / 5.0 * place.plot(0).height
    ink = theme.colour("curve")
    seen = [
        (x, y)
        for x in range(round(ratio * GUTTER_PX), round(ratio * 1040))
        for y in range(round(ratio * (top - 2)), round(ratio * (top + 3)))
        if _apart(picture.pixelColor(x, y), ink) < 100
    ]
    assert seen
    assert all(abs(x / ratio - place.x(54_321)) <= 2 for x, _ in seen)


def test_curves_are_drawn_alike_in_px_of_any_size(theme):
    """What a finer screen shows is the same line, not a thinner or a shifted one."""
    state = made(handles=None, suggestions=(), lanes=())
    curve = Curve("c", "curve", pyramid(2 + np.sin(np.arange(4000) / 9) * np.linspace(0, 2, 4000)))
    track = Track("D", "u", (curve,), 5.0)
    state = replace(state, n_frames=4000, numbers=range(4000), tracks=(track,))
    for shown in (whole(4000), Range(2000, 2600)):
        place = geometry(state, shown, 1100, 284)
        one, two = (timeline_picture(theme, state, place, ratio).toImage() for ratio in (1.0, 2.0))
        shrunk = two.smoothScaled(one.width(), one.height())
        box = place.tracks
        area = (slice(round(box.top) + 20, round(box.bottom) - 4), slice(GUTTER_PX + 4, 1040))
        apart = pixels_of(one)[area].astype(float) - pixels_of(shrunk)[area]
        assert abs(apart.mean()) < 6
        assert np.abs(apart).mean() < 12


def pixels_of(image):
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()]


def test_a_value_between_two_holes_is_seen(theme):
    values = np.full(2000, np.nan)
    values[1000] = 2.5
    curve = Curve("c", "curve", pyramid(values))
    state = made(handles=None, suggestions=(), lanes=(), n_frames=2000, numbers=range(2000))
    state = replace(state, tracks=(Track("D", "u", (curve,), 5.0),))
    for shown in (Range(700, 1300), Range(980, 1020)):
        place = geometry(state, shown, 1100, 284)
        picture = timeline_picture(theme, state, place, 1.0).toImage()
        y = place.plot(0).bottom - 0.5 * place.plot(0).height
        assert (
            _apart(picture.pixelColor(round(place.x(1000)), round(y)), theme.colour("curve")) < 60
        )


def test_a_coder_keeps_the_colour_whoever_edits(opened, qtbot):
    workspace = opened.context.workspace
    for name in ("Ann", "Ben"):
        workspace.project.add_coder(name)
    panel = opened.findChild(TimelinePanel)
    worn = {}
    for name in ("Ben", "Ann", "Ben"):
        workspace.set_coder(name)
        qtbot.waitUntil(lambda name=name: workspace.session.coder == name)
        worn.setdefault(name, set()).add(panel.timeline.state.lanes[0].role)
    people = workspace.project.people()
    assert worn == {name: {ROLES[people.index(name)]} for name in ("Ann", "Ben")}
