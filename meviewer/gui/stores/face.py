"""The face of the open clip: read from the project, its regions as masks, set by hand or found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.data.face.clip_face import ClipFace, FaceSource
from meviewer.data.face.regions import face_masks
from meviewer.gui.running.background import Background
from meviewer.gui.stores.workspace import Workspace


class FaceStore(QObject):
    """The face of the open clip.

    Signals
    -------
    changed()
        Another clip is open, or its face is another than before.
    failed(MeviewerError)
        A face could not be stored; it is as it was before.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, workspace: Workspace, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._face: ClipFace | None = None
        self._masks: dict[str, NDArray[np.bool_]] | None = None
        workspace.session_changed.connect(self._follow)

    @property
    def face(self) -> ClipFace | None:
        """The face of the open clip; None if nobody looked, or nothing was found."""
        face = self._face
        return None if face is None or face.source is FaceSource.NONE else face

    @property
    def looked(self) -> bool:
        """Whether the face was looked for, found or not."""
        return self._face is not None

    def masks(self) -> dict[str, NDArray[np.bool_]] | None:
        """Return the regions as (H, W) bool at the size of the clip, or None without a face."""
        face, session = self.face, self._workspace.session
        if face is None or session is None:
            return None
        if self._masks is None:
            self._masks = face_masks(face, session.clip.size)
        return self._masks

    def _take(self, face: ClipFace | None) -> None:
        self._face, self._masks = face, None
        self.changed.emit()

    def _follow(self) -> None:
        self._take(None)
