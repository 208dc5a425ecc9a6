"""The report of a recognition: what was said, how often the run is right, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from fake_training import CLASSES, training
from training_project import make_project

from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.experiment.answers import ClipAnswer, answers, networks_of
from meviewer.experiment.records import Scores
from meviewer.experiment.spec import ExperimentSpec
from meviewer.present.recognition_report import (
    ReportFacts,
    answer_row,
    as_html,
    score_rows,
    unknowns,
)
from meviewer.present.training_answers import asked_clips, summary
from meviewer.present.training_runs import RunFacts

SPEC = ExperimentSpec(label_tier="truth", class_scheme="own")
RUN = RunFacts(1, "run-001", SPEC, "done", {}, datetime(2026, 1, 1, tzinfo=UTC))
SCORES = next(r for r in reversed(list(training(3, 2))) if hasattr(r, "scores")).scores
SHARES = dict(zip(CLASSES, (0.44, 0.26, 0.1, 0.1, 0.1), strict=True))

SURE = {**SHARES, CLASSES[0]: 0.9}


def facts(scores=SCORES, state="done"):
    return ReportFacts("Ward 3", replace(RUN, state=state), scores, "2026-01-02 10:00", "0.1.0")


def said(clip, networks="", *, rough=False, model="final model", shares=SHARES):
    keys = clip.keyframes or Keyframes(5, 9, 14)
    return ClipAnswer(
        keyframes=(keys.onset, keys.apex, keys.offset),
        rough=rough,
        fingerprint=clip.sample.fingerprint,
        networks=networks,
        predicted=max(shares, key=shares.get),
        model=model,
        probabilities=dict(shares),
    )


def set_events(project, sample, coder, *events):
    project.set_tier(sample.id, coder, Annotation(events, Status.DRAFT), "for the test")


@pytest.fixture
def project(tmp_path):
    """Two people with two clips each; nobody has labelled the last one."""
    with make_project(tmp_path / "project", subjects=2, clips=2) as made:
        yield made


@pytest.fixture
def clips(project, tmp_path):
    return asked_clips(project, tmp_path / "run", SPEC, "A")


def test_every_marked_event_of_a_session_is_asked_about(project, tmp_path):
    first, second = project.samples()[:2]
    keys = [Keyframes(10, 20, 30), Keyframes(32, 35, 40), Keyframes(45, 50, 55)]
    set_events(
        *(project, first, "truth", Event(1, keys[0], "happiness"), Event(2, keys[1])),
        Event(3, keys[2], apex_source=Source.NONE),
    )
    set_events(project, second, "truth")
    set_events(project, second, "B", Event(1, keys[1], "disgust"))
    one, two, three, *_, last = asked_clips(project, tmp_path / "run", SPEC, "A")
    assert [(c.name, c.keyframes, c.label, c.coder) for c in (one, two)] == [
        (f"{first.name}, event 1", keys[0], "happiness", "truth"),
        (f"{first.name}, event 2", keys[1], "", "truth"),
    ]
    assert (three.name, three.keyframes, three.coder) == (second.name, keys[1], "B")
    assert (last.keyframes, last.coder) == (None, "")
    log = answers(tmp_path / "run")
    log.add(two.key, said(two, networks_of(tmp_path / "run")))
    one, two, *_ = found = asked_clips(project, tmp_path / "run", SPEC, "A")
    assert (one.state, two.state) == ("new", "done")
    assert summary(found) == "1 of 5 events in 4 clips recognised"


def test_a_row_says_when_what_how_sure_and_what_else(clips):
    answered = replace(clips[0], answer=said(clips[0]), label=CLASSES[1])
    row = answer_row(answered)
    assert row[:6] == ("sub01", "clip1", "0.050", "0.100", "0.150", "by truth")
    assert row[6:10] == (CLASSES[0], "44 %", CLASSES[1], "26 %")
    assert row[10].startswith("undecided; final model")
    assert row[10].endswith(f"the label says {CLASSES[1]}")
    sure = said(clips[0], shares=SURE)
    assert "undecided" not in answer_row(replace(answered, answer=sure))[10]


def test_what_nobody_knows_is_said_of_what_was_asked(clips):
    first, second, *_, last = clips
    asked = (
        replace(first, answer=said(first), stale=True),
        replace(second, reason="it lasts longer than 5 s"),
        replace(last, answer=said(last, rough=True, model="fold of subject sub02, held out")),
    )
    words = " ".join(unknowns(asked, facts()))
    assert f"The run knows {', '.join(CLASSES)}, and has to name one" in words
    assert "not been checked" in words
    assert "1 answer came from the final model" in words
    assert "2 answers undecided" in words
    assert "In 1 clip nobody has marked the movement" in words
    assert "1 answer older" in words
    assert "1 row without an answer" in words
    plain = " ".join(
        unknowns(
            (replace(first, answer=said(first, model="sub01 held out", shares=SURE)),), facts()
        )
    )
    assert not any(w in plain for w in ("final model", "nobody has marked", "older", "undecided"))


def test_scores_that_nobody_has_or_that_are_not_whole_are_named(clips):
    assert "Nobody has measured" in unknowns(clips, facts(scores=None))[0]
    part = msgspec.structs.replace(SCORES, folds_done=SCORES.n_folds - 1)
    assert "not finished" in unknowns(clips, facts(part))[0]
    assert "older labels" in " ".join(unknowns(clips, facts(state="stale")))


def test_scores_stand_with_their_intervals_or_with_why_there_is_none():
    assert isinstance(SCORES, Scores)
    uf1, *_, last = score_rows(SCORES)
    low, high = SCORES.intervals["uf1"]
    assert uf1[0] == "UF1"
    assert uf1[2] == f"{low:.2f} – {high:.2f}".replace("0.", ".")
    assert last[0] == f"recall of {CLASSES[-1]}"
    two_people = msgspec.structs.replace(SCORES, intervals={})
    assert score_rows(two_people)[0][2] == "none: fewer than three people"


def test_the_page_is_whole_and_names_are_no_markup(clips, project):
    evil = replace(clips[0].sample, name="<script>alert(1)</script>")
    asked = replace(clips[0], sample=evil, answer=said(clips[0]))
    page = as_html((asked, *clips[1:]), facts())
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "no diagnosis" in page
    assert page.index("does not know") < page.index("<h2>Answers")
    assert "it was not asked about" in page
    assert "run run-001" in page
    assert '<td align="right">0.050</td>' in page
