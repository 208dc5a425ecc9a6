"""The anchoring report: how far labels go towards what was suggested."""

from __future__ import annotations

import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.annotation import Status
from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.anchoring import anchoring
from meviewer.present.anchoring import rows, summary, to_csv
from meviewer.project.blind import BlindRule, set_rule
from meviewer.project.project import Entry, Project

BLIND, GOAL = Keyframes(5, 10, 15), Keyframes(5, 14, 15)


@pytest.fixture
def project(tmp_path):
    from meviewer.data.clip import open_clip
    from meviewer.project.clips import add_clip

    with Project.create(tmp_path / "p", "p", tmp_path) as made:
        for number in range(8):
            folder = write_clip(tmp_path / f"c{number}", moving_frames(24, 24, 20, seed=number))
            with open_clip(folder) as clip:
                add_clip(made, f"s{number % 4}", f"c{number}", clip)
        yield made


def judge(project, sample_id, apexes):
    before = project.annotation(sample_id, "A")
    for apex in apexes:
        one = event(1, BLIND.onset, apex, BLIND.offset)
        after = annotation(one, status=Status.COMMITTED)
        project.append(Entry(sample_id, "A", "edit", "Commit", before, after))
        before = after


def drawn(project, apexes, share=0.0):
    set_rule(project, "A", BlindRule(share))
    for sample_id in project.sample_ids():
        judge(project, sample_id, apexes)
    goals = {(at, 1): GOAL for at in project.sample_ids()}
    return anchoring(project, "A", goals)


def of_apex(found, seen=True):
    return next(one for one in found if one.edge is Edge.APEX and one.seen is seen)


def test_half_the_way_is_a_weight_of_one_half(project):
    found = of_apex(drawn(project, (10, 12)))
    assert (found.n, found.n_moved, found.frames, found.weight) == (8, 8, 2.0, 0.5)
    assert found.ms == pytest.approx(10)
    assert (found.low, found.high) == (0.5, 0.5)


def test_a_label_that_goes_away_from_it_counts_against(project):
    found = drawn(project, (10, 8))
    assert of_apex(found).frames == -2.0
    assert "not shown to be drawn" in summary(found)


def test_clips_that_stay_blind_are_counted_apart(project):
    found = drawn(project, (10, 12), share=1.0)
    assert of_apex(found).n == 0
    assert of_apex(found, seen=False).weight == 0.5


def test_what_was_committed_before_the_rule_was_not_committed_blind(project):
    for sample_id in project.sample_ids():
        judge(project, sample_id, (10, 12))
    set_rule(project, "A", BlindRule(0.0))
    goals = {(at, 1): GOAL for at in project.sample_ids()}
    assert of_apex(anchoring(project, "A", goals)).n == 0


def test_a_keyframe_that_the_suggestion_agrees_with_says_so_in_words(project):
    found = drawn(project, (10, 12))
    onset = found[0]
    assert (onset.edge, onset.n, onset.weight) == (Edge.ONSET, 0, None)
    assert onset.note == "no label to compare"
    assert "nan" not in to_csv(found).lower()
    assert rows(found)[1][:4] == ("apex, shown", "8", "8", "+2.0 f")
    assert summary(found) == "The apex is drawn towards its suggestion"
