"""Faces are found in drawings and refused where there are none; a clip has one for all frames."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from meviewer.core.errors import ClipError
from meviewer.data.face.clip_face import Face, FaceSource
from meviewer.data.face.finder import (
    LEAST_PRESENCE,
    clip_face,
    find_in_clip,
    frames_to_look_at,
    models_text,
)
from meviewer.data.face.landmarks import SIZE_PX, WIDER, crop_around
from meviewer.data.face.regions import eye_centres, masks


def test_a_drawn_face_is_found_where_it_is(finder, drawn_face):
    face = finder.find(drawn_face)
    height, width = drawn_face.shape[:2]
    (x1, y1), (x2, y2) = eye_centres(face.landmarks)
    assert face.score > 0.8
    assert 0.2 * width < x1 < width / 2 < x2 < 0.8 * width
    assert abs(y1 - y2) < 6
    # The eyes are the darkest and the most detailed of the regions' middles: nothing else tells.
    eyes = masks(face.landmarks, (height, width))["left eye"]
    assert drawn_face[eyes].std() > drawn_face[masks(face.landmarks, (height, width))["nose"]].std()


def test_landmarks_move_with_the_face(finder, drawn_face):
    before = finder.find(drawn_face).landmarks
    by = np.array((24, 16))
    moved = np.full((440, 400, 3), 128, np.uint8)
    moved[: drawn_face.shape[0], : drawn_face.shape[1]] = drawn_face
    still = finder.find(moved).landmarks
    moved = np.roll(moved, by[::-1], axis=(0, 1))
    after = finder.find(moved).landmarks
    assert np.abs(still - before).mean() < 1.5
    assert np.abs(after - still - by).mean() < 1.0


def test_a_small_face_is_found_by_the_second_detector(finder, drawn_face):
    small = drawn_face[::3, ::3]
    frame = np.full((480, 640, 3), 90, np.uint8)
    frame[200 : 200 + small.shape[0], 300 : 300 + small.shape[1]] = small
    face = finder.find(frame)
    assert (np.abs(eye_centres(face.landmarks).mean(axis=0) - (346, 250)) < 20).all()


@pytest.mark.parametrize("kind", ["noise", "black", "grey", "stripes"])
def test_what_is_no_face_is_refused(finder, kind):
    rng = np.random.default_rng(0)
    stripes = np.broadcast_to((np.arange(320) // 9 % 2 * 255)[None, :, None], (240, 320, 3))
    frame = {
        "noise": rng.integers(0, 256, (240, 320, 3)),
        "black": np.zeros((240, 320, 3)),
        "grey": np.full((240, 320, 3), 127),
        "stripes": stripes,
    }[kind].astype(np.uint8)
    assert finder.find(frame) is None


def test_the_mesh_refuses_what_the_detector_took_for_a_face(finder, drawn_face, monkeypatch):
    monkeypatch.setattr(finder._mesh, "fit", lambda *_: (np.zeros((468, 2)), LEAST_PRESENCE - 1))
    assert finder.find(drawn_face) is None


def test_frames_of_any_shape_do_no_harm(finder):
    for shape in ((1, 1, 3), (2, 500, 3), (500, 2, 3)):
        assert finder.find(np.zeros(shape, np.uint8)) is None


def test_one_finder_serves_several_threads(finder, drawn_face):
    expected = finder.find(drawn_face).landmarks
    found = []

    def look():
        found.append(finder.find(drawn_face).landmarks)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all((one == expected).all() for one in found)


def test_a_crop_is_level_with_the_eyes_and_half_wider_than_the_face(landmarks):
    angle = np.radians(20)
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    landmarks[33], landmarks[263] = (130, 150), (270, 150)
    crop = crop_around(landmarks @ turn.T)
    across = crop[:, 0]
    assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(20)
    # The outline is 220 px wide and 280 px high.
    assert np.hypot(*across) * SIZE_PX == pytest.approx(WIDER * 280, rel=0.01)
    centre = crop[:, :2] @ np.full(2, SIZE_PX / 2) + crop[:, 2]
    assert centre == pytest.approx(turn @ (200, 190), abs=3)


# ------------------------------------------------------------------ a clip
def test_keyframes_are_looked_at_and_frames_between():
    assert frames_to_look_at(5, n=15) == (0, 1, 2, 3, 4)
    found = frames_to_look_at(100, (33, 57, 200, -1), n=4)
    assert found == (0, 33, 57, 66, 99)


def a_face(landmarks, by=(0, 0), score=0.9):
    return Face((100.0 + by[0], 60, 200, 260), score, landmarks + by)


class Seer:
    """Finds what it is told in frames that are marked by their first value."""

    def __init__(self, faces):
        self.faces = faces

    def find(self, frame):
        return self.faces.get(int(frame.flat[0]))


class Frames(list):
    """Frames of which some are damaged."""

    def __getitem__(self, index):
        frame = super().__getitem__(index)
        if frame is None:
            raise ClipError("A frame cannot be read")
        return frame


def marked(n, damaged=()):
    return Frames(None if k in damaged else np.full((4, 4, 3), k, np.uint8) for k in range(n))


def test_the_face_of_a_clip_is_the_median_over_its_frames(landmarks):
    faces = {k: a_face(landmarks, (k, 0)) for k in (0, 1, 2)} | {3: a_face(landmarks, (90, 0))}
    found = find_in_clip(Seer(faces), marked(5), range(5))
    assert found.source is FaceSource.MESH
    assert found.landmarks == pytest.approx(landmarks + np.array((1.5, 0)))
    assert found.eyes == pytest.approx(eye_centres(landmarks) + np.array((1.5, 0)))
    assert (found.n_found, found.n_looked, found.share_found) == (4, 5, 0.8)
    assert found.models == models_text()


def test_or_that_of_one_frame(landmarks):
    faces = {k: a_face(landmarks, (k, 0)) for k in range(3)}
    found = find_in_clip(Seer(faces), marked(3), range(3), reference=2)
    assert (found.landmarks == landmarks + np.array((2, 0))).all()
    del faces[2]
    found = find_in_clip(Seer(faces), marked(3), range(3), reference=2)
    assert found.landmarks == pytest.approx(landmarks + np.array((0.5, 0)))


def test_a_clip_without_a_face_says_so():
    found = find_in_clip(Seer({}), marked(3), range(3))
    assert (found.source, found.n_looked) == (FaceSource.NONE, 3)
    assert clip_face({}).models == models_text()


def test_damaged_frames_are_passed_over_unless_all_are(landmarks):
    seer = Seer({k: a_face(landmarks) for k in range(4)})
    found = find_in_clip(seer, marked(4, damaged=(1,)), range(4))
    assert (found.n_found, found.n_looked) == (3, 3)
    with pytest.raises(ClipError):
        find_in_clip(seer, marked(2, damaged=(0, 1)), range(2))


def test_looking_can_be_stopped(landmarks):
    seen = []

    def report(done, total):
        seen.append((done, total))
        return done < 2

    assert find_in_clip(Seer({0: a_face(landmarks)}), marked(9), range(9), report=report) is None
    assert seen == [(0, 9), (1, 9), (2, 9)]
