"""The face of the open clip: read from the project, its regions as masks, set by hand or found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError, ProjectError
from meviewer.core.events import Event
from meviewer.data.face.clip_face import ClipFace, FaceSource
from meviewer.data.face.finder import FaceFinder
from meviewer.data.face.regions import face_masks
from meviewer.gui.running.background import Background
from meviewer.gui.running.task import Token
from meviewer.gui.stores.workspace import Workspace
from meviewer.project.finding_faces import FaceOptions, find_one

FIND_SLOT = "face-find"
_MASKS_SLOT = "face-masks"
Failed = Callable[[MeviewerError], None]


class FaceStore(QObject):
    """The face of the open clip.

    Signals
    -------
    changed()
        Another clip is open, its face is another than before, or its regions have been drawn.
    failed(MeviewerError)
        A face could not be read.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, workspace: Workspace, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._stored: ClipFace | None = None
        self._masks: dict[str, NDArray[np.bool_]] | None = None
        self._finder: FaceFinder | None = None
        workspace.session_changed.connect(self._follow)

    @property
    def face(self) -> ClipFace | None:
        """The face of the open clip; None if nobody looked, or nothing was found."""
        stored = self._stored
        return None if stored is None or stored.source is FaceSource.NONE else stored

    @property
    def stored(self) -> ClipFace | None:
        """What the project holds; source ``NONE`` where it was looked for in vain."""
        return self._stored

    def masks(self) -> dict[str, NDArray[np.bool_]] | None:
        """Return the regions as (H, W) bool at the size of the clip.

        None without a face, and as long as they are being drawn: `changed` says when they are
        there.
        """
        return self._masks

    def find(
        self,
        options: FaceOptions,
        done: Callable[[ClipFace | None], None],
        failed: Failed,
        progress: Callable[[float, str], None],
    ) -> None:
        """Look for the face of the open clip in the background; nothing is stored by that."""
        session = self._workspace.session
        if session is None:
            return
        if self._finder is None:
            self._finder = FaceFinder()
        finder, clip, events = self._finder, session.clip, self._events()

        def work(token: Token) -> ClipFace | None:
            def report(n_done: int, n_all: int) -> bool:
                token.report(n_done / n_all, f"{n_done} of {n_all} frames")
                return not token.cancelled

            return find_one(finder, clip, events, options, report)

        self._background.run_long(FIND_SLOT, work, done, failed, progress=progress)

    def stop(self) -> None:
        """Stop looking."""
        self._background.cancel(FIND_SLOT)

    def keep(self, face: ClipFace, done: Callable[[], None], failed: Failed) -> None:
        """Store a face for the open clip and say when that is durable."""
        session, project = self._workspace.session, self._workspace.project
        if session is None or project is None or project.read_only:
            failed(_not_writable())
            return
        sample_id, coder = session.sample.id, session.coder

        def stored(_nothing: None) -> None:
            self._take(sample_id, face)
            done()

        self._background.run(
            f"face-keep-{sample_id}",
            lambda: project.set_face(sample_id, face, coder),
            stored,
            failed,
        )

    def bring_back(self, done: Callable[[bool], None], failed: Failed) -> None:
        """Put back the face from before a person's last change; say whether there was one."""
        session, project = self._workspace.session, self._workspace.project
        if session is None or project is None or project.read_only:
            failed(_not_writable())
            return
        sample_id, coder = session.sample.id, session.coder

        def work() -> tuple[bool, ClipFace | None]:
            return project.bring_back_face(sample_id, coder), project.face(sample_id)

        def brought(found: tuple[bool, ClipFace | None]) -> None:
            self._take(sample_id, found[1])
            done(found[0])

        self._background.run(f"face-keep-{sample_id}", work, brought, failed)

    def _events(self) -> tuple[Event, ...]:
        """Return what people have labelled on the open clip, the open coder's first."""
        session, project = self._workspace.session, self._workspace.project
        if session is None or project is None:
            return ()
        others = [a for c, a in session.others.items() if not project.is_machine(c)]
        return tuple(event for labels in (session.annotation, *others) for event in labels)

    def _take(self, sample_id: int, face: ClipFace | None) -> None:
        """Show a face, unless another clip is open by now."""
        session = self._workspace.session
        if session is not None and session.sample.id == sample_id:
            self._show(face)

    def _show(self, face: ClipFace | None) -> None:
        self._stored, self._masks = face, None
        self._background.cancel(_MASKS_SLOT)
        self.changed.emit()
        self._draw_masks()

    def _draw_masks(self) -> None:
        """Draw the regions where nobody waits: in a large frame they take some 50 ms."""
        face, session = self.face, self._workspace.session
        if face is None or session is None:
            return
        size = session.clip.size
        self._background.run(
            _MASKS_SLOT, lambda: face_masks(face, size), self._masks_drawn, self.failed.emit
        )

    def _masks_drawn(self, masks: dict[str, NDArray[np.bool_]] | None) -> None:
        self._masks = masks
        self.changed.emit()

    def _follow(self) -> None:
        session, project = self._workspace.session, self._workspace.project
        self.stop()
        face = None
        if session is not None and project is not None:
            try:
                face = project.face(session.sample.id)
            except MeviewerError as error:
                self.failed.emit(error)
        self._show(face)


def _not_writable() -> ProjectError:
    return ProjectError(
        "The face of a clip belongs to a project",
        why="no clip is open in a project that can be written",
        now="open the project first, or close the other window that has it open",
    )
