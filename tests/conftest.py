"""Fixtures that apply to every test: no leaked widgets, threads or timers; a home of its own."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest
from hypothesis import settings

# How long an example takes depends on who else is at work: that is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Settings and personal projects of a test never touch those of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def own_garbage():
    """What was there before is no leak of a test: to look through all of it takes a test's time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_leaks(request, own_garbage):
    """Fail a Qt test that leaves a top-level widget, a thread or a running timer behind."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    from PySide6.QtCore import QEvent, QThreadPool, QTimer
    from PySide6.QtWidgets import QApplication

    app = request.getfixturevalue("qapp")
    before = set(map(id, QApplication.topLevelWidgets()))
    threads = set(threading.enumerate())
    started: list[weakref.ref[QTimer]] = []
    start = QTimer.start

    def watched(timer, *args):
        started.append(weakref.ref(timer))
        return start(timer, *args)

    QTimer.start = watched
    try:
        yield
    finally:
        QTimer.start = start
    if request.node.stash.get(FAILED, False):
        return
    # qtbot closes its widgets after this fixture: do it now, so that only leaks are left.
    from pytestqt.qtbot import _close_widgets

    _close_widgets(request.node)
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert QThreadPool.globalInstance().waitForDone(5000), "a task of the thread pool never ends"
    left = [w for w in QApplication.topLevelWidgets() if id(w) not in before]
    assert not left, f"top-level widgets left behind: {left}"
    running = [t for t in threading.enumerate() if t not in threads and not _is_ours_to_keep(t)]
    assert not running, f"threads left behind: {running}"
    assert not [t for t in map(_timer, started) if t is not None], "a timer is still running"


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def _timer(reference):
    """Return the timer if it still exists on the side of C++ and runs."""
    import shiboken6

    timer = reference()
    if timer is None or not shiboken6.isValid(timer):
        return None
    return timer if timer.isActive() else None


def _is_ours_to_keep(thread: threading.Thread) -> bool:
    # Qt's own pool threads appear as dummies once they have run Python; flows have a few threads
    # that stay, because making them takes longer than what they do while a keyframe is dragged.
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("pictures")
