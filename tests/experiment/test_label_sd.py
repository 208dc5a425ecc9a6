"""The sd of labels from two people's labels of the same clips."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from factories import annotation, event

from meviewer.core.events import Edge, Event, Keyframes, Source
from meviewer.experiment.label_sd import label_sd, pairs_of
from meviewer.project.project import Project


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "project", "double") as made:
        yield made


def add(project, number, first, second, data_set="CASME II", rate=200):
    """A sample labelled by A and B; keyframes as triples, None for no label."""
    sample = project.add_sample(
        "s1",
        f"c{number}",
        Path(f"c{number}"),
        fingerprint=f"f{number}",
        rate=Fraction(rate),
        n_frames=200,
        first_number=1,
        width=8,
        height=8,
        dataset=data_set,
    )
    for coder, keyframes in (("A", first), ("B", second)):
        if keyframes is not None:
            project.set_tier(sample.id, coder, annotation(event(1, *keyframes)), "test")
    return sample


def test_the_sd_is_that_of_the_differences_over_root_two(project):
    rng = np.random.default_rng(0)
    moves = rng.integers(-5, 6, (40, 3)) + np.array([3, 0, 0])
    for number, move in enumerate(moves):
        add(project, number, (20, 60, 110), (np.array([20, 60, 110]) + move).tolist())
    found = {one.edge: one for one in label_sd(project)}
    for at, edge in enumerate(Edge):
        one = found[edge]
        assert (one.data_set, one.coders, one.n, one.note) == ("CASME II", ("A", "B"), 40, "")
        assert one.sd_frames == pytest.approx(np.std(moves[:, at], ddof=1) / 2**0.5)
        assert one.sd_ms == pytest.approx(5 * one.sd_frames)
        assert one.shift_ms == pytest.approx(5 * moves[:, at].mean())


def test_few_labels_give_no_sd_but_words(project):
    assert label_sd(project) == ()
    add(project, 0, (20, 60, 110), (22, 60, 110))
    add(project, 1, (20, 60, 110), None)
    add(project, 2, (0, 5, 10), (100, 120, 140), data_set="SAMM")
    found = {(one.data_set, one.edge): one for one in label_sd(project)}
    onset = found["CASME II", Edge.ONSET]
    assert (onset.n, onset.sd_ms, onset.note) == (1, None, "one event only")
    assert onset.shift_ms == pytest.approx(10)
    assert found["SAMM", Edge.APEX].note == "no event in common"


def test_machines_and_apexes_that_nobody_set_do_not_count(project):
    sample = add(project, 0, (20, 60, 110), None)
    project.add_coder("gamdss", machine=True)
    project.set_tier(sample.id, "gamdss", annotation(event(1, 21, 61, 111)), "test")
    assert label_sd(project) == ()
    without = Event(1, Keyframes(20, 20, 110), apex_source=Source.NONE)
    project.set_tier(sample.id, "B", annotation(without), "test")
    assert {one.edge: one.n for one in label_sd(project)}[Edge.APEX] == 0


def test_events_are_matched_one_to_one_by_overlap():
    first = [event(1, 0, 5, 20), event(2, 15, 20, 40)]
    second = [event(1, 14, 20, 41), event(2, 2, 5, 21), event(3, 1, 4, 19)]
    assert [(one.id, other.id) for one, other in pairs_of(first, second)] == [(2, 1), (1, 3)]
