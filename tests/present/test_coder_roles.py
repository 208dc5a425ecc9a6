"""One coder, one colour: in every clip, whoever edits, and nobody's for those who stay hidden."""

from __future__ import annotations

import factories
from present.test_timeline_state import made

from meviewer.present.coder_roles import ROLES, coder_roles

PEOPLE = ("Ann", "Ben", "Cem")


def test_a_coder_wears_the_same_colour_whoever_edits():
    seen = {
        tuple(coder_roles(PEOPLE, own, set(PEOPLE) - {own})[name] for name in PEOPLE)
        for own in PEOPLE
    }
    assert seen == {("coder_a", "coder_b", "coder_c")}


def test_a_newcomer_keeps_the_colour_of_the_first_day_and_takes_nobodys():
    first = coder_roles(PEOPLE, "Ada", ["Ann"])
    later = coder_roles((*PEOPLE, "Ada"), "Ann", ["Ada"])
    assert first["Ada"] == later["Ada"] == "coder_d"
    assert first["Ann"] == later["Ann"] == "coder_a"


def test_who_is_not_to_be_known_wears_nobodys_colour():
    roles = coder_roles(PEOPLE, "Cem", ["1", "2"])
    assert {roles["1"], roles["2"]} & {roles[name] for name in ("Ann", "Ben", "Cem")} == set()
    assert roles["1"] != roles["2"]


def test_eight_are_told_apart_and_the_ninth_begins_again():
    people = [f"P{at}" for at in range(9)]
    roles = [coder_roles(people, "P0", ())[name] for name in people]
    assert roles == [*ROLES, ROLES[0]]
    assert len(set(ROLES)) == 8


def test_the_lanes_of_a_clip_wear_the_colours_of_the_project():
    others = {name: factories.annotation() for name in ("Cem", "Ann")}
    lanes = made(coder="Ben", others=others, machines=set(), people=PEOPLE).lanes
    assert [(lane.name, lane.role) for lane in lanes[:3]] == [
        ("Ben", "coder_b"),
        ("Ann", "coder_a"),
        ("Cem", "coder_c"),
    ]
