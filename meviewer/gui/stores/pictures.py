"""The pictures of motion for the selected event, following its keyframes while they are dragged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.data.clip import Clip
from meviewer.gui.running.background import Background
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion.dynamic_image import DualPhase
from meviewer.motion.mm_cof import MMCOF, MMCOFParams
from meviewer.motion.representation import ClipMotion

_REST_MS = 250
_FAST = "dis"

Flow = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How the pictures are computed.

    Attributes
    ----------
    flow : str
        Flow method once the hand rests; while it moves, DIS is quick enough to follow.
    dynamic : str
        Kind of dynamic image.
    head : bool
        Take the motion of the head out of the flow.
    mm_cof : MMCOFParams
    full_px : float
        Flow that is drawn in full colour, in px.
    """

    flow: str = "tvl1"
    dynamic: str = "bilen"
    head: bool = True
    full_px: float = 2.0
    mm_cof: MMCOFParams = MMCOFParams()  # noqa: RUF009 - frozen, shared on purpose


@dataclass(frozen=True, slots=True)
class PictureSet:
    """All pictures of one event.

    Attributes
    ----------
    keyframes : Keyframes
        What they show.
    onset, apex : (H, W, 3) uint8
        Frames.
    difference : (H, W) float32
        Apex less onset, in grey levels.
    dynamic : DualPhase
        Dynamic images of rise, fall and both; None for a phase of fewer than two frames.
    rise, fall : (H, W, 2) float32 or None
        Flow of each phase in px; None without such a phase.
    mm_cof : MMCOF or None
    method : str
        Flow method that was used.
    final : bool
        False while a quick method stands in for the chosen one.
    """

    keyframes: Keyframes
    onset: NDArray[np.uint8]
    apex: NDArray[np.uint8]
    difference: NDArray[np.float32]
    dynamic: DualPhase
    rise: Flow | None
    fall: Flow | None
    mm_cof: MMCOF | None
    method: str
    final: bool


class Pictures(QObject):
    """Computes pictures only while somebody looks at them.

    Signals
    -------
    changed()
        `current` is another one.
    failed(MeviewerError)
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        analysis: Analysis,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._selection = workspace, selection
        self._analysis, self._background = analysis, background
        self._options = PictureOptions()
        self._current: PictureSet | None = None
        self._error: MeviewerError | None = None
        self._viewers = 0
        self._asked: tuple[object, ...] = ()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._refine)
        analysis.changed.connect(self._follow)
        workspace.session_changed.connect(self._clear)

    @property
    def current(self) -> PictureSet | None:
        """The pictures of the selected event, or None."""
        return self._current

    @property
    def error(self) -> MeviewerError | None:
        """Why there are no pictures of the selected event, or None."""
        return self._error

    @property
    def options(self) -> PictureOptions:
        """How they are computed."""
        return self._options

    @property
    def pending(self) -> bool:
        """Whether better or newer pictures are on their way."""
        return self._rest.isActive() or self._background.is_busy("pictures")

    def set_options(self, options: PictureOptions) -> None:
        """Compute in another way."""
        if options != self._options:
            self._options = options
            self._follow()

    def watch(self, on: bool) -> None:
        """Say that somebody begins or ceases to look at the pictures."""
        self._viewers += 1 if on else -1
        if on:
            self._follow()

    def _clear(self) -> None:
        self._background.cancel("pictures")
        self._rest.stop()
        self._current, self._error, self._asked = None, None, ()
        self.changed.emit()

    def _wished(self) -> Keyframes | None:
        session = self._workspace.session
        event = session.annotation.find(self._selection.event_id) if session else None
        # Nothing is computed from the place-holder of an apex that is not set.
        return event.keyframes if event is not None and event.has_apex else None

    def _follow(self) -> None:
        """Show quickly what the keyframes are now, and exactly once they rest."""
        keyframes, motion = self._wished(), self._analysis.motion
        if self._viewers <= 0 or motion is None:
            return
        if keyframes is None:
            if self._current is not None:
                self._clear()
            return
        wish = (keyframes, self._options)
        if wish == self._asked:
            return
        self._asked = wish
        if self._options.flow == _FAST:
            self._compute(motion, keyframes, final=True)
        else:
            self._compute(motion, keyframes, final=False)
            self._rest.start()

    def _refine(self) -> None:
        keyframes, motion = self._wished(), self._analysis.motion
        if keyframes is not None and motion is not None:
            self._compute(motion, keyframes, final=True)

    def _compute(self, motion: ClipMotion, keyframes: Keyframes, *, final: bool) -> None:
        session = self._workspace.session
        if session is None:
            return
        options = self._options if final else replace(self._options, flow=_FAST)
        clip = session.clip
        self._background.run(
            "pictures",
            lambda: picture_set(clip, motion, keyframes, options, final=final),
            self._arrived,
            self._went_wrong,
            follow=True,
        )

    def _arrived(self, pictures: PictureSet) -> None:
        self._current, self._error = pictures, None
        self.changed.emit()

    def _went_wrong(self, error: MeviewerError) -> None:
        self._current, self._error = None, error
        self.failed.emit(error)
        self.changed.emit()


def picture_set(
    clip: Clip, motion: ClipMotion, keyframes: Keyframes, options: PictureOptions, *, final: bool
) -> PictureSet:
    """Compute all pictures of one event; takes tens of milliseconds."""
    from meviewer.motion import difference
    from meviewer.motion.mm_cof import mm_cof

    onset, apex = clip.frame(keyframes.onset), clip.frame(keyframes.apex)
    offset = clip.frame(min(keyframes.offset, clip.n_frames - 1))
    rise = _flow(onset, apex, options) if keyframes.apex > keyframes.onset else None
    fall = _flow(apex, offset, options) if keyframes.offset > keyframes.apex else None
    combined = None
    if rise is not None and fall is not None:
        combined = mm_cof(rise, fall, options.mm_cof)
    return PictureSet(
        keyframes,
        onset,
        apex,
        difference.signed(apex, onset),
        motion.dual_phase(keyframes, kind=options.dynamic),
        rise,
        fall,
        combined,
        options.flow,
        final,
    )


def _flow(first: NDArray[np.uint8], second: NDArray[np.uint8], options: PictureOptions) -> Flow:
    from meviewer.motion import flow
    from meviewer.motion.head_motion import remove_head_motion

    found = flow.compute(first, second, method=options.flow)
    return remove_head_motion(found) if options.head else found
