"""GAMDSS over a whole project, in several processes: each label beside its suggestion.

What was found is kept in the project's feature folder under the clip's fingerprint, the label and
the search, so a run that was stopped goes on where it was, and a second one takes no time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from meviewer import __version__
from meviewer.core.errors import ExperimentError, StorageError
from meviewer.core.events import Event, Keyframes
from meviewer.core.frames import rate_text
from meviewer.experiment.bias_events import Compared, LeftOut
from meviewer.experiment.records import Preparing, Suggested, SuggestedEvent, Warned
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Job
from meviewer.motion.cores import usable_cores
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent, Search, frames_of
from meviewer.nn.worker_pool import WorkerPool, one_thread_worker
from meviewer.project.blind import hidden_from_anyone
from meviewer.project.project import Project
from meviewer.project.result_log import ResultLog
from meviewer.project.samples import Sample

LOG = "gamdss.jsonl"
"""File of the feature folder that keeps what was found."""

_VERSION = 1  # of what is kept; another one makes all of it be computed again
_OPENING = 20  # frames that could be read while a clip is opened
_NO_APEX = (
    "its label has no apex: one was looked for between onset and offset, with nothing to compare"
)


@dataclass(frozen=True, slots=True)
class SuggestOptions:
    """Whose labels are compared, and with what.

    Attributes
    ----------
    coders : tuple of str
    search : Search
    workers : int
        Processes at once; 0: one a core.
    """

    coders: tuple[str, ...] = ("A",)
    search: Search = field(default_factory=Search)
    workers: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One label with what was suggested for it.

    Attributes
    ----------
    sample : Sample
    coder : str
    event : Event
    suggested : Keyframes or None
        None if nothing could be suggested.
    compared : Compared or None
        For the bias report; None where label and suggestion are not of one kind.
    reason : str
        Why one of them is None.
    """

    sample: Sample
    coder: str
    event: Event
    suggested: Keyframes | None
    compared: Compared | None
    reason: str = ""

    def left_out(self) -> LeftOut:
        """Return it as an event that takes no part in the report."""
        return LeftOut(self.sample.subject, self.sample.name, self.event.id, self.reason)


def suggest(
    project: Project,
    options: SuggestOptions,
    make_worker: Callable[[], WorkerProcess] = one_thread_worker,
) -> Generator[Answer | Preparing | Warned]:
    """Suggest keyframes for every label of these coders: an `Answer` each, clip by clip.

    Between them comes a `Preparing` with how many clips are done, at least twice a second: there a
    listener may close the iterator, which stops the workers.

    Parameters
    ----------
    project : Project
        May be open for reading only. Nothing but the feature folder is written.
    options : SuggestOptions
    make_worker : callable, optional
        Makes a process that has not been started.

    Raises
    ------
    ExperimentError
        If the project has none of these coders.
    JobError
        If the workers cannot be started, or die whatever they are given.
    """
    labelled = _labelled(project, options.coders)
    log = ResultLog(project.features_folder / LOG, SuggestedEvent)
    units = []
    done, total = 0, len(labelled)
    yield Preparing(done=0, total=total)
    for one in labelled.values():
        missing = one.known(log, options.search)
        if missing:
            units.append(one.unit(missing))
            continue
        done += 1
        yield from one.answers()
    yield Preparing(done=done, total=total)
    n_workers = min(options.workers or usable_cores(), len(units))
    pool = WorkerPool[Suggested](shares(units, n_workers), _job_of(options.search), make_worker)
    writable = True
    for said in pool.records():
        if said is not None:
            done += 1
            one = labelled[said.sample_id]
            try:
                one.take(said, log if writable else None, options.search)
            except StorageError as error:
                writable = False
                yield Warned(text=str(error))
            yield from one.answers()
        yield Preparing(done=done, total=total, text="" if said is None else said.clip)


def shares(units: Sequence[ClipUnit], n: int) -> list[list[ClipUnit]]:
    """Share clips among ``n`` workers so that all have about as many frames to read."""
    loads, shared = [0] * n, [list[ClipUnit]() for _ in range(n)]
    for unit in sorted(units, key=lambda one: -_cost(one)):
        least = loads.index(min(loads))
        loads[least] += _cost(unit)
        shared[least].append(unit)
    return shared


def by_project(answers: Iterable[Answer]) -> list[Answer]:
    """Return answers in the order of the project, which the workers do not keep."""
    return sorted(
        answers, key=lambda one: (one.sample.id, one.coder, one.event.onset, one.event.id)
    )


def _cost(unit: ClipUnit) -> int:
    return len({at for one in unit.events for at in frames_of(one, unit.n_frames)}) + _OPENING


def _job_of(search: Search) -> Callable[[Sequence[object]], Job]:
    def job(clips: Sequence[object]) -> Job:
        arguments: dict[str, object] = {
            "clips": msgspec.to_builtins(clips),
            "search": msgspec.to_builtins(search),
        }
        return Job("suggest-clips", arguments)

    return job


def _labelled(project: Project, coders: Sequence[str]) -> dict[int, _Labelled]:
    tiers = {coder: project.tier(coder) for coder in coders if coder in project.coders()}
    if not tiers:
        raise ExperimentError(
            "There is nothing to compare with",
            where=str(project.folder),
            why=f"the project has no labels by {', '.join(map(repr, coders)) or 'nobody'}",
            now="the coders are " + (", ".join(project.coders()) or "none: label some clips first"),
        )
    found: dict[int, _Labelled] = {}
    blind = hidden_from_anyone(project)
    for sample in project.samples():
        labels = [
            (coder, event) for coder, tier in tiers.items() for event in tier.get(sample.id, ())
        ]
        if labels:
            who = blind.get(sample.id)
            reason = "" if who is None else f"not shown: coder {who} labels this clip blind"
            found[sample.id] = _Labelled(sample, labels, reason=reason)
    return found


@dataclass(slots=True)
class _Labelled:
    """A clip with its labels, and what is known of them by now."""

    sample: Sample
    labels: list[tuple[str, Event]]
    found: dict[tuple[str, int], SuggestedEvent] = field(default_factory=dict)
    reason: str = ""

    def known(self, log: ResultLog[SuggestedEvent], search: Search) -> tuple[LabelledEvent, ...]:
        """Look up what was found before, and return what was not."""
        if self.reason:
            return ()
        missing = []
        for coder, event in self.labels:
            kept = log.get(self._key(event, search))
            if kept is None:
                place = event.keyframes
                frames = (place.onset, place.apex, place.offset)
                missing.append(LabelledEvent(coder, event.id, frames, event.has_apex))
            else:
                self.found[coder, event.id] = kept
        return tuple(missing)

    def unit(self, events: tuple[LabelledEvent, ...]) -> ClipUnit:
        """Return what a worker has to know of it."""
        sample = self.sample
        return ClipUnit(
            sample.id,
            sample.subject,
            sample.name,
            str(sample.clip_path),
            rate_text(sample.rate),
            sample.fingerprint,
            sample.n_frames,
            events,
        )

    def take(self, said: Suggested, log: ResultLog[SuggestedEvent] | None, search: Search) -> None:
        """Take what a worker has found, and keep it; a failure is not kept: it may be mended."""
        self.reason = said.reason
        events = {(coder, event.id): event for coder, event in self.labels}
        self.found |= {(one.coder, one.event_id): one for one in said.events}
        for one in said.events:
            if log is not None and not one.reason:
                log.add(self._key(events[one.coder, one.event_id], search), one)

    def answers(self) -> Iterator[Answer]:
        """Return a label each with what was found."""
        for coder, event in self.labels:
            yield self._answer(coder, event, self.found.get((coder, event.id)))

    def _answer(self, coder: str, event: Event, found: SuggestedEvent | None) -> Answer:
        reason = self.reason if found is None else found.reason
        if found is None or reason:
            return Answer(self.sample, coder, event, None, None, reason)
        suggested = Keyframes(*found.keyframes)
        if not event.has_apex:
            return Answer(self.sample, coder, event, suggested, None, _NO_APEX)
        compared = _compared(self.sample, coder, event, suggested, found)
        return Answer(self.sample, coder, event, suggested, compared)

    def _key(self, event: Event, search: Search) -> str:
        place = event.keyframes
        parts = (
            (_VERSION, __version__, self.sample.fingerprint),
            (place.onset, place.apex, place.offset, event.has_apex),
            msgspec.to_builtins(search),
        )
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _compared(
    sample: Sample, coder: str, event: Event, suggested: Keyframes, found: SuggestedEvent
) -> Compared:
    return Compared(
        data_set=sample.dataset,
        subject=sample.subject,
        clip=sample.name,
        emotion=event.emotion or sample.emotion,
        coder=coder,
        sample_id=sample.id,
        event_id=event.id,
        rate=sample.rate,
        label=event.keyframes,
        suggested=suggested,
        gain=found.gain,
        confidence=found.confidence,
        has_evidence=found.has_evidence,
        is_noop=found.is_noop,
        verdict=found.verdict,
    )
