"""What long work says while it runs: one record a line, for the window, the CLI and scripts."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from meviewer.core.errors import JobError


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag=True):
    """Base of all records."""


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
    others: dict[str, OtherScores] = {}


class RunDone(Record, frozen=True, kw_only=True):
    """All is trained, tested and stored."""

    folder: str
    scores: Scores


class Predicted(Record, frozen=True, kw_only=True):
    """What a trained run says about one clip.

    Attributes
    ----------
    probabilities : tuple of float
        One a class.
    model : str
        Which network answered, in words: ``"final model"``, ``"fold of subject s03, held out"``.
    keyframes : tuple of int
        Onset, apex, offset as frame indices.
    rough : bool
        Nobody gave the keyframes: they were looked for.
    maps : str
        File with the networks' inner pictures, if one was asked for.
    """

    clip: str
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]
    predicted: str
    model: str
    keyframes: tuple[int, int, int]
    seconds: float
    rough: bool = False
    maps: str = ""


class Device(Record, frozen=True, kw_only=True):
    """A device that a training can run on."""

    name: str
    text: str
    memory_bytes: int = 0


class Written(Record, frozen=True, kw_only=True):
    """A file is there, and what is to be known of it."""

    path: str
    text: str


class Featured(Record, frozen=True, kw_only=True):
    """What became of one event whose motion is to be in the feature store.

    Attributes
    ----------
    state : str
        ``"computed"``; ``"known"``: all was there already; ``"skipped"``: its label gives nothing
        to compute; ``"failed"``: something is missing that should be there.
    keys : dict of str to str
        Representation to name in the store, of all that is there now.
    computed : tuple of str
        Representations that were computed now.
    reason : str
        Why it was skipped or has failed.
    """

    sample_id: int
    event_id: int
    subject: str
    clip: str
    state: str
    keys: dict[str, str] = {}
    computed: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0


class FeaturesDone(Record, frozen=True, kw_only=True):
    """All events have been looked at: how many are in which state of `Featured`.

    Attributes
    ----------
    folder : str
        Of the store.
    workers : int
        Processes that worked at once.
    """

    folder: str
    n_events: int
    computed: int
    known: int
    skipped: int
    failed: int
    workers: int
    seconds: float


class SuggestedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Keyframes that were suggested for one label, or why there are none.

    Attributes
    ----------
    coder : str
    event_id : int
    keyframes : tuple of int
        Onset, apex, offset as frame indices.
    gain, confidence, has_evidence, is_noop, verdict
        As in `meviewer.motion.gamdss_evidence.Reselection`.
    reason : str
        Why nothing could be suggested; empty if something was.
    """

    coder: str
    event_id: int
    keyframes: tuple[int, int, int] = (0, 0, 0)
    gain: float = 0.0
    confidence: float = 0.0
    has_evidence: bool = False
    is_noop: bool = False
    verdict: str = ""
    reason: str = ""


class Suggested(Record, frozen=True, kw_only=True):
    """What was suggested for the labels of one clip.

    Attributes
    ----------
    reason : str
        Why the clip could not be read; empty if it could.
    """

    sample_id: int
    subject: str
    clip: str
    events: tuple[SuggestedEvent, ...] = ()
    reason: str = ""
    seconds: float = 0.0


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the frames say of one label; frames count from the start of the clip.

    Attributes
    ----------
    coder : str
    event_id : int
    gamdss : tuple of int or None
        Onset, apex, offset that GAMDSS chooses; None where it has no evidence against the label.
    middle : tuple of float or None
        Medians of our own estimate; None where nothing stands out from the noise.
    course : tuple of int or None
        Where the seen course leaves its rest, None for the apex, and where it is back at rest.
    reason : str
        Why there is nothing; empty if there is something.
    """

    coder: str
    event_id: int
    gamdss: tuple[int, int, int] | None = None
    middle: tuple[float, float, float] | None = None
    course: tuple[int, None, int] | None = None
    reason: str = ""


class LookedAt(Record, frozen=True, kw_only=True):
    """What the frames of one clip say of its labels; ``reason``: why it could not be read."""

    sample_id: int
    looks: tuple[Look, ...] = ()
    reason: str = ""


AnyRecord = (
    Preparing
    | Skipped
    | Warned
    | RunStarted
    | FoldStarted
    | EpochDone
    | Working
    | Usage
    | FoldDone
    | ReferenceDone
    | Scores
    | RunDone
    | Predicted
    | Device
    | Written
    | Featured
    | FeaturesDone
    | Suggested
    | LookedAt
)

_DECODER: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)


def encode(record: Record) -> bytes:
    """Return the record as one line of JSON, without its line end."""
    return msgspec.json.encode(record)


def decode(line: bytes | str) -> AnyRecord:
    """Read a record.

    Raises
    ------
    JobError
        If the line is none.
    """
    try:
        return _DECODER.decode(line)
    except msgspec.DecodeError as error:
        raise JobError(
            "A line of the training is no record",
            where=repr(line[:120]),
            why=str(error),
            now="both sides must be of the same version; start the window again",
        ) from error
