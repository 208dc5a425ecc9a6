"""Who is in the picture: everything that makes one synthetic person, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer.synth.raster import hsv_colour

Floats = NDArray[np.floating]
Colour = tuple[float, float, float]

SKIN_TONES: tuple[Colour, ...] = (
    (250, 219, 200),
    (244, 204, 178),
    (234, 187, 156),
    (217, 166, 131),
    (192, 138, 102),
    (156, 106, 76),
    (118, 78, 57),
    (88, 59, 46),
)
HAIR_COLOURS: dict[str, Colour] = {
    "black": (40, 35, 36),
    "dark": (66, 47, 37),
    "brown": (104, 70, 47),
    "auburn": (122, 60, 38),
    "ginger": (176, 96, 50),
    "sand": (156, 122, 82),
    "blond": (204, 168, 116),
    "grey": (150, 148, 147),
}
EYE_COLOURS: dict[str, Colour] = {
    "brown": (92, 56, 34),
    "dark": (60, 38, 27),
    "hazel": (126, 92, 50),
    "green": (96, 122, 84),
    "blue": (92, 134, 170),
    "grey": (122, 138, 146),
}
STYLES = ("short", "long", "sidepart", "bob", "curly", "fringe", "buzz", "bun", "afro", "bald")

_GOLDEN = 0.6180339


@dataclass(frozen=True, slots=True)
class Build:
    """Lengths of a face in nominal px, from the origin midway between the eyes."""

    temple: float
    cheek: float
    jaw: float
    jaw_y: float
    chin: float
    chin_y: float
    top: float
    eye_x: float
    eye_w: float
    eye_up: float
    eye_lo: float
    tilt: float
    crease: float
    brow_y: float
    brow_t: float
    brow_arch: float
    nose_y: float
    nose_w: float
    nose_h: float
    mouth_y: float
    mouth_w: float
    lip_up: float
    lip_lo: float
    smile: float

    @property
    def opening(self) -> float:
        """Height of the open eye between the middles of the lids."""
        return self.eye_up + self.eye_lo


@dataclass(frozen=True, slots=True)
class Subject:
    """One synthetic person.

    Attributes
    ----------
    skin, background, cloth : RGB 0..255
    hair, eye, style, beard, glasses : str
        Keys of the tables of this module; beard: none, stubble, full or moustache; glasses: none,
        round or square.
    femininity, age, freckles : float
        0 to 1.
    light : float
        Side of the key light: negative from the picture's left.
    build : Build
    """

    skin: Colour
    hair: str
    eye: str
    style: str
    beard: str
    glasses: str
    femininity: float
    age: float
    freckles: float
    light: float
    background: Colour
    cloth: Colour
    build: Build

    @property
    def darkness(self) -> float:
        """0 for the fairest skin, 1 for the darkest."""
        return float(1 - np.clip((np.mean(self.skin) - 60) / 160, 0, 1))

    @property
    def hair_colour(self) -> Floats:
        """RGB 0..255, float32."""
        return np.array(HAIR_COLOURS[self.hair], np.float32)


def draw(seed: int) -> Subject:
    """Draw a person; consecutive seeds spread skin tone, sex and hair style evenly."""
    rng = np.random.default_rng(10_007 + seed)
    tone = (seed * _GOLDEN + 0.21) % 1.0  # golden ratio: any run of seeds covers the range
    femininity = float(rng.uniform(0.62, 1.0) if seed % 2 else rng.uniform(0, 0.38))
    age = float(rng.uniform(0, 1))
    skin = _skin(rng, tone)
    hair = "grey" if age > 0.86 else _pick(rng, _hair_pool(tone))
    eyes = ("dark", "brown") if tone > 0.55 else ("brown", "hazel", "green", "blue", "grey")
    eye = _pick(rng, eyes)
    styles = _style_pool(tone, femininity)
    style = styles[(seed // 2 + int(rng.integers(2))) % len(styles)]
    beards = ("none", "none", "stubble", "full", "moustache")
    beard = "none" if femininity > 0.5 else _pick(rng, beards)
    hue = float(rng.uniform(0, 1))
    build = _build(rng, femininity, tone)
    return Subject(
        skin=skin,
        hair=hair,
        eye=eye,
        style=style,
        beard=beard,
        femininity=femininity,
        age=age,
        build=build,
        freckles=_freckles(rng, tone),
        glasses=_pick(rng, ("none", "none", "none", "round", "square")),
        light=float(rng.choice([-1, 1]) * rng.uniform(0.3, 0.55)),
        background=hsv_colour(hue, rng.uniform(0.08, 0.3), rng.uniform(0.62, 0.86)),
        cloth=hsv_colour(
            (hue + rng.uniform(0.3, 0.7)) % 1, rng.uniform(0.2, 0.55), rng.uniform(0.25, 0.8)
        ),
    )


def _pick(rng: np.random.Generator, pool: tuple[str, ...]) -> str:
    return pool[int(rng.integers(len(pool)))]


def _skin(rng: np.random.Generator, tone: float) -> Colour:
    place = tone**1.15 * (len(SKIN_TONES) - 1)
    first = int(place)
    pair = np.array(SKIN_TONES[first]), np.array(SKIN_TONES[min(first + 1, len(SKIN_TONES) - 1)])
    mixed = pair[0] * (1 - place % 1) + pair[1] * (place % 1)
    shift = [rng.uniform(-0.01, 0.02), rng.uniform(-0.015, 0.015), rng.uniform(-0.04, 0.03)]
    red, green, blue = np.clip(mixed * (1 + np.array(shift)), 0, 255)
    return float(red), float(green), float(blue)


def _hair_pool(tone: float) -> tuple[str, ...]:
    if tone > 0.62:
        return ("black", "dark", "black")
    if tone > 0.36:
        return ("black", "dark", "dark", "brown")
    return ("dark", "brown", "auburn", "ginger", "sand", "blond")


def _style_pool(tone: float, femininity: float) -> tuple[str, ...]:
    if femininity > 0.5:
        fair = ("long", "bob", "bun", "fringe", "long", "curly")
        return fair if tone < 0.7 else ("afro", "bun", "curly", "bob")
    fair = ("short", "sidepart", "buzz", "curly", "short", "bald")
    return fair if tone < 0.7 else ("buzz", "short", "afro")


def _freckles(rng: np.random.Generator, tone: float) -> float:
    return float(rng.uniform(0.3, 1.0)) if tone < 0.35 and rng.uniform(0, 1) < 0.45 else 0.0


def _build(rng: np.random.Generator, femininity: float, tone: float) -> Build:
    """Draw the lengths of a face."""
    male, full = 1 - femininity, float(tone > 0.7)

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    return Build(
        temple=between(77, 83) + 2 * male,
        cheek=between(79, 87) + 2 * male,
        jaw=between(57, 65) + 7 * male,
        jaw_y=between(76, 86),
        chin=between(15, 22) + 9 * male,
        chin_y=between(122, 131) + 4 * male,
        top=between(121, 129),
        eye_x=between(38.5, 42.5),
        eye_w=between(18.6, 21.0) + 0.8 * femininity,
        eye_up=between(6.4, 8.2) + 1.0 * femininity,
        eye_lo=between(4.2, 5.2),
        tilt=between(-0.4, 2.8),
        crease=between(3.4, 6.0),
        brow_y=between(19.5, 22.5) + 1.5 * femininity,
        brow_t=between(4.2, 5.6) + 2.2 * male,
        brow_arch=between(2.0, 4.5) + 1.5 * femininity,
        nose_y=between(46, 55),
        nose_w=between(13, 17.5) + 1.5 * male + 2.5 * full,
        nose_h=between(0.8, 1.15),
        mouth_y=between(80, 87) + male,
        mouth_w=between(27.5, 33.5),
        lip_up=between(5.0, 7.8) + 1.2 * femininity + 1.8 * full,
        lip_lo=between(7.2, 10) + 1.2 * femininity + 1.8 * full,
        smile=between(0.6, 3.2),
    )
