"""Gets the frame under the playhead: as it was decoded, or with magnified motion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.data.clip import Clip
from meviewer.gui.running.background import Background
from meviewer.gui.stores.magnification import Magnification
from meviewer.gui.stores.playhead import Playhead
from meviewer.gui.stores.workspace import Workspace

_SLOT = "frame"
_QUICK_PX = 16e6  # decoded in some 50 ms: more would hold up the hand

Frame = NDArray[np.uint8]


class FrameFetcher(QObject):
    """Fetches the frame under the playhead, at once where that is quick.

    Signals
    -------
    came(object, str)
        A picture, (H, W, 3) uint8, and what has to be written on it.
    failed(MeviewerError)
        The frame under the playhead cannot be shown.
    """

    came = Signal(object, str)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        playhead: Playhead,
        magnification: Magnification,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._playhead = workspace, playhead
        self._magnification, self._background = magnification, background
        self._seen: Clip | None = None
        magnification.arrived.connect(self._magnified)

    def fetch(self) -> None:
        """Ask for the frame under the playhead; without a clip nothing comes."""
        session, playhead = self._workspace.session, self._playhead
        if session is None:
            self._seen = None
            return
        clip, at = session.clip, playhead.frame
        magnification = self._magnification
        if not magnification.on:
            self._fetch_bare(clip, at)
            return
        found = magnification.picture(at, quick=playhead.playing)
        if found is not None:
            self._give(clip, found, magnification.words)
        elif self._seen is not clip:
            # Better the bare frame for a moment than that of another clip.
            self._fetch_bare(clip, at)

    def _fetch_bare(self, clip: Clip, at: int) -> None:
        """Show a frame at once; or a little later, where many others have to be decoded first."""
        height, width = clip.size
        if clip.effort(at) * height * width > _QUICK_PX:
            self._background.run(
                _SLOT,
                lambda: clip.frame(at),
                lambda frame: self._bare(clip, at, frame),
                lambda error: self._bare(clip, at, error),
                follow=True,
            )
            return
        self._background.cancel(_SLOT)
        try:
            self._bare(clip, at, clip.frame(at))
        except MeviewerError as error:
            self._bare(clip, at, error)

    def _bare(self, clip: Clip, at: int, found: Frame | MeviewerError) -> None:
        """Give a frame, or why it cannot be shown; nothing if it comes too late."""
        session = self._workspace.session
        if session is None or session.clip is not clip or self._playhead.frame != at:
            return
        if isinstance(found, MeviewerError):
            self.failed.emit(found)
        else:
            self._give(clip, found, "")

    def _magnified(self, at: int) -> None:
        """Give a magnified frame that has come; while playing a late one is better than none."""
        session, playhead = self._workspace.session, self._playhead
        if session is None or (at != playhead.frame and not playhead.playing):
            return
        found = self._magnification.picture(at, quick=playhead.playing)
        if found is not None:
            self._give(session.clip, found, self._magnification.words)

    def _give(self, clip: Clip, frame: Frame, mark: str) -> None:
        self._seen = clip
        self.came.emit(frame, mark)
