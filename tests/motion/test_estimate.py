"""Our own estimate of keyframes: simulated truth found, doubts said, wrong input refused."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.core.events import Edge, Keyframes
from meviewer.motion.bench_courses import FAMILIES, true_course, usual_label
from meviewer.motion.bench_estimate import judged
from meviewer.motion.bench_moving_face import finer, sampled, simulated_clip
from meviewer.motion.estimate import USUAL_SD_MS, estimate
from meviewer.motion.estimate_course import hat, smooth
from meviewer.motion.estimate_fit import EstimateParams, infer

RATE_HZ = 200.0
SD_FRAMES = (7.0, 8.0, 12.0)


def course(rng, *, noise=0.05, n_frames=120):
    """Return a noisy rise and fall with onset near 32, apex 60 and offset near 96."""
    return smooth(hat(n_frames, (30, 60, 100), 1.0), 1.0) + noise * rng.standard_normal(n_frames)


@pytest.fixture(scope="module")
def clip():
    return simulated_clip("dev", 100, size=140)


@pytest.fixture(scope="module")
def found(clip):
    return estimate(clip.frames, Keyframes(*clip.label), RATE_HZ)


def test_simulated_labels_are_improved_and_the_intervals_hold_the_truth():
    found = judged("dev", range(5), size=80)
    assert (found.mae < 0.75 * found.label_mae).all()
    assert found.covered.mean() >= 0.7
    assert found.bettered >= 0.8


def test_what_is_seen_lies_where_the_face_moves(clip, found):
    assert found.has_evidence
    np.testing.assert_allclose(found.cells.sum(), 1)
    assert np.sort(found.cells.ravel())[-20:].sum() > 0.5
    truth = clip.course.strength
    assert np.corrcoef(found.course, truth)[0, 1] > 0.95
    assert found.parameters["apex_sd_ms"] == USUAL_SD_MS[1]


def test_keyframes_far_from_a_label_are_found_with_intervals():
    rng = np.random.default_rng(0)
    found = infer(course(rng), RATE_HZ, (40, 52, 112), SD_FRAMES, EstimateParams())
    np.testing.assert_allclose(found.middle, (35, 60, 95), atol=5)
    assert (found.low < found.middle).all()
    assert (found.middle < found.high).all()


def test_the_scale_of_a_course_does_not_matter_and_a_seed_repeats_it():
    one = course(np.random.default_rng(0))
    params = EstimateParams(particles=60, rounds=8)
    first, second = (
        infer(values, RATE_HZ, (30, 60, 100), SD_FRAMES, params).middle
        for values in (one, 250 * one - 40)
    )
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_a_label_that_is_worth_more_is_kept_more():
    noisy = course(np.random.default_rng(1), noise=0.3)
    label = (40.0, 52.0, 112.0)
    loose, tight = (
        infer(noisy, RATE_HZ, label, sd, EstimateParams()).middle
        for sd in (SD_FRAMES, (1.0, 1.0, 1.0))
    )
    assert (np.abs(tight - label) <= np.abs(loose - label)).all()
    assert np.abs(tight - label).max() < 2


def test_about_nine_of_ten_intervals_hold_the_truth():
    """Under noise, some of it slow as that of a head is; the intervals are finer than frames."""
    held = np.array([holds_truth(seed) for seed in range(50)])
    assert 0.85 <= held.mean() <= 0.95
    assert (held.mean(axis=0) >= 0.75).all()


def holds_truth(seed):
    rng = np.random.default_rng((7, seed))
    truth = true_course("dev", RATE_HZ, rng)
    label = [float(at) for at in usual_label(truth, RATE_HZ, rng)]
    n_frames = len(truth.strength)
    slow = smooth(rng.standard_normal(n_frames + 80), 10)[40:-40]
    noise = 0.05 * rng.standard_normal(n_frames) + 0.05 * slow / slow.std()
    found = infer(truth.strength + noise, RATE_HZ, label, SD_FRAMES, EstimateParams())
    first = np.array((truth.onset, truth.apex_first, truth.offset))
    last = np.array((truth.onset, truth.apex_last, truth.offset))
    return (found.low <= last) & (first <= found.high)


def test_an_interval_allows_for_shapes_that_are_not_in_the_model():
    seen = course(np.random.default_rng(4))
    tight, wide = (
        infer(seen, RATE_HZ, (30, 60, 100), SD_FRAMES, EstimateParams(apex_misfit_ms=misfit))
        for misfit in (0, 40)
    )
    ratio = (wide.high - wide.low) / (tight.high - tight.low)
    assert ratio[1] > 2
    np.testing.assert_allclose(ratio[[0, 2]], 1, atol=0.35)


def test_a_careful_label_has_a_say_where_the_shapes_may_be_wrong():
    """Both are off by about 2 frames: the truth is then looked for between them."""
    seen = course(np.random.default_rng(4), noise=0.02)
    label, sd = (30, 64, 100), (2.0, 2.0, 2.0)
    alone, both = (
        infer(seen, RATE_HZ, label, sd, EstimateParams(apex_misfit_ms=misfit)).middle[1]
        for misfit in (0, 10)
    )
    assert alone < 62.5
    assert alone + 0.5 < both < 64
    far = (30, 75, 100)
    kept, drawn = (
        infer(seen, RATE_HZ, far, sd, EstimateParams(apex_misfit_ms=misfit)).middle[1]
        for misfit in (0.1, 10)
    )
    assert drawn < far[1] - 4  # a label that is far off has less of a say
    assert abs(kept - drawn) < 8


def test_more_particles_say_the_same():
    noisy = course(np.random.default_rng(2))
    few, many = (
        infer(noisy, RATE_HZ, (36, 54, 106), SD_FRAMES, params)
        for params in (EstimateParams(), EstimateParams(particles=400, pool=9000))
    )
    np.testing.assert_allclose(few.middle, many.middle, atol=1.5)
    np.testing.assert_allclose(few.high - few.low, many.high - many.low, rtol=0.4)


def test_two_seeds_say_the_same():
    noisy = course(np.random.default_rng(3), noise=0.1)
    one, two = (
        infer(noisy, RATE_HZ, (40, 52, 112), SD_FRAMES, EstimateParams(seed=seed)).middle
        for seed in (0, 1)
    )
    np.testing.assert_allclose(one, two, atol=1.5)


def test_noise_alone_is_no_evidence():
    frames = np.random.default_rng(0).normal(120, 4, (60, 48, 40)).clip(0, 255).astype(np.uint8)
    label = Keyframes(15, 30, 45)
    found = estimate(frames, label, RATE_HZ)
    assert not found.has_evidence
    assert not found.suggests()
    assert found.keyframes == label
    assert "no evidence" in found.verdict
    assert (found.low < found.middle).all()


@pytest.mark.parametrize(
    ("frames", "word"),
    [
        (np.full((40, 32, 32), 90, np.uint8), "nothing moves"),
        (np.full((5, 32, 32), 90, np.uint8), "too short"),
    ],
)
def test_clips_that_say_nothing_keep_their_label(frames, word):
    found = estimate(frames, Keyframes(1, 2, 4), RATE_HZ)
    assert word in found.verdict
    assert found.keyframes == Keyframes(1, 2, 4)


def test_a_label_near_the_middle_is_not_talked_about(found):
    assert not found.suggests(found.keyframes)
    far = Keyframes(0, found.keyframes.apex, found.keyframes.offset)
    assert found.suggested(far) == (Edge.ONSET,)
    assert not replace(found, has_evidence=False).suggests(far)


def test_hidden_pixels_have_no_say(clip, found):
    hidden = np.zeros(clip.frames.shape[1:3], bool)
    hidden[:100] = True
    blind = estimate(clip.frames, Keyframes(*clip.label), RATE_HZ, hidden=hidden)
    assert found.cells[:11].sum() != 0
    assert blind.cells[:11].sum() == 0


def test_an_estimate_is_refused_as_long_as_it_says_nothing_new(found):
    close = found.keyframes
    far = Keyframes(0, close.apex, close.offset)
    assert found.refused([far, close])
    assert found.refused([close.shifted(1)])
    assert not found.refused([far])
    assert not found.refused([])
    assert not replace(found, has_evidence=False).refused([close])


def test_families_share_no_shape():
    """By what they are, not by what they are called."""
    r = np.linspace(0, 1, 101)
    shapes = [
        [shape(r) for shape in (*one.rises.values(), *one.falls.values())]
        for one in FAMILIES.values()
    ]
    for one, other in itertools.combinations(shapes, 2):
        assert min(np.abs(a - b).max() for a in one for b in other) > 0.01
    for shape in itertools.chain(*shapes):
        np.testing.assert_allclose((shape[0], shape[-1]), (0, 1), atol=1e-12)
        assert (np.diff(shape) >= 0).all()


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "dev"])
def test_labels_err_as_usual(family):
    errors = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        truth = true_course(family, RATE_HZ, rng)
        errors.append(truth.error(*usual_label(truth, RATE_HZ, rng)))
    np.testing.assert_allclose(np.abs(errors).mean(axis=0), (6.0, 5.3, 8.4), rtol=0.2)


def test_a_film_moves_things_by_what_it_is_told():
    """By 0.1 px from wherever between two pixels: a bicubic of OpenCV is 0.02 px off."""
    rng = np.random.default_rng(0)
    picture = np.stack([smooth(row, 2.5) for row in rng.standard_normal((40, 160))])
    fine = finer((100 + 50 * picture).astype(np.float32))
    y, x = np.mgrid[:40, :160].astype(np.float32)

    def moved_px(start):
        seen = [sampled(fine, x - np.float32(by), y)[4:-4, 8:-8] for by in (start, start + 0.1)]
        slope = np.gradient(seen[0], axis=1)
        return -float((slope * (seen[1] - seen[0])).sum() / np.square(slope).sum())

    moves = [moved_px(start) for start in np.arange(0, 1, 0.0625)]
    assert np.ptp(moves) < 0.012
    np.testing.assert_allclose(moves, 0.1, atol=0.01)


@pytest.mark.parametrize(
    "options",
    [
        {"rate_hz": 0.0},
        {"label_sd_ms": (1.0, -1.0, 1.0)},
        {"hidden": np.zeros((3, 3), bool)},
        {"label": Keyframes(1, 2, 60)},
    ],
)
def test_what_cannot_be_is_refused(options):
    given = {"label": Keyframes(1, 2, 3), "rate_hz": RATE_HZ, **options}
    with pytest.raises(MotionError):
        estimate(np.zeros((20, 32, 32), np.uint8), **given)


@pytest.mark.parametrize("name", ["particles", "pool", "trust", "rounds", "rise_ms"])
def test_a_setting_out_of_range_is_named(name):
    with pytest.raises(MotionError, match="out of range") as caught:
        EstimateParams(**{name: 0})
    assert name in str(caught.value)
