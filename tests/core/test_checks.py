from fractions import Fraction

import pytest
from factories import annotation, event

from meviewer.core.checks import check

RATE = Fraction(200)


def kinds(labels, n_frames=200, gaps=()):
    return [finding.kind for finding in check(labels, n_frames, RATE, gaps)]


def test_a_clean_label_has_no_findings():
    assert kinds(annotation()) == []


@pytest.mark.parametrize(
    ("faulty", "kind"),
    [
        (event(1, 20, 20, 30), "apex-on-onset"),
        (event(1, 20, 30, 30), "apex-on-offset"),
        (event(1, 20, 60, 120), "too-long"),
        (event(1, 150, 180, 200), "outside-clip"),
        (event(1, 10, 20, 30, emotion=""), "emotion-missing"),
    ],
)
def test_each_rule_names_its_fault(faulty, kind):
    assert kinds(annotation(faulty)) == [kind]


def test_a_length_just_over_the_limit_does_not_read_as_the_limit():
    (finding,) = check(annotation(event(1, 40, 46, 51)), 200, Fraction(24000, 1001))
    assert finding.text == "Lasts 500.5 ms, longer than 500 ms"


def test_five_hundred_milliseconds_are_not_yet_too_long():
    assert kinds(annotation(event(1, 0, 50, 99))) == []
    assert kinds(annotation(event(1, 0, 50, 100))) == ["too-long"]


def test_missing_frames_count_inside_the_event_only():
    assert kinds(annotation(), gaps=(10, 31)) == []
    assert kinds(annotation(), gaps=(11,)) == ["frames-missing"]


def test_overlap_is_found_between_neighbours():
    (finding,) = check(annotation(event(1, 10, 20, 30), event(2, 28, 35, 40)), 200, RATE)
    assert (finding.kind, finding.event_id, finding.frame) == ("overlap", 2, 28)
    assert "ends 3 frames later" in finding.text
