"""Runs of a project that can be asked about a clip, and in words why others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import MeviewerError
from meviewer.experiment.run_values import RunCard
from meviewer.experiment.runs import CARD, RunFolder
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.nn.answering import Answering
from meviewer.present.training_runs import network_title
from meviewer.present.wording import counted


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run folder of a project.

    Attributes
    ----------
    name : str
        Of the folder.
    folder : Path
    title : str
        What was trained, in a few words.
    finished : frozenset of int
        Folds whose networks are there; the final model has the number after the last.
    card : RunCard or None
        None if the folder cannot be read.
    why : str
        Why it can be asked about no clip at all; empty if it can.
    """

    name: str
    folder: Path
    title: str = ""
    finished: frozenset[int] = frozenset()
    card: RunCard | None = None
    why: str = ""

    def why_not(self, subject: str, fingerprint: str) -> str:
        """Say why the run cannot be asked about this clip; empty if it can."""
        if self.why or self.card is None:
            return self.why or "its folder cannot be read"
        try:
            Answering(self.card, self.folder, self.finished.__contains__).choose(
                subject, fingerprint
            )
        except MeviewerError as error:
            return error.why or error.what.lower()
        return ""

    def who(self, subject: str, fingerprint: str) -> str:
        """Say which networks answer for this clip; empty if none may."""
        if self.why or self.card is None:
            return ""
        try:
            who = Answering(self.card, self.folder, self.finished.__contains__)
            return who.choose(subject, fingerprint)[1]
        except MeviewerError:
            return ""


def known_runs(runs_folder: Path) -> tuple[KnownRun, ...]:
    """Return the runs of a project, the newest first.

    The weights of every fold are read to make sure that they are whole: not for the UI thread.
    """
    if not runs_folder.is_dir():
        return ()
    folders = [one for one in sorted(runs_folder.iterdir()) if (one / CARD).is_file()]
    found = map(_known, folders)
    return tuple(sorted(found, key=lambda one: one.card.created if one.card else "", reverse=True))


def _known(folder: Path) -> KnownRun:
    try:
        run = RunFolder.open(folder)
    except MeviewerError as error:
        return KnownRun(folder.name, folder, why=error.why or error.what.lower())
    why = _never(run.spec)
    finished = frozenset[int]() if why else _with_weights(run)
    if not why and not finished:
        why = "it has finished no fold yet" if not run.finished() else "it keeps no networks"
    return KnownRun(folder.name, folder, _title(run, finished), finished, run.card, why)


def _never(spec: ExperimentSpec) -> str:
    """Say why no run of an experiment can be asked about a clip; empty if one can."""
    if spec.network == KERNEL:
        return "a kernel ridge keeps no network"
    return "it was trained on ready pictures, which no clip gives" if spec.pictures else ""


def _with_weights(run: RunFolder) -> frozenset[int]:
    numbers = range(run.n_folds + 1)
    results = {number: run.result(number) for number in numbers}
    return frozenset(n for n, result in results.items() if result is not None and result.weights)


def _title(run: RunFolder, finished: frozenset[int]) -> str:
    folds = len(finished - {run.n_folds})
    parts = [network_title(run.spec), f"{counted(folds, 'fold')} of {run.n_folds}"]
    parts += ["final model"] if run.n_folds in finished else []
    parts += ["labels shuffled"] if run.spec.shuffle_labels else []
    return ", ".join(parts)
