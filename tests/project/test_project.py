from fractions import Fraction

import pytest
from factories import annotation, event

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ProjectError
from meviewer.project.project import Entry, Prediction, Project


def test_a_reopened_project_is_the_same(folder, add):
    with Project.create(folder, "My study") as project:
        sample = add(project, emotion="disgust", rate=Fraction(30000, 1001), first_number=46)
        project.append(Entry(sample.id, "A", "edit", "Add event", Annotation(), annotation()))
        before = (project.samples(), project.annotations(sample.id), project.history())
    with Project.open(folder) as project:
        assert project.name == "My study"
        assert not project.read_only
        assert (project.samples(), project.annotations(sample.id), project.history()) == before
        assert project.sample(sample.id).rate == Fraction(30000, 1001)
        assert project.sample(sample.id).emotion == "disgust"


def test_samples_are_found_by_id_name_and_content(project, add):
    second = add(project, "s02", "c07", fingerprint="abc")
    assert project.subjects() == ("s01", "s02")
    assert project.sample(second.id) == second == project.samples()[1]
    assert project.find_sample("s02", "c07") == second
    assert project.find_clip("abc") == second
    assert project.find_sample("s02", "c08") is None
    assert project.find_clip("abcd") is None
    with pytest.raises(ProjectError, match="no such sample"):
        project.sample(99)


def test_two_samples_may_lie_on_one_clip(project, add, tmp_path):
    shared = {"clip_path": tmp_path / "long.avi", "fingerprint": "long"}
    one, other = add(project, "s05", "a", **shared), add(project, "s05", "b", **shared)
    assert one.clip_path == other.clip_path
    assert project.counts()["clips"] == 2  # with the clip of the fixture
    project.relocate(one.id, tmp_path / "elsewhere.avi")
    assert project.sample(other.id).clip_path == tmp_path / "elsewhere.avi"


def test_a_sample_is_refused_twice_and_when_impossible(project, add):
    rows = project.check_chain().rows
    with pytest.raises(ProjectError, match="s01/c01"):
        add(project)
    with pytest.raises(ProjectError, match="n_frames is 0"):
        add(project, name="c02", n_frames=0)
    with pytest.raises(ProjectError, match="subject is ' '"):
        add(project, subject=" ")
    assert len(project.samples()) == 1
    assert project.check_chain().rows == rows


def test_labels_of_coders_stand_side_by_side(project):
    other = annotation(event(1, 40, 50, 60, "surprise"), status=Status.COMMITTED)
    project.set_tier(1, "B", other, "import")
    project.set_tier(1, "gamdss", annotation(), "suggestions")
    project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))
    assert project.annotations(1) == {"A": annotation(), "B": other, "gamdss": annotation()}
    assert project.annotation(1, "B") == other
    assert project.annotation(1, "C") == Annotation()
    assert project.tier("B") == {1: other}
    assert project.coders() == ("A", "B", "gamdss")
    assert [project.is_machine(c) for c in ("A", "gamdss", "truth", "C")] == [
        False,
        True,
        True,
        False,
    ]


def test_coders_are_known_before_they_label(project):
    project.add_coder("net-1", machine=True)
    project.add_coder("Z")
    assert project.coders() == ("Z", "net-1")
    assert project.is_machine("net-1")
    with pytest.raises(ProjectError, match="needs a name"):
        project.append(Entry(1, " ", "edit", "Add event", Annotation(), annotation()))


def test_an_entry_for_no_sample_changes_nothing(project):
    with pytest.raises(ProjectError, match="sample 9"):
        project.append(Entry(9, "A", "edit", "Add event", Annotation(), annotation()))
    assert project.coders() == ()
    assert project.check_chain().ok


def test_importing_the_same_labels_again_writes_no_row(project):
    assert project.set_tier(1, "A", annotation(), "import") == 2
    assert project.set_tier(1, "A", annotation(), "import") == 0
    assert project.check_chain().rows == 2


def test_history_names_who_did_what_and_why(project):
    project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation(), "seen twice"))
    project.append(Entry(1, "B", "edit", "Add event", Annotation(), annotation()))
    project.append(Entry(1, "A", "undo", "Add event", annotation(), Annotation()))
    mine = project.history(1, "A")
    assert [(row.kind, row.text, row.reason) for row in mine] == [
        ("edit", "Add event", "seen twice"),
        ("undo", "Add event", ""),
    ]
    assert [row.n for row in project.history(1)] == [1, 2, 3, 4]
    assert [row.n for row in project.history(1, newest=2)] == [3, 4]
    assert project.history(1, newest=9) == project.history(1)
    assert mine[0].time.endswith("+00:00")


def test_checkpoints_name_states_that_can_be_read_again(project):
    project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))
    project.checkpoint("before the meeting")
    project.append(Entry(1, "A", "edit", "Remove event", annotation(), Annotation()))
    (named,) = project.checkpoints()
    assert named.text == "before the meeting"
    assert project.annotation_at(1, "A", named.n) == annotation()
    assert project.annotation_at(1, "A", 1) == Annotation()
    assert project.annotation(1, "A") == Annotation()
    with pytest.raises(ProjectError, match="needs a name"):
        project.checkpoint("  ")


def test_counts(project, add):
    add(project, "s02", "c01")
    project.set_tier(1, "A", annotation(event(1), event(2, 50, 60, 70)), "import")
    project.set_tier(2, "A", Annotation(status=Status.NONE_PRESENT), "import")
    project.add_run("first", "spec")
    assert project.counts() == {
        "subjects": 2,
        "clips": 2,
        "samples": 2,
        "coders": 1,
        "annotations": 1,
        "events": 2,
        "journal_rows": 4,
        "runs": 1,
    }


def test_bulk_is_all_or_nothing(project, add):
    def import_half():
        with project.bulk():
            sample = add(project, "s02", "c01")
            project.set_tier(sample.id, "A", annotation(), "import")
            assert project.annotation(sample.id, "A") == annotation()
            raise UnicodeError("row 7 is unreadable")

    with pytest.raises(UnicodeError, match="row 7"):
        import_half()
    assert len(project.samples()) == 1
    assert project.coders() == ()
    with project.bulk():
        for name in ("c02", "c03"):
            add(project, "s02", name)
    assert len(project.samples()) == 3
    assert project.check_chain().ok


def test_a_refused_row_inside_bulk_takes_only_itself_back(project, add):
    with project.bulk():
        add(project, "s02", "c01")
        with pytest.raises(ProjectError, match="s02/c01"):
            add(project, "s02", "c01")
        add(project, "s02", "c02")
    assert [s.name for s in project.samples()] == ["c01", "c01", "c02"]
    assert project.check_chain().ok


def test_runs_are_listed_newest_first_with_their_scores(project, folder):
    first = project.add_run("fmanet 1", 'network = "fmanet"', state="running")
    second = project.add_run("fmanet 2", 'network = "fmanet-light"')
    project.update_run(first.id, state="done", scores={"uf1": 0.81, "confusion": [[3, 1], [0, 4]]})
    with pytest.raises(ProjectError, match="fmanet 1"):
        project.add_run("fmanet 1", "")
    with pytest.raises(ProjectError, match="no such run"):
        project.update_run(77, state="done")
    project.close()
    with Project.open(folder) as project:
        assert [run.name for run in project.runs()] == ["fmanet 2", "fmanet 1"]
        done = project.runs()[1]
        assert (done.state, done.scores["uf1"], done.spec) == ("done", 0.81, 'network = "fmanet"')
        assert done.scores["confusion"] == [[3, 1], [0, 4]]
        assert project.run_folder(second) == folder / "runs" / "fmanet 2"


def test_predictions_belong_to_their_run(project):
    run = project.add_run("r", "")
    said = Prediction(1, "surprise", "disgust", {"surprise": 0.25, "disgust": 0.75})
    project.set_predictions(run.id, [said])
    project.set_predictions(run.id, [said])
    assert project.predictions(run.id) == (said,)
    project.remove_run(run.id)
    assert project.predictions(run.id) == ()
    assert project.runs() == ()


def test_what_is_closed_says_so(project):
    project.close()
    project.close()
    with pytest.raises(ProjectError, match="closed"):
        project.samples()
    with pytest.raises(ProjectError, match="closed"):
        project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))


def test_people_keep_their_place_whoever_comes_later(project):
    for name, machine in (("Cem", False), ("gamdss", True), ("Ann", False)):
        project.add_coder(name, machine=machine)
    before = project.people()
    project.add_coder("Ben")
    project.add_coder("Cem")
    assert before == ("Cem", "Ann")
    assert project.people() == ("Cem", "Ann", "Ben")
