import shutil

import pytest

from meviewer.project.paths import Root, find_root, root_texts
from meviewer.project.project import Project


def test_a_project_moves_with_its_clips_inside(tmp_path, add):
    with Project.create(tmp_path / "here", "p") as project:
        sample = add(project, clip_path=tmp_path / "here" / "clips" / "01")
        assert sample.clip_path == tmp_path / "here" / "clips" / "01"
    shutil.move(tmp_path / "here", tmp_path / "there")
    with Project.open(tmp_path / "there") as project:
        assert project.sample(1).clip_path == tmp_path / "there" / "clips" / "01"
        assert project.root == tmp_path / "there"


def test_a_copy_uses_its_own_clips_though_the_first_ones_are_still_there(tmp_path, add):
    with Project.create(tmp_path / "one", "p", root=tmp_path / "one" / "clips") as project:
        add(project)
    (tmp_path / "one" / "clips").mkdir()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with Project.open(tmp_path / "two") as project:
        assert project.sample(1).clip_path.is_relative_to(tmp_path / "two" / "clips")


def test_a_root_outside_stays_where_it_is(tmp_path, add):
    (tmp_path / "data").mkdir()
    with Project.create(tmp_path / "here", "p", root=tmp_path / "data") as project:
        add(project)
    (tmp_path / "far").mkdir()
    shutil.move(tmp_path / "here", tmp_path / "far" / "there")
    with Project.open(tmp_path / "far" / "there") as project:
        assert project.sample(1).clip_path == tmp_path / "data" / "s01" / "c01"


def test_a_root_beside_is_found_when_both_moved_together(tmp_path, add):
    (tmp_path / "disk" / "data").mkdir(parents=True)
    with Project.create(tmp_path / "disk" / "p", "p", root=tmp_path / "disk" / "data") as project:
        add(project)
    shutil.move(tmp_path / "disk", tmp_path / "other")
    with Project.open(tmp_path / "other" / "p") as project:
        assert project.sample(1).clip_path == tmp_path / "other" / "data" / "s01" / "c01"


def test_a_new_root_is_remembered_and_journalled(project, folder, tmp_path):
    project.set_root(tmp_path / "moved")
    assert project.sample(1).clip_path == tmp_path / "moved" / "s01" / "c01"
    project.close()
    with Project.open(folder) as again:
        assert again.root == tmp_path / "moved"
        assert again.history()[-1].text == "Clip folder moved"


def test_a_clip_outside_the_root_keeps_its_whole_path(tmp_path, add):
    with Project.create(tmp_path / "p", "p") as project:
        assert add(project, clip_path=tmp_path / "x.avi").clip_path == tmp_path / "x.avi"
    shutil.move(tmp_path / "p", tmp_path / "q")
    with Project.open(tmp_path / "q") as project:
        assert project.sample(1).clip_path == tmp_path / "x.avi"


@pytest.mark.parametrize("name", ["a", "ä ö", "a/../b", "with%20percent"])
def test_paths_are_stored_and_found_again(tmp_path, name):
    root = Root(tmp_path)
    stored = root.relative(tmp_path / name)
    assert not stored.startswith("/")
    assert root.absolute(stored) == (tmp_path / name).resolve()


def test_a_root_that_is_nowhere_is_reported_where_it_was(tmp_path):
    stored, seen = root_texts(tmp_path / "gone", tmp_path / "p")
    assert find_root(stored, seen, tmp_path / "x" / "p").folder == tmp_path / "gone"
