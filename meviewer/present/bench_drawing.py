"""What drawing any tile needs: its view, the values, and how they are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.motion import colour
from meviewer.motion.colour_tables import Ground
from meviewer.motion.flow_params import provenance
from meviewer.motion.quantiles import quantile_of_sizes
from meviewer.present import wording
from meviewer.present.bench import ArrowField, Colours, Legend, Parameter, Tile
from meviewer.present.bench_info import INFO
from meviewer.present.bench_values import Values
from meviewer.present.bench_views import RISE, View
from meviewer.present.picture_options import PictureOptions, Scale
from meviewer.present.picture_set import PictureSet

Array = NDArray[np.float32]

METHODS: Mapping[str, str] = {
    "tvl1": "TV-L1",
    "dis": "DIS",
    "farneback": "Farneback",
    "deepflow": "DeepFlow",
}
"""Names of the flow methods as they are written."""

_SHARE = 0.995


@dataclass(frozen=True, slots=True)
class Drawing:
    """One view of the pictures of an event, about to be drawn.

    Attributes
    ----------
    view : View
    found : PictureSet
    numbers : sequence of int
        The data set's numbers of the frames.
    options : PictureOptions
        For the scales; how values were computed is said by ``found``.
    ground : {"dark", "light"}
    """

    view: View
    found: PictureSet
    numbers: Sequence[int]
    options: PictureOptions
    ground: Ground

    def phase_flow(self) -> Array | None:
        """Return the flow of the phase of this view, (H, W, 2) px."""
        return self.found.rise if self.view.phase == RISE else self.found.fall

    def faded(self, values: Array) -> Array:
        """Return values weaker where the flow is not significant, if that is wished."""
        sure = self.found.significance.get(self.view.phase)
        if not self.options.fade or sure is None:
            return values
        return np.asarray(values * (sure[..., None] if values.ndim == 3 else sure), np.float32)

    def method(self) -> str:
        """Return the name of the flow method that was used."""
        return METHODS.get(self.found.method, self.found.method)

    def flow_note(self) -> str:
        """Return frames and method in words."""
        return f"{self.span(self.view.phase)}, {self.method()}"

    def flow_said(self) -> str:
        """Return what else was done to the flow."""
        options = self.found.options
        said = ["head kept" if options.head == "kept" else "head removed"]
        if options.average > 1:
            said.append(f"mean of {options.average}")
        if self.options.fade and self.view.phase in self.found.significance:
            said.append("noise faded")
        return ", ".join(said)

    def flow_parameters(self) -> dict[str, Parameter]:
        """Return everything the flow was computed with."""
        options = self.found.options
        chosen = dict(provenance(self.found.flow_params))
        return {**chosen, "average": options.average, "head": options.head}

    def heat(
        self,
        values: Values,
        scale: Scale,
        note: str,
        parameters: Mapping[str, Parameter] | None = None,
        said: str = "",
        drawn: Array | None = None,
    ) -> Tile:
        """Return values that are not negative, from the ground up; ``drawn`` may be fainter."""
        full = self.full(values.array, scale)
        table = colour.sequential(self.ground)
        picture = colour.apply(values.array if drawn is None else drawn, 0, full, table)
        legend = Legend(Colours.SEQUENTIAL, "0", short(full), values.unit, auto=scale.auto)
        return self.shown(picture, legend, values, note, parameters, said)

    def full(self, values: NDArray[np.floating] | NDArray[np.uint8], scale: Scale) -> float:
        """Return the value of the last colour."""
        if not scale.auto:
            return scale.full
        return max(float(quantile_of_sizes(values, _SHARE)), 1e-6)

    def number(self, key: str) -> int:
        """Return the data set's number of a keyframe."""
        return wording.frame_number(getattr(self.found.keyframes, key), self.numbers)

    def span(self, phase: str) -> str:
        """Return the numbers of both ends of a phase in words."""
        ends = ("apex", "offset") if phase == "fall" else ("onset", "apex")
        return " → ".join(str(self.number(key)) for key in ends)

    def shown(
        self,
        picture: NDArray[np.uint8],
        legend: Legend,
        values: Values,
        note: str,
        parameters: Mapping[str, Parameter] | None = None,
        said: str = "",
        arrows: ArrowField | None = None,
    ) -> Tile:
        """Return a tile with its picture; keyframes and version are added to the parameters."""
        keys = {key: self.number(key) for key in ("onset", "apex", "offset")}
        about: dict[str, Parameter] = {**keys, **(parameters or {}), "meviewer": __version__}
        return Tile(
            self.view.name,
            self.view.title,
            note,
            INFO[self.view.family].source,
            picture,
            legend,
            said,
            values,
            arrows,
            about,
            short=self.view.short,
        )

    def missing(self, legend: Legend, why: str, note: str = "") -> Tile:
        """Return a tile without a picture, which says why."""
        source = INFO[self.view.family].source
        view = self.view
        return Tile(
            view.name, view.title, note, source, None, legend, missing=why, short=view.short
        )


def both_signs(
    colours: Colours,
    full: float,
    scale: Scale,
    unit: str,
    low_word: str,
    high_word: str,
    base: float = 0.0,
) -> Legend:
    """Return the legend of a scale around ``base``."""
    low, high = (
        (f"−{short(full)}", f"+{short(full)}")
        if base == 0
        else (short(base - full), short(base + full))
    )
    return Legend(colours, low, high, unit, low_word, high_word, scale.auto)


def short(value: float) -> str:
    """Return a number with three digits that say something."""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")
