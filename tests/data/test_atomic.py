"""Files are replaced whole or not at all, whatever the disk says."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from meviewer.core.errors import StorageError
from meviewer.data.atomic import replacing, write_bytes, write_text


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"old")
    return path


def _refuse(code):
    def refuse(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    return refuse


def _only(folder):
    return sorted(path.name for path in folder.iterdir())


def test_bytes_and_text_take_the_place_of_the_old(target):
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"
    write_text(target, "größer\r\n")
    assert target.read_bytes() == "größer\r\n".encode()
    assert _only(target.parent) == ["labels.csv"]


_FAULTS = [
    (errno.ENOSPC, "full"),
    (errno.EDQUOT, "quota"),
    (errno.EACCES, "not allowed"),
    (errno.EROFS, "read-only"),
    (errno.EIO, "fault"),
    (errno.ENOTCONN, os.strerror(errno.ENOTCONN)),
]


@pytest.mark.parametrize(("code", "words"), _FAULTS)
@pytest.mark.parametrize("call", ["replace", "fsync", "open"])
def test_a_refusal_of_the_system_keeps_the_old_file_and_leaves_nothing(
    call, code, words, target, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(os, call, _refuse(code))
        with pytest.raises(StorageError, match="Could not write") as caught:
            write_bytes(target, b"new")
    assert words in str(caught.value)
    assert str(target) in caught.value.where
    assert caught.value.now
    assert target.read_bytes() == b"old"
    assert _only(target.parent) == ["labels.csv"]


@pytest.mark.parametrize(("code", "words"), _FAULTS)
def test_a_refusal_while_bytes_are_written(code, words, target, monkeypatch):
    opened = Path.open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            self.file.close()

        def write(self, data):
            self.file.write(data[:1])
            raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda self, *args: Full(opened(self, *args)))
        with pytest.raises(StorageError, match=words):
            write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert _only(target.parent) == ["labels.csv"]


def test_a_full_disk_is_told_kindly_when_the_caller_writes(target):
    with pytest.raises(StorageError, match="full"):
        _write_half(target, OSError(errno.ENOSPC, "No space left on device"))
    assert target.read_bytes() == b"old"
    assert _only(target.parent) == ["labels.csv"]


def _write_half(target, error):
    with replacing(target) as beside:
        beside.write_bytes(b"half")
        raise error


def test_errors_of_the_caller_stay_their_own(target):
    for error in (ValueError("mine"), FileNotFoundError(errno.ENOENT, "mine"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            _write_half(target, error)
        assert target.read_bytes() == b"old"
        assert _only(target.parent) == ["labels.csv"]


def test_a_folder_that_cannot_be_flushed_is_no_failure(target, monkeypatch):
    fsync = os.fsync

    def only_files(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no fsync on folders here")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"


def test_the_bytes_are_on_disk_before_the_name_changes(target, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("replace"), replace(a, b)))
    write_bytes(target, b"new")
    assert done == ["fsync", "replace", "fsync"]


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path):
    with pytest.raises(StorageError, match="does not exist"):
        write_bytes(tmp_path / "nowhere" / "file", b"x")
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="folder of that name"):
        write_bytes(tmp_path / "taken", b"x")
    assert _only(tmp_path) == ["taken"]


def test_a_link_is_followed_and_the_mode_is_kept(target):
    target.chmod(0o640)
    link = target.with_name("link.csv")
    link.symlink_to(target)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_the_file_beside_keeps_its_ending_and_long_names_fit(tmp_path):
    path = tmp_path / ("表" * 80 + ".png")
    with replacing(path) as beside:
        assert beside.suffix == ".png"
        assert beside.parent == tmp_path
        beside.write_bytes(b"x")
    assert _only(tmp_path) == [path.name]
