"""The review queue of the open project: computed behind the window, in an order that stays."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.experiment.doubt import doubts
from meviewer.experiment.doubt_project import judged_in
from meviewer.experiment.records import Preparing
from meviewer.gui.running.background import Background
from meviewer.gui.running.task import Token
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.workspace import Workspace
from meviewer.present.review import QueueEntry, entries
from meviewer.project.project import Project

_SLOT = "review"


class ReviewQueue(QObject):
    """Ranks the clips of a project by doubt.

    The order is made when the queue is asked for and stays while one walks through it, else the
    clip that was just put right would slip away below one's feet; what is said of each clip follows
    every edit.

    Signals
    -------
    changed()
        Entries or order are other than before.
    arrived(int, int)
        A clip was opened by walking through the queue: its place from 1 on, of how many.
    progress(str)
        How many clips were looked at, in words; empty at the end.
    failed(MeviewerError)
    """

    changed = Signal()
    arrived = Signal(int, int)
    progress = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._selection = workspace, selection
        self._background = background
        self._wanted = False
        self._entries: dict[int, QueueEntry] = {}
        self._order: tuple[int, ...] = ()
        self._allowed: Collection[int] | None = None
        self._goal: QueueEntry | None = None
        self._pending = 0
        self._goes_to: int | None = None
        self._walking = False
        workspace.project_changed.connect(self._begin)
        workspace.coder_changed.connect(lambda _: self._begin())
        workspace.session_changed.connect(self._arrived)

    @property
    def order(self) -> tuple[int, ...]:
        """Ids of the samples, the most doubtful first; empty until it is computed."""
        return self._order

    @property
    def wanted(self) -> bool:
        """Whether anybody has asked for the queue in this project."""
        return self._wanted

    @property
    def walking(self) -> bool:
        """Whether the open clip was opened by walking through the queue."""
        return self._walking

    def entry(self, sample_id: int) -> QueueEntry | None:
        """Return what is said of a sample, or None."""
        return self._entries.get(sample_id)

    def ask(self) -> None:
        """Begin to look at the clips, unless that was asked before."""
        if not self._wanted:
            self._wanted = True
            self._look()

    def rank_again(self) -> None:
        """Put the clips in the order of what is known by now."""
        self._order = ()
        self._wanted = True
        self._look()

    def allow(self, sample_ids: Collection[int] | None) -> None:
        """Walk through these samples only; None: through all of them."""
        self._allowed = sample_ids

    def step(self, by: int, since: int | None = None) -> bool:
        """Open the next (1) or previous (-1) clip of the queue; say whether there is one.

        While the queue is made for the first time the step is kept until it is there.

        Parameters
        ----------
        since : int, optional
            Id of the sample to count from. Without it, the one that was asked for last: keys
            pressed while a clip is opened add up, and one that cannot be opened is passed over.
        """
        self.ask()
        if not self._order:
            self._pending = by
            return True
        here = self._workspace.wanted if since is None else since
        goal = self._following(by, here)
        if goal is not None:
            self._open(goal)
        return goal is not None

    def _following(self, by: int, here: int | None) -> int | None:
        """Return the clip to go to from another one; the first or last from outside the queue."""
        order = self._listed()
        if here in self._order and (self._walking or here in order):
            # By its place among all: what was just committed may have left the list.
            place = self._order.index(here)
            ahead = self._order[place + 1 :] if by > 0 else self._order[:place][::-1]
            return next((at for at in ahead if at in order), None)
        return next(iter(order if by > 0 else order[::-1]), None)

    def _listed(self) -> list[int]:
        """Return the queue without what the list leaves out."""
        return [at for at in self._order if self._allowed is None or at in self._allowed]

    def _open(self, sample_id: int) -> None:
        session = self._workspace.session
        self._goal, self._goes_to = self._entries.get(sample_id), sample_id
        self._workspace.open_sample(sample_id)
        if session is not None and session.sample.id == sample_id:
            self._arrived()

    def _begin(self) -> None:
        self._background.cancel(_SLOT)
        self._entries, self._order, self._goal, self._pending = {}, (), None, 0
        self._goes_to, self._walking = None, False
        again, self._wanted = self._wanted, False
        if again and self._workspace.project is not None:
            self.ask()
        self.changed.emit()

    def _arrived(self) -> None:
        """Select what is in doubt, and look again at the clip that was left."""
        session, goal = self._workspace.session, self._goal
        goes_to, self._goes_to = self._goes_to, None
        self._walking = session is not None and session.sample.id == goes_to
        if session is not None and self._walking:
            self._tell_place(session.sample.id)
        if session is not None and goal is not None and goal.sample_id == session.sample.id:
            self._goal = None
            if session.annotation.find(goal.event_id) is not None:
                self._selection.set_event(goal.event_id)
                if goal.edge is not None:
                    self._selection.set_edge(goal.edge)
        if self._wanted:
            self._look()

    def _tell_place(self, here: int) -> None:
        listed = self._listed()
        ids = listed if here in listed else list(self._order)
        self.arrived.emit(ids.index(here) + 1, len(ids))

    def _look(self) -> None:
        project, coder = self._workspace.project, self._workspace.coder
        if project is None:
            return
        durable = self._workspace.durable()

        def look(token: Token) -> tuple[QueueEntry, ...]:
            durable()
            return ranked(project, coder, token)

        self._background.run_long(
            _SLOT, look, self._take, self._give_up, progress=self._advanced, follow=True
        )

    def _advanced(self, _share: float, text: str) -> None:
        self.progress.emit(text)

    def _take(self, found: tuple[QueueEntry, ...]) -> None:
        self.progress.emit("")
        self._entries = {one.sample_id: one for one in found}
        if not self._order:
            self._order = tuple(self._entries)
        known = set(self._order)
        self._order += tuple(at for at in self._entries if at not in known)
        self.changed.emit()
        pending, self._pending = self._pending, 0
        if pending and self._order:
            # Whoever asks for the queue wants its worst, wherever the open clip stands in it.
            self._open((self._listed() or self._order)[0 if pending > 0 else -1])

    def _give_up(self, error: MeviewerError) -> None:
        self.progress.emit("")
        self.failed.emit(error)


def ranked(project: Project, coder: str, token: Token) -> tuple[QueueEntry, ...]:
    """Look at what was not looked at before, and return all clips, the most doubtful first."""
    from meviewer.nn.looks import looks

    work = looks(project, coder)
    with closing(work):
        while True:
            try:
                said = next(work)
            except StopIteration as end:
                known = end.value
                break
            if token.cancelled:
                return ()
            if isinstance(said, Preparing) and said.total:
                token.report(
                    said.done / said.total, f"Looking at clips: {said.done} of {said.total}"
                )
    found = entries(doubts(judged_in(project, coder, known)))
    seen = {one.sample_id for one in found}
    rest = tuple(QueueEntry(at) for at in project.sample_ids() if at not in seen)
    return found + rest
