"""The inner pictures of a network over the face: what each one says, and how it is coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import WeightsError
from meviewer.motion import colour

_OPACITY = 0.75
_ORDER = ("saliency", "attention", "w1", "modulation")
_WORDS = {
    "saliency": (
        "Saliency",
        "Gradient times input: what matters most for this answer, to first order",
    ),
    "attention": ("Attention", "0 to 1: where the network lets features through"),
    "w1": ("Rise against fall", "Orange: more from the rise, blue: more from the fall"),
    "modulation": ("Modulation", "0 to 1: where strong motion raises the features"),
}
_SHARES = ("attention", "w1", "modulation")
"""Pictures between 0 and 1; others are drawn up to their own greatest value."""


@dataclass(frozen=True, slots=True, eq=False)
class MapPicture:
    """One inner picture over a frame.

    Attributes
    ----------
    name : str
        As the network calls it.
    title, words : str
        For people.
    picture : (H, W, 3) uint8
    values : (h, w) float32
        As the network gave them.
    scale : str
        Values of the first and the last colour, in words.
    """

    name: str
    title: str
    words: str
    picture: NDArray[np.uint8]
    values: NDArray[np.float32]
    scale: str


def read_maps(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read the pictures that a worker wrote.

    Raises
    ------
    WeightsError
        If the file is gone or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found: dict[str, NDArray[np.float32]] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            "The inner pictures cannot be read",
            where=str(path),
            why=str(error),
            now="run on the clip again",
        ) from error
    return found


def map_pictures(
    frame: NDArray[np.uint8], maps: Mapping[str, NDArray[np.float32]]
) -> tuple[MapPicture, ...]:
    """Lay inner pictures over a frame.

    Parameters
    ----------
    frame : (H, W, 3) or (H, W) uint8
        The whole frame: networks see it averaged to a square.
    maps : mapping of str to (h, w) float32
    """
    known = [name for name in _ORDER if name in maps]
    others = sorted(name for name in maps if name not in known)
    return tuple(_picture(frame, name, maps[name]) for name in (*known, *others))


def _picture(frame: NDArray[np.uint8], name: str, values: NDArray[np.float32]) -> MapPicture:
    title, words = _WORDS.get(name, (name, "Inner picture of the network"))
    top = 1.0 if name in _SHARES else max(float(values.max()), 1e-12)
    high = _over(values / top, frame.shape[0], frame.shape[1])
    grey = frame if frame.ndim == 2 else frame.mean(2)
    if name == "w1":
        ink = colour.apply(high, 0.0, 1.0, colour.diverging())
        # Half and half says nothing: there the face shows.
        alpha = np.abs(high - 0.5) * 2
    else:
        ink = colour.apply(high, 0.0, 1.0, colour.sequential())
        alpha = high
    share = (np.clip(alpha, 0.0, 1.0) * _OPACITY)[..., None]
    mixed = grey[..., None] * (1 - share) + ink * share
    scale = "0 to 1" if name in _SHARES else f"0 to {top:.2g}"
    picture = np.rint(mixed).astype(np.uint8)
    return MapPicture(name, title, words, picture, values, scale)


def _over(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return a grid in the size of the frame, each value in the middle of its part."""
    import cv2

    drawn = cv2.resize(
        np.ascontiguousarray(values, np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(drawn, np.float32)
