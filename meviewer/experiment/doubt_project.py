"""The labels of a coder with everything that a project knows against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meviewer.core.annotation import Annotation
from meviewer.core.checks import check
from meviewer.core.events import Event
from meviewer.experiment.doubt import Judged, Told
from meviewer.experiment.label_sd import pairs_of
from meviewer.experiment.records import Look
from meviewer.project.blind import hidden
from meviewer.project.project import Prediction, Project, Sample


def judged_in(
    project: Project, coder: str, looks: Mapping[tuple[int, int], Look]
) -> tuple[Judged, ...]:
    """Return the labels of a coder, sample by sample.

    Of a clip that the coder has to judge first only the rules speak: a place in a queue, too, would
    tell what others think.

    Parameters
    ----------
    looks : mapping of (int, int) to Look
        What the frames say, by sample and event.
    """
    out = hidden(project, coder)
    people = [one for one in project.coders() if one != coder and not project.is_machine(one)]
    tiers = {one: project.tier(one) for one in people}
    told = told_in(project)
    found: list[Judged] = []
    mine = project.tier(coder)
    for sample in project.samples():
        labels = mine.get(sample.id, Annotation())
        if sample.id in out:
            found += _judged(sample, labels, {}, {}, None)
        else:
            others = {one: tier[sample.id] for one, tier in tiers.items() if sample.id in tier}
            found += _judged(sample, labels, looks, others, told.get(sample.id))
    return tuple(found)


def told_in(project: Project) -> dict[int, Told]:
    """Return what the newest complete run says of each sample that it was tested on."""
    for run in project.runs():
        said = project.predictions(run.id) if run.state == "done" else ()
        if said:
            return {one.sample_id: _told(run.name, one) for one in said}
    return {}


def _told(run: str, one: Prediction) -> Told:
    chances = one.probabilities
    return Told(
        run,
        one.predicted,
        chances.get(one.predicted, 1.0),
        one.truth,
        chances.get(one.truth, 0.0),
    )


def _judged(
    sample: Sample,
    labels: Annotation,
    looks: Mapping[tuple[int, int], Look],
    others: Mapping[str, Annotation],
    told: Told | None,
) -> Sequence[Judged]:
    findings = check(labels, sample.n_frames, sample.rate)
    theirs = _matched(labels, others)
    # A run speaks of a sample: of two events it would be unclear which one is meant.
    one_event = len(labels) == 1
    return [
        Judged(
            sample.id,
            event,
            sample.rate,
            looks.get((sample.id, event.id)),
            {who: of_event[event.id] for who, of_event in theirs.items() if event.id in of_event},
            told if one_event else None,
            tuple(finding for finding in findings if finding.event_id == event.id),
        )
        for event in labels
    ]


def _matched(labels: Annotation, others: Mapping[str, Annotation]) -> dict[str, dict[int, Event]]:
    return {
        who: {mine.id: other for mine, other in pairs_of(labels, theirs)}
        for who, theirs in others.items()
    }
