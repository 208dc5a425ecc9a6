"""Other measures of the difference: regions, stabilised frames, flow; against plain loops."""

import math

import numpy as np
import pytest
from factories import write_clip
from motion_clips import flickered, textured

from meviewer.core.errors import ClipError, MotionError
from meviewer.core.events import Keyframes
from meviewer.data.clip import open_clip
from meviewer.motion import difference_flow, gamdss_measures
from meviewer.motion.gamdss_measures import Measure
from meviewer.motion.representation import ClipMotion

LABEL = Keyframes(7, 20, 34)


@pytest.fixture(scope="module")
def frames():
    return textured(1)[0]


@pytest.fixture(scope="module")
def mask():
    middle = np.zeros((64, 56), bool)
    middle[25:45, 15:40] = True
    return middle


@pytest.fixture(scope="module")
def drifting():
    """Frames of a head that wanders over a picture larger than they are."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:72, :80].astype(float)
    waves = [(rng.uniform(-0.5, 0.5, 2), rng.uniform(0, 6), rng.uniform(8, 14)) for _ in range(12)]
    sway = np.sin(np.arange(30) / 5)
    stack = np.empty((30, 72, 80), np.uint8)
    for index, shift in enumerate(sway):
        grey = sum(s * np.sin(k[0] * y + k[1] * (x + shift) + p) for k, p, s in waves)
        stack[index] = np.clip(128 + grey + rng.normal(0, 0.5, grey.shape), 0, 255).round()
    return stack


def looped(frames, mask, reference):
    """RMS of one region, frame after frame, in float64."""
    kept = frames[:, mask].astype(np.float64)
    return np.array([math.sqrt(((frame - kept[reference]) ** 2).mean()) for frame in kept])


@pytest.mark.parametrize("grey", [False, True])
def test_region_curves_are_those_of_a_plain_loop(frames, mask, grey):
    frames = frames[..., 0] if grey else frames
    other = ~mask
    found = ClipMotion(frames).region_curves({"middle": mask, "rest": other}, 7)
    assert list(found) == ["middle", "rest"]
    np.testing.assert_allclose(found["middle"], looped(frames, mask, 7), rtol=1e-12)
    np.testing.assert_allclose(found["rest"], looped(frames, other, 7), rtol=1e-12)


def test_the_matrix_of_a_region_is_exact(frames, mask):
    found = ClipMotion(frames).within(mask).matrix()
    kept = frames[:, mask].astype(np.int64)
    exact = [[math.sqrt(((one - two) ** 2).sum()) for two in kept] for one in kept]
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_a_region_without_the_light_takes_the_light_of_the_whole_picture(frames, mask):
    motion = ClipMotion(flickered(frames, 3, 0.02))
    free = motion.region_curves({"middle": mask}, 7, brightness_free=True)["middle"]
    raw = motion.region_curves({"middle": mask}, 7)["middle"]
    calm = ClipMotion(frames).region_curves({"middle": mask}, 7)["middle"]
    assert np.abs(free - calm).max() < 0.2 * np.abs(raw - calm).max()
    light = motion._light_of_all()
    kept = [light.correct(f, i).reshape(64, 56, 3)[mask] for i, f in enumerate(motion.stack)]
    np.testing.assert_allclose(
        free, [math.sqrt(((one - kept[7]) ** 2).mean()) for one in kept], rtol=1e-5, atol=1e-4
    )


def test_an_empty_region_has_no_curve_and_one_of_another_size_is_refused(frames, mask):
    motion = ClipMotion(frames)
    assert motion.region_curves({"nothing": np.zeros_like(mask)}, 0) == {}
    with pytest.raises(MotionError, match="region does not fit"):
        motion.within(mask[1:])
    with pytest.raises(MotionError, match="empty"):
        motion.within(np.zeros_like(mask))


def test_regions_of_a_reduced_clip_are_reduced_with_it(frames, mask):
    motion = ClipMotion(list(frames), max_bytes=frames.nbytes // 3)
    assert motion.scale == 2
    found = motion.region_curves({"middle": mask}, 7)["middle"]
    small = mask.reshape(32, 2, 28, 2).mean(axis=(1, 3)) >= 0.5
    np.testing.assert_allclose(found, looped(motion.stack, small, 7), rtol=1e-12)


def test_damaged_frames_have_no_place_in_a_region(frames, mask):
    class Damaged(list):
        def __getitem__(self, index):
            if index == 9:
                raise ClipError("Damaged frame", where="img9.png", why="truncated")
            return super().__getitem__(index)

    found = ClipMotion(Damaged(frames)).region_curves({"middle": mask}, 7)["middle"]
    assert np.flatnonzero(np.isnan(found)).tolist() == [9]


def test_a_region_that_was_looked_at_is_kept_and_many_are_not(frames):
    motion = ClipMotion(frames)
    masks = np.zeros((20, 64, 56), bool)
    for index, one in enumerate(masks):
        one[index : index + 5] = True
    first = motion.within(masks[0])
    assert motion.within(masks[0].copy()) is first
    for one in masks:
        motion.within(one)
    assert motion.within(masks[0]) is not first


def test_stabilised_frames_no_longer_hold_the_drift_of_the_head(drifting):
    motion = ClipMotion(drifting)
    still = motion.stabilised()
    assert motion.stabilised() is still
    inner = np.zeros(drifting.shape[1:], bool)
    inner[8:-8, 8:-8] = True
    raw = motion.region_curves({"inner": inner}, 0)["inner"]
    held = still.region_curves({"inner": inner}, 0)["inner"]
    assert np.median(held[5:]) < 0.35 * np.median(raw[5:])


@pytest.mark.parametrize("aligned", [False, True])
def test_a_region_is_searched_as_if_it_were_the_clip(frames, mask, aligned):
    motion = ClipMotion(frames)
    measure = Measure(region="middle", mask=mask, aligned=aligned)
    found = gamdss_measures.reselect(motion, LABEL, "two-sided", measure, ratio=0.3)
    base = motion.stabilised() if aligned else motion
    kept = base.stack[:, mask].astype(np.float64)
    for row, onset in enumerate(found.onset_candidates):
        for column, apex in enumerate(found.apex_candidates):
            exact = math.sqrt(((kept[onset] - kept[apex]) ** 2).sum())
            assert found.surface[row, column] == pytest.approx(exact, rel=1e-12)
    assert found.parameters["region"] == "middle"
    assert found.parameters["aligned"] is aligned
    assert found.parameters["measure"] == "l2"


def test_without_a_choice_the_measure_is_the_plain_one(frames):
    motion = ClipMotion(frames)
    plain = motion.reselect(LABEL, "full")
    found = gamdss_measures.reselect(motion, LABEL, "full")
    assert found.keyframes == plain.keyframes
    assert np.array_equal(found.surface, plain.surface)


def test_flow_magnitude_is_the_mean_length_of_the_flow_in_px_of_the_clip(frames, mask):
    from meviewer.motion.flow import compute

    motion = ClipMotion(frames)
    measure = Measure("flow-magnitude", region="middle", mask=mask)
    found = gamdss_measures.reselect(motion, LABEL, "full", measure)
    luma = np.rint(frames @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8)
    flow = compute(luma[LABEL.onset], luma[LABEL.apex], "dis", preset="fast")
    mean_px = float(np.hypot(flow[..., 0], flow[..., 1])[mask].mean())
    place = found.apex_candidates.tolist().index(LABEL.apex)
    assert found.surface[0, place] == pytest.approx(mean_px, rel=1e-5)
    assert found.parameters["measure"] == "flow-magnitude"


def test_flow_of_frames_made_smaller_is_still_in_px_of_the_clip():
    y, x = np.mgrid[:96, :320].astype(float)
    moved = [
        (128 + 60 * np.sin((x + by) / 9) * np.sin((y + x / 3) / 7)).round().astype(np.uint8)
        for by in (0, 2)
    ]
    small = difference_flow.small_frames(np.stack(moved))
    assert small.factor == 2
    assert difference_flow.magnitudes(small, [(0, 1), (1, 1)]) == pytest.approx([2, 0], abs=0.5)


def test_flow_finds_the_apex_and_hardly_sees_the_lamp():
    frames, truth = textured(2)
    label = Keyframes(truth.onset, truth.apex + 2, truth.offset)
    motion = ClipMotion(flickered(frames, 1, 0.05))
    found = gamdss_measures.reselect(
        motion, label, "two-sided", Measure("flow-magnitude"), ratio=0.3
    )
    assert abs(found.keyframes.apex - truth.apex) <= 1
    curve = gamdss_measures.flow_curve(motion, truth.onset, Measure("flow-magnitude"))
    assert abs(int(np.argmax(curve)) - truth.apex) <= 1


def test_free_looks_at_every_pair_by_flow_or_says_why_not(frames):
    motion = ClipMotion(frames[:14])
    found = gamdss_measures.reselect(motion, None, "free", Measure("flow-magnitude"))
    assert found.surface.shape == (14, 14)
    assert found.keyframes.onset < found.keyframes.apex <= found.keyframes.offset
    long = ClipMotion(np.zeros((120, 16, 16), np.uint8))
    with pytest.raises(MotionError, match="Too many pairs"):
        gamdss_measures.reselect(long, None, "free", Measure("flow-magnitude"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Measure("manhattan"), "No such measure"),
        (lambda: Measure(region="chin"), "its name and its mask"),
        (lambda: Measure(mask=np.ones((4, 4), bool)), "its name and its mask"),
    ],
)
def test_measures_that_make_no_sense_are_refused_by_name(make, words):
    with pytest.raises(MotionError, match=words):
        make()


def test_the_wrapped_distance_knows_no_flow(frames):
    with pytest.raises(MotionError, match="Two measures"):
        gamdss_measures.reselect(
            ClipMotion(frames), LABEL, "full", Measure("flow-magnitude"), wrapped_uint8=True
        )


def test_regions_of_a_folder_are_those_of_its_frames(frames, mask, tmp_path):
    write_clip(tmp_path / "clip", frames[:10])
    with open_clip(tmp_path / "clip") as clip:
        found = ClipMotion(clip).region_curves({"middle": mask}, 0)["middle"]
    np.testing.assert_allclose(found, looped(frames[:10], mask, 0), rtol=1e-12)
