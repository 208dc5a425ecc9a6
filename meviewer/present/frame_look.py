"""How a frame is looked at: contrast and gamma, which change no label and no measure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST, MOST = 0.25, 4.0
_STEPS_A_DOUBLING = 4
_MIDDLE = 127.5


@dataclass(frozen=True, slots=True)
class FrameLook:
    """Contrast about the middle grey, then gamma.

    Attributes
    ----------
    contrast : float
        1 as filmed; 2 spreads grey levels twice as far from the middle.
    gamma : float
        1 as filmed; above 1 the dark becomes brighter.
    """

    contrast: float = 1.0
    gamma: float = 1.0

    @property
    def is_plain(self) -> bool:
        """Whether frames are shown as they were filmed."""
        return self == FrameLook()

    @property
    def words(self) -> str:
        """What has to be said beside such a picture; empty for a plain one."""
        return "" if self.is_plain else f"contrast ×{self.contrast:.2g}, gamma {self.gamma:.2g}"

    def stepped(self, contrast: int = 0, gamma: int = 0) -> FrameLook:
        """Return the look some steps further; four steps double."""
        return FrameLook(_moved(self.contrast, contrast), _moved(self.gamma, gamma))

    def applied(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a frame so; a plain look returns it as it is."""
        return frame if self.is_plain else self._table()[frame]

    def _table(self) -> NDArray[np.uint8]:
        levels = (np.arange(256) - _MIDDLE) * self.contrast + _MIDDLE
        shares = np.clip(levels / 255, 0, 1) ** (1 / self.gamma)
        return np.asarray(np.rint(255 * shares), np.uint8)


def _moved(value: float, steps: int) -> float:
    # In whole steps, so that going there and back ends where it began, to the last bit.
    at = round(_STEPS_A_DOUBLING * math.log2(value)) + steps
    moved: float = 2.0 ** (at / _STEPS_A_DOUBLING)
    return min(max(moved, LEAST), MOST)
