"""Draws the pictures of an event as tiles: values in their colours, with their scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from meviewer.motion import colour, difference
from meviewer.motion.colour_tables import Ground
from meviewer.motion.strain import strain
from meviewer.present.bench import GREY, Colours, Legend, Parameter, Tile
from meviewer.present.bench_draw_cof import mm_cof, mm_cof_magnitude, mm_cof_overlay
from meviewer.present.bench_drawing import Drawing, both_signs, short
from meviewer.present.bench_values import Reading, Values
from meviewer.present.bench_views import VIEWS
from meviewer.present.picture_options import PictureOptions
from meviewer.present.picture_set import PictureSet, quick_kind

_THIRDS = np.full(3, 1 / 3, np.float32)
_FRAME_LEGEND = Legend(Colours.GREY, "0", "255", "grey levels")
_NO_PHASE = {
    "rise": "Onset and apex are the same frame: there is no rise to show",
    "fall": "Apex and offset are the same frame: there is no fall to show",
    "whole": "Onset and offset are the same frame: there is nothing to show",
}


def tiles(
    views: Sequence[str],
    found: PictureSet,
    numbers: Sequence[int],
    options: PictureOptions,
    ground: Ground,
) -> tuple[Tile, ...]:
    """Draw these views; parameters as the attributes of `Drawing`.

    A view whose values were not computed says so instead of a picture.
    """
    drawings = [Drawing(VIEWS[name], found, numbers, options, ground) for name in views]
    return tuple(_pool().map(_tile, drawings))  # numpy and OpenCV work outside Python's lock


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "pictures drawn")


def _tile(d: Drawing) -> Tile:
    if not d.view.needs <= d.found.needs:
        return d.missing(Legend(Colours.GREY), "Computing")
    return _DRAW[d.view.family](d)


def _frame(d: Drawing) -> Tile:
    picture = getattr(d.found, d.view.phase)
    values = Values(picture, Reading.LEVELS, "grey levels", 0)
    return d.shown(picture, _FRAME_LEGEND, values, str(d.number(d.view.phase)))


def _mean(d: Drawing) -> Tile:
    number, n = d.number(d.view.phase), d.found.options.average
    mean = d.found.means.get(d.view.phase)
    if mean is None:
        words = "Frames are not averaged: choose more than one frame under Optical flow"
        return d.missing(_FRAME_LEGEND, words, str(number))
    picture = np.clip(np.rint(mean), 0, 255).astype(np.uint8)
    values = Values(mean, Reading.LEVELS, "grey levels", 1)
    return d.shown(picture, _FRAME_LEGEND, values, f"{number}, up to {n} frames", {"average": n})


def _magnified(d: Drawing) -> Tile:
    picture = d.found.magnified
    if picture is None:
        return d.missing(_FRAME_LEGEND, "Comes when the keyframes rest")
    note = f"{d.number('apex')}, ×{d.found.options.magnify:g}, for looking only"
    values = Values(picture, Reading.LEVELS, "grey levels", 0)
    parameters: dict[str, Parameter] = {"factor": d.found.options.magnify, "against": "onset"}
    return d.shown(picture, _FRAME_LEGEND, values, note, parameters)


def _difference(d: Drawing) -> Tile:
    values = Values(d.found.difference, Reading.SIGNED, "grey levels", 1)
    full = d.full(values.array, d.options.scales.difference)
    picture = colour.apply(values.array, -full, full, colour.diverging(d.ground))
    legend = both_signs(
        Colours.DIVERGING, full, d.options.scales.difference, "grey levels", "darker", "brighter"
    )
    return d.shown(picture, legend, values, d.span("rise"))


def _absolute(d: Drawing) -> Tile:
    sizes = difference.absolute(d.found.apex, d.found.onset)
    values = Values(sizes, Reading.SIZE, "grey levels", 1)
    return d.heat(values, d.options.scales.difference, d.span("rise"))


def _flow(d: Drawing) -> Tile:
    flow, scale = d.phase_flow(), d.options.scales.flow
    if flow is None:
        return d.missing(Legend(Colours.WHEEL), _NO_PHASE[d.view.phase])
    values = Values(flow, Reading.VECTOR, "px")
    full = d.full(colour.polar(flow)[0], scale)
    drawn = d.faded(flow)
    legend = Legend(Colours.WHEEL, high=short(full), unit="px", auto=scale.auto)
    return d.shown(
        colour.flow_picture(drawn, full, d.ground),
        legend,
        values,
        d.flow_note(),
        d.flow_parameters(),
        d.flow_said(),
    )


def _strain(d: Drawing) -> Tile:
    flow = d.phase_flow()
    if flow is None:
        return d.missing(Legend(Colours.SEQUENTIAL), _NO_PHASE[d.view.phase])
    size = strain(flow)
    values = Values(size, Reading.SIZE, "px/px", 3)
    return d.heat(
        values,
        d.options.scales.strain,
        d.flow_note(),
        d.flow_parameters(),
        d.flow_said(),
        drawn=d.faded(size),
    )


def _significance(d: Drawing) -> Tile:
    legend = Legend(Colours.SEQUENTIAL, "0", "1", "", "noise", "motion")
    if d.phase_flow() is None:
        return d.missing(legend, _NO_PHASE[d.view.phase])
    sure = d.found.significance.get(d.view.phase)
    if sure is None:
        return d.missing(legend, "Comes when the keyframes rest")
    picture = colour.apply(sure, 0, 1, colour.sequential(d.ground))
    values = Values(sure, Reading.SIZE, "", 2)
    return d.shown(picture, legend, values, d.flow_note(), d.flow_parameters())


def _dynamic(d: Drawing) -> Tile:
    kind = d.view.kind or d.found.options.dynamic
    shown = quick_kind(kind, final=d.found.final)
    keys, phase = d.found.keyframes, d.view.phase
    span = {"rise": keys.rise, "fall": keys.fall}.get(phase, keys.span)
    note = f"{len(span)} frames, {shown}{'' if shown == kind else ' for now'}"
    image = d.found.images.get((kind, phase))
    if image is None:
        return d.missing(Legend(Colours.GREY), _NO_PHASE[phase], note)
    # As a product: the mean over a short last axis takes five times as long.
    grey = image @ _THIRDS if image.ndim == 3 else image
    values = Values(grey, Reading.SIGNED, "weighted grey levels", 0)
    scale = d.options.scales.dynamic
    # One scale for both signs, so that no change is middle grey; the rarest half per cent may
    # clip. A still face that stays visible is taken from its mean.
    base = float(grey.mean()) if shown == "learnet" else 0.0
    full = d.full(grey - base, scale)
    legend = both_signs(Colours.GREY, full, scale, "", "earlier", "later", base)
    picture = colour.apply(grey, base - full, base + full, GREY)
    return d.shown(picture, legend, values, note, {"kind": shown, "frames": len(span)})


_DRAW: Mapping[str, Callable[[Drawing], Tile]] = {
    "frame": _frame,
    "mean": _mean,
    "magnified": _magnified,
    "difference": _difference,
    "absolute": _absolute,
    "flow": _flow,
    "strain": _strain,
    "significance": _significance,
    "dynamic": _dynamic,
    "mm-cof": mm_cof,
    "mm-cof-overlay": mm_cof_overlay,
    "mm-cof-magnitude": mm_cof_magnitude,
}
