"""The folder of a run: a finished fold is whole on disk, so that a run can go on after a stop."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from meviewer.core.errors import ExperimentError, WeightsError
from meviewer.data.atomic import write_bytes, write_text
from meviewer.experiment.records import Scores
from meviewer.experiment.run_values import Curve, FoldResult, ReferenceResult, RunCard
from meviewer.experiment.spec import ExperimentSpec, differing
from meviewer.experiment.spec_text import from_toml, read, to_toml

__all__ = ["Curve", "FoldResult", "ReferenceResult", "RunCard", "RunFolder", "check_target"]

SPEC, CARD, SCORES, REFERENCE = "spec.toml", "run.json", "scores.json", "reference.json"
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class RunFolder:
    """A run on disk.

    Use `start` to train and `open` to look at it.

    Attributes
    ----------
    folder : Path
    spec : ExperimentSpec
    card : RunCard
    """

    def __init__(self, folder: Path, spec: ExperimentSpec, card: RunCard) -> None:
        self.folder = folder
        self.spec = spec
        self.card = card

    @classmethod
    def start(
        cls, folder: Path, spec: ExperimentSpec, card: RunCard, *, resume: bool = False
    ) -> RunFolder:
        """Make the folder, or go on with the run that is in it.

        Raises
        ------
        ExperimentError
            If the folder is in use and ``resume`` is not asked for, or the run in it has another
            experiment, other labels, or no experiment at all.
        StorageError
            If the disk refuses.
        """
        check_target(folder, spec, resume=resume)
        if (folder / CARD).exists():
            found = cls.open(folder)
            _check_card(folder, found.card, card)
            return found
        write_text(_made(folder) / SPEC, to_toml(spec))
        write_bytes(folder / CARD, msgspec.json.format(msgspec.json.encode(card)))
        return cls(folder, spec, card)

    @classmethod
    def open(cls, folder: Path) -> RunFolder:
        """Open a run that was started before.

        Raises
        ------
        ExperimentError
            If the folder holds no run, or its files are damaged.
        """
        if not (folder / SPEC).is_file() or not (folder / CARD).is_file():
            raise ExperimentError(
                "The folder holds no run",
                where=str(folder),
                why=f"{SPEC} and {CARD} are not both there",
                now="give the folder that a training wrote",
            )
        return cls(folder, read(folder / SPEC), _read_json(folder / CARD, RunCard))

    @property
    def n_folds(self) -> int:
        """Folds of the run, done or not."""
        return len(self.card.subjects)

    def finished(self) -> dict[int, FoldResult]:
        """Return the folds that are whole: result and weights belong together."""
        found = (self.result(number) for number in range(self.n_folds))
        return {result.fold: result for result in found if result is not None}

    def result(self, fold: int) -> FoldResult | None:
        """Return the result of one fold, or of the final model (``n_folds``); None if not whole."""
        path = self.folder / f"{self._name(fold)}.json"
        try:
            result = msgspec.json.decode(path.read_bytes(), type=FoldResult)
            # A kernel has no weights: its result is whole by itself.
            weights = self.weights_path(fold).read_bytes() if result.weights else b""
        except (OSError, msgspec.DecodeError):
            return None
        whole = result.fold == fold and _hash(weights) == result.weights
        return result if whole else None

    def weights_path(self, fold: int) -> Path:
        """Return where the weights of a fold lie, or of the final model (``n_folds``)."""
        return self.folder / f"{self._name(fold)}.safetensors"

    def weights(self, fold: int) -> bytes:
        """Return the weights of a finished fold.

        Raises
        ------
        WeightsError
            If the fold is not finished, or its files do not belong together.
        """
        result = self.result(fold)
        if result is None or not result.weights:
            unfinished = result is None
            raise WeightsError(
                "There are no whole weights",
                where=str(self.weights_path(fold)),
                why="this part of the run was not finished, or its files were changed since"
                if unfinished
                else "the experiment keeps no networks of its folds",
                now="resume the run" if unfinished else "train with keep_weights = true",
            )
        return self.weights_path(fold).read_bytes()

    def write(self, result: FoldResult, weights: bytes = b"") -> FoldResult:
        """Store a finished fold: it counts only once all of it is there.

        Without weights, as of a kernel, there is the result alone.

        Raises
        ------
        StorageError
            If the disk refuses; the fold is then not finished.
        """
        result = msgspec.structs.replace(result, weights=_hash(weights))
        if weights:
            write_bytes(self.weights_path(result.fold), weights)
        name = self._name(result.fold)
        write_bytes(self.folder / f"{name}.json", msgspec.json.encode(result))
        return result

    def write_scores(self, scores: Scores) -> None:
        """Store the scores of the whole run as ``scores.json``."""
        write_bytes(self.folder / SCORES, msgspec.json.format(msgspec.json.encode(scores)))

    def scores(self) -> Scores | None:
        """Return the scores of the whole run, or None while it is not done."""
        path = self.folder / SCORES
        return _read_json(path, Scores) if path.exists() else None

    def write_reference(self, result: ReferenceResult) -> None:
        """Store what the reference said as ``reference.json``."""
        write_bytes(self.folder / REFERENCE, msgspec.json.encode(result))

    def reference(self) -> ReferenceResult | None:
        """Return what the reference said, or None if there is none."""
        path = self.folder / REFERENCE
        return _read_json(path, ReferenceResult) if path.exists() else None

    def _name(self, fold: int) -> str:
        return "final" if fold == self.n_folds else f"fold_{fold:02d}"


def _hash(weights: bytes) -> str:
    return hashlib.sha256(weights).hexdigest() if weights else ""


def check_target(folder: Path, spec: ExperimentSpec, *, resume: bool) -> None:
    """Make sure that a run may write there, before anything is computed for it.

    Raises
    ------
    ExperimentError
        As `RunFolder.start` says.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExperimentError(
            "The run needs a folder", where=str(folder), why="this is a file", now="name another"
        )
    if (folder / SPEC).exists():
        if not resume:
            raise ExperimentError(
                "A run is in this folder already",
                where=str(folder),
                now="resume it, or choose another folder",
            )
        _check_spec(folder, spec)
    elif any(folder.iterdir()):
        raise ExperimentError(
            "The folder is not empty and holds no run",
            where=str(folder),
            why="a training never mixes its files with others",
            now="choose a new folder",
        )


def _check_spec(folder: Path, spec: ExperimentSpec) -> None:
    before = from_toml((folder / SPEC).read_text("utf-8"), str(folder / SPEC))
    changed = differing(before, spec)
    if changed:
        raise ExperimentError(
            "The run was started with another experiment",
            where=str(folder),
            why="it differs in " + "; ".join(changed),
            now="put these fields back, or train into another folder",
        )


def _check_card(folder: Path, before: RunCard, now: RunCard) -> None:
    if (before.labels, before.classes, before.subjects) != (now.labels, now.classes, now.subjects):
        raise ExperimentError(
            "The labels have changed since the run was started",
            where=str(folder),
            why=f"{before.n_samples} clips of {len(before.subjects)} subjects then, "
            f"{now.n_samples} of {len(now.subjects)} now, or other keyframes or emotions",
            now="train into another folder",
        )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExperimentError(
            "The run folder cannot be made",
            where=str(folder),
            why=error.strerror or str(error),
            now="choose a folder in which you may write",
        ) from error
    return folder


def _read_json(path: Path, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise ExperimentError(
            "A file of the run is damaged",
            where=str(path),
            why=str(error),
            now="train into another folder",
        ) from error
