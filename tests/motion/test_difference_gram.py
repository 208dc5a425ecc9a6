import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.motion import difference_gram
from meviewer.motion.difference_gram_kernels import COLUMNS

RNG = np.random.default_rng(4)


def by_loops(values):
    wide = values.astype(np.int64)
    return np.array([[((one - other) ** 2).sum() for other in wide] for one in wide])


usual = difference_gram._processor


def products_of(monkeypatch, values):
    """Return what summed the products of these rows, once they are seen to be right."""
    made = []
    for name in ("_ShortProducts", "_ByteProducts"):
        kind = getattr(difference_gram, name)
        watched = type(name, (kind,), {"total": lambda self: made.append(self) or self.kept()})
        watched.kept = kind.total
        monkeypatch.setattr(difference_gram, name, watched)
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))
    return made[0]


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 14), st.integers(1, 3 * COLUMNS), st.integers(0, 2**32 - 1))
def test_whole_numbers_give_what_plain_loops_give(n_frames, n_values, seed):
    values = np.random.default_rng(seed).integers(0, 256, (n_frames, n_values), dtype=np.uint8)
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))


def test_whole_numbers_hold_the_largest_products():
    values = np.zeros((4, 2 * COLUMNS + 5), np.uint8)
    values[1:] = 255
    values[3, ::2] = 0
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 14), st.integers(1, 3 * COLUMNS), st.integers(0, 2**32 - 1), st.integers(1, 60)
)
def test_small_differences_give_what_plain_loops_give(n_frames, n_values, seed, largest):
    # Up to 45 they are multiplied as bytes, in more or fewer steps; beyond it as 16-bit numbers.
    rng = np.random.default_rng(seed)
    first = rng.integers(60, 196, n_values)
    apart = rng.integers(-largest, largest + 1, (n_frames, n_values))
    values = (first + apart).astype(np.uint8)
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))


@pytest.mark.parametrize("largest", range(1, 47))
@pytest.mark.parametrize("sign", [1, -1])
def test_bytes_hold_the_largest_sums_of_all_differences(largest, sign):
    values = np.full((4, 2 * COLUMNS + 5), 100, np.uint8)
    values[1:] = 100 + sign * largest
    values[3, ::2] = 100 - sign * largest
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))


@pytest.mark.parametrize("known", [frozenset(), frozenset({"avx2"})])
def test_processors_without_products_of_bytes_take_16_bits(monkeypatch, known):
    monkeypatch.setattr(difference_gram, "_processor", lambda: known & usual())
    values = RNG.integers(100, 120, (7, 2 * COLUMNS + 9), dtype=np.uint8)
    kind = type(products_of(monkeypatch, values))
    assert kind.__name__ == ("_ByteProducts" if known & usual() else "_ShortProducts")


def test_several_threads_lose_nothing(monkeypatch):
    monkeypatch.setattr(difference_gram, "usable_cores", lambda: 3)
    values = RNG.integers(0, 256, (5, 17 * COLUMNS + 3), dtype=np.uint8)
    found = difference_gram.squared_distances_by_whole_numbers(values)
    assert np.array_equal(found, by_loops(values))


@pytest.mark.parametrize("whole", [True, False])
def test_both_ways_agree_with_loops_on_many_frames(monkeypatch, whole):
    monkeypatch.setattr(difference_gram, "multiplies_whole_numbers", lambda: whole)
    values = RNG.integers(0, 256, (60, 700), dtype=np.uint8)
    assert np.array_equal(difference_gram.squared_distances(values), by_loops(values))


def test_many_frames_take_the_whole_numbers_where_the_processor_is_fast_at_them(monkeypatch):
    taken = []
    monkeypatch.setattr(difference_gram, "multiplies_whole_numbers", lambda: True)
    monkeypatch.setattr(
        difference_gram, "squared_distances_by_whole_numbers", lambda values: taken.append(values)
    )
    difference_gram.squared_distances(np.zeros((400, 9), np.uint8))
    difference_gram.squared_distances(np.zeros((3, 9), np.uint8))
    assert [len(values) for values in taken] == [400]


@pytest.mark.parametrize("n_frames", [3, 60])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_grey_frames_stored_as_colour_are_reckoned_once(monkeypatch, n_frames, whole, there):
    monkeypatch.setattr(difference_gram, "multiplies_whole_numbers", lambda: whole)
    if not there:
        monkeypatch.setitem(sys.modules, "cv2", None)
    grey = RNG.integers(0, 256, (n_frames, 46, 85), dtype=np.uint8)
    stack = np.repeat(grey[..., None], 3, axis=3)
    found = difference_gram.squared_distances_of_frames(stack)
    assert np.array_equal(found, by_loops(stack.reshape(n_frames, -1)))
