"""The plot of a bias report as SVG, for reports that no window writes."""

from __future__ import annotations

from xml.sax.saxutils import escape

from meviewer.core.events import Edge
from meviewer.present.bias_plot import BiasPlot, Dot, Lane
from meviewer.present.wording import signed

INK = {Edge.ONSET: "#1577C8", Edge.APEX: "#A06900", Edge.OFFSET: "#8A1552"}
"""Colours of the keyframes in the light theme: told apart by the colour-blind, too."""

_LEAST_LANE_PX, _MOST_LANE_PX, _LANES_PX = 26.0, 72.0, 480.0
_GAP_PX = 14
_LEFT_PX, _RIGHT_PX, _TOP_PX, _FOOT_PX = 190, 24, 16, 58
_TEXT, _FAINT, _GRID = "#23282E", "#5B646E", "#D9DDE2"


def bias_svg(plot: BiasPlot, width: int = 900) -> str:
    """Return the plot as a document of this width in px, on white."""
    return _Drawing(plot, width).document()


class _Drawing:
    def __init__(self, plot: BiasPlot, width: int) -> None:
        self._plot, self._width = plot, width
        room = _LANES_PX / max(len(plot.lanes), 1)
        # Dots of equal shifts need room: few lanes are high ones.
        self._lane_px = min(max(room, _LEAST_LANE_PX), _MOST_LANE_PX)
        self._bottom = _TOP_PX + len(plot.lanes) * self._lane_px + plot.n_groups * _GAP_PX
        self._parts: list[str] = []

    def document(self) -> str:
        height = self._bottom + _FOOT_PX
        self._axis()
        y = _TOP_PX - _GAP_PX / 2
        for lane in self._plot.lanes:
            y += _GAP_PX if lane.first else 0
            self._lane(lane, y + self._lane_px / 2)
            y += self._lane_px
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self._width}" height="{height:g}" '
            f'viewBox="0 0 {self._width} {height:g}" role="img" '
            f'font-family="Inter, sans-serif" font-size="12">\n'
            f"<title>{escape(self._plot.axis)}</title>\n"
            f'<rect width="100%" height="100%" fill="#FFFFFF"/>\n{body}\n</svg>\n'
        )

    def _x(self, ms: float) -> float:
        plot = self._plot
        share = (ms - plot.low) / (plot.high - plot.low)
        return _LEFT_PX + share * (self._width - _LEFT_PX - _RIGHT_PX)

    def _axis(self) -> None:
        for tick in self._plot.ticks:
            ink, wide = (_FAINT, 1.4) if tick == 0 else (_GRID, 1)
            self._line(self._x(tick), _TOP_PX / 2, self._x(tick), self._bottom, ink, wide)
            self._words(self._x(tick), self._bottom + 16, signed(tick), "middle", _FAINT)
        middle = (_LEFT_PX + self._width - _RIGHT_PX) / 2
        self._words(middle, self._bottom + 34, self._plot.axis, "middle", _TEXT)
        self._words(8, self._bottom + 52, self._plot.legend, "start", _FAINT, size=10)

    def _lane(self, lane: Lane, y: float) -> None:
        ink = INK[lane.edge]
        if lane.first:
            self._words(8, y + 4, _cut(lane.group), "start", _TEXT, weight=600)
        self._words(_LEFT_PX - 12, y + 4, lane.edge.value, "end", ink)
        for dot in lane.dots:
            self._dot(dot, y + dot.height * self._lane_px * 0.27, ink)
        if lane.box is not None:
            box = lane.box
            self._line(self._x(box.low), y, self._x(box.q1), y, ink, 1.4)
            self._line(self._x(box.q3), y, self._x(box.high), y, ink, 1.4)
            left, right, half = self._x(box.q1), self._x(box.q3), 0.3 * self._lane_px
            self._parts.append(
                f'<rect x="{left:.1f}" y="{y - half:.1f}" width="{max(right - left, 1):.1f}" '
                f'height="{2 * half:.1f}" fill="{ink}" fill-opacity="0.16" stroke="{ink}"/>'
            )
            self._line(self._x(box.median), y - half, self._x(box.median), y + half, ink, 2.6)
        if lane.interval is not None:
            low, high = (self._x(end) for end in lane.interval)
            below = y + 0.42 * self._lane_px
            self._line(low, below, max(high, low + 1), below, ink, 3)

    def _dot(self, dot: Dot, y: float, ink: str) -> None:
        fill, name = ink if dot.full else "#FFFFFF", escape(dot.words)
        self._parts.append(
            f'<circle cx="{self._x(dot.beside_ms):.1f}" cy="{y:.1f}" r="2.2" fill="{fill}" '
            f'fill-opacity="0.8" stroke="{ink}" stroke-width="0.9"><title>{name}</title></circle>'
        )

    def _line(self, x1: float, y1: float, x2: float, y2: float, ink: str, wide: float) -> None:
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{ink}" stroke-width="{wide}"/>'
        )

    def _words(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str,
        ink: str,
        *,
        size: int = 12,
        weight: int = 400,
    ) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}" '
            f'font-size="{size}" font-weight="{weight}">{escape(text)}</text>'
        )


def _cut(name: str, most: int = 18) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
