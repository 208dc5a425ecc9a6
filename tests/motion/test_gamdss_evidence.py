import math

import numpy as np
import pytest
from motion_clips import late_label, textured

from meviewer.core.events import Keyframes
from meviewer.core.frames import Span
from meviewer.motion import difference, gamdss
from meviewer.motion.gamdss_evidence import confidence, peaks
from meviewer.motion.gamdss_notes import NOTES


@pytest.fixture(scope="module")
def clip():
    return textured(0)


def test_the_surface_holds_the_distances_of_the_candidates(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, late_label(truth), "two-sided", ratio=0.25)
    square = difference.matrix(frames)
    expected = square[np.ix_(found.onset_candidates, found.apex_candidates)]
    assert np.array_equal(found.surface, expected)
    assert found.distance == found.surface.max()
    assert np.array_equal(found.offset_curve, square[found.keyframes.apex, found.offset_candidates])


def test_a_late_apex_is_moved_back_with_gain_and_confidence(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, late_label(truth), "two-sided", ratio=0.25)
    assert found.keyframes == truth
    label = difference.curve(frames, truth.onset)[truth.apex + 2]
    assert found.gain == pytest.approx(found.distance / label - 1)
    assert found.gain > 0.03
    assert found.has_evidence
    assert found.confidence > 0.95
    assert "apex -2" in found.verdict
    assert "times the noise floor" in found.verdict


def test_a_label_at_the_peak_is_left_alone(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, truth, "two-sided", ratio=0.25)
    assert found.keyframes == truth
    assert (found.gain, found.confidence, found.has_evidence) == (0, 0, False)
    assert "already" in found.verdict


def test_noise_is_no_evidence_against_the_label():
    outcomes = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frames = rng.normal(100, 2, (100, 24, 20, 3)).round().astype(np.uint8)
        found = gamdss.reselect(frames, Keyframes(30, 50, 70), "two-sided")
        outcomes.append(found)
    assert any(found.keyframes != found.manual for found in outcomes)
    assert np.mean([found.has_evidence for found in outcomes]) <= 0.1
    said = [found.verdict for found in outcomes if not found.has_evidence]
    assert all(words.startswith(("no evidence", "the label is")) for words in said)
    assert any("below the noise floor" in words for words in said)
    assert any("noise alone gains as much" in words for words in said)


@pytest.mark.parametrize("label", [Keyframes(8, 18, 30), Keyframes(0, 20, 39)])
@pytest.mark.parametrize("ratio", [0.1, 0.3])
@pytest.mark.parametrize("lasting", [1, 4], ids=["white", "slow"])
def test_short_clips_of_noise_are_seldom_evidence(label, ratio, lasting):
    """Few frames lie outside the event, so that the noise itself is hardly known."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(100):
        noise = rng.normal(0, 2, (40 + lasting, 16, 20)).cumsum(axis=0)
        noise = (noise[lasting:] - noise[:-lasting]) / np.sqrt(lasting)
        square = difference.matrix(np.clip(noise + 128, 0, 255).round().astype(np.uint8))
        found.append(gamdss.from_matrix(square, label, "two-sided", ratio=ratio))
    assert np.mean([one.has_evidence for one in found]) <= 0.1


def test_a_true_late_apex_is_still_found_in_nearly_every_clip():
    found = []
    for seed in range(15):
        frames, truth = textured(seed, amplitude_px=0.8, noise=1.5)
        found.append(gamdss.reselect(frames, late_label(truth, 3), "two-sided", ratio=0.25))
    assert np.mean([one.has_evidence for one in found]) >= 0.9


def test_a_noise_floor_from_few_frames_makes_less_sure():
    assert confidence(6, 1, 10, freedom=4) < confidence(6, 1, 10, freedom=40)
    assert confidence(6, 1, 10, freedom=1e6) == pytest.approx(confidence(6, 1, 10), abs=1e-4)
    # Student's t of 4 degrees: P(T < 2.776) = 0.975, and 0.995 at 4.604.
    assert confidence(2.776 * np.sqrt(2), 1, 1, freedom=4) == pytest.approx(0.975, abs=2e-3)
    assert confidence(4.604 * np.sqrt(2), 1, 1, freedom=4) == pytest.approx(0.995, abs=2e-3)


def test_a_long_upper_tail_of_the_noise_counts():
    rng = np.random.default_rng(0)
    calm = 50 + rng.normal(0, 1, 200)
    with_tail = np.where(rng.random(200) < 0.2, calm + 8, calm)
    plain, tailed = (difference.noise(values, Span(90, 110)) for values in (calm, with_tail))
    assert plain.spread == pytest.approx(1, rel=0.25)
    assert tailed.spread > 3 * plain.spread
    assert 40 < plain.freedom < 200


def test_windows_of_one_frame_are_said_not_hidden(clip):
    frames, _ = clip
    found = gamdss.reselect(frames, Keyframes(10, 16, 24), "full")
    assert found.is_noop
    assert not found.has_evidence
    assert found.keyframes == found.manual
    assert "windows are one frame wide at this rate" in found.verdict
    assert "rise 6 frames, fall 8 frames" in found.verdict


def test_a_window_of_the_offset_alone_is_something_to_choose(clip):
    frames, _ = clip
    found = gamdss.reselect(frames, Keyframes(10, 16, 36), "full")
    assert not found.is_noop
    assert found.windows.offset.first == 34
    assert found.surface.shape == (1, 1)


def test_a_better_offset_alone_counts_as_evidence(clip):
    frames, truth = clip
    early = Keyframes(truth.onset, truth.apex, truth.offset - 1)
    swapped = frames.copy()
    swapped[truth.offset - 3] = 255 - swapped[truth.offset - 3]
    found = gamdss.reselect(swapped, early, "full", fall_ratio=0.2)
    assert found.keyframes.offset == truth.offset - 3
    assert found.gain == 0
    assert found.offset_gain > 1
    assert found.has_evidence


def test_a_kept_offset_has_no_curve(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, truth, "apex-late")
    assert found.windows.onset is None
    assert found.windows.offset is None
    assert found.offset_candidates.size == found.offset_curve.size == 0
    assert found.keyframes.offset == truth.offset


def test_wide_late_leaves_out_pairs_that_do_not_take_part(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, truth, "wide-late")
    assert np.isfinite(found.surface[0]).tolist() == [True] + [False] * (found.surface.shape[1] - 1)
    assert np.isfinite(found.surface[1:]).all()


def test_alternatives_are_three_and_really_others(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, late_label(truth), "two-sided", ratio=0.4)
    assert len(found.alternatives) == 3
    pairs = [found.keyframes, *(other.keyframes for other in found.alternatives)]
    for i, one in enumerate(pairs):
        for other in pairs[:i]:
            apart = max(abs(one.onset - other.onset), abs(one.apex - other.apex))
            assert apart >= math.ceil(max(found.surface.shape) / 4)
    distances = [other.distance for other in found.alternatives]
    assert distances == sorted(distances, reverse=True)
    assert max(distances) <= found.distance


def test_two_separate_peaks_come_first_and_second():
    surface = np.zeros((12, 12))
    surface[2, 3], surface[2, 4], surface[9, 8] = 10, 9.5, 9
    assert peaks(surface, (2, 3))[0] == (9, 8)
    assert peaks(np.full((1, 1), 5.0), (0, 0)) == []


def test_confidence_grows_with_gain_and_falls_with_noise_and_choice():
    assert confidence(0, 1, 10) == 0
    assert confidence(5, 0, 10) == 1
    assert confidence(6, 1, 10) > confidence(3, 1, 10) > confidence(3, 2, 10)
    assert confidence(3, 1, 1) > confidence(3, 1, 100)


def test_the_label_on_one_picture_twice_gains_all_there_is(clip):
    frames, truth = clip
    label = Keyframes(truth.onset, truth.onset, truth.offset)
    found = gamdss.reselect(frames, label, "apex-late")
    assert found.gain == 1
    assert math.isfinite(found.gain)


def test_damaged_frames_are_never_chosen(clip):
    frames, truth = clip
    label = late_label(truth)
    square = difference.matrix(frames)
    square[truth.apex] = square[:, truth.apex] = np.nan
    found = gamdss.from_matrix(square, label, "two-sided", ratio=0.25)
    assert found.keyframes.apex != truth.apex
    assert abs(found.keyframes.apex - truth.apex) == 1
    square[label.onset] = np.nan
    from meviewer.core.errors import MotionError

    with pytest.raises(MotionError, match="readable"):
        gamdss.from_matrix(square, label, "apex-late")


def test_the_wrapped_distance_is_called_a_defect(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, truth, "two-sided", ratio=0.25, wrapped_uint8=True)
    assert found.verdict.endswith("which is a defect")
    assert found.parameters["wrapped_uint8"] is True


def test_parameters_repeat_the_result(clip):
    frames, truth = clip
    found = gamdss.reselect(frames, late_label(truth), "two-sided", ratio=0.2)
    names = ("rise_ratio", "fall_ratio", "wrapped_uint8", "brightness_free")
    again = gamdss.reselect(
        frames,
        found.manual,
        found.parameters["variant"],
        **{name: found.parameters[name] for name in names},
    )
    assert again.keyframes == found.keyframes
    assert np.array_equal(again.surface, found.surface)
    assert found.parameters["version"]


def test_every_variant_says_what_to_expect():
    assert tuple(NOTES) == gamdss.VARIANTS
    assert all(note.mark in ("[paper]", "[code]", "[ours]") for note in NOTES.values())
    assert all(note.does and note.expect for note in NOTES.values())
