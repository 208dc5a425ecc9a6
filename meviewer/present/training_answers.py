"""Clips of the project before a run: what their labels say, what the run says, what is stale."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Keyframes
from meviewer.data.formats.table_text import guarded
from meviewer.experiment.answers import ClipAnswer, answers, networks_of
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.labelled import Labels, collect
from meviewer.present.training_words import MISSING, counted, percent
from meviewer.project.project import Project
from meviewer.project.samples import Sample

HEADS = ("Subject", "Clip", "Label", "Says", "Probability", "State", "Who answered")


@dataclass(frozen=True, slots=True)
class AskedClip:
    """A clip with its label and the answer that is kept.

    Attributes
    ----------
    sample : Sample
    label : str
        Its class by the labels that the run was trained on; empty without one.
    keyframes : Keyframes or None
        Of that label; None: they have to be looked for.
    answer : ClipAnswer or None
    stale : bool
        The answer is older than the label, the clip or the run.
    reason : str
        Why there is no answer, if the run has just refused.
    """

    sample: Sample
    label: str
    keyframes: Keyframes | None
    answer: ClipAnswer | None = None
    stale: bool = False
    reason: str = ""

    @property
    def state(self) -> str:
        """Word for the state: ``new``, ``failed``, ``stale``, ``done``."""
        if self.answer is None:
            return "failed" if self.reason else "new"
        return "stale" if self.stale else "done"


def asked_clips(project: Project, run_folder: Path, spec: ExperimentSpec) -> tuple[AskedClip, ...]:
    """Return all clips of a project as they stand before a run. Reads; not for the UI thread."""
    labelled = _labelled(project, spec)
    log, networks = answers(run_folder), networks_of(run_folder)
    found = []
    for sample in project.samples():
        label, keys = labelled.get(sample.id, ("", None))
        answer = log.get(str(sample.id))
        stale = answer is not None and answer.is_stale(keys, sample.fingerprint, networks)
        found.append(AskedClip(sample, label, keys, answer, stale))
    return tuple(found)


def _labelled(project: Project, spec: ExperimentSpec) -> dict[int, tuple[str, Keyframes]]:
    """Return class and keyframes by sample, of the first event of each, as the run counts them."""
    try:
        found = collect(project, Labels.of(spec), spec.class_scheme)
    except ExperimentError:
        return {}  # the labels are gone: the run can still be asked
    labelled: dict[int, tuple[str, Keyframes]] = {}
    for event in found.events:
        keys = event.test_keyframes or event.keyframes
        labelled.setdefault(event.sample.id, (found.classes[event.class_number], keys))
    return labelled


def answer_cells(one: AskedClip) -> tuple[str, ...]:
    """Return the words of a row under `HEADS`."""
    answer = one.answer
    if answer is None:
        said = (MISSING, MISSING, one.state, one.reason)
    else:
        share = percent(answer.probabilities[answer.predicted])
        rough = ", keyframes looked for" if answer.rough else ""
        said = (answer.predicted, share, one.state, answer.model + rough)
    return (one.sample.subject, one.sample.name, one.label or MISSING, *said)


def summary(clips: Sequence[AskedClip]) -> str:
    """Say how many clips have answers, and how many of these agree with their labels."""
    answered = [one for one in clips if one.answer is not None]
    words = f"{len(answered)} of {counted(len(clips), 'clip')} recognised"
    judged = [one for one in answered if one.label and not one.stale]
    if judged:
        agree = sum(one.answer.predicted == one.label for one in judged if one.answer is not None)
        words += f", {agree} of {len(judged)} as their labels say"
    stale = sum(one.stale for one in clips)
    return f"{words}, {stale} stale" if stale else words


def missing(clips: Iterable[AskedClip]) -> tuple[AskedClip, ...]:
    """Return the clips that have no answer, or a stale one."""
    return tuple(one for one in clips if one.answer is None or one.stale)


def to_csv(clips: Sequence[AskedClip]) -> str:
    """Return a row a clip with the probability of each class."""
    classes = list(
        dict.fromkeys(n for one in clips if one.answer for n in one.answer.probabilities)
    )
    heads = ("subject", "clip", "label", "predicted", "state", "model", "onset", "apex", "offset")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*heads, *(f"p {name}" for name in classes)))
    for one in clips:
        answer, first = one.answer, one.sample.first_number
        words = (one.sample.subject, one.sample.name, one.label)
        if answer is None:
            writer.writerow((*map(guarded, words), "", one.state, guarded(one.reason)))
            continue
        said = (answer.predicted, one.state, answer.model)
        numbers = tuple(frame + first for frame in answer.keyframes)
        shares = (answer.probabilities.get(name, "") for name in classes)
        writer.writerow((*map(guarded, (*words, *said)), *numbers, *shares))
    return text.getvalue()
