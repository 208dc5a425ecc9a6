"""Emotion names and class schemes: how a coder's words become the classes of an experiment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

EMOTIONS = (
    "happiness",
    "disgust",
    "surprise",
    "repression",
    "sadness",
    "fear",
    "anger",
    "contempt",
    "others",
)
"""Emotions in the order of the keys 1 to 9."""

OWN = "own"
"""Name of the scheme in which each emotion that occurs is a class; it needs no file."""

_SAME = {"happy": "happiness", "sad": "sadness", "other": "others", "angry": "anger"}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7"}
_BETWEEN = re.compile(r"[+,;/&|，]")


class Basis(StrEnum):
    """What of an event its class is made from."""

    EMOTION = "emotion"
    OBJECTIVE = "objective"


def normalise(emotion: str) -> str:
    """Trim and case-fold an emotion; known spellings become one."""
    folded = emotion.strip().casefold()
    return _SAME.get(folded, folded)


def normalise_objective(text: str) -> str:
    """Return an objective class as ``"1"`` to ``"7"``, also from a Roman number.

    What is none comes back trimmed and case-folded.
    """
    folded = text.strip().casefold()
    return _ROMAN.get(folded, folded)


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """A mapping of words of the labels to the classes of an experiment.

    Attributes
    ----------
    name : str
        Short name; experiments are stored with it.
    classes : tuple of str
        Class names in a fixed order; their index is the class number.
    mapping : dict of str to str
        Normalised word to class; a word that is missing here maps to nothing.
    made_from : Basis
        Which word of an event is looked up: its emotion or its objective class.
    title : str
        Name for a person; empty if it is the short one.
    text : str
        Where the scheme comes from and what it leaves out.
    """

    name: str
    classes: tuple[str, ...]
    mapping: dict[str, str] = field(hash=False)
    made_from: Basis = Basis.EMOTION
    title: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """What a person reads: the title, or else the name."""
        return self.title or self.name

    def normalise(self, word: str) -> str:
        """Return the one spelling of a word of the labels."""
        objective = self.made_from is Basis.OBJECTIVE
        return normalise_objective(word) if objective else normalise(word)

    def word_of(self, emotion: str, objective: str) -> str:
        """Return that of the two words which this scheme looks up."""
        return objective if self.made_from is Basis.OBJECTIVE else emotion

    def class_of(self, word: str) -> int | None:
        """Return the class number of an emotion (or objective class), or None if it has none.

        Several emotions in one label, as ``"disgust+fear"``, have a class if all of them have the
        same one; where they differ the label maps to nothing.
        """
        name = self.mapping.get(self.normalise(word))
        if name is None:
            parts = [self.normalise(part) for part in _BETWEEN.split(word)]
            found = {self.mapping.get(part) for part in parts if part}
            name = found.pop() if len(found) == 1 else None
        return None if name is None else self.classes.index(name)


def own_classes(emotions: Iterable[str]) -> ClassScheme:
    """Return the scheme in which each emotion that occurs is its own class."""
    present = {normalise(emotion) for emotion in emotions} - {""}
    ordered = in_order(present)
    mapping = {name: name for name in ordered}
    text = "Each emotion that occurs is a class."
    return ClassScheme(OWN, ordered, mapping, title="each emotion", text=text)


def in_order(emotions: Iterable[str]) -> tuple[str, ...]:
    """Return normalised emotions in the order of the keys, unknown ones behind by alphabet."""
    return tuple(sorted(emotions, key=_rank))


def _rank(emotion: str) -> tuple[int, str]:
    return (EMOTIONS.index(emotion) if emotion in EMOTIONS else len(EMOTIONS), emotion)
