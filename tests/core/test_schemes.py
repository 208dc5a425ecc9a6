"""Class schemes: which word of a label becomes which class, and how a scheme is changed."""

from __future__ import annotations

import pytest

from meviewer.core.labels import (
    Basis,
    ClassScheme,
    normalise_objective,
    own_classes,
)
from meviewer.core.scheme_edits import add_class, assign, move_class, remove_class, rename_class

VALENCE = ClassScheme(
    "valence",
    ("negative", "positive"),
    {"disgust": "negative", "fear": "negative", "happiness": "positive"},
)


def test_an_emotion_has_a_class_however_it_is_spelt_and_others_map_to_nothing():
    assert VALENCE.class_of(" Disgust ") == 0
    assert VALENCE.class_of("Happy") == 1
    assert VALENCE.class_of("others") is None
    assert VALENCE.class_of("") is None


def test_each_emotion_that_occurs_is_a_class_of_its_own_in_the_order_of_the_keys():
    own = own_classes(["surprise", "Happiness", "", "odd", "happy"])
    assert own.name == "own"
    assert own.classes == ("happiness", "surprise", "odd")
    assert own.class_of("odd") == 2


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("disgust+fear", 0),
        ("Disgust, fear", 0),
        ("disgust/happiness", None),
        ("disgust;boredom", None),
        ("+", None),
    ],
)
def test_a_label_of_several_emotions_has_the_class_that_they_share(label, number):
    assert VALENCE.class_of(label) == number


@pytest.mark.parametrize(("text", "wanted"), [("III", "3"), (" vii ", "7"), ("2", "2"), ("", "")])
def test_objective_classes_are_read_from_both_kinds_of_number(text, wanted):
    assert normalise_objective(text) == wanted


def test_an_objective_scheme_looks_at_the_objective_class_alone():
    scheme = ClassScheme("o", ("I", "II"), {"1": "I", "2": "II"}, Basis.OBJECTIVE)
    assert scheme.word_of("fear", "II") == "II"
    assert scheme.class_of("II") == 1
    assert scheme.class_of("7") is None
    assert VALENCE.word_of("fear", "II") == "fear"


def test_a_word_moves_to_another_class_or_to_none():
    moved = assign(VALENCE, "Fear", "positive")
    assert moved.class_of("fear") == 1
    assert assign(moved, "fear", None).class_of("fear") is None
    assert VALENCE.class_of("fear") == 0
    with pytest.raises(ValueError, match="neutral"):
        assign(VALENCE, "fear", "neutral")
    with pytest.raises(ValueError, match="cannot"):
        assign(VALENCE, " ", "negative")


def test_a_class_is_added_renamed_moved_and_removed_with_its_words():
    more = add_class(VALENCE, "surprise")
    assert more.classes == ("negative", "positive", "surprise")
    named = rename_class(more, "negative", "bad")
    assert named.class_of("fear") == 0
    assert named.classes[0] == "bad"
    first = move_class(named, "surprise", -9)
    assert first.classes == ("surprise", "bad", "positive")
    assert first.class_of("fear") == 1
    gone = remove_class(first, "bad")
    assert gone.classes == ("surprise", "positive")
    assert gone.class_of("fear") is None
    assert gone.class_of("happy") == 1


def test_two_classes_never_have_one_name_and_one_is_always_left():
    with pytest.raises(ValueError, match="already"):
        add_class(VALENCE, "positive")
    with pytest.raises(ValueError, match="already"):
        rename_class(VALENCE, "negative", "positive")
    one = remove_class(VALENCE, "positive")
    with pytest.raises(ValueError, match="removed"):
        remove_class(one, "negative")
