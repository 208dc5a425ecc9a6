"""The true flow agrees with the frames, and with the map by which they were rendered."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from meviewer.synth import make_clip
from meviewer.synth.expression import State
from meviewer.synth.flow_truth import Layer, layers, moved, true_flow
from meviewer.synth.pose import Pose
from meviewer.synth.take import direct, face_of

EMOTIONS = ("happiness", "surprise", "disgust", "repression", "sadness", "anger", "fear")


def warped(frame, flow):
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]].astype(np.float32)
    at = x + flow[..., 0], y + flow[..., 1]
    return cv2.remap(frame.astype(np.float32), *at, cv2.INTER_CUBIC)


def length(flow):
    return np.hypot(flow[..., 0], flow[..., 1])


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_warping_the_later_frame_gives_the_earlier_one(emotion):
    clip = make_clip(4, emotion, subject=5, noise=0, max_px=2.5, head_px=0.8, n_frames=24)
    key = clip.keyframes
    phases = (
        (key.onset, key.apex, clip.flow_rise, clip.valid_rise),
        (key.apex, key.offset, clip.flow_fall, clip.valid_fall),
    )
    for first, second, flow, valid in phases:
        a, b = (clip.frames[i].astype(np.float32) for i in (first, second))
        where = valid & (length(flow) > 0.5)
        assert where.sum() > 2000
        before = np.abs(b - a)[where].mean()
        after = np.abs(warped(b, flow) - a)[where].mean()
        assert after < 1.0  # grey levels: rounding twice and sampling once
        assert after < before / 2.5


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_forward_and_backward_map_are_inverse(emotion):
    take = direct(4, emotion, subject=5, noise=0, max_px=3.0, head_px=0.8, n_frames=24)
    state = take.state(take.keyframes.apex)
    seen = take.face.seen(state)
    x, y = moved(take.face, seen.skin_x, seen.rest_y, state)
    skin = layers(take.face, state, seen) == Layer.SKIN
    error = np.hypot(x - take.face.x, y - take.face.y)[skin]
    assert skin.sum() > 20_000
    assert error.max() < 0.02
    assert np.percentile(error, 99) < 0.01


def test_the_longest_flow_is_what_was_asked_for():
    clip = make_clip(2, "happiness", subject=5, noise=0, max_px=2.0, head_px=0, n_frames=24)
    assert length(clip.flow_rise)[clip.valid_rise].max() == pytest.approx(2.0, rel=0.05)
    assert length(clip.flow_fall)[clip.valid_fall].max() == pytest.approx(2.0, rel=0.05)


def test_rise_and_fall_cancel_for_a_still_head():
    clip = make_clip(2, "disgust", subject=5, noise=0, head_px=0, n_frames=24)
    back = np.stack([warped(clip.flow_fall[..., c], clip.flow_rise) for c in (0, 1)], -1)
    both = clip.valid_rise & (warped(clip.valid_fall.astype(np.float32), clip.flow_rise) > 0.99)
    assert length(clip.flow_rise + back)[both].max() < 0.02


def test_the_smile_lifts_the_corners_of_the_mouth():
    clip = make_clip(2, "happiness", subject=5, noise=0, head_px=0, n_frames=24)
    face = face_of(5)
    b = face.subject.build
    for side in (-1, 1):
        x, y = face.view.to_px(np.array(side * b.mouth_w), np.array(b.mouth_y - 6))
        dx, dy = clip.flow_rise[round(float(y)), round(float(x))]
        assert dy < -0.5
        assert side * dx > 0.5


def test_only_the_head_moves_where_no_unit_acts():
    face = face_of(5)
    flow = true_flow(face, State(), State(pose=Pose(0.6, -0.3)))
    front = layers(face, State(), face.seen(State()))
    head = (front == Layer.SKIN) & flow.valid
    assert np.allclose(flow.field[head], (0.6, -0.3), atol=2e-3)
    assert (flow.field[front == Layer.BACKGROUND] == 0).all()


def test_hidden_eyeballs_are_not_valid():
    face = face_of(5)
    blink = face.expression({45: 1.0}, 2.0)
    flow = true_flow(face, State(), blink.state({45: 1.0}))
    eyes = layers(face, State(), face.seen(State())) == Layer.EYEBALL
    assert eyes.any()
    assert not flow.valid[eyes].any()
    assert flow.valid.mean() > 0.9
