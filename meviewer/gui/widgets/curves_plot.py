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
_MIN_HEIGHT_PX = 136  # below this the names at the ends of the curves would overlap
_ROOMY_PX = 150  # below this the axis has its numbers only
_TICK_PX = 44  # from one number of the axis to the next, at least
_NAME_PX = 16  # height of a name with the ground under it
_GAP_PX = 5  # between a curve and its name
_GROUND = 0.8  # opacity of the ground under a name that stands on another curve


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

    @property
    def plots(self) -> tuple[Plot, ...]:
        """What is drawn."""
        return self._plots

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
        items = [box.addPlot(0, at) for at in range(n_plots)]
        for item in items:
            # pyqtgraph's menu, which nobody sees here, would otherwise outlive its plot.
            item.ctrlMenu.setParent(box, item.ctrlMenu.windowFlags())
        self._axes = [_Axes(item, self._theme) for item in items]
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
        self._plot: Plot | None = None
        item.setMouseEnabled(x=False, y=False)
        item.vb.sigResized.connect(self._replace)

    def fill(self, plot: Plot) -> None:
        self._plot = plot
        self._theme.style_plot(self._item, plot.left, plot.bottom)
        self._item.setYRange(0, float(plot.y_max), padding=0.02)
        self._make(len(plot.lines))
        for at, (curve, name) in enumerate(zip(self._curves, self._names, strict=True)):
            shown = at < len(plot.lines) and bool(plot.lines[at].x)
            curve.setVisible(shown)
            name.setVisible(shown)
            if shown:
                self._draw(plot.lines[at], curve, name)
        self.n_points = sum(len(line.x) for line in plot.lines)
        self._replace()

    def _replace(self) -> None:
        """Put the names at the ends of their curves, with room for them right of the last point."""
        plot, width, height = self._plot, self._item.vb.width(), self._item.vb.height()
        if plot is None or width < 1 or height < 1:
            return
        widest = max((name.boundingRect().width() for name in self._shown()), default=0.0)
        share = min((widest + _GAP_PX) / width, 0.6)
        right = float(plot.x_max) / (1 - share)
        self._item.setXRange(0, right, padding=0.0)
        roomy = self._item.height() >= _ROOMY_PX
        unit = "" if roomy else f"{plot.bottom} "
        axis = self._item.getAxis("bottom")
        axis.setTicks([_ticks(plot.x_max, width * (1 - share), unit)])
        axis.showLabel(roomy)
        gap_x = _GAP_PX * right / width
        least = _NAME_PX * 1.08 * plot.y_max / height
        placed = _apart([(line.x[-1], line.y[-1]) for line in plot.lines if line.x], gap_x, least)
        for name, (x, y) in zip(self._shown(), placed, strict=True):
            name.setPos(x, y)

    def _shown(self) -> list[pyqtgraph.TextItem]:
        return [name for name in self._names if name.isVisible()]

    def _make(self, n_lines: int) -> None:
        import pyqtgraph

        while len(self._curves) < n_lines:
            name = pyqtgraph.TextItem("", anchor=(0, 0.5))
            self._item.addItem(name, ignoreBounds=True)
            self._curves.append(self._item.plot(antialias=True))
            self._names.append(name)

    def _draw(self, line: Line, curve: pyqtgraph.PlotDataItem, name: pyqtgraph.TextItem) -> None:
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
        name.fill = pyqtgraph.mkBrush(self._theme.colour("plot", _GROUND))


def _ink(role: str) -> str:
    """Curve colours reach 3:1 only; the names beside them need the contrast of text."""
    return {"curve": "text_2", "curve_2": "text_3"}.get(role, role)


def _apart(
    ends: list[tuple[float, float]], gap_x: float, least: float
) -> list[tuple[float, float]]:
    """Return where names go: right of their ends, those at one x moved apart upwards."""
    placed = dict[int, tuple[float, float]]()
    last: dict[float, float] = {}
    for at in sorted(range(len(ends)), key=lambda at: ends[at][1]):
        x, y = ends[at]
        y = max(y, last[x] + least) if x in last else y
        last[x] = y
        placed[at] = (x + gap_x, y)
    return [placed[at] for at in range(len(ends))]


def _ticks(x_max: float, width_px: float, unit: str = "") -> list[tuple[float, str]]:
    """Return round numbers up to the end of the data: the axis goes on for the names alone.

    What they count stands before the last one, where there is no room for it below.
    """
    most = max(width_px / _TICK_PX, 1.0)
    steps = (s * 10**k for k in range(6) for s in (1, 2, 5))
    step = next(step for step in steps if x_max / step <= most)
    found = [(float(at), str(at)) for at in range(0, int(x_max) + 1, step)]
    return [*found[:-1], (found[-1][0], f"{unit}{found[-1][1]}")]


def _in_words(plot: Plot) -> str:
    ends = [f"{line.name} {line.y[-1]:.3g}" for line in plot.lines if line.y]
    return f"{plot.left}: {', '.join(ends) or 'no values yet'}"
