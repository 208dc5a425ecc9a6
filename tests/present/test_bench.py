"""Tiles of the bench: every view is drawn, explained, read and exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from factories import moving_frames

from meviewer.core.errors import MotionError
from meviewer.core.events import Keyframes
from meviewer.motion import colour
from meviewer.motion.dynamic_image import KINDS as POOLINGS
from meviewer.motion.flow_params import KINDS as FLOWS
from meviewer.motion.representation import ClipMotion
from meviewer.present.bench import ArrowField, Colours, Legend
from meviewer.present.bench_draw import tiles
from meviewer.present.bench_drawing import METHODS
from meviewer.present.bench_export import tile_content
from meviewer.present.bench_info import INFO, explain
from meviewer.present.bench_legend import fitted
from meviewer.present.bench_values import Reading, Region, Values, read_out, region_words
from meviewer.present.bench_views import VIEWS, needed
from meviewer.present.picture_options import PictureOptions, Scale, Scales, dump, load
from meviewer.present.picture_set import picture_set

ALL = tuple(VIEWS)
KEYS = Keyframes(10, 20, 30)
OPTIONS = PictureOptions(flow="dis", average=3, fade=True)


@pytest.fixture(scope="module")
def frames():
    return moving_frames(40, 48, 40)


@pytest.fixture(scope="module")
def found(frames):
    motion = ClipMotion(frames)
    return picture_set(frames, motion, KEYS, OPTIONS, needed(ALL), final=True)


def drawn(found, *views, options=OPTIONS, ground="dark"):
    return tiles(views, found, range(101, 141), options, ground)


@pytest.mark.parametrize("ground", ["dark", "light"])
def test_every_view_is_drawn_with_its_values_and_its_scale(found, ground):
    for tile in drawn(found, *ALL, ground=ground):
        assert tile.picture.shape == (48, 40, 3), tile.view
        assert tile.values.array.shape[:2] == (48, 40), tile.view
        assert tile.legend.high, tile.view
        assert read_out(tile.values, 20, 20), tile.view
        assert region_words(tile.values, Region(0.2, 0.2, 0.6, 0.6)).startswith("mean"), tile.view


def test_every_view_is_explained_with_marks_and_everything_it_was_computed_with(found):
    assert {view.family for view in VIEWS.values()} == set(INFO)
    for tile in drawn(found, *ALL):
        said = explain(tile, VIEWS[tile.view].family)
        assert said.formula
        assert said.says
        assert said.chose
        names = dict(said.parameters)
        assert names["onset"] == "111"
        assert names["meviewer"]
        assert VIEWS[tile.view].family == "frame" or "[" in said.text, tile.view
        assert all(value in said.text for value in names.values())


def test_the_formula_is_that_of_the_method_in_force(found):
    flow, learnet = drawn(found, "flow-rise", "dynamic-rise:learnet")
    assert "Kroeger" in explain(flow, "flow").formula
    assert "LEARNet" in explain(learnet, "dynamic").formula
    assert "preset: medium" in explain(flow, "flow").text


def test_every_method_and_kind_has_a_name_and_a_formula():
    assert set(METHODS) == set(FLOWS) == set(INFO["flow"].variants)
    assert set(POOLINGS) == set(INFO["dynamic"].variants)


def test_every_tile_goes_into_a_file_with_raw_values(found):
    for tile in drawn(found, *ALL):
        content = tile_content(tile)
        assert content.arrays[0].array is not None
        assert ":" not in content.kind
    flow = tile_content(drawn(found, "flow-rise")[0])
    np.testing.assert_array_equal(flow.arrays[0].array, found.rise)
    assert flow.arrays[0].unit == "px"


def test_fading_changes_colours_and_no_value(found):
    plain = replace(OPTIONS, fade=False)
    faded, bare = (drawn(found, "flow-rise", options=o)[0] for o in (OPTIONS, plain))
    assert not np.array_equal(faded.picture, bare.picture)
    np.testing.assert_array_equal(faded.values.array, bare.values.array)
    assert "noise faded" in faded.said


def test_an_auto_scale_is_said_and_a_fixed_one_is_the_same_for_all(found):
    auto = replace(OPTIONS, scales=Scales(flow=Scale(2.0, auto=True)))
    fixed_tile, auto_tile = (drawn(found, "flow-rise", options=o)[0] for o in (OPTIONS, auto))
    assert fixed_tile.legend.high == "2"
    assert not fixed_tile.legend.auto
    assert "auto" in auto_tile.legend.words
    assert auto_tile.legend.high != "2"


def test_what_was_not_asked_for_is_not_computed(frames):
    motion = ClipMotion(frames)
    some = picture_set(frames, motion, KEYS, OPTIONS, needed(("apex",)), final=True)
    assert some.rise is None
    assert not some.images
    assert not some.means
    assert drawn(some, "flow-rise")[0].missing == "Computing"


def test_phases_without_frames_are_said(frames):
    motion, keys = ClipMotion(frames), Keyframes(10, 10, 10)
    none = picture_set(frames, motion, keys, OPTIONS, needed(ALL), final=True)
    for tile in drawn(none, "flow-rise", "strain-fall", "dynamic-whole", "mm-cof"):
        assert tile.picture is None
        assert tile.missing


QUICK = replace(OPTIONS, average=1, fade=False)


@pytest.mark.parametrize(
    "moved", [Keyframes(8, 20, 30), Keyframes(10, 20, 33), Keyframes(9, 22, 30)]
)
def test_what_a_drag_leaves_alone_is_taken_over_and_nothing_else(frames, moved):
    motion, needs = ClipMotion(frames), needed(ALL)
    before = picture_set(frames, motion, KEYS, QUICK, needs, final=False)
    after = picture_set(frames, motion, moved, QUICK, needs, final=False, before=before)
    anew = picture_set(frames, motion, moved, QUICK, needs, final=False)
    assert (after.rise is before.rise) == (moved.rise == KEYS.rise)
    assert (after.fall is before.fall) == (moved.fall == KEYS.fall)
    assert np.array_equal(after.rise, anew.rise)
    assert np.array_equal(after.fall, anew.fall)
    assert np.array_equal(after.mm_cof.magnitude, anew.mm_cof.magnitude)
    assert after.images.keys() == anew.images.keys()
    for key, image in anew.images.items():
        assert np.array_equal(after.images[key], image)


@pytest.mark.parametrize("changed", [{"average": 3}, {"head": "kept"}, {"dynamic": "linear"}])
def test_nothing_is_taken_over_that_was_computed_otherwise(frames, changed):
    motion, moved, needs = ClipMotion(frames), Keyframes(10, 20, 33), needed(ALL)
    before = picture_set(frames, motion, KEYS, QUICK, needs, final=False)
    after = picture_set(
        frames, motion, moved, replace(QUICK, **changed), needs, final=False, before=before
    )
    assert after.rise is not before.rise
    exact = picture_set(frames, motion, KEYS, QUICK, needs, final=True)
    quick = picture_set(frames, motion, moved, QUICK, needs, final=False, before=exact)
    assert quick.rise is not exact.rise
    assert picture_set(frames, motion, KEYS, QUICK, needs, final=True, before=before).rise is not (
        before.rise
    )


def test_exact_pooling_and_significance_wait_for_the_hand(frames):
    views = ("dynamic-rise:exact", "significance-rise", "magnified")
    quick = picture_set(frames, ClipMotion(frames), KEYS, OPTIONS, needed(views), final=False)
    dynamic, sure, magnified = drawn(quick, *views)
    assert "bilen for now" in dynamic.note
    assert "rest" in sure.missing
    assert "rest" in magnified.missing


def test_values_are_read_in_their_units():
    signed = Values(np.array([[-1.25, 3.0]], np.float32), Reading.SIGNED, "grey levels", 1)
    assert read_out(signed, 0, 0) == "−1.2 grey levels"
    assert read_out(signed, 2, 0) == ""
    flow = Values(np.array([[[0.6, 0.8]]], np.float32), Reading.VECTOR, "px")
    assert read_out(flow, 0, 0) == "1.00 px, 0.93 rad"
    grey = Values(np.full((1, 1, 3), 7, np.uint8), Reading.LEVELS, "grey levels", 0)
    assert read_out(grey, 0, 0) == "7"
    colour = Values(np.array([[[1, 2, 3]]], np.uint8), Reading.LEVELS, "grey levels", 0)
    assert read_out(colour, 0, 0) == "1 2 3 RGB"


def test_a_region_touches_whole_px_and_reads_the_extreme_with_its_sign():
    values = Values(np.array([[1, 2], [-9, 4]], np.float32), Reading.SIGNED, "px", 0)
    assert region_words(values, Region(0, 0, 1, 1)) == "mean 0, max −9 px"
    assert region_words(values, Region(0, 0, 0.6, 0.4)) == "mean +2, max +2 px"
    assert Region(0.1, 0.1, 0.2, 0.2).snapped((10, 10)) == Region(0.1, 0.1, 0.2, 0.2)
    assert Region(0.12, 0.1, 0.13, 0.2).slices((10, 10)) == (slice(1, 2), slice(1, 2))


def test_a_legend_gives_up_words_before_numbers_and_is_never_wider_than_its_room():
    legend = Legend(Colours.DIVERGING, "−24", "+24", "grey levels", "darker", "brighter")
    measure = len  # a letter is one px wide
    for room in range(60, 140):
        for reading in ("", "mean −1.2, max +13.4"):
            words = fitted(legend, "head removed", reading, room, measure)
            used = sum(measure(t) + 6 for t in (words.left, words.right, words.said) if t)
            assert used + words.bar_px <= room
            assert reading == words.said if reading else words.right.startswith(("+24", "bright"))
    assert fitted(legend, "", "", 200, measure).right == "brighter +24 grey levels"


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"average": 6}, "average"),
        ({"dynamic": "mean"}, "mean"),
        ({"head": "gone"}, "gone"),
        ({"flow": "magic"}, "magic"),
        ({"flow_values": {"tvl1": {"warps": 0}}}, "warps"),
        ({"opacity": 1.5}, "opacity"),
        ({"magnify": 99.0}, "magnification"),
    ],
)
def test_options_out_of_range_are_refused_by_name(bad, named):
    with pytest.raises(MotionError, match=named):
        PictureOptions(**bad)


def test_a_scale_needs_a_length():
    with pytest.raises(MotionError, match="0"):
        Scale(0.0)


def test_options_come_back_from_the_settings_or_not_at_all():
    options = replace(OPTIONS, flow_values={"tvl1": {"attachment": 0.2}})
    assert load(dump(options)) == options
    for text in ("", "{", '{"average": 9}', '{"mm_cof": {"beta": 7}}', "[]"):
        assert load(text) == PictureOptions()


def test_arrows_that_would_touch_are_thinned_out_evenly():
    flow = np.ones((96, 64, 2), np.float32)
    field = ArrowField(colour.arrows(flow, 8), 2.0, 8)
    assert len(field.apart(8).arrows.x_px) == 12 * 8
    thin = field.apart(20)  # every third cell
    assert thin.spacing_px == 24
    assert sorted(set(thin.arrows.x_px.tolist())) == [11.5, 35.5, 59.5]
    assert sorted(set(thin.arrows.y_px.tolist())) == [11.5, 35.5, 59.5, 83.5]
    assert len(thin.arrows.u_px) == len(thin.arrows.v_px) == 12
