"""Annotate: clips on the left, frame in the middle, timeline below, inspector on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from meviewer.gui.context import Context
from meviewer.gui.panels.clips import ClipsPanel
from meviewer.gui.panels.frame import FramePanel
from meviewer.gui.panels.inspector import InspectorPanel
from meviewer.gui.panels.shift_notice import ShiftNoticePanel
from meviewer.gui.panels.timeline import TimelinePanel
from meviewer.gui.panels.what_if import WhatIfPanel
from meviewer.gui.widgets.arranging import GAP_PX, split
from meviewer.gui.widgets.layout import boxed, column


class AnnotatePerspective(QSplitter):
    """The annotator's bench."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.clips = ClipsPanel(context)
        self.frame_panel = FramePanel(context)
        self.shift_notice = ShiftNoticePanel(context)
        self.timeline = TimelinePanel(context)
        self.inspector = InspectorPanel(context)
        self.what_if = WhatIfPanel(context)
        centre = boxed(column(self.shift_notice, (self.frame_panel, 1), spacing=0))
        above = split(Qt.Orientation.Horizontal, (self.clips, centre), (264, 816), stretch=1)
        middle = split(Qt.Orientation.Vertical, (above, self.timeline), (600, 310), stretch=0)
        middle.setObjectName("annotate-middle")
        above.setObjectName("annotate-above")
        self.setObjectName("annotate")
        self.setHandleWidth(GAP_PX)
        self.setChildrenCollapsible(False)
        right = boxed(column((self.inspector, 1), self.what_if, spacing=GAP_PX))
        for part in (middle, right):
            self.addWidget(part)
        self.setStretchFactor(0, 1)
        self.setSizes([1080, 360])
