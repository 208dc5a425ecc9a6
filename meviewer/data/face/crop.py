"""How an aligned picture is cut out of a frame: its size, where the eyes go, what lies outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from meviewer.core.errors import FaceError

Padding = Literal["replicate", "reflect", "black"]
PADDINGS: tuple[Padding, ...] = get_args(Padding)
SMALLEST_PX, LARGEST_PX = 32, 1024


@dataclass(frozen=True, slots=True)
class Crop:
    """The aligned picture: a square in which the eyes lie level at a fixed place.

    Attributes
    ----------
    size_px : int
        Width and height, 32 to 1024.
    eye_distance : float
        Distance of the eye centres as a share of the width, 0.1 to 0.8.
    eye_height : float
        How far down the eyes lie as a share of the height, 0.1 to 0.9.
    padding : {"replicate", "reflect", "black"}
        What stands where the frame ends before the picture does: the outermost pixels repeated,
        the frame mirrored, or nothing.
    """

    size_px: int = 224
    eye_distance: float = 0.40
    eye_height: float = 0.38
    padding: Padding = "replicate"

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("size_px", self.size_px, SMALLEST_PX, LARGEST_PX),
            ("eye_distance", self.eye_distance, 0.1, 0.8),
            ("eye_height", self.eye_height, 0.1, 0.9),
        ):
            if not least <= value <= most:
                raise FaceError(
                    "An aligned picture cannot be so",
                    where=f"{name} = {value}",
                    why=f"it has to lie between {least} and {most}",
                )
        if self.padding not in PADDINGS:
            known = ", ".join(PADDINGS)
            raise FaceError(
                "No such padding", where=str(self.padding), now=f"choose one of {known}"
            )
