"""The leak guard: planted leaks are refused, each by the names of both clips."""

import numpy as np
import pytest
from flow_patterns import motion_set

from meviewer.core.errors import ExperimentError
from meviewer.experiment.leaks import Evidence, check_leaks
from meviewer.experiment.people import Member
from meviewer.experiment.splits import Fold, leave_one_subject_out


def evidence(data, **changes):
    values = {
        "members": list(data.members),
        "names": list(data.names),
        "fingerprints": list(data.fingerprints),
        "flow": data.flow.copy(),
    }
    return Evidence(**{**values, **changes})


def guard(given):
    check_leaks(given, leave_one_subject_out(given.members))


@pytest.fixture
def data():
    return motion_set(4, 3, 2, seed=5)


def test_different_clips_of_different_people_pass(data):
    guard(evidence(data))
    guard(evidence(data, flow=np.zeros_like(data.flow)))


def test_one_subject_in_two_spellings_on_both_sides(data):
    given = evidence(data)
    given.members[0] = Member("Subject 1")
    folds = [Fold(0, "mine", tuple(range(1, len(data))), (0,))]
    with pytest.raises(ExperimentError, match=r"sub01 = Subject 1"):
        check_leaks(given, folds)
    guard(given)  # by leaving one out both spellings are one person on one side


def test_a_duplicated_clip(data):
    given = evidence(data)
    given.fingerprints[20] = given.fingerprints[1]
    with pytest.raises(ExperimentError, match=r"sub01/clip1 = sub04/clip20.*same pictures"):
        guard(given)
    given.fingerprints[20], given.fingerprints[0] = "own", given.fingerprints[1]
    guard(given)  # two events of one clip belong to one subject


def test_a_clip_that_was_cut_from_another_one(data):
    frames = [frozenset({bytes([n]), bytes([100 + n])}) for n in range(len(data))]
    guard(evidence(data, frames=frames))
    black = [one | {b"black"} for one in frames]
    guard(evidence(data, frames=black))
    frames[23] = frozenset({bytes([2]), bytes([102]), b"other"})
    with pytest.raises(ExperimentError, match=r"sub01/clip2 = sub04/clip23.*share frames"):
        guard(evidence(data, frames=frames))


@pytest.mark.parametrize("made", ["as it is", "brighter", "mirrored"])
def test_an_augmented_twin(data, made):
    given = evidence(data)
    twin = given.flow[3].copy()
    if made == "brighter":
        twin = 1.3 * twin + np.random.default_rng(0).normal(0, 0.01, twin.shape)
    if made == "mirrored":
        twin = twin[..., ::-1].copy()
        twin[:, 0] *= -1
    given.flow[22] = twin
    with pytest.raises(ExperimentError, match=r"sub01/clip3 = sub04/clip22.*augmented"):
        guard(given)


def test_many_leaks_are_counted_not_listed(data):
    given = evidence(data, fingerprints=["same"] * len(data))
    with pytest.raises(ExperimentError, match=r"and \d+ more"):
        guard(given)
