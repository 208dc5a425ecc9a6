"""Which results are older than the labels that they were learnt from."""

from __future__ import annotations

from collections.abc import Iterable

from meviewer.core.errors import MeviewerError
from meviewer.experiment.runs import RunFolder
from meviewer.nn.labelled import Labels, collect, label_hash
from meviewer.project.project import Project, Run


def stale_runs(project: Project, runs: Iterable[Run]) -> frozenset[int]:
    """Return the ids of runs whose labels are other than they were. Called off the UI thread."""
    known: dict[tuple[Labels, str], str] = {}
    stale = set()
    for run in runs:
        try:
            folder = RunFolder.open(project.run_folder(run))
            if folder.spec.pictures:
                continue  # the labels of the project are not what it has learnt
            labels = (Labels.of(folder.spec), folder.spec.class_scheme)
            if labels not in known:
                known[labels] = _hash_now(project, *labels)
        except MeviewerError:
            continue  # a folder that cannot be read says nothing of the labels
        if known[labels] != folder.card.labels:
            stale.add(run.id)
    return frozenset(stale)


def _hash_now(project: Project, labels: Labels, scheme: str) -> str:
    found = collect(project, labels, scheme)
    return label_hash(found.events, found.classes)
