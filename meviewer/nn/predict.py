"""Recognising a clip with a finished run, by a network that has never seen its subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.experiment.people import Member
from meviewer.experiment.runs import RunFolder
from meviewer.nn import checkpoint
from meviewer.nn.checkpoint import ModelCard
from meviewer.nn.evaluate import maps, probabilities
from meviewer.nn.event_input import Wanted
from meviewer.nn.inputs import Inputs
from meviewer.nn.motion_set import Array
from meviewer.nn.network import Network
from meviewer.nn.saliency import SALIENCY, saliency


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run says about one clip.

    Attributes
    ----------
    probabilities : ndarray, shape (n_classes,), float64
        Sums to 1.
    model : str
        Which networks answered, in words.
    maps : dict of str to ndarray, shape (h, w), float32
        Inner pictures, averaged over the networks.
    """

    probabilities: NDArray[np.float64]
    model: str
    maps: dict[str, NDArray[np.float32]]


class Predictor:
    """The networks of a run, loaded when they are first needed.

    Parameters
    ----------
    run : RunFolder
    device : torch.device

    Attributes
    ----------
    classes : tuple of str
    wanted : Wanted
        What the networks were trained on.
    """

    def __init__(self, run: RunFolder, device: torch.device) -> None:
        self.run = run
        self.classes = run.card.classes
        self.wanted = Wanted.of(run.spec)
        self._inputs = Inputs.of(run.spec)
        self._device = device
        self._loaded: dict[int, tuple[ModelCard, list[Network]]] = {}

    def answer(
        self, seen: Array, subject: str = "", fingerprint: str = "", *, salient: bool = False
    ) -> Answer:
        """Classify one clip.

        A clip of a training subject, known by name or by content, is given to the fold in which
        that subject was held out; others go to the final model, or where there is none, to all
        folds.

        Parameters
        ----------
        seen : ndarray, shape (1, V, 2 or 3, P, P)
            As `Wanted.look` returns it.
        subject : str
            Whose clip it is; empty if unknown.
        fingerprint : str
            Content of the clip; empty if unknown.
        salient : bool
            Add the picture of `meviewer.nn.saliency` for the class that is answered.

        Raises
        ------
        ExperimentError
            If the fold that this subject needs is not finished.
        WeightsError
            If no network of the run is finished, or a file is damaged.
        """
        numbers, words = self.choose(subject, fingerprint)
        found, pictures, asked = [], [], []
        for number in numbers:
            card, networks = self._networks(number)
            x = self._inputs.testing(torch.from_numpy(seen).to(self._device), card.scale)
            shares = probabilities(networks, x, mirrored=card.mirror, vectors=self._inputs.vectors)
            found.append(shares.mean(0)[0].numpy())
            pictures.append(maps(networks, x))
            asked.append((networks, x))
        mean = {n: np.mean([p[n].numpy() for p in pictures], axis=0) for n in pictures[0]}
        said = np.mean(found, axis=0)
        if salient:
            best = int(said.argmax())
            each = [saliency(networks, x, best).numpy() for networks, x in asked]
            mean[SALIENCY] = np.mean(each, axis=0)
        return Answer(said, words, mean)

    def choose(self, subject: str, fingerprint: str) -> tuple[list[int], str]:
        """Return which folds answer for a clip, and that in words."""
        held_out = self.fold_of(subject, fingerprint)
        if held_out is not None:
            return [held_out], self._words(held_out, subject, fingerprint)
        if self.run.result(self.run.n_folds) is not None:
            return [self.run.n_folds], "final model"
        finished = sorted(self.run.finished())
        if not finished:
            raise WeightsError(
                "The run has no finished network", where=str(self.run.folder), now="resume the run"
            )
        return finished, f"mean of {len(finished)} folds"

    def fold_of(self, subject: str, fingerprint: str) -> int | None:
        """Return the fold that holds out whose clip this is; None for a person of no fold.

        Raises
        ------
        ExperimentError
            If all networks of the run were trained on this person.
        """
        card = self.run.card
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
                where=f"{self.run.folder}, subject {owner}",
                why="several data sets of the run have a subject of that name"
                if found
                else "all of them were trained on this subject: its split never holds it out",
                now="name the data set, as in casme2:01"
                if found
                else "train with a split that tests every subject, such as loso",
            )
        return None

    def _words(self, fold: int, subject: str, fingerprint: str) -> str:
        card = self.run.card
        owner, name = card.clips.get(fingerprint, subject), card.subjects[fold]
        if self.run.result(fold) is None:
            raise ExperimentError(
                "The fold that may judge this clip is not finished",
                where=f"{self.run.folder}, subject {owner}",
                why="all other networks of the run have been trained on this subject",
                now="resume the run",
            )
        one = len(card.people_of(fold)) == 1
        return f"fold of subject {name}, held out" if one else f"{name}, subject {owner} held out"

    def _networks(self, number: int) -> tuple[ModelCard, list[Network]]:
        if number not in self._loaded:
            where = str(self.run.weights_path(number))
            card, networks = checkpoint.decode(self.run.weights(number), where)
            self._loaded[number] = card, [n.to(self._device) for n in networks.values()]
        return self._loaded[number]


def _may_be(asked: str, known: str) -> bool:
    """Whether a name may be that of a known person, who may be spelt with a data set."""
    key, person = Member(asked).person, Member(known).person
    return key == person or (":" not in key and person.endswith(f":{key}"))
