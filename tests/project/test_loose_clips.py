import shutil

import pytest
from factories import annotation, moving_frames, write_clip

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError
from meviewer.project.loose import is_project, loose_folder, loose_project
from meviewer.project.project import Entry


def _labelled(path):
    project, sample_id = loose_project(path)
    with project:
        project.append(Entry(sample_id, "A", "edit", "Add event", Annotation(), annotation()))
    return sample_id


def test_a_clip_seen_before_keeps_its_labels_also_when_it_moved(tmp_path, own_home):
    sample_id = _labelled(write_clip(tmp_path / "clip"))
    assert loose_folder().is_relative_to(own_home)
    assert is_project(loose_folder())
    shutil.move(tmp_path / "clip", tmp_path / "moved")
    project, again = loose_project(tmp_path / "moved")
    with project:
        assert again == sample_id
        assert project.annotation(again, "A") == annotation()
        assert project.sample(again).clip_path == tmp_path / "moved"


def test_clips_of_one_name_are_kept_apart(tmp_path):
    first = _labelled(write_clip(tmp_path / "a" / "s1" / "clip"))
    project, second = loose_project(
        write_clip(tmp_path / "b" / "s1" / "clip", moving_frames(seed=1))
    )
    with project:
        assert second != first
        assert project.sample(second).name == "clip (2)"
        assert project.annotation(second, "A") == Annotation()


def test_what_is_no_clip_adds_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(MeviewerError):
        loose_project(tmp_path / "empty")
    assert not is_project(loose_folder())


def test_a_second_window_reads_the_same_clip_and_keeps_a_new_one_elsewhere(tmp_path):
    known = write_clip(tmp_path / "known")
    first, sample_id = loose_project(known)
    second, same_id = loose_project(known)
    third, _ = loose_project(write_clip(tmp_path / "new", moving_frames(seed=1)))
    with first, second, third:
        assert not first.read_only
        assert second.read_only
        assert same_id == sample_id
        assert not third.read_only
        assert third.folder != first.folder
