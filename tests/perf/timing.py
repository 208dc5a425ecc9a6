"""How long a window takes from a key or a move of the mouse until it is painted."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget):
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        self.count += event.type() is QEvent.Type.Paint
        return False


def until(done, limit_s=10):
    """Let the event loop turn, as it does under a user, until something has happened.

    Not by `processEvents` or `QTest.qWait` over and over: they leave other threads little of
    Python's lock, so that what the window computes there crawls, and the figure is the test's.
    """
    loop, timer, began = QEventLoop(), QTimer(interval=1), time.perf_counter()

    def look():
        if done() or time.perf_counter() - began > limit_s:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    assert done(), f"not within {limit_s} s"


def until_painted(paints, act):
    """Do something and return the milliseconds until the widget and all others are painted."""
    before, began = paints.count, time.perf_counter()
    act()
    until(lambda: paints.count > before)
    return (time.perf_counter() - began) * 1000


def told(what, values):
    """Print the figures of a list of milliseconds and return the 95th percentile."""
    p50, p95 = np.percentile(values, [50, 95])
    print(f"{what}: median {p50:.1f} ms, p95 {p95:.1f} ms, longest {max(values):.1f} ms")
    return p95


class Watchdog(QObject):
    """Notes how long the event loop was away: a timer that should ring every few milliseconds."""

    def __init__(self, interval_ms=5):
        super().__init__()
        self.gaps_ms = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=interval_ms)
        self._timer.timeout.connect(self._ring)

    def _ring(self):
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now

    def __enter__(self):
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._ring()
        self._timer.stop()
