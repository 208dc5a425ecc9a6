"""Arrangements of the bench, and the fields of its options."""

from __future__ import annotations

import pytest

from meviewer.core.errors import MeviewerError
from meviewer.motion.flow_params import KINDS
from meviewer.motion.mm_cof import MMCOFParams
from meviewer.present.bench_state import BenchState, columns, dump, load
from meviewer.present.bench_views import FEWEST, MOST, PRESETS, VIEWS
from meviewer.present.option_fields import GROUPS
from meviewer.present.option_values import applies, defaults, value_of, with_values
from meviewer.present.picture_options import PictureOptions


def test_presets_hold_views_that_exist():
    for views in PRESETS.values():
        assert FEWEST <= len(views) <= MOST
        assert set(views) <= set(VIEWS)
    assert len(PRESETS["All pictures"]) == 8


def test_an_arrangement_is_named_after_its_preset_until_it_is_changed():
    state = BenchState()
    assert state.preset == "Overview"
    assert state.changed(0, "onset").preset == ""
    own = state.changed(0, "onset").saved("  My  views ")
    assert own.preset == "My views"
    assert own.shown("Strain").shown("My views").views == own.views


@pytest.mark.parametrize("name", ["", "  ", "Overview", "x" * 41])
def test_names_that_will_not_do_are_refused(name):
    with pytest.raises(MeviewerError):
        BenchState().saved(name)


def test_presets_of_the_user_are_renamed_in_place_and_deleted():
    state = BenchState().saved("a").saved("b")
    assert list(state.renamed("a", "c").own) == ["c", "b"]
    with pytest.raises(MeviewerError, match="one of that name"):
        state.renamed("a", "b")
    assert list(state.deleted("a").own) == ["b"]


def test_tiles_stay_between_two_and_eight():
    state = BenchState(("apex", "onset"))
    assert state.removed(0) is state
    for _ in range(10):
        state = state.added()
    assert len(state.views) == MOST
    assert len(set(state.views)) == MOST


def test_an_arrangement_comes_back_from_the_settings_without_what_is_unknown():
    state = BenchState(("apex", "strain-rise"), {"mine": ("apex", "onset")}, linked=False)
    assert load(dump(state)) == state
    assert load('{"views": ["apex", "gone"]}').views == BenchState().views
    assert load('{"own": {"x": ["gone", "apex"], "y": ["apex", "onset"]}}').own == {
        "y": ("apex", "onset")
    }
    assert load("nonsense") == BenchState()


@pytest.mark.parametrize(
    ("n", "width", "height", "expected"),
    [
        (6, 1200, 640, 3),
        (6, 2400, 300, 6),
        (3, 400, 1200, 1),
        (2, 1200, 640, 2),
        (8, 1200, 600, 4),
        (8, 950, 380, 4),
    ],
)
def test_pictures_are_made_as_large_as_can_be(n, width, height, expected):
    assert columns(n, width, height, 0.85, 58) == expected


def test_every_parameter_of_mm_cof_has_a_field():
    keys = {field.key for group in GROUPS for field in group.fields}
    assert {f"mm_cof.{name}" for name in MMCOFParams.__dataclass_fields__} <= keys
    for method in KINDS:
        assert method in dict(next(f for f in GROUPS[0].fields if f.key == "flow").choices)


def test_defaults_of_every_group_are_accepted_and_change_nothing():
    plain = PictureOptions()
    for group in GROUPS:
        assert with_values(plain, defaults(group)) == plain


def test_values_are_changed_together_because_single_ones_may_not_fit():
    wanted = {"mm_cof.alpha": 3.0, "mm_cof.beta": 2.0, "scales.flow.full": 1.0, "average": 3}
    found = with_values(PictureOptions(), wanted)
    assert {key: value_of(found, key) for key in wanted} == wanted
    with pytest.raises(MeviewerError, match="beta"):
        with_values(PictureOptions(), {"mm_cof.beta": 2.0})


def test_only_what_differs_from_the_default_is_kept_of_a_method():
    key = "flow_values.tvl1.attachment"
    changed = with_values(PictureOptions(), {key: 0.2, "flow_values.tvl1.warps": 5})
    assert changed.flow_values == {"tvl1": {"attachment": 0.2}}
    assert with_values(changed, {key: 0.15}).flow_values == {}


def test_fields_apply_where_their_choice_is_made():
    smooth = with_values(PictureOptions(), {"mm_cof.modulation": "smooth"})
    k = next(field for group in GROUPS for field in group.fields if field.key == "mm_cof.k")
    assert applies(k, smooth)
    assert not applies(k, PictureOptions())
