"""The whole job without a mouse: open the demo, correct ten, review, adjudicate, export."""

from __future__ import annotations

import csv
import os
from contextlib import closing
from pathlib import Path

import pytest
from e2e.looking import estimate_in_sight, flags, of_colour

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Edge, Event, Keyframes, Source
from meviewer.core.frames import Span
from meviewer.nn.looks import looks
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project

_MOST_KEYS = 8
_N_EXPRESSIONS = 10
_BUTTON_PX, _WIDE_BUTTON_PX = 600, 6000
_REACH = {Edge.ONSET: 5, Edge.APEX: 5, Edge.OFFSET: 10}  # frames that a hand leaves as they are
_SET = {Edge.ONSET: "i", Edge.APEX: "p", Edge.OFFSET: "o"}
_SCREENSHOTS = os.environ.get("MEVIEWER_SCREENSHOTS", "")


@pytest.fixture
def demo_at_home(own_home):
    """This user's demo project, smaller than usual; A has the apex of all ten far too early."""
    from meviewer.gui.running.demo import demo_folder
    from meviewer.synth.demo import write_demo

    folder = demo_folder()
    folder.parent.mkdir(parents=True)
    for _ in write_demo(folder, subjects=2, clips=5):
        pass
    with Project.open(folder) as project:
        for sample in project.samples():
            (truth,) = project.annotation(sample.id, "truth").events
            early = truth.apex - (truth.apex - truth.onset) * 35 // 100
            label = Event(1, Keyframes(truth.onset, early, truth.offset), truth.emotion)
            project.set_tier(sample.id, "A", Annotation((label,), Status.DRAFT), "planted")
    return folder


class Hand:
    """A person at the keys who knows the truth, and counts."""

    def __init__(self, screen, folder):
        self.screen, self.folder, self.strokes = screen, folder, 0

    def press(self, *keys):
        self.screen.key(*keys)
        self.strokes += len(keys)

    def read(self, ask):
        with Project.open(self.folder, read_only=True) as project:
            return ask(project)

    def label(self, sample, coder="A"):
        return self.read(lambda project: project.annotation(sample.id, coder))

    def truth(self, sample):
        return self.label(sample, "truth").events[0].keyframes

    def opened(self, sample):
        self.screen.wait(lambda: self.screen.find(title(sample)), f"the clip {title(sample)}")

    def dialog(self, words):
        """Wait for a dialog and for its focus, as the eye does."""
        found = self.screen.wait(lambda: self.screen.find(words), words)
        self.screen.do("windowactivate", "--sync", found)

    def gone(self, words):
        # Twice: a window that is just being moved is not found either.
        self.screen.wait(
            lambda: not self.screen.find(words) and not self.screen.find(words),
            f"the end of {words}",
        )
        self.screen.do("windowactivate", "--sync", self.screen.window)

    def look(self, name):
        """Keep a picture for looking by hand, if that is wanted."""
        if _SCREENSHOTS:
            self.screen.picture(Path(_SCREENSHOTS, f"{name}.png"))


def title(sample):
    return f"{sample.subject}/{sample.name}"


def test_ten_expressions_without_a_mouse(screen, demo_at_home, tmp_path):
    hand = Hand(screen, demo_at_home)
    samples = hand.read(lambda project: project.samples())
    assert len(samples) == _N_EXPRESSIONS
    screen.start()
    _open_the_demo(hand, samples[0])
    strokes = [_correct(hand, sample) for sample in samples]
    print(f"key strokes an expression: {strokes}")
    assert max(strokes) <= _MOST_KEYS
    _walk_through_the_queue(hand)
    decided = _adjudicate(hand)
    _export(hand, tmp_path / "labels.csv")
    assert screen.end() == 0

    assert hand.read(lambda project: project.check_chain()).ok
    for sample in samples:
        label = hand.label(sample)
        assert label.status is Status.COMMITTED
        assert apart(label.events[0].keyframes, hand.truth(sample)) == set()
    expected = {
        (title(sample), coder): label.events[0].keyframes
        for sample in samples
        for coder in ("A", "B", ADJUDICATED)
        if (label := hand.label(sample, coder)).events
    }
    assert (title(decided), ADJUDICATED) in expected
    assert read_back(tmp_path / "labels.csv") == expected


def _open_the_demo(hand, first):
    """From the first page: the menu, its fourth entry; then the lane of the model."""
    hand.screen.steady("the first page")
    hand.press("F10")
    hand.screen.steady("the menu")
    hand.press("Down", "Down", "Down", "Down", "Return")
    hand.opened(first)
    hand.screen.wait(lambda: flags(hand.screen.pixels()), "the label")
    hand.press("shift+m")


def _correct(hand, sample):
    """Accept what the model says, put right what is still off, commit; return the strokes."""
    hand.opened(sample)
    hand.strokes = 0
    planted, truth = hand.label(sample), hand.truth(sample)
    hand.screen.steady("the curves")
    hand.screen.wait(lambda: estimate_in_sight(hand.screen.pixels()), "the estimate")
    hand.press("alt+Return")
    hand.screen.wait(lambda: hand.label(sample) != planted, "the accepted estimate")
    (event,) = hand.label(sample).events
    assert event.source is Source.MODEL
    assert Edge.APEX not in apart(event.keyframes, truth)
    for edge in sorted(apart(event.keyframes, truth), key=list(Edge).index):
        _put_right(hand, sample, edge, truth)
    if sample.name == "c01":
        hand.look(f"corrected-{sample.subject}")
    hand.press("ctrl+Return")
    hand.screen.wait(lambda: hand.label(sample).status is Status.COMMITTED, "the commitment")
    return hand.strokes


def _put_right(hand, sample, edge, truth):
    """Jump to the keyframe, go to where it belongs, in tens as far as these help, and set it."""
    now = hand.label(sample).events[0].keyframes
    hand.press("ctrl+Left" if edge is Edge.ONSET else "ctrl+Right")
    by = truth[edge] - now[edge]
    side = "Right" if by > 0 else "Left"
    tens, ones = divmod(abs(by), 10)
    tens, ones = (tens + 1, 0) if ones > 5 else (tens, ones)
    hand.press(*[f"shift+{side}"] * tens, *([side] * ones if not tens else []), _SET[edge])
    hand.screen.wait(
        lambda: hand.label(sample).events[0].keyframes[edge] != now[edge], f"the {edge.value}"
    )


def apart(found, truth):
    """Return the keyframes that a person would still put right."""
    return {edge for edge in Edge if abs(found[edge] - truth[edge]) > _REACH[edge]}


def _walk_through_the_queue(hand):
    """N opens the most doubtful clip, then the next; Shift+N goes back."""
    hand.press("n")
    hand.screen.wait(lambda: hand.read(all_looked_at), "the queue", 120)
    hand.screen.steady("the most doubtful clip")  # which may be the one that is open
    seen = [hand.screen.do("getwindowname", hand.screen.window)]
    for key in ("n", "n", "shift+n"):
        hand.press(key)
        hand.screen.wait(
            lambda: hand.screen.do("getwindowname", hand.screen.window) != seen[-1],
            "the next clip of the queue",
        )
        seen.append(hand.screen.do("getwindowname", hand.screen.window))
    assert len(set(seen)) == 3
    assert seen[3] == seen[1]
    hand.screen.steady("the queue")
    hand.look("queue")


def _adjudicate(hand):
    """Decide the two clips that are widest apart: take the first coder, then nobody."""
    hand.press("ctrl+shift+j")
    hand.dialog("Adjudicate blind")
    cannot_begin = accents(hand.screen.steady("the form"))
    hand.screen.type("Cem")
    hand.screen.wait(
        lambda: accents(hand.screen.pixels()) > cannot_begin + _BUTTON_PX, "clips that wait"
    )
    hand.look("adjudicate-start")
    hand.press("Return")
    hand.gone("Adjudicate blind")
    hand.screen.wait(
        lambda: accents(hand.screen.pixels()) > _WIDE_BUTTON_PX, "the bench of a judge"
    )
    decided = []
    for key in ("alt+1", "alt+0"):
        words = hand.screen.wait(lambda: clip_other_than(hand, decided), "the clip to decide")
        hand.screen.steady("its labels")
        hand.press(key, "alt+r")
        hand.screen.type("as the brow says")
        hand.look(f"adjudicate-{key}")
        hand.press("Return")
        (sample,) = (s for s in hand.read(lambda p: p.samples()) if words.startswith(title(s)))
        hand.screen.wait(
            lambda one=sample: hand.label(one, ADJUDICATED).status is Status.ADJUDICATED,
            "the decision",
        )
        decided.append(sample)
    first, second = (hand.label(sample, ADJUDICATED) for sample in decided)
    assert first.events[0].keyframes in {
        hand.label(decided[0], coder).events[0].keyframes for coder in ("A", "B")
    }
    both = [hand.label(decided[1], coder).events[0] for coder in ("A", "B")]
    hull = Span(min(one.onset for one in both), max(one.offset for one in both))
    assert (second.events, second.no_event) == ((), (hull,))
    reason = hand.read(lambda p: p.history(decided[0].id, ADJUDICATED)[-1].reason)
    assert reason.startswith("as the brow says (decided by Cem; 1 was ")
    hand.press("ctrl+shift+j")
    hand.screen.wait(lambda: flags(hand.screen.pixels()), "the labels of A again")
    return decided[0]


def _export(hand, path):
    """The first format is CSV; the name is typed."""
    before = accents(hand.screen.steady("the labels of A"))
    hand.press("ctrl+e")
    hand.dialog("Export labels")
    hand.screen.wait(lambda: accents(hand.screen.pixels()) > before + _BUTTON_PX, "what is written")
    hand.look("export")
    hand.press("Return")
    hand.dialog("Write the labels to")
    hand.screen.steady("the question")
    hand.press("ctrl+a")
    hand.screen.type(path)
    hand.look("export-to")
    hand.press("Return")
    hand.screen.wait(path.exists, "the file")
    hand.gone("Export labels")


def all_looked_at(project):
    """Return whether the review queue knows all that it asks for."""
    with closing(looks(project, "A")) as work:
        return next(work).total == 0


def clip_other_than(hand, seen):
    """Return the title of the window if it names a clip that is not among those seen."""
    words = hand.screen.do("getwindowname", hand.screen.window)
    known = any(words.startswith(title(one)) for one in seen)
    return words if "/" in words and not known else None


def accents(picture):
    """Return how much of a picture has the colour of buttons that can be pressed."""
    return int(of_colour(picture, "accent").sum())


def read_back(path):
    """Return the keyframes of a file by clip and coder; a verdict without an event has none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (f"{row['subject']}/{row['clip']}", row["coder"]): Keyframes(
                *(int(row[f"{edge}_index"]) for edge in Edge)
            )
            for row in csv.DictReader(file)
            if row["onset_index"]
        }
