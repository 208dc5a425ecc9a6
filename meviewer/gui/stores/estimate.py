"""Our own estimate for the selected event: computed behind the window, following every edit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Event, Keyframes
from meviewer.gui.running.background import Background
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.preferences import Preferences
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion import estimate as estimating
from meviewer.motion.estimate import UNKNOWN_SD_MS, USUAL_SD_MS, Estimate, PerKeyframe
from meviewer.motion.representation import ClipMotion

_SLOT = "estimate"
_KEPT = 64
_ON = "estimate.on"
_EYES = ("left eye", "right eye")

_Question = tuple[Keyframes, PerKeyframe]


class EstimateStore(QObject):
    """Estimates the keyframes of the selected event, once it is asked for.

    It is off until somebody switches it on: a coder should judge before a machine speaks.

    Signals
    -------
    changed()
        It was switched, or says something else.
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
        self._workspace, self._selection = workspace, selection
        self._analysis, self._background = analysis, background
        self._preferences = preferences
        self._on = preferences[_ON] == "yes"
        self._sd_ms: PerKeyframe = USUAL_SD_MS
        self._eyes: NDArray[np.bool_] | None = None
        self._motion: ClipMotion | None = None
        self._kept: OrderedDict[_Question, Estimate] = OrderedDict()
        analysis.changed.connect(self._follow)

    @property
    def on(self) -> bool:
        """Whether an estimate is wanted."""
        return self._on

    @property
    def found(self) -> Estimate | None:
        """What it says about the selected event as labelled now; None until it is computed."""
        question = self._question()
        return None if question is None or not self._on else self._kept.get(question)

    @property
    def waiting(self) -> bool:
        """Whether an estimate is being computed."""
        return self._on and self._question() is not None and self.found is None

    def keyframes(self) -> Keyframes | None:
        """Return what could be accepted or refused.

        None without evidence, where the label lies within the interval's reach, and where the
        coder has refused as much.
        """
        event, found = self._event(), self.found
        if event is None or found is None or not found.suggests(event.keyframes):
            return None
        return None if found.refused(event.rejected) else found.keyframes

    @property
    def silence(self) -> str:
        """Why nothing can be accepted or refused, in words."""
        event, found = self._event(), self.found
        if not self._on:
            return "The model is off"
        if event is None:
            return "No event is selected"
        if found is None:
            return "The model is still estimating" if self.waiting else "The model says nothing"
        if found.refused(event.rejected):
            return "You have refused the model's estimate for this event"
        return "The model has no evidence against this label"

    def reason(self) -> str:
        """Return what the journal keeps beside an accepted estimate."""
        found = self.found
        if found is None:
            return ""
        bounds = zip(found.low, found.high, strict=True)
        spans = ", ".join(f"{low:.1f}..{high:.1f}" for low, high in bounds)
        return f"model {found.parameters['version']}, 5-95 % of frames {spans}"

    def switch(self, on: bool) -> None:
        """Begin or cease to estimate."""
        if on == self._on:
            return
        self._on = on
        self._preferences[_ON] = "yes" if on else ""
        self._background.cancel(_SLOT)
        self._follow()

    def set_label_sd(self, sd_ms: PerKeyframe) -> None:
        """Say how far off the coder usually is, ms for onset, apex and offset."""
        if sd_ms != self._sd_ms:
            self._sd_ms = sd_ms
            self._follow()

    def set_masks(self, masks: Mapping[str, NDArray[np.bool_]] | None) -> None:
        """Take the regions of the face, (H, W) bool each: the eyes have no say, they blink."""
        eyes = [masks[name] for name in _EYES if name in masks] if masks else []
        self._eyes = np.logical_or.reduce(eyes) if eyes else None
        self._kept.clear()
        self._follow()

    def _event(self) -> Event | None:
        session = self._workspace.session
        if session is None or session.blind:
            return None  # nothing is estimated that may not be shown
        return session.annotation.find(self._selection.event_id)

    def _question(self) -> _Question | None:
        event = self._event()
        if event is None or self._motion is None or event.onset >= event.offset:
            return None
        onset, apex, offset = self._sd_ms
        return event.keyframes, (onset, apex if event.has_apex else UNKNOWN_SD_MS, offset)

    def _follow(self) -> None:
        """Answer for the event as it is now; drags wait for the estimate under way."""
        motion, session = self._analysis.motion, self._workspace.session
        if motion is not self._motion:
            self._kept.clear()
            self._motion = motion
        question = self._question()
        if self._on and motion is not None and session is not None and question is not None:
            if question in self._kept:
                self._kept.move_to_end(question)
            else:
                rate_hz, eyes = float(session.clip.rate), self._eyes

                def estimated() -> Estimate:
                    stack = motion.stack
                    fits = eyes is not None and eyes.shape == stack.shape[1:3]
                    label, sd_ms = question
                    return estimating.estimate(
                        stack, label, rate_hz, label_sd_ms=sd_ms, hidden=eyes if fits else None
                    )

                self._background.run(
                    _SLOT,
                    estimated,
                    lambda found: self._arrived(motion, question, found),
                    self._failed,
                    follow=True,
                )
        self.changed.emit()

    def _arrived(self, motion: ClipMotion, question: _Question, found: Estimate) -> None:
        if motion is self._motion:
            self._kept[question] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            self.changed.emit()

    def _failed(self, error: MeviewerError) -> None:
        self.failed.emit(error)
        self.changed.emit()
