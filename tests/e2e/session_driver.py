"""Child of the kill test: edits, undoes and redoes as a window does, until it is killed.

A real session with the real writer under a real event loop. Each row of the journal is one line of
JSON on stdout, written when the project has said that it is durable and not before.
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from meviewer.core import edits
from meviewer.core.events import Edge, Keyframes
from meviewer.data.clip import open_clip
from meviewer.gui.stores.journal_writer import JournalWriter
from meviewer.gui.stores.session import Session
from meviewer.project.project import Project

_LAST = 900
_MOST_WAITING = 12


class TellingProject:
    """A project that says of each row that it is durable."""

    def __init__(self, project):
        self.project, self.folder = project, project.folder
        self.told = self.asked = 0

    def append(self, entry):
        n = self.project.append(entry)
        events = [[e.id, *(e.keyframes[edge] for edge in Edge)] for e in entry.after]
        line = json.dumps({"n": n, "kind": entry.kind, "events": events}) + "\n"
        os.write(1, line.encode())
        self.told += 1
        return n


class Hand:
    """Does something at random each time the event loop is idle."""

    def __init__(self, folder, seed):
        self.rng = random.Random(seed)
        project = Project.open(Path(folder))
        assert not project.read_only, project.why_read_only
        sample = project.samples()[0]
        self.project = TellingProject(project)
        self.writer = JournalWriter(self.project)
        self.session = Session(
            sample,
            open_clip(sample.clip_path),
            "A",
            project.annotation(sample.id, "A"),
            steps=project.steps(sample.id, "A"),
            write=self.write,
        )
        self.gestures = 0
        self.timer = QTimer(interval=0)
        self.timer.timeout.connect(self.act)
        self.timer.start()

    def write(self, entry):
        self.project.asked += 1
        self.writer.write(entry)

    def act(self):
        """Go on before the disk has caught up, but not for ever."""
        if self.project.asked - self.project.told > _MOST_WAITING:
            return
        choice, now = self.rng.random(), self.session.annotation
        if choice < 0.15:
            self.session.undo()
        elif choice < 0.25:
            self.session.redo()
        elif choice < 0.35 or not now.events:
            frame = self.rng.randrange(_LAST)
            after = edits.add_event(now, Keyframes(frame, frame, frame))
            self.session.commit(after, "New event")
        elif len(now.events) > 3:
            victim = self.rng.choice(now.events)
            self.session.commit(edits.remove_event(now, victim.id), "Delete event")
        else:
            self.drag(self.rng.choice(now.events).id, self.rng.choice(list(Edge)))

    def drag(self, event_id, edge):
        """Move a handle over some frames: one step, one row."""
        self.gestures += 1
        for _ in range(self.rng.randrange(1, 6)):
            now, frame = self.session.annotation, self.rng.randrange(_LAST)
            after = edits.drag_edge(now, event_id, edge, frame, _LAST + 100)
            self.session.commit(after, f"Move {edge.value}", self.gestures)
        if self.rng.random() < 0.8:  # else the next step ends it
            self.session.end_gesture()


def main(folder, seed):
    app = QApplication([])
    hand = Hand(folder, seed)
    app.exec()
    raise AssertionError(f"{hand} never rests")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
