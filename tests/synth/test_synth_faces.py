"""Faces: painted from a seed, moved by units, with eyes that close."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.errors import SynthError
from meviewer.synth.expression import State
from meviewer.synth.face import Face
from meviewer.synth.flow_truth import Layer, layers
from meviewer.synth.pose import REST, Pose, drift
from meviewer.synth.take import face_of
from meviewer.synth.unit_fields import ALL_UNITS, LID_PULLS, SKIN_UNITS


@pytest.fixture(scope="module")
def face():
    return face_of(5)


def shown(face, state, layer):
    return int((layers(face, state, face.seen(state)) == layer).sum())


def test_a_face_depends_on_its_seed_alone(face):
    again = Face(5).render(State())
    assert np.array_equal(face.render(State()), again)
    other = Face(6).render(State())
    assert np.abs(again - other).mean() > 10


def test_a_picture_is_a_picture(face):
    picture = face.render(State())
    assert picture.shape == (340, 280, 3)
    assert picture.dtype == np.float32
    assert picture.min() >= -0.5
    assert picture.max() <= 256


@pytest.mark.parametrize("size", [(140, 170), (320, 240)])
def test_other_sizes_show_the_same_face(size):
    import cv2

    picture = Face(5, size).render(State())
    assert picture.shape[:2] == size[::-1]
    scale = min(size[0] / 280, size[1] / 340)
    full = face_of(5).render(State())
    small = cv2.resize(full, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left = (size[0] - small.shape[1]) // 2
    part = picture[:, left : left + small.shape[1]]
    rows, columns = slice(int(0.3 * size[1]), int(0.8 * size[1])), slice(small.shape[1] // 3, -1)
    middle = np.corrcoef(part[rows, columns].ravel(), small[rows, columns].ravel())[0, 1]
    assert middle > 0.95


def test_an_impossible_size_is_refused():
    with pytest.raises(SynthError, match="48 to 2048"):
        Face(1, (20, 20))


def test_unit_45_closes_the_eyes(face):
    blink = face.expression({45: 1.0}, 2.0)
    openness = [shown(face, blink.state({45: s}), Layer.EYEBALL) for s in (0.0, 0.3, 0.6, 1.0)]
    assert openness[0] > 350
    assert openness[0] > openness[1] > openness[2] > 30
    assert openness[3] == 0


def test_closed_eyes_show_skin_instead_of_eyeballs(face):
    blink = face.expression({45: 1.0}, 2.0)
    opened, closed = face.render(State()), face.render(blink.state({45: 1.0}))
    b = face.subject.build
    x, y = face.view.to_px(np.array(b.eye_x), np.array(-1.0))
    skin = face.render(State())[int(y) + 25, int(x)]
    pupil = (int(y) - 1, int(x))
    assert np.abs(closed[pupil] - skin).max() < np.abs(opened[pupil] - skin).max() / 2
    below_neck = slice(300, None)
    assert np.array_equal(opened[below_neck], closed[below_neck])


def test_a_raised_upper_lid_widens_the_eye(face):
    raised = face.expression({5: 1.0}, 2.0)
    tight = face.expression({7: 1.0}, 2.0)
    rest = shown(face, State(), Layer.EYEBALL)
    assert shown(face, raised.state({5: 1.0}), Layer.EYEBALL) > rest * 1.1
    assert shown(face, tight.state({7: 1.0}), Layer.EYEBALL) < rest * 0.9


def test_parted_lips_show_the_inside_of_the_mouth(face):
    parted = face.expression({25: 1.0}, 6.0)
    assert shown(face, State(), Layer.MOUTH) == 0
    assert shown(face, parted.state({25: 1.0}), Layer.MOUTH) > 50
    assert np.abs(face.render(parted.state({25: 1.0})) - face.render(State())).max() > 20


@pytest.mark.parametrize("unit", [u for u in ALL_UNITS if u != 45])
def test_each_unit_moves_the_face_by_what_was_asked_for(face, unit):
    expression = face.expression({unit: 0.5}, 2.0)
    motion = expression.motions[unit]
    assert motion.largest() == pytest.approx(2.0, rel=1e-5)
    changed = np.abs(face.render(expression.state({unit: 1.0})) - face.render(State()))
    assert changed.max() > 3
    assert (motion.field is not None) == (unit in SKIN_UNITS)
    assert motion.margins.moved("left") == (unit in LID_PULLS)


def test_a_one_sided_expression_leaves_the_other_side(face):
    expression = face.expression({12: 1.0}, 2.0, left=1.0, right=0.0)
    field = expression.motions[12].field
    length = np.hypot(field[..., 0], field[..., 1])
    # The subject's left is on the right of the picture.
    assert length[:, 140:].max() == pytest.approx(2.0, rel=1e-5)
    assert length[:, :100].max() < 0.02


@pytest.mark.parametrize("units", [{}, {3: 1.0}, {12: 0.0}])
def test_units_that_no_face_has_are_refused(face, units):
    with pytest.raises(SynthError, match="Choose from 1, 2, 4"):
        face.expression(units, 2.0)


def test_the_head_sways_as_far_as_asked():
    rng = np.random.default_rng(3)
    poses = drift(rng, 100, 200.0, 0.8, 1.0)
    assert poses[0] == REST
    x, y = np.meshgrid(np.array([-84.0, 0, 84]), np.array([-125.0, -40, 60, 130]))
    reach = [
        np.hypot(*(m - r for m, r in zip(p.forward(x, y), (x, y), strict=True))) for p in poses
    ]
    assert 0.6 < max(float(r.max()) for r in reach) < 0.9
    assert drift(rng, 10, 200.0, 0.0, 1.0) == [REST] * 10


def test_a_pose_and_its_inverse_cancel():
    pose = Pose(1.5, -0.7, 0.8, 1.004)
    x, y = np.meshgrid(np.linspace(-90, 90, 7), np.linspace(-120, 130, 7))
    there = pose.forward(x, y)
    back = pose.back(*there)
    assert np.allclose(back, (x, y), atol=1e-4)
    assert not np.allclose(there, (x, y), atol=0.1)
