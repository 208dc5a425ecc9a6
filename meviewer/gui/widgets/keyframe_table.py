"""Manual keyframes beside suggested ones: a row each, with shift in frames over milliseconds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from meviewer.core.events import Edge
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import IconButton, tool
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.marks import Mark, Meter
from meviewer.gui.widgets.styling import restyle, rule
from meviewer.present.inspector import InspectorState

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HEADS = ("Keyframe", "Manual", "Suggested", "Shift", "")


class KeyframeTable(QWidget):
    """Three rows, one a keyframe.

    Signals
    -------
    accepted(Edge)
        Take the suggestion of this keyframe over.
    chosen(Edge)
        The name of this keyframe was clicked.
    """

    accepted = Signal(object)
    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Keyframes by hand and as suggested")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.l)
        grid.setVerticalSpacing(Space.hair)
        grid.setColumnStretch(0, 1)
        for at, text in enumerate(_HEADS):
            align = None if at == 0 else _RIGHT
            grid.addWidget(label(text, "caption", align=align), 0, at)
        self._rows = {edge: _Row(theme, edge, self) for edge in Edge}
        for at, (edge, parts) in enumerate(self._rows.items()):
            grid.addWidget(rule(), 1 + 2 * at, 0, 1, len(_HEADS))
            parts.place(grid, 2 + 2 * at)
            parts.accept.clicked.connect(lambda _=False, e=edge: self.accepted.emit(e))
            parts.name.clicked.connect(lambda _=False, e=edge: self.chosen.emit(e))
        self._gain = label("", "second")
        self._confidence = label("", "second", align=_RIGHT)
        self._meter = Meter(theme, 0.0, "gamdss", width=56)
        evidence = row(
            label("Gain", "caption"),
            self._gain,
            None,
            label("Confidence", "caption"),
            self._confidence,
            self._meter,
        )
        grid.addWidget(rule(), 8, 0, 1, len(_HEADS))
        grid.addWidget(boxed(evidence), 9, 0, 1, len(_HEADS))

    def show_state(self, state: InspectorState, selected: Edge, *, enabled: bool) -> None:
        """Show one event; ``enabled`` is False when its suggestion was refused."""
        for line in state.rows:
            parts = self._rows[line.edge]
            parts.manual.setText(line.manual)
            parts.suggested.setText(line.suggested)
            parts.shift.setText(line.shift_frames)
            parts.shift_ms.setText(line.shift_ms)
            parts.shift_ms.setVisible(bool(line.shift_ms))
            parts.accept.setVisible(line.differs)
            parts.accept.setEnabled(enabled)
            parts.name.setChecked(line.edge is selected)
        self._gain.setText(state.gain or "–")
        known = state.confidence is not None
        self._confidence.setText(f"{state.confidence:.2f}" if known else "–")
        self._meter.set_share(state.confidence or 0.0)


class _Row:
    """The widgets of one keyframe."""

    def __init__(self, theme: Theme, edge: Edge, table: QWidget) -> None:
        self.mark = Mark(theme, edge.value, 10)
        self.name: IconButton = tool(
            theme, text=edge.value.capitalize(), tip=f"Select the {edge.value}", checked=False
        )
        self.manual = label("", align=_RIGHT)
        self.suggested = label("", "strong", "gamdss", align=_RIGHT)
        self.shift: QLabel = label("", "strong", align=_RIGHT)
        self.shift_ms = label("", "caption", align=_RIGHT)
        self.accept = tool(theme, "accept", tip=f"Accept the {edge.value}", role="gamdss")
        # The column keeps its width when there is nothing to accept.
        policy = self.accept.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.accept.setSizePolicy(policy)
        restyle(self.name, kind="chip")

    def place(self, grid: QGridLayout, line: int) -> None:
        """Put the widgets into a line of the grid."""
        grid.addWidget(boxed(row(self.mark, self.name, None, spacing=Space.xs)), line, 0)
        grid.addWidget(self.manual, line, 1)
        grid.addWidget(self.suggested, line, 2)
        grid.addWidget(boxed(column(self.shift, self.shift_ms, spacing=0)), line, 3)
        grid.addWidget(self.accept, line, 4)
