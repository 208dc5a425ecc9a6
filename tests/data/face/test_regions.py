"""Regions lie where their names say, the person's left on the right of the picture."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import FaceError
from meviewer.data.face.clip_face import ClipFace, FaceSource, face_from_box, face_from_eyes
from meviewer.data.face.polygons import convex_mask, hull
from meviewer.data.face.regions import (
    REGIONS,
    are_rough,
    eye_centres,
    face_masks,
    masks,
    rough_masks,
)

SHAPE = (400, 420)


def middle(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean(), rows.mean()


def is_laid_out(found):
    at = {name: middle(mask) for name, mask in found.items()}
    for part in ("brow", "eye", "mouth corner"):
        assert at[f"right {part}"][0] < at["nose"][0] < at[f"left {part}"][0]
    downwards = ["right brow", "right eye", "nose", "right mouth corner", "chin"]
    heights = [at[name][1] for name in downwards]
    assert heights == sorted(heights)


def test_all_regions_are_where_they_belong(landmarks):
    found = masks(landmarks, SHAPE)
    assert tuple(found) == REGIONS
    assert all(m.shape == SHAPE and m.dtype == bool and m.any() for m in found.values())
    is_laid_out(found)


def test_rough_regions_are_where_they_belong():
    found = rough_masks([(150, 150), (250, 150)], SHAPE)
    assert tuple(found) == REGIONS
    is_laid_out(found)


def test_rough_regions_turn_and_grow_with_the_eyes():
    upright = rough_masks([(150, 150), (250, 150)], SHAPE)
    lying = rough_masks([(250, 150), (250, 250)], SHAPE)
    assert lying["nose"].sum() == pytest.approx(upright["nose"].sum(), rel=0.02)
    assert middle(lying["chin"])[0] < 150, "the chin of a face that lies on its side is beside it"
    small = rough_masks([(150, 150), (200, 150)], SHAPE)
    assert upright["nose"].sum() == pytest.approx(4 * small["nose"].sum(), rel=0.05)


def test_what_is_stable_holds_nothing_that_moves(landmarks):
    for found in (masks(landmarks, SHAPE), rough_masks([(150, 150), (250, 150)], SHAPE)):
        for name in ("left brow", "right eye", "left mouth corner", "chin"):
            assert not (found["stable"] & found[name]).any(), name
        assert found["stable"][160, 200], "the bridge of the nose"
        assert not found["stable"][300:].any(), "the jaw moves with every word"


def test_a_face_half_outside_the_frame_has_what_is_inside(landmarks):
    found = masks(landmarks - (200, 0), SHAPE)
    assert not found["right eye"].any()
    assert found["left eye"].any()


@pytest.mark.parametrize("wrong", [np.zeros((5, 2)), np.full((468, 2), np.nan)])
def test_what_is_no_landmarks_is_refused(wrong):
    with pytest.raises(FaceError, match="no landmarks"):
        masks(wrong, SHAPE)


def test_eye_centres(landmarks):
    assert eye_centres(landmarks) == pytest.approx(np.array([(150, 150), (250, 150)]))


def test_eyes_may_be_pointed_at_in_any_order():
    one, other = face_from_eyes((250, 150), (150, 152)), face_from_eyes((150, 152), (250, 150))
    assert one.eyes.tolist() == other.eyes.tolist() == [[150, 152], [250, 150]]
    assert one.source is FaceSource.EYES
    assert one.by_hand
    left, top, width, height = one.box
    assert left < 150 < 250 < left + width
    assert top < 150 < top + height


def test_one_point_is_no_pair_of_eyes():
    with pytest.raises(FaceError, match="no pair of eyes"):
        face_from_eyes((10, 10), (11, 10))


def test_a_box_has_its_eyes_in_its_upper_half():
    face = face_from_box((100, 50, 200, 250))
    (x1, y1), (x2, y2) = face.eyes
    assert 100 < x1 < x2 < 300
    assert y1 == y2
    assert 50 < y1 < 175
    with pytest.raises(FaceError, match="no box"):
        face_from_box((100, 50, 3, 250))


def test_masks_of_a_face_are_rough_without_landmarks(landmarks):
    by_hand = face_from_eyes((150, 150), (250, 150))
    found = ClipFace(FaceSource.MESH, eye_centres(landmarks), None, landmarks)
    assert are_rough(by_hand)
    assert not are_rough(found)
    assert (face_masks(found, SHAPE)["nose"] == masks(landmarks, SHAPE)["nose"]).all()
    assert (face_masks(by_hand, SHAPE)["nose"] == rough_masks(by_hand.eyes, SHAPE)["nose"]).all()
    assert face_masks(ClipFace(FaceSource.NONE), SHAPE) is None


def test_a_face_is_checked():
    with pytest.raises(FaceError):
        ClipFace(FaceSource.MESH)
    with pytest.raises(FaceError):
        ClipFace(FaceSource.MESH, np.full((2, 2), np.inf))


def test_a_polygon_holds_the_pixels_whose_centres_it_holds():
    mask = convex_mask([(2, 1), (6, 1), (6, 4), (2, 4), (4, 2)], (8, 9))
    expected = np.zeros((8, 9), bool)
    expected[1:5, 2:7] = True
    assert (mask == expected).all()
    wider = convex_mask([(2, 1), (6, 1), (6, 4), (2, 4)], (8, 9), margin_px=1.0)
    assert wider[0:6, 1:8].all()
    assert wider.sum() == 6 * 7


def test_the_hull_of_a_line_is_its_ends():
    assert hull([(0, 0), (1, 1), (2, 2)]).tolist() == [[0, 0], [2, 2]]
