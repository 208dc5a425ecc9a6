"""What a run would say of other keyframes: the very numbers of typing them in, from a process."""

import threading

import msgspec
import pytest
from flow_patterns import SPEC, project_of

from meviewer.core.errors import WeightsError
from meviewer.experiment import records
from meviewer.experiment.records import Predicted, Supposed
from meviewer.experiment.run_values import RunCard
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec_text import to_toml
from meviewer.jobs.local import WorkerProcess
from meviewer.jobs.protocol import Cancelled, Done, Job
from meviewer.jobs.questions import Questions
from meviewer.nn import tasks
from meviewer.nn.tasks import ClipArguments, PredictArguments, TrainArguments
from meviewer.nn.what_if import what_if
from meviewer.nn.what_if_units import WhatIfArguments, WhatIfQuestion

DIS = msgspec.structs.replace(SPEC, representation="flow-dis", epochs=2, final_model=True)
MARKS = ((2, 5, 8), (2, 4, 8), (2, 6, 8), (1, 5, 9))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("what-if") / "project"
    project_of(where, n_subjects=3, each=2).close()
    return where


@pytest.fixture(scope="module")
def run(folder):
    out = folder / "runs" / "one"
    list(tasks.train(TrainArguments(str(folder), to_toml(DIS), str(out))))
    return out


def clip_of(folder, subject="s1"):
    return str(folder / "clips" / subject / "clip0")


def question(number, path, subject="s1", marks=MARKS):
    return msgspec.json.encode(WhatIfQuestion(number, path, subject, marks))


class Script(Questions):
    """Questions that are put one after the other; ``late`` ones are pending at once."""

    def __init__(self, *asked):
        super().__init__()
        self._asked = list(asked)

    def take(self):
        return self._asked.pop(0) if self._asked else None

    @property
    def pending(self):
        return False


def typed_in(run, path, subject, marks):
    asked = PredictArguments(
        str(run), tuple(ClipArguments(path, keyframes, subject) for keyframes in marks)
    )
    return [one for one in tasks.predict(asked) if isinstance(one, Predicted)]


@pytest.mark.parametrize("subject", ["s1", "stranger"])
def test_answers_are_those_of_the_run_with_the_keyframes_typed_in(folder, run, tmp_path, subject):
    path = clip_of(folder)
    if subject == "stranger":
        # Another clip of nobody in the run: all its networks may judge it, the final model does.
        other = tmp_path / "project"
        project_of(other, n_subjects=5).close()
        path = clip_of(other, "s4")
    said = list(what_if(WhatIfArguments(str(run)), Script(question(7, path, subject))))
    expected = typed_in(run, path, subject, MARKS)
    assert [one.probabilities for one in said] == [one.probabilities for one in expected]
    assert [one.keyframes for one in said] == list(MARKS)
    assert {one.model for one in said} == {one.model for one in expected}
    assert said[0].model == ("fold of subject s1, held out" if subject == "s1" else "final model")
    assert {one.question for one in said} == {7}
    assert len({one.probabilities for one in said}) > 1
    for one in said:
        assert records.decode(records.encode(one)) == one


def test_a_clip_of_a_training_subject_is_known_under_any_name(folder, run):
    """The fold that was trained on this face must not answer because somebody misspells it."""
    said = list(what_if(WhatIfArguments(str(run)), Script(question(1, clip_of(folder), "nobody"))))
    assert {one.model for one in said} == {"fold of subject s1, held out"}


def test_what_cannot_be_answered_says_why_and_the_next_question_is_answered(folder, run):
    script = Script(
        question(1, clip_of(folder), marks=((2, 2, 8),)),
        question(2, str(folder / "nothing")),
        question(3, clip_of(folder), marks=((2, 5, 8),)),
    )
    first, *missing, last = what_if(WhatIfArguments(str(run)), script)
    assert "fewer than two frames" in first.reason
    assert not first.probabilities
    assert all("No such clip" in one.reason for one in missing)
    assert last.probabilities
    assert not last.reason


def test_a_subject_whose_own_fold_is_missing_gets_no_answer(folder, run, tmp_path):
    import shutil

    copy = RunFolder.open(shutil.copytree(run, tmp_path / "copy"))
    copy.weights_path(1).unlink()
    (one,) = what_if(
        WhatIfArguments(str(copy.folder)), Script(question(1, clip_of(folder), marks=MARKS[:1]))
    )
    assert "all other networks of the run have been trained on this subject" in one.reason.lower()


def test_a_run_without_networks_is_refused(tmp_path):
    card = RunCard(
        classes=("a",), subjects=(), clips={}, labels="", n_samples=0, device="", versions={},
        created="",
    )  # fmt: skip
    spec = msgspec.structs.replace(SPEC, network="krr")
    RunFolder.start(tmp_path / "run", spec, card)
    with pytest.raises(WeightsError, match="no network to ask"):
        list(what_if(WhatIfArguments(str(tmp_path / "run")), Script()))


def test_a_process_stays_takes_the_newest_question_and_goes_when_asked_to(folder, run):
    worker, found, enough = WorkerProcess(), [], threading.Event()
    many = tuple((0, apex, 9) for apex in range(1, 9)) * 30

    def line(text):
        one = records.decode(text)
        assert isinstance(one, Supposed)
        found.append(one)
        if len(found) == 1:
            worker.ask(question(2, clip_of(folder), marks=MARKS))
        if sum(one.question == 2 for one in found) == len(MARKS):
            enough.set()

    arguments = msgspec.to_builtins(WhatIfArguments(str(run)))
    worker.start(Job("what-if", arguments), line, lambda end: None)
    worker.ask(question(1, clip_of(folder), marks=many))
    assert enough.wait(120)
    assert sum(one.question == 1 for one in found) < len(many)
    assert [one.keyframes for one in found if one.question == 2] == list(MARKS)
    expected = typed_in(run, clip_of(folder), "s1", MARKS)
    for mine, other in zip(found[-len(MARKS) :], expected, strict=True):
        assert mine.probabilities == pytest.approx(other.probabilities, abs=1e-9)
    assert worker.running
    worker.cancel(kill_after_s=60)
    assert worker.wait(60) in (Cancelled(), Done())
