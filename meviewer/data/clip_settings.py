"""``clip.json``: what the images of a folder cannot say themselves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import msgspec

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import parse_rate, rate_text
from meviewer.data.atomic import write_bytes

FILE_NAME = "clip.json"


class _Stored(msgspec.Struct, frozen=True):
    rate: str | float | None = None
    bits: Annotated[int, msgspec.Meta(ge=1, le=16)] = 16


class ClipSettings(msgspec.Struct, frozen=True):
    """Settings of one folder of images.

    Attributes
    ----------
    rate : Fraction or None
        Frames per second; None if unknown.
    bits : int
        Significant bits of images stored in 16 bits: 12 for many industrial cameras.
    findings : tuple of Finding
        What is wrong with the file; it is then left aside.
    """

    rate: Fraction | None = None
    bits: int = 16
    findings: tuple[Finding, ...] = ()


def read_settings(folder: Path) -> ClipSettings:
    """Read ``clip.json`` of a folder; a missing file means defaults, a faulty one a finding."""
    path = folder / FILE_NAME
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
        rate = None if stored.rate is None else parse_rate(stored.rate)
    except FileNotFoundError:
        return ClipSettings()
    except (OSError, msgspec.MsgspecError, LabelError) as error:
        text = f"{FILE_NAME} is left aside: {error}"
        return ClipSettings(findings=(Finding("clip-json", Severity.WARNING, text),))
    return ClipSettings(rate, stored.bits)


def write_settings(folder: Path, rate: Fraction, bits: int = 16) -> None:
    """Write ``clip.json`` into a folder of images.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    stored = _Stored(rate_text(rate), bits)
    write_bytes(folder / FILE_NAME, msgspec.json.encode(stored) + b"\n")
