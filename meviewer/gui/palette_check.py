"""Whether a palette can be read: contrast of each ink on its surfaces, what is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from meviewer.gui.colour_math import VISION, contrast, seen_distance
from meviewer.gui.palette import Palette

# Ink, the surfaces it is used on, least ratio (WCAG 2.2: 1.4.3 text 4.5, 1.4.11 graphics 3).
RULES: tuple[tuple[str, tuple[str, ...], float], ...] = (
    (
        "text",
        ("window", "panel", "plot", "field", "raised", "hover", "pressed", "selected"),
        7.0,
    ),
    ("text_2", ("window", "panel", "plot", "raised", "hover", "selected"), 4.5),
    ("text_3", ("window", "panel", "plot", "field", "raised"), 4.5),
    ("on_accent", ("accent", "accent_hover"), 4.5),
    ("accent", ("panel", "window", "raised"), 4.5),
    ("ok", ("panel", "raised", "selected"), 4.5),
    ("warn", ("panel", "raised", "selected"), 4.5),
    ("error", ("panel", "raised", "selected"), 4.5),
    ("line_control", ("panel", "window", "field"), 3.0),
    ("onset", ("plot", "panel"), 3.0),
    ("apex", ("plot", "panel"), 3.0),
    ("offset", ("plot", "panel"), 3.0),
    ("on_mark", ("onset", "apex", "offset"), 4.5),
    # Also ink: "you" beside the lane.
    *((f"coder_{letter}", ("plot", "panel"), 4.5) for letter in "abcdefgh"),
    ("gamdss", ("plot", "panel", "hover"), 4.5),  # also ink: suggested numbers, accept buttons
    ("prediction", ("plot", "panel"), 3.0),
    ("curve", ("plot",), 4.5),
    ("curve_2", ("plot",), 3.0),
)
KEYFRAMES = ("onset", "apex", "offset")
CODERS = tuple(f"coder_{letter}" for letter in "abcdefgh")
LEAST_DISTANCE = 0.15
# Coders stand in lanes of their own with their names: colour helps, and need not do all.
LEAST_BETWEEN_CODERS = {"normal": 0.1, "protan": 0.06, "deutan": 0.06, "tritan": 0.06}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours that have to differ: by name, with what was measured and what is needed."""

    one: str
    other: str
    measure: str
    value: float
    least: float

    @property
    def fails(self) -> bool:
        """Whether they differ too little."""
        return self.value < self.least

    def __str__(self) -> str:
        return f"{self.one} on {self.other}, {self.measure}: {self.value:.2f} (>= {self.least})"


def contrasts(palette: Palette) -> tuple[Pair, ...]:
    """Measure the contrast ratio of every ink on every surface that it is used on."""
    return tuple(
        Pair(ink, surface, "contrast", _ratio(palette, ink, surface), least)
        for ink, surfaces, least in RULES
        for surface in surfaces
    )


def distances(palette: Palette) -> tuple[Pair, ...]:
    """Measure how far apart keyframes look, and coders, for each kind of colour vision."""
    return tuple(
        Pair(
            one,
            other,
            vision,
            seen_distance(getattr(palette, one), getattr(palette, other), vision),
            least[vision],
        )
        for roles, least in (
            (KEYFRAMES, dict.fromkeys(VISION, LEAST_DISTANCE)),
            (CODERS, LEAST_BETWEEN_CODERS),
        )
        for vision in VISION
        for one, other in combinations(roles, 2)
    )


def faults(palette: Palette) -> tuple[Pair, ...]:
    """Return every pair that differs too little; none means that the palette is good."""
    return tuple(pair for pair in (*contrasts(palette), *distances(palette)) if pair.fails)


def _ratio(palette: Palette, ink: str, surface: str) -> float:
    return contrast(getattr(palette, ink), getattr(palette, surface))
