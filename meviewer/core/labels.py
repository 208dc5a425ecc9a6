"""Emotion names and class schemes: how a coder's words become the classes of an experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

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

_SAME = {"happy": "happiness", "sad": "sadness", "other": "others", "angry": "anger"}


def normalise(emotion: str) -> str:
    """Trim and case-fold an emotion; known spellings become one."""
    folded = emotion.strip().casefold()
    return _SAME.get(folded, folded)


@dataclass(frozen=True, slots=True)
class ClassScheme:
    """A mapping of emotions to the classes of an experiment.

    Attributes
    ----------
    name : str
    classes : tuple of str
        Class names in a fixed order; their index is the class number.
    mapping : dict of str to str
        Normalised emotion to class; an emotion that is missing here maps to nothing.
    """

    name: str
    classes: tuple[str, ...]
    mapping: dict[str, str] = field(hash=False)

    def class_of(self, emotion: str) -> int | None:
        """Return the class number of an emotion, or None if it maps to nothing."""
        name = self.mapping.get(normalise(emotion))
        return None if name is None else self.classes.index(name)


def own_classes(emotions: Iterable[str]) -> ClassScheme:
    """Return the scheme in which each emotion that occurs is its own class."""
    present = {normalise(emotion) for emotion in emotions} - {""}
    ordered = tuple(sorted(present, key=_rank))
    return ClassScheme("own", ordered, {name: name for name in ordered})


THREE = ClassScheme(
    "3: MEGC",
    ("negative", "positive", "surprise"),
    {
        **dict.fromkeys(
            ("negative", "disgust", "repression", "sadness", "fear", "anger", "contempt"),
            "negative",
        ),
        "positive": "positive",
        "happiness": "positive",
        "surprise": "surprise",
    },
)
FIVE = ClassScheme(
    "5: CASME II",
    ("happiness", "disgust", "repression", "surprise", "others"),
    {name: name for name in ("happiness", "disgust", "repression", "surprise", "others")},
)
SCHEMES = {scheme.name: scheme for scheme in (THREE, FIVE)}


def scheme(name: str, emotions: Iterable[str]) -> ClassScheme:
    """Return the scheme called ``name``; ``"own"`` is made from the emotions that occur.

    Raises
    ------
    KeyError
        If there is no such scheme.
    """
    return own_classes(emotions) if name == "own" else SCHEMES[name]


def _rank(emotion: str) -> tuple[int, str]:
    return (EMOTIONS.index(emotion) if emotion in EMOTIONS else len(EMOTIONS), emotion)
