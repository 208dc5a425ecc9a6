import shutil

import pytest
from factories import annotation, moving_frames, write_clip

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError
from meviewer.data.clip import open_clip
from meviewer.project.loose import is_project, loose_folder, loose_project
from meviewer.project.project import Entry
from meviewer.project.repair import catch_up


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


def _marked(path, frames):
    """Label a clip and let its frames be marked, as the window does."""
    project, sample_id = loose_project(write_clip(path, frames))
    with project, open_clip(path) as clip:
        project.append(Entry(sample_id, "A", "edit", "Add event", Annotation(), annotation()))
        catch_up(project, sample_id, clip)
    return sample_id


def test_a_clip_that_was_cut_where_it_lay_keeps_its_labels(tmp_path):
    frames = moving_frames()
    sample_id = _marked(tmp_path / "clip", frames)
    shutil.rmtree(tmp_path / "clip")
    project, again = loose_project(write_clip(tmp_path / "clip", frames[5:], 1))
    with project:
        assert again == sample_id
        assert project.annotation(again, "A") == annotation()


def test_another_clip_in_the_place_of_an_old_one_gets_none_of_its_labels(tmp_path):
    sample_id = _marked(tmp_path / "clip", moving_frames())
    shutil.rmtree(tmp_path / "clip")
    project, other = loose_project(write_clip(tmp_path / "clip", moving_frames(seed=7)))
    with project:
        assert other != sample_id
        assert project.annotation(other, "A") == Annotation()
