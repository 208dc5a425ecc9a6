"""An apex between a labelled onset and offset, for data sets that label none."""

from __future__ import annotations

from meviewer.core.events import Keyframes
from meviewer.data.clip import Clip
from meviewer.motion import gamdss


def free_apex(clip: Clip, onset: int, offset: int) -> int:
    """Return the frame between onset and offset that differs most from them.

    The ``free`` variant of GAMDSS on the frames of the event alone, brightness left out; only its
    apex is taken.

    Parameters
    ----------
    clip : Clip
    onset, offset : int
        Frame indices, both included.

    Returns
    -------
    int
        Frame index; the middle one where the event is too short to search.
    """
    middle = (onset + offset) // 2
    if offset - onset < 2:
        return middle
    frames = clip[onset : offset + 1]
    labelled = Keyframes(0, middle - onset, offset - onset)
    found = gamdss.reselect(frames, labelled, "free", brightness_free=True)
    return onset + found.keyframes.apex
