"""Which colour a coder wears: the same in every clip and on every screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ROLES = tuple(f"coder_{letter}" for letter in "abcdefgh")
"""Colour roles of coders, in the order in which they are given away."""


def coder_roles(people: Sequence[str], own: str, others: Iterable[str]) -> dict[str, str]:
    """Return the colour role of each coder on show.

    Beyond `ROLES` they repeat.

    Parameters
    ----------
    people : sequence of str
        Everybody who has labelled in the project, in the order in which they came.
    own : str
        Whose labels are edited. One who has not labelled yet comes next.
    others : iterable of str
        Further names. Those that belong to nobody of the project stand for somebody who is not to
        be known, and get colours that nobody else wears.
    """
    worn = {name: at for at, name in enumerate(dict.fromkeys((*people, own)))}
    for name in others:
        worn.setdefault(name, len(worn))
    return {name: ROLES[at % len(ROLES)] for name, at in worn.items()}


def own_role(people: Sequence[str], own: str) -> str:
    """Return the colour role of the coder whose labels are edited."""
    return coder_roles(people, own, ())[own]
