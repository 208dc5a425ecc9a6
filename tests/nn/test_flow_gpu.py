"""Batched TV-L1: the numbers of the compiled loops, whatever the batch, device and size."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from flow_patterns import needs_cuda

from meviewer.core.errors import MotionError
from meviewer.motion import flow
from meviewer.motion.bench_scenes import flow_scene
from meviewer.motion.brightness import brightness_change, normalise_brightness
from meviewer.motion.flow_params import TVL1Params
from meviewer.motion.flow_pyramid import enlarge, pyramid
from meviewer.nn import flow_gpu, flow_gpu_linear
from meviewer.nn.flow_gpu import BatchedTVL1, Batching

CPU = torch.device("cpu")
SHAPE = (64, 80)
FLICKER = ((0.5, 1.0, 0.0), (1.0, 1.02, 1.0), (3.0, 0.98, -1.0))


def pairs(shape=SHAPE):
    """Three noisy pairs: 0.5 px, 1 px with flicker up, 3 px with flicker down."""
    rng = np.random.default_rng(0)
    scenes = [flow_scene(*shape, px, seed=8, gain=g, shift=s) for px, g, s in FLICKER]
    stacks = []
    for frames in ([one.first for one in scenes], [one.second for one in scenes]):
        noisy = np.stack(frames) + rng.normal(0, 2, (3, *shape))
        stacks.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    return stacks


def one_by_one(first, second, params):
    return np.stack([flow.compute_with(*pair, params) for pair in zip(first, second, strict=True)])


@pytest.mark.parametrize(
    ("shape", "change"),
    [
        (SHAPE, {}),
        ((63, 81), {"scales": 3, "warps": 3}),
        ((40, 33), {"median": False, "brightness": False}),
        (SHAPE, {"local_mean_px": 0.0, "iterations": 4, "tau": 0.2, "theta": 0.25}),
        (SHAPE, {"local_mean_px": 9.0, "attachment": 0.3, "gradient_floor": 1.0, "warps": 2}),
        ((16, 24), {}),
    ],
)
def test_equals_the_compiled_loops(shape, change):
    params = TVL1Params(**change)
    found = BatchedTVL1(shape, params, CPU)(*pairs(shape))
    assert found.shape == (3, *shape, 2)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, one_by_one(*pairs(shape), params), atol=1e-3)


def test_a_pair_does_not_depend_on_its_batch():
    first, second = pairs()
    params = TVL1Params(warps=2, iterations=5)
    together = BatchedTVL1(SHAPE, params, CPU)(first, second)
    apart = BatchedTVL1(SHAPE, params, CPU, Batching(at_once=2))(first, second)
    np.testing.assert_allclose(together, apart, atol=1e-5)
    one = BatchedTVL1(SHAPE, params, CPU)(first[1:2], second[1:2])
    np.testing.assert_allclose(one[0], together[1], atol=1e-5)


def test_no_pairs_have_no_flow():
    nothing = np.zeros((0, *SHAPE), np.uint8)
    assert BatchedTVL1(SHAPE, TVL1Params(), CPU)(nothing, nothing).shape == (0, *SHAPE, 2)


def test_colour_and_floats_are_grey_levels():
    first, second = pairs()
    params = TVL1Params(warps=2, iterations=5)
    solve = BatchedTVL1(SHAPE, params, CPU)
    expected = solve(first, second)
    floats = solve(first.astype(np.float32), second.astype(np.float32))
    np.testing.assert_array_equal(floats, expected)
    rgb = [np.stack((one, one // 2, one // 3), -1) for one in (first, second)]
    np.testing.assert_allclose(solve(*rgb), one_by_one(*rgb, params), atol=1e-3)


def test_batches_are_bounded_by_memory(monkeypatch):
    assert flow_gpu.pairs_that_fit((480, 640), CPU) == 4
    assert flow_gpu.pairs_that_fit((16, 16), CPU) == 1024
    assert flow_gpu.pairs_that_fit((9000, 9000), CPU) == 1
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (10 << 30, 20 << 30))
    assert flow_gpu.pairs_that_fit((224, 224), torch.device("cuda")) == 445
    sizes = []
    solve = BatchedTVL1(SHAPE, TVL1Params(), CPU, Batching(at_once=2))
    real = solve._solve
    monkeypatch.setattr(solve, "_solve", lambda a, b: (sizes.append(len(a)), real(a, b))[1])
    solve(*(np.concatenate((one, one)) for one in (pairs()[0], pairs()[1])))
    assert sizes == [2, 2, 2]


def test_pyramids_and_flows_carried_up_are_those_of_opencv():
    first, _ = pairs((63, 81))
    made = flow_gpu_linear.Pyramid((63, 81), 5, CPU)
    levels = made.levels(torch.from_numpy(first).float())
    expected = pyramid(first[2].astype(np.float32), 5)
    assert [one.shape[1:] for one in levels] == [one.shape for one in expected]
    for found, one in zip(levels, expected, strict=True):
        np.testing.assert_allclose(found[2], one, atol=1e-3)
    coarse = np.random.default_rng(0).normal(0, 1, (1, 2, 32, 40)).astype(np.float32)
    assert made.shapes[1] == (32, 40)
    found = made.enlarge(torch.from_numpy(coarse), 0)[0]
    np.testing.assert_allclose(found, enlarge(*coarse[0], (63, 81)), atol=1e-5)


@pytest.mark.parametrize("local_mean_px", [0.0, 8.0, 24.0])
def test_brightness_is_evened_as_on_the_cpu(local_mean_px):
    frames = [one.astype(np.float32) for one in pairs()]
    frames[1][1] = np.clip(frames[1][1] * 1.3 + 30, 0, 255)
    even = flow_gpu_linear.Brightness(SHAPE, local_mean_px, CPU)
    found = even(*(torch.from_numpy(one) for one in frames))
    for n in range(3):
        expected = normalise_brightness(frames[0][n], frames[1][n], local_mean_px)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one[n], other, atol=1e-2)


def test_flat_dark_and_bright_frames_are_fitted_as_on_the_cpu():
    rng = np.random.default_rng(1)
    ramp = np.linspace(0, 255, 80, dtype=np.float32) * np.ones((64, 1), np.float32)
    firsts = [np.full(SHAPE, 90, np.float32), np.zeros(SHAPE, np.float32), ramp]
    seconds = [
        firsts[0] + 3,
        rng.uniform(0, 2, SHAPE).astype(np.float32),
        np.minimum(ramp * 2, 255),
    ]
    even = flow_gpu_linear.Brightness(SHAPE, 0.0, CPU)
    gain, offset = even._change(*(torch.from_numpy(np.stack(one)) for one in (firsts, seconds)))
    for n, pair in enumerate(zip(firsts, seconds, strict=True)):
        expected = brightness_change(*pair)
        np.testing.assert_allclose((gain[n].item(), offset[n].item()), expected, atol=2e-3)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (np.zeros((2, 64, 80), np.uint8), np.zeros((3, 64, 80), np.uint8), "as many"),
        (np.zeros((2, 64, 81), np.uint8), np.zeros((2, 64, 81), np.uint8), "64, 80"),
        (np.zeros((64, 80), np.uint8), np.zeros((64, 80), np.uint8), "stack"),
        (np.zeros((2, 64, 80, 4), np.uint8), np.zeros((2, 64, 80, 4), np.uint8), "stack"),
        (np.zeros((2, 64, 80)), np.zeros((2, 64, 80)), "float64"),
        (np.full((1, 64, 80), np.nan, np.float32), np.zeros((1, 64, 80), np.uint8), "finite"),
    ],
)
def test_stacks_that_do_not_fit_are_refused(first, second, words):
    with pytest.raises(MotionError, match=words):
        BatchedTVL1(SHAPE, TVL1Params(), CPU)(first, second)


def test_impossible_batchings_are_refused():
    with pytest.raises(MotionError, match="at_once"):
        Batching(at_once=-1)
    with pytest.raises(MotionError, match="CUDA"):
        BatchedTVL1(SHAPE, TVL1Params(), CPU, Batching(graph=True))
    with pytest.raises(MotionError, match="too small"):
        BatchedTVL1((15, 80), TVL1Params(), CPU)


@pytest.mark.slow
def test_compiling_traces_each_step_once_for_all_sizes(monkeypatch):
    traced = []

    def backend(module, inputs):
        traced.append(module)
        return module.forward

    real = torch.compile
    monkeypatch.setattr(
        torch, "compile", lambda step, **options: real(step, backend=backend, **options)
    )
    monkeypatch.setattr(flow_gpu, "_compiled", flow_gpu._compiled.__wrapped__)
    params = TVL1Params(warps=1, iterations=2)
    for shape in (SHAPE, (97, 120)):
        solve = BatchedTVL1(shape, params, CPU, Batching(compiled=True))
        np.testing.assert_allclose(
            solve(*pairs(shape)), BatchedTVL1(shape, params, CPU)(*pairs(shape)), atol=1e-5
        )
    # Equal numbers by chance (a width and a padded height) are traced apart.
    assert 3 <= len(traced) <= 9  # there are three steps


@pytest.mark.gpu
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("graph", [False, True])
def test_the_gpu_gives_the_numbers_of_the_cpu(compiled, graph):
    needs_cuda()
    params = TVL1Params()
    batching = Batching(at_once=2, compiled=compiled, graph=graph)
    solve = BatchedTVL1(SHAPE, params, torch.device("cuda"), batching)
    for _ in range(2):
        found = solve(*pairs())
        np.testing.assert_allclose(found, one_by_one(*pairs(), params), atol=0.01)


def test_the_benchmark_says_where_it_ran_and_how_far_it_is_from_one_pair():
    from meviewer.nn.bench_flow_gpu import tvl1_gpu

    found = tvl1_gpu(48, 4, 2)
    assert found[0].ratio > 0
    assert "pairs/s on " in found[0].note
    assert float(found[0].note.split("by ")[-1].removesuffix(" px")) < 0.01
    if not torch.cuda.is_available():
        assert "no CUDA device" in found[0].note
        assert found[0].met is None


def test_the_benchmark_is_left_out_without_torch(monkeypatch):
    from meviewer.nn import bench, extra

    monkeypatch.setattr(extra, "available", lambda: False)
    assert bench.BENCHMARKS["tvl1-gpu"]() == ()
