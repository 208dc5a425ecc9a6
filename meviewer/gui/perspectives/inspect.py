"""Inspect: the bench of pictures, the pairwise surface beside it, the timeline below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from meviewer.gui.context import Context
from meviewer.gui.panels.bench import BenchPanel
from meviewer.gui.panels.search import SearchPanel
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.widgets.arranging import GAP_PX, split


class InspectPerspective(QSplitter):
    """The researcher's bench."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.bench = BenchPanel(context)
        self.timeline = TimelinePanel(context)
        self.search = SearchPanel(context)
        middle = split(Qt.Orientation.Vertical, (self.bench, self.timeline), (640, 260), stretch=0)
        middle.setObjectName("inspect-middle")
        self.setObjectName("inspect")
        self.setHandleWidth(GAP_PX)
        self.setChildrenCollapsible(False)
        for part in (middle, self.search):
            self.addWidget(part)
        self.setStretchFactor(0, 1)
        self.setSizes([1080, 380])
