"""GAMDSS over a project: right, in worker processes, kept, resumed, what fails named."""

import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.errors import ExperimentError, StorageError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data.clip import open_clip
from meviewer.data.clip_folder import FolderClip
from meviewer.experiment.records import Preparing, Warned
from meviewer.motion.representation import ClipMotion
from meviewer.nn import suggest_units
from meviewer.nn.suggest_units import ClipUnit, LabelledEvent, Search, frames_of
from meviewer.nn.suggest_worker import suggest_clip
from meviewer.nn.suggestions import LOG, Answer, SuggestOptions, by_project, shares, suggest
from meviewer.project.clips import add_clip
from meviewer.project.project import Project
from meviewer.project.result_log import ResultLog

ONE = SuggestOptions(("A",), workers=1)


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "project", "small", tmp_path) as made:
        for seed in (1, 2, 3):
            frames = moving_frames(60, onset=10, apex=30, offset=50, seed=seed)
            with open_clip(write_clip(tmp_path / f"c{seed}", frames)) as clip:
                sample = add_clip(made, f"s{seed}", f"c{seed}", clip)
            made.set_tier(sample.id, "A", annotation(event(1, 12, 26, 50)), "import")
        yield made


def answers(project, options=ONE, **more):
    said = list(suggest(project, options, **more))
    assert all(isinstance(one, Answer | Preparing) for one in said)
    return by_project(one for one in said if isinstance(one, Answer))


def no_worker():
    raise AssertionError("a worker was started")


def test_suggestions_are_those_of_the_clip_and_a_second_run_starts_no_worker(project):
    found = answers(project)
    assert [one.sample.id for one in found] == [1, 2, 3]
    label = Keyframes(12, 26, 50)
    for one in found:
        with open_clip(one.sample.clip_path) as clip:
            direct = ClipMotion(clip).reselect(label, "two-sided", brightness_free=True)
        assert one.suggested == direct.keyframes != one.event.keyframes
        assert one.compared.gain == pytest.approx(direct.gain)
        assert one.compared.confidence == pytest.approx(direct.confidence)
        assert (one.compared.emotion, one.compared.coder) == ("disgust", "A")
    assert answers(project, make_worker=no_worker) == found


def test_only_what_is_new_is_computed_and_a_line_cut_off_is_computed_anew(project, monkeypatch):
    first = answers(project)
    project.set_tier(1, "A", annotation(event(1, 11, 27, 50)), "moved")
    path = project.features_folder / LOG
    path.write_bytes(path.read_bytes()[:-40])
    started = []

    def take(pool):
        started.extend(unit.sample_id for share in pool._shares for unit in share)
        return iter(())

    monkeypatch.setattr("meviewer.nn.suggestions.WorkerPool.records", take)
    known = answers(project)
    assert 1 in started
    assert len(set(started) - {1}) <= 1  # the line that was cut off
    assert {one.sample.id for one in known} == {1, 2, 3} - set(started)
    assert all(one in first for one in known)


def test_other_searches_and_coders_are_kept_apart(project, monkeypatch):
    answers(project)
    monkeypatch.setattr("meviewer.nn.suggestions.WorkerPool.records", lambda _: iter(()))
    assert len(answers(project)) == 3
    assert answers(project, SuggestOptions(search=Search("full"))) == []
    with pytest.raises(ExperimentError, match="The coders are A"):
        answers(project, SuggestOptions(("Z",)))


def test_a_clip_that_cannot_be_read_is_named_and_tried_again(project, tmp_path):
    for path in (tmp_path / "c1").glob("*.png"):
        path.unlink()
    found = answers(project)
    assert found[0].compared is None
    assert found[0].left_out().clip == "c1"
    assert "c1" in found[0].reason
    assert all(one.compared for one in found[1:])
    assert answers(project)[0].reason


def test_a_folder_that_takes_nothing_does_not_stop_it(project):
    project.features_folder.write_text("a file in the way")
    said = list(suggest(project, ONE))
    (warned,) = [one for one in said if isinstance(one, Warned)]
    assert "Results cannot be kept" in warned.text
    assert sum(isinstance(one, Answer) and one.compared is not None for one in said) == 3


def test_a_label_without_an_apex_gets_a_suggestion_but_is_not_compared(project):
    label = Event(1, Keyframes(12, 12, 50), apex_source=Source.NONE)
    project.set_tier(1, "A", annotation(label), "test")
    found = answers(project)[0]
    assert 12 <= found.suggested.onset < found.suggested.apex <= 50
    assert found.compared is None
    assert "no apex" in found.reason


def unit_of(path, *labels):
    with open_clip(path) as clip:
        facts = ("200/1", clip.fingerprint, clip.n_frames)
    return ClipUnit(1, "s01", "c01", str(path), *facts, labels)


def test_of_a_long_clip_only_what_lies_around_the_event_is_read(tmp_path, monkeypatch):
    frames = moving_frames(60, onset=20, apex=30, offset=40)
    path = write_clip(tmp_path / "clip", frames)
    label = LabelledEvent("A", 1, (22, 29, 36))
    (whole,) = suggest_clip(unit_of(path, label), Search(ratio=0.3)).events
    monkeypatch.setattr(suggest_units, "WHOLE", 50)
    monkeypatch.setattr(suggest_units, "MARGIN", 12)
    read, frame = [], FolderClip.frame
    monkeypatch.setattr(FolderClip, "frame", lambda c, at: read.append(at) or frame(c, at))
    assert (frames_of(label, 60).first, frames_of(label, 60).last) == (7, 51)
    (part,) = suggest_clip(unit_of(path, label), Search(ratio=0.3)).events
    assert part.keyframes == whole.keyframes != label.keyframes
    assert set(read) == set(range(7, 52))


def test_a_label_outside_the_clip_is_said_and_the_others_go_on(tmp_path):
    path = write_clip(tmp_path / "clip", moving_frames(40))
    labels = LabelledEvent("A", 1, (10, 20, 90)), LabelledEvent("B", 1, (10, 19, 30))
    found = {one.coder: one for one in suggest_clip(unit_of(path, *labels), Search()).events}
    assert "outside the clip" in found["A"].reason
    assert found["B"].reason == ""


def test_clips_are_shared_evenly():
    label = LabelledEvent("A", 1, (1, 2, 3))
    units = [ClipUnit(n, "s", f"c{n}", "", "1/1", "", 50 * n, (label,)) for n in range(1, 7)]
    loads = [sum(one.n_frames for one in share) for share in shares(units, 2)]
    assert abs(loads[0] - loads[1]) <= 50


def test_a_log_keeps_the_last_value_and_passes_over_what_it_cannot_read(tmp_path):
    log = ResultLog(tmp_path / "deep" / "log.jsonl", int)
    log.add("a", 1)
    log.add("a", 2)
    with log.path.open("ab") as file:
        file.write(b'\xff{"key": "b", "va')
    again = ResultLog(log.path, int)
    again.add("c", 3)
    last = ResultLog(log.path, int)
    assert (last.get("a"), last.get("b"), last.get("c")) == (2, None, 3)
    assert ResultLog(log.path, str).get("a") is None
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be kept"):
        ResultLog(tmp_path / "file" / "log.jsonl", int).add("a", 1)
