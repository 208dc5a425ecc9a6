"""Memory that was freed is kept for the next array, instead of given back and asked for anew."""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3), from malloc.h
_KEPT_BYTES = 32 << 20
_FROM_OUTSIDE = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")


def keep_freed_memory() -> bool:
    """Let the C library of Linux keep what a thread frees, up to 32 MB; elsewhere do nothing.

    By default every thread but the first gives back what lies at the end of its memory as soon as
    that is more than 128 kB: each frame of a clip, and each picture, is then made of fresh pages
    that the system first has to fill with zeros. Decoding a frame of 640x480 in such a thread took
    430 page faults, and up to twice the time of the decoding itself.

    Returns
    -------
    bool
        Whether it is so now: not with another C library, nor where the person who started the
        program has chosen values.
    """
    if not sys.platform.startswith("linux") or any(name in os.environ for name in _FROM_OUTSIDE):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)) and bool(
        mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
    )
