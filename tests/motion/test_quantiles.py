"""A quantile against numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from meviewer.motion.quantiles import quantile_of_sizes

SIZES = st.floats(-1e6, 1e6, width=32)


@settings(max_examples=60)
@given(arrays(np.float32, array_shapes(max_dims=2, max_side=40), elements=SIZES), st.floats(0, 1))
def test_equals_that_of_the_library(values, share):
    wanted = np.quantile(np.abs(values).astype(np.float64), share)
    assert quantile_of_sizes(values, share) == pytest.approx(wanted, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.005, 0.5, 0.995, 1.0])
def test_of_a_whole_picture(share):
    values = np.random.default_rng(1).normal(0, 20, (340, 280)).astype(np.float32)
    wanted = np.quantile(np.abs(values).astype(np.float64), share)
    assert quantile_of_sizes(values, share) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("values", [np.zeros((5, 5), np.float32), np.full(7, 3), np.arange(4)])
def test_of_ties_and_whole_numbers(values):
    assert quantile_of_sizes(values, 0.9) == pytest.approx(np.quantile(np.abs(values), 0.9))
