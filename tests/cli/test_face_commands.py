"""``meviewer face`` and ``meviewer models``."""

from __future__ import annotations

import json

import numpy as np
import pytest
from factories import write_clip

from meviewer.cli.main import main
from meviewer.data.clip import open_clip
from meviewer.data.face import models
from meviewer.project.clips import add_clip
from meviewer.project.project import Project


@pytest.fixture
def project(tmp_path):
    """A drawn face, and a clip without one."""
    from meviewer.synth.take import direct

    if not models.are_there():
        pytest.skip("the face models are not installed")
    face = np.asarray(direct(3, n_frames=8).shoot(0))
    folder = tmp_path / "project"
    with Project.create(folder, "faces", tmp_path) as made:
        for name, frame in (("face", face), ("nobody", np.full_like(face, 90))):
            with open_clip(write_clip(tmp_path / name, np.stack([frame] * 3))) as clip:
                add_clip(made, "s01", name, clip)
    return folder


def test_faces_of_a_project_are_found_and_told(project, capsys):
    assert main(["face", str(project), "--json"]).status == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["outcome"], first["share"]) == ("found", 1.0)
    assert second["outcome"] == "not found"
    assert main(["face", str(project)]).status == 0
    assert capsys.readouterr().out == "2 there\n"
    assert main(["face", str(project), "--again", "--reference", "onset"]).status == 0
    assert "not found: s01/nobody\n1 found, 1 not found" in capsys.readouterr().out


def test_a_face_without_models_ends_in_words(project, capsys, monkeypatch):
    monkeypatch.setattr(models, "folders", lambda: ())
    assert main(["face", str(project)]).status == 2
    assert "meviewer models --install" in capsys.readouterr().err


def test_too_few_frames_are_refused(project, capsys):
    assert main(["face", str(project), "--frames", "0"]).status == 2
    assert "--frames" in capsys.readouterr().err


def test_models_are_listed_with_their_checksums(capsys, monkeypatch):
    monkeypatch.setattr(models, "folders", lambda: ())
    assert main(["models"]).status == 1
    said = capsys.readouterr().out
    assert said.count("missing") == 3
    assert "meviewer models --install --from FILE" in said
    assert main(["models", "--json"]).status == 1
    listed = json.loads(capsys.readouterr().out)
    assert [len(one["sha256"]) for one in listed["models"]] == [64] * 3


def test_from_needs_install(capsys, tmp_path):
    assert main(["models", "--from", str(tmp_path)]).status == 2
    assert "--install" in capsys.readouterr().err


def test_installing_what_is_no_wheel_ends_in_words(capsys, tmp_path):
    assert main(["models", "--install", "--from", str(tmp_path / "x")]).status == 2
    assert "No models can be read from there" in capsys.readouterr().err
