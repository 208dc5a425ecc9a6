"""What is said of the frame under the playhead: number, time, keyframe, source."""

from __future__ import annotations

from meviewer.gui.context import Context
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, spare
from meviewer.gui.widgets.marks import Mark
from meviewer.gui.widgets.styling import short_rule
from meviewer.present.frame_view import frame_note


class FrameStatus(Bar):
    """The line below the frame."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._index, self._number = label("", "strong"), label("", "second")
        self._time, self._place = label("", "second"), label("", "second")
        self._mark = Mark(context.theme, "apex", 8)
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

    def say(self) -> None:
        """Say what is shown now; nothing without a clip."""
        session = self._context.workspace.session
        parts = (self._index, self._number, self._time, self._place, self._source)
        self._mark.setVisible(False)
        if session is None:
            for part in parts:
                part.setText("")
            return
        clip = session.clip
        note = frame_note(
            self._context.playhead.frame,
            clip.numbers,
            clip.rate,
            rate_known=clip.rate_known,
            size=clip.size,
            kind=clip.kind,
            event=self._context.editor.selected,
            suggested=self._context.analysis.suggested_keyframes(),
        )
        words = (note.index, note.number, note.time, note.place, note.source)
        for part, text in zip(parts, words, strict=True):
            part.setText(text)
        if note.edge is not None:
            self._mark.set_role(note.edge.value)
            self._mark.setVisible(True)
