"""One transform a clip: exact at the eyes, the same for all frames, padding said."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import FaceError
from meviewer.data.face.alignment import Alignment, alignment, similarity
from meviewer.data.face.clip_face import ClipFace, FaceSource, face_from_eyes
from meviewer.data.face.crop import Crop
from meviewer.data.face.finder import find_in_clip
from meviewer.data.face.regions import eye_centres


def blob(shape, *places, sigma=3.0):
    y, x = np.mgrid[: shape[0], : shape[1]]
    light = sum(np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * sigma**2)) for u, v in places)
    return np.repeat((40 + 200 * np.clip(light, 0, 1)).astype(np.uint8)[..., None], 3, axis=2)


def centroid(picture):
    light = np.clip(picture[..., 0].astype(float) - 45, 0, None)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]]
    return (x * light).sum() / light.sum(), (y * light).sum() / light.sum()


@pytest.mark.parametrize("eyes", [[(60, 80), (120, 80)], [(60.5, 70), (110, 101)]])
@pytest.mark.parametrize("size", [64, 224])
def test_the_eyes_come_to_their_place(eyes, size):
    crop = Crop(size, eye_distance=0.3, eye_height=0.4)
    face = alignment(face_from_eyes(*eyes, crop))
    right, left = face.points(eyes)
    assert left - right == pytest.approx((0.3 * size, 0), abs=1e-9)
    assert (left + right) / 2 == pytest.approx((size / 2 - 0.5, 0.4 * size - 0.5))


@pytest.mark.parametrize("scale", [0.2, 0.45, 1.0, 1.3])
def test_pixels_go_where_the_points_go(scale):
    eyes = np.array([(150.0, 190.0), (250.0, 210.0)])
    crop = Crop(200, eye_distance=scale * np.hypot(100, 20) / 200, eye_height=0.4)
    aligned = alignment(face_from_eyes(*map(tuple, eyes), crop))
    assert aligned.scale == pytest.approx(scale)
    for eye in eyes:
        picture = aligned.apply(blob((400, 420), eye, sigma=5.0))
        assert picture.shape == (200, 200, 3)
        assert centroid(picture) == pytest.approx(tuple(aligned.points([eye])[0]), abs=0.15)


def test_the_applied_transform_does_not_tremble_within_a_clip(finder, drawn_face):
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 6, (4, *drawn_face.shape))
    frames = np.clip(drawn_face + noise, 0, 255).astype(np.uint8)
    one_by_one = [eye_centres(finder.find(frame).landmarks) for frame in frames]
    assert np.ptp(one_by_one, axis=0).max() > 0, "frame by frame it would tremble"
    found = alignment(find_in_clip(finder, frames, range(4), crop=Crop(96)))
    places = [alignment_of_picture(found, frame) for frame in frames]
    assert np.ptp(places, axis=0).max() == 0
    still = [found.apply(frame) for frame in np.repeat(frames[:1], 3, axis=0)]
    assert all((picture == still[0]).all() for picture in still)


def alignment_of_picture(found, frame):
    """Return where three single points of a frame come to lie, told by the pictures alone."""
    dark, places = np.zeros_like(frame), []
    for x, y in ((100, 150), (180, 150), (140, 220)):
        lit = dark.copy()
        lit[y - 2 : y + 3, x - 2 : x + 3] = 255
        places.append(centroid(found.apply(lit)))
    return places


def test_only_turn_scale_and_shift():
    matrix = similarity([(10, 20), (60, 45)], Crop())
    a, b = matrix[:, 0], matrix[:, 1]
    assert a @ b == pytest.approx(0)
    assert np.hypot(*a) == pytest.approx(np.hypot(*b))
    assert np.linalg.det(matrix[:, :2]) > 0
    assert Alignment(matrix, Crop()).turn_deg == pytest.approx(-np.degrees(np.arctan2(25, 50)))


def test_padding_is_what_was_asked_for_and_said():
    frame = np.full((60, 60, 3), 200, np.uint8)
    frame[:, :10] = 50
    eyes = (8, 30), (28, 30)
    pictures = {
        padding: alignment(face_from_eyes(*eyes, Crop(100, padding=padding))).apply(frame)
        for padding in ("replicate", "reflect", "black")
    }
    corner = {padding: int(picture[40, 0, 0]) for padding, picture in pictures.items()}
    assert corner["black"] == 0
    assert corner["replicate"] == 50
    assert corner["reflect"] == 50 or corner["reflect"] == 200
    share = alignment(face_from_eyes(*eyes, Crop(100))).share_padded((60, 60))
    assert share == pytest.approx(np.mean(pictures["black"][..., 0] == 0), abs=0.02)
    assert alignment(face_from_eyes((250, 250), (260, 250))).share_padded((500, 500)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_px": 5},
        {"size_px": 5000},
        {"eye_distance": 0.0},
        {"eye_distance": float("nan")},
        {"eye_height": 1.5},
        {"padding": "wrap"},
    ],
)
def test_impossible_crops_are_refused_by_name(wrong):
    with pytest.raises(FaceError, match=next(iter(str(v) for v in wrong.values()))):
        Crop(**wrong)


def test_without_a_face_there_is_no_alignment():
    with pytest.raises(FaceError, match="without a face"):
        alignment(ClipFace(FaceSource.NONE))
    with pytest.raises(FaceError, match="eye distance"):
        similarity([(5, 5), (5, 5)], Crop())
