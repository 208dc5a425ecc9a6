"""Which Ray cluster a run uses: one that is there, or one of its own that does not outlive it."""

from __future__ import annotations

import os
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from meviewer.core.errors import MissingExtraError
from meviewer.nn.ray_watch import Watch

_NOTED, _ANSWERS_S = "ray_current_cluster", 2.0


@contextmanager
def joined() -> Iterator[ModuleType]:
    """Join the cluster that ``RAY_ADDRESS`` names or that runs here, else start one for this run.

    Yields Ray. A cluster that was started for the run ends with it, also where this process is
    killed; one that was there stays.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    """
    ray = _loaded()
    if ray.is_initialized():
        yield ray
        return
    watch = Watch(Path(str(ray.__file__)).parent)
    try:
        with warnings.catch_warnings():
            # Of environment variables that its next version will read otherwise: none of ours.
            warnings.simplefilter("ignore", FutureWarning)
            ray.init(address(), include_dashboard=False, log_to_driver=False)
        watch.settled()
        yield ray
    finally:
        try:
            ray.shutdown()
        finally:
            watch.end()


def address() -> str | None:
    """Return which cluster is to be joined; None: that which Ray finds itself, or a new one here.

    Ray notes its cluster in a file that stays behind where all of it was killed, and would wait for
    minutes for what is gone.
    """
    folder = Path(os.environ.get("RAY_TMPDIR") or tempfile.gettempdir())
    try:
        host, _, port = (folder / "ray" / _NOTED).read_text().strip().rpartition(":")
    except OSError:
        return None
    if os.environ.get("RAY_ADDRESS"):
        return None
    try:
        socket.create_connection((host, int(port)), _ANSWERS_S).close()
    except (OSError, ValueError, OverflowError):
        return "local"
    return None


def _loaded() -> ModuleType:
    # Ray sends figures of its use to its makers unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError(
            "Ray is not installed",
            why="the engine 'ray' needs it",
            now='pip install "meviewer[cluster]", or choose the engine local',
        ) from error
    found: ModuleType = ray
    return found
