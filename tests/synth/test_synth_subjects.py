"""Subjects are decided by their seed and spread over what people look like."""

from __future__ import annotations

import numpy as np

from meviewer.synth.subject import EYE_COLOURS, HAIR_COLOURS, STYLES, draw


def test_a_seed_is_a_person():
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_a_dozen_people_differ():
    people = [draw(seed) for seed in range(1, 13)]
    assert len({p.style for p in people}) >= 5
    assert len({p.hair for p in people}) >= 4
    assert sum(p.femininity > 0.5 for p in people) == 6
    brightness = [np.mean(p.skin) for p in people]
    assert min(brightness) < 100
    assert max(brightness) > 200


def test_every_trait_is_known_and_in_range():
    for person in map(draw, range(300)):
        assert person.style in STYLES
        assert person.hair in HAIR_COLOURS
        assert person.eye in EYE_COLOURS
        assert person.beard == "none" or person.femininity < 0.5
        assert 0 <= person.darkness <= 1
        assert all(0 <= c <= 255 for c in (*person.skin, *person.background, *person.cloth))
        assert person.build.opening > 0
