"""Blind-first: who may see what, and until when."""

from __future__ import annotations

import json

import pytest
from factories import annotation, moving_frames, write_clip

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ProjectError
from meviewer.project import blind
from meviewer.project.blind import BlindRule
from meviewer.project.exchanging import document_of
from meviewer.project.project import Entry, Project


@pytest.fixture
def project(tmp_path):
    from meviewer.data.clip import open_clip
    from meviewer.project.clips import add_clip

    frames = moving_frames(24, 24, 20, 5, 10, 15)
    with Project.create(tmp_path / "p", "p", tmp_path) as made:
        for name in ("c1", "c2", "c3"):
            with open_clip(write_clip(tmp_path / name, frames)) as clip:
                sample = add_clip(made, "s1", name, clip)
            made.set_tier(sample.id, "A", annotation(), "import")
            made.set_tier(sample.id, "gamdss", annotation(), "suggested")
        yield made


def commit(project, sample_id, coder="A", status=Status.COMMITTED):
    before = project.annotation(sample_id, coder)
    after = Annotation(before.events, status)
    project.append(Entry(sample_id, coder, "edit", "Commit", before, after))


def take_back(project, sample_id, coder="A"):
    now = project.annotation(sample_id, coder)
    before = Annotation(now.events, Status.DRAFT)
    project.append(Entry(sample_id, coder, "undo", "Commit", now, before))


def test_without_a_rule_nothing_is_hidden(project):
    assert blind.rules(project) == {}
    assert blind.hidden(project, "A") == frozenset()


def test_a_clip_is_hidden_until_its_coder_has_committed_it(project):
    blind.set_rule(project, "A", BlindRule(0.0))
    assert blind.hidden(project, "A") == {1, 2, 3}
    assert blind.hidden(project, "B") == frozenset()
    commit(project, 2)
    commit(project, 3, status=Status.NONE_PRESENT)
    assert blind.hidden(project, "A") == {1}


def test_what_was_seen_once_is_not_hidden_again(project):
    blind.set_rule(project, "A", BlindRule(0.0))
    commit(project, 2)
    take_back(project, 2)
    assert blind.hidden(project, "A") == {1, 3}
    assert not blind.is_hidden(project, project.sample(2), "A")


def test_some_clips_stay_blind_whatever_is_committed(project):
    blind.set_rule(project, "A", BlindRule(1.0))
    commit(project, 1)
    assert blind.hidden(project, "A") == {1, 2, 3}


def test_which_clips_stay_blind_is_stable_and_near_the_share():
    names = [f"c{n}" for n in range(2000)]
    kept = {name for name in names if blind.stays_blind("A", "s", name, 0.2)}
    assert 340 < len(kept) < 460
    assert kept <= {name for name in names if blind.stays_blind("A", "s", name, 0.3)}
    assert kept != {name for name in names if blind.stays_blind("B", "s", name, 0.2)}
    assert blind.stays_blind("A", "s01", "c01", 0.2) is False  # the same on every machine
    assert not any(blind.stays_blind("A", "s", name, 0) for name in names)


def test_the_first_verdict_is_kept_apart_from_later_ones(project):
    commit(project, 2)
    assert blind.first_verdicts(project, "A") == {}  # not blind: there was no rule
    blind.set_rule(project, "A", BlindRule(0.0))
    commit(project, 1)
    first = project.annotation(1, "A")
    moved = annotation(status=Status.COMMITTED).with_event(
        type(first.events[0])(1, first.events[0].keyframes.shifted(2), "sadness")
    )
    project.append(Entry(1, "A", "edit", "Commit", first, moved))
    assert blind.first_verdicts(project, "A") == {1: first}


def test_an_export_has_no_suggestion_for_a_hidden_clip(project):
    assert all("gamdss" in clip.tiers for clip in document_of(project, ["A", "gamdss"]).clips)
    blind.set_rule(project, "A", BlindRule(0.0))
    commit(project, 2)
    shown = [
        clip.name for clip in document_of(project, ["A", "gamdss"]).clips if "gamdss" in clip.tiers
    ]
    assert shown == ["c2"]
    assert all("A" in clip.tiers for clip in document_of(project, ["A", "gamdss"]).clips)


def test_agreement_leaves_out_what_is_still_to_be_judged_blind(project):
    from meviewer.experiment.agreement_project import clips_of

    project.set_tier(1, "B", annotation(), "")
    assert len(clips_of(project, ("A", "B"))) == 3
    blind.set_rule(project, "A", BlindRule(0.0))
    commit(project, 2)
    assert [clip.sample_id for clip in clips_of(project, ("A", "B"))] == [2]


def test_the_rule_is_journalled_and_outlives_the_program(project):
    blind.set_rule(project, "A", BlindRule(0.25))
    blind.set_rule(project, "A", BlindRule(0.25))
    rows = [row for row in project.history() if row.kind == "blind"]
    assert [(row.coder, row.text) for row in rows] == [
        ("A", "Blind-first on, 25% of the clips stay blind")
    ]
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        assert blind.rules(again) == {"A": BlindRule(0.25)}
        blind.set_rule(again, "A", None)
        assert blind.rules(again) == {}
        assert again.check_chain().ok


def test_an_impossible_share_and_unreadable_rules_are_refused(project):
    with pytest.raises(ProjectError, match="no share"):
        blind.set_rule(project, "A", BlindRule(1.5))
    with project.database.writing() as connection:
        connection.execute("INSERT INTO meta VALUES ('blind-first', ?)", (json.dumps([1]),))
    with pytest.raises(ProjectError, match="cannot be read"):
        blind.hidden(project, "A")
