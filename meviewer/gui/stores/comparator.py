"""The frame on show against the onset: by a line that is swiped over it, or mixed."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.data.clip import Clip
from meviewer.gui.running.background import Background
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace

_SLOT = "compare"
_STEP = 0.05


class Compare(Enum):
    """How two frames share one place."""

    SWIPE = "swipe"
    BLEND = "blend"


class Comparator(QObject):
    """Holds the onset of the selected event beside the frame under the playhead.

    Signals
    -------
    changed()
        Way, share or the onset's frame are other than before.
    failed(MeviewerError)
        The frame of the onset cannot be read.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._selection, self._background = workspace, selection, background
        self._way: Compare | None = None
        self._share = 0.5
        self._held: tuple[Clip, int, NDArray[np.uint8]] | None = None
        selection.changed.connect(self._follow)
        workspace.session_changed.connect(self._follow)
        workspace.sample_changed.connect(lambda _: self._follow())

    @property
    def way(self) -> Compare | None:
        """How frames are compared; None: not at all."""
        return self._way

    @property
    def share(self) -> float:
        """Where the line is, from the left, or how much of the onset is mixed in; 0 to 1."""
        return self._share

    @property
    def onset(self) -> int | None:
        """Index of the frame to compare with, or None without an event."""
        session = self._workspace.session
        event = session.annotation.find(self._selection.event_id) if session else None
        if session is None or event is None:
            return None
        return min(event.onset, session.clip.n_frames - 1)

    @property
    def frame(self) -> NDArray[np.uint8] | None:
        """The frame of the onset, once it is read and while it is wanted."""
        session = self._workspace.session
        if self._way is None or self._held is None or session is None:
            return None
        clip, index, frame = self._held
        return frame if (clip, index) == (session.clip, self.onset) else None

    def toggle(self, way: Compare) -> None:
        """Compare in this way, or no longer if it is on already."""
        self._way = None if self._way is way else way
        if self._way is None:
            self._held = None
        self._follow()
        self.changed.emit()

    def set_share(self, share: float) -> None:
        """Move the line, or mix otherwise."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self.changed.emit()

    def step(self, by: int) -> None:
        """Show more (1) or less (-1) of the onset, by a twentieth."""
        if self._way is not None:
            self.set_share(round(self._share / _STEP + by) * _STEP)

    def _follow(self) -> None:
        """Read the frame of the onset where another one is meant."""
        session, index = self._workspace.session, self.onset
        if self._way is None or session is None or index is None:
            if self._held is not None:
                self._held = None
                self.changed.emit()
            return
        clip, wanted = session.clip, index
        if self._held is not None and self._held[:2] == (clip, wanted):
            return
        self._background.run(
            _SLOT,
            lambda: clip.frame(wanted),
            lambda frame: self._take(clip, wanted, frame),
            self._give_up,
            follow=True,
        )

    def _take(self, clip: Clip, index: int, frame: NDArray[np.uint8]) -> None:
        if self._way is not None:
            self._held = (clip, index, frame)
            self.changed.emit()

    def _give_up(self, error: MeviewerError) -> None:
        self._way = self._held = None
        self.failed.emit(error)
        self.changed.emit()
