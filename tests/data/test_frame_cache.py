"""The frame cache keeps within its bytes, under threads too."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.data.frame_cache import FrameCache


def _frame(n_bytes=100, value=0):
    return np.full(n_bytes, value, np.uint8)


def test_frames_used_longest_ago_leave_first():
    cache = FrameCache(300)
    for index in range(3):
        cache.put("a", index, _frame())
    assert cache.get("a", 0) is not None
    cache.put("a", 3, _frame())
    assert [index for index in range(4) if ("a", index) in cache] == [0, 2, 3]


def test_clips_do_not_mix():
    cache = FrameCache(300)
    cache.put("a", 0, _frame(value=1))
    cache.put("b", 0, _frame(value=2))
    assert cache.get("a", 0)[0] == 1
    cache.discard("a")
    assert cache.get("a", 0) is None
    assert cache.get("b", 0)[0] == 2
    assert cache.n_bytes == 100


def test_a_frame_larger_than_the_cache_is_not_kept_and_drives_nobody_out():
    cache = FrameCache(250)
    cache.put("a", 0, _frame())
    cache.put("a", 1, _frame(251))
    assert (len(cache), cache.n_bytes) == (1, 100)


def test_clear_and_limits():
    cache = FrameCache(100)
    cache.put("a", 0, _frame())
    cache.clear()
    assert (len(cache), cache.n_bytes, cache.max_bytes) == (0, 0, 100)
    with pytest.raises(ValueError, match="-1"):
        FrameCache(-1)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 120)), max_size=60))
def test_bytes_are_counted_right_whatever_happens(puts):
    cache = FrameCache(250)
    newest = {}
    for index, n_bytes in puts:
        cache.put("a", index, _frame(n_bytes))
        newest[index] = n_bytes
        kept = [i for i in range(7) if ("a", i) in cache]
        assert cache.n_bytes == sum(newest[i] for i in kept) <= 250
        assert len(cache) == len(kept)


def test_many_threads_leave_it_in_order():
    cache = FrameCache(1000)

    def work(seed):
        for index in np.random.default_rng(seed).integers(0, 30, 500).tolist():
            found = cache.get("a", index)
            assert found is None or found[0] == index
            cache.put("a", index, _frame(value=index))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.n_bytes == 100 * len(cache) <= 1000
