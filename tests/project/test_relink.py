"""Clips that were moved are found again, by root, by name and by content."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from factories import moving_frames, write_clip

from meviewer.core.errors import ProjectError
from meviewer.data.clip import open_clip
from meviewer.project import relink
from meviewer.project.clips import add_clip
from meviewer.project.project import Project


class Watcher:
    def __init__(self, patience=10**6):
        self.patience, self.heard = patience, []

    @property
    def cancelled(self):
        self.patience -= 1
        return self.patience < 0

    def report(self, share, text=""):
        self.heard.append((share, text))


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def project(tmp_path, data):
    """Two people with two clips each, and one clip outside the root."""
    with Project.create(tmp_path / "p", "p", data) as made:
        places = [data / s / c for s in ("s01", "s02") for c in ("c01", "c02")]
        for seed, place in enumerate([*places, tmp_path / "lone" / "s09" / "c09"]):
            with open_clip(write_clip(place, moving_frames(12, 40, 32, seed=seed))) as clip:
                add_clip(made, place.parent.name, place.name, clip)
        yield made


def paths(project):
    return {f"{s.subject}/{s.name}": s.clip_path for s in project.samples()}


def names(clips):
    return [clip.name for clip in clips]


# ------------------------------------------------------------------ by root
def test_a_new_root_is_tried_and_counted_before_anything_changes(project, data, tmp_path):
    data.rename(tmp_path / "elsewhere")
    before = paths(project)
    plan = relink.by_root(project, tmp_path / "elsewhere")
    assert (plan.n_clips, len(plan.found), len(plan.missing)) == (5, 4, 1)
    assert all(place.same for place in plan.found)
    assert paths(project) == before
    assert relink.apply(project, plan) == 4
    assert project.root == tmp_path / "elsewhere"
    assert all(path.exists() for path in paths(project).values())
    assert project.check_chain().ok


def test_clips_that_did_not_move_along_stay_where_they_are(project, data, tmp_path):
    (tmp_path / "new").mkdir()
    (data / "s01").rename(tmp_path / "new" / "s01")
    plan = relink.by_root(project, tmp_path / "new")
    assert [place.clip.name for place in plan.found] == ["s01/c01", "s01/c02"]
    relink.apply(project, plan)
    assert paths(project)["s02/c01"] == data / "s02" / "c01"
    assert all(path.exists() for path in paths(project).values())


def test_a_clip_outside_the_root_is_looked_for_by_the_end_of_its_path(project, data, tmp_path):
    shutil.move(tmp_path / "lone" / "s09", data / "s09")
    plan = relink.by_root(project, data)
    assert not plan.missing
    relink.apply(project, plan)
    assert paths(project)["s09/c09"] == data / "s09" / "c09"


def test_a_folder_below_the_old_root_does_as_well(tmp_path):
    with Project.create(tmp_path / "p", "p", tmp_path) as project:
        with open_clip(write_clip(tmp_path / "data" / "s01" / "c01")) as clip:
            add_clip(project, "s01", "c01", clip)
        (tmp_path / "data").rename(tmp_path / "films")
        plan = relink.by_root(project, tmp_path / "films")
        assert relink.apply(project, plan) == 1
        assert paths(project)["s01/c01"] == tmp_path / "films" / "s01" / "c01"


def test_a_place_with_other_content_is_found_and_said(project, data, tmp_path):
    data.rename(tmp_path / "x")
    shutil.rmtree(tmp_path / "x" / "s01" / "c01")
    write_clip(tmp_path / "x" / "s01" / "c01", moving_frames(9, 40, 32, seed=7))
    plan = relink.by_root(project, tmp_path / "x")
    assert [(p.clip.name, p.same) for p in plan.found][:2] == [
        ("s01/c01", False),
        ("s01/c02", True),
    ]


def test_a_root_that_is_not_there_is_an_error(project, tmp_path):
    with pytest.raises(ProjectError):
        relink.by_root(project, tmp_path / "nowhere")
    with pytest.raises(ProjectError):
        relink.by_search(project, tmp_path / "nowhere")


def test_nothing_has_changed_if_a_clip_cannot_be_relocated(project, data, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    (data / "s01").rename(tmp_path / "new" / "s01")
    plan = relink.by_root(project, tmp_path / "new")

    def fail(*_):
        raise ProjectError("no")

    monkeypatch.setattr("meviewer.project.samples.relocate", fail)
    with pytest.raises(ProjectError):
        relink.apply(project, plan)
    assert project.root == data
    with Project.open(project.folder, read_only=True) as again:
        assert again.root == data


# ------------------------------------------------------------------ by search
def test_only_missing_clips_are_looked_for(project, tmp_path):
    assert relink.by_search(project, tmp_path) == relink.RelinkPlan(0)


def test_moved_folders_are_found_by_the_end_of_the_path(project, data, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (data / "s01").rename(tmp_path / "deep" / "er" / "s01")
    watcher = Watcher()
    plan = relink.by_search(project, tmp_path / "deep", watcher)
    assert [(p.clip.name, p.same) for p in plan.found] == [("s01/c01", True), ("s01/c02", True)]
    assert relink.apply(project, plan) == 2
    assert paths(project)["s01/c01"] == tmp_path / "deep" / "er" / "s01" / "c01"
    assert [row.kind for row in project.history()][-2:] == ["moved", "moved"]
    assert watcher.heard


def test_a_renamed_clip_is_found_by_its_content(project, data, tmp_path):
    (data / "s01" / "c01").rename(data / "s01" / "first try")
    (place,) = relink.by_search(project, data).found
    assert (place.path, place.same) == (data / "s01" / "first try", True)


def test_of_clips_of_one_name_the_one_with_the_content_is_taken(project, data, tmp_path):
    (data / "s01" / "c01").rename(tmp_path / "c01")
    for n in range(2):
        write_clip(tmp_path / f"other{n}" / "s01" / "c01", moving_frames(12, 40, 32, seed=20 + n))
    (place,) = relink.by_search(project, tmp_path).found
    assert (place.path, place.same) == (tmp_path / "c01", True)


def test_of_copies_the_one_with_the_longest_equal_end_is_taken(project, data, tmp_path):
    for place in ("a/c01", "b/s01/c01", "c/x/c01"):
        shutil.copytree(data / "s01" / "c01", tmp_path / "copies" / place)
    shutil.rmtree(data / "s01" / "c01")
    (place,) = relink.by_search(project, tmp_path / "copies").found
    assert place.path == tmp_path / "copies" / "b" / "s01" / "c01"


def test_a_changed_clip_at_the_end_of_the_path_is_taken_and_said(project, data, tmp_path):
    shutil.rmtree(data / "s01" / "c01")
    write_clip(tmp_path / "new" / "s01" / "c01", moving_frames(10, 40, 32, seed=9))
    (place,) = relink.by_search(project, tmp_path / "new").found
    assert not place.same


def test_several_that_may_be_meant_are_listed_and_none_is_taken(project, data, tmp_path):
    shutil.rmtree(data / "s01" / "c01")
    for n in range(2):
        write_clip(tmp_path / f"new{n}" / "s01" / "c01", moving_frames(10, 40, 32, seed=30 + n))
    plan = relink.by_search(project, tmp_path)
    (doubt,) = plan.doubtful
    assert len(doubt.paths) == 2
    assert relink.apply(project, plan) == 0
    assert paths(project)["s01/c01"] == data / "s01" / "c01"


def test_the_same_name_alone_is_a_doubt(project, data):
    shutil.rmtree(data / "s01" / "c01")
    plan = relink.by_search(project, data)
    assert names(doubt.clip for doubt in plan.doubtful) == ["s01/c01"]
    assert not plan.found


def test_what_is_nowhere_stays_missing(project, data, tmp_path):
    shutil.rmtree(data)
    (tmp_path / "empty").mkdir()
    plan = relink.by_search(project, tmp_path / "empty")
    assert len(plan.missing) == 4
    assert plan.complete


def test_two_clips_of_the_same_content_may_end_on_one_copy(tmp_path):
    with Project.create(tmp_path / "p", "p", tmp_path / "d") as project:
        write_clip(tmp_path / "d" / "s01" / "c01")
        shutil.copytree(tmp_path / "d" / "s01" / "c01", tmp_path / "d" / "s02" / "c01")
        for subject in ("s01", "s02"):
            with open_clip(tmp_path / "d" / subject / "c01") as clip:
                add_clip(project, subject, "c01", clip)
        (tmp_path / "new").mkdir()
        (tmp_path / "d" / "s01" / "c01").rename(tmp_path / "new" / "c01")
        shutil.rmtree(tmp_path / "d")
        assert relink.apply(project, relink.by_search(project, tmp_path / "new")) == 2
        assert set(paths(project).values()) == {tmp_path / "new" / "c01"}


def test_of_clips_of_the_same_content_a_name_tells_which_is_meant(tmp_path):
    with Project.create(tmp_path / "p", "p", tmp_path / "d") as project:
        for subject, name in (("s01", "c01"), ("s02", "c02")):
            with open_clip(write_clip(tmp_path / "d" / subject / name, moving_frames(12))) as clip:
                add_clip(project, subject, name, clip)
        (tmp_path / "new").mkdir()
        (tmp_path / "d" / "s01").rename(tmp_path / "new" / "s01")
        shutil.rmtree(tmp_path / "d" / "s02")
        plan = relink.by_search(project, tmp_path / "new")
        assert names(place.clip for place in plan.found) == ["s01/c01"]
        assert names(plan.missing) == ["s02/c02"]


def test_a_video_is_found_by_its_content(tmp_path):
    from e2e.videos import write_video

    with Project.create(tmp_path / "p", "p", tmp_path / "d") as project:
        (tmp_path / "d").mkdir()
        video = write_video(tmp_path / "d" / "a.mp4", moving_frames(12, 48, 64))
        with open_clip(video) as clip:
            add_clip(project, "s01", "a", clip)
        (tmp_path / "new").mkdir()
        video.rename(tmp_path / "new" / "b.mp4")
        write_video(tmp_path / "new" / "c.mp4", moving_frames(12, 48, 64, seed=4))
        (place,) = relink.by_search(project, tmp_path / "new").found
        assert place.path == tmp_path / "new" / "b.mp4"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_in_circles_end(project, data, tmp_path):
    (data / "s01" / "c01").rename(data / "s01" / "moved")
    (data / "s01" / "round").symlink_to(data, target_is_directory=True)
    (place,) = relink.by_search(project, data).found
    assert place.path == data / "s01" / "moved"


@pytest.mark.parametrize("patience", [0, 1, 3, 6])
def test_a_search_that_nobody_waits_for_ends_and_says_so(project, data, tmp_path, patience):
    data.rename(tmp_path / "x")
    plan = relink.by_search(project, tmp_path / "x", Watcher(patience))
    assert not plan.complete
    assert len(plan.found) + len(plan.doubtful) + len(plan.missing) == 4


def test_a_search_is_bounded(project, data, tmp_path, monkeypatch):
    data.rename(tmp_path / "x")
    monkeypatch.setattr("meviewer.project.relink_search.MOST_FOLDERS", 2)
    assert not relink.by_search(project, tmp_path / "x").complete


def test_the_folder_of_a_clip_itself_may_be_named(project, data, tmp_path):
    (data / "s01" / "c01").rename(tmp_path / "c01")
    (place,) = relink.by_search(project, tmp_path / "c01").found
    assert place.path == Path(tmp_path / "c01")
