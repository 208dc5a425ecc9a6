"""Which networks of a run may judge a clip: never one that was trained on its subject.

Nothing here needs torch, so the window can tell beforehand who would answer, and why nobody may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.people import Member
from meviewer.experiment.run_values import RunCard


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for whom in one run.

    Attributes
    ----------
    card : RunCard
    folder : Path
        For the words of errors.
    is_done : callable
        Says whether the network of a fold is there; the final model has the number after the last.
    """

    card: RunCard
    folder: Path
    is_done: Callable[[int], bool]

    def choose(self, subject: str, fingerprint: str) -> tuple[list[int], str]:
        """Return which folds answer for a clip, and that in words.

        Parameters
        ----------
        subject : str
            Whose clip it is; empty if unknown.
        fingerprint : str
            Content of the clip; empty if unknown.

        Raises
        ------
        ExperimentError
            If the fold that this subject needs is not finished, or there is none.
        WeightsError
            If no network of the run is finished.
        """
        held_out = self.fold_of(subject, fingerprint)
        if held_out is not None:
            return [held_out], self._words(held_out, subject, fingerprint)
        n_folds = len(self.card.subjects)
        if self.is_done(n_folds):
            return [n_folds], "final model"
        finished = [number for number in range(n_folds) if self.is_done(number)]
        if not finished:
            raise WeightsError(
                "The run has no finished network", where=str(self.folder), now="resume the run"
            )
        return finished, f"mean of {len(finished)} folds"

    def fold_of(self, subject: str, fingerprint: str) -> int | None:
        """Return the fold that holds out whose clip this is; None for a person of no fold.

        Raises
        ------
        ExperimentError
            If all networks of the run were trained on this person.
        """
        card = self.card
        owner = card.clips.get(fingerprint, subject)
        if not owner.strip():
            return None
        held_out = {name: n for n in range(len(card.subjects)) for name in card.people_of(n)}
        found = {number for name, number in held_out.items() if _may_be(owner, name)}
        if len(found) == 1:
            return found.pop()
        if found or any(_may_be(owner, name) for name in card.clips.values()):
            raise ExperimentError(
                "No network of the run may judge this clip",
                where=f"{self.folder}, subject {owner}",
                why="several data sets of the run have a subject of that name"
                if found
                else "all of them were trained on this subject: its split never holds it out",
                now="name the data set, as in casme2:01"
                if found
                else "train with a split that tests every subject, such as loso",
            )
        return None

    def _words(self, fold: int, subject: str, fingerprint: str) -> str:
        card = self.card
        owner, name = card.clips.get(fingerprint, subject), card.subjects[fold]
        if not self.is_done(fold):
            raise ExperimentError(
                "The fold that may judge this clip is not finished",
                where=f"{self.folder}, subject {owner}",
                why="all other networks of the run have been trained on this subject",
                now="resume the run",
            )
        one = len(card.people_of(fold)) == 1
        return f"fold of subject {name}, held out" if one else f"{name}, subject {owner} held out"


def _may_be(asked: str, known: str) -> bool:
    """Whether a name may be that of a known person, who may be spelt with a data set."""
    key, person = Member(asked).person, Member(known).person
    return key == person or (":" not in key and person.endswith(f":{key}"))
