"""One thread writes while others read, as the window does."""

import threading

from factories import annotation, event

from meviewer.core.annotation import Annotation
from meviewer.project.project import Entry


def _in_threads(*tasks):
    failed = []

    def run(task):
        try:
            task()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed, failed
    assert not any(thread.is_alive() for thread in threads)


def test_readers_see_whole_states_while_another_thread_writes(project):
    done = threading.Event()

    def write():
        now = Annotation()
        for i in range(300):
            after = annotation(event(1, i, i + 1, i + 2))
            project.append(Entry(1, "A", "edit", f"Step {i}", now, after))
            now = after
        done.set()

    def read():
        seen = 0
        while not done.is_set():
            steps = project.steps(1, "A")
            assert steps.index == len(steps.entries) >= seen
            seen = steps.index
            assert project.check_chain().ok
            project.annotations(1), project.counts()

    _in_threads(write, read, read)
    assert project.steps(1, "A").index == 300


def test_writers_take_turns(project):
    def write(coder):
        for _ in range(60):
            project.append(Entry(1, coder, "edit", "Step", Annotation(), annotation()))

    _in_threads(*(lambda coder=coder: write(coder) for coder in "ABCD"))
    report = project.check_chain()
    assert (report.ok, report.rows) == (True, 241)


def test_a_bulk_is_unseen_by_others_until_it_ends_and_never_keeps_them_waiting(project, add):
    inside, looked = threading.Event(), threading.Event()
    seen = []

    def write():
        with project.bulk():
            add(project, "s02", "c01")
            inside.set()
            assert looked.wait(30)

    def read():
        assert inside.wait(30)
        seen.append(len(project.samples()))
        looked.set()

    _in_threads(write, read)
    assert seen == [1]
    assert len(project.samples()) == 2


def test_an_edit_during_a_bulk_is_written_after_it(project, add):
    inside = threading.Event()

    def bulk():
        with project.bulk():
            inside.set()
            for i in range(50):
                add(project, "s02", f"c{i}")

    def edit():
        assert inside.wait(30)
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))

    _in_threads(bulk, edit)
    rows = project.history()
    assert rows[-1].kind == "edit"
    assert len(rows) == 52
