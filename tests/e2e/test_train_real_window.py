"""A training in a real window by real keys and clicks, from the preset to the confusion matrix."""

from __future__ import annotations

import numpy as np
from e2e.looking import of_colour

from meviewer.experiment.spec import KERNEL
from meviewer.experiment.spec_text import from_toml
from meviewer.project.project import Project

_PRESET, _NETWORK = (150, 128), (220, 537)
"""Places in the window, px: the form begins at its top left, whatever its size."""


def runs(folder):
    with Project.open(folder, read_only=True) as project:
        return project.runs()


def middle_of(mask):
    """Return the middle (x, y) of what is coloured, or None."""
    rows, columns = np.nonzero(mask)
    return None if len(rows) < 200 else (int(np.median(columns)), int(np.median(rows)))


def button(picture):
    """Return where the lowest button in the accent colour is, once it can be pressed."""
    mask = of_colour(picture, "accent")
    mask[: picture.shape[0] * 9 // 10] = False
    mask[:, picture.shape[1] // 3 :] = False
    return middle_of(mask)


def matrix(picture):
    """Return the part of the window in which the confusion matrix stands."""
    height, width = picture.shape[:2]
    return picture[height // 2 : height * 7 // 10, width * 6 // 10 : width * 9 // 10]


def click_in_window(screen, place):
    screen.do("mousemove", "--window", screen.window, *place, "click", 1)


def test_from_the_preset_to_the_confusion_matrix(screen, project_folder):
    screen.start(project_folder, "--perspective", "train", "--theme", "dark")
    screen.wait(lambda: screen.find("s01/c01"), "the project")
    screen.wait(lambda: button(screen.pixels()), "the form with its labels looked at", 120)
    empty = matrix(screen.steady("the form"))
    for place, word in ((_PRESET, "Quick"), (_NETWORK, "Kernel")):
        click_in_window(screen, place)
        before_it = screen.steady("the list")
        screen.type(word)
        chosen = screen.other_than(before_it, "the word in the list")
        screen.key("Return")
        screen.other_than(chosen, "the choice")
    screen.click(*screen.wait(lambda: button(screen.pixels()), "the button"))
    found = screen.wait(lambda: [r for r in runs(project_folder) if r.scores], "the run", 180)
    assert (found[0].state, found[0].scores["n_samples"]) == ("done", 4)
    spec = from_toml(found[0].spec)
    assert (spec.network, spec.final_model) == (KERNEL, False)
    screen.wait(lambda: (matrix(screen.pixels()) != empty).mean() > 0.2, "the matrix")
    assert screen.end() == 0
