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
_AHEAD_SLOTS = ("magnify-ahead-1", "magnify-ahead-2")
_AHEAD = 12
"""Frames that are computed before the playhead is there: a third of a second of a smooth film."""
_LONGEST_STRIDE = 8
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
        self._asked = 0
        self._ahead: dict[str, int] = {}
        self._spare: dict[str, Magnifier] = {}  # each worker its own: one serves one thread
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
            While playing: what was computed in the coarser way will do, and the frames to come
            are computed, too.
        """
        session = self._workspace.session
        if session is None or not self._on:
            return None
        self._follow(session.clip)
        stride, self._asked = index - self._asked, index
        exact, kept = self._kept.get(index, (False, None))
        if kept is None and index not in self._ahead.values():
            self._compute(session.clip, index, quick=True)  # first something to see
        elif not exact and not quick:
            self._compute(session.clip, index, quick=False)
        if quick and stride:
            self._look_ahead(session.clip, stride)
        if kept is not None and index in self._kept:
            self._kept.move_to_end(index)
        return kept

    def _follow(self, clip: Clip) -> None:
        """Begin anew when clip, onset or parameters are other than before."""
        wanted = (clip, self.reference, self._params)
        if wanted != self._made_for:
            self._forget()
            self._made_for = wanted

    def _forget(self) -> None:
        for slot in (_SLOT, *_AHEAD_SLOTS):
            self._background.cancel(slot)
        self._magnifier = self._made_for = None
        self._kept.clear()
        self._ahead.clear()
        self._spare.clear()

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

    def _look_ahead(self, clip: Clip, stride: int) -> None:
        """Give idle workers the next frames that will be asked for at this pace."""
        if abs(stride) > _LONGEST_STRIDE:  # a jump, no pace
            return
        for slot in _AHEAD_SLOTS:
            coming = self._coming(clip, stride)
            if coming is not None and slot not in self._ahead:
                self._compute_ahead(slot, clip, coming, stride)

    def _coming(self, clip: Clip, stride: int) -> int | None:
        """Return the first frame to come that is neither there nor under way."""
        under_way = self._ahead.values()
        for step in range(1, _AHEAD + 1):
            index = self._asked + step * stride
            if not 0 <= index < clip.n_frames:
                return None
            if index not in self._kept and index not in under_way:
                return index
        return None

    def _compute_ahead(self, slot: str, clip: Clip, index: int, stride: int) -> None:
        made_for = self._made_for
        if made_for is None:
            return
        spare, (_, reference, params) = self._spare.get(slot), made_for
        self._ahead[slot] = index

        def work() -> tuple[Magnifier, Frame]:
            made = spare or Magnifier(clip, reference, float(clip.rate), params)
            return made, made.frame(index, quick=True)

        def done(found: tuple[Magnifier, Frame]) -> None:
            if self._made_for is not made_for:
                return
            del self._ahead[slot]
            self._spare[slot] = found[0]
            if index not in self._kept:
                self._keep(index, False, found[1], tell=index == self._asked)
            self._look_ahead(clip, stride)

        self._background.run(slot, work, done, self._went_wrong)

    def _keep(self, index: int, exact: bool, frame: Frame, *, tell: bool = True) -> None:
        self._kept[index] = (exact, frame)
        self._kept.move_to_end(index)
        while len(self._kept) * frame.nbytes > _MOST_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        if tell:
            self.arrived.emit(index)

    def _went_wrong(self, error: MeviewerError) -> None:
        self.switch(False)
        self.failed.emit(error)
