"""What long work says while it runs: one record a line, for the window, the CLI and scripts."""

from __future__ import annotations

import msgspec

from meviewer.core.errors import JobError
from meviewer.experiment.record import Record
from meviewer.experiment.task_records import (
    Device,
    Featured,
    FeaturesDone,
    Look,
    LookedAt,
    Predicted,
    Suggested,
    SuggestedEvent,
    Supposed,
    Written,
)
from meviewer.experiment.training_records import (
    EpochDone,
    FoldDone,
    FoldStarted,
    OtherScores,
    Preparing,
    ReferenceDone,
    ReferenceScores,
    RunDone,
    RunStarted,
    Scores,
    Skipped,
    SubjectScore,
    Usage,
    Warned,
    Working,
)

__all__ = [
    "AnyRecord",
    "Device",
    "EpochDone",
    "Featured",
    "FeaturesDone",
    "FoldDone",
    "FoldStarted",
    "Look",
    "LookedAt",
    "OtherScores",
    "Predicted",
    "Preparing",
    "Record",
    "ReferenceDone",
    "ReferenceScores",
    "RunDone",
    "RunStarted",
    "Scores",
    "Skipped",
    "SubjectScore",
    "Suggested",
    "SuggestedEvent",
    "Supposed",
    "Usage",
    "Warned",
    "Working",
    "Written",
    "decode",
    "encode",
]

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
    | Supposed
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
