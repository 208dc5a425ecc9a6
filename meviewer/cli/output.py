"""How commands speak: one JSON document for programs, a few lines for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np

from meviewer.core.frames import rate_text


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let a command print JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON document, nothing else")


def show(document: object, as_json: bool, words: Callable[[], str]) -> None:
    """Print the document as JSON, or what a person wants to read."""
    print(to_json(document) if as_json else words())


def to_json(document: object) -> str:
    """Return a document of plain values, dataclasses, paths and arrays as indented JSON."""
    plain = msgspec.to_builtins(_plain(document))
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns: the first to the left, numbers to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


class Progress:
    """A line on stderr that is written over, if a person is watching."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def say(self, words: str) -> None:
        """Show where it stands."""
        if self._shown:
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        self.say("")


def _plain(value: object) -> object:
    """Turn what msgspec does not know into plain values."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Fraction):
        return rate_text(value)
    if isinstance(value, Path):
        return str(value)
    return value.value if isinstance(value, Enum) else value
