"""A process that ends what Ray has started here once whoever asked for it is gone.

Ray's servers follow a parent that is killed, but two agents of theirs first tell the cluster that
has just ended of it, and wait for its answer for most of a minute. Nothing that is killed can see
to that itself. As a program this file runs alone, without the package: it starts in no time, and
keeps little memory beside a training.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

GRACE_S = 0.5
"""Who has been left behind may leave by itself for so long."""

_SETTLED = b"settled\n"
_OFTEN_S, _SELDOM_S = 0.25, 2.0
_PATIENCE_S = 10.0


class Watch:
    """Sees to it that no process of a cluster outlives this one, from before the cluster starts.

    Only children of this process that run Ray's own programs, and what is below them, are ever
    ended: a cluster that somebody else has started is none of them.

    Parameters
    ----------
    ray_folder : Path
        Where Ray is installed.
    """

    def __init__(self, ray_folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(ray_folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # An interrupt from the terminal is meant for the training.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def pid(self) -> int:
        """Id of the process that watches."""
        return self._process.pid

    def settled(self) -> None:
        """Say that the cluster stands; where none was started here, the watch is over."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_SETTLED)
            self._process.stdin.flush()
        except OSError:
            return  # somebody has ended it: the cluster is as good without

    def end(self) -> None:
        """End what is left of the cluster, and the watch; returns once that is done."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
            self._process.wait(_PATIENCE_S)
        except OSError:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Process(Protocol):
    """What is used of a process of psutil: equal ones have one id and one start."""

    @property
    def pid(self) -> int: ...
    def ppid(self) -> int: ...
    def create_time(self) -> float: ...
    def cmdline(self) -> list[str]: ...
    def kill(self) -> None: ...
    def is_running(self) -> bool: ...


class _Family:
    """The processes of Ray that were seen below another process."""

    def __init__(self, pid: int, ray_folder: Path) -> None:
        # It comes with Ray, and knows processes on every system.
        sys.path.insert(0, str(ray_folder / "thirdparty_files"))
        self._psutil = import_module("psutil")
        self._ray = str(ray_folder)
        self._above: _Process = self._psutil.Process(pid)
        self.found: set[_Process] = set()

    def look(self) -> None:
        """Note who is there now."""
        below: dict[int, list[_Process]] = {}
        for one in self._psutil.process_iter():
            with suppress(self._psutil.Error):
                below.setdefault(one.ppid(), []).append(one)
        self.found = {one for one in self.found if one.is_running()}
        children = self._children(self._above, below)
        new = [*filter(self._is_rays, children), *self.found]
        while new:
            self.found.update(new)
            new = [
                child
                for one in new
                for child in self._children(one, below)
                if child not in self.found
            ]

    def end(self) -> None:
        """End who does not leave."""
        self.look()
        _, left = self._psutil.wait_procs(self.found, timeout=GRACE_S)
        for one in cast("list[_Process]", left):
            with suppress(self._psutil.Error):
                one.kill()

    def _children(self, one: _Process, below: Mapping[int, list[_Process]]) -> list[_Process]:
        """Return the children of a process, without those of an earlier one with its id."""
        with suppress(self._psutil.Error):
            began = one.create_time()
            return [child for child in below.get(one.pid, ()) if child.create_time() >= began]
        return []

    def _is_rays(self, one: _Process) -> bool:
        with suppress(self._psutil.Error):
            # The watch itself was told where Ray lies, too.
            ours = one.pid == os.getpid()
            return not ours and any(word.startswith(self._ray) for word in one.cmdline())
        return False


def _watch(family: _Family) -> None:
    """Note who is there until stdin ends, then end who is left."""
    settled, gone = threading.Event(), threading.Event()

    def listen() -> None:
        for line in sys.stdin.buffer:
            if line == _SETTLED:
                settled.set()
        gone.set()

    threading.Thread(target=listen, daemon=True).start()
    while not gone.wait(_SELDOM_S if settled.is_set() else _OFTEN_S):
        stands = settled.is_set()
        family.look()
        if stands and not family.found:
            return  # a cluster of somebody else
    family.end()


if __name__ == "__main__":
    _watch(_Family(int(sys.argv[1]), Path(sys.argv[2])))
