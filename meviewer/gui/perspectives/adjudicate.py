"""Adjudicate: the frame, the timeline with 1 and 2 in lanes, and the decision on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from meviewer.gui.context import Context
from meviewer.gui.panels.adjudicate import AdjudicatePanel
from meviewer.gui.panels.frame import FramePanel
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.widgets.arranging import GAP_PX, split


class AdjudicatePerspective(QSplitter):
    """The third person's bench: neither list nor inspector, as these name coders."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.frame_panel = FramePanel(context)
        self.timeline = TimelinePanel(context)
        self.panel = AdjudicatePanel(context)
        middle = split(
            Qt.Orientation.Vertical, (self.frame_panel, self.timeline), (560, 320), stretch=0
        )
        middle.setObjectName("adjudicate-middle")
        self.setObjectName("adjudicate")
        self.setHandleWidth(GAP_PX)
        self.setChildrenCollapsible(False)
        for part in (middle, self.panel):
            self.addWidget(part)
        self.setStretchFactor(0, 1)
        self.setSizes([1040, 400])
