"""Fixes on offer: published corrections of single rows, and conventions for a kind of row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from meviewer.data import subjects
from meviewer.data.dataset import FixOffer
from meviewer.data.doctor.numbers import is_missing, read_number
from meviewer.data.doctor.rows import DraftRow

CUT_AT_CLIP = "cut-at-clip"


class Fix(Protocol):
    """A named correction of rows: offered where it applies, applied where it is chosen."""

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    @property
    def title(self) -> str:
        """What it does, as one sentence."""
        ...

    @property
    def source(self) -> str:
        """Who says so."""
        ...

    def fixed(self, row: DraftRow) -> DraftRow | None:
        """Return the row as corrected, or None if the fix does not concern it."""
        ...


@dataclass(frozen=True, slots=True)
class Correction:
    """New cells for one row, known by its names and by what stands there now.

    Attributes
    ----------
    subject, clip : str
    now : mapping of str to str
        Cells that must stand there; a copy of the sheet that was corrected already is left alone.
    then : mapping of str to str
        Cells to put in their place.
    """

    subject: str
    clip: str
    now: Mapping[str, str]
    then: Mapping[str, str]

    def concerns(self, row: DraftRow) -> bool:
        """Return whether this is the row, and it still has the fault."""
        same = subjects.key(row.subject) == subjects.key(self.subject)
        named = row.clip.strip("/ ").casefold() == self.clip.casefold()
        is_there = all(_equal(getattr(row, k), v) for k, v in self.now.items())
        is_done = all(_equal(getattr(row, k), v) for k, v in self.then.items())
        return same and named and is_there and not is_done


@dataclass(frozen=True, slots=True)
class Errata:
    """Corrections of single rows that somebody has published."""

    name: str
    title: str
    source: str
    corrections: tuple[Correction, ...] = field(default=())

    def fixed(self, row: DraftRow) -> DraftRow | None:
        """Return the row as corrected, or None if none of the corrections concerns it."""
        for correction in self.corrections:
            if correction.concerns(row):
                return row.changed(self.name, correction.then)
        return None


@dataclass(frozen=True, slots=True)
class OffsetFromApex:
    """The convention for rows without offset: the event ends at its apex."""

    source: str
    name: str = "offset-from-apex"
    title: str = "Where the offset is 0 or missing, let the event end at its apex"

    def fixed(self, row: DraftRow) -> DraftRow | None:
        """Return the row with the apex as its offset."""
        apex = read_number(row.apex)
        if apex is None or apex.value <= 0 or not _is_nothing(row.offset):
            return None
        return row.changed(self.name, {"offset": row.apex})


def apply(
    rows: Sequence[DraftRow], fixes: Sequence[Fix], chosen: frozenset[str]
) -> tuple[tuple[DraftRow, ...], tuple[FixOffer, ...]]:
    """Apply the chosen fixes, and say of every fix which rows it concerns.

    Fixes see the rows in their order: what one has put right no longer concerns the next.
    """
    now, offers = list(rows), []
    for fix in fixes:
        concerned = []
        for at, row in enumerate(now):
            better = fix.fixed(row)
            if better is None:
                continue
            concerned.append(row.row)
            if fix.name in chosen:
                now[at] = better
        if concerned:
            is_chosen = fix.name in chosen
            offers.append(FixOffer(fix.name, fix.title, fix.source, tuple(concerned), is_chosen))
    return tuple(now), tuple(offers)


def _is_nothing(text: str) -> bool:
    number = read_number(text)
    return is_missing(text) or (number is not None and number.value <= 0)


def _equal(cell: str, expected: str) -> bool:
    here, there = read_number(cell), read_number(expected)
    if here is not None and there is not None:
        return here == there
    return cell.strip().casefold() == expected.strip().casefold()
