"""What a run has said of clips that it was asked about: kept beside the run, with what it saw."""

from __future__ import annotations

from pathlib import Path

import msgspec

from meviewer.core.events import Keyframes
from meviewer.experiment.records import Predicted
from meviewer.project.result_log import ResultLog

ANSWERS = "answers.jsonl"


class ClipAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer.

    Attributes
    ----------
    keyframes : tuple of int
        Onset, apex, offset as frame indices, as the network was given them.
    rough : bool
        Nobody had set them: they were looked for.
    fingerprint : str
        Content of the clip.
    networks : str
        Which networks the run had then; see `networks_of`.
    predicted, model : str
        As in `meviewer.experiment.records.Predicted`.
    probabilities : dict of str to float
        By class.
    """

    keyframes: tuple[int, int, int]
    rough: bool
    fingerprint: str
    networks: str
    predicted: str
    model: str
    probabilities: dict[str, float]

    def is_stale(self, asked: Keyframes | None, fingerprint: str, networks: str) -> bool:
        """Whether the run would now be asked something else, or is another one.

        Parameters
        ----------
        asked : Keyframes or None
            Of the label as it is now; None where they have to be looked for.
        """
        if self.fingerprint != fingerprint or self.networks != networks:
            return True
        if asked is None or self.rough:
            return (asked is None) != self.rough
        return self.keyframes != (asked.onset, asked.apex, asked.offset)


def answer_of(said: Predicted, fingerprint: str, networks: str) -> ClipAnswer:
    """Return what is kept of an answer."""
    return ClipAnswer(
        keyframes=said.keyframes,
        rough=said.rough,
        fingerprint=fingerprint,
        networks=networks,
        predicted=said.predicted,
        model=said.model,
        probabilities=dict(zip(said.classes, said.probabilities, strict=True)),
    )


def answers(run_folder: Path) -> ResultLog[ClipAnswer]:
    """Return the answers of a run by the number of the sample, written as text."""
    return ResultLog(run_folder / ANSWERS, ClipAnswer)


def networks_of(run_folder: Path) -> str:
    """Return a mark that changes when a run gets further networks; cheap, nothing is read."""
    names = sorted(path.stem for path in run_folder.glob("*.safetensors"))
    return f"{len(names)} {names[-1]}" if names else ""
