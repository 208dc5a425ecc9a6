"""The pictures of motion for the selected event, following its keyframes while they are dragged."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Keyframes
from meviewer.gui.running.background import Background
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.preferences import Preferences
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion.representation import ClipMotion
from meviewer.present.picture_options import PictureOptions, dump, load
from meviewer.present.picture_set import PictureSet, picture_set

__all__ = ["PictureOptions", "PictureSet", "Pictures"]

_REST_MS = 250
_KEPT = "pictures"
_QUICK, _EXACT = "pictures", "pictures exact"


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
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._workspace, self._selection = workspace, selection
        self._analysis, self._background = analysis, background
        self._options = load(preferences[_KEPT])
        self._current: PictureSet | None = None
        self._error: MeviewerError | None = None
        self._looks: dict[str, frozenset[str]] = {}
        self._asked: tuple[object, ...] = ()
        self._asked_needs: frozenset[str] = frozenset()
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
        background = self._background
        return self._rest.isActive() or background.is_busy(_QUICK) or background.is_busy(_EXACT)

    def set_options(self, options: PictureOptions) -> None:
        """Compute or draw in another way."""
        if options == self._options:
            return
        only_drawn = options.computing == self._options.computing
        self._options = options
        self._preferences[_KEPT] = dump(options)
        if only_drawn:
            self.changed.emit()
        else:
            self._follow()

    def look(self, who: str, needs: frozenset[str] | None) -> None:
        """Say what somebody looks at, see `bench_views.needed`; None: at nothing any more.

        Only what is looked at is computed.
        """
        if needs is None:
            self._looks.pop(who, None)
        else:
            self._looks[who] = needs
            self._follow()

    def _clear(self) -> None:
        self._background.cancel(_QUICK)
        self._background.cancel(_EXACT)
        self._rest.stop()
        self._current, self._error, self._asked = None, None, ()
        self.changed.emit()

    @property
    def _needs(self) -> frozenset[str]:
        return frozenset[str]().union(*self._looks.values())

    def _wished(self) -> Keyframes | None:
        session = self._workspace.session
        event = session.annotation.find(self._selection.event_id) if session else None
        # Nothing is computed from the place-holder of an apex that is not set.
        return event.keyframes if event is not None and event.has_apex else None

    def _follow(self) -> None:
        """Show quickly what the keyframes are now, and exactly once they rest."""
        keyframes, motion = self._wished(), self._analysis.motion
        if not self._looks or motion is None:
            return
        if keyframes is None:
            if self._current is not None:
                self._clear()
            return
        asked = (keyframes, self._options.computing)
        needs = self._needs
        if asked == self._asked and needs <= self._asked_needs:
            return
        self._asked, self._asked_needs = asked, needs
        # In a slot of its own: the hand must not wait for what it has made out of date.
        self._background.cancel(_EXACT)
        self._compute(motion, keyframes, final=False)
        self._rest.start()

    def _refine(self) -> None:
        if self._background.is_busy(_QUICK):
            self._rest.start()  # else the quick pictures would come last
            return
        keyframes, motion = self._wished(), self._analysis.motion
        if keyframes is not None and motion is not None:
            self._compute(motion, keyframes, final=True)

    def _compute(self, motion: ClipMotion, keyframes: Keyframes, *, final: bool) -> None:
        session = self._workspace.session
        if session is None:
            return
        clip, options, needs, before = session.clip, self._options, self._needs, self._current
        self._background.run(
            _EXACT if final else _QUICK,
            lambda: picture_set(
                clip, motion, keyframes, options, needs, final=final, before=before
            ),
            self._arrived,
            self._went_wrong,
            follow=not final,
        )

    def _arrived(self, pictures: PictureSet) -> None:
        self._current, self._error = pictures, None
        self.changed.emit()

    def _went_wrong(self, error: MeviewerError) -> None:
        self._current, self._error = None, error
        self.failed.emit(error)
        self.changed.emit()
