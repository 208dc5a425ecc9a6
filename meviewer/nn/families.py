"""Families of input: what the views of a sample hold. Imports no torch.

A network is given (B, V, C, H, W) float32: V views of C = 3 channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHANNELS = 3
"""Of each view, in every family."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family of input.

    Attributes
    ----------
    n_views : int
    text : str
        What the views hold, for people.
    is_flow : bool
        Whether the first two channels are vectors (u, v), so that mirroring negates u.
    """

    n_views: int
    text: str
    is_flow: bool = False


FAMILIES: Mapping[str, Family] = {
    "phases": Family(2, "flow of the rise and of the fall: u, v, magnitude", is_flow=True),
    "flow": Family(1, "flow from onset to apex: u, v, magnitude or strain", is_flow=True),
    "dynamic": Family(1, "dynamic image of the whole event: red, green, blue"),
    "dual-dynamic": Family(2, "dynamic images of the rise and of the fall: red, green, blue"),
    "keyframes": Family(3, "onset, apex and offset frame: red, green, blue from 0 to 1"),
    "mm-cof": Family(1, "MM-COF: M cos, M sin, M", is_flow=True),
}
"""By name."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which widths and heights a network can be given, in pixels.

    Attributes
    ----------
    least : int
    most : int or None
    step : int
        They are multiples of this.
    """

    least: int = 14
    most: int | None = None
    step: int = 1

    def __contains__(self, px: int) -> bool:
        """Whether a network can be given pictures of this width and height."""
        return px >= self.least and px % self.step == 0 and (self.most is None or px <= self.most)

    @property
    def text(self) -> str:
        """The rule, in words."""
        if self.most == self.least:
            return f"{self.least} px"
        words = f"at least {self.least} px"
        words += "" if self.most is None else f", at most {self.most} px"
        return words if self.step == 1 else f"{words}, a multiple of {self.step}"


ANY_SIZE = Sizes()
"""All that an experiment may ask for."""
