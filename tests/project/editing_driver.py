"""Child of the kill test: edits a project without end and says which edits were acknowledged.

Each acknowledged edit is one line ``row onset`` on stdout, written only after the project has said
that it is durable.
"""

import os
import random
import sys
from pathlib import Path

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes
from meviewer.project.project import Entry, Project


def main(folder, seed):
    rng = random.Random(seed)
    project = Project.open(Path(folder))
    assert not project.read_only, project.why_read_only
    while True:
        now = project.annotation(1, "A")
        steps = project.steps(1, "A") if rng.random() < 0.05 else None
        if steps and steps.index:
            step = steps.entries[steps.index - 1]
            acknowledge([append(project, "undo", now, step.before)])
        elif rng.random() < 0.1:
            with project.bulk():
                some = [
                    append(project, "edit", project.annotation(1, "A"), new(rng)) for _ in "abc"
                ]
            acknowledge(some)
        else:
            acknowledge([append(project, "edit", now, new(rng))])


def new(rng):
    onset = rng.randrange(100_000)
    return Annotation((Event(1, Keyframes(onset, onset + 5, onset + 9)),), Status.DRAFT)


def append(project, kind, before, after):
    row = project.append(Entry(1, "A", kind, "Step", before, after))
    return row, after.events[0].onset if after.events else -1


def acknowledge(edits):
    os.write(1, "".join(f"{row} {onset}\n" for row, onset in edits).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
