"""What a training says while it runs, from the first clip read to the scores."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from meviewer.experiment.record import Record


class Preparing(Record, frozen=True, kw_only=True):
    """Motion of clips is being computed.

    Attributes
    ----------
    done, total : int
        Clips.
    text : str
        The clip at hand.
    """

    done: int
    total: int
    text: str = ""


class Skipped(Record, frozen=True, kw_only=True):
    """A clip cannot be used, and why; the run goes on without it."""

    subject: str
    clip: str
    reason: str
    sample_id: int = 0


class Warned(Record, frozen=True, kw_only=True):
    """Something the person should know; the run goes on."""

    text: str
    where: str = ""


class RunStarted(Record, frozen=True, kw_only=True):
    """The data are ready.

    Attributes
    ----------
    folder : str
        Run folder.
    subjects : tuple of str
        Whom each fold holds out, in the order of the folds.
    class_counts : tuple of int
        Clips of each class.
    finished : tuple of int
        Folds that an earlier, interrupted run has finished.
    n_parameters : int
        Trainable numbers of the network.
    device : str
        In words, such as ``"CPU, 2 threads"``.
    """

    folder: str
    network: str
    n_parameters: int
    n_samples: int
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    subjects: tuple[str, ...]
    epochs: int
    seeds: tuple[int, ...]
    device: str
    finished: tuple[int, ...] = ()


class FoldStarted(Record, frozen=True, kw_only=True):
    """A fold begins; fold number ``n_folds`` is the final model on all subjects."""

    fold: int
    n_folds: int
    subject: str
    n_train: int
    n_test: int
    seed: int


class EpochDone(Record, frozen=True, kw_only=True):
    """One pass through the training clips.

    Attributes
    ----------
    epoch : int
        1-based.
    loss : float
        Mean cross-entropy over the pass.
    accuracy : float
        Share of training clips that were right, as they were shown, 0 to 1.
    learning_rate : float
        Of the last step.
    """

    fold: int
    seed: int
    epoch: int
    n_epochs: int
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float


class Working(Record, frozen=True, kw_only=True):
    """A sign of life within a long epoch."""

    fold: int
    epoch: int
    step: int
    n_steps: int


class Usage(Record, frozen=True, kw_only=True):
    """What a training takes of the machine at this moment, its own processes counted together.

    Attributes
    ----------
    cores : float
        Processor cores kept busy since the last word.
    processes, threads : int
        Processes, and threads of torch in the one that speaks.
    memory_bytes : int
        Of the processes; 0 where the system does not say it.
    gpu : str
        Name of the GPU; empty without one.
    gpu_share : float or None
        How busy it is, 0 to 1; None where its driver cannot be asked.
    gpu_bytes, gpu_total_bytes : int
        Its memory in use, by everybody, and all of it.
    """

    cores: float
    processes: int
    threads: int
    memory_bytes: int
    gpu: str = ""
    gpu_share: float | None = None
    gpu_bytes: int = 0
    gpu_total_bytes: int = 0


class FoldDone(Record, frozen=True, kw_only=True):
    """A fold has been tested on the subject held out.

    Attributes
    ----------
    sample_ids : tuple of int
        Project's samples, one a test clip; the rows below are in this order.
    truth, predicted : tuple of int
        Class numbers.
    probabilities : tuple of tuple of float
        Per clip and class, mean over the seeds and, if chosen, over both mirrored views.
    restored : bool
        Read from the run folder, not trained now.
    """

    fold: int
    n_folds: int
    subject: str
    sample_ids: tuple[int, ...]
    names: tuple[str, ...]
    truth: tuple[int, ...]
    predicted: tuple[int, ...]
    probabilities: tuple[tuple[float, ...], ...]
    seconds: float
    restored: bool = False


class SubjectScore(msgspec.Struct, frozen=True, kw_only=True):
    """Scores on one subject's clips; UF1 and UAR over the classes that this subject shows."""

    n: int
    accuracy: float
    uf1: float
    uar: float


class ReferenceScores(msgspec.Struct, frozen=True, kw_only=True):
    """Pooled scores of the reference on the same folds.

    Attributes
    ----------
    name : str
        Of the reference: ``"krr"``.
    text : str
        What it is, in words, with the settings that were chosen inside the folds.
    intervals : dict of str to (low, high)
        As in `Scores`.
    differences : dict of str to (value, low, high)
        The run's score less the reference's, with the 95 % bootstrap interval over subjects, both
        on the same draws; empty where there is no interval, or before the first fold is done.
    n_folds : int
        Folds that were counted.
    seconds : float
        Time that all of its folds took.
    """

    name: str
    text: str
    accuracy: float
    uf1: float
    uar: float
    intervals: dict[str, tuple[float, float]]
    n_folds: int
    seconds: float
    differences: dict[str, tuple[float, float, float]] = {}


class ReferenceDone(Record, frozen=True, kw_only=True):
    """The reference has been scored on all folds, before the network is trained."""

    scores: ReferenceScores


class OtherScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores that stand beside the honest ones and must not be taken for them.

    Attributes
    ----------
    text : str
        How they came about, for a person.
    accuracy, uf1, uar : float
    intervals : dict of str to (low, high)
        As in `Scores`.
    """

    text: str
    accuracy: float
    uf1: float
    uar: float
    intervals: dict[str, tuple[float, float]]


class Scores(Record, frozen=True, kw_only=True):
    """Pooled scores of the folds done so far, or of all.

    Attributes
    ----------
    confusion : tuple of tuple of int
        Truth in rows.
    absent : tuple of str
        Classes without a clip: left out of UF1 and UAR.
    recalls : tuple of float or None
        One a class.
    intervals : dict of str to (low, high)
        95 % bootstrap intervals over subjects of ``accuracy``, ``uf1`` and ``uar``; empty for fewer
        than three subjects.
    per_seed : dict of str to dict
        The three scores of each seed alone.
    protocol : str
        In words, such as ``"loso, fixed 60 epochs"``.
    seconds : float
        Time spent on the folds, earlier runs included.
    reference : ReferenceScores or None
        The reference on the folds that are done.
    others : dict of str to OtherScores
        On the same clips: ``phases``, where the phases were samples of their own, and
        ``optimistic``, the best epoch on the test clips, where that was asked for.
    """

    rounds_off: ClassVar[bool] = True
    """All folds that were begun are stored: a good moment to stop."""

    accuracy: float
    uf1: float
    uar: float
    n_samples: int
    n_folds: int
    folds_done: int
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    recalls: tuple[float | None, ...]
    absent: tuple[str, ...]
    per_subject: dict[str, SubjectScore]
    intervals: dict[str, tuple[float, float]]
    per_seed: dict[str, dict[str, float]]
    protocol: str
    device: str
    seconds: float
    reference: ReferenceScores | None = None
    others: dict[str, OtherScores] = msgspec.field(default_factory=dict)


class RunDone(Record, frozen=True, kw_only=True):
    """All is trained, tested and stored."""

    folder: str
    scores: Scores
