"""Curves of other tools on the open clip: read in the background, chosen by the user."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.data.exchange import TimeBase
from meviewer.data.series.values import SeriesFile
from meviewer.gui.running.background import Background
from meviewer.gui.stores.workspace import Workspace
from meviewer.present.series_tracks import SeriesKey, keys, proposed, series_tracks
from meviewer.present.timeline import Track
from meviewer.project import series as stored


class SeriesStore(QObject):
    """Files of OpenFace, Py-Feat and LibreFace of the open sample, and which curves are shown.

    Signals
    -------
    changed()
        There are other curves, or others are shown.
    said(str)
        What happened, for the status line.
    failed(MeviewerError)
    """

    changed = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self, workspace: Workspace, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._files: tuple[SeriesFile, ...] = ()
        self._chosen: frozenset[SeriesKey] | None = None
        self._sample: int | None = None
        workspace.session_changed.connect(self._follow)

    @property
    def files(self) -> tuple[SeriesFile, ...]:
        """Files of the open sample."""
        return self._files

    @property
    def shown(self) -> frozenset[SeriesKey]:
        """Curves on show: those that were chosen, or the action units that move most."""
        if self._chosen is None:
            return proposed(self._files)
        return self._chosen & frozenset(keys(self._files))

    def tracks(self) -> tuple[Track, ...]:
        """Return the tracks of the curves on show."""
        return series_tracks(self._files, self.shown)

    def show(self, wanted: Collection[SeriesKey]) -> None:
        """Show these curves from now on, on other clips too."""
        self._chosen = frozenset(wanted)
        self.changed.emit()

    def attach(self, path: Path) -> None:
        """Copy a tool's file to the open sample and show its curves."""
        session, project = self._workspace.session, self._workspace.project
        if session is None or project is None or project.read_only:
            self.failed.emit(
                ProjectError(
                    "Curves belong to a clip",
                    where=path.name,
                    why="no clip is open in a project that can be written",
                    now="open the clip that the tool was run on, then its file",
                )
            )
            return
        folder, sample, time = project.folder, session.sample.id, self._time()

        def work() -> tuple[SeriesFile, ...]:
            from meviewer.data.series.reading import read_series

            read_series(path, time)  # nothing is kept that cannot be read
            stored.attach(folder, sample, path)
            return _read(folder, sample, time)

        self._background.run("series", work, self._attached, self.failed.emit)

    def _attached(self, files: tuple[SeriesFile, ...]) -> None:
        self._take(files)
        findings = [finding.text for file in files for finding in file.findings]
        words = f"{sum(len(file.series) for file in files)} curves"
        self.said.emit(f"{words}; {findings[0]}" if findings else words)

    def _follow(self) -> None:
        session, project = self._workspace.session, self._workspace.project
        sample = None if session is None else session.sample.id
        if sample != self._sample and self._files:
            self._take(())
        self._sample = sample
        if (
            session is None
            or project is None
            or not stored.attached(project.folder, session.sample.id)
        ):
            return
        folder, number, time = project.folder, session.sample.id, self._time()
        self._background.run(
            "series", lambda: _read(folder, number, time), self._take, self._unreadable
        )

    def _take(self, files: tuple[SeriesFile, ...]) -> None:
        self._files = files
        self.changed.emit()

    def _unreadable(self, error: MeviewerError) -> None:
        self._take(())
        self.failed.emit(error)

    def _time(self) -> TimeBase:
        session = self._workspace.session
        assert session is not None
        clip = session.clip
        return TimeBase(clip.rate, clip.n_frames, clip.numbers, clip.pts_ms)


def _read(folder: Path, sample: int, time: TimeBase) -> tuple[SeriesFile, ...]:
    from meviewer.data.series.reading import read_series

    return tuple(read_series(path, time) for path in stored.attached(folder, sample))
