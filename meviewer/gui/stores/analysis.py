"""Motion of the open clip: decoded once, then curves and suggestions that follow every edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Event, Keyframes
from meviewer.gui.running.background import Background
from meviewer.gui.stores.difference_curves import Curves, Rough, difference_curves, rough_curves
from meviewer.gui.stores.measuring import PREVIEW, is_long, measured, read_clip
from meviewer.gui.stores.search_options import SearchOptions, measure_words
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.session import Session
from meviewer.gui.stores.workspace import Workspace
from meviewer.motion import gamdss_measures
from meviewer.motion.gamdss import Reselection
from meviewer.motion.gamdss_measures import Measure
from meviewer.motion.representation import ClipMotion

__all__ = ["Analysis", "Curves", "SearchOptions"]


class Analysis(QObject):
    """What motion says about the open clip and the selected event.

    Signals
    -------
    changed()
        Curves or suggestion are other than before.
    progress(float)
        Share of the frames decoded, 0 to 1.
    failed(MeviewerError)
    """

    changed = Signal()
    progress = Signal(float)
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
        self._motion: ClipMotion | None = None
        self._options = SearchOptions()
        self._masks: Mapping[str, NDArray[np.bool_]] = {}
        self._measured = Measure(brightness_free=self._options.brightness_free)
        self._shown: ClipMotion | None = None
        self._rough: list[Rough] = []
        self._preview: Rough | None = None
        self._curves: Curves | None = None
        self._suggestion: Reselection | None = None
        workspace.session_changed.connect(self._begin)
        selection.changed.connect(self._refresh)

    @property
    def motion(self) -> ClipMotion | None:
        """The decoded clip, or None until it is ready."""
        return self._motion

    @property
    def options(self) -> SearchOptions:
        """How keyframes are looked for."""
        return self._options

    @property
    def curves(self) -> Curves | None:
        """Difference curves: a preview while the clip is read; None before that."""
        return self._curves

    @property
    def suggestion(self) -> Reselection | None:
        """What GAMDSS says about the selected event, with its evidence."""
        return self._suggestion

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions that a difference can be measured in; none without a face."""
        return tuple(self._masks)

    def set_options(self, options: SearchOptions) -> None:
        """Look for keyframes in another way."""
        if options == self._options:
            return
        self._options = options
        self._follow_measure()

    def set_masks(self, masks: Mapping[str, NDArray[np.bool_]] | None) -> None:
        """Take the regions of the face of the open clip, (H, W) bool each; None without a face."""
        self._masks = dict(masks or {})
        self._follow_measure()

    @property
    def is_preview(self) -> bool:
        """Whether curves and matrix are those of small frames, for looking only."""
        return self._shown is None and self._preview is not None

    def matrix_rms(self) -> NDArray[np.float64] | None:
        """Return the distances of all pairs of frames in RMS grey levels.

        While the clip is read a preview, see `is_preview`, or None; none of a long clip.
        """
        if self._shown is None:
            return None if self._preview is None else self._preview.matrix_rms
        if is_long(self._shown):
            return None
        free = self._measured.brightness_free
        return self._shown.matrix_rms(brightness_free=free)

    def suggested_keyframes(self) -> Keyframes | None:
        """Return the suggestion on show.

        None where nothing speaks against the label, and where the coder has refused it.
        """
        event, found = self._event(), self._suggestion
        if event is None or found is None or not found.has_evidence:
            return None
        chosen = self._chosen(found)
        return None if chosen in event.rejected or chosen == event.keyframes else chosen

    def reason(self) -> str:
        """Return what the journal keeps beside an accepted or refused suggestion."""
        found = self._suggestion
        if found is None:
            return ""
        words = [
            f"GAMDSS {found.variant}",
            *measure_words(found),
            f"gain {found.gain:.3f}",
            f"confidence {found.confidence:.2f}",
        ]
        return ", ".join(words)

    def _chosen(self, found: Reselection) -> Keyframes:
        number = self._selection.alternative
        if number == 0 or not found.alternatives:
            return found.keyframes
        return found.alternatives[number % len(found.alternatives)].keyframes

    def _begin(self) -> None:
        """Decode the new clip in the background."""
        for slot in ("motion", "distances", "curves", "look"):
            self._background.cancel(slot)
        self._motion = self._shown = self._curves = self._suggestion = None
        self._preview, self._rough = None, []
        rough = self._rough
        session = self._workspace.session
        if session is not None:
            session.annotation_changed.connect(self._refresh)
            self._select_first(session)
            clip, measure = session.clip, self._wanted()

            self._background.run_long(
                "motion",
                lambda token: read_clip(clip, measure, token, rough),
                lambda both: self._decoded(*both, measure),
                self._failed,
                progress=self._advanced,
            )
        self.changed.emit()

    def _select_first(self, session: Session) -> None:
        events = session.annotation.events
        self._selection.set_event(events[0].id if events else None)

    def _wanted(self) -> Measure:
        """Return the measure that is asked for; a region without a face is the whole frame."""
        options = self._options
        mask = self._masks.get(options.region)
        return Measure(
            options.measure,
            options.brightness_free,
            options.aligned,
            options.region if mask is not None else "",
            mask,
        )

    def _decoded(self, motion: ClipMotion, shown: ClipMotion, measure: Measure) -> None:
        self._motion, wanted = motion, self._wanted()
        as_wanted = wanted.same_distances(measure)
        self._now_measured(shown, wanted if as_wanted else measure)
        if not as_wanted:  # chosen while frames were read
            self._follow_measure()

    def _follow_measure(self) -> None:
        """Answer by the measure in force, at once or after distances of its kind are known."""
        self._background.cancel("distances")
        motion, measure = self._motion, self._wanted()
        if motion is None:
            return
        if measure.same_distances(self._measured):
            self._now_measured(self._shown, measure)
            return
        self._background.run(
            "distances",
            lambda: measured(motion, measure),
            lambda shown: self._now_measured(shown, measure),
            self._failed,
        )

    def _now_measured(self, shown: ClipMotion | None, measure: Measure) -> None:
        """Go on with distances of a kind that is known by now; asking for others would wait."""
        self._shown, self._measured = shown, measure
        self._refresh()

    def _advanced(self, share: float, text: str) -> None:
        self.progress.emit(share)
        if text == PREVIEW:
            self._refresh()

    def _failed(self, error: MeviewerError) -> None:
        self.failed.emit(error)
        self.changed.emit()

    def _event(self) -> Event | None:
        session = self._workspace.session
        return None if session is None else session.annotation.find(self._selection.event_id)

    def _is_blind(self) -> bool:
        """Whether the coder has to judge first: then nothing is looked for, so nothing can show."""
        session = self._workspace.session
        return session is not None and session.blind

    def _refresh(self, _change: object = None) -> None:
        """Compute curves and suggestion anew: in milliseconds where the matrix is known."""
        motion, shown, event = self._motion, self._shown, self._event()
        if motion is None or shown is None:
            self._refresh_preview(event)
            return
        self._suggestion = None
        free = self._measured.brightness_free
        if is_long(shown):
            self._background.run(
                "curves",
                lambda: difference_curves(shown, event, brightness_free=free),
                self._drawn,
                self._failed,
                follow=True,
            )
        else:
            found = difference_curves(shown, event, brightness_free=free)
            self._curves = found.keeping(self._curves)
        if event is not None and event.onset < event.offset and not self._is_blind():
            # Without an apex there are no windows around it: the search is free.
            variant = self._options.variant if event.has_apex else "free"
            self._look(motion, event.keyframes, variant)
        self.changed.emit()

    def _refresh_preview(self, event: Event | None) -> None:
        """Show what is known while frames are read; a suggestion waits for exact values."""
        if self._rough:
            self._preview = self._rough[-1]
            self._curves = rough_curves(self._preview, event)
            self.changed.emit()

    def _drawn(self, curves: Curves) -> None:
        self._curves = curves
        self.changed.emit()

    def _look(self, motion: ClipMotion, keyframes: Keyframes, variant: str) -> None:
        """Look for keyframes: at once in the matrix, in the background where there is none."""
        options = self._options
        # The wrapped distance repeats the published code, which knows no light.
        free = self._measured.brightness_free and not options.wrapped_uint8
        measure = replace(self._measured, brightness_free=free)

        def look() -> Reselection:
            return gamdss_measures.reselect(
                motion,
                keyframes,
                variant,
                measure,
                ratio=options.ratio if variant == options.variant else None,
                wrapped_uint8=options.wrapped_uint8,
            )

        by_flow = measure.kind == "flow-magnitude"
        if by_flow or options.wrapped_uint8 or is_long(motion):
            self._background.run("look", look, self._found, self._failed, follow=True)
            return
        try:
            self._suggestion = look()
        except MeviewerError as error:
            # A label outside the clip, for instance: the finding says so, the rest goes on.
            self.failed.emit(error)

    def _found(self, found: Reselection) -> None:
        event = self._event()
        if event is not None and found.manual == event.keyframes and not self._is_blind():
            self._suggestion = found
            self.changed.emit()
