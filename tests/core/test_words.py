import pickle  # the errors must cross a process boundary of concurrent.futures

import pytest

from meviewer.core import action_units, labels
from meviewer.core.action_units import ActionUnit
from meviewer.core.errors import ClipError, MeviewerError


def test_an_error_says_what_where_why_and_what_now():
    error = ClipError("No frames", where="a/b", why="the folder is empty", now="choose another")
    assert str(error) == "No frames: a/b. The folder is empty. Choose another."
    assert error.exit_status == 2


def test_an_error_survives_the_way_to_another_process():
    error = pickle.loads(pickle.dumps(ClipError("a", where="b", why="c", now="d")))
    assert isinstance(error, ClipError)
    assert str(error) == "a: b. C. D."
    assert isinstance(error, MeviewerError)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("4+7+L10", (ActionUnit(4), ActionUnit(7), ActionUnit(10, "L"))),
        ("AU4B + AU7", (ActionUnit(4, "", "B"), ActionUnit(7))),
        ("1\uff0c2", (ActionUnit(1), ActionUnit(2))),
        ("r12a, 14", (ActionUnit(12, "R", "A"), ActionUnit(14))),
        ("?", ()),
        ("", ()),
    ],
)
def test_notations_of_action_units(text, units):
    assert action_units.parse(text) == units


def test_action_units_read_back_as_written():
    units = (ActionUnit(4, "", "B"), ActionUnit(12, "L"))
    assert action_units.parse(action_units.format_units(units)) == units


def test_impossible_action_units_are_refused():
    with pytest.raises(ValueError, match="outside"):
        ActionUnit(0)
    with pytest.raises(ValueError, match="side"):
        ActionUnit(12, "X")


def test_emotions_are_trimmed_and_folded():
    assert labels.normalise(" Happy ") == "happiness"
    assert labels.normalise("Others") == "others"
