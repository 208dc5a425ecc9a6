"""Tasks that stay to be asked: the newest question counts, and nobody waits for ever."""

import threading
from collections.abc import Iterator

import msgspec
import pytest

from meviewer.jobs import tasks
from meviewer.jobs.questions import Questions
from meviewer.jobs.worker import Wishes


class Nothing(msgspec.Struct):
    pass


class Said(msgspec.Struct, tag_field="record"):
    text: str


def echo(arguments: Nothing, questions: Questions) -> Iterator[Said]:
    """Say what is asked."""
    while (line := questions.take()) is not None:
        yield Said(line.decode())


def test_a_newer_question_takes_the_place_of_one_that_nobody_has_taken():
    questions = Questions()
    questions.put(b"old")
    questions.put(b"new")
    assert questions.pending
    assert questions.take() == b"new"
    assert not questions.pending


def test_who_waits_is_woken_by_a_question_and_by_the_end():
    questions, taken = Questions(), []

    def wait():
        while (line := questions.take()) is not None:
            taken.append(line)

    waiting = threading.Thread(target=wait)
    waiting.start()
    questions.put(b"one")
    # Only a question that was taken leaves room for the next one.
    while questions.pending:
        threading.Event().wait(0.001)
    questions.end()
    waiting.join(10)
    assert not waiting.is_alive()
    assert taken == [b"one"]
    assert questions.pending
    assert questions.take() is None


def test_lines_of_questions_reach_the_task_and_a_cancel_ends_it():
    wishes = Wishes()
    wishes.hear(b'?{"a": 1}\n')
    assert wishes.questions.take() == b'{"a": 1}'
    wishes.hear(b"cancel\n")
    assert wishes.questions.take() is None


def test_a_task_that_stays_gets_the_questions_and_ends_at_once_without_any(monkeypatch):
    monkeypatch.setitem(tasks.TASKS, "echo", f"{__name__}:echo")
    monkeypatch.setattr(tasks, "import_module", lambda _name: __import__("sys").modules[__name__])
    assert list(tasks.records("echo", {})) == []
    questions = Questions()
    questions.put(b"hello")
    said = tasks.records("echo", {}, questions)
    assert next(said) == Said("hello")
    questions.end()
    with pytest.raises(StopIteration):
        next(said)
