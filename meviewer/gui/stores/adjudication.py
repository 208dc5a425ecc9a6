"""Blind adjudication under way: which clip, which movement of it, and what was decided."""

from __future__ import annotations

import random

from PySide6.QtCore import QObject, QTimer, Signal

from meviewer.core import edits
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event
from meviewer.experiment.adjudication import (
    Plan,
    decided_for,
    drawn_order,
    is_none,
    names,
    reason_words,
    take,
    take_none,
    veiled,
)
from meviewer.experiment.agreement_matching import Matched, match
from meviewer.gui.stores.playhead import Playhead
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.session import Session
from meviewer.gui.stores.workspace import Workspace
from meviewer.project.labels import ADJUDICATED


class Adjudication(QObject):
    """Owner of the queue of clips to be decided; labels change through the session alone.

    Parameters
    ----------
    rng : random.Random, optional
        Deals who is 1, who is 2 and so on; the system's own chance if not given.

    Signals
    -------
    changed()
        Another clip or movement is current, something was decided, or it has ended.
    asked()
        The clip is to be decided; whoever has the reason calls `decide`.
    said(str)
        What just happened or why nothing did.
    """

    changed = Signal()
    asked = Signal()
    said = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        playhead: Playhead,
        selection: Selection,
        parent: QObject | None = None,
        rng: random.Random | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._playhead, self._selection = workspace, playhead, selection
        self._rng = rng or random.SystemRandom()
        self._plan: Plan | None = None
        self._before = ""
        self._orders: dict[int, tuple[str, ...]] = {}
        self._at = 0
        self._movement = 0
        self._movements: list[Matched] = []
        workspace.session_changed.connect(self._follow_session)
        workspace.sample_changed.connect(lambda _: self._tell())
        workspace.project_changed.connect(self._follow_project)

    @property
    def active(self) -> bool:
        """Whether clips are being decided."""
        return self._plan is not None

    @property
    def place(self) -> tuple[int, int]:
        """Number of the current clip from 1, and how many there are."""
        n_clips = 0 if self._plan is None else len(self._plan.sample_ids)
        return self._at + 1, n_clips

    @property
    def movements(self) -> tuple[Matched, ...]:
        """The movements of the open clip as 1, 2 and so on have marked them, in order of time."""
        return tuple(self._movements)

    @property
    def n_coders(self) -> int:
        """How many coders have given a word on the open clip."""
        return len(self._movements[0]) if self._movements else 0

    @property
    def movement(self) -> int:
        """Index of the current one of `movements`."""
        return self._movement

    def decided(self, at: int) -> Event | None:
        """Return what was decided for a movement so far."""
        session = self._session()
        return None if session is None else decided_for(session.annotation, self._movements[at])

    def is_none(self, at: int) -> bool:
        """Whether it was decided that a movement is no event."""
        session = self._session()
        return session is not None and is_none(session.annotation, self._movements[at])

    def begin(self, plan: Plan) -> None:
        """Begin with the first clip of a plan; names are out of sight from here on."""
        self._before = self._workspace.coder
        self._plan, self._at = plan, 0
        self._orders = {
            one: drawn_order(who, self._rng)
            for one, who in zip(plan.sample_ids, plan.labelled, strict=True)
        }
        self._workspace.draw_veil(ADJUDICATED, _Veil(dict(self._orders)))
        self._open()

    def end(self) -> None:
        """Show names again, and the clip as the coder from before sees it."""
        plan = self._plan
        self.stop()
        if plan is not None and plan.sample_ids:
            self._workspace.open_sample(plan.sample_ids[self._at])

    def stop(self) -> None:
        """End at once, without opening a clip."""
        if self._plan is not None:
            self._plan, self._movements = None, []
            self._workspace.flush()
            self._workspace.draw_veil(self._before, None)
            self.changed.emit()

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) clip of the queue."""
        if self._plan is None:
            return
        at = self._at + by
        if not 0 <= at < len(self._plan.sample_ids):
            self.said.emit("This was the last clip" if by > 0 else "This is the first clip")
            return
        self._at = at
        self._open()

    def step_movement(self, by: int) -> None:
        """Go to the next (1) or previous (-1) movement of the clip."""
        if self._movements:
            self._go_to(min(max(self._movement + by, 0), len(self._movements) - 1))

    def take(self, number: int) -> None:
        """Take what coder ``number`` says of the current movement, and go on to an open one."""
        session = self._session()
        if session is None or not self._movements:
            return
        if number > self.n_coders:
            self.said.emit(f"Only {self.n_coders} coders have labelled this clip")
            return
        after = take(session.annotation, self._movements[self._movement], number)
        session.commit(after, f"Take {number}")
        self._go_on()

    def take_none(self) -> None:
        """Decide that the current movement is no event."""
        session = self._session()
        if session is None or not self._movements:
            return
        after = take_none(session.annotation, self._movements[self._movement])
        session.commit(after, "Decide: no event")
        self._go_on()

    def ask(self) -> None:
        """Ask whoever has the reason to decide."""
        self.asked.emit()

    def decide(self, reason: str) -> bool:
        """Declare the clip decided and go to the next one; return whether that was possible.

        A reason is needed, and a decision on each movement.
        """
        session, plan = self._session(), self._plan
        if session is None or plan is None:
            return False
        still = self._open_movement()
        if still is not None:
            self._go_to(still)
            self.said.emit(
                f"Event {still + 1} is open: take what a coder says, set your own, or none"
            )
            return False
        if not reason.strip():
            self.said.emit("A decision needs a reason")
            return False
        after = edits.set_status(session.annotation, Status.ADJUDICATED)
        why = reason_words(reason, plan.judge, self._orders[session.sample.id])
        session.commit(after, "Adjudicate the clip", reason=why)
        if session.read_only:
            return False
        self._tell()
        self.step(1)
        return True

    def _session(self) -> Session | None:
        return self._workspace.session if self.active else None

    def _open(self) -> None:
        assert self._plan is not None
        if self._plan.sample_ids:
            self._workspace.open_sample(self._plan.sample_ids[self._at])
        self.changed.emit()

    def _follow_session(self) -> None:
        session = self._session()
        if session is None:
            self._movements = []
            return
        order = self._orders.get(session.sample.id, ())
        tiers = [session.others.get(name, Annotation()).events for name in names(len(order))]
        self._movements, self._movement = match(tiers), 0
        # Not before the window has put the playhead where it usually begins.
        QTimer.singleShot(0, self, self._begin_clip)
        self._tell()

    def _begin_clip(self) -> None:
        """Go to the first movement about which nothing was decided."""
        if self._session() is not None and self._movements:
            still = self._open_movement()
            self._go_to(0 if still is None else still)

    def _follow_project(self) -> None:
        """Another project has other clips; labels that came into this one change nothing here."""
        project, plan = self._workspace.project, self._plan
        if plan is not None and (
            project is None or not set(plan.sample_ids) <= set(project.sample_ids())
        ):
            self.stop()

    def _go_on(self) -> None:
        still = self._open_movement()
        self._go_to(self._movement if still is None else still)

    def _open_movement(self) -> int | None:
        """Return the first movement about which nothing was decided."""
        return next(
            (
                at
                for at in range(len(self._movements))
                if self.decided(at) is None and not self.is_none(at)
            ),
            None,
        )

    def _go_to(self, at: int) -> None:
        self._movement = at
        event = self.decided(at)
        self._selection.set_event(None if event is None else event.id)
        shown = event or next(one for one in self._movements[at] if one is not None)
        self._playhead.set_frame(shown.apex if shown.has_apex else shown.onset)
        self._tell()

    def _tell(self) -> None:
        if self.active:
            self.changed.emit()


class _Veil:
    """Shows the labels of coders as 1, 2 and so on; called in another thread."""

    def __init__(self, orders: dict[int, tuple[str, ...]]) -> None:
        self._orders = orders

    def __call__(self, sample_id: int, tiers: dict[str, Annotation]) -> dict[str, Annotation]:
        order = self._orders.get(sample_id)
        return {} if order is None else veiled(tiers, order)
