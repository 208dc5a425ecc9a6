"""What a task that stays to be asked about keyframes is told; without torch, for the window."""

from __future__ import annotations

import msgspec


class WhatIfArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `meviewer.nn.what_if.what_if`.

    Attributes
    ----------
    run : str
        Run folder.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    run: str
    device: str = "cpu"


class WhatIfQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the run is asked about one clip.

    Attributes
    ----------
    number : int
        Comes back with every answer.
    path : str
    subject : str
        Whose clip it is: the fold that has never seen that subject answers.
    keyframes : tuple of tuple of int
        Onset, apex, offset as frame indices; answered one after the other, in this order.
    """

    number: int
    path: str
    subject: str
    keyframes: tuple[tuple[int, int, int], ...]
