"""Annotations and other values to and from the bytes that the project stores."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError, ProjectError

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Annotation)


def encode(annotation: Annotation) -> bytes:
    """Return an annotation as JSON; equal annotations give equal bytes."""
    if not annotation.no_event:
        # As before there was such a field: equal labels stay equal bytes, whoever wrote them.
        return _ENCODER.encode({"events": annotation.events, "status": annotation.status})
    return _ENCODER.encode(annotation)


# Undo histories and lists meet the same few values again and again; values are immutable.
@lru_cache(maxsize=4096)
def decode(data: bytes) -> Annotation:
    """Return the annotation that `encode` made ``data`` from.

    Raises
    ------
    ProjectError
        If ``data`` is no annotation: the text names the field.
    """
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, MeviewerError, UnicodeDecodeError) as error:
        raise ProjectError(
            "A stored label cannot be read",
            where=data[:80].decode("utf-8", "replace"),
            why=str(error),
            now="check the project with 'meviewer check' and take a backup if its chain is broken",
        ) from error


EMPTY = encode(Annotation())
"""The bytes of an annotation without events."""
