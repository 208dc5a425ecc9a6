"""Events of the project before a run: what their labels say, what the run says, what is stale."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Keyframes
from meviewer.data.formats.table_text import guarded
from meviewer.experiment.answers import ClipAnswer, answers, networks_of
from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.labelled import Labels, collect
from meviewer.present.training_clip import undecided
from meviewer.present.training_words import MISSING, percent
from meviewer.present.wording import counted
from meviewer.project.blind import hidden, hidden_from_anyone
from meviewer.project.project import Project
from meviewer.project.samples import Sample

_BLIND = "you have not committed this clip, or it stays blind"
HEADS = ("Subject", "Clip", "Label", "Says", "Probability", "State", "Who answered")


@dataclass(frozen=True, slots=True)
class AskedClip:
    """One event of a clip, or a clip in which nobody has marked any, with the answer that is kept.

    Attributes
    ----------
    sample : Sample
    label : str
        Its class by the labels that the run was trained on; empty without one.
    keyframes : Keyframes or None
        Of the event; None: they have to be looked for.
    answer : ClipAnswer or None
    stale : bool
        The answer is older than the label, the clip or the run.
    reason : str
        Why there is no answer, if the run has just refused.
    number, n_events : int
        Which of the marked events of the clip it is, counted from 0, and how many there are.
    coder : str
        Whose keyframes they are; empty where they have to be looked for.
    hidden : bool
        The one who looks has to judge the clip first: neither label nor answer is given.
    kept_back : bool
        It is hidden from somebody, so that no file may tell of it.
    """

    sample: Sample
    label: str
    keyframes: Keyframes | None
    answer: ClipAnswer | None = None
    stale: bool = False
    reason: str = ""
    number: int = 0
    n_events: int = 1
    coder: str = ""
    hidden: bool = False
    kept_back: bool = False

    @property
    def state(self) -> str:
        """Word for the state: ``new``, ``failed``, ``stale``, ``done``, ``hidden``."""
        if self.hidden:
            return "hidden"
        if self.answer is None:
            return "failed" if self.reason else "new"
        return "stale" if self.stale else "done"

    @property
    def key(self) -> str:
        """By which its answer is kept: of the first event that of the sample alone."""
        return f"{self.sample.id}.{self.number}" if self.number else str(self.sample.id)

    @property
    def name(self) -> str:
        """Name of the clip, and which event of it."""
        more = f", event {self.number + 1}" if self.n_events > 1 else ""
        return f"{self.sample.name}{more}"


@dataclass(frozen=True, slots=True)
class _Marked:
    """An event that somebody has marked."""

    keyframes: Keyframes | None = None
    label: str = ""
    coder: str = ""


def asked_clips(
    project: Project, run_folder: Path, spec: ExperimentSpec, coder: str
) -> tuple[AskedClip, ...]:
    """Return all events of a project as they stand before a run. Reads; not for the UI thread.

    Where the labels of the run have nothing, the keyframes of another person are taken.

    Parameters
    ----------
    coder : str
        Who looks: clips that this coder has to judge first come without label and answer.
    """
    out, from_anyone = hidden(project, coder), hidden_from_anyone(project)
    labelled, tiers = _labelled(project, spec), _tiers(project, spec)
    log, networks = answers(run_folder), networks_of(run_folder)
    found = []
    for sample in project.samples():
        kept_back = sample.id in from_anyone
        if sample.id in out:
            found.append(
                AskedClip(sample, "", None, reason=_BLIND, hidden=True, kept_back=kept_back)
            )
            continue
        marked = _marked(sample, tiers, labelled) or [_Marked()]
        for number, one in enumerate(marked):
            asked = AskedClip(
                *(sample, one.label, one.keyframes),
                number=number,
                n_events=len(marked),
                coder=one.coder,
                kept_back=kept_back,
            )
            answer = log.get(asked.key)
            stale = answer is not None and answer.is_stale(
                one.keyframes, sample.fingerprint, networks
            )
            found.append(replace(asked, answer=answer, stale=stale))
    return tuple(found)


def _tiers(project: Project, spec: ExperimentSpec) -> dict[str, dict[int, Annotation]]:
    """Return the labels by coder: first those of the run, then those of people."""
    people = [name for name in project.coders() if not project.is_machine(name)]
    names = dict.fromkeys([*(one for one in project.coders() if one == spec.label_tier), *people])
    return {name: project.tier(name) for name in names}


def _marked(
    sample: Sample,
    tiers: Mapping[str, Mapping[int, Annotation]],
    labelled: Mapping[tuple[int, Keyframes], tuple[str, Keyframes]],
) -> list[_Marked]:
    """Return the events of a clip by the first coder who has marked one with its apex."""
    for coder, tier in tiers.items():
        events = [event for event in tier.get(sample.id, ()) if event.has_apex]
        if events:
            each = [(event, labelled.get((sample.id, event.keyframes))) for event in events]
            return [
                _Marked(known[1], known[0], coder)
                if known is not None
                else _Marked(event.keyframes, "", coder)
                for event, known in each
            ]
    return []


def _labelled(
    project: Project, spec: ExperimentSpec
) -> dict[tuple[int, Keyframes], tuple[str, Keyframes]]:
    """Return class and keyframes of the test by sample and keyframes, as the run counts them."""
    try:
        found = collect(project, Labels.of(spec), spec.class_scheme)
    except ExperimentError:
        return {}  # the labels are gone: the run can still be asked
    return {
        (event.sample.id, event.keyframes): (
            found.classes[event.class_number],
            event.test_keyframes or event.keyframes,
        )
        for event in found.events
    }


def answer_cells(one: AskedClip) -> tuple[str, ...]:
    """Return the words of a row under `HEADS`."""
    answer = one.answer
    if answer is None:
        said = (MISSING, MISSING, one.state, one.reason)
    else:
        share = percent(answer.probabilities[answer.predicted])
        rough = ", keyframes looked for" if answer.rough else ""
        close = "undecided; " if undecided(answer.probabilities.values()) else ""
        said = (answer.predicted, share, one.state, f"{close}{answer.model}{rough}")
    return (one.sample.subject, one.name, one.label or MISSING, *said)


def summary(clips: Sequence[AskedClip]) -> str:
    """Say how many clips have answers, and how many of these agree with their labels."""
    answered = [one for one in clips if one.answer is not None]
    n_clips = len({one.sample.id for one in clips})
    in_clips = "" if n_clips == len(clips) else f" in {counted(n_clips, 'clip')}"
    what = counted(len(clips), "event" if in_clips else "clip")
    words = f"{len(answered)} of {what}{in_clips} recognised"
    judged = [one for one in answered if one.label and not one.stale]
    if judged:
        agree = sum(one.answer.predicted == one.label for one in judged if one.answer is not None)
        words += f", {agree} of {len(judged)} as their labels say"
    stale = sum(one.stale for one in clips)
    return f"{words}, {stale} stale" if stale else words


def missing(clips: Iterable[AskedClip]) -> tuple[AskedClip, ...]:
    """Return the clips that have no answer, or a stale one, and may be asked about."""
    return tuple(one for one in clips if not one.hidden and (one.answer is None or one.stale))


def to_csv(clips: Sequence[AskedClip]) -> str:
    """Return a row a clip with the probability of each class; nothing of clips judged blind."""
    told = [_for_a_file(one) for one in clips]
    classes = list(dict.fromkeys(n for one in told if one.answer for n in one.answer.probabilities))
    heads = ("subject", "clip", "label", "predicted", "state", "model", "onset", "apex", "offset")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*heads, *(f"p {name}" for name in classes)))
    for one in told:
        answer, first = one.answer, one.sample.first_number
        words = (one.sample.subject, one.name, one.label)
        if answer is None:
            writer.writerow((*map(guarded, words), "", one.state, guarded(one.reason)))
            continue
        said = (answer.predicted, one.state, answer.model)
        numbers = tuple(frame + first for frame in answer.keyframes)
        shares = (answer.probabilities.get(name, "") for name in classes)
        writer.writerow((*map(guarded, (*words, *said)), *numbers, *shares))
    return text.getvalue()


def _for_a_file(one: AskedClip) -> AskedClip:
    """Return what a file may tell: nobody knows who reads it."""
    if not one.kept_back:
        return one
    return replace(one, label="", answer=None, reason="labelled blind", hidden=True)
