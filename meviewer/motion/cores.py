"""How many cores there are to share work among."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Count the cores this process may use, 1 or more."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
