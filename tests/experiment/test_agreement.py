"""Agreement of the coders of a project: what is matched, what is counted, what is said in words."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from factories import annotation, event

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.experiment.agreement_matching import match
from meviewer.experiment.agreement_project import agree, disagreements, people
from meviewer.experiment.label_sd import pairs_of
from meviewer.project.labels import ADJUDICATED
from meviewer.project.project import Project


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "project", "double") as made:
        yield made


def add(project, number, subject="s1", rate=200, **tiers):
    """A sample with the events of each coder; an Annotation stands for itself."""
    sample = project.add_sample(
        subject,
        f"c{number}",
        Path(f"c{number}"),
        fingerprint=f"f{number}",
        rate=Fraction(rate),
        n_frames=400,
        first_number=1,
        width=8,
        height=8,
    )
    for coder, events in tiers.items():
        whole = events if isinstance(events, Annotation) else annotation(*events)
        project.set_tier(sample.id, coder, whole, "test")
    return sample


def labelled(number, onset, apex, offset, emotion="disgust", units=()):
    """An event with action units."""
    keyframes = Keyframes(onset, apex, offset)
    return Event(number, keyframes, emotion, tuple(ActionUnit(unit) for unit in units))


def double(project, moves, n_subjects=4):
    """Clips whose second label is moved by a row of frames each."""
    for number, move in enumerate(moves):
        first = np.array([20, 60, 110]) + 7 * number
        add(
            project,
            number,
            f"s{number % n_subjects}",
            Ann=[event(1, *first.tolist())],
            Ben=[event(1, *(first + move).tolist())],
        )


def test_bias_error_and_shares_are_those_of_the_differences(project):
    moves = np.random.default_rng(0).integers(-6, 7, (40, 3)) + np.array([3, 0, 0])
    double(project, moves)
    (pair,) = agree(project, draws=200).pairs
    assert (pair.coders, pair.n_clips, pair.n_subjects) == (("Ann", "Ben"), 40, 4)
    assert (pair.n_events, pair.n_matched, pair.drawn) == ((40, 40), 40, "subjects")
    assert (pair.f1.value, pair.f1.interval) == (1, (1, 1))
    for name, by in zip(("onset", "apex", "offset"), moves.T, strict=True):
        found = pair.measure(name)
        assert found.bias_frames.value == pytest.approx(by.mean())
        assert found.bias_ms.value == pytest.approx(5 * by.mean())
        assert found.mae_frames.value == pytest.approx(abs(by).mean())
        assert found.mae_ms.value == pytest.approx(5 * abs(by).mean())
        shares = [(abs(by) <= most).mean() for most in (1, 3, 5)]
        assert [one.value for one in found.within_frames] == pytest.approx(shares)
        assert [one.value for one in found.within_ms] == pytest.approx(shares)
        low, high = found.bias_frames.interval
        assert low < by.mean() < high
    rise = pair.measure("rise")
    assert rise.bias_frames.value == pytest.approx((moves[:, 1] - moves[:, 0]).mean())


def test_icc_of_keyframes_says_less_than_that_of_phases(project):
    """Events far apart make keyframes agree; the lengths of the phases are pure noise here."""
    double(project, np.random.default_rng(1).integers(-4, 5, (40, 3)))
    (pair,) = agree(project, draws=50).pairs
    assert pair.measure("apex").icc.value > 0.99
    assert abs(pair.measure("rise").icc.value) < 0.5
    assert pair.measure("apex").alpha.value > 0.99
    low, high = pair.measure("apex").icc_f
    assert low < pair.measure("apex").icc.value < high


def test_rates_that_differ_are_compared_in_ms(project):
    for number, rate in enumerate((200, 200, 30, 30, 30)):
        keyframes = (10 * number, 10 * number + 20, 10 * number + 40)
        moved = tuple(frame + 1 for frame in keyframes)
        add(project, number, rate=rate, Ann=[event(1, *keyframes)], Ben=[event(1, *moved)])
    (pair,) = agree(project, draws=50).pairs
    onset = pair.measure("onset")
    assert [one.value for one in onset.within_frames] == [1, 1, 1]
    assert [one.value for one in onset.within_ms] == pytest.approx([0.4, 0.4, 0.4])
    assert onset.bias_ms.value == pytest.approx((2 * 5 + 3 * 1000 / 30) / 5)


def test_an_event_of_one_coder_only_lowers_f1_and_nothing_else(project):
    add(project, 1, Ann=[event(1, 10, 20, 30), event(2, 100, 120, 140)], Ben=[event(1, 10, 20, 30)])
    add(project, 2, "s2", Ann=Annotation((), Status.NONE_PRESENT), Ben=[event(1, 50, 60, 70)])
    add(project, 3, "s3", Ann=[event(1, 5, 6, 7)])
    (pair,) = agree(project).pairs
    assert (pair.n_clips, pair.n_events, pair.n_matched) == (2, (2, 2), 1)
    assert pair.f1.value == 0.5
    assert pair.measure("onset").bias_frames.value == 0
    found = [(one.what, one.unit.clip) for one in disagreements(pair)]
    assert found == [("event", "c1"), ("event", "c2")]


def test_an_apex_that_nobody_set_is_compared_with_nothing(project):
    for number in range(6):
        bare = Event(1, Keyframes(10, 20, 30), "disgust", apex_source=Source.NONE)
        add(project, number, f"s{number}", Ann=[bare], Ben=[event(1, 10, 28, 30)])
    (pair,) = agree(project).pairs
    assert pair.measure("onset").mae_frames.n == 6
    for name in ("apex", "rise", "fall"):
        assert pair.measure(name).mae_frames.note == "undefined: no event in common"
    assert disagreements(pair) == ()


def test_names_are_compared_where_both_gave_one(project):
    words = [("happiness", "happy"), ("fear", "fear"), ("fear", "surprise"), ("fear", "")] * 3
    for number, (one, other) in enumerate(words):
        add(
            project,
            number,
            f"s{number % 4}",
            Ann=[labelled(1, 10, 20, 30, one, (4, 12))],
            Ben=[labelled(1, 10, 20, 30, other, (12,) if number % 4 else ())],
        )
    (pair,) = agree(project, draws=100).pairs
    assert pair.emotion.same.n == 9
    assert pair.emotion.same.value == pytest.approx(2 / 3)
    assert pair.emotion.kappa.value == pytest.approx((2 / 3 - 1 / 3) / (1 - 1 / 3))
    four, twelve = pair.action_units
    assert (four.name, twelve.name, four.same.n, twelve.same.value) == ("AU 4", "AU 12", 9, 1)
    assert four.same.value == 0
    assert twelve.kappa.note == "undefined: one category only"


def test_three_coders_have_pairs_and_a_whole(project):
    rng = np.random.default_rng(2)
    for number in range(12):
        base = np.array([20, 40, 80]) + 30 * (number % 5)
        tiers = {
            name: [event(1, *(base + rng.integers(-2, 3, 3)).tolist())] for name in ("A", "B", "C")
        }
        add(project, number, f"s{number % 4}", **tiers)
    report = agree(project, draws=100)
    assert [pair.coders for pair in report.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    whole = report.whole
    assert (whole.coders, whole.n_matched) == (("A", "B", "C"), 12)
    assert whole.measure("apex").bias_frames.note == "between two coders only"
    errors = [pair.measure("apex").mae_frames.value for pair in report.pairs]
    assert whole.measure("apex").mae_frames.value == pytest.approx(np.mean(errors))
    assert whole.emotion.kappa.note == "between two coders only"
    assert whole.emotion.alpha.note == "undefined: one category only"


def test_machines_and_adjudicated_labels_are_no_coders(project):
    add(project, 1, Ann=[event()], Ben=[event()], gamdss=[event()], **{ADJUDICATED: [event()]})
    assert people(project) == ("Ann", "Ben")
    assert agree(project).coders == ("Ann", "Ben")
    with pytest.raises(ExperimentError, match="two coders"):
        agree(project, ("Ann",))


def test_drafts_can_be_left_out(project):
    done = annotation(event(), status=Status.COMMITTED)
    add(project, 1, Ann=done, Ben=done)
    add(project, 2, "s2", Ann=done, Ben=[event()])
    assert agree(project).pairs[0].n_clips == 2
    assert agree(project, finished=True).pairs[0].n_clips == 1


def test_a_project_without_a_common_clip_says_so_everywhere(project):
    add(project, 1, Ann=[event()])
    add(project, 2, Ben=[event()])
    (pair,) = agree(project).pairs
    assert (pair.n_clips, pair.drawn, pair.f1.note) == (0, "", "undefined: no clip in common")
    for found in (pair.overlap, pair.emotion.kappa, pair.measure("onset").icc):
        assert (found.value, found.note) == (None, "undefined: no event in common")


@pytest.mark.parametrize("seed", range(20))
def test_two_coders_are_matched_as_their_sd_is(seed):
    rng = np.random.default_rng(seed)

    def tier():
        starts = rng.choice(300, 6, replace=False)
        return [
            event(at + 1, int(start), int(start) + 5, int(start) + int(rng.integers(8, 40)))
            for at, start in enumerate(starts)
        ]

    first, second = tier(), tier()
    found = {unit for unit in match([first, second]) if all(unit)}
    assert found == set(pairs_of(first, second))
    assert sum(one is not None for unit in match([first, second]) for one in unit) == 12


def test_an_event_between_two_others_does_not_tie_them_together():
    tiers = [[event(1, 0, 5, 19)], [event(1, 6, 10, 25)], [event(1, 12, 15, 31)]]
    assert [sum(one is not None for one in unit) for unit in match(tiers)] == [2, 1]
