"""What is said and painted of a clip's face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meviewer.data.face.clip_face import ClipFace, FaceSource, face_from_box, face_from_eyes
from meviewer.data.face.regions import REGIONS
from meviewer.present.face import (
    MOST_MEASURED,
    ROLES,
    details,
    headline,
    kind_of,
    measured_frames,
    overlay,
    padded_words,
    residual_words,
)

EYES = np.array([(100.0, 100.0), (160.0, 100.0)])
FOUND = ClipFace(FaceSource.MESH, EYES, None, np.zeros((468, 2)), 0.9, 18, 20)
NOBODY = ClipFace(FaceSource.NONE, n_looked=20)


@pytest.mark.parametrize(
    ("face", "words"),
    [
        (None, "Nobody has looked for the face yet"),
        (NOBODY, "No face in any of 20 frames"),
        (FOUND, "Found in 18 of 20 frames"),
        (face_from_eyes((1, 1), (9, 1)), "Set by hand: two eyes"),
        (face_from_box((0, 0, 50, 60)), "Set by hand: a box"),
    ],
)
def test_where_a_face_comes_from(face, words):
    assert headline(face) == words


def test_what_else_is_known_or_what_to_do():
    assert "draw a box" in details(None)
    assert "draw a box" in details(NOBODY)
    assert details(FOUND) == "Eyes 60 px apart, score 0.90."
    assert "hidden" in details(replace(FOUND, n_found=9))
    assert "rough" in details(face_from_eyes((1, 1), (9, 1)))


def test_every_region_has_a_colour_and_both_sides_the_same():
    assert {kind_of(region) for region in REGIONS} == set(ROLES)
    assert kind_of("left brow") == kind_of("right brow") == "brows"
    assert kind_of("stable") == "stable"


def test_regions_are_painted_where_they_are_and_nowhere_else():
    masks = {name: np.zeros((4, 5), bool) for name in REGIONS}
    masks["nose"][1, 2] = masks["stable"][3] = True
    picture = overlay(masks, {role: (at, 0, 0) for at, role in enumerate(ROLES.values(), 1)})
    assert picture.shape == (4, 5, 4)
    assert (picture[..., 3] > 0).sum() == 6
    assert picture[1, 2, 0] == 1 + list(ROLES).index("nose")
    assert picture[3, 0, 0] == 1 + list(ROLES).index("stable")


def test_padding_is_said():
    assert padded_words(0.0) == "All of it lies inside the frame"
    assert padded_words(0.124).startswith("12 % of it lies outside")


def test_the_rest_is_said_with_how_many_frames_were_measured():
    before, after = np.full(60, 0.5), np.full(60, 0.1)
    assert residual_words(before, after, 60).startswith("0.50 px before, 0.10 px after")
    assert "60 of 500 frames" in residual_words(before, after, 500)
    assert "too far" in residual_words(before * 100, after * 100, 500)


def test_at_most_some_frames_are_measured_and_both_ends_are():
    assert measured_frames(3) == (0, 1, 2)
    found = measured_frames(1000)
    assert len(found) == MOST_MEASURED
    assert (found[0], found[-1]) == (0, 999)
