"""The open clip seen by the run on show: class probabilities, and which network answered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.experiment.records import Predicted
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import Panel, column, row, scroll
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import surface
from meviewer.gui.widgets.train_bars import ClassBars
from meviewer.present.export_view import bars_content
from meviewer.present.training_clip import answer, bars, skipped_error, undecided, why_not
from meviewer.present.training_jobs import predict_job
from meviewer.present.training_maps import MapPicture, map_pictures, read_maps

_BLIND = "Hidden: you have not committed this clip yet, or it is one that stays blind."
_UNDECIDED_TIP = "No class has half of the probability"
_RUN_TIP = "Class probabilities by the run on show"
_MAPS_TIP = "What the network looked at, over the apex frame of this clip"
_MANY_TIP = "Recognise selected clips, or all of the project, and keep the answers"


class TrainClipPanel(QWidget):
    """What the chosen run says about the clip that is open.

    Signals
    -------
    many_wanted()
        Other clips are to be recognised, too.
    """

    many_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        workspace: Workspace,
        runs: TrainingRuns,
        jobs: JobQueue,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._background = theme, background
        self._workspace, self._runs, self._jobs = workspace, runs, jobs
        self._said: Predicted | None = None
        self._job: int | None = None
        self._asked: tuple[int | None, int | None] = (None, None)
        self._bars = ClassBars(theme)
        self._words = label("", "caption", wrap=True)
        self._clip = ElidedLabel("", "strong")
        self._card = MessageCard(theme, "error", "")
        self._card.hide()
        self._run = push("Run on the open clip", compact=True, tip=_RUN_TIP)
        self._maps = push("Maps…", compact=True, tip=_MAPS_TIP)
        self._many = push("Many clips…", compact=True, tip=_MANY_TIP)
        more = row(self._maps, None, self._many, margins=(Space.m, Space.s, Space.m, Space.s))
        margins = (Space.l, Space.m, Space.l, Space.m)
        inside = column(self._clip, self._bars, self._words, self._card, None, margins=margins)
        panel = Panel("Recognise", scroll(inside), (self._run,), foot=surface("foot", more))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        offer_view(self._bars, lambda: bars_content(self._bars.bars))
        self._run.clicked.connect(self._start)
        self._maps.clicked.connect(self._show_maps)
        self._many.clicked.connect(self.many_wanted)
        jobs.ended.connect(self._ended)
        for told in (workspace.session_changed, runs.progressed, runs.changed):
            told.connect(self._refresh)
        self._refresh()

    def _now(self) -> tuple[int | None, int | None]:
        """Sample and run that an answer belongs to."""
        session = self._workspace.session
        return (session.sample.id if session else None, self._runs.chosen.run_id)

    def _refresh(self) -> None:
        if self._now() != self._asked:
            self._forget()
        session = self._workspace.session
        self._clip.setVisible(session is not None)
        name = f"{session.sample.subject}/{session.sample.name}" if session else ""
        close = self._said is not None and undecided(self._said.probabilities)
        self._clip.setText(f"{name}: undecided" if close else name)
        self._clip.setToolTip(_UNDECIDED_TIP if close else "")
        facts = self._runs.facts(self._runs.chosen.run_id)
        folds = len(self._runs.chosen.state.folds)
        blind = session is not None and session.blind
        reason = _BLIND if blind else why_not(session is not None, facts, folds)
        running = self._job is not None
        self._run.setEnabled(not reason and not running)
        self._maps.setVisible(self._said is not None and bool(self._said.maps))
        # No clip needs to be open for the others.
        self._many.setEnabled(not why_not(True, facts, folds))
        self._run.setText("Running" if running else "Run on the open clip")
        if not self._bars.bars and not self._card.isVisibleTo(self):
            self._say(reason or f"{facts.name if facts else ''} has not seen it yet")

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def _forget(self) -> None:
        self._asked = (None, None)
        self._job, self._said = None, None
        self._bars.show_bars(())
        self._card.hide()

    def _start(self) -> None:
        session, project = self._workspace.session, self._workspace.project
        facts = self._runs.facts(self._runs.chosen.run_id)
        if session is None or project is None or facts is None:
            return
        self._forget()
        self._asked = self._now()
        events = session.annotation.events
        job = predict_job(
            project.runs_folder / facts.name,
            session.sample.clip_path,
            events[0].keyframes if events and events[0].has_apex else None,
            session.sample.subject,
            project.runs_folder / facts.name / "maps",
        )
        self._job = self._jobs.add(job, f"{facts.name} on {session.sample.name}", aside=True)
        self._refresh()

    def _ended(self, job_id: int) -> None:
        if job_id != self._job:
            return
        self._job = None
        job = self._jobs.job(job_id)
        error = job.error or skipped_error(job.training)
        session = self._workspace.session
        if error is not None:
            self._card.show_error(error)
            self._card.show()
            self._say("")
        elif job.training.predicted and session is not None:
            self._said = said = job.training.predicted[-1]
            self._bars.show_bars(bars(said))
            self._say(answer(said, session.sample.first_number))
        self._refresh()

    def _show_maps(self) -> None:
        """Lay the inner pictures over the apex frame; reading and colouring takes a moment."""
        said, session = self._said, self._workspace.session
        if said is None or session is None:
            return
        clip, apex, path = session.clip, said.keyframes[1], Path(said.maps)
        facts = self._runs.facts(self._runs.chosen.run_id)
        name = f"{session.sample.subject}/{session.sample.name}"
        title = f"{facts.name if facts else ''} on {name}: {said.predicted}"
        self._background.run(
            "train-maps",
            lambda: map_pictures(clip.frame(apex), read_maps(path)),
            lambda pictures: self._open_maps(title, pictures),
            self._fail,
        )

    def _open_maps(self, title: str, pictures: tuple[MapPicture, ...]) -> None:
        from meviewer.gui.dialogs.train_maps import MapsDialog

        self.dialog = MapsDialog(self._theme, title, pictures, self)
        self.dialog.show()

    def _fail(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()
