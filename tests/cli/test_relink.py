"""``meviewer relink`` from the command line."""

import json
import shutil

import pytest
from factories import moving_frames, write_clip, write_project

from meviewer.__main__ import main
from meviewer.data.clip import open_clip
from meviewer.project import repair
from meviewer.project.project import Project

FRAMES = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)


@pytest.fixture
def project(tmp_path):
    """Two subjects with two clips each, whose label frames are marked."""
    folder = write_project(tmp_path / "project", tmp_path / "data", FRAMES)
    with Project.open(folder) as opened:
        for sample in opened.samples():
            with open_clip(sample.clip_path) as clip:
                repair.catch_up(opened, sample.id, clip)
    return folder


def answer(capsys, *words, status=0):
    assert main(["relink", *map(str, words), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def cut(place, by, seed=None):
    shutil.rmtree(place)
    frames = FRAMES if seed is None else moving_frames(60, 96, 80, seed=seed)
    write_clip(place, frames[by:], 1)


def onsets(folder, coder="A"):
    with Project.open(folder, read_only=True) as opened:
        return [opened.annotation(s.id, coder).events[0].onset for s in opened.samples()]


def test_nothing_is_missing(project, capsys):
    found = answer(capsys, project)
    assert (found["n_clips"], found["clips"], found["labels"]) == (4, [], [])


def test_a_missing_clip_is_named(project, tmp_path, capsys):
    shutil.rmtree(tmp_path / "data" / "s01" / "c01")
    found = answer(capsys, project, status=1)
    assert [(one["clip"], one["state"]) for one in found["clips"]] == [("s01/c01", "missing")]


def test_a_new_root(project, tmp_path, capsys):
    (tmp_path / "data").rename(tmp_path / "moved")
    dry = answer(capsys, project, "--root", tmp_path / "moved", "--dry-run")
    assert dry["n_relinked"] == 0
    assert [one["state"] for one in dry["clips"]] == ["same"] * 4
    assert answer(capsys, project, "--root", tmp_path / "moved")["n_relinked"] == 4
    assert answer(capsys, project)["clips"] == []


def test_a_search(project, tmp_path, capsys):
    (tmp_path / "far" / "off").mkdir(parents=True)
    (tmp_path / "data" / "s02").rename(tmp_path / "far" / "off" / "s02")
    assert answer(capsys, project, "--search", tmp_path / "far")["n_relinked"] == 2
    assert answer(capsys, project)["clips"] == []


def test_labels_of_cut_clips_move_with_their_frames(project, tmp_path, capsys):
    cut(tmp_path / "data" / "s01" / "c01", 7)
    dry = answer(capsys, project, "--repair", "--dry-run")
    assert [(one["shift"], one["moved"]) for one in dry["labels"]] == [(-7.0, False)]
    assert onsets(project) == [12, 12, 12, 12]
    (done,) = answer(capsys, project, "--repair")["labels"]
    assert (done["clip"], done["coder"], done["kind"], done["moved"]) == (
        "s01/c01", "A", "trimmed", True
    )  # fmt: skip
    assert onsets(project) == [5, 12, 12, 12]
    assert answer(capsys, project, "--repair")["labels"] == []
    with Project.open(project) as opened:
        assert opened.check_chain().ok
        assert opened.steps(1, "A").entries[-1].text == "Move labels by −7 frames"


def test_labels_on_another_clip_are_left_alone(project, tmp_path, capsys):
    cut(tmp_path / "data" / "s01" / "c01", 0, seed=5)
    (said,) = answer(capsys, project, "--repair", status=1)["labels"]
    assert (said["kind"], said["moved"]) == ("other", False)
    assert onsets(project) == [12, 12, 12, 12]
    assert len(answer(capsys, project, "--repair", status=1)["labels"]) == 1


def test_moved_and_cut_at_once(project, tmp_path, capsys):
    cut(tmp_path / "data" / "s02" / "c02", 4)
    (tmp_path / "data").rename(tmp_path / "x")
    found = answer(capsys, project, "--root", tmp_path / "x", "--repair")
    assert [one["state"] for one in found["clips"]] == ["same", "same", "same", "changed"]
    assert [(one["clip"], one["shift"]) for one in found["labels"]] == [("s02/c02", -4.0)]
    assert onsets(project) == [12, 12, 12, 8]


def test_words_for_a_person(project, tmp_path, capsys):
    cut(tmp_path / "data" / "s01" / "c01", 7)
    assert main(["relink", str(project), "--repair"]) == 0
    said = capsys.readouterr().out
    assert "trimmed     s01/c01, labels of A: The clip begins 7 frames later" in said
    assert "Labels moved." in said
    assert "4 clips, 0 missing" in said


def test_words_about_a_search(project, tmp_path, capsys):
    (tmp_path / "data" / "s02").rename(tmp_path / "s02")
    assert main(["relink", str(project), "--search", str(tmp_path)]) == 0
    words = "2 clips looked for: 2 found, 0 doubtful, 0 missing; 2 relinked"
    assert words in capsys.readouterr().out


def test_root_and_search_exclude_each_other(project, tmp_path):
    with pytest.raises(SystemExit):
        main(["relink", str(project), "--root", str(tmp_path), "--search", str(tmp_path)])


def test_a_folder_that_is_not_there(project, tmp_path, capsys):
    assert main(["relink", str(project), "--search", str(tmp_path / "nowhere")]) == 2
    assert "no such folder" in capsys.readouterr().err
