"""What a thread frees is there for its next array."""

from __future__ import annotations

import subprocess
import sys

import pytest

from meviewer.core import freed_memory

ROUNDS = 50
CODE = f"""
import resource, sys, threading
import numpy as np
from meviewer.core.freed_memory import keep_freed_memory

if sys.argv[1] == "kept":
    assert keep_freed_memory()

def arrays():
    return [np.ones(900_000, np.uint8) for _ in range(4)]

def work():
    arrays()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range({ROUNDS}):
        arrays()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def faults(how):
    done = subprocess.run(
        [sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is glibc's")
def test_an_array_is_made_of_pages_that_are_there():
    assert faults("kept") < ROUNDS < 3 * ROUNDS < faults("as it is")


def test_what_a_person_has_chosen_stays(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "100000")
    assert not freed_memory.keep_freed_memory()


@pytest.mark.parametrize("fault", [OSError, AttributeError])
def test_another_c_library_is_no_failure(fault, monkeypatch):
    def none_there(_name):
        raise fault

    monkeypatch.setattr(freed_memory.ctypes, "CDLL", none_there)
    assert not freed_memory.keep_freed_memory()


def test_other_systems_are_left_alone(monkeypatch):
    monkeypatch.setattr(freed_memory.sys, "platform", "darwin")
    assert not freed_memory.keep_freed_memory()
