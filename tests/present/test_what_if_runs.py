"""Which runs of a project can be asked about a clip, and why others cannot."""

from what_if_runs import write_run

from meviewer.experiment.spec import KERNEL
from meviewer.present.what_if_runs import known_runs


def test_runs_are_listed_newest_first_with_what_is_there(tmp_path):
    write_run(tmp_path / "old", created="2024-01-01")
    write_run(tmp_path / "new", created="2025-01-01", finished=(0, 1, 2))
    (tmp_path / "trash").mkdir()
    new, old = known_runs(tmp_path)
    assert (new.name, old.name) == ("new", "old")
    assert new.title.endswith("2 folds of 2, final model")
    assert new.finished == {0, 1, 2}
    assert known_runs(tmp_path / "none") == ()


def test_a_run_that_can_be_asked_about_nothing_says_why(tmp_path):
    write_run(tmp_path / "kernel", network=KERNEL)
    write_run(tmp_path / "begun", finished=())
    write_run(tmp_path / "pictures", pictures="/somewhere")
    broken = write_run(tmp_path / "broken")
    (broken.folder / "run.json").write_text("{")
    write_run(tmp_path / "forgetful", finished=()).write(_bare())
    whys = {one.name: one.why_not("s01", "") for one in known_runs(tmp_path)}
    assert whys["kernel"] == "a kernel ridge keeps no network"
    assert whys["begun"] == "it has finished no fold yet"
    assert "ready pictures" in whys["pictures"]
    assert whys["broken"]
    assert whys["forgetful"] == "it keeps no networks"


def test_only_the_fold_without_the_subject_may_answer(tmp_path):
    write_run(tmp_path / "run", finished=(0, 2), clips={"print": "s02"})
    (run,) = known_runs(tmp_path)
    assert run.why_not("s01", "") == ""
    assert run.who("s01", "") == "fold of subject s01, held out"
    assert "have been trained on this subject" in run.why_not("s02", "")
    assert "have been trained on this subject" in run.why_not("anybody", "print")
    assert run.who("s02", "") == ""
    assert run.who("stranger", "") == "final model"


def test_weights_that_were_changed_since_do_not_count(tmp_path):
    made = write_run(tmp_path / "run")
    made.weights_path(0).write_bytes(b"other")
    (run,) = known_runs(tmp_path)
    assert run.finished == {1}


def _bare():
    from meviewer.experiment.run_values import FoldResult

    return FoldResult(fold=0, subject="s01")
