"""Emotions as sets of action units with relative strengths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from meviewer.core.errors import SynthError

Units = dict[int, float]

# Reduced to what a micro-expression shows; alternatives occur with equal chance. [ours], after the
# emotion tables of the Facial Action Coding System and the units that the CASME II coders report.
EMOTIONS: Mapping[str, tuple[Units, ...]] = {
    "happiness": ({6: 0.6, 12: 1.0},),
    "surprise": ({1: 1.0, 2: 0.9, 5: 0.6},),
    "disgust": ({9: 1.0, 4: 0.6}, {9: 0.8, 10: 1.0}),
    "repression": ({14: 1.0, 17: 0.7}, {15: 0.9, 17: 0.8}),
    "sadness": ({1: 1.0, 4: 0.6, 15: 0.8},),
    "anger": ({4: 1.0, 7: 0.7},),
    "fear": ({1: 1.0, 2: 0.7, 4: 0.5, 20: 0.9},),
    "contempt": ({14: 1.0},),
    "others": (),
}
_ANY = (1, 2, 4, 12, 14, 15, 17, 20, 25)


def draw_units(emotion: str, rng: np.random.Generator) -> Units:
    """Return the action units of one showing of an emotion; ``"others"`` draws one or two.

    Raises
    ------
    SynthError
        If the emotion is not in `EMOTIONS`.
    """
    if emotion not in EMOTIONS:
        raise SynthError(
            "Unknown emotion",
            where=repr(emotion),
            why="a synthetic face has action units for a fixed list of emotions",
            now=f"choose one of {', '.join(EMOTIONS)}",
        )
    sets = EMOTIONS[emotion]
    if sets:
        return dict(sets[int(rng.integers(len(sets)))])
    chosen = rng.choice(_ANY, int(rng.integers(1, 3)), replace=False)
    return {int(unit): 1.0 for unit in chosen}
