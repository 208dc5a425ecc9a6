"""Draws MM-COF: by itself, its magnitude, and over the apex frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meviewer.motion import colour
from meviewer.motion.colour_tables import GROUNDS
from meviewer.motion.mm_cof import MMCOF
from meviewer.present.bench import ArrowField, Colours, Legend, Parameter, Tile
from meviewer.present.bench_drawing import Drawing
from meviewer.present.bench_values import Reading, Values

Array = NDArray[np.float32]

_NO_BOTH = "MM-COF needs a rise and a fall of at least two frames each"


def mm_cof(d: Drawing) -> Tile:
    """Draw MM-COF on the ground: hue is the direction, strength the magnitude."""
    legend = Legend(Colours.WHEEL, high="M = 1")
    cof = d.found.mm_cof
    if cof is None:
        return d.missing(legend, _NO_BOTH)
    ground = np.broadcast_to(np.array(GROUNDS[d.ground], np.uint8), (*cof.magnitude.shape, 3))
    picture = colour.overlay(ground, _strength(d, cof), cof.angle, 1.0)
    return _shown(d, cof, picture, legend, _said(d))


def mm_cof_magnitude(d: Drawing) -> Tile:
    """Draw the modulated magnitude alone."""
    legend = Legend(Colours.SEQUENTIAL, "0", "1")
    cof = d.found.mm_cof
    if cof is None:
        return d.missing(legend, _NO_BOTH)
    picture = colour.apply(_strength(d, cof), 0, 1, colour.sequential(d.ground))
    return _shown(d, cof, picture, legend, _said(d))


def mm_cof_overlay(d: Drawing) -> Tile:
    """Draw MM-COF over the apex frame, with arrows and a line around what is above tau."""
    legend = Legend(Colours.WHEEL, high="M = 1")
    cof = d.found.mm_cof
    if cof is None:
        return d.missing(legend, _NO_BOTH)
    picture = colour.overlay(
        d.found.apex, _strength(d, cof), cof.angle, d.options.opacity, cof.tau, cof.combined
    )
    said = f"line: τ = {cof.tau:.2f}, longest arrow {d.options.full_px:g} px, {_said(d)}"
    return _shown(d, cof, picture, legend, said, _arrows(d))


def _shown(
    d: Drawing,
    cof: MMCOF,
    picture: NDArray[np.uint8],
    legend: Legend,
    said: str,
    arrows: ArrowField | None = None,
) -> Tile:
    params = cof.params
    values = Values(np.stack((cof.magnitude, cof.angle), axis=-1), Reading.POLAR, "")
    note = f"θ {params.theta1:g} / {params.theta2:g}, {d.method()}"
    flow = {f"flow {name}": value for name, value in d.flow_parameters().items()}
    parameters: dict[str, Parameter] = {**cof.provenance, **flow}
    return d.shown(picture, legend, values, note, parameters, said, arrows)


def _strength(d: Drawing, cof: MMCOF) -> Array:
    sure = list(d.found.significance.values())
    if not d.options.fade or not sure:
        return cof.magnitude
    return np.asarray(cof.magnitude * np.maximum.reduce(sure), np.float32)


def _said(d: Drawing) -> str:
    params = d.found.options.mm_cof
    return "rise − fall" if params.direction == "difference" else "the rise alone"


def _arrows(d: Drawing) -> ArrowField | None:
    """Return the flow whose direction MM-COF shows, where it is long enough to be seen."""
    rise, fall = d.found.rise, d.found.fall
    if rise is None or fall is None:
        return None
    params = d.found.options.mm_cof
    along = rise
    if params.direction == "difference":
        along = np.float32(params.theta1) * rise - np.float32(params.theta2) * fall
    full, spacing = d.options.full_px, d.options.spacing_px
    return ArrowField(colour.arrows(along, spacing, full / 10), full, spacing)
