"""What a coder does to labels, in the coder's words; keys, buttons and handles all end up here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QObject, Signal

from meviewer.core import edits
from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Edge, Event, Keyframes, Source
from meviewer.core.labels import EMOTIONS
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.estimate import EstimateStore
from meviewer.gui.stores.playhead import Playhead
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.session import Session
from meviewer.gui.stores.workspace import Workspace

_gestures = count(1 << 20)  # far from the numbers that widgets give to their drags


@dataclass(frozen=True, slots=True)
class Refusal:
    """A suggestion as it stood when its refusal was begun: a better one may come meanwhile.

    Attributes
    ----------
    session : Session
    event_id : int
    suggested : Keyframes
    text : str
        Name of the step.
    evidence : str
        What it rested on, for the journal.
    """

    session: Session
    event_id: int
    suggested: Keyframes
    text: str
    evidence: str


class Editor(QObject):
    """Edits of the selected event of the open clip.

    Signals
    -------
    said(str)
        What just happened or why nothing did, for the status line.
    """

    said = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        playhead: Playhead,
        selection: Selection,
        analysis: Analysis,
        parent: QObject | None = None,
        *,
        estimate: EstimateStore | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._playhead = playhead
        self._selection = selection
        self._analysis = analysis
        self._estimate = estimate
        self._repeated: tuple[int, int, str] | None = None

    @property
    def selected(self) -> Event | None:
        """The selected event as it is now."""
        session = self._workspace.session
        return None if session is None else session.annotation.find(self._selection.event_id)

    def set_here(self, edge: Edge) -> None:
        """Put a keyframe at the current frame; without an event, begin one here."""
        session, event, frame = self._workspace.session, self.selected, self._playhead.frame
        if session is None:
            return
        if event is None:
            self.add_event(frame)
            return
        self._selection.set_edge(edge)
        after = edits.place_edge(session.annotation, event.id, edge, frame, session.clip.n_frames)
        session.commit(after, f"Set {edge.value} to {session.clip.numbers[frame]}")

    def add_event(self, frame: int) -> None:
        """Begin an event whose keyframes all lie on one frame."""
        session = self._workspace.session
        if session is None:
            return
        after = edits.add_event(session.annotation, Keyframes(frame, frame, frame))
        new_id = session.annotation.next_id()
        session.commit(after, f"New event at {session.clip.numbers[frame]}")
        if session.annotation.find(new_id):
            self._selection.set_event(new_id)

    def delete(self) -> None:
        """Delete the selected event."""
        session, event = self._workspace.session, self.selected
        if session is not None and event is not None:
            session.commit(edits.remove_event(session.annotation, event.id), "Delete event")

    def drag(self, event_id: int, edge: Edge, frame: int, gesture: int) -> None:
        """Follow a dragged handle; the step is written when `drop` is called."""
        session = self._workspace.session
        if session is None or session.annotation.find(event_id) is None:
            return
        self._selection.set_event(event_id)
        self._selection.set_edge(edge)
        after = edits.drag_edge(session.annotation, event_id, edge, frame, session.clip.n_frames)
        session.commit(after, f"Move {edge.value}", gesture)

    def drop(self) -> None:
        """End a drag."""
        if self._workspace.session is not None:
            self._workspace.session.end_gesture()

    def nudge(self, by: int) -> None:
        """Move the selected keyframe by some frames; repeats of the key are one step."""
        session, event = self._workspace.session, self.selected
        if session is None or event is None:
            self.said.emit("No event is selected")
            return
        edge = self._selection.edge
        frame = event.keyframes[edge] + by
        after = edits.drag_edge(session.annotation, event.id, edge, frame, session.clip.n_frames)
        gesture = self._gesture_of(event.id, edge.value)
        session.commit(after, f"Move {edge.value}", gesture, repeats=True)
        moved = session.annotation.event(event.id).keyframes[edge]
        self._playhead.set_frame(moved)

    def select_edge_by(self, by: int) -> None:
        """Go to the next (1) or previous (-1) keyframe of the clip and select it."""
        session = self._workspace.session
        if session is None:
            return
        marks = sorted(
            (event.keyframes[edge], event.id, edge.value)
            for event in session.annotation
            for edge in Edge
        )
        frame = self._playhead.frame
        beyond = [m for m in marks if (m[0] > frame if by > 0 else m[0] < frame)]
        if beyond:
            at, event_id, edge = beyond[0] if by > 0 else beyond[-1]
            self._selection.set_event(event_id)
            self._selection.set_edge(Edge(edge))
            self._playhead.step(at - frame)

    def accept(self, edge: Edge | None) -> None:
        """Take over the suggestion for one keyframe, or for all three."""
        session, event = self._workspace.session, self.selected
        suggested = self._analysis.suggested_keyframes()
        if session is None or event is None or suggested is None:
            self.said.emit("There is no suggestion with evidence for this event")
            return
        wished = suggested if edge is None else _taken(event.keyframes, suggested, edge)
        if wished == event.keyframes and (event.has_apex or edge not in (None, Edge.APEX)):
            self.said.emit("The label is already as suggested")
            return
        after = edits.set_keyframes(session.annotation, event.id, wished, Source.GAMDSS)
        what = "all three" if edge is None else edge.value
        session.commit(after, f"Accept suggestion: {what}", reason=self._analysis.reason())

    def accept_model(self) -> None:
        """Take over all three keyframes of our own estimate, where it speaks against the label."""
        session, event, wished = self._workspace.session, self.selected, self._estimated()
        if session is None or event is None or wished is None:
            return
        after = edits.set_keyframes(session.annotation, event.id, wished, Source.MODEL)
        session.commit(after, "Accept the model's estimate", reason=self._estimate_reason())

    def refusable_model(self) -> Refusal | None:
        """Return our own estimate as it can be refused now; where it cannot, say why."""
        session, event, wished = self._workspace.session, self.selected, self._estimated()
        if session is None or event is None or wished is None:
            return None
        text = "Reject the model's estimate"
        return Refusal(session, event.id, wished, text, self._estimate_reason())

    def refusable(self) -> Refusal | None:
        """Return the suggestion on show as it can be refused now; where it cannot, say why."""
        session, event = self._workspace.session, self.selected
        suggested = self._analysis.suggested_keyframes()
        if session is None or event is None or suggested is None:
            self.said.emit("There is no suggestion with evidence for this event")
            return None
        reason = self._analysis.reason()
        return Refusal(session, event.id, suggested, "Reject suggestion", reason)

    def refuse(self, refusal: Refusal, reason: str = "") -> None:
        """Refuse a suggestion; it is not shown again for its event.

        Parameters
        ----------
        reason : str
            Why, in the coder's words, if any; the journal keeps it before the evidence.
        """
        session = refusal.session
        gone = session is not self._workspace.session
        if gone or session.annotation.find(refusal.event_id) is None:
            self.said.emit("The event is no longer open")
            return
        why = " · ".join(part for part in (" ".join(reason.split()), refusal.evidence) if part)
        after = edits.reject_suggestion(session.annotation, refusal.event_id, refusal.suggested)
        session.commit(after, refusal.text, reason=why)

    def set_emotion(self, number: int) -> None:
        """Choose the emotion of the key 1 to 9; 0 takes it away."""
        session, event = self._workspace.session, self.selected
        if session is None or event is None:
            self.said.emit("No event is selected")
            return
        emotion = EMOTIONS[number - 1] if number else ""
        after = edits.set_emotion(session.annotation, event.id, emotion)
        session.commit(after, f"Emotion: {emotion or 'none'}")

    def set_action_units(self, units: tuple[ActionUnit, ...]) -> None:
        """Say which action units the event has; what is typed without a pause is one step."""
        self._say("action units", lambda labels, at: edits.set_action_units(labels, at, units))

    def set_confidence(self, share: float | None) -> None:
        """Say how sure the coder is, 0 to 1, or nothing about it."""
        self._say("confidence", lambda labels, at: edits.set_confidence(labels, at, share))

    def set_notes(self, notes: str) -> None:
        """Write the coder's own words about the event."""
        self._say("notes", lambda labels, at: edits.set_notes(labels, at, notes))

    def _say(self, what: str, change: Callable[[Annotation, int], Annotation]) -> None:
        session, event = self._workspace.session, self.selected
        if session is None or event is None:
            return
        after = change(session.annotation, event.id)
        session.commit(after, f"Set {what}", self._gesture_of(event.id, what), repeats=True)

    def commit_clip(self) -> bool:
        """Declare the open clip done, without events that none is present; say whether it is."""
        session = self._workspace.session
        if session is None:
            return False
        now = session.annotation
        status = Status.COMMITTED if now.events else Status.NONE_PRESENT
        session.commit(edits.set_status(now, status), _commit_text(now))
        return not session.read_only

    def _estimated(self) -> Keyframes | None:
        """Return what our own estimate offers; where it offers nothing, say why."""
        store = self._estimate
        wished = None if store is None else store.keyframes()
        if wished is None:
            self.said.emit("The model is off" if store is None else store.silence)
        return wished

    def _estimate_reason(self) -> str:
        return "" if self._estimate is None else self._estimate.reason()

    def _gesture_of(self, event_id: int, what: str) -> int:
        """Return the same number while one keyframe is nudged, or one field is typed into."""
        if self._repeated is None or self._repeated[1:] != (event_id, what):
            self._repeated = (next(_gestures), event_id, what)
        return self._repeated[0]


def _taken(now: Keyframes, suggested: Keyframes, edge: Edge) -> Keyframes:
    """Put one suggested keyframe into a label; the others give way if they must."""
    only = Annotation((Event(1, now),))
    moved = edits.place_edge(only, 1, edge, suggested[edge], suggested[edge] + now.offset + 1)
    return moved.event(1).keyframes


def _commit_text(annotation: Annotation) -> str:
    n_events = len(annotation.events)
    return f"Commit {n_events} event{'s' * (n_events != 1)}" if n_events else "Commit: none present"
