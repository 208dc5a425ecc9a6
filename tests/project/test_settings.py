import json

import pytest

from meviewer.core.errors import StorageError
from meviewer.project.settings import (
    Settings,
    log_folder,
    read_settings,
    save_quietly,
    settings_path,
    with_recent,
    write_settings,
)


def test_settings_come_back_as_they_were(own_home):
    assert read_settings() == Settings()
    chosen = Settings(
        theme="light",
        coder="Ä",
        recent=("/a", "/b"),
        window_size=(1000, 700),
        window_state={"annotate": "AAA="},
        keys={"set_onset": "I"},
        options={"train.device": "cuda:0"},
    )
    write_settings(chosen)
    assert read_settings() == chosen
    assert settings_path().is_relative_to(own_home)
    assert log_folder().is_relative_to(own_home)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"theme": "purple"}',
        b'{"window_size": [0, 0]}',
        b'{"recent": "no list"}',
        b'{"coder": ""}',
        b'{"options": ' + b"[" * 100_000,
    ],
)
def test_settings_that_are_not_understood_are_kept_beside(tmp_path, text):
    path = tmp_path / "settings.json"
    path.write_bytes(text)
    assert read_settings(path) == Settings()
    assert (tmp_path / "settings.json.bad").read_bytes() == text
    assert not path.exists()
    write_settings(Settings(coder="B"), path)
    assert read_settings(path).coder == "B"


def test_fields_of_a_newer_version_do_no_harm(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"coder": "B", "hologram": True}))
    assert read_settings(path).coder == "B"
    assert path.exists()


def test_a_file_that_may_not_be_read_gives_defaults(guarded):
    path = guarded.folder / "settings.json"
    path.mkdir()
    guarded(guarded.folder)
    assert read_settings(path) == Settings()


def test_a_folder_that_may_not_be_written_is_named_and_not_fatal(guarded):
    path = guarded.folder / "settings.json"
    write_settings(Settings(coder="B"), path)
    guarded(guarded.folder)
    with pytest.raises(StorageError):
        write_settings(Settings(coder="C"), path)
    assert not save_quietly(Settings(coder="C"), path)
    assert not save_quietly(Settings(coder="C"), guarded.folder / "new" / "settings.json")
    assert read_settings(path).coder == "B"
    assert [found.name for found in guarded.folder.iterdir()] == ["settings.json"]


def test_bad_settings_in_a_read_only_folder_give_defaults(guarded):
    path = guarded.folder / "settings.json"
    path.write_text("{")
    guarded(guarded.folder)
    assert read_settings(path) == Settings()
    assert path.read_text() == "{"


def test_the_newest_path_is_first_and_once(tmp_path):
    settings = Settings()
    for name in (*map(str, range(14)), "5"):
        settings = with_recent(settings, tmp_path / name)
    assert settings.recent[:2] == (str(tmp_path / "5"), str(tmp_path / "13"))
    assert len(settings.recent) == len(set(settings.recent)) == 12
    assert save_quietly(settings)
