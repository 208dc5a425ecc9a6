"""Runs renamed, noted, put into the trash and brought back with all that belongs to them."""

from __future__ import annotations

import pytest
from training_project import make_project

from meviewer.core.errors import ProjectError, StorageError
from meviewer.project import run_keeping
from meviewer.project.runs import Prediction


@pytest.fixture
def project(tmp_path):
    with make_project(tmp_path / "project", subjects=2, clips=1, unlabelled=0) as made:
        yield made


def add(project, name="run-001"):
    run = project.add_run(name, "epochs = 3\n", state="done")
    project.set_predictions(run.id, [Prediction(1, "disgust", "others", {"others": 1.0})])
    run = project.update_run(run.id, scores={"uf1": 0.5})
    folder = project.run_folder(run)
    folder.mkdir(parents=True)
    (folder / "fold_00.json").write_text("{}")
    return run


def test_a_run_comes_back_from_the_trash_as_it_was(project):
    run, other = add(project), add(project, "run-002")
    said = project.predictions(run.id)
    gone = run_keeping.delete(project, run)
    assert project.runs() == (other,)
    assert not project.run_folder(run).exists()
    assert run_keeping.bring_back(project, gone) == run
    assert project.predictions(run.id) == said
    assert (project.run_folder(run) / "fold_00.json").exists()


def test_a_run_that_comes_back_yields_to_a_newer_one_of_its_name_and_number(project):
    run = add(project)
    gone = run_keeping.delete(project, run)
    newer = add(project)
    assert newer.id == run.id
    back = run_keeping.bring_back(project, gone)
    assert (back.name, back.scores) == ("run-001-2", run.scores)
    assert {one.name for one in project.runs()} == {"run-001", "run-001-2"}
    assert (project.run_folder(back) / "fold_00.json").exists()


def test_a_second_run_of_a_name_does_not_overwrite_the_first_in_the_trash(project):
    first = run_keeping.delete(project, add(project))
    second = run_keeping.delete(project, add(project))
    assert first.folder != second.folder
    assert first.folder.exists()
    assert second.folder.exists()


def test_an_emptied_trash_says_so_and_leaves_the_project_as_it_was(project):
    gone = run_keeping.delete(project, add(project))
    (gone.folder / "fold_00.json").unlink()
    gone.folder.rmdir()
    with pytest.raises(StorageError):
        run_keeping.bring_back(project, gone)
    assert project.runs() == ()


def test_a_name_that_is_taken_changes_neither_folder_nor_project(project):
    run = add(project)
    add(project, "run-002")
    with pytest.raises(ProjectError, match="Another run"):
        run_keeping.rename(project, run, "run-002")
    assert project.run_folder(run).exists()
    renamed = run_keeping.rename(project, run, "  light ")
    assert renamed.name == "light"
    assert project.run_folder(renamed).exists()
    assert project.predictions(run.id)


def test_notes_lie_in_the_folder_of_the_run(project):
    folder = project.run_folder(add(project))
    assert run_keeping.notes(folder) == ""
    run_keeping.write_notes(folder, "  äöü\n")
    assert run_keeping.notes(folder) == "äöü"
    run_keeping.write_notes(folder, "")
    assert run_keeping.notes(folder) == ""
