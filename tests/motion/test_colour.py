import numpy as np
import pytest

from meviewer.core.errors import MotionError
from meviewer.motion import colour

GROUNDS = ("dark", "light")


def oklab(table):
    """OKLab by its definition, on its own path."""
    srgb = table / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    red, green, blue = light.T
    long = np.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = np.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = np.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, a, b


@pytest.mark.parametrize("ground", GROUNDS)
def test_sequential_rises_in_even_steps_from_the_ground(ground):
    lightness = oklab(colour.sequential(ground))[0]
    steps = np.diff(lightness) * (1 if ground == "dark" else -1)
    assert steps.mean() == pytest.approx((0.78 if ground == "dark" else 0.74) / 255, rel=0.02)
    smooth = np.convolve(steps, np.ones(8) / 8, "valid")
    assert (smooth > 0.5 * steps.mean()).all()
    assert (smooth < 1.6 * steps.mean()).all()
    edge = lightness[0]
    assert edge < 0.2 if ground == "dark" else edge > 0.97


@pytest.mark.parametrize("ground", GROUNDS)
def test_diverging_is_grey_in_the_middle_and_mirrored_in_lightness(ground):
    table = colour.diverging(ground)
    lightness, a, b = oklab(table)
    assert np.hypot(a, b)[127:129].max() < 1e-3
    assert np.abs(lightness - lightness[::-1]).max() < 0.02
    assert b[0] < -0.05
    assert b[-1] > 0.05
    assert table[0, 2] > table[0, 0]
    assert table[-1, 0] > table[-1, 2]


def test_no_direction_of_flow_looks_stronger_than_another():
    lightness, a, b = oklab(colour.flow_wheel())
    assert np.ptp(lightness) < 0.02
    assert np.hypot(a, b).min() > 0.09
    turn = np.unwrap(np.arctan2(b, a))
    assert (np.diff(turn) > 0).all()
    assert turn[-1] - turn[0] == pytest.approx(2 * np.pi * 255 / 256, abs=0.05)


def test_tables_are_made_once_and_read_only():
    for table in (colour.sequential("dark"), colour.diverging("light"), colour.flow_wheel()):
        assert table.shape == (256, 3)
        assert table.dtype == np.uint8
        assert not table.flags.writeable
    assert colour.sequential("dark") is colour.sequential("dark")


def test_values_get_the_colours_of_their_place_on_the_scale():
    table = colour.sequential("dark")
    values = np.array([[0.0, 5.0], [10.0, 99.0], [-3.0, np.nan]])
    picture = colour.apply(values, 0, 10, table)
    assert picture.dtype == np.uint8
    assert picture[0, 0].tolist() == table[0].tolist()
    assert picture[0, 1].tolist() == table[128].tolist()
    assert picture[1, 0].tolist() == picture[1, 1].tolist() == table[255].tolist()
    assert picture[2, 0].tolist() == table[0].tolist()
    assert picture[2, 1].tolist() == [128, 128, 128]
    assert np.isnan(values[2, 1])


def test_no_change_is_grey():
    still = np.zeros((2, 2), np.float32)
    for ground in GROUNDS:
        red, green, blue = colour.apply(still, -20, 20, colour.diverging(ground))[0, 0].tolist()
        assert red == green == blue


def test_flow_picture_shows_direction_and_length():
    flow = np.zeros((5, 1, 2), np.float32)
    flow[:, 0] = [(2, 0), (0, 2), (-8, 0), (0, 0), (1, 0)]
    wheel = colour.flow_wheel()
    for ground, back in (("dark", (21, 23, 27)), ("light", (255, 255, 255))):
        picture = colour.flow_picture(flow, 2.0, ground)
        assert picture[0, 0].tolist() == wheel[0].tolist()
        assert picture[1, 0].tolist() == wheel[64].tolist()
        assert picture[2, 0].tolist() == wheel[128].tolist()
        assert picture[3, 0].tolist() == list(back)
        half = (wheel[0].astype(float) + back) / 2
        assert np.abs(picture[4, 0] - half).max() <= 0.5


def test_legend_is_a_disc_of_the_same_colours():
    legend = colour.flow_legend(101, "light")
    assert legend.shape == (101, 101, 3)
    assert (legend[0, 0] == 255).all()
    assert (legend[50, 50] == 255).all()
    rim = colour.flow_wheel().astype(int)
    assert np.abs(legend[50, 99].astype(int) - rim[0]).max() < 8
    assert np.abs(legend[99, 50].astype(int) - rim[64]).max() < 8


def test_overlay_lets_the_face_show_where_nothing_moves():
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    magnitude = np.zeros((6, 8), np.float32)
    magnitude[2, 3], magnitude[2, 4] = 1, 0.5
    angle = np.full((6, 8), np.pi / 2, np.float32)
    found = colour.overlay(frame, magnitude, angle, opacity=0.5)
    down = colour.flow_wheel()[64].astype(float)
    moved = magnitude > 0
    assert np.array_equal(found[~moved], frame[~moved])
    assert np.abs(found[2, 3] - (frame[2, 3] + down) / 2).max() <= 0.5
    assert np.abs(found[2, 4] - (0.75 * frame[2, 4] + 0.25 * down)).max() <= 0.5
    assert np.array_equal(colour.overlay(frame, magnitude, angle, opacity=0), frame)


def test_overlay_draws_a_contour_and_takes_grey_faces():
    frame = np.full((9, 9), 60, np.uint8)
    magnitude = np.zeros((9, 9), np.float32)
    magnitude[2:7, 2:7] = 0.6
    angle = np.zeros((9, 9), np.float32)
    found = colour.overlay(frame, magnitude, angle, contour_at=0.5)
    line = (found == 255).all(axis=2)
    assert line.sum() == 16
    assert line[2, 2:7].all()
    assert not line[3:6, 3:6].any()
    assert not (colour.overlay(frame, magnitude, angle) == 255).all(axis=2).any()


def test_arrows_are_the_mean_flow_of_their_cells():
    flow = np.zeros((33, 50, 2), np.float32)
    flow[:16, 16:32] = (3, -1)
    flow[16:20, :16, 0] = 4
    found = colour.arrows(flow, spacing_px=16)
    assert len(found.x_px) == 2 * 3
    np.testing.assert_allclose(
        (found.x_px[1], found.y_px[1], found.u_px[1], found.v_px[1]), (23.5, 7.5, 3, -1)
    )
    np.testing.assert_allclose((found.u_px[3], found.v_px[3]), (1, 0))
    assert len(colour.arrows(flow, 16, least_px=2).x_px) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: colour.apply(np.zeros((2, 2)), 3, 3, colour.flow_wheel()), "3 to 3"),
        (lambda: colour.flow_picture(np.zeros((2, 2, 2), np.float32), 0), "0 px"),
        (
            lambda: colour.overlay(np.zeros((3, 3), np.uint8), np.zeros((3, 4)), np.zeros((3, 4))),
            "size",
        ),
    ],
)
def test_what_cannot_be_done_is_said(call, words):
    with pytest.raises(MotionError) as caught:
        call()
    assert words in str(caught.value)


@pytest.mark.perf
def test_tables_are_ready_before_the_window():
    import time

    from meviewer.motion import colour_tables

    makers = [
        lambda: colour_tables.sequential.__wrapped__("dark"),
        lambda: colour_tables.diverging.__wrapped__("dark"),
        lambda: colour_tables.flow_wheel.__wrapped__(),
    ]
    begin = time.perf_counter()
    for make in makers:
        make()
    assert time.perf_counter() - begin < 0.2


def test_quick_lengths_and_directions_are_those_of_the_definition():
    flow = np.random.default_rng(1).normal(0, 2, (60, 50, 2)).astype(np.float32)
    length, angle = colour.polar(flow)
    np.testing.assert_allclose(length, np.hypot(flow[..., 0], flow[..., 1]), rtol=1e-5)
    off = np.angle(np.exp(1j * (angle - np.arctan2(flow[..., 1], flow[..., 0]))))
    assert np.abs(off).max() < 2e-4


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_flow_is_blended_into_its_ground_as_defined(ground):
    angle = np.deg2rad(np.arange(0, 360, 7.5))
    lengths = np.linspace(0, 1.2, 13)
    u, v = np.outer(lengths, np.cos(angle)), np.outer(lengths, np.sin(angle))
    picture = colour.flow_picture(np.stack((u, v), -1).astype(np.float32), 1.0, ground)
    turns = np.rint(angle / (2 * np.pi) * 256).astype(int) % 256
    hue = colour.flow_wheel()[turns].astype(float)
    back = colour.flow_picture(np.zeros((1, 1, 2), np.float32), 1.0, ground)[0, 0].astype(float)
    wanted = back + np.minimum(lengths, 1)[:, None, None] * (hue - back)
    assert np.abs(picture - wanted).max() <= 1.6  # a step of the wheel is up to 1 level


def test_a_cell_has_the_mean_of_its_flow():
    flow = np.random.default_rng(2).normal(0, 1, (35, 50, 2)).astype(np.float32)
    found = colour.arrows(flow, 16)
    cell = flow[16:32, 32:48].reshape(-1, 2).mean(axis=0)
    np.testing.assert_allclose((found.u_px[-1], found.v_px[-1]), cell, atol=1e-6)
    assert (found.x_px[-1], found.y_px[-1]) == (39.5, 23.5)
