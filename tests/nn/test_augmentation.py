"""Augmentation changes a clip as the camera would have: vectors turn and flip with the picture."""

import math

import msgspec
import pytest
import torch
from flow_patterns import SPEC

from meviewer.nn.augmentation import augmented, moved
from meviewer.nn.families import FAMILIES
from meviewer.nn.inputs import Inputs, mirror

FLOW, PICTURE, FRAMES = Inputs("flow"), Inputs("dynamic"), Inputs("keyframes")


def changed(**changes):
    return msgspec.structs.replace(SPEC, mirror=False, **changes)


def places(size=33):
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return columns - (size - 1) / 2, rows - (size - 1) / 2


def views(*channels):
    return torch.stack([channel.float() for channel in channels])[None, None]


def no_shift(n=1):
    return torch.zeros(n, 2, dtype=torch.int64)


def test_a_field_that_is_the_same_from_all_sides_stays_the_same():
    """Flow away from the middle: a picture turned without its vectors would be another one."""
    x, y = places(49)
    near = torch.exp(-(x**2 + y**2) / 60)
    field = views(x * near, y * near, near)
    turned = moved(field, torch.tensor([0.6]), no_shift(), FLOW)
    torch.testing.assert_close(turned, field, atol=0.06, rtol=0)
    as_picture = moved(field, torch.tensor([0.6]), no_shift(), PICTURE)
    assert (as_picture - field).abs().max() > 0.5


def test_a_quarter_turn_is_exact_and_clockwise():
    x, y = places()
    upper = torch.exp(-(x**2 + (y + 8) ** 2) / 9)
    field = views(torch.zeros_like(upper), -upper, upper)  # at the top, upwards
    turned = moved(field, torch.tensor([math.pi / 2]), no_shift(), FLOW)[0, 0]
    right = torch.exp(-((x - 8) ** 2 + y**2) / 9)  # to the right, and to the right
    torch.testing.assert_close(turned, views(right, right * 0, right)[0, 0], atol=1e-4, rtol=0)


def test_a_shift_moves_by_whole_pixels_and_pads():
    x, _ = places(9)
    picture = views(x + 10, x + 10, x + 10)
    shift = torch.tensor([[2, 1]])
    out = moved(picture, torch.zeros(1), shift, PICTURE)
    torch.testing.assert_close(out[..., 1:, 2:], picture[..., :-1, :-2])
    assert out[..., :2].abs().max() < 1e-4
    frames = moved(picture, torch.zeros(1), shift, FRAMES)
    torch.testing.assert_close(frames[..., 0], picture[..., 0])


@pytest.mark.parametrize("family", list(FAMILIES))
def test_mirroring_turns_round_what_is_horizontal_motion_and_nothing_else(family):
    inputs = Inputs(family)
    x = torch.rand(3, FAMILIES[family].n_views, 3, 8, 8) + 0.5
    m = mirror(x, vectors=inputs.vectors)
    sign = -1 if family in ("phases", "flow", "mm-cof") else 1
    assert torch.equal(m[:, :, 0], sign * x[:, :, 0].flip(-1))
    assert torch.equal(m[:, :, 1:], x[:, :, 1:].flip(-1))
    torch.manual_seed(0)
    spec = changed(mixup=0.0)
    both = augmented(x, inputs, msgspec.structs.replace(spec, mirror=True))
    assert all(torch.equal(b, a) or torch.equal(b, c) for a, b, c in zip(x, both, m, strict=True))


def test_turning_comes_before_the_division_by_strength():
    """u and v have scales of their own: turning after the division would bend the directions."""
    spec = changed(rotation_deg=10.0)
    inputs = Inputs.of(spec)
    raw = torch.randn(4, 2, 2, 16, 16)
    raw[:, :, 0] *= 20
    x = inputs.training(raw, inputs.scale(raw))
    assert x.square().mean((3, 4)).sqrt()[:, :, 0].min() > 10
    torch.manual_seed(0)
    out = augmented(x, inputs, spec)
    rms = out.square().mean((3, 4)).sqrt()
    torch.testing.assert_close(rms, torch.ones_like(rms), atol=1e-4, rtol=0)


def test_angles_and_shifts_stay_within_what_was_asked_for(monkeypatch):
    from meviewer.nn import augmentation

    seen = []
    monkeypatch.setattr(augmentation, "moved", lambda x, *how: seen.append(how) or x)
    torch.manual_seed(0)
    spec = changed(rotation_deg=10.0, crop_px=3)
    augmented(torch.zeros(400, 1, 3, 8, 8), Inputs.of(spec), spec)
    ((turn, shift, _inputs),) = seen
    assert math.radians(9) < turn.abs().max() <= math.radians(10)
    assert sorted(set(shift.flatten().tolist())) == [-3, -2, -1, 0, 1, 2, 3]


def test_without_augmentation_nothing_is_changed_and_no_random_number_drawn():
    x = torch.randn(2, 2, 3, 8, 8)
    before = torch.get_rng_state()
    assert torch.equal(augmented(x, Inputs("phases"), changed()), x)
    assert torch.equal(torch.get_rng_state(), before)
