"""Any hundred steps of work, with restarts between: undone they are the start, redone the end.

A thousand of them: ``MEVIEWER_SEQUENCES=1000 pytest tests/gui/test_undo_sequences.py``.
"""

from __future__ import annotations

import os
from itertools import count

import pytest
from factories import moving_frames, write_clip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meviewer.core import edits
from meviewer.core.annotation import Status
from meviewer.core.events import Edge, Keyframes, Source
from meviewer.data.clip import open_clip
from meviewer.gui.stores.session import Session
from meviewer.project.codec import encode
from meviewer.project.project import Project

_SEQUENCES = int(os.environ.get("MEVIEWER_SEQUENCES", "12"))
_STEPS = 100
_FRAMES = 30
_OPERATIONS = (
    "add", "remove", "place", "drag", "nudge", "drop", "accept", "reject", "emotion", "notes",
    "confidence", "status", "undo", "redo", "restart",
)  # fmt: skip

steps = st.lists(
    st.tuples(st.sampled_from(_OPERATIONS), st.integers(0, _FRAMES - 1), st.integers(0, 99)),
    min_size=_STEPS,
    max_size=_STEPS,
)


class Desk:
    """A coder at work on one clip of a project on disk."""

    def __init__(self, project, sample, clip, coder):
        self.project, self.sample, self.clip, self.coder = project, sample, clip, coder
        self.session = self.opened()

    def opened(self):
        sample, coder = self.sample, self.coder
        return Session(
            sample,
            self.clip,
            coder,
            self.project.annotation(sample.id, coder),
            steps=self.project.steps(sample.id, coder),
            write=lambda entry: self.project.append(entry),
        )

    @property
    def stored(self):
        return encode(self.project.annotation(self.sample.id, self.coder))

    @property
    def shown(self):
        return encode(self.session.annotation)

    def do(self, operation, frame, number):
        session, now = self.session, self.session.annotation
        event = now.events[number % len(now.events)] if now.events else None
        edge = tuple(Edge)[number % 3]
        if operation in ("undo", "redo"):
            getattr(session, operation)()
        elif operation == "drop":
            session.end_gesture()
        elif operation == "restart":
            self.restart()
        elif operation == "status":
            status = (Status.DRAFT, Status.COMMITTED)[number % 2]
            session.commit(edits.set_status(now, status), "Status")
        elif operation == "add" or event is None:
            session.commit(edits.add_event(now, Keyframes(frame, frame, frame)), "New event")
        else:
            self.change(operation, event, edge, frame, number)

    def change(self, operation, event, edge, frame, number):
        session, now, n = self.session, self.session.annotation, self.clip.n_frames
        suggested = Keyframes(frame, min(frame + 2, n - 1), min(frame + 4, n - 1))
        made = {
            "remove": lambda: edits.remove_event(now, event.id),
            "place": lambda: edits.place_edge(now, event.id, edge, frame, n),
            "drag": lambda: edits.drag_edge(now, event.id, edge, frame, n),
            "nudge": lambda: edits.drag_edge(
                now, event.id, edge, event.keyframes[edge] + (1 if number % 2 else -1), n
            ),
            "accept": lambda: edits.set_keyframes(now, event.id, suggested, Source.GAMDSS),
            "reject": lambda: edits.reject_suggestion(now, event.id, suggested),
            "emotion": lambda: edits.set_emotion(now, event.id, ("fear", "", "anger")[number % 3]),
            "notes": lambda: edits.set_notes(now, event.id, "é" * (number % 5)),
            "confidence": lambda: edits.set_confidence(now, event.id, number / 100),
        }[operation]()
        gesture = number % 4 + 1 if operation in ("drag", "nudge") else None
        session.commit(made, operation, gesture, repeats=operation == "nudge")

    def restart(self):
        self.session.end_gesture()
        before = self.shown
        self.session.deleteLater()
        self.session = self.opened()
        assert self.shown == before == self.stored

    def all(self, way):
        stack = self.session.undo_stack
        while getattr(stack, f"can{way.title()}")():
            getattr(self.session, way)()


@pytest.fixture(scope="module")
def project(tmp_path_factory, qapp):
    root = tmp_path_factory.mktemp("sequences")
    with (
        open_clip(write_clip(root / "clip", moving_frames(_FRAMES, 16, 16))) as clip,
        Project.create(root / "p", "p") as made,
    ):
        sample = made.add_sample(
            "s01",
            "c01",
            clip.path,
            fingerprint=clip.fingerprint,
            rate=clip.rate,
            n_frames=clip.n_frames,
            first_number=clip.first_number,
            width=clip.size[1],
            height=clip.size[0],
        )
        yield made, sample, clip


_coders = count()


@settings(
    max_examples=_SEQUENCES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(sequence=steps)
def test_undo_all_is_the_start_and_redo_all_the_end(project, sequence):
    desk = Desk(*project, f"coder {next(_coders)}")
    start = desk.shown
    for operation in sequence:
        desk.do(*operation)
    desk.session.end_gesture()
    desk.all("redo")
    end = desk.shown
    for restarted in (False, True):
        if restarted:
            desk.restart()
        desk.all("undo")
        assert desk.shown == start
        if restarted:
            desk.restart()
        desk.all("redo")
        assert desk.shown == end == desk.stored
    desk.session.deleteLater()
