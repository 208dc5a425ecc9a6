"""The stores of one window, made once and handed to every panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from meviewer.gui.actions import Actions
from meviewer.gui.editor import Editor
from meviewer.gui.running.background import Background
from meviewer.gui.stores.adjudication import Adjudication
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.comparator import Comparator
from meviewer.gui.stores.estimate import EstimateStore
from meviewer.gui.stores.face import FaceStore
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.label_worth import LabelWorth
from meviewer.gui.stores.magnification import Magnification
from meviewer.gui.stores.pictures import Pictures
from meviewer.gui.stores.playhead import Playhead
from meviewer.gui.stores.preferences import Preferences
from meviewer.gui.stores.region_curves import RegionCurves
from meviewer.gui.stores.review import ReviewQueue
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.series import SeriesStore
from meviewer.gui.stores.shift_watch import ShiftWatch
from meviewer.gui.stores.what_if import WhatIf
from meviewer.gui.stores.what_if_run import WhatIfRun
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that panels share; they know no more of one another."""

    theme: Theme
    background: Background
    workspace: Workspace
    playhead: Playhead
    selection: Selection
    analysis: Analysis
    estimate: EstimateStore
    pictures: Pictures
    editor: Editor
    actions: Actions
    jobs: JobQueue
    series: SeriesStore
    shifts: ShiftWatch
    magnification: Magnification
    face: FaceStore
    regions: RegionCurves
    preferences: Preferences
    review: ReviewQueue
    adjudication: Adjudication
    comparator: Comparator
    what_if: WhatIf


def make_context(
    theme: Theme, window: QWidget, coder: str, kept: Mapping[str, str] | None = None
) -> Context:
    """Make the stores; they live as long as the window, and ``kept`` is of the last one."""
    preferences = Preferences(kept or {}, window)
    background = Background(window)
    workspace = Workspace(background, coder, window)
    playhead = Playhead(window)
    selection = Selection(window)
    analysis = Analysis(workspace, selection, background, window)
    face = FaceStore(workspace, background, window)
    face.changed.connect(lambda: analysis.set_masks(face.masks()))
    pictures = Pictures(workspace, selection, analysis, background, preferences, window)
    estimate = EstimateStore(workspace, selection, analysis, background, preferences, window)
    face.changed.connect(lambda: estimate.set_masks(face.masks()))
    LabelWorth(workspace, background, estimate, window)
    editor = Editor(workspace, playhead, selection, analysis, window, estimate=estimate)
    actions = Actions(window)
    jobs = JobQueue(window)
    asked = WhatIfRun(workspace, jobs, background, preferences, window)
    return Context(
        theme,
        background,
        workspace,
        playhead,
        selection,
        analysis,
        estimate,
        pictures,
        editor,
        actions,
        jobs,
        SeriesStore(workspace, background, window),
        ShiftWatch(workspace, background, window),
        Magnification(workspace, selection, background, window),
        face,
        RegionCurves(analysis, face, background, window),
        preferences,
        ReviewQueue(workspace, selection, background, window),
        Adjudication(workspace, playhead, selection, window),
        Comparator(workspace, selection, background, window),
        WhatIf(asked, workspace, selection, analysis, estimate, window),
    )
