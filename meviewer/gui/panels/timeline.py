"""The timeline panel: transport above, one painted timeline below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QFrame

from meviewer.core.events import Edge
from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.theme import Space
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import IconButton, tool
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, boxed, column, row, spare
from meviewer.gui.widgets.marks import Mark
from meviewer.gui.widgets.styling import make_surface, short_rule
from meviewer.gui.widgets.timeline import EdgeDrag, Timeline
from meviewer.gui.widgets.track_menu import TrackMenu
from meviewer.motion.estimate import SIMULATED
from meviewer.present.export_view import ViewContent, timeline_content
from meviewer.present.region_tracks import TOOL
from meviewer.present.series_tracks import SeriesKey, keys
from meviewer.present.timeline import Lane, TimelineState, Track, TrackMove
from meviewer.present.timeline_model import model_lane
from meviewer.present.timeline_state import timeline_state
from meviewer.present.track_order import moved, moved_up, name_of, ordered

_ORDER = "timeline.tracks"


class TimelinePanel(QFrame):
    """Curves and lanes of the open clip, and the keys of a tape recorder."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._context = context
        self.timeline = Timeline(context.theme)
        self.setLayout(column(self._transport(), (self.timeline, 1), spacing=0))
        offer_view(self.timeline, self._content)
        self._connect()
        self.timeline.outdate()
        self._say_saved()

    def _transport(self) -> Bar:
        theme = self._context.theme
        buttons = {
            name: self._button(name, icon, words)
            for name, icon, words in (
                ("keyframe-back", "previous_mark", "Previous keyframe"),
                ("step-back", "previous_frame", "One frame back"),
                ("reverse", "reverse", "Play backward"),
                ("play", "play", "Play or pause"),
                ("step-on", "next_frame", "One frame on"),
                ("keyframe-on", "next_mark", "Next keyframe"),
                ("zoom-event", "roi", "Zoom to the event"),
                ("zoom-all", "fit", "Show the whole clip"),
            )
        }
        self._play = buttons["play"]
        self._loop = tool(theme, "loop", checked=False)
        follow_keys(self._context.actions, self._loop, "Loop onset to offset ({loop})")
        self._loop.clicked.connect(self._context.actions["loop"].trigger)
        self._speed = label("", "second")
        self._saved = label("", "caption")
        self._tracks = TrackMenu(theme)
        self._tracks.wanted.connect(self._show_tracks)
        self._tracks.moved_up.connect(self._move_up)
        return Bar(
            spare(label("Set here", "caption"), 3),
            boxed(row(*self._set_here(), spacing=Space.xs)),
            short_rule(),
            self._loop,
            None,
            *list(buttons.values())[:6],
            short_rule(),
            self._speed,
            None,
            spare(self._saved, 1),
            self._tracks,
            short_rule(),
            *list(buttons.values())[6:],
            margins=(Space.l, 0, Space.l, 0),
        )

    def _button(self, name: str, icon: str, words: str) -> IconButton:
        button = tool(self._context.theme, icon)
        follow_keys(self._context.actions, button, f"{words} ({{{name}}})")
        button.act(self._context.actions[name])
        return button

    def _set_here(self) -> list[Mark | IconButton]:
        parts: list[Mark | IconButton] = []
        actions = self._context.actions
        for edge in Edge:
            name = f"set-{edge.value}"
            button = tool(self._context.theme, text=edge.value, kind="chip")
            follow_keys(actions, button, f"Set the {edge.value} here ({{{name}}})")
            # The key alone, as there is no room for words; without a key the keyframe's letter.
            follow_keys(actions, button, f"({{{name}}})", partial(_show_key, button, edge))
            button.act(actions[name])
            parts += [Mark(self._context.theme, edge.value, 9), button]
        return parts

    def _content(self) -> ViewContent | None:
        return None if self.timeline.state is None else timeline_content(self.timeline.state)

    def _connect(self) -> None:
        context, timeline = self._context, self.timeline
        timeline.follow(self._state)
        timeline.edge_dragged.connect(self._dragged)
        timeline.edge_released.connect(lambda _gesture: context.editor.drop())
        timeline.edge_selected.connect(context.selection.set_edge)
        timeline.seek_requested.connect(context.playhead.set_frame)
        timeline.event_selected.connect(context.selection.set_event)
        timeline.event_requested.connect(context.editor.add_event)
        timeline.track_moved.connect(self._move_track)
        context.playhead.moved.connect(timeline.set_playhead)
        context.playhead.playing_changed.connect(self._say_playing)
        context.playhead.speed_changed.connect(self._say_playing)
        for signal in (
            context.analysis.changed,
            context.selection.changed,
            context.workspace.session_changed,
            context.workspace.sample_changed,
            context.series.changed,
            context.regions.changed,
            context.estimate.changed,
            context.what_if.lane_changed,
        ):
            signal.connect(lambda *_: timeline.outdate())
        context.workspace.saved_changed.connect(lambda _: self._say_saved())
        context.workspace.session_changed.connect(self._say_saved)
        context.analysis.progress.connect(self._say_progress)
        context.series.changed.connect(self._offer_tracks)
        context.regions.changed.connect(self._offer_tracks)
        self._offer_tracks()
        context.actions.bind("zoom-event", timeline.zoom_to_event)
        context.actions.bind("zoom-all", timeline.zoom_to_all)
        self._say_playing()

    def _dragged(self, drag: EdgeDrag) -> None:
        self._context.editor.drag(drag.event_id, drag.edge, drag.frame, drag.gesture)
        event = self._context.editor.selected
        if event is not None:
            # The picture follows the handle: that is how one judges where it belongs.
            self._context.playhead.set_frame(event.keyframes[drag.edge])

    def _state(self) -> TimelineState | None:
        context = self._context
        session = context.workspace.session
        if session is None:
            return None
        project = context.workspace.project
        machines = {c for c in session.others if project is not None and project.is_machine(c)}
        return timeline_state(
            session.clip,
            session.coder,
            session.annotation,
            session.others,
            machines,
            context.analysis.curves,
            context.analysis.suggestion,
            context.analysis.suggested_keyframes(),
            context.selection.event_id,
            context.playhead.frame,
            self._further(),
            self._model_lane(),
            context.what_if.lane(),
            () if project is None else project.people(),
        )

    def _model_lane(self) -> Lane | None:
        """Return the lane of our own estimate, or None where it is off or nothing is selected."""
        store, event, session = (
            self._context.estimate,
            self._context.editor.selected,
            self._context.workspace.session,
        )
        if session is None or event is None or not store.on or not (store.found or store.waiting):
            return None
        return model_lane(store.found, tuple(event.rejected), session.clip.numbers, SIMULATED)

    def _further(self) -> tuple[Track, ...]:
        context = self._context
        return ordered((*context.regions.tracks(), *context.series.tracks()), self._order())

    def _order(self) -> list[str]:
        return self._context.preferences[_ORDER].splitlines()

    def _move_up(self, name: str) -> None:
        self._put_in_order(moved_up(self._names(), name, self._order()))

    def _move_track(self, move: TrackMove) -> None:
        names = self._names()  # of all but the first on the timeline
        order = moved(names, names[move.track - 1], move.to - 1, self._order())
        self._put_in_order(order)

    def _names(self) -> list[str]:
        return [name_of(track) for track in self._further()]

    def _put_in_order(self, order: Sequence[str]) -> None:
        self._context.preferences[_ORDER] = "\n".join(order)
        self._offer_tracks()
        self.timeline.outdate()

    def _offer_tracks(self) -> None:
        series, regions = self._context.series, self._context.regions
        self._tracks.show_order(self._names())
        self._tracks.show_keys((*regions.keys, *keys(series.files)), regions.shown | series.shown)

    def _show_tracks(self, wanted: frozenset[SeriesKey]) -> None:
        self._context.series.show([key for key in wanted if key.tool != TOOL])
        self._context.regions.show(wanted)

    def _say_playing(self, _playing: object = None) -> None:
        playhead = self._context.playhead
        self._play.set_icon("pause" if playhead.playing else "play")
        share = playhead.speed
        words = f"{share.numerator}/{share.denominator}×" if share < 1 else f"{share.numerator}×"
        self._speed.setText(words)
        self._loop.setChecked(playhead.loop is not None)

    def _say_saved(self) -> None:
        workspace = self._context.workspace
        if workspace.session is None:
            self._saved.setText("")
        elif workspace.session.read_only:
            self._saved.setText("read only")
        else:
            self._saved.setText("saved" if workspace.saved else "saving…")

    def _say_progress(self, share: float) -> None:
        if share < 1:
            self._saved.setText(f"reading frames, {share:.0%}")
        else:
            self._say_saved()


def _show_key(button: IconButton, edge: Edge, words: str) -> None:
    button.setText(words[1:-1] or edge.value[0].upper())
