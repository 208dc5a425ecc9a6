"""Magnified frames for looking at: computed behind the window, kept for a while, never stored."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.data.clip import Clip
from meviewer.gui.running.background import Background
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion.magnify import Magnifier, MagnifyParams, words

_SLOT = "magnify"
_MOST_BYTES = 128 * 2**20

Frame = NDArray[np.uint8]


class Magnification(QObject):
    """Magnifies the motion of the open clip since the onset of the selected event.

    Signals
    -------
    changed()
        It was switched, or magnifies in another way.
    arrived(int)
        The picture of this frame can be had, or a better one.
    failed(MeviewerError)
        It cannot be computed; it is off now.
    """

    changed = Signal()
    arrived = Signal(int)
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
        self._on = False
        self._params = MagnifyParams()
        self._magnifier: Magnifier | None = None
        self._made_for: tuple[Clip, int, MagnifyParams] | None = None
        self._kept: OrderedDict[int, tuple[bool, Frame]] = OrderedDict()
        workspace.session_changed.connect(self._forget)

    @property
    def on(self) -> bool:
        """Whether magnified frames are wanted."""
        return self._on

    @property
    def params(self) -> MagnifyParams:
        """How motion is magnified."""
        return self._params

    @property
    def words(self) -> str:
        """What has to stand on every magnified picture."""
        return words(self._params)

    @property
    def reference(self) -> int:
        """Index of the frame that stays as it is: the onset, or the first frame."""
        session = self._workspace.session
        event = session.annotation.find(self._selection.event_id) if session else None
        if session is None or event is None:
            return 0
        return min(event.onset, session.clip.n_frames - 1)

    def switch(self, on: bool) -> None:
        """Begin or cease to magnify."""
        if on != self._on:
            self._on = on
            if not on:
                self._forget()
            self.changed.emit()

    def set_params(self, params: MagnifyParams) -> None:
        """Magnify in another way; a factor alone keeps the rest."""
        if params != self._params:
            self._params = params
            if self._on:
                self.changed.emit()

    def set_factor(self, factor: float) -> None:
        """Magnify so many times."""
        self.set_params(replace(self._params, factor=factor))

    def picture(self, index: int, *, quick: bool) -> Frame | None:
        """Return a magnified frame if it is there, and see to it that it comes, or a better one.

        Parameters
        ----------
        quick : bool
            While playing: what was computed in the coarser way will do.
        """
        session = self._workspace.session
        if session is None or not self._on:
            return None
        self._follow(session.clip)
        exact, kept = self._kept.get(index, (False, None))
        if kept is None:
            self._compute(session.clip, index, quick=True)  # first something to see
        elif not exact and not quick:
            self._compute(session.clip, index, quick=False)
        if kept is not None:
            self._kept.move_to_end(index)
        return kept

    def _follow(self, clip: Clip) -> None:
        """Begin anew when clip, onset or parameters are other than before."""
        wanted = (clip, self.reference, self._params)
        if wanted != self._made_for:
            self._forget()
            self._made_for = wanted

    def _forget(self) -> None:
        self._background.cancel(_SLOT)
        self._magnifier = self._made_for = None
        self._kept.clear()

    def _compute(self, clip: Clip, index: int, *, quick: bool) -> None:
        made_for = self._made_for
        if made_for is None:
            return
        magnifier, (_, reference, params) = self._magnifier, made_for

        def work() -> tuple[Magnifier, Frame]:
            made = magnifier or Magnifier(clip, reference, float(clip.rate), params)
            return made, made.frame(index, quick=quick)

        def done(found: tuple[Magnifier, Frame]) -> None:
            if self._made_for is made_for:
                self._magnifier = found[0]
                self._keep(index, not quick, found[1])

        self._background.run(_SLOT, work, done, self._went_wrong, follow=True)

    def _keep(self, index: int, exact: bool, frame: Frame) -> None:
        self._kept[index] = (exact, frame)
        self._kept.move_to_end(index)
        while len(self._kept) * frame.nbytes > _MOST_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        self.arrived.emit(index)

    def _went_wrong(self, error: MeviewerError) -> None:
        self.switch(False)
        self.failed.emit(error)
