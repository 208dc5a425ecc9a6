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
