"""A run asked about many clips: selected ones or the whole project, with progress and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFileDialog, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_text
from meviewer.experiment.answers import answer_of, answers, networks_of
from meviewer.experiment.records import Predicted, Skipped
from meviewer.gui.dialogs.train_report import ask_file, report_work
from meviewer.gui.running.background import Background
from meviewer.gui.stores.job_queue import JobQueue
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.training_answers import (
    HEADS,
    AskedClip,
    answer_cells,
    asked_clips,
    missing,
    summary,
    to_csv,
)
from meviewer.present.training_jobs import predict_clips_job
from meviewer.present.training_runs import RunFacts
from meviewer.project.project import Project

_SIZE, _MARGIN_PX = QSize(900, 640), QSize(40, 72)
_SLOT, _REPORT_SLOT = "asked-clips", "asked-report"
_REPORT_TIP = "Of the selected rows, or of all, as HTML or PDF, with what nobody knows"
_WIDTHS = (70, 150, 96, 96, 80, 84, None)
_LOOKS = {"done": ("ok", "done"), "stale": ("warn", "warn"), "failed": ("error", "error")}
_READING = (
    "Every marked event is asked about, with the keyframes of the labels that the run was trained"
    " on, or else of another person. Where nobody has marked one, in a clip of up to 5 s, they are"
    " looked for, roughly. A clip of a training subject is given to the fold that held this subject"
    " out. Answers are kept with the run; labels are not touched."
)


class ClipsDialog(QDialog):
    """A window beside the main one.

    Parameters
    ----------
    theme : Theme
    background : Background
    jobs : JobQueue
    project : Project
    facts : RunFacts
        The run that answers.
    coder : str
        Who looks: what has to be judged first is hidden.
    """

    def __init__(
        self,
        theme: Theme,
        background: Background,
        jobs: JobQueue,
        project: Project,
        facts: RunFacts,
        coder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{facts.name} on many clips")
        make_surface(self, "panel")
        self._background, self._jobs, self._project = background, jobs, project
        self._coder = coder
        self._facts, self._folder = facts, project.runs_folder / facts.name
        self._clips: tuple[AskedClip, ...] = ()
        self._asked: tuple[str, ...] = ()
        self._n_said = 0
        self._job: int | None = None
        self._n_taken = 0
        self.summary = label("Reading", "strong", wrap=True)
        self.note = label("", "caption", wrap=True)
        self.table = _table(theme)
        self.card = MessageCard(theme, "error", "", closable=True)
        self.progress = JobCard(theme, f"{facts.name} on clips")
        for hidden in (self.note, self.card, self.progress):
            hidden.hide()
        self.run_selected = push("Run on selected")
        self.run_all = push("Run on the whole project", "primary")
        self.export = push("Export…", "", theme, "export", tip="As CSV, with all probabilities")
        self.report = push("Report…", "", theme, "export", tip=_REPORT_TIP)
        self._build()
        self._connect()
        self._offer()
        self._read()

    def _build(self) -> None:
        reading = label(_READING, "caption", wrap=True)
        body = column(self.summary, self.note, (self.table, 1), self.progress, self.card, reading)
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        close = push("Close")
        close.clicked.connect(self.close)
        buttons = row(self.export, self.report, None, close, self.run_selected, self.run_all)
        buttons.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), buttons, spacing=0))
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _MARGIN_PX))
        for button in (self.export, self.report, close, self.run_selected):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.run_selected.clicked.connect(lambda: self._start(self._selected()))
        # What has an answer of today is not asked again, unless all have one.
        self.run_all.clicked.connect(lambda: self._start(missing(self._clips) or self._askable()))
        self.export.clicked.connect(self._ask)
        self.report.clicked.connect(self._ask_report)
        self.progress.cancelled.connect(self._cancel)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._offer())
        self._jobs.updated.connect(self._follow)
        self._jobs.ended.connect(self._ended)
        self.finished.connect(lambda _: self._leave())

    def write(self, path: Path) -> None:
        """Write the answers as CSV."""
        try:
            write_text(path, to_csv(self._clips))
        except MeviewerError as error:
            self._fail(error)

    def write_report(self, path: Path) -> None:
        """Write the selected answers, or all, as a page with what they do not say: HTML or PDF."""
        # Nobody knows who reads a file: what is hidden from anybody is not in it.
        chosen = self._selected() or self._clips
        clips = tuple(one for one in chosen if not one.kept_back and not one.hidden)
        work = report_work(path, self._project.name, self._facts, self._folder, clips)
        self._background.run(_REPORT_SLOT, work, self._written, self._fail)

    def _written(self, path: Path) -> None:
        self.note.setText(f"The report is in {path}")
        self.note.show()

    def _leave(self) -> None:
        self._cancel()
        self._background.cancel(_SLOT)

    def _cancel(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job)

    def _read(self) -> None:
        project, folder, spec = self._project, self._folder, self._facts.spec
        coder = self._coder
        self._background.run(
            _SLOT, lambda: asked_clips(project, folder, spec, coder), self._show, self._fail
        )

    def _show(self, clips: tuple[AskedClip, ...]) -> None:
        self._clips = clips
        self.summary.setText(summary(clips))
        self.table.show_rows([_cells(one) for one in clips])
        self._offer()

    def _selected(self) -> tuple[AskedClip, ...]:
        lines = {index.row() for index in self.table.selectionModel().selectedRows()}
        chosen = (self._clips[at] for at in sorted(lines) if at < len(self._clips))
        return tuple(one for one in chosen if not one.hidden)

    def _askable(self) -> tuple[AskedClip, ...]:
        return tuple(one for one in self._clips if not one.hidden)

    def _offer(self) -> None:
        idle = self._job is None
        self.run_selected.setEnabled(idle and bool(self._selected()))
        self.run_all.setEnabled(idle and bool(self._askable()))
        for button in (self.export, self.report):
            button.setEnabled(any(one.answer is not None for one in self._clips))

    def _start(self, clips: Sequence[AskedClip]) -> None:
        self.card.hide()
        self._asked, self._n_said = tuple(one.key for one in clips), 0
        asked = [(one.sample.clip_path, one.keyframes, one.sample.subject) for one in clips]
        self._n_taken = 0
        job = predict_clips_job(self._folder, asked)
        self._job = self._jobs.add(job, f"{self._facts.name} on {len(clips)} clips", aside=True)
        self.progress.show_progress(None, "loading the networks")
        self.progress.show()
        self._offer()

    def _follow(self, job_id: int) -> None:
        if job_id != self._job:
            return
        job = self._jobs.job(job_id)
        new, self._n_taken = job.records[self._n_taken :], len(job.records)
        self._take([one for one in new if isinstance(one, Predicted | Skipped)])
        at = job.training.preparing
        if at is not None:
            self.progress.show_progress(at.done / max(at.total, 1), f"{at.done} of {at.total}")

    def _take(self, said: Sequence[Predicted | Skipped]) -> None:
        """Keep answers as they come: what was cancelled later is not lost."""
        if not said:
            return
        log, networks = answers(self._folder), networks_of(self._folder)
        clips = {one.key: one for one in self._clips}
        # The worker speaks of all that it is asked, in this order.
        keys = self._asked[self._n_said : self._n_said + len(said)]
        self._n_said += len(said)
        for key, one in zip(keys, said, strict=True):
            if key not in clips:
                continue
            clip = clips[key]
            if isinstance(one, Skipped):
                clips[key] = replace(clip, answer=None, reason=one.reason)
                continue
            answer = answer_of(one, clip.sample.fingerprint, networks)
            try:
                log.add(key, answer)
            except MeviewerError as error:
                self._fail(error)
            clips[key] = replace(clip, answer=answer, stale=False, reason="")
        self._show(tuple(clips.values()))

    def _ended(self, job_id: int) -> None:
        if job_id != self._job:
            return
        self._follow(job_id)
        self._job = None
        self.progress.hide()
        error = self._jobs.job(job_id).error
        if error is not None:
            self._fail(error)
        self._offer()

    def _fail(self, error: MeviewerError) -> None:
        self.card.show_error(error)
        self.card.show()

    def _ask(self) -> None:
        name = f"{self._facts.name}-clips.csv"
        chosen = QFileDialog.getSaveFileName(self, "Export answers", name, "CSV (*.csv)")[0]
        if chosen:
            self.write(Path(chosen))

    def _ask_report(self) -> None:
        path = ask_file(self, self._facts.name)
        if path is not None:
            self.write_report(path)


def _table(theme: Theme) -> Table:
    columns = [
        Column(head, figures=head == "Probability", width=width)
        for head, width in zip(HEADS, _WIDTHS, strict=True)
    ]
    made = Table(theme, columns, "Clips")
    made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    made.setMinimumHeight(160)
    return made


def _cells(one: AskedClip) -> tuple[Cell, ...]:
    tone, picture = _LOOKS.get(one.state, ("", ""))
    words = answer_cells(one)
    cells = [Cell(text, tip=text if at == len(words) - 1 else "") for at, text in enumerate(words)]
    cells[1] = Cell(words[1], strong=True)
    cells[5] = Cell(words[5], tone, picture)
    return tuple(cells)
