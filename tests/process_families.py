"""Processes and all that is below them: trainings whose parent is killed, and who is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from meviewer.jobs.protocol import encode

BOUND_S = 30
"""Five seconds are promised; a machine that is busy with other things is given more."""

_PARENT = Path(__file__).parent / "nn" / "training_parent.py"


def parents():
    """Return the parent and the start of each process by its id."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if entry.name.isdigit() and after_name[0] != "Z":
            found[int(entry.name)] = (int(after_name[1]), after_name[19])
    return found


def family(pid):
    """Return the start of a process and of all below it, by their ids."""
    every = parents()
    found = {pid: every[pid][1]}
    while more := {p: s for p, (above, s) in every.items() if above in found and p not in found}:
        found.update(more)
    return found


def left_of(found):
    every = parents()
    return [pid for pid, start in found.items() if pid in every and every[pid][1] == start]


def wait_for_none_of(found):
    until = time.monotonic() + BOUND_S
    while left_of(found) and time.monotonic() < until:
        threading.Event().wait(0.05)
    assert not left_of(found)


def trains_until_its_parent_is_killed(job):
    """Start a training from another program, kill that after the first epoch.

    Returns the processes that were at work: the start of each by its id.
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(_PARENT)], **pipes) as parent:
        parent.stdin.write(encode(job))
        parent.stdin.flush()
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"trains\n"
        below = family(child)
        os.kill(parent.pid, signal.SIGKILL)
    return below
