"""How many threads BLAS may use while threads of our own share the work."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Protocol, cast


class _Controller(Protocol):
    def info(self) -> list[dict[str, object]]: ...

    def limit(self, *, limits: int, user_api: str) -> _Limit: ...


class _Limit(Protocol):
    def restore_original_limits(self) -> None: ...


class _Shared:
    """Who asked for one BLAS thread: the setting is global, so the last one out restores it."""

    lock = threading.Lock()
    users = 0
    limits: ClassVar[list[_Limit]] = []
    controller: _Controller | None = None
    with_scipy = False


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Keep BLAS at one thread meanwhile, whichever thread asks and however many do.

    OpenBLAS with two threads is 10 to 30 times slower as soon as another process is busy; our own
    threads work on stripes of their own instead and do not wait for one another.
    """
    with _Shared.lock:
        _limit_to_one()
        _Shared.users += 1
    try:
        yield
    finally:
        with _Shared.lock:
            _Shared.users -= 1
            if _Shared.users == 0:
                _restore()


def _limit_to_one() -> None:
    known = _Shared.controller
    controller = _controller()
    with _control():
        # Each time: other libraries set the number too, and may have set it back meanwhile.
        limit = controller.limit(limits=1, user_api="blas")
    if _Shared.users == 0 or controller is not known:
        _Shared.limits.append(limit)


def _restore() -> None:
    with _control():
        while _Shared.limits:
            _Shared.limits.pop().restore_original_limits()


@contextmanager
def _control() -> Iterator[None]:
    """Let this thread set the number, whoever set it last.

    From version 3.8 on threadpoolctl lets the thread that set the number of a pool first set it
    again, and ignores all others without a word as long as that one lives. Here any thread may be
    the first one in and any other the last one out; the lock of all users keeps them apart.
    """
    import threadpoolctl

    openblas = threadpoolctl.OpenBLASController
    clear = getattr(openblas, "clear_controlling_thread", lambda *, force: None)
    clear(force=True)
    yield
    # Else the next library that sets the number in another thread is ignored because of this one.
    clear(force=True)


def _controller() -> _Controller:
    """Return what sets the threads of all BLAS there are, numpy's and scipy's own.

    It is kept once it reaches numpy's: to make it takes 4 ms.
    """
    with_scipy = "scipy.linalg" in sys.modules
    if _Shared.controller is not None and with_scipy == _Shared.with_scipy:
        return _Shared.controller
    from threadpoolctl import ThreadpoolController

    made = cast(_Controller, ThreadpoolController())
    if any("numpy" in str(pool["filepath"]) for pool in made.info()):
        _Shared.controller, _Shared.with_scipy = made, with_scipy
    return made
