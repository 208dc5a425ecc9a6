"""Run folders with what the window looks at, and a process that makes its answers up."""

from __future__ import annotations

import msgspec

from meviewer.experiment import records
from meviewer.experiment.records import Supposed
from meviewer.experiment.run_values import FoldResult, RunCard
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.jobs.protocol import Cancelled

CLASSES = ("disgust", "happiness", "surprise")


def write_run(folder, subjects=("s01", "s02"), finished=(0, 1), clips=None, created="2026", **spec):
    """Write a run whose networks are a few bytes; the number after the last is the final model."""
    card = RunCard(
        classes=CLASSES,
        subjects=subjects,
        clips=clips or {},
        labels="x",
        n_samples=4,
        device="CPU",
        versions={},
        created=created,
    )
    run = RunFolder.start(folder, ExperimentSpec(**spec), card)
    for number in finished:
        name = subjects[number] if number < len(subjects) else ""
        run.write(FoldResult(fold=number, subject=name), f"weights {number}".encode())
    return run


def shares(keyframes):
    """Probabilities that tell keyframes apart: surprise falls with the apex."""
    onset, apex, _offset = keyframes
    surprise = 0.9 - (apex % 40) / 100
    disgust = (1 - surprise) * (0.5 + onset / 1000)
    return (disgust, 1 - surprise - disgust, surprise)


class Oracle:
    """A process of a window under test: answers at once, or one by one when it is told to."""

    def __init__(self):
        self.asked, self.started, self.gone = [], [], 0
        self.held: list[tuple] | None = None
        self.pid = None
        self.running = False

    def __call__(self):
        return self

    def start(self, job, on_line, on_end):
        self.started.append(job)
        self.running = True
        self._on_line, self._on_end = on_line, on_end

    def ask(self, question):
        asked = msgspec.json.decode(question)
        self.asked.append(asked)
        todo = [(asked["number"], tuple(marks)) for marks in asked["keyframes"]]
        if self.held is None:
            for number, marks in todo:
                self._say(number, marks)
        else:
            self.held = todo

    def answer(self, n=1):
        """Give the next answers of those held back."""
        for _ in range(n):
            self._say(*self.held.pop(0))

    def end(self, how):
        self.running = False
        self._on_end(how)

    def cancel(self, kill_after_s=0.0):
        if self.running:
            self.gone += 1
            self.end(Cancelled())

    def wait(self, timeout_s=None):
        return None

    def _say(self, number, marks):
        said = Supposed(
            question=number,
            keyframes=marks,
            classes=CLASSES,
            probabilities=shares(marks),
            model="fold of subject s01, held out",
        )
        self._on_line(records.encode(said))

    @property
    def marks(self):
        """All keyframes that were asked for."""
        return [tuple(one) for asked in self.asked for one in asked["keyframes"]]
