"""The undo stack is the same after a restart, byte for byte."""

import tempfile
import time
from pathlib import Path

import pytest
from factories import annotation, event
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core import edits
from meviewer.core.annotation import Annotation
from meviewer.core.events import Edge, Keyframes
from meviewer.project.codec import encode
from meviewer.project.project import Entry, Project, Step, Steps

_N_FRAMES = 100
_frames = st.integers(0, _N_FRAMES - 1)
_operations = st.one_of(
    st.tuples(st.just("add"), _frames),
    st.tuples(st.just("move"), st.sampled_from(list(Edge)), _frames),
    st.tuples(st.just("name"), st.sampled_from(["disgust", "fear", "", "Überraschung"])),
    st.tuples(st.just("remove")),
    *[st.tuples(st.just(word)) for word in ("undo", "undo", "redo", "reopen")],
)


def _edited(now, operation):
    name, *values = operation
    if name == "add":
        return edits.add_event(now, Keyframes(values[0], values[0], _N_FRAMES - 1))
    if not now.events:
        return now
    first = now.events[0].id
    if name == "move":
        return edits.place_edge(now, first, *values, _N_FRAMES)
    if name == "name":
        return edits.set_emotion(now, first, *values)
    return edits.remove_event(now, first)


class _Hand:
    """Edits a project as a session does, with an undo stack of its own to compare with."""

    def __init__(self, folder, add):
        self.folder = folder
        self.project = Project.create(folder, "p")
        add(self.project)
        self.start = annotation(event(1, 20, 30, 40))
        self.project.set_tier(1, "A", self.start, "import")
        self.now, self.done, self.undone = self.start, [], []

    def do(self, operation):
        word = operation[0]
        if word == "reopen":
            self.project.close()
            self.project = Project.open(self.folder)
        elif word == "undo":
            self.undo()
        elif word == "redo":
            self.redo()
        else:
            self.edit(word, _edited(self.now, operation))

    def edit(self, text, after):
        if after != self.now:
            self.done.append(Step(text, self.now, after))
            self.undone.clear()
            self._write("edit", text, after)

    def undo(self):
        if self.done:
            step = self.done.pop()
            self.undone.append(step)
            self._write("undo", step.text, step.before)

    def redo(self):
        if self.undone:
            step = self.undone.pop()
            self.done.append(step)
            self._write("redo", step.text, step.after)

    def _write(self, kind, text, after):
        self.project.append(Entry(1, "A", kind, text, self.now, after))
        self.now = after

    def check(self):
        assert self.project.annotation(1, "A") == self.now
        expected = (*self.done, *reversed(self.undone))
        assert self.project.steps(1, "A") == Steps(expected, len(self.done))


@settings(max_examples=60, deadline=None)
@given(operations=st.lists(_operations, max_size=40))
def test_undo_survives_restarts(add, operations):
    with tempfile.TemporaryDirectory() as home:
        hand = _Hand(Path(home) / "p", add)
        try:
            for operation in operations:
                hand.do(operation)
                if operation[0] == "reopen":
                    hand.check()
            hand.check()
            end = encode(hand.now)
            _all_the_way_back_and_forth(hand, end)
        finally:
            hand.project.close()


def _all_the_way_back_and_forth(hand, end):
    undone = len(hand.undone)
    while hand.done:
        hand.undo()
    hand.do(("reopen",))
    assert encode(hand.project.annotation(1, "A")) == encode(hand.start)
    hand.check()
    while len(hand.undone) > undone:
        hand.redo()
    hand.do(("reopen",))
    assert encode(hand.project.annotation(1, "A")) == end
    hand.check()
    assert hand.project.check_chain().ok


def _edit(project, before, after, kind="edit", coder="A"):
    project.append(Entry(1, coder, kind, "Step", before, after))


def test_labels_imported_into_an_empty_tier_are_the_start(project):
    project.set_tier(1, "A", annotation(), "import")
    assert project.steps(1, "A") == Steps((), 0)


def test_labels_imported_over_others_can_be_taken_back(project):
    _edit(project, Annotation(), annotation())
    other = annotation(event(1, 1, 2, 3))
    project.set_tier(1, "A", other, "import")
    steps = project.steps(1, "A")
    assert steps.index == 2
    assert (steps.entries[1].before, steps.entries[1].after) == (annotation(), other)


def test_an_undone_import_is_redone(project):
    other = annotation(event(1, 1, 2, 3))
    _edit(project, Annotation(), annotation())
    project.set_tier(1, "A", other, "import")
    _edit(project, other, annotation(), "undo")
    _edit(project, annotation(), other, "redo")
    assert project.steps(1, "A").index == 2


def test_histories_of_coders_do_not_mix(project):
    _edit(project, Annotation(), annotation(), coder="A")
    _edit(project, Annotation(), annotation(event(1, 1, 2, 3)), coder="B")
    assert [step.after for step in project.steps(1, "A").entries] == [annotation()]
    assert project.steps(1, "C") == Steps((), 0)


def test_a_row_that_does_not_fit_begins_a_new_history(project):
    one, two, three = (annotation(event(1, k, k + 1, k + 2)) for k in (1, 2, 3))
    _edit(project, Annotation(), one)
    _edit(project, two, three)
    assert project.steps(1, "A") == Steps((Step("Step", two, three),), 1)
    _edit(project, three, one, "undo")
    assert project.steps(1, "A") == Steps((), 0)
    _edit(project, one, two, "redo")
    assert project.steps(1, "A") == Steps((), 0)
    assert project.annotation(1, "A") == two


@pytest.mark.perf
def test_ten_thousand_rows_replay_in_a_second(project):
    now = Annotation()
    with project.bulk():
        for i in range(10_000):
            after = annotation(event(1, i % 50, 60, 70 + i // 50 % 30))
            _edit(project, now, after)
            now = after
    started = time.perf_counter()
    assert project.steps(1, "A").index == 10_000
    assert time.perf_counter() - started < 1.0
