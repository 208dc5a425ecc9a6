"""Resizing, normalising and mirroring flow: exact where exactness is claimed."""

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, flow_of, motion_set
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.nn import inputs as module
from meviewer.nn.augmentation import augmented
from meviewer.nn.inputs import Inputs, mirror, normalise, robust_scale
from meviewer.nn.resample import resize_flow


@settings(deadline=None)
@given(st.integers(20, 90), st.integers(20, 90), st.integers(5, 20))
def test_a_constant_flow_stays_constant_in_new_pixels(height, width, size_px):
    flow = np.broadcast_to(np.array([2.0, -3.0], np.float32), (height, width, 2))
    small = resize_flow(flow, size_px)
    assert small.shape == (2, size_px, size_px)
    assert small.dtype == np.float32
    np.testing.assert_allclose(small[0], 2 * size_px / width, rtol=1e-5)
    np.testing.assert_allclose(small[1], -3 * size_px / height, rtol=1e-5)


def test_each_new_pixel_is_the_mean_over_its_area():
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(12, 9, 2)).astype(np.float32)
    want = flow.reshape(3, 4, 3, 3, 2).mean((1, 3)).transpose(2, 0, 1)
    want = want * np.array([3 / 9, 3 / 12])[:, None, None]
    np.testing.assert_allclose(resize_flow(flow, 3), want, atol=1e-6)
    # With borders inside old pixels, the mean over everything is kept all the same.
    np.testing.assert_allclose(
        resize_flow(flow, 5).mean((1, 2)), flow.mean((0, 1)) * [5 / 9, 5 / 12], atol=1e-6
    )


def test_resizing_and_mirroring_commute():
    flow = np.random.default_rng(1).normal(size=(40, 33, 2)).astype(np.float32)
    mirrored = flow[:, ::-1] * np.array([-1, 1], np.float32)
    small = torch.from_numpy(resize_flow(flow, 14))
    torch.testing.assert_close(torch.from_numpy(resize_flow(mirrored, 14)), mirror(small))


def test_mirror_flips_places_and_the_sign_of_u_alone():
    x = torch.randn(4, 2, 3, 8, 8)
    m = mirror(x)
    assert torch.equal(m[:, :, 0], -x[:, :, 0].flip(-1))
    assert torch.equal(m[:, :, 1:], x[:, :, 1:].flip(-1))
    assert torch.equal(mirror(m), x)


@pytest.mark.parametrize("scale", [None, 0.7])
def test_normalising_and_mirroring_commute(scale):
    flow = torch.from_numpy(motion_set().flow)
    torch.testing.assert_close(normalise(mirror(flow), scale), mirror(normalise(flow, scale)))


def test_head_motion_and_strength_are_taken_off():
    flow = torch.from_numpy(flow_of(0, np.random.default_rng(0), noise=0.05)[None])
    moved = flow + torch.tensor([1.5, -0.5])[None, None, :, None, None]
    torch.testing.assert_close(normalise(moved), normalise(flow), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(normalise(3 * flow), normalise(flow), atol=1e-4, rtol=1e-4)
    rms = normalise(flow).square().mean((3, 4)).sqrt()
    torch.testing.assert_close(rms, torch.ones(1, 2, 3), atol=1e-4, rtol=1e-4)


def test_one_scale_keeps_which_clip_moved_more():
    flow = torch.from_numpy(motion_set().flow)
    scale = robust_scale(flow)
    assert robust_scale(2 * flow) == pytest.approx(2 * scale, rel=1e-5)
    x = normalise(torch.cat([flow, 2 * flow]), scale)
    torch.testing.assert_close(x[len(flow) :], 2 * x[: len(flow)])
    assert robust_scale(torch.zeros(3, 2, 2, 8, 8)) > 0


def test_frames_are_held_as_they_were_decoded_and_become_numbers_batch_by_batch():
    raw = torch.randint(0, 256, (5, 3, 3, 16, 16), dtype=torch.uint8)
    inputs = Inputs("keyframes")
    held = inputs.training(raw, inputs.scale(raw))
    assert held.dtype == torch.uint8
    for changes in ({}, {"mirror": True}, {"rotation_deg": 8.0, "crop_px": 2}):
        spec = msgspec.structs.replace(SPEC, **{"mirror": False, **changes})
        torch.manual_seed(0)
        batch = augmented(held, inputs, spec)
        torch.manual_seed(0)
        assert torch.equal(batch, augmented(raw.float() / 255, inputs, spec))
    assert torch.equal(inputs.finished(held), inputs.testing(raw, None))


@pytest.mark.parametrize("family", ["phases", "flow", "dynamic"])
@pytest.mark.parametrize("by_sample", [True, False])
def test_blocks_of_samples_come_out_as_all_at_once(monkeypatch, family, by_sample):
    monkeypatch.setattr(module, "_BLOCK", 2)
    raw = torch.randn(5, 1, 3 if family == "dynamic" else 2, 16, 16)
    inputs = Inputs(family, by_sample)
    scale = inputs.scale(raw)
    torch.testing.assert_close(inputs.training(raw, scale), inputs.testing(raw, scale))
