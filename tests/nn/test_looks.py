"""The review queue on real frames: looked at once, found again, and gross errors come first."""

from __future__ import annotations

import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.data.clip import open_clip
from meviewer.experiment.doubt import doubts
from meviewer.experiment.doubt_project import judged_in
from meviewer.experiment.records import Preparing
from meviewer.nn.looks import LOG, looks
from meviewer.project.blind import BlindRule, set_rule
from meviewer.project.clips import add_clip
from meviewer.project.project import Project

N_CLIPS, PLANTED = 40, 2


def seen(project, coder="A"):
    """What is known of all labels, and how many clips had to be looked at for it."""
    work, asked = looks(project, coder), 0
    while True:
        try:
            said = next(work)
        except StopIteration as end:
            return end.value, asked
        if isinstance(said, Preparing):
            asked = said.total


def made(folder, n_clips):
    """A project of small clips with known motion, labelled by two coders of usual jitter."""
    rng = np.random.default_rng(0)
    labels = {}
    with Project.create(folder / "p", "p", folder) as project:
        for at in range(n_clips):
            truth = np.array([14, 32, 52]) + rng.integers(-3, 4, 3)
            frames = moving_frames(70, 48, 40, *map(int, truth), seed=at)
            with open_clip(write_clip(folder / f"c{at}", frames)) as clip:
                sample = add_clip(project, f"s{at % 8}", f"c{at}", clip)
            mine = truth + np.rint(rng.normal((2, 1, -3), (2.4, 2.8, 4.0))).astype(int)
            theirs = truth + np.rint(rng.normal((-2, 3, 3), (4.4, 5.6, 4))).astype(int)
            labels[sample.id] = np.clip(mine, 0, 69)
            mark(project, sample.id, labels[sample.id])
            mark(project, sample.id, np.clip(theirs, 0, 69), "B")
    return folder / "p", labels


def mark(project, sample_id, frames, coder="A"):
    one = event(1, *(int(frame) for frame in np.sort(frames)))
    project.set_tier(sample_id, coder, annotation(one), "test")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return made(tmp_path_factory.mktemp("looks"), 2)


def test_a_label_is_looked_at_once_and_an_edit_costs_one_clip(small):
    folder, _labels = small
    with Project.open(folder) as project:
        found, asked = seen(project)
        assert asked == 2
        assert set(found) == {(1, 1), (2, 1)}
        assert all(look.middle and look.course for look in found.values())
        assert seen(project) == (found, 0)
        mark(project, 2, (15, 30, 50))
        again, asked = seen(project)
        assert asked == 1
        assert again[1, 1] == found[1, 1]
        assert again[2, 1] != found[2, 1]
        assert seen(project, "B")[1] == 2


def test_what_is_judged_blind_is_not_looked_at(small):
    folder, _labels = small
    with Project.open(folder) as project:
        known = (project.features_folder / LOG).stat().st_size
        mark(project, 1, (13, 31, 51))
        set_rule(project, "A", BlindRule(0.0))
        assert seen(project) == ({}, 0)
        assert (project.features_folder / LOG).stat().st_size == known
        judged = judged_in(project, "A", {})
        assert [one.others for one in judged] == [{}, {}]
        assert [one.look for one in judged] == [None, None]
        set_rule(project, "A", None)


@pytest.mark.slow
def test_gross_errors_that_are_planted_lie_in_the_first_tenth_of_the_queue(tmp_path):
    folder, labels = made(tmp_path, N_CLIPS)
    rng = np.random.default_rng(1)
    hits = total = 0
    with Project.open(folder) as project:
        for _ in range(5):
            planted = rng.choice(list(labels), PLANTED, replace=False)
            for sample_id in map(int, planted):
                frames = labels[sample_id].copy()
                which = int(rng.integers(3))
                size = int(rng.integers(12, 17)) * (1 if which == 0 or frames[which] < 40 else -1)
                frames[which] = np.clip(frames[which] + size, 0, 69)
                mark(project, sample_id, frames)
            found, _asked = seen(project)
            order = [one.sample_id for one in doubts(judged_in(project, "A", found))]
            first = set(order[: N_CLIPS // 10])
            hits, total = hits + len(first & set(map(int, planted))), total + PLANTED
            for sample_id in map(int, planted):
                mark(project, sample_id, labels[sample_id])
    assert hits / total >= 0.8
