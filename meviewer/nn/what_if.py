"""What a run would say of an event if its keyframes lay elsewhere: a task that stays to be asked.

Loading torch and the networks takes seconds, an answer a fraction of one: so the process stays, and
a question that comes while another is answered ends that one at its next answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from meviewer.core.errors import JobError, MeviewerError
from meviewer.core.events import Keyframes
from meviewer.experiment.records import Supposed
from meviewer.experiment.runs import RunFolder
from meviewer.jobs.questions import Questions
from meviewer.nn import extra
from meviewer.nn.tasks import check_answers
from meviewer.nn.what_if_units import WhatIfArguments, WhatIfQuestion

if TYPE_CHECKING:
    from meviewer.data.clip import Clip
    from meviewer.nn.predict import Predictor


def what_if(arguments: WhatIfArguments, questions: Questions) -> Iterator[Supposed]:
    """Answer questions as they come: a record for each of the keyframes, until nobody asks."""
    run = RunFolder.open(Path(arguments.run))
    check_answers(run)
    extra.require()
    from meviewer.nn import device
    from meviewer.nn.predict import Predictor

    oracle = _Oracle(Predictor(run, device.pick(arguments.device)))
    try:
        while (line := questions.take()) is not None:
            question = _decoded(line)
            for keyframes in question.keyframes:
                yield oracle.answer(question, keyframes)
                if questions.pending:
                    break
    finally:
        oracle.close()


class _Oracle:
    """A run and the clip that it was asked about last, which stays open."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._path = ""
        self._clip: Clip | None = None

    def answer(self, question: WhatIfQuestion, keyframes: tuple[int, int, int]) -> Supposed:
        started = time.monotonic()
        predictor = self._predictor
        try:
            clip = self._opened(question.path)
            numbers, words = predictor.choose(question.subject, clip.fingerprint)
            seen = predictor.wanted.look(clip, Keyframes(*keyframes))
            said = predictor.answer_by(numbers, words, seen).probabilities
        except MeviewerError as error:
            return Supposed(question=question.number, keyframes=keyframes, reason=str(error))
        return Supposed(
            question=question.number,
            keyframes=keyframes,
            classes=predictor.classes,
            probabilities=tuple(said.tolist()),
            model=words,
            seconds=time.monotonic() - started,
        )

    def close(self) -> None:
        """Let go of the clip."""
        if self._clip is not None:
            self._clip.close()
        self._clip, self._path = None, ""

    def _opened(self, path: str) -> Clip:
        from meviewer.data.clip import open_clip

        if self._clip is None or path != self._path:
            self.close()
            self._clip, self._path = open_clip(Path(path)), path
        return self._clip


def _decoded(line: bytes) -> WhatIfQuestion:
    try:
        return msgspec.json.decode(line, type=WhatIfQuestion)
    except msgspec.DecodeError as error:
        raise JobError(
            "The question cannot be read",
            where=repr(line[:120]),
            why=str(error),
            now="both sides must be of the same version; start the window again",
        ) from error
