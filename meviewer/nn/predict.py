"""Recognising a clip with a finished run, by a network that has never seen its subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from meviewer.experiment.runs import RunFolder
from meviewer.nn import checkpoint
from meviewer.nn.answering import Answering
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
        self._who = Answering(run.card, run.folder, lambda n: run.result(n) is not None)
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
        return self.answer_by(numbers, words, seen, salient=salient)

    def answer_by(
        self, numbers: Sequence[int], words: str, seen: Array, *, salient: bool = False
    ) -> Answer:
        """Let these folds classify one clip; see `choose` and `answer`.

        Raises
        ------
        WeightsError
            If one of them is not finished, or its file is damaged.
        """
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
        """Return which folds answer for a clip, and that in words; see `Answering.choose`."""
        return self._who.choose(subject, fingerprint)

    def fold_of(self, subject: str, fingerprint: str) -> int | None:
        """Return the fold that holds out whose clip this is; see `Answering.fold_of`."""
        return self._who.fold_of(subject, fingerprint)

    def _networks(self, number: int) -> tuple[ModelCard, list[Network]]:
        if number not in self._loaded:
            where = str(self.run.weights_path(number))
            card, networks = checkpoint.decode(self.run.weights(number), where)
            self._loaded[number] = card, [n.to(self._device) for n in networks.values()]
        return self._loaded[number]
