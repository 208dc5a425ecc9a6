"""What a chosen run would say if the apex lay elsewhere: asked behind the window."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Event, Keyframes
from meviewer.experiment.records import Supposed
from meviewer.gui.stores.analysis import Analysis
from meviewer.gui.stores.estimate import EstimateStore
from meviewer.gui.stores.resident import Resident
from meviewer.gui.stores.selection import Selection
from meviewer.gui.stores.session import Session
from meviewer.gui.stores.what_if_answers import Answers, Place
from meviewer.gui.stores.what_if_run import WhatIfRun
from meviewer.gui.stores.workspace import Workspace
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job
from meviewer.nn.what_if_units import WhatIfArguments, WhatIfQuestion
from meviewer.present.review import blind_words
from meviewer.present.timeline import Lane
from meviewer.present.what_if import (
    USUAL_REACH,
    Guess,
    PlaceMark,
    WhatIfState,
    askable,
    event_words,
    step_frames,
    supposed,
    what_if_state,
)
from meviewer.present.what_if_lane import run_lane

if TYPE_CHECKING:
    from meviewer.present.what_if_runs import KnownRun

_Offers = tuple[tuple[str, str, str], ...]

_MOST_EVENTS = 64
_LATE_QUESTIONS = 32


class WhatIf(QObject):
    """Asks the chosen run about the selected event, and about the others for the lane.

    Nothing is asked, and nothing known is shown, of a clip that its coder has to judge first.

    Signals
    -------
    changed()
        It knows more, or shows something else.
    lane_changed()
        The lane is on or off, or says something else.
    """

    changed = Signal()
    lane_changed = Signal()

    def __init__(
        self,
        run: WhatIfRun,
        workspace: Workspace,
        selection: Selection,
        analysis: Analysis,
        estimate: EstimateStore,
        parent: QObject | None = None,
        make_process: Callable[[], WorkerProcess] = WorkerProcess,
    ) -> None:
        super().__init__(parent)
        self.run = run
        self._workspace, self._selection = workspace, selection
        self._analysis, self._estimate = analysis, estimate
        self._resident = Resident(self, make_process)
        self._answers = Answers()
        self._offered: tuple[tuple[KnownRun, ...], tuple[str, str], _Offers] = ((), ("", ""), ())
        self._refused: tuple[KnownRun | None, Place | None, str] = (None, None, "")
        self._asked: OrderedDict[int, Place] = OrderedDict()
        self._number = 0
        self._pending: tuple[Place | None, tuple[Keyframes, ...]] = (None, ())
        self._trouble = ""
        self._reach = USUAL_REACH
        self._strip = self._lane = False
        self._resident.said.connect(self._take)
        self._resident.failed.connect(self._give_up)
        run.chosen_changed.connect(self._begin)
        for signal in (
            workspace.session_changed,
            workspace.sample_changed,
            selection.changed,
            run.runs_changed,
        ):
            signal.connect(lambda *_: self._follow())

    # What is wanted

    @property
    def reach(self) -> int:
        """Columns on each side of the labelled apex."""
        return self._reach

    @property
    def lane_on(self) -> bool:
        """Whether the timeline is to have a lane of the run."""
        return self._lane

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._pending[1])

    def set_reach(self, reach: int) -> None:
        """Show so many columns on each side of the labelled apex."""
        self._reach = reach
        self._follow()

    def show_strip(self, on: bool) -> None:
        """Begin or cease to ask for the columns of the strip."""
        self._strip = on
        self._follow()

    def show_lane(self, on: bool) -> None:
        """Begin or cease to ask for the events of the lane."""
        self._lane = on
        self._follow()
        self.lane_changed.emit()

    def shutdown(self) -> None:
        """Let the process go and wait for it."""
        self._resident.shutdown()

    # What is shown

    def why_not(self) -> str:
        """Say why there is no strip now; empty if there is one."""
        session, event = self._workspace.session, self._event()
        if session is None:
            return "Open a clip first."
        if session.blind:
            return blind_words(session.blind, session.stays_blind)
        run = self.run.chosen
        if run is None:
            return self.run.none_words()
        refusal = self._refusal(session, run)
        if refusal:
            return f"{run.name} cannot answer for this clip: {refusal}."
        if self._trouble:
            return f"{self._trouble} Choose the run again to try once more."
        guess = None if event is None else self._answers.of(self._place()).get(event.keyframes)
        return event_words(event) or (guess.reason if guess is not None else "")

    def offers(self) -> _Offers:
        """Return name and title of each run, and why it cannot be asked about the open clip."""
        session, runs = self._workspace.session, self.run.runs
        about = ("", "") if session is None else (session.sample.subject, session.clip.fingerprint)
        if self._offered[0] is not runs or self._offered[1] != about:
            # Asked at every step of a drag.
            found = tuple(
                (run.name, run.title, run.why if session is None else run.why_not(*about))
                for run in runs
            )
            self._offered = (runs, about, found)
        return self._offered[2]

    def who(self) -> str:
        """Say which networks answer for the open clip; empty where nothing is shown."""
        session, run = self._workspace.session, self.run.chosen
        if session is None or run is None or session.blind:
            return ""
        return run.who(session.sample.subject, session.clip.fingerprint)

    def state(self) -> WhatIfState | None:
        """Return what the strip draws; None where `why_not` says why."""
        session, event, run = self._workspace.session, self._event(), self.run.chosen
        place = self._place()
        if session is None or event is None or run is None or place is None or self.why_not():
            return None
        classes = run.card.classes if run.card is not None else ()
        return what_if_state(
            event.keyframes,
            self._reach,
            session.clip.numbers,
            session.clip.rate,
            self._answers.of(place),
            self._answers.before(place, event.id),
            classes,
            self._marks(),
        )

    def lane(self) -> Lane | None:
        """Return the lane of the run; None if it is off, without a run, and blind."""
        session, run, place = self._workspace.session, self.run.chosen, self._place()
        if not self._lane or session is None or session.blind or run is None or place is None:
            return None
        why = self._refusal(session, run) or self._trouble
        events, selected = session.annotation.events, self._selection.event_id
        known, asked = self._answers.of(place), self._pending[1]
        return run_lane(run.name, events, known, selected, why, asked)

    def _refusal(self, session: Session, run: KnownRun) -> str:
        """Say why the run may not judge the open clip: asked at every step of a drag."""
        place = Place(run.name, session.clip.fingerprint)
        if self._refused[0] is not run or self._refused[1] != place:
            words = run.why_not(session.sample.subject, session.clip.fingerprint)
            self._refused = (run, place, words)
        return self._refused[2]

    def _marks(self) -> tuple[PlaceMark, ...]:
        marks = []
        suggested = self._analysis.suggested_keyframes()
        if suggested is not None:
            marks.append(PlaceMark("gamdss", suggested.apex, "GAMDSS suggests it"))
        estimated = self._estimate.keyframes()
        if estimated is not None:
            marks.append(PlaceMark("prediction", estimated.apex, "the model suggests it"))
        return tuple(marks)

    # Asking

    def _session(self) -> Session | None:
        """Return the open clip, unless a coder has to judge it first."""
        session = self._workspace.session
        return None if session is None or session.blind else session

    def _event(self) -> Event | None:
        session = self._session()
        return None if session is None else session.annotation.find(self._selection.event_id)

    def _place(self) -> Place | None:
        session, run = self._session(), self.run.chosen
        if session is None or run is None:
            return None
        return Place(run.name, session.clip.fingerprint)

    def _begin(self) -> None:
        """Forget what a run has said before it was chosen, or before it was trained on."""
        self._resident.dismiss()
        self._answers.forget()
        self._asked.clear()
        self._trouble = ""
        self._pending = (None, ())
        self._follow()
        self.lane_changed.emit()

    def _follow(self) -> None:
        """Ask what is not known yet; a newer question takes the place of the one under way."""
        self.run.want(self._strip or self._lane)
        place, wanted = self._place(), self._wanted()
        session, run = self._session(), self.run.chosen
        if (place, wanted) != self._pending and session is not None and run is not None:
            asks = bool(wanted) or self._resident.running
            self._pending = (place, wanted)
            if asks and place is not None:
                self._ask(session, place, WhatIfArguments(str(run.folder)))
        elif place is None:
            # Nothing may be asked of what is open now; the networks stay at hand for the next clip.
            self._pending = (None, ())
            if self._resident.running:
                self._resident.hush(WhatIfQuestion(0, "", "", ()))
        self.changed.emit()

    def _ask(self, session: Session, place: Place, arguments: WhatIfArguments) -> None:
        self._number += 1
        self._asked[self._number] = place
        while len(self._asked) > _LATE_QUESTIONS:
            self._asked.popitem(last=False)
        marks = tuple((one.onset, one.apex, one.offset) for one in self._pending[1])
        sample = session.sample
        question = WhatIfQuestion(self._number, str(sample.clip_path), sample.subject, marks)
        built: dict[str, object] = msgspec.to_builtins(arguments)
        self._resident.ask(Job("what-if", built), question)

    def _wanted(self) -> tuple[Keyframes, ...]:
        """Return what is to be asked, in order: the event as it is, its columns, the others."""
        session, run, place, event = (
            self._session(),
            self.run.chosen,
            self._place(),
            self._event(),
        )
        if session is None or run is None or place is None or self._trouble:
            return ()
        if self._refusal(session, run):
            return ()
        wanted: list[Keyframes] = []
        if event is not None and event.has_apex and (self._strip or self._lane):
            wanted += [event.keyframes] if askable(event) else []
            if self._strip:
                step = step_frames(session.clip.rate)
                wanted += supposed(event.keyframes, self._reach, step)
        if self._lane:
            middle = 0 if event is None else event.onset
            others = [one for one in session.annotation.events if askable(one)]
            others.sort(key=lambda one: abs(one.onset - middle))
            wanted += [one.keyframes for one in others[:_MOST_EVENTS]]
        known = self._answers.of(place)
        return tuple(dict.fromkeys(one for one in wanted if one not in known))

    def _take(self, record: object) -> None:
        if not isinstance(record, Supposed) or record.question not in self._asked:
            return
        place, marks = self._asked[record.question], Keyframes(*record.keyframes)
        guess = Guess(record.classes, record.probabilities, record.model, record.reason)
        about = self._event() if self._place() == place else None
        self._answers.keep(place, marks, guess, about)
        where, left = self._pending
        if where == place:
            self._pending = (where, tuple(one for one in left if one != marks))
        self.changed.emit()
        session = self._session()
        events = session.annotation.events if session is not None and self._lane else ()
        if any(one.keyframes == marks for one in events):
            self.lane_changed.emit()

    def _give_up(self, error: MeviewerError) -> None:
        self._trouble = str(error)
        self._pending = (self._pending[0], ())
        self.changed.emit()
        self.lane_changed.emit()
