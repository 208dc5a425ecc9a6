"""The main job of an annotator in a real window, with real keys and a real mouse."""

from __future__ import annotations

import time

import numpy as np
from e2e.looking import flags, suggestion_in_sight
from e2e.screen import Screen
from e2e.videos import write_video
from factories import moving_frames

from meviewer.core.annotation import Status
from meviewer.core.events import Keyframes, Source
from meviewer.project.loose import loose_folder
from meviewer.project.project import Project


class Labels:
    """What the project on disk says while the window has it open."""

    def __init__(self, screen, folder, coder="A"):
        self._screen, self._folder, self._coder = screen, folder, coder

    def read(self, ask):
        with Project.open(self._folder, read_only=True) as project:
            return ask(project)

    def annotation(self, sample):
        return self.read(lambda project: project.annotation(sample, self._coder))

    def keyframes(self, sample):
        return self.annotation(sample).events[0].keyframes

    def rows(self, sample):
        return self.read(lambda project: project.history(sample, self._coder))

    def become(self, sample, keyframes):
        """Wait until the first event on disk has these keyframes."""
        try:
            self._screen.wait(lambda: self.keyframes(sample) == keyframes, "the label", 15)
        except AssertionError:
            assert self.keyframes(sample) == keyframes
            raise


def opened(screen, title):
    """Wait until the clip of this title is open and its curves are drawn."""
    screen.wait(lambda: screen.find(title), f"the clip {title}")
    screen.steady(f"the curves of {title}")


def kinds(labels, sample):
    """Return what was done by hand, in order; imports are left out."""
    return [row.kind for row in labels.rows(sample) if row.kind in ("edit", "undo", "redo")]


def test_the_main_job_of_an_annotator(screen, project_folder):
    labels = Labels(screen, project_folder)
    first, second, third, fourth = labels.read(lambda p: tuple(s.id for s in p.samples()))
    imported = labels.keyframes(first)
    screen.start(project_folder)
    opened(screen, "s01/c01")

    _mark_keyframes_by_key(screen, labels, first, imported)
    _drag_a_handle_and_take_it_back(screen, labels, first)
    _accept_a_suggestion_and_commit(screen, labels, second)
    _find_a_clip_without_acting_on_letters(screen, labels, third, fourth)
    _go_to_a_frame_by_number(screen, labels, fourth)
    _look_at_every_perspective(screen, labels, fourth)

    screen.key("Page_Up", "Page_Up", "Page_Up")
    opened(screen, "s01/c01")
    at_the_end, places = labels.annotation(first), flags(screen.pixels())
    assert screen.end() == 0
    assert labels.read(lambda p: p.check_chain()).ok
    assert labels.annotation(first) == at_the_end
    assert kinds(labels, first) == ["edit"] * 4 + ["undo", "redo"]
    assert kinds(labels, third) == []

    screen.start()  # what was open last is opened by itself
    opened(screen, "s01/c01")
    assert flags(screen.pixels()) == places
    for _ in range(4):
        screen.key("ctrl+z")
    labels.become(first, imported)
    screen.key("ctrl+shift+z")
    screen.wait(lambda: labels.keyframes(first).apex == imported.apex + 2, "the step done again")
    assert screen.end() == 0
    assert labels.read(lambda p: p.check_chain()).ok


def _mark_keyframes_by_key(screen, labels, sample, imported):
    """From the apex, where a clip opens: walk, and press I, P and O."""
    onset, apex, offset = imported.onset, imported.apex, imported.offset
    screen.key("Right", "period", "p")
    labels.become(sample, Keyframes(onset, apex + 2, offset))
    screen.key("Home", "ctrl+Right", "Left", "Left", "i")
    labels.become(sample, Keyframes(onset - 2, apex + 2, offset))
    screen.key("End", "ctrl+Left", "shift+Left", "comma", "o")
    labels.become(sample, Keyframes(onset - 2, apex + 2, offset - 11))


def _drag_a_handle_and_take_it_back(screen, labels, sample):
    before = labels.keyframes(sample)
    rows = len(labels.rows(sample))
    places = flags(screen.steady("the flags"))  # the label is on disk before it is painted
    spread = places["offset"][0] - places["onset"][0]
    px_per_frame = spread / (before.offset - before.onset)
    x, y = (round(value) for value in places["apex"])
    screen.drag((x, y), (x + round(4 * px_per_frame), y))
    after = Keyframes(before.onset, before.apex + 4, before.offset)
    labels.become(sample, after)
    assert len(labels.rows(sample)) == rows + 1  # one row, however many places it passed
    screen.key("ctrl+z")
    labels.become(sample, before)
    screen.key("ctrl+shift+z")
    labels.become(sample, after)


def _accept_a_suggestion_and_commit(screen, labels, sample):
    screen.key("Page_Down")
    opened(screen, "s01/c02")
    imported = labels.keyframes(sample)
    screen.key("shift+Left", "p")  # far too early: there is something to suggest
    before = Keyframes(imported.onset, imported.apex - 10, imported.offset)
    labels.become(sample, before)
    screen.wait(lambda: suggestion_in_sight(screen.pixels()), "the suggestion")
    screen.key("shift+Return")
    screen.wait(lambda: labels.keyframes(sample) != before, "the accepted suggestion")
    (event,) = labels.annotation(sample).events
    assert event.source is Source.GAMDSS
    assert labels.rows(sample)[-1].reason.startswith("GAMDSS")
    screen.key("9")
    screen.wait(lambda: labels.annotation(sample).events[0].emotion == "others", "the emotion")
    screen.key("ctrl+Return")
    opened(screen, "s02/c01")
    done = labels.annotation(sample)
    assert done.status is Status.COMMITTED
    assert done.events[0].emotion == "others"


def _find_a_clip_without_acting_on_letters(screen, labels, open_now, wanted):
    """Every letter and digit here is also a key that changes labels."""
    before = labels.annotation(open_now)
    screen.key("ctrl+f")
    screen.type("pioe1230 i")
    screen.key("BackSpace", "Delete", "Home", "End", "Left")
    time.sleep(0.5)
    assert labels.annotation(open_now) == before
    screen.key("ctrl+a")
    screen.type("s02/c02")
    screen.key("Return")
    opened(screen, "s02/c02")
    now = labels.keyframes(wanted)
    screen.key("Right", "p")  # the keys are the annotator's again
    labels.become(wanted, Keyframes(now.onset, now.apex + 1, now.offset))


def _go_to_a_frame_by_number(screen, labels, sample):
    first = labels.read(lambda p: p.sample(sample).first_number)
    screen.key("ctrl+g")
    dialog = screen.wait(lambda: screen.find("Go to frame"), "the question")
    screen.do("windowactivate", "--sync", dialog)
    screen.type(str(first + 30))
    screen.key("Return")
    screen.wait(lambda: not screen.find("Go to frame"), "the end of the question")
    screen.do("windowactivate", "--sync", screen.window)
    before = labels.keyframes(sample)
    screen.key("i")
    labels.become(sample, Keyframes(30, before.apex, before.offset))


def _look_at_every_perspective(screen, labels, sample):
    before = labels.annotation(sample)
    annotate = screen.steady()
    screen.key("ctrl+2")
    inspect = screen.other_than(annotate, "the pictures of motion")
    assert flags(inspect) is not None  # the timeline is here too
    screen.key("ctrl+3")
    train = screen.other_than(inspect, "the form")
    assert flags(train) is None
    screen.key("i", "p", "o", "1", "Delete")  # no frame is seen here: these keys are dead
    assert len({annotate.tobytes(), inspect.tobytes(), train.tobytes()}) == 3
    screen.key("ctrl+1")
    screen.wait(lambda: flags(screen.pixels()) == flags(annotate), "the timeline of before")
    assert labels.annotation(sample) == before


def test_labels_typed_in_from_nothing_on_a_loose_video(screen, tmp_path):
    video = write_video(tmp_path / "take.mp4", moving_frames(60, 96, 80))
    screen.start(video)
    opened(screen, "take")
    screen.key("Home", "shift+Right", "i")
    screen.key("shift+Right", "p", "shift+Right", "Right", "o", "2")
    labels = Labels(screen, loose_folder())
    (sample,) = labels.read(lambda p: p.samples())
    labels.become(sample.id, Keyframes(10, 20, 31))
    screen.wait(lambda: labels.annotation(sample.id).events[0].emotion == "disgust", "the emotion")
    screen.key("ctrl+Return")
    screen.wait(lambda: labels.annotation(sample.id).status is Status.COMMITTED, "the commitment")
    assert screen.end() == 0

    moved = video.rename(tmp_path / "renamed.mp4")
    screen.start(moved)  # known by its content
    screen.wait(lambda: flags(screen.pixels()), "the label")
    assert labels.keyframes(sample.id) == Keyframes(10, 20, 31)
    assert screen.end() == 0


def test_an_acknowledged_edit_outlives_a_kill_of_the_window(screen, project_folder):
    labels = Labels(screen, project_folder)
    sample = labels.read(lambda p: p.samples()[0].id)
    before = labels.keyframes(sample)
    screen.start(project_folder)
    opened(screen, "s01/c01")
    screen.key("Right", "p")
    moved = Keyframes(before.onset, before.apex + 1, before.offset)
    labels.become(sample, moved)
    screen.kill()
    assert labels.keyframes(sample) == moved
    screen.start(project_folder)
    opened(screen, "s01/c01")
    screen.key("ctrl+z")
    labels.become(sample, before)
    assert screen.end() == 0


def test_the_first_start_of_all_says_what_to_do(screen):
    screen.start()
    empty = screen.steady("the empty window")
    assert flags(empty) is None
    assert len(np.unique(empty.reshape(-1, 3), axis=0)) > 50  # words and icons, not a blank
    assert screen.end() == 0


def test_the_frame_of_the_window_pushes_no_line_off_a_small_screen():
    with Screen(1280, 720) as screen:
        screen.start()
        screen.steady("the first page")
        width, height = screen.size()
        assert 1200 < width <= 1280
        assert 650 < height < 720  # the window manager has put its title bar above
        assert screen.end() == 0
