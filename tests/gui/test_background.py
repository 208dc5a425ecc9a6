"""Work off the UI thread: newest wins, results come home, nothing calls back after the end."""

from __future__ import annotations

import gc
import os
import sys
import threading
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, QThreadPool

from meviewer.core.errors import ClipError, MeviewerError
from meviewer.gui.running import background as module
from meviewer.gui.running.background import Background


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    assert made.shutdown()


class Gate:
    """Work that waits until the test lets it go on."""

    def __init__(self, value, error=None):
        self.value, self.error = value, error
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self):
        self.entered.set()
        assert self.open.wait(10)
        if self.error:
            raise self.error
        return self.value


def test_work_runs_elsewhere_and_its_result_arrives_in_the_ui_thread(background):
    threads = {}

    def work():
        threads["work"] = threading.get_ident()
        return 7

    def done(value):
        threads["done"] = threading.get_ident()
        assert QThread.currentThread() is background.thread()
        results.append(value)

    results = []
    background.run("a", work, done)
    assert results == []
    assert background.wait_idle()
    assert results == [7]
    assert threads["done"] == threading.get_ident() != threads["work"]


def test_the_newest_of_a_slot_wins_even_if_the_older_ends_later(background):
    old, results = Gate("old"), []
    background.run("a", old, results.append)
    assert old.entered.wait(10)
    background.run("a", lambda: "new", results.append)
    background.run("b", lambda: "other slot", results.append)
    old.open.set()
    assert background.wait_idle()
    assert sorted(results) == ["new", "other slot"]


def test_the_error_of_an_older_run_is_dropped_too(background):
    old, errors, results = Gate(None, ClipError("bad clip")), [], []
    background.run("a", old, results.append, errors.append)
    assert old.entered.wait(10)
    background.run("a", lambda: "new", results.append, errors.append)
    old.open.set()
    assert background.wait_idle()
    assert (results, errors) == (["new"], [])


def test_work_that_is_outdated_before_it_starts_is_never_done(background, qtbot):
    gates = [Gate(n) for n in range(background._pool.maxThreadCount())]
    for n, gate in enumerate(gates):
        background.run(f"full {n}", gate, lambda _: None)
        assert gate.entered.wait(10)
    calls = []
    for n in range(50):
        background.run("a", lambda n=n: calls.append(n), lambda _: None)
    for gate in gates:
        gate.open.set()
    assert background.wait_idle()
    assert calls == [49]


def test_following_a_drag_shows_the_run_under_way_and_then_the_newest(background):
    first, results, calls = Gate(0), [], []
    background.run("a", first, results.append, follow=True)
    assert first.entered.wait(10)
    for n in range(1, 9):
        background.run("a", lambda n=n: calls.append(n) or n, results.append, follow=True)
    first.open.set()
    assert background.wait_idle()
    assert (calls, results) == ([8], [0, 8])


def test_an_error_of_ours_arrives_as_it_is_and_any_other_wrapped(background, caplog):
    errors = []
    background.run("a", Gate.__call__.__get__(_opened(ClipError("x"))), list, errors.append)
    background.run("b", lambda: 1 // 0, list, errors.append)
    assert background.wait_idle()
    ours, wrapped = sorted(errors, key=lambda e: isinstance(e, ClipError), reverse=True)
    assert isinstance(ours, ClipError)
    assert type(wrapped) is MeviewerError
    assert isinstance(wrapped.__cause__, ZeroDivisionError)
    assert wrapped.where == "b"
    assert "ZeroDivisionError" in wrapped.why
    assert "ZeroDivisionError" in caplog.text


def _opened(error):
    gate = Gate(None, error)
    gate.open.set()
    return gate


def test_an_error_that_nobody_takes_becomes_a_signal(background, qtbot):
    with qtbot.waitSignal(background.failed) as caught:
        background.run("a", _opened(ClipError("x")), list)
    assert isinstance(caught.args[0], ClipError)


def test_cancelled_work_knows_and_delivers_nothing(background):
    results, seen, entered = [], [], threading.Event()

    def work(token):
        entered.set()
        while not token.cancelled:
            token.report(0.5, "half")
        seen.append(token.cancelled)

    background.run_long("a", work, results.append, results.append)
    assert entered.wait(10)
    background.cancel("a")
    assert not background.busy
    assert background.wait_idle()
    assert (seen, results) == ([True], [])


def test_progress_arrives_in_order_before_the_result(background):
    told = []

    def work(token):
        for n in range(3):
            token.report(n / 2, f"step {n}")
        return "end"

    background.run_long(
        "a", work, told.append, progress=lambda share, text: told.append((share, text))
    )
    assert background.wait_idle()
    assert told == [(0.0, "step 0"), (0.5, "step 1"), (1.0, "step 2"), "end"]


def test_busy_is_told_once_at_each_change(background):
    told, gate = [], Gate(1)
    background.busy_changed.connect(told.append)
    background.run("a", gate, lambda _: None)
    background.run("b", lambda: 2, lambda _: None)
    assert background.busy
    assert background.is_busy("a")
    gate.open.set()
    assert background.wait_idle()
    assert told == [True, False]


def test_a_destroyed_background_never_calls_back(qapp):
    background, gate, results = Background(), Gate(1), []
    background.run("a", gate, results.append, results.append)
    task = next(iter(background._waiting.values())).task
    assert gate.entered.wait(10)
    shiboken6.delete(background)
    gate.open.set()
    assert task.left.wait(10)
    qapp.processEvents()
    assert results == []


def test_a_destroyed_receiver_is_not_called(background):
    got = []

    class Receiver(QObject):
        def take(self, value):
            got.append(value)

    receiver, gate = Receiver(), Gate(1)
    background.run("a", gate, receiver.take)
    shiboken6.delete(receiver)
    gate.open.set()
    assert background.wait_idle()
    assert got == []


def test_shutdown_waits_for_the_threads_and_takes_nothing_more(qapp):
    background, entered, left, results = Background(), threading.Event(), [], []

    def work(token):
        entered.set()
        while not token.cancelled:
            pass
        left.append(1)

    background.run_long("a", work, results.append)
    assert entered.wait(10)
    assert background.shutdown()
    assert left == [1]
    background.run("b", lambda: 1, results.append)
    qapp.processEvents()
    assert results == []
    assert not background.busy


def test_receivers_and_results_are_let_go_after_delivery(background):
    class Big:
        pass

    made = Big()
    alive = weakref.ref(made)
    held = [made]
    background.run("a", held.pop, lambda _: None)
    del made
    assert background.wait_idle()
    gc.collect()
    assert alive() is None


def test_a_thousand_runs_lose_no_reference_to_none(background):
    def burst():
        for n in range(500):
            background.run(f"slot {n}", lambda: None, lambda _: None)
        assert background.wait_idle()

    burst()
    before = sys.getrefcount(None)
    burst()
    burst()
    assert abs(sys.getrefcount(None) - before) < 100


def test_work_that_outlives_the_window_ends_without_a_word(qapp, monkeypatch):
    unforeseen = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: unforeseen.append(error))
    background, gate = Background(), Gate(1)
    background.run_long("slot", lambda token: (gate(), token.report(0.5)), lambda _: None)
    (waiting,) = background._waiting.values()
    task = waiting.task
    del waiting
    assert gate.entered.wait(10)
    assert not background.shutdown(timeout_ms=1)
    shiboken6.delete(background._mail)
    task.token._cancelled.clear()  # it reports once more, as work does between two looks
    gate.open.set()
    assert task.left.wait(10)
    assert QThreadPool.globalInstance().waitForDone(10_000)
    assert unforeseen == []
    assert task.error is None


def test_opencv_starts_no_threads_of_its_own(qtbot):
    import cv2

    cv2.setNumThreads(4)
    Background()
    assert cv2.getNumThreads() == 1


@pytest.mark.parametrize(("n_cores", "alone"), [(2, True), (16, False)])
def test_qt_draws_in_the_thread_of_the_window_on_few_cores(n_cores, alone, monkeypatch, qtbot):
    monkeypatch.delenv("QT_NO_GUI_THREADPOOL", raising=False)
    monkeypatch.setattr(module, "usable_cores", lambda: n_cores)
    Background()
    assert ("QT_NO_GUI_THREADPOOL" in os.environ) is alone
