"""What other long work says: recognising, computing features, suggesting, looking clips through."""

from __future__ import annotations

import msgspec

from meviewer.experiment.record import Record


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


class Supposed(Record, frozen=True, kw_only=True):
    """What a trained run would say about an event if its keyframes were these.

    Attributes
    ----------
    question : int
        Number of the question that this answers.
    keyframes : tuple of int
        Onset, apex, offset as frame indices.
    classes : tuple of str
    probabilities : tuple of float
        One a class; empty where the run can say nothing.
    model : str
        Which network answered, as in `Predicted`.
    reason : str
        Why it can say nothing; empty if it can.
    """

    question: int
    keyframes: tuple[int, int, int]
    classes: tuple[str, ...] = ()
    probabilities: tuple[float, ...] = ()
    model: str = ""
    reason: str = ""
    seconds: float = 0.0


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
    keys: dict[str, str] = msgspec.field(default_factory=dict)
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
    course : tuple of (float or None) or None
        Where the seen course leaves its rest, turns, and is back at rest.
    reason : str
        Why there is nothing; empty if there is something.
    """

    coder: str
    event_id: int
    gamdss: tuple[int, int, int] | None = None
    middle: tuple[float, float, float] | None = None
    course: tuple[float | None, float | None, float | None] | None = None
    reason: str = ""


class LookedAt(Record, frozen=True, kw_only=True):
    """What the frames of one clip say of its labels; ``reason``: why it could not be read."""

    sample_id: int
    looks: tuple[Look, ...] = ()
    reason: str = ""
