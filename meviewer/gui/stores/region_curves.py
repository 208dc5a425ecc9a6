"""Difference curves of the regions of a face, chosen one by one, computed off the UI thread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.gui.running.background import Background
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.face import FaceStore
from meviewer.motion.representation import ClipMotion
from meviewer.present.region_tracks import TOOL, region_keys, region_track
from meviewer.present.series_tracks import SeriesKey
from meviewer.present.timeline import Track

_Masks: TypeAlias = Mapping[str, NDArray[np.bool_]]
_Curves: TypeAlias = dict[str, NDArray[np.float64]]
_Asked: TypeAlias = tuple[ClipMotion, _Masks, int, bool, bool, frozenset[str]]


class RegionCurves(QObject):
    """Curves from the onset of the selected event, one a region that is ticked.

    Signals
    -------
    changed()
        There are other curves or regions, or others are shown.
    """

    changed = Signal()

    def __init__(
        self,
        analysis: Analysis,
        face: FaceStore,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._analysis, self._face, self._background = analysis, face, background
        self._chosen: frozenset[str] = frozenset()
        self._asked: _Asked | None = None
        self._found: _Curves = {}
        analysis.changed.connect(self._follow)
        face.changed.connect(self._regions_changed)

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """Every region of the face; none without a face."""
        return region_keys(self._face.masks() or {})

    @property
    def shown(self) -> frozenset[SeriesKey]:
        """The regions that are ticked."""
        return frozenset(key for key in self.keys if key.name in self._chosen)

    def show(self, wanted: Collection[SeriesKey]) -> None:
        """Show these regions from now on, on other clips too; other tools' keys are left out."""
        self._chosen = frozenset(key.name for key in wanted if key.tool == TOOL)
        self._regions_changed()

    def tracks(self) -> tuple[Track, ...]:
        """Return the track of the regions on show, or none."""
        names = [key.name for key in self.keys if key.name in self._found]
        curves = {name: self._found[name] for name in names if name in self._chosen}
        return (region_track(curves),) if curves else ()

    def _regions_changed(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """Measure anew if the clip, the face, the onset or the kind of distance changed."""
        asked = self._wanted()
        if asked is None:
            self._asked, self._found = None, {}
            return
        if self._asked is not None and _same(asked, self._asked):
            return
        self._asked = asked
        self._background.run("regions", lambda: _measure(asked), self._measured, follow=True)

    def _wanted(self) -> _Asked | None:
        analysis, masks = self._analysis, self._face.masks()
        motion, curves = analysis.motion, analysis.curves
        if motion is None or curves is None or masks is None or not self._chosen:
            return None
        options = analysis.options
        free, aligned = options.brightness_free, options.aligned
        return motion, masks, curves.reference, free, aligned, self._chosen

    def _measured(self, found: _Curves) -> None:
        if self._asked is not None:
            self._found = found
            self.changed.emit()


def _measure(asked: _Asked) -> _Curves:
    motion, masks, reference, free, aligned, chosen = asked
    base = motion.stabilised() if aligned else motion
    wanted = {name: mask for name, mask in masks.items() if name in chosen}
    return base.region_curves(wanted, reference, brightness_free=free)


def _same(one: _Asked, other: _Asked) -> bool:
    return one[0] is other[0] and one[1] is other[1] and one[2:] == other[2:]
