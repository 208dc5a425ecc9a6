"""Training curves side by side: the plots are built once, when first needed, and refilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.gui.theme import Theme, Type
from meviewer.present.training_views import Line, Plot

if TYPE_CHECKING:
    import pyqtgraph

_WIDTH_PX = 1.8
_MIN_HEIGHT_PX = 150  # below this the names at the ends of the curves would overlap
_ROOM_FOR_NAMES = 1.28  # the axis goes on to the right of the last point: the names stand there
_LEAST_GAP = 0.085  # of the axis, between two names


class CurvesPlot(QWidget):
    """Axes side by side, each with a few curves that carry their names at their ends.

    pyqtgraph takes a moment to import: it is loaded with the first values that are shown.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plots: tuple[Plot, ...] = ()
        self._box: pyqtgraph.GraphicsLayoutWidget | None = None
        self._axes: list[_Axes] = []
        self.setMinimumHeight(_MIN_HEIGHT_PX)
        self.setAccessibleName("Training curves")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        theme.changed.connect(self._restyle)

    @property
    def n_points(self) -> tuple[int, ...]:
        """Points drawn in each axes."""
        return tuple(axes.n_points for axes in self._axes)

    def show_plots(self, plots: tuple[Plot, ...]) -> None:
        """Draw these plots; their number stays the same once it is known."""
        if plots == self._plots:
            return
        if self._box is None:
            self._build(len(plots))
        self._plots = plots
        for axes, plot in zip(self._axes, plots, strict=True):
            axes.fill(plot)
        self.setAccessibleDescription("; ".join(map(_in_words, plots)))

    def _build(self, n_plots: int) -> None:
        import pyqtgraph

        box = pyqtgraph.GraphicsLayoutWidget()
        box.ci.layout.setSpacing(12)
        box.ci.layout.setContentsMargins(8, 6, 14, 4)
        self._axes = [_Axes(box.addPlot(0, at), self._theme) for at in range(n_plots)]
        self._box = box
        self._layout.addWidget(box)
        self._restyle()

    def _restyle(self) -> None:
        if self._box is None:
            return
        self._box.setBackground(self._theme.colour("plot"))
        for axes, plot in zip(self._axes, self._plots, strict=False):
            axes.fill(plot)


class _Axes:
    """One pair of axes with as many curves as were ever needed; the others are hidden."""

    def __init__(self, item: pyqtgraph.PlotItem, theme: Theme) -> None:
        self._item, self._theme = item, theme
        self._curves: list[pyqtgraph.PlotDataItem] = []
        self._names: list[pyqtgraph.TextItem] = []
        self.n_points = 0
        item.setMouseEnabled(x=False, y=False)

    def fill(self, plot: Plot) -> None:
        self._theme.style_plot(self._item, plot.left, plot.bottom)
        self._item.setXRange(0, float(plot.x_max) * _ROOM_FOR_NAMES, padding=0.0)
        self._item.setYRange(0, float(plot.y_max), padding=0.02)
        self._make(len(plot.lines))
        heights = _apart([line.y[-1] if line.y else 0.0 for line in plot.lines], plot.y_max)
        for at, (curve, name) in enumerate(zip(self._curves, self._names, strict=True)):
            shown = at < len(plot.lines) and bool(plot.lines[at].x)
            curve.setVisible(shown)
            name.setVisible(shown)
            if shown:
                self._draw(plot.lines[at], curve, name, heights[at], plot.x_max)
        self.n_points = sum(len(line.x) for line in plot.lines)

    def _make(self, n_lines: int) -> None:
        import pyqtgraph

        while len(self._curves) < n_lines:
            name = pyqtgraph.TextItem("", anchor=(0, 0.5))
            self._item.addItem(name, ignoreBounds=True)
            self._curves.append(self._item.plot())
            self._names.append(name)

    def _draw(
        self,
        line: Line,
        curve: pyqtgraph.PlotDataItem,
        name: pyqtgraph.TextItem,
        height: float,
        x_max: float,
    ) -> None:
        import pyqtgraph

        style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
        pen = pyqtgraph.mkPen(self._theme.colour(line.role), width=_WIDTH_PX, style=style)
        # One point is no line: it is shown as a dot.
        lone = len(line.x) == 1
        curve.setData(list(line.x), list(line.y), pen=pen, symbol="o" if lone else None)
        if lone:
            curve.setSymbolSize(5)
            curve.setSymbolBrush(self._theme.colour(line.role))
            curve.setSymbolPen(None)
        name.setText(line.name, color=self._theme.colour(_ink(line.role)))
        name.setFont(self._theme.font(Type.caption, Type.medium))
        name.setPos(float(line.x[-1]) + 0.012 * x_max, height)


def _ink(role: str) -> str:
    """Curve colours reach 3:1 only; the names beside them need the contrast of text."""
    return {"curve": "text_2", "curve_2": "text_3"}.get(role, role)


def _apart(heights: list[float], y_max: float) -> list[float]:
    """Move names that would overlap apart, upwards, and keep their order."""
    gap = _LEAST_GAP * y_max * 1.6
    placed = dict[int, float]()
    last = -gap
    for at in sorted(range(len(heights)), key=lambda at: heights[at]):
        last = max(heights[at], last + gap)
        placed[at] = last
    return [placed[at] for at in range(len(heights))]


def _in_words(plot: Plot) -> str:
    ends = [f"{line.name} {line.y[-1]:.3g}" for line in plot.lines if line.y]
    return f"{plot.left}: {', '.join(ends) or 'no values yet'}"
