import sys

import pytest
from factories import annotation, event, write_clip

from meviewer.core import edits
from meviewer.core.annotation import Annotation
from meviewer.core.events import Edge
from meviewer.data.clip import open_clip
from meviewer.gui.stores.session import Session
from meviewer.project.project import Project


@pytest.fixture
def opened(tmp_path, qapp):
    """A project with one clip and one label, and a maker of sessions on it."""
    clip = open_clip(write_clip(tmp_path / "clip"))
    project = Project.create(tmp_path / "p", "p")
    sample = project.add_sample(
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
    project.set_tier(sample.id, "A", annotation(), "import")
    sessions = []

    def session(coder="A", read_only=False):
        made = Session(
            sample,
            clip,
            coder,
            project.annotation(sample.id, coder),
            steps=project.steps(sample.id, coder),
            write=None if read_only else lambda entry: project.append(entry),
        )
        sessions.append(made)
        return made

    session.project, session.sample = project, sample
    yield session
    for made in sessions:
        made.deleteLater()
    clip.close()
    project.close()


def drag(session, frames, gesture=5):
    for frame in frames:
        after = edits.drag_edge(session.annotation, 1, Edge.ONSET, frame, session.clip.n_frames)
        session.commit(after, "Move onset", gesture)


def edit_rows(opened):
    return [row.kind for row in opened.project.history(opened.sample.id, "A") if row.kind == "edit"]


def test_a_drag_is_one_undo_step_and_one_row(opened):
    session = opened()
    start = session.annotation
    drag(session, (9, 8, 7))
    assert edit_rows(opened) == []  # provisional while it lasts
    session.end_gesture()
    assert session.undo_stack.count() == 1
    assert len(edit_rows(opened)) == 1
    session.undo()
    assert session.annotation == start


def test_dragging_back_home_leaves_nothing(opened):
    session = opened()
    drag(session, (9, 8, 10))
    session.end_gesture()
    assert session.undo_stack.count() == 0
    assert edit_rows(opened) == []


def test_a_drag_that_passes_its_origin_is_written(opened):
    session = opened()
    drag(session, (9, 8, 10, 11, 12))  # 10 is where it began
    session.end_gesture()
    assert session.undo_stack.count() == 1
    assert len(edit_rows(opened)) == 1
    assert opened.project.annotation(opened.sample.id, "A").event(1).onset == 12
    session.undo()
    assert session.annotation.event(1).onset == 10


def test_two_drags_with_one_number_are_two_steps(opened):
    session = opened()
    drag(session, (9, 8))
    session.end_gesture()
    drag(session, (7, 6))
    session.end_gesture()
    assert session.undo_stack.count() == 2


def test_another_commit_ends_the_gesture_before_it(opened):
    session = opened()
    drag(session, (9, 8))
    session.commit(edits.set_emotion(session.annotation, 1, "fear"), "Emotion: fear")
    assert len(edit_rows(opened)) == 2
    session.undo()
    assert session.annotation.event(1).emotion == "disgust"
    assert session.annotation.event(1).onset == 8


def test_repeats_of_a_key_become_one_step_by_themselves(opened, qtbot):
    session = opened()
    for frame in (9, 8):
        after = edits.drag_edge(session.annotation, 1, Edge.ONSET, frame, 40)
        session.commit(after, "Move onset", 3, repeats=True)
    qtbot.waitUntil(lambda: len(edit_rows(opened)) == 1)
    assert session.undo_stack.count() == 1


def test_change_names_only_what_moved(opened, qtbot):
    session = opened()
    with qtbot.waitSignal(session.annotation_changed) as got:
        session.commit(edits.remove_event(session.annotation, 1), "Delete event")
    (change,) = got.args
    assert change.removed == {1}
    assert not change.altered
    assert not change.added


def test_undo_reaches_back_over_a_restart(opened):
    first = opened()
    start = first.annotation
    drag(first, (9, 8))
    first.commit(edits.set_emotion(first.annotation, 1, "fear"), "Emotion: fear")
    first.commit(edits.set_emotion(first.annotation, 1, "anger"), "Emotion: anger")
    first.undo()
    second = opened()
    assert second.annotation == first.annotation
    assert second.undo_stack.redoText() == "Emotion: anger"
    second.redo()
    assert second.annotation.event(1).emotion == "anger"
    while second.undo_stack.canUndo():
        second.undo()
    assert second.annotation == start
    assert opened().undo_stack.canRedo()


def test_a_read_only_session_refuses_in_words_and_changes_nothing(opened, qtbot):
    session = opened(read_only=True)
    before = session.annotation
    with qtbot.waitSignal(session.refused) as got:
        session.commit(edits.set_emotion(before, 1, "fear"), "Emotion: fear")
    assert session.annotation is before
    assert "reading only" in str(got.args[0])


def test_a_history_that_ends_elsewhere_never_changes_the_label(opened):
    first = opened()
    drag(first, (9, 8))
    first.end_gesture()
    opened.project.set_tier(opened.sample.id, "A", annotation(event(1, 1, 2, 3)), "import again")
    second = opened()
    assert second.annotation == annotation(event(1, 1, 2, 3))


def test_ten_thousand_undos_and_redos(opened):
    session = opened("nobody")
    session._write = lambda entry: None
    states = []
    for k in range(100):
        states.append(session.annotation)
        after = Annotation((event(1, k, 200, 300),))
        session.commit(after, "x")
    last = session.annotation
    for _ in range(50):
        while session.undo_stack.canUndo():
            session.undo()
        assert session.annotation == states[0]
        while session.undo_stack.canRedo():
            session.redo()
    assert session.annotation == last


def test_qt_calls_lose_no_reference_to_none(qtbot):
    """PySide6 6.12.0 does so before Python 3.12, and the process dies after some thousands."""
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.setEnabled(True)
    assert abs(sys.getrefcount(None) - before) < 100
