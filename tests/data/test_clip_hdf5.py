"""Clips in HDF5 files: exact, atomic, and refused in words."""

from __future__ import annotations

import errno
import os
import threading
from fractions import Fraction

import factories
import h5py
import numpy as np
import pytest

from meviewer.core.errors import ClipError, StorageError
from meviewer.data.clip import open_clip
from meviewer.data.clip_hdf5 import write_hdf5
from meviewer.data.frame_cache import FrameCache

_FRAMES = factories.moving_frames(n=9)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clip.h5"


def test_everything_comes_back(path):
    numbers, times = (3, 4, 5, 9, 10, 11, 12, 13, 14), tuple(i * 5.0 for i in range(9))
    write_hdf5(path, _FRAMES, Fraction(30000, 1001), numbers, times)
    with open_clip(path) as clip:
        assert (clip.kind, clip.name, clip.size) == ("HDF5", "clip", (48, 40))
        assert (clip.rate, clip.rate_known) == (Fraction(30000, 1001), True)
        assert (clip.numbers, clip.gaps, clip.pts_ms) == (numbers, (3,), times)
        assert clip.findings == ()
        for i in (8, 0, 4, 4):
            np.testing.assert_array_equal(clip.frame(i), _FRAMES[i])
        assert not clip.frame(0).flags.writeable


def test_a_clip_of_any_kind_can_be_written(path, tmp_path):
    folder = factories.write_clip(tmp_path / "folder", _FRAMES)
    with open_clip(folder) as source:
        write_hdf5(path, source, source.rate, source.numbers)
    with open_clip(path) as clip:
        assert clip.first_number == 101
        np.testing.assert_array_equal(np.stack(list(clip)), _FRAMES)


def test_one_frame_is_one_chunk_without_compression(path):
    write_hdf5(path, _FRAMES)
    with h5py.File(path) as file:
        assert file["frames"].chunks == (1, 48, 40, 3)
        assert file["frames"].compression is None
        assert (file.attrs["format"], file.attrs["version"]) == ("meviewer-clip", 1)


def test_grey_frames_become_three_channels(path):
    write_hdf5(path, _FRAMES[..., 0])
    with open_clip(path) as clip:
        assert clip.frame(0).shape == (48, 40, 3)
        np.testing.assert_array_equal(clip.frame(2)[..., 1], _FRAMES[2, ..., 0])
        assert [f.kind for f in clip.findings] == ["rate-assumed"]
        assert clip.numbers == tuple(range(9))


def test_the_fingerprint_follows_the_content(path, tmp_path):
    write_hdf5(path, _FRAMES, Fraction(200))
    other = tmp_path / "other.hdf5"
    write_hdf5(other, _FRAMES, Fraction(100), numbers=range(5, 14))
    changed = tmp_path / "changed.h5"
    write_hdf5(changed, _FRAMES[::-1])
    prints = []
    for place in (path, other, changed):
        with open_clip(place) as clip:
            prints.append(clip.fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_a_file_is_known_by_its_content_not_by_its_ending(path, tmp_path):
    write_hdf5(path, _FRAMES)
    moved = path.rename(tmp_path / "clip.data")
    with open_clip(moved) as clip:
        assert clip.n_frames == 9


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (lambda file: None, "no array /frames"),
        (lambda file: file.create_group("frames"), "no array /frames"),
        (lambda file: file.create_dataset("frames", data=np.zeros((3, 4, 5, 3))), "float64"),
        (lambda file: file.create_dataset("frames", data=np.zeros((3, 4), "u1")), r"\(3, 4\)"),
        (lambda file: file.create_dataset("frames", data=np.zeros((0, 4, 5), "u1")), r"\(0, 4"),
    ],
)
def test_other_hdf5_files_are_refused_in_words(fill, words, path):
    with h5py.File(path, "w") as file:
        fill(file)
    with pytest.raises(ClipError, match=words) as caught:
        open_clip(path)
    assert "clip.h5" in caught.value.where


@pytest.mark.parametrize("numbers", [[1, 2], [1, 1] + [2] * 7, ["a"] * 9])
def test_numbers_that_do_not_fit_are_refused(numbers, path):
    write_hdf5(path, _FRAMES)
    with h5py.File(path, "a") as file:
        file["numbers"] = numbers
    with pytest.raises(ClipError, match="/numbers"):
        open_clip(path)


def test_a_rate_that_is_none_is_reported(path):
    write_hdf5(path, _FRAMES)
    with h5py.File(path, "a") as file:
        file["frames"].attrs["rate"] = "fast"
    with open_clip(path) as clip:
        assert [f.kind for f in clip.findings] == ["rate-unreadable", "rate-assumed"]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.7])
def test_a_file_cut_off_is_refused(share, path):
    write_hdf5(path, _FRAMES)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ClipError, match=r"clip\.h5"):
        open_clip(path)


@pytest.mark.parametrize(
    ("frames", "numbers", "words"),
    [
        (_FRAMES[:0], None, "no frames"),
        (_FRAMES, [1, 2], "2 frame numbers for 9 frames"),
        (_FRAMES, [1] * 9, "do not increase"),
        ([*_FRAMES[:2], _FRAMES[0][:-1]], None, "frame index 2"),
        ([_FRAMES[0], _FRAMES[0].astype(float)], None, "frame index 1"),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(frames, numbers, words, path):
    with pytest.raises(ClipError, match=words):
        write_hdf5(path, frames, numbers=numbers)
    assert list(path.parent.iterdir()) == []


def test_a_refusal_keeps_the_old_file(path, monkeypatch):
    write_hdf5(path, _FRAMES)
    before = path.read_bytes()

    def refuse(*_paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match="full"):
            write_hdf5(path, _FRAMES[::-1])
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["clip.h5"]


def test_one_frame_and_threads(path):
    write_hdf5(path, _FRAMES[:1])
    with open_clip(path) as clip:
        assert "one-frame" in [f.kind for f in clip.findings]
    write_hdf5(path, _FRAMES)
    wrong = []
    with open_clip(path, cache=FrameCache(0)) as clip:

        def read():
            wrong.extend(i for i in range(9) if not np.array_equal(clip.frame(i), _FRAMES[i]))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    with pytest.raises(ClipError, match="closed"):
        clip.frame(0)
