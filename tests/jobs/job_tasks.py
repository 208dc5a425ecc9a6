"""Tasks for the tests of jobs; run by a worker in a child process."""

import os
import sys
import time
from pathlib import Path
from typing import ClassVar

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.jobs import tasks


class Count(msgspec.Struct):
    n: int
    pause_s: float = 0.0
    note: str = ""


class Step(msgspec.Struct, tag_field="record"):
    number: int


class Whole(msgspec.Struct, tag_field="record"):
    rounds_off: ClassVar[bool] = True
    number: int


class Lie(msgspec.Struct, tag_field="end", tag="Done"):
    pass


def count(arguments: Count):
    """Yield numbers, and leave a note when stopped."""
    try:
        for number in range(arguments.n):
            yield Step(number)
            time.sleep(arguments.pause_s)
    finally:
        if arguments.note:
            Path(arguments.note).write_text("closed")


def parts(arguments: Count):
    """Yield parts of four steps each, the last one of which says that the part is whole."""
    for number in range(arguments.n):
        yield Whole(number) if number % 4 == 3 else Step(number)
        time.sleep(arguments.pause_s)


def chatty(arguments: Count):
    """Write to stdout in all ways that a library might."""
    print("a print of a library")
    os.write(1, b"a write of a C library\n")
    sys.stdout.flush()
    os.system("echo a child process")
    yield Step(1)


def refuses(arguments: Count):
    """Meet an error that a person can mend."""
    yield Step(0)
    raise ExperimentError("Too few subjects", where="project", why="one is there", now="add one")


def breaks(arguments: Count):
    """Meet a fault of the program."""
    yield Step(0)
    raise ZeroDivisionError("by zero")


def dies(arguments: Count):
    """Go without a word."""
    yield Step(0)
    print("something terrible", file=sys.stderr, flush=True)
    os._exit(17)


def hangs(arguments: Count):
    """Never come to the next record, nor to an end when it is closed instead of asked for one."""
    try:
        yield Step(0)
    finally:
        time.sleep(600)


def lies(arguments: Count):
    """Say that all is done while it is not."""
    yield Lie()
    yield Step(0)


for task in (count, parts, chatty, refuses, breaks, dies, hangs, lies):
    tasks.TASKS[task.__name__] = f"{__name__}:{task.__name__}"
