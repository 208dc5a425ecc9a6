"""Subjects are texts; two spellings of one person must not become two people.

Under leave-one-subject-out, a person with two names would be trained on and tested on at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_PREFIX = re.compile(r"^(?:subject|subj|sub|spno|s|p)-?(?=[0-9])")
_SEPARATORS = re.compile(r"[\W_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def key(subject: str) -> str:
    """Return a text that is the same for ``sub01``, ``S1``, ``01``, ``1`` and ``spNO.1``."""
    folded = unicodedata.normalize("NFKC", subject).casefold()
    plain = _SEPARATORS.sub("-", folded).strip("-")
    return _LEADING_ZEROS.sub("", _PREFIX.sub("", plain))


def spellings(subjects: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the spellings of each key, each once, in the order of their first use."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for subject in subjects:
        found[key(subject)][subject] = None
    return {name: tuple(used) for name, used in found.items()}
