"""Keyframes of unlabelled clips: found within a few frames, whatever drifts."""

from fractions import Fraction

import factories
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import MotionError
from meviewer.data.clip import open_clip
from meviewer.nn import rough_keyframes
from meviewer.nn.rough_keyframes import from_distances

RATE = Fraction(200)


def distances(onset, apex, offset, n, drift=0.0, noise=1.0):
    times = np.arange(n)
    strength = np.interp(times, [0, onset, apex, offset, n - 1], [0, 0, 1, 0, 0])
    far = [
        np.sqrt(noise**2 + (8 * strength) ** 2 + (drift * (times - end)) ** 2) for end in (0, n - 1)
    ]
    far[0][0] = far[1][-1] = 0
    return far


@settings(deadline=None)
@given(
    st.integers(5, 20),
    st.integers(12, 30),
    st.integers(12, 30),
    st.integers(5, 20),
    st.floats(0, 0.05),
)
def test_the_movement_is_found_within_a_few_frames(rest, rise, fall, after, drift):
    onset, apex, offset = rest, rest + rise, rest + rise + fall
    found = from_distances(*distances(onset, apex, offset, offset + after, drift), RATE)
    assert abs(found.apex - apex) <= 4
    assert onset - 3 <= found.onset <= onset + 0.4 * rise + 3
    assert offset - 0.4 * fall - 3 <= found.offset <= offset + 3


def test_drift_from_one_end_to_the_other_is_no_movement():
    # By itself the drift is greatest at the end, where a plain curve has its maximum.
    first, last = distances(20, 40, 60, 90, drift=0.2)
    assert first.argmax() == 89
    assert abs(from_distances(first, last, RATE).apex - 40) <= 4


def test_stillness_is_no_movement():
    with pytest.raises(MotionError, match="Nothing moves"):
        from_distances(np.zeros(20), np.zeros(20), RATE)


def test_in_a_clip(tmp_path):
    path = factories.write_clip(
        tmp_path / "clip", factories.moving_frames(40, onset=10, apex=20, offset=30)
    )
    with open_clip(path) as clip:
        found = rough_keyframes.find(clip)
    assert abs(found.apex - 20) <= 1
    assert 8 <= found.onset <= 14
    assert 26 <= found.offset <= 32


@pytest.mark.parametrize(("n", "rate", "words"), [(4, 200, "4 frames"), (40, 5, "longer than 5 s")])
def test_clips_that_cannot_be_one_movement(tmp_path, n, rate, words):
    frames = factories.moving_frames(n)
    path = factories.write_clip(tmp_path / "clip", frames, rate=Fraction(rate))
    with open_clip(path) as clip, pytest.raises(MotionError, match=words):
        rough_keyframes.find(clip)
