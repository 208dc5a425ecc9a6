"""Watches whether the open clip is still the one that its labels were set on."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError
from meviewer.gui.running.background import Background
from meviewer.gui.running.task import Token
from meviewer.gui.stores.session import Session
from meviewer.gui.stores.workspace import Workspace
from meviewer.project import frame_marks, repair
from meviewer.project.project import Project
from meviewer.project.repair import Shifted

_SLOT, _TAKING = "identity", "taking a clip over"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """What comparing has told: a change that awaits a decision, or news that need none."""

    shifted: Shifted | None = None
    news: str = ""


class ShiftWatch(QObject):
    """Compares each clip that is opened with its labels, and puts the labels right.

    Signals
    -------
    changed()
        There is something else to say, or nothing any more.
    progress(float, str)
        How far the comparison is, 0 to 1, and what it does.
    """

    changed = Signal()
    progress = Signal(float, str)

    def __init__(
        self, workspace: Workspace, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._background = background
        self._shifted: Shifted | None = None
        self._offered = False
        self._after: Annotation | None = None
        self._news = ""
        workspace.session_changed.connect(self._begin)

    @property
    def shifted(self) -> Shifted | None:
        """What happened to the open clip, if the labels await a decision."""
        return self._shifted if self._offered else None

    @property
    def news(self) -> str:
        """What happened to the open clip without any effect on its labels; empty if nothing."""
        return self._news

    @property
    def comparing(self) -> bool:
        """Whether the clip is still being compared."""
        return self._background.is_busy(_SLOT)

    def move_labels(self) -> None:
        """Move the labels with their frames, as one step of undo."""
        session, shifted = self._workspace.session, self.shifted
        if session is None or shifted is None or not shifted.moved.moves:
            return
        after = shifted.repaired(session.annotation, session.clip.n_frames).annotation
        self._after = after
        if after == session.annotation:
            self._settled(session)
        else:
            session.commit(after, shifted.step, reason=shifted.moved.text)

    def leave_labels(self) -> None:
        """Take the labels as right where they are, on the clip as it is now."""
        session, shifted = self._workspace.session, self._shifted
        if session is None or shifted is None:
            return
        if session.read_only:
            self.dismiss()
            return
        self._take(session, shifted, leave=True)
        self._shifted = None
        self.dismiss()

    def dismiss(self) -> None:
        """Say no more of it until the clip is opened again."""
        self._offered, self._news = False, ""
        self.changed.emit()

    def stop(self) -> None:
        """Compare no further; it begins anew when the clip is opened again."""
        self._background.cancel(_SLOT)
        self.changed.emit()

    def _begin(self) -> None:
        self._shifted, self._offered, self._after, self._news = None, False, None, ""
        self._background.cancel(_SLOT)
        session, project = self._workspace.session, self._workspace.project
        if session is not None and project is not None:
            session.annotation_changed.connect(lambda _: self._reconsider())
            self._compare(project, session)
        self.changed.emit()

    def _compare(self, project: Project, session: Session) -> None:
        sample_id, coder, clip = session.sample.id, session.coder, session.clip
        marked = self._workspace.marked()

        def compare(token: Token) -> _Found:
            marked()  # else marks of a step that was undone meanwhile would speak
            if frame_marks.pending(project, sample_id, coder, clip.fingerprint) is None:
                return _Found(news=repair.catch_up(project, sample_id, clip))
            shifted = repair.examine(project, sample_id, coder, token)
            if shifted is None:
                return _Found()
            labels = project.annotation(sample_id, coder)
            is_right = shifted.is_done(labels, clip.n_frames)
            if not is_right and (shifted.moved.moves or not shifted.moved.exact):
                return _Found(shifted)
            if not project.read_only:
                repair.accept(project, sample_id, coder, clip, shifted)
            return _Found(news=shifted.moved.text)

        self._background.run_long(
            _SLOT,
            compare,
            lambda found: self._compared(session, found),
            self._failed,
            progress=self.progress.emit,
        )

    def _compared(self, session: Session, found: _Found) -> None:
        if session is not self._workspace.session:
            return
        if found.news and self._workspace.project is not None:
            session.sample = self._workspace.project.sample(session.sample.id)
        self._shifted, self._news = found.shifted, found.news
        self._offered = found.shifted is not None
        self.changed.emit()

    def _failed(self, error: MeviewerError) -> None:
        # The clip is shown all the same, and is compared when it is opened again.
        _log.warning("a clip could not be compared with its labels: %s", error)
        self.changed.emit()

    def _reconsider(self) -> None:
        """Offer a repair again that was taken back, and settle one that was done."""
        session, shifted = self._workspace.session, self._shifted
        if session is None or shifted is None or not shifted.moved.moves:
            return
        now = session.annotation
        if now == self._after or shifted.is_done(now, session.clip.n_frames):
            self._settled(session)
        elif shifted.is_open(now):
            self._offered = True
            self.changed.emit()

    def _settled(self, session: Session) -> None:
        if self._shifted is not None and not session.read_only:
            self._take(session, self._shifted, leave=False)
        self._offered = False
        self.changed.emit()

    def _take(self, session: Session, shifted: Shifted, *, leave: bool) -> None:
        """Bring up to date what the project knows of the clip, after the labels are durable."""
        project, durable = self._workspace.project, self._workspace.durable()
        sample_id, coder, clip = session.sample.id, session.coder, session.clip
        if project is None:
            return
        writable = project

        def take() -> None:
            durable()
            repair.accept(writable, sample_id, coder, clip, shifted, leave=leave)

        self._background.run(_TAKING, take, lambda _: self._taken(session, writable), self._failed)

    def _taken(self, session: Session, project: Project) -> None:
        if session is not self._workspace.session:
            return
        session.sample = project.sample(session.sample.id)
        if session.sample.rate != session.clip.rate:
            self._workspace.reload()
