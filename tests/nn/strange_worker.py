"""A worker process in which something goes wrong with the clips called c02."""

import os
import sys
import time
from pathlib import Path

from meviewer.core.errors import StorageError
from meviewer.jobs.worker import main as work
from meviewer.nn import feature_worker

_fill = feature_worker.fill


def main(what):
    """Run a worker; ``what`` says what goes wrong."""
    feature_worker.fill = lambda store, unit, *rest: _strange(what, store, unit, *rest)
    sys.exit(work())


def _strange(what, store, unit, *rest):
    kind, _, place = what.partition(" ")
    if kind == "full":
        raise StorageError("Computed features cannot be stored", now="free some space")
    if unit.clip == "c02":
        if kind == "hangs":
            time.sleep(600)
        if kind == "breaks":
            raise ZeroDivisionError("by zero")
        if kind == "killed":
            os._exit(9)
        note = Path(place) / f"{unit.subject}-died"
        if kind == "once" and not note.exists():
            note.write_text("")
            os._exit(9)
    return _fill(store, unit, *rest)
