"""The face of a clip is found or pointed at in a window, and kept."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_clip
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from meviewer.core.errors import FaceError
from meviewer.data.clip import open_clip
from meviewer.data.face import models
from meviewer.data.face.clip_face import Face, FaceSource, face_from_eyes
from meviewer.data.face.regions import LEFT_EYE, REGIONS, RIGHT_EYE, face_masks
from meviewer.gui.context import make_context
from meviewer.gui.dialogs import face_models
from meviewer.gui.dialogs.face import FaceDialog
from meviewer.gui.stores import face as store_module
from meviewer.project.clips import add_clip
from meviewer.project.project import Project

RIGHT, LEFT = (28.0, 40.0), (52.0, 40.0)


def landmarks():
    """Points about the eyes of the small clips, 80 x 96 px."""
    points = np.random.default_rng(0).uniform((15, 20), (65, 80), (468, 2))
    points[list(RIGHT_EYE)], points[list(LEFT_EYE)] = RIGHT, LEFT
    return points


class Finder:
    """Finds the same face everywhere, or none."""

    finds = True
    gate = None

    def find(self, _frame):
        if Finder.gate is not None:
            assert Finder.gate.wait(20)
        return Face((10.0, 20.0, 60.0, 70.0), 0.9, landmarks()) if Finder.finds else None


@pytest.fixture
def faked(monkeypatch):
    """Models that are there and need nothing."""
    monkeypatch.setattr(store_module, "FaceFinder", Finder)
    monkeypatch.setattr(models, "are_there", lambda: True)
    monkeypatch.setattr(Finder, "finds", True)
    monkeypatch.setattr(Finder, "gate", None)


class Host(QWidget):
    """A window with the stores and nothing that draws."""

    def __init__(self, theme):
        super().__init__()
        self.context = make_context(theme, self, "A")

    @property
    def busy(self):
        return self.context.background.busy


@pytest.fixture
def host(qtbot, theme, faked, tmp_path):
    """The stores on a project of two labelled clips, without panels."""
    made = Host(theme)
    qtbot.addWidget(made)
    made.context.workspace.open_path(project_of_two(tmp_path))
    qtbot.waitUntil(lambda: made.context.workspace.session is not None, timeout=20_000)
    yield made
    made.context.background.shutdown()
    made.context.workspace.close()


def project_of_two(place):
    folder, frames = place / "project", moving_frames(24, 96, 80, onset=4, apex=10, offset=18)
    with Project.create(folder, "small", place) as made:
        for name in ("c01", "c02"):
            with open_clip(write_clip(place / name, frames)) as clip:
                sample = add_clip(made, "s01", name, clip)
            made.set_tier(sample.id, "A", annotation(event(1, 4, 10, 18)), "import")
    return folder


@pytest.fixture
def store(host):
    return host.context.face


@pytest.fixture
def dialog(host, qtbot):
    """The dialog with its frame."""
    opened = host
    made, closed = FaceDialog(opened.context, opened), []
    made.finished.connect(closed.append)
    made.show()
    qtbot.waitUntil(lambda: made.canvas.has_frame, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)
    yield made
    if not closed:
        made.reject()


def settled(host, qtbot):
    qtbot.waitUntil(lambda: not host.busy, timeout=20_000)


def click(canvas, place):
    at = canvas.to_widget(*place).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)


def point_at_eyes(dialog):
    dialog.eyes.click()
    click(dialog.canvas, LEFT)
    click(dialog.canvas, RIGHT)


# ------------------------------------------------------------------ the store
def test_nobody_has_looked(store):
    assert store.face is None
    assert store.stored is None
    assert store.masks() is None


def test_a_face_is_kept_and_there_again_when_the_clip_is(store, host, qtbot):
    store.keep(face_from_eyes(RIGHT, LEFT), lambda: None, pytest.fail)
    qtbot.waitUntil(lambda: store.masks() is not None, timeout=20_000)
    masks = store.masks()
    assert tuple(masks) == REGIONS
    assert all(mask.shape == (96, 80) for mask in masks.values())
    assert store.masks() is masks, "they are computed once"
    host.context.workspace.step_sample(1)
    qtbot.waitUntil(lambda: store.face is None, timeout=20_000)
    host.context.workspace.step_sample(-1)
    qtbot.waitUntil(lambda: store.face is not None, timeout=20_000)
    assert store.face.eyes.tolist() == [list(RIGHT), list(LEFT)]


def test_regions_are_drawn_off_the_ui_thread_and_those_of_an_old_face_never_come(
    store, host, qtbot, monkeypatch
):
    drawn, go = [], threading.Event()

    def slow(face, size):
        drawn.append(threading.current_thread())
        go.wait(20)
        return face_masks(face, size)

    monkeypatch.setattr("meviewer.gui.stores.face.face_masks", slow)
    store._show(face_from_eyes(RIGHT, LEFT))
    assert store.face is not None
    assert store.masks() is None
    qtbot.waitUntil(lambda: bool(drawn), timeout=20_000)
    store._show(None)
    go.set()
    settled(host, qtbot)
    assert threading.main_thread() not in drawn
    assert store.masks() is None


def test_a_face_that_comes_too_late_is_stored_but_not_shown(store, host, qtbot):
    session = host.context.workspace.session
    store.keep(face_from_eyes(RIGHT, LEFT), lambda: None, pytest.fail)
    host.context.workspace.open_sample(2)
    qtbot.waitUntil(lambda: host.context.workspace.session is not session, timeout=20_000)
    settled(host, qtbot)
    assert store.face is None
    assert host.context.workspace.project.face(1).by_hand


def test_a_face_that_cannot_be_read_is_said(store, host, qtbot):
    project = host.context.workspace.project
    project.set_face(2, face_from_eyes(RIGHT, LEFT))
    with project.database.writing() as connection:
        connection.execute("UPDATE faces SET value = x'7b'")
    with qtbot.waitSignal(store.failed, timeout=20_000) as failed:
        host.context.workspace.open_sample(2)
    assert "stored face" in failed.args[0].what
    assert store.face is None


# ------------------------------------------------------------------ by hand
def test_two_clicks_on_the_eyes(dialog, host, qtbot):
    point_at_eyes(dialog)
    assert dialog.draft.source is FaceSource.EYES
    assert dialog.draft.eyes == pytest.approx(np.array([RIGHT, LEFT]), abs=0.5)
    assert dialog.canvas.mode == ""
    assert not dialog.eyes.isChecked()
    assert dialog.headline.text() == "Set by hand: two eyes"
    assert "rough" in dialog.details.text()
    settled(host, qtbot)
    with qtbot.waitSignal(dialog.said) as said:
        dialog.keep.click()
    assert "two eyes" in said.args[0]
    assert host.context.workspace.project.face(1).source is FaceSource.EYES
    assert host.context.face.face.by_hand


def test_a_dragged_box(dialog):
    dialog.box.click()
    start, end = (dialog.canvas.to_widget(*at).toPoint() for at in ((10, 12), (66, 84)))
    QTest.mousePress(dialog.canvas, Qt.MouseButton.LeftButton, pos=end)
    QTest.mouseMove(dialog.canvas, QPoint((start + end) / 2))
    QTest.mouseMove(dialog.canvas, start)
    QTest.mouseRelease(dialog.canvas, Qt.MouseButton.LeftButton, pos=start)
    assert dialog.draft.source is FaceSource.BOX
    assert dialog.draft.box == pytest.approx((10, 12, 56, 72), abs=1.0)


def test_two_clicks_on_one_eye_are_refused_and_asked_for_again(dialog):
    dialog.eyes.click()
    click(dialog.canvas, RIGHT)
    click(dialog.canvas, RIGHT)
    assert dialog.draft is None
    assert dialog.card.isVisible()
    click(dialog.canvas, RIGHT)
    click(dialog.canvas, LEFT)
    assert dialog.draft.source is FaceSource.EYES


def test_nothing_is_kept_before_it_is_asked_for(dialog, host):
    assert not dialog.keep.isEnabled()
    point_at_eyes(dialog)
    dialog.reject()
    assert host.context.workspace.project.face(1) is None


# ------------------------------------------------------------------ found
def test_a_face_is_found_shown_and_kept(dialog, host, qtbot):
    dialog.search.click()
    assert not dialog.search.isEnabled()
    qtbot.waitUntil(lambda: dialog.draft is not None, timeout=20_000)
    settled(host, qtbot)
    face = dialog.draft
    assert face.source is FaceSource.MESH
    assert face.n_found == face.n_looked > 15, "the keyframes, too"
    assert dialog.headline.text() == f"Found in {face.n_found} of {face.n_looked} frames"
    assert not dialog.work.isVisible()
    with qtbot.waitSignal(dialog.said):
        dialog.keep.click()
    assert host.context.workspace.project.face(1).landmarks == pytest.approx(
        face.landmarks, abs=1e-3
    )


def test_looking_can_be_stopped(dialog, host, qtbot, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(Finder, "gate", gate)
    dialog.look()
    dialog.work.cancelled.emit()
    gate.set()
    settled(host, qtbot)
    assert dialog.draft is None
    assert dialog.search.isEnabled()


def test_where_there_is_no_face_it_says_so(dialog, host, qtbot, monkeypatch):
    monkeypatch.setattr(Finder, "finds", False)
    dialog.look()
    qtbot.waitUntil(lambda: dialog.draft is not None, timeout=20_000)
    assert dialog.headline.text().startswith("No face in any of")
    assert dialog.keep.text() == "Keep that there is none"
    assert not dialog.rest.measure.isEnabled()


def test_a_face_by_hand_is_not_replaced_by_none(dialog, host, qtbot, monkeypatch):
    monkeypatch.setattr(Finder, "finds", False)
    point_at_eyes(dialog)
    dialog.look()
    qtbot.waitUntil(lambda: dialog.card.isVisible(), timeout=20_000)
    assert dialog.draft.source is FaceSource.EYES


def test_without_models_it_says_how_to_get_them(dialog, host, qtbot, monkeypatch):
    there = []
    monkeypatch.setattr(models, "are_there", lambda: bool(there))
    monkeypatch.setattr(face_models, "install", lambda: there.append(1))
    dialog.missing.check()
    assert dialog.missing.isVisible()
    assert not dialog.search.isEnabled()
    dialog.missing.install.click()
    qtbot.waitUntil(lambda: dialog.search.isEnabled(), timeout=20_000)
    assert not dialog.missing.isVisible()


def test_an_installation_that_fails_ends_in_words(dialog, host, qtbot, monkeypatch):
    def fail():
        raise FaceError("The models cannot be downloaded", why="no such host")

    monkeypatch.setattr(face_models, "install", fail)
    dialog.missing.install.click()
    qtbot.waitUntil(lambda: dialog.card.isVisible(), timeout=20_000)
    assert dialog.missing.install.isEnabled()


# ------------------------------------------------------------------ alignment and rest
def test_the_aligned_picture_follows_its_fields(dialog, host, qtbot):
    point_at_eyes(dialog)
    dialog.crop.size_px.setValue(96)
    dialog.crop.distance.setValue(10)
    dialog.crop.padding.setCurrentIndex(2)
    settled(host, qtbot)
    crop = dialog.draft.crop
    assert (crop.size_px, crop.eye_distance, crop.padding) == (96, 0.1, "black")
    assert dialog.crop._padded.text().endswith("is padded")
    dialog.crop.distance.setValue(80)
    settled(host, qtbot)
    assert dialog.crop._padded.text() == "All of it lies inside the frame"


def test_the_rest_is_measured_and_shown(dialog, host, qtbot):
    point_at_eyes(dialog)
    dialog.rest.measure.click()
    qtbot.waitUntil(lambda: dialog.rest.plot.curves is not None, timeout=60_000)
    before, after = dialog.rest.plot.curves
    assert len(before) == len(after) == 24
    assert "px" in dialog.rest.words.text()
    dialog.crop.size_px.setValue(64)
    assert dialog.rest.plot.curves is not None, "the cut does not move the head"
    point_at_eyes(dialog)
    assert dialog.rest.plot.curves is None, "another face has another rest"


def test_what_was_there_can_be_brought_back(host, store, qtbot):
    project = host.context.workspace.project
    project.set_face(1, face_from_eyes(RIGHT, LEFT), "A")
    project.set_face(1, face_from_eyes((20, 20), (60, 20)), "A")
    host.context.workspace.reload()
    qtbot.waitUntil(lambda: store.face is not None, timeout=20_000)
    dialog = FaceDialog(host.context, host)
    dialog.show()
    assert dialog.draft.eyes[0].tolist() == [20, 20]
    dialog.back.click()
    qtbot.waitUntil(lambda: dialog.draft.eyes[0].tolist() == list(RIGHT), timeout=20_000)
    assert store.face.eyes[0].tolist() == list(RIGHT)
    dialog.reject()


# ------------------------------------------------------------------ the window
def test_the_action_opens_it_where_a_clip_is_open(opened, faked, qtbot):
    action = opened.context.actions["face"]
    assert action.isEnabled()
    action.trigger()
    dialog = opened.findChild(FaceDialog)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.canvas.has_frame, timeout=20_000)
    dialog.reject()


def test_without_a_clip_there_is_nothing_to_look_at(window):
    assert not window.context.actions["face"].isEnabled()


def test_a_reader_can_look_but_not_keep(window, small_project, faked, qtbot):
    window.context.workspace.open_project(Project.open(small_project, read_only=True))
    qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=20_000)
    settled(window, qtbot)
    dialog = FaceDialog(window.context, window)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.canvas.has_frame, timeout=20_000)
    point_at_eyes(dialog)
    assert dialog.draft is not None
    assert not dialog.keep.isEnabled()
    dialog.reject()
    settled(window, qtbot)
