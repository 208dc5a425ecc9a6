"""Every variant against a second implementation, written from the table with loops."""

import itertools
import math

import numpy as np
import pytest
from motion_clips import textured

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.motion import difference, gamdss

VARIANTS = ("narrow", "full", "apex-late", "wide-late", "two-sided", "free")


def grid(onsets, apexes):
    return [(onset, apex) for onset in onsets for apex in apexes if onset <= apex]


def table(variant, o, a, f):
    """Pairs of onset and apex, and offsets to try (None: kept), row by row of the table."""
    rise, fall = a - o, f - a
    if variant == "narrow":
        r = int(0.15 * rise / 4)
        return grid(range(o, o + r + 1), range(a - r, a + 1)), None
    if variant == "apex-late":
        return grid([o], range(a, a + int(0.52 * fall) + 1)), None
    if variant == "wide-late":
        later = range(o + 1, o + int(0.32 * rise) + 1)
        return [(o, a), *grid(later, range(a, a + int(0.48 * fall) + 1))], None
    r, q = int(0.10 * rise), int(0.10 * fall)
    beyond = q if variant == "two-sided" else 0
    return grid(range(o, o + r + 1), range(a - r, a + beyond + 1)), range(f - q, f + 1)


def reference(frames, label, variant, wrap=False, limit=None):
    """Keyframes by trying every pair of pictures, as (onset, apex, offset)."""

    def distance(one, other):
        if wrap:
            return float(np.linalg.norm(frames[one] - frames[other]))
        return math.sqrt(int(((frames[one].astype(int) - frames[other].astype(int)) ** 2).sum()))

    def most_different(choices, value, favourite):
        best = max(value(choice) for choice in choices)
        winners = sorted(choice for choice in choices if value(choice) == best)
        return favourite if favourite in winners else winners[0]

    o, a, f = label
    if variant == "free":
        longest = len(frames) if limit is None else limit
        pairs = [
            (x, y) for x, y in itertools.combinations(range(len(frames)), 2) if y - x <= longest
        ]
    else:
        pairs, ends = table(variant, o, a, f)
    onset, apex = most_different(pairs, lambda pair: distance(pair[1], pair[0]), (o, a))
    if variant == "free":
        ends = range(apex + 1, min(len(frames), onset + longest + 1))
    if ends is None:
        return onset, apex, f
    if not ends:
        return onset, apex, apex
    return onset, apex, most_different(ends, lambda end: distance(apex, end), f)


def random_clip(seed):
    """A small clip of any kind, a third of them with few grey levels so that ties abound."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 90))
    shape = (n, 3, 4, 3) if seed % 2 else (n, 3, 5)
    levels = 2 if seed % 3 == 0 else 256
    frames = rng.integers(0, levels, shape).astype(np.uint8)
    if seed % 3 == 0:
        frames[:, 1:] = 0
    return frames, tuple(int(k) for k in np.sort(rng.integers(0, n, 3)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_equals_brute_force_on_200_random_clips(variant):
    moved = 0
    for seed in range(200):
        frames, label = random_clip(seed)
        if variant == "free":
            frames, label = frames[:14], tuple(min(k, min(13, len(frames) - 1)) for k in label)
        expected = reference(frames, label, variant)
        found = gamdss.reselect(frames, Keyframes(*label), variant).keyframes
        assert (found.onset, found.apex, found.offset) == expected, f"seed {seed}, label {label}"
        again = gamdss.from_matrix(difference.matrix(frames), Keyframes(*label), variant)
        assert again.keyframes == found, f"seed {seed}"
        moved += expected != label
    assert moved >= 10


@pytest.mark.parametrize("variant", VARIANTS)
def test_equals_brute_force_with_wrapped_differences(variant):
    for seed in range(60):
        frames, label = random_clip(seed)
        if variant == "free":
            frames, label = frames[:10], tuple(min(k, min(9, len(frames) - 1)) for k in label)
        expected = reference(frames, label, variant, wrap=True)
        found = gamdss.reselect(frames, Keyframes(*label), variant, wrapped_uint8=True)
        got = found.keyframes
        assert (got.onset, got.apex, got.offset) == expected, f"seed {seed}, label {label}"
        first = frames[got.apex] - frames[got.onset]
        assert found.distance == float(np.linalg.norm(first))


def test_free_stays_within_the_longest_duration():
    for seed in range(60):
        frames = random_clip(seed)[0][:16]
        expected = reference(frames, (0, 0, 0), "free", limit=5)
        found = gamdss.reselect(frames, None, "free", max_duration_frames=5)
        got = found.keyframes
        assert (got.onset, got.apex, got.offset) == expected
        assert got.offset - got.onset <= 5
        assert found.parameters["max_duration_frames"] == 5


def test_free_cannot_tell_the_way_back_from_the_way_there():
    frames = np.full((20, 4, 4), 50, np.uint8)
    frames[8:12] = 90
    assert gamdss.reselect(frames, None, "free").keyframes == Keyframes(0, 8, 12)
    frames[0:8] = 55
    assert gamdss.reselect(frames, None, "free").keyframes == Keyframes(8, 12, 13)


def test_ties_keep_the_label_then_take_the_earliest():
    still = np.full((60, 4, 4, 3), 7, np.uint8)
    label = Keyframes(10, 30, 50)
    for variant in VARIANTS:
        assert gamdss.reselect(still, label, variant).keyframes == label
    found = gamdss.reselect(still, None, "free").keyframes
    assert (found.onset, found.apex, found.offset) == (0, 1, 2)


def test_ratios_of_one_or_both_phases_widen_the_windows():
    frames, _ = textured(0)
    label = Keyframes(10, 20, 40)
    both = gamdss.reselect(frames, label, "two-sided", ratio=0.3)
    assert (both.windows.onset.first, both.windows.onset.last) == (10, 13)
    assert (both.windows.apex.first, both.windows.apex.last) == (17, 26)
    assert (both.windows.offset.first, both.windows.offset.last) == (34, 40)
    one = gamdss.reselect(frames, label, "two-sided", ratio=0.3, fall_ratio=0.0)
    assert (one.windows.apex.first, one.windows.apex.last) == (17, 20)
    assert one.parameters["rise_ratio"] == 0.3
    assert one.parameters["fall_ratio"] == 0.0


def test_wide_windows_never_put_the_onset_behind_the_apex():
    frames = np.random.default_rng(0).integers(0, 256, (30, 4, 4)).astype(np.uint8)
    found = gamdss.reselect(frames, Keyframes(5, 15, 25), "two-sided", ratio=1.0)
    assert found.keyframes.onset <= found.keyframes.apex <= found.keyframes.offset
    assert np.isnan(found.surface[-1, 0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"variant": "best"}, "best"),
        ({"ratio": 1.5}, "1.5"),
        ({"rise_ratio": -0.1}, "-0.1"),
        ({"variant": "free", "max_duration_frames": 0}, "0 frames"),
        ({"keyframes": None}, "label"),
        ({"keyframes": Keyframes(1, 2, 9)}, "offset 9"),
        ({"wrapped_uint8": True, "brightness_free": True}, "brightness_free"),
        (
            {"frames": np.zeros((1, 3, 3), np.uint8), "keyframes": None, "variant": "free"},
            "1 frame",
        ),
    ],
)
def test_what_cannot_be_done_is_said(arguments, words):
    given = {"frames": np.zeros((9, 3, 3), np.uint8), "keyframes": Keyframes(1, 4, 8)} | arguments
    with pytest.raises(MotionError) as caught:
        gamdss.reselect(**given)
    assert words in str(caught.value)
