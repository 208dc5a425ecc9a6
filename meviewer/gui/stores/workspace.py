"""Which project, which clip and whose labels are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError
from meviewer.data.clip import Clip, open_clip
from meviewer.data.frame_cache import FrameCache
from meviewer.gui.running.background import Background
from meviewer.gui.stores.frame_marker import FrameMarker
from meviewer.gui.stores.journal_writer import JournalWriter
from meviewer.gui.stores.session import Curtain, Session
from meviewer.project import blind
from meviewer.project.loose import is_project, loose_project
from meviewer.project.paths import PROJECT_FILE
from meviewer.project.project import Project, Sample, Steps

CACHE_BYTES = 1 << 30

Veil = Callable[[int, dict[str, Annotation]], dict[str, Annotation]]
"""From a sample and the labels of all others on it to what may be seen of them."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the background has read for a session."""

    sample: Sample
    clip: Clip
    annotation: Annotation
    others: dict[str, Annotation]
    steps: Steps
    curtain: Curtain | None


class Workspace(QObject):
    """Owner of the open project and of the session on one of its samples.

    Signals
    -------
    project_changed()
        Another project is open; its samples can be listed.
    session_changed()
        Another clip is open, or none.
    coder_changed(str)
    veiled_changed(bool)
        Whether it may not be seen whose labels are whose.
    opening(str)
        Something that may take long has begun; empty when it has ended.
    saved_changed(bool)
        Whether all edits are durable.
    sample_changed(int)
        The labels of this sample are other than before.
    schemes_changed()
        A class scheme was changed, made or removed.
    failed(MeviewerError)
        Something that was asked for could not be done; the state is as before.
    """

    project_changed = Signal()
    schemes_changed = Signal()
    session_changed = Signal()
    coder_changed = Signal(str)
    veiled_changed = Signal(bool)
    opening = Signal(str)
    saved_changed = Signal(bool)
    sample_changed = Signal(int)
    failed = Signal(object)

    def __init__(self, background: Background, coder: str = "A", parent: QObject | None = None):
        super().__init__(parent)
        self._background = background
        self._coder = coder
        self._veil: Veil | None = None
        self._project: Project | None = None
        self._writer: JournalWriter | None = None
        self._marker: FrameMarker | None = None
        self._session: Session | None = None
        self._wanted: int | None = None
        self._untold = False
        self._order: tuple[int, ...] = ()
        self._cache = FrameCache(CACHE_BYTES)

    @property
    def project(self) -> Project | None:
        """The open project."""
        return self._project

    @property
    def session(self) -> Session | None:
        """The open clip with its labels."""
        return self._session

    @property
    def wanted(self) -> int | None:
        """Id of the sample that was asked for last; until it is open, `session` is another one."""
        return self._wanted

    @property
    def coder(self) -> str:
        """Whose labels are edited."""
        return self._coder

    @property
    def saved(self) -> bool:
        """Whether all edits are durable."""
        return self._writer is None or self._writer.saved

    def open_path(self, path: Path) -> None:
        """Open whatever lies there: a project, a clip folder, a video or an HDF5 clip."""
        try:
            if self._is_at_hand(path):
                return  # opened a second time, it could only be read
            if is_project(path):
                self.open_project(Project.open(path))
            else:
                self.open_loose(path)
        except MeviewerError as error:
            self.failed.emit(error)

    def open_project(self, project: Project, sample_id: int | None = None) -> None:
        """Make a project current and open one of its samples, the first if none is named."""
        self.close()
        self._project = project
        if not project.read_only:
            self._marker = FrameMarker(project)
            self._writer = JournalWriter(project, self, self._marker.note)
            self._writer.saved_changed.connect(self._on_saved)
            self._writer.failed.connect(self.failed)
        self._choose_coder()
        self.project_changed.emit()
        self._untold = project.read_only
        ids = project.sample_ids()
        if ids:
            self.open_sample(ids[0] if sample_id is None else sample_id)
        else:
            self._tell_session()

    def open_loose(self, path: Path) -> None:
        """Open a clip that belongs to no project: it is kept in the personal project."""
        self.opening.emit(f"Opening {path.name}")
        at_hand = self._project if self._writer is not None else None
        self._background.run(
            "open", lambda: loose_project(path, at_hand), self._on_loose, self._on_open_failed
        )

    def open_loose_clips(self, paths: Sequence[Path]) -> None:
        """Keep several clips in the personal project, and open the first of them."""
        self.opening.emit(f"Opening {len(paths)} clips")
        at_hand = self._project if self._writer is not None else None

        def keep() -> tuple[Project, int]:
            project, first = loose_project(paths[0], at_hand)
            for path in paths[1:]:
                loose_project(path, project)
            return project, first

        self._background.run("open", keep, self._on_loose, self._on_open_failed)

    def open_sample(self, sample_id: int) -> None:
        """Open the clip of a sample with the labels of the current coder."""
        project, writer = self._project, self._writer
        if project is None:
            return
        if self._session is not None:
            self._session.end_gesture()
        self._wanted = sample_id
        if self._is_open(sample_id):
            # Read anew, it would lack what is edited until it has been read.
            self._background.cancel("open")
            self.opening.emit("")
            return
        sample = project.sample(sample_id)
        self.opening.emit(f"Opening {sample.subject}/{sample.name}")
        coder, cache, veil = self._coder, self._cache, self._veil

        def read() -> _Opened:
            if writer is not None:
                writer.flush()
            clip = open_clip(sample.clip_path, rate=sample.rate, cache=cache)
            others = project.annotations(sample_id)
            annotation = others.pop(coder, Annotation())
            steps = project.steps(sample_id, coder)
            if veil is not None:
                seen = veil(sample_id, others)
                return _Opened(sample, clip, annotation, seen, steps, Curtain({}, for_ever=True))
            if not blind.is_hidden(project, sample, coder):
                return _Opened(sample, clip, annotation, others, steps, None)
            curtain = Curtain(others, blind.is_kept_blind(project, sample, coder))
            return _Opened(sample, clip, annotation, {}, steps, curtain)

        self._background.run("open", read, self._on_opened, self._on_open_failed)

    def reload(self) -> None:
        """Read the open project anew after labels came into it from elsewhere."""
        session = self._session
        self._choose_coder()
        self.project_changed.emit()
        if session is not None:
            sample_id = session.sample.id
            self._close_session()
            self.open_sample(sample_id)

    def step_sample(self, by: int, since: int | None = None) -> None:
        """Open the next or a previous sample; at the ends nothing happens.

        Parameters
        ----------
        since : int, optional
            Id of the sample to count from. Without it, the one that was asked for last: keys
            pressed while a clip is opened add up, and one that cannot be opened is passed over.
        """
        since = self._wanted if since is None else since
        if self._project is None or since is None:
            return
        ids = self._project.sample_ids()
        if since in self._order:
            ids = self._order
        at = ids.index(since) + by
        if 0 <= at < len(ids):
            self.open_sample(ids[at])

    def set_order(self, sample_ids: tuple[int, ...]) -> None:
        """Say in which order clips are stepped through: as the list shows them."""
        self._order = sample_ids

    def set_coder(self, coder: str) -> None:
        """Edit another coder's labels from now on."""
        if coder == self._coder:
            return
        self._coder = coder
        self.coder_changed.emit(coder)
        if self._session is not None:
            self.open_sample(self._session.sample.id)

    @property
    def veiled(self) -> bool:
        """Whether it may not be seen whose labels are whose."""
        return self._veil is not None

    def draw_veil(self, coder: str, veil: Veil | None) -> None:
        """Edit another coder's labels, and show those of the others through a veil or without.

        Whatever is open is closed: the next `open_sample` shows what may be seen.
        """
        self._close_session()
        self._coder, self._veil = coder, veil
        self.veiled_changed.emit(veil is not None)
        self.coder_changed.emit(coder)
        self.session_changed.emit()

    def undo(self) -> None:
        """Take back the last step on the open clip."""
        if self._session is not None:
            self._session.undo()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        if self._session is not None:
            self._session.redo()

    def flush(self) -> bool:
        """Write what is under way and wait for it; return whether everything is durable."""
        if self._session is not None:
            self._session.end_gesture()
        return self._writer is None or self._writer.flush()

    def durable(self) -> Callable[[], bool]:
        """Return what waits in another thread until everything written so far is durable."""
        return (lambda: True) if self._writer is None else self._writer.flush

    def marked(self) -> Callable[..., bool]:
        """Return what waits in another thread until the frames of all labels so far are marked."""
        return (lambda *_: True) if self._marker is None else self._marker.flush

    def close(self) -> None:
        """Close session and project; everything that can be written is written first."""
        self._background.cancel("open")
        self._wanted = None
        self._close_session()
        if self._writer is not None:
            self._writer.close()
            self._writer.deleteLater()
            self._writer = None
        if self._marker is not None:
            self._marker.close()
            self._marker = None
        if self._project is not None:
            self._project.close()
            self._project = None

    def _is_at_hand(self, path: Path) -> bool:
        """Whether the path is the open project, and it can be written."""
        folder = path.parent if path.name == PROJECT_FILE else path
        return (
            self._project is not None
            and self._writer is not None
            and self._project.folder.resolve() == folder.resolve()
        )

    def _is_open(self, sample_id: int) -> bool:
        now = self._session
        return now is not None and (now.sample.id, now.coder) == (sample_id, self._coder)

    def _choose_coder(self) -> None:
        """In a project of others, begin as one of its people rather than as a stranger."""
        project = self._project
        people = [c for c in project.coders() if not project.is_machine(c)] if project else []
        if people and self._coder not in people:
            self._coder = people[0]
            self.coder_changed.emit(self._coder)

    def _close_session(self) -> None:
        if self._session is not None:
            self._session.end_gesture()
            if self._marker is None:
                self._session.clip.close()
            else:
                self._marker.let_go(self._session.clip)
            self._session.deleteLater()
            self._session = None

    def _on_loose(self, found: tuple[Project, int]) -> None:
        self.opening.emit("")
        project, sample_id = found
        if project is self._project:
            self.project_changed.emit()  # the clip may be new in it
            self.open_sample(sample_id)
        else:
            self.open_project(project, sample_id)

    def _on_opened(self, opened: _Opened) -> None:
        self._close_session()
        write = self._writer.write if self._writer is not None else None
        if self._marker is not None:
            self._marker.follow(opened.sample.id, opened.clip)
        self._session = Session(
            opened.sample,
            opened.clip,
            self._coder,
            opened.annotation,
            others=opened.others,
            steps=opened.steps,
            write=write,
            curtain=opened.curtain,
            parent=self,
        )
        sample_id = opened.sample.id
        self._session.annotation_changed.connect(lambda _: self.sample_changed.emit(sample_id))
        self._session.refused.connect(self.failed)
        self.opening.emit("")
        self._tell_session()

    def _tell_session(self) -> None:
        """Say that another clip is open, and once a project that it can only be read."""
        self.session_changed.emit()
        untold, self._untold = self._untold, False
        if untold and self._project is not None:
            # Not before: a window takes old messages away with the clip that they were about.
            self.failed.emit(_opened_read_only(self._project))

    def _on_open_failed(self, error: MeviewerError) -> None:
        self.opening.emit("")
        self.failed.emit(error)

    def _on_saved(self, saved: bool) -> None:
        # The signal crosses threads: by now another edit may be on its way.
        self.saved_changed.emit(saved and self.saved)


def _opened_read_only(project: Project) -> MeviewerError:
    from meviewer.core.errors import ReadOnlyError

    return ReadOnlyError(
        "The project is open for reading only",
        where=project.name,
        why=project.why_read_only,
        now="labels can be looked at but not changed here",
    )
