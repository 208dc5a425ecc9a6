import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_clips import textured

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.motion import dynamic_image
from meviewer.motion.dynamic_image_exact import rank_pooling_weights


@pytest.mark.parametrize(
    ("n", "kind", "expected"),
    [
        (3, "bilen", [-4 / 3, 2 / 3, 2 / 3]),
        (5, "bilen", [-3.7, 0.3, 1.3, 1.3, 0.8]),
        (1, "bilen", [1]),
        (2, "learnet", [1, 1]),
        (3, "learnet", [0.5, 1.5, 1]),
        (1, "learnet", [1]),
        (4, "linear", [-3, -1, 1, 3]),
    ],
)
def test_weights_are_the_published_ones(n, kind, expected):
    np.testing.assert_allclose(dynamic_image.weights(n, kind), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [2, 7, 60])
def test_weights_follow_the_sum_of_the_definition(n):
    for kind, minus in (("bilen", n + 1), ("learnet", n)):
        expected = [sum((2 * i - minus) / i for i in range(t, n + 1)) for t in range(1, n + 1)]
        np.testing.assert_allclose(dynamic_image.weights(n, kind), expected, atol=1e-9)
    assert dynamic_image.weights(n, "bilen").sum() == pytest.approx(0, abs=1e-9)
    assert dynamic_image.weights(n, "learnet").sum() == pytest.approx(n)


@pytest.mark.parametrize("kind", ["bilen", "learnet", "linear"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_image_is_the_weighted_sum(kind, channels):
    frames = textured(0, n=17, channels=channels)[0]
    frames = frames[..., 0] if channels == 1 else frames
    found = dynamic_image.dynamic_image(frames, kind)
    expected = np.tensordot(dynamic_image.weights(17, kind), frames.astype(float), 1)
    assert found.dtype == np.float32
    assert found.shape == frames.shape[1:]
    np.testing.assert_allclose(found, expected, atol=2e-5 * np.abs(expected).max() + 1e-3)
    np.testing.assert_array_equal(dynamic_image.dynamic_image(list(frames), kind), found)


@pytest.mark.parametrize("n", [2, 4, 7, 21])
def test_the_compiled_sum_is_the_same_for_any_number_of_frames(n, monkeypatch):
    frames = np.random.default_rng(n).integers(0, 256, (n, 61, 93, 3)).astype(np.uint8)
    frames.flags.writeable = False
    monkeypatch.setattr(dynamic_image, "_COMPILED_FROM", 0)
    found = dynamic_image.dynamic_image(frames)
    expected = np.tensordot(dynamic_image.weights(n), frames.astype(float), 1)
    scale = 255 * np.abs(dynamic_image.weights(n)).sum()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * scale)


def test_a_still_face_cancels():
    still = np.repeat(np.random.default_rng(0).integers(0, 256, (1, 9, 9, 3)), 30, 0)
    assert np.abs(dynamic_image.dynamic_image(still.astype(np.uint8))).max() < 0.02


def test_one_minimum_and_maximum_over_all_channels():
    image = np.zeros((2, 2, 3), np.float32)
    image[0, 0], image[1, 1] = (-2, 0, 0), (0, 1, 3)
    picture = dynamic_image.to_uint8(image)
    assert picture.dtype == np.uint8
    assert picture[0, 0].tolist() == [0, 102, 102]
    assert picture[1, 1].tolist() == [102, 153, 255]
    assert (dynamic_image.to_uint8(np.full((2, 2), 7, np.float32)) == 128).all()


def test_both_phases_contain_the_apex_and_the_fall_runs_forward():
    frames, _ = textured(1)
    found = dynamic_image.dual_phase(frames, Keyframes(5, 12, 20))
    np.testing.assert_array_equal(found.rise, dynamic_image.dynamic_image(frames[5:13]))
    np.testing.assert_array_equal(found.fall, dynamic_image.dynamic_image(frames[12:21]))
    np.testing.assert_array_equal(found.whole, dynamic_image.dynamic_image(frames[5:21]))
    assert found.missing == ()
    rise, fall, whole = found
    assert rise is found.rise
    assert fall is found.fall
    assert whole is found.whole


def test_a_phase_of_one_frame_is_reported_not_invented():
    frames, _ = textured(1, n=10)
    found = dynamic_image.dual_phase(frames, Keyframes(4, 4, 8))
    assert found.rise is None
    assert found.fall is not None
    assert found.missing == ("The rise has a single frame (4): a dynamic image needs two.",)
    alone = dynamic_image.dual_phase(frames, Keyframes(3, 3, 3), "linear")
    assert tuple(alone) == (None, None, None)
    assert len(alone.missing) == 3


class Watched(list):
    """Frames that note which of them are read."""

    def __init__(self, frames):
        super().__init__(frames)
        self.read = []

    def __getitem__(self, index):
        self.read.append(index)
        return super().__getitem__(index)


def test_only_frames_of_the_event_are_read():
    frames = Watched(textured(1, n=12)[0])
    dynamic_image.dual_phase(frames, Keyframes(4, 6, 8))
    assert set(frames.read) == {4, 5, 6, 7, 8}


def direct(frames, n, kind):
    alpha = dynamic_image.weights(n, kind)
    windows = range(len(frames) - n + 1)
    return np.array([np.tensordot(alpha, frames[k : k + n].astype(float), 1) for k in windows])


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_window_along_a_clip_is_the_direct_sum(data):
    n_frames = data.draw(st.integers(2, 45))
    n = data.draw(st.integers(2, n_frames))
    kind = data.draw(st.sampled_from(["linear", "bilen", "learnet"]))
    shape = data.draw(st.sampled_from([(3, 4), (2, 3, 3)]))
    span = data.draw(st.sampled_from([1, 6, 255]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    frames = rng.integers(255 - span, 256, (n_frames, *shape)).astype(np.uint8)
    found = np.array(list(dynamic_image.sliding(frames, n, kind)))
    expected = direct(frames, n, kind)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    scale = 255 * np.abs(dynamic_image.weights(n, kind)).sum()
    tolerance = 0 if kind == "linear" else 1e-6 * scale
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_a_long_clip_does_not_drift():
    frames = np.random.default_rng(0).integers(0, 256, (5000, 2, 2)).astype(np.uint8)
    *_, last = dynamic_image.sliding(frames, 7)
    np.testing.assert_array_equal(last, dynamic_image.dynamic_image(frames[-7:], "linear"))


@pytest.mark.parametrize("n", [5803, 5804])
def test_sums_that_wrap_in_between_come_out_right(n):
    # The hardest case: dark, then bright, so that the image is as large as it can be.
    frames = np.zeros((n + 2, 1, 1), np.uint8)
    frames[n // 2 :] = 255
    found = np.array(list(dynamic_image.sliding(frames, n)))
    np.testing.assert_array_equal(found, direct(frames, n, "linear").astype(np.float32))


@pytest.mark.parametrize("kind", ["linear", "bilen"])
def test_a_sliding_window_crosses_the_blocks_of_a_picture_and_reads_each_frame_once(kind):
    frames = np.random.default_rng(1).integers(0, 256, (41, 70, 61)).astype(np.uint8)
    watched = Watched(frames)
    found = np.array(list(dynamic_image.sliding(watched, 9, kind)))
    assert watched.read == list(range(41))
    np.testing.assert_allclose(found, direct(frames, 9, kind), rtol=0, atol=0.02)


def test_a_window_that_cannot_slide_is_said_at_once():
    frames = np.zeros((4, 3, 3), np.uint8)
    for n, kind, words in (
        (5, "linear", "5 of 4"),
        (1, "bilen", "two frames"),
        (3, "exact", "No closed form"),
    ):
        with pytest.raises(MotionError, match=words):
            dynamic_image.sliding(frames, n, kind)
    ragged = [np.zeros((3, 3), np.uint8), np.zeros((3, 4), np.uint8)]
    with pytest.raises(MotionError, match="frame 1"):
        list(dynamic_image.sliding(ragged, 2))


@pytest.mark.parametrize("n", [2, 5, 12, 40])
@pytest.mark.parametrize("seed", [0, 1])
def test_exact_rank_pooling_is_that_of_scikit_learn(n, seed):
    from sklearn.svm import LinearSVR

    frames = textured(seed, n=60, height=9, width=8)[0][10 : 10 + n]
    flat = frames.reshape(n, -1)
    means = np.cumsum(flat / 255.0, axis=0) / np.arange(1, n + 1)[:, None]
    solver = LinearSVR(
        C=1,
        epsilon=0.1,
        loss="squared_epsilon_insensitive",
        fit_intercept=False,
        dual=True,
        tol=1e-9,
        max_iter=1_000_000,
    ).fit(means, np.arange(1, n + 1))
    found = rank_pooling_weights(flat) @ (flat / 255.0)
    np.testing.assert_allclose(found, solver.coef_, atol=2e-5 * np.abs(solver.coef_).max())
    image = dynamic_image.dynamic_image(frames, "exact").ravel()
    np.testing.assert_allclose(image / 255, solver.coef_, atol=2e-4 * np.abs(solver.coef_).max())


def test_exact_rank_pooling_orders_the_running_means():
    frames = textured(2, n=20, amplitude_px=4)[0]
    image = dynamic_image.dynamic_image(frames, "exact").ravel().astype(float)
    means = np.cumsum(frames.reshape(20, -1) / 255.0, axis=0) / np.arange(1, 21)[:, None]
    scores = means @ image
    assert (np.diff(scores) > 0).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dynamic_image.weights(0), "0 frames"),
        (lambda: dynamic_image.weights(3, "exact"), "from the frames"),
        (lambda: dynamic_image.weights(3, "mean"), "mean"),
        (lambda: dynamic_image.dynamic_image(np.zeros((2, 3, 3), np.uint8), "mean"), "mean"),
        (
            lambda: dynamic_image.dual_phase(np.zeros((5, 3, 3), np.uint8), Keyframes(1, 3, 5)),
            "frame 5",
        ),
    ],
)
def test_what_cannot_be_done_is_said(call, words):
    with pytest.raises(MotionError) as caught:
        call()
    assert words in str(caught.value)


@pytest.mark.perf
def test_a_window_of_200_frames_takes_milliseconds():
    import time

    frames = np.random.default_rng(0).integers(0, 256, (200, 224, 224, 3)).astype(np.uint8)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        dynamic_image.dynamic_image(frames)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.1
