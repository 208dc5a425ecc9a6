"""Short work off the UI thread: newest wins in each slot, results come back where one may draw."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QEventLoop,
    QObject,
    Qt,
    QThreadPool,
    Signal,
)

from meviewer.core.errors import MeviewerError
from meviewer.core.freed_memory import keep_freed_memory
from meviewer.gui.running.task import Mail, Task, Token
from meviewer.motion.cores import usable_cores

T = TypeVar("T")
_SLICE_MS = 20
_SWITCH_S = 0.001
_OPENCV_THREADS = "OPENCV_FOR_THREADS_NUM"
_QT_DRAWS_ALONE = "QT_NO_GUI_THREADPOOL"
_FEW_CORES = 4


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """Who wants the outcome of a task. Only the UI thread holds this."""

    task: Task[T]
    done: Callable[[T], None]
    failed: Callable[[MeviewerError], None]
    progress: Callable[[float, str], None] | None

    def deliver(self) -> None:
        """Tell the outcome, unless the one to be told is gone."""
        if self.task.has_value:
            if _alive(self.done):
                self.done(self.task.value)
        elif self.task.error is not None and _alive(self.failed):
            self.failed(self.task.error)


class Background(QObject):
    """Runs functions in the thread pool and hands their results to the UI thread.

    Work must hold values, not widgets: it runs while the user goes on. A destroyed `Background`
    never calls back, and neither does one whose receiver is destroyed.

    Signals
    -------
    failed(MeviewerError)
        Work without a ``failed`` function of its own went wrong.
    busy_changed(bool)
        Something is under way, or nothing is any more.
    """

    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, pool: QThreadPool | None = None) -> None:
        super().__init__(parent)
        # The window asks for Python's lock many times a picture; by default each may take 5 ms.
        sys.setswitchinterval(_SWITCH_S)
        _keep_libraries_to_their_thread()
        keep_freed_memory()
        self._pool = pool or QThreadPool.globalInstance()
        self._mail = Mail()
        self._mail.ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._mail.advanced.connect(self._on_advanced, Qt.ConnectionType.QueuedConnection)
        self._number = 0
        self._waiting: dict[int, _Waiting[object]] = {}
        self._next: dict[str, tuple[int, _Waiting[object]]] = {}
        self._told_busy = False
        self._closed = False

    def run(
        self,
        slot: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[MeviewerError], None] | None = None,
        *,
        follow: bool = False,
    ) -> None:
        """Compute ``work()`` in another thread, then call ``done`` with the result in this one.

        Parameters
        ----------
        slot : str
            What the result is for. A newer run of a slot replaces the older one, whose result or
            error is dropped even if it comes later.
        failed : callable, optional
            Takes the error; without it the signal ``failed`` does. Exceptions that are no
            `MeviewerError` arrive wrapped in one.
        follow : bool
            For what follows a drag: the run under way is finished and delivered, and of the
            runs asked for meanwhile only the newest is started after it.
        """
        self.run_long(slot, lambda _token: work(), done, failed, follow=follow)

    def run_long(
        self,
        slot: str,
        work: Callable[[Token], T],
        done: Callable[[T], None],
        failed: Callable[[MeviewerError], None] | None = None,
        *,
        progress: Callable[[float, str], None] | None = None,
        follow: bool = False,
    ) -> None:
        """Like `run`, for work that takes a `Token`: it can report progress and be cancelled."""
        if self._closed:
            return
        self._number += 1
        number = self._number
        task = Task(slot, work, Token(number, self._mail))
        waiting = _Waiting(task, done, failed or self.failed.emit, progress)
        if follow and self.is_busy(slot):
            self._next[slot] = (number, _erased(waiting))
            return
        self._give_up(slot)
        self._start(number, _erased(waiting))
        self._tell_busy()

    @property
    def busy(self) -> bool:
        """Whether anything is under way that somebody waits for."""
        return any(not w.task.token.cancelled for w in self._waiting.values())

    def is_busy(self, slot: str) -> bool:
        """Whether a result for this slot is still to come."""
        return any(
            w.task.slot == slot and not w.task.token.cancelled for w in self._waiting.values()
        )

    def cancel(self, slot: str) -> None:
        """Drop what is under way for a slot; neither its result nor its error will arrive."""
        self._give_up(slot)
        self._tell_busy()

    def wait_idle(self, timeout_ms: int = 10_000) -> bool:
        """Let the event loop turn until everything has been delivered; False if time is up."""
        deadline = QDeadlineTimer(timeout_ms)
        while self._waiting and not deadline.hasExpired():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _SLICE_MS)
            for waiting in tuple(self._waiting.values()):
                waiting.task.left.wait(_SLICE_MS / 1000)
                break
        return not self._waiting

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Give everything up and wait until no thread works for it; False if time is up."""
        self._closed = True
        self._next.clear()
        waiting, self._waiting = tuple(self._waiting.values()), {}
        for one in waiting:
            one.task.token.cancel()
        deadline = QDeadlineTimer(timeout_ms)
        return all(one.task.left.wait(deadline.remainingTime() / 1000) for one in waiting)

    def _give_up(self, slot: str) -> None:
        self._next.pop(slot, None)
        for waiting in self._waiting.values():
            if waiting.task.slot == slot:
                waiting.task.token.cancel()

    def _tell_busy(self) -> None:
        if self.busy != self._told_busy:
            self._told_busy = self.busy
            self.busy_changed.emit(self._told_busy)

    def _start(self, number: int, waiting: _Waiting[object]) -> None:
        self._waiting[number] = waiting
        task, mail = waiting.task, self._mail

        def execute() -> None:
            try:
                task.execute()
            finally:
                # Work that cannot be stopped may outlive the window, and the mail with it.
                with suppress(RuntimeError):
                    mail.ended.emit(number)
                task.left.set()

        self._pool.start(execute)

    def _on_ended(self, number: int) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None:
            return
        following = self._next.pop(waiting.task.slot, None)
        if following is not None:
            self._start(*following)
        if not waiting.task.token.cancelled:
            waiting.deliver()
        # The receiver may have destroyed this object, or asked for more.
        if shiboken6.isValid(self):
            self._tell_busy()

    def _on_advanced(self, number: int, share: float, text: str) -> None:
        waiting = self._waiting.get(number)
        if waiting is None or waiting.task.token.cancelled or waiting.progress is None:
            return
        if _alive(waiting.progress):
            waiting.progress(share, text)


def _keep_libraries_to_their_thread() -> None:
    """Let OpenCV, and Qt on few cores, start no threads of their own: what they take is missing.

    What takes long is shared between threads of ours. OpenCV's wait for work by turning round and
    round: for the landmarks of a face they take twice the processor time for as long a wait. Qt
    draws each larger picture in several threads and waits for the last of them, which on few cores
    has to wait itself for threads that compute: a third of the UI thread's time in a drag.
    """
    os.environ.setdefault(_OPENCV_THREADS, "1")  # read when OpenCV is imported, which comes later
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(int(os.environ[_OPENCV_THREADS]))
    if usable_cores() <= _FEW_CORES:
        os.environ.setdefault(_QT_DRAWS_ALONE, "1")  # read when the first picture is drawn


def _alive(receiver: Callable[..., object]) -> bool:
    """Whether the object that a bound method belongs to still exists on the side of C++."""
    owner = getattr(receiver, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _erased(waiting: _Waiting[T]) -> _Waiting[object]:
    """Forget the type of the result: task and receiver of one `_Waiting` agree on it."""
    return cast("_Waiting[object]", waiting)
