"""The exchange formats by name, and which of them a file can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from meviewer.core.errors import LabelError
from meviewer.data.exchange import Format

_HEAD_BYTES = 32 << 10
_FILES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a format is, and by what its files are known before anything is imported.

    A file is one of this format if its name ends in one of ``own``; or if it ends in one of
    ``shared``, which other formats use too, and its beginning fits ``sign``.
    """

    place: str
    own: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    sign: str = ""


_TIME = r"\d{1,3}:\d\d:\d\d[.:,]\d{3}"
_OUR_TABLE = r"\A[^\n]*\b(?:clip|file ?name|video)\b[^\n]*\bonset"
_ENTRIES = {
    "csv": _Entry("table_text:CSV", shared=(".csv", ".txt"), sign=_OUR_TABLE),
    "tsv": _Entry("table_text:TSV", shared=(".tsv", ".tab", ".txt"), sign=_OUR_TABLE),
    "elan": _Entry("elan:FORMAT", own=(".eaf",), shared=(".xml",), sign=r"<ANNOTATION_DOCUMENT\b"),
    "elan-text": _Entry(
        "elan_text:FORMAT",
        shared=(".txt", ".tsv", ".tab", ".csv"),
        sign=rf"\tBegin Time|^Begin Time|\t(?:{_TIME}|\d+[.,]\d{{3}}\t\d+)\t",
    ),
    "praat": _Entry(
        "praat:FORMAT", own=(".textgrid",), shared=(".txt",), sign=r"\A\s*File type = \"ooTextFile"
    ),
    "audacity": _Entry(
        "audacity:FORMAT", shared=(".txt",), sign=r"\A\d+[.,]\d+\t\d+[.,]\d+(?:\t|\r?$)"
    ),
    "boris": _Entry("boris:FORMAT", own=(".boris",), shared=(".json",), sign=r'"observations"'),
    "boris-events": _Entry(
        "boris_events:FORMAT",
        shared=(".tsv", ".csv", ".txt"),
        sign=r"\bBehavior\b[^\n]*\b(?:Start \(s\)|Time|Status|Behavior type)",
    ),
    "datavyu": _Entry(
        "datavyu:FORMAT", shared=(".csv",), sign=r"\A[^\n]*(?:\.ordinal\b|column,ordinal,onset)"
    ),
    "nova": _Entry("nova:FORMAT", own=(".annotation", ".annotation~")),
    "megc": _Entry("megc:FORMAT", shared=(".csv",), sign=r"\A[^\n]*\bpred_onset\b"),
    "activitynet": _Entry(
        "activitynet:FORMAT", shared=(".json",), sign=r'"(?:database|results|taxonomy)"\s*:'
    ),
    "coco": _Entry("coco:FORMAT", shared=(".json",), sign=r'"(?:images|categories)"\s*:\s*\['),
}


def names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return tuple(_ENTRIES)


@cache
def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises
    ------
    LabelError
        If there is none; the message lists the names.
    """
    entry = _ENTRIES.get(name.strip().casefold())
    if entry is None:
        raise LabelError(
            "No such exchange format", where=repr(name), now=f"choose one of: {', '.join(names())}"
        )
    module, _, attribute = entry.place.partition(":")
    return cast(Format, getattr(import_module(f"meviewer.data.formats.{module}"), attribute))


def guess(path: Path) -> tuple[str, ...]:
    """Return the names of the formats that a file, or the files of a folder, can be.

    Only the endings and the first bytes are looked at. Nothing fits: an empty tuple.
    """
    try:
        files = sorted(path.iterdir())[:_FILES_LOOKED_AT] if path.is_dir() else [path]
        found = {name for file in files if file.is_file() for name in _fitting(file)}
    except OSError:
        return ()
    return tuple(name for name in _ENTRIES if name in found)


def _fitting(file: Path) -> list[str]:
    ending = file.name.casefold()
    own = [name for name, entry in _ENTRIES.items() if ending.endswith(entry.own)]
    if own:
        return own
    shared = [name for name, entry in _ENTRIES.items() if ending.endswith(entry.shared)]
    head = _head(file) if shared else ""
    return [name for name in shared if re.search(_ENTRIES[name].sign, head, re.M | re.I)]


def _head(file: Path) -> str:
    with file.open("rb") as stream:
        data = stream.read(_HEAD_BYTES)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    # An odd byte or half a character at the cut is no reason to know less.
    return data.decode("utf-16" if wide else "utf-8-sig", "ignore")
