"""The words of a legend, as many as there is room for: what counts is never cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meviewer.present.bench import Colours, Legend

GAP_PX = 6
LEAST_BAR_PX, SHORTEST_BAR_PX = 36, 20
WHEEL_PX = 18

_UNITS = {"grey levels": "levels"}


@dataclass(frozen=True, slots=True)
class LegendWords:
    """What stands in a legend.

    Attributes
    ----------
    left, right : str
        At the ends of the bar; of a wheel, ``right`` stands beside it.
    said : str
        At the far right.
    bar_px : int
        Width of the bar or the wheel.
    """

    left: str
    right: str
    said: str
    bar_px: int


def fitted(
    legend: Legend, said: str, reading: str, room_px: int, measure: Callable[[str], int]
) -> LegendWords:
    """Return the fullest words that fit.

    Parameters
    ----------
    legend : Legend
    said : str
        What was done to the values: the first to go.
    reading : str
        Value under the pointer or figures of the region: it stays, the words of the scale go.
    room_px : int
    measure : callable
        Width of a text in px.
    """
    wheel = legend.colours is Colours.WHEEL
    least = WHEEL_PX if wheel else SHORTEST_BAR_PX if reading else LEAST_BAR_PX
    words = LegendWords("", "", "", least)
    for left, right, far in _choices(legend, said, reading):
        texts = [text for text in (left, right, far) if text]
        used = sum(measure(text) + GAP_PX for text in texts)
        words = LegendWords(left, right, far, WHEEL_PX if wheel else room_px - used)
        if used + least <= room_px:
            return words
    return LegendWords(words.left, words.right, words.said, max(words.bar_px, 0))


def _choices(legend: Legend, said: str, reading: str) -> Iterator[tuple[str, str, str]]:
    """Give words from full to scarce."""
    auto = "auto" if legend.auto else ""
    full, number = _joined(legend.high, legend.unit, auto), _joined(legend.high, "", auto)
    if legend.colours is Colours.WHEEL:
        word = f"full colour: {full}" if legend.unit else f"{full} {legend.high_word}"
        fars = (reading,) if reading else (said, _first(said), "")
        yield from (("", text, far) for far in fars for text in (word.strip(), full))
        yield "", full, reading
        if reading:
            yield "", "", reading
        return
    if not reading:
        if said:
            yield legend.low, full, said
            yield legend.low, full, _first(said)
        yield f"{legend.low} {legend.low_word}".strip(), f"{legend.high_word} {full}".strip(), ""
        yield legend.low, full, ""
        yield legend.low, _joined(legend.high, _UNITS.get(legend.unit, legend.unit), auto), ""
        yield legend.low, number, ""
        return
    yield legend.low, full, reading
    yield legend.low, number, reading
    yield "", "", reading


def _joined(number: str, unit: str, auto: str) -> str:
    return ", ".join(part for part in (f"{number} {unit}".strip(), auto) if part)


def _first(said: str) -> str:
    return said.partition(", ")[0]
