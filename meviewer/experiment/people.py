"""Who is who: one key a person, whatever the spelling, and across data sets that share people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_NUMBERED = re.compile(r"(?:subject|subj|sub)?[\s_.#-]*0*(\d+)")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_LETTERS = re.compile(r"[^\d]*0*(\d+)")

_FAMILIES = {"samm-lv": "samm"}
"""Data sets in which the people of another one appear again, under the same numbers."""


@dataclass(frozen=True, slots=True)
class Member:
    """Whose clip a sample is, and what is balanced when subjects are dealt into folds.

    Attributes
    ----------
    subject : str
        In the data set's words.
    dataset : str
        Name of the data set; empty for clips of one's own.
    class_number : int
    """

    subject: str
    dataset: str = ""
    class_number: int = 0

    @property
    def source(self) -> str:
        """The data base: that in front of the name within a composite, else the data set."""
        before, colon, _name = self.subject.partition(":")
        return before.strip().casefold() if colon else self.dataset.strip().casefold()

    @property
    def person(self) -> str:
        """One key a person: equal for all spellings, apart for people of two data sets."""
        _before, colon, name = self.subject.partition(":")
        key = normalise_subject(name if colon else self.subject)
        family = _FAMILIES.get(self.source, self.source)
        return f"{family}:{key}" if family and key else key

    @property
    def spelt(self) -> str:
        """Name with its data set, where it has one."""
        if ":" in self.subject or not self.dataset:
            return self.subject
        return f"{self.dataset}:{self.subject}"


@lru_cache(maxsize=4096)
def normalise_subject(name: str) -> str:
    """Return the one spelling of a subject's name: ``"1"`` for 1, 01, sub01 and Subject 1.

    Case, outer spaces, the words sub, subj and subject, and leading zeros do not make a new person.
    Kept: every fold asks again for everybody.
    """
    folded = name.strip().casefold()
    match = _NUMBERED.fullmatch(folded)
    return match[1] if match else _ZEROS.sub("", folded)


def doubtful(members: list[Member]) -> tuple[tuple[str, str], ...]:
    """Return pairs of names of one data base that might be one person, such as ``s1`` and ``01``.

    They are kept apart: a rule cannot know. Only plain letters before one number are compared.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for member in members:
        name = member.person.rpartition(":")[2]
        match = _LETTERS.fullmatch(name)
        if match is not None:
            same = found.setdefault((member.source, match[1]), {})
            same.setdefault(member.person, member.subject)
    return tuple(
        (first, other)
        for same in found.values()
        if len(same) > 1
        for first, *others in [tuple(same.values())]
        for other in others
    )
