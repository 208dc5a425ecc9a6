"""What the labels of the coder at work are worth, told to our estimate behind the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from meviewer.gui.running.background import Background
from meviewer.gui.stores.estimate import EstimateStore
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion.estimate import USUAL_SD_MS
from meviewer.present.label_worth import worth_in

_SLOT = "label worth"


class LabelWorth(QObject):
    """Asks once for each coder and data set how far double labels lie apart."""

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        estimate: EstimateStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background, self._estimate = workspace, background, estimate
        self._asked: tuple[Path, str, str] | None = None
        workspace.session_changed.connect(self._ask)
        estimate.changed.connect(self._ask)  # it may have been switched on

    def _ask(self) -> None:
        project, session = self._workspace.project, self._workspace.session
        if project is None or session is None or not self._estimate.on:
            return
        asked = (project.folder, self._workspace.coder, session.sample.dataset)
        if asked == self._asked:
            return
        self._asked = asked
        self._estimate.set_label_sd(USUAL_SD_MS)
        # What cannot be read is said elsewhere; the usual sd stands for it.
        self._background.run(
            _SLOT, lambda: worth_in(*asked), self._estimate.set_label_sd, lambda _error: None
        )
