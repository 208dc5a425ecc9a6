"""How strongly an action unit acts over time: rise and fall, each with its own shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from meviewer.core.errors import SynthError
from meviewer.synth.curves import Floats


def _cosine(u: Floats) -> Floats:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * u))


# From 0 to 1 over 0..1, strictly increasing: so the motion ends exactly at the keyframes and has
# its one maximum at the apex.
SHAPES: Mapping[str, Callable[[Floats], Floats]] = {
    "cosine": _cosine,
    "linear": lambda u: u,
    "quick": lambda u: _cosine(u**0.65),
    "slow": lambda u: _cosine(u**1.6),
    "held": lambda u: _cosine(u**2.4),
}


@dataclass(frozen=True, slots=True)
class Course:
    """Time course of one action unit.

    At ``onset`` and ``offset`` the unit is still at rest, and at ``apex`` it has full strength:
    motion is seen between onset and offset, both excluded.

    Attributes
    ----------
    onset, apex, offset : int
        Frame indices, ``onset < apex < offset``; they may lie outside the clip.
    rise, fall : str
        Keys of `SHAPES`. The rise is read forward in time. The fall runs from 1 to 0 with the
        same meaning: ``"quick"`` leaves the apex quickly, ``"held"`` stays near it.

    Raises
    ------
    SynthError
        If the order is broken or a shape is unknown.
    """

    onset: int
    apex: int
    offset: int
    rise: str = "cosine"
    fall: str = "cosine"

    def __post_init__(self) -> None:
        if not self.onset < self.apex < self.offset:
            raise SynthError(
                "Time course out of order",
                where=f"onset {self.onset}, apex {self.apex}, offset {self.offset}",
                why="a unit rises after its onset and falls after its apex",
                now="give three increasing frames",
            )
        for shape in (self.rise, self.fall):
            if shape not in SHAPES:
                raise SynthError(
                    "Unknown shape of a time course",
                    where=repr(shape),
                    now=f"choose one of {', '.join(SHAPES)}",
                )

    def strength(self, frames: Floats) -> Floats:
        """Return the strength, 0 to 1, at frame indices (T,)."""
        up = np.clip((frames - self.onset) / (self.apex - self.onset), 0, 1)
        down = np.clip((frames - self.apex) / (self.offset - self.apex), 0, 1)
        return np.asarray(SHAPES[self.rise](up) * (1 - SHAPES[self.fall](down)))
