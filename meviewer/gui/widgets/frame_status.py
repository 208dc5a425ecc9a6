"""What is said of the frame under the playhead: number, time, keyframe, source."""

from __future__ import annotations

from meviewer.gui.theme import Size, Space, Theme
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, spare
from meviewer.gui.widgets.marks import Mark
from meviewer.gui.widgets.styling import short_rule
from meviewer.present.frame_view import FrameNote


class FrameStatus(Bar):
    """The line below the frame."""

    def __init__(self, theme: Theme) -> None:
        self._index, self._number = label("", "strong"), label("", "second")
        self._time, self._place = label("", "second"), label("", "second")
        self._mark = Mark(theme, "apex", 8)
        self._source = label("", "caption")
        super().__init__(
            self._index,
            self._number,
            self._time,
            short_rule(),
            self._mark,
            self._place,
            None,
            spare(self._source, 1),
            kind="foot",
            height=Size.bar_status,
            spacing=Space.m,
            margins=(Space.l, 0, Space.l, 0),
        )

    def show_note(self, note: FrameNote | None) -> None:
        """Show what is said of a frame; None without a clip."""
        words = ("",) * 5
        if note is not None:
            words = (note.index, note.number, note.time, note.place, note.source)
        parts = (self._index, self._number, self._time, self._place, self._source)
        for part, text in zip(parts, words, strict=True):
            part.setText(text)
        edge = None if note is None else note.edge
        self._mark.setVisible(edge is not None)
        if edge is not None:
            self._mark.set_role(edge.value)
