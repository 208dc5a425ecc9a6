"""A full disk while HDF5 writes is an error, not a crash of the process."""

from __future__ import annotations

import errno
import subprocess
import sys

import h5py
import numpy as np
import pytest

from meviewer.core.errors import StorageError
from meviewer.data.atomic import replacing
from meviewer.data.hdf5_file import new_hdf5


def test_what_is_written_can_be_read(tmp_path):
    path = tmp_path / "a.h5"
    with new_hdf5(path) as new:
        new.root["values"] = np.arange(10_000)
        new.root["values"].attrs["unit"] = "px"
        new.check()
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["values"][:], np.arange(10_000))
        assert file["values"].attrs["unit"] == "px"


# The limit holds for a whole process; so does what HDF5 leaves behind when it crashes.
_FULL = """
import resource, sys
import numpy as np
from pathlib import Path
from meviewer.core.errors import StorageError
from meviewer.data.clip_hdf5 import write_hdf5
from meviewer.data.clip import open_clip

path = Path(sys.argv[1])
write_hdf5(path, np.zeros((2, 50, 50, 3), np.uint8))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_hdf5(path, np.ones((int(sys.argv[2]), 50, 50, 3), np.uint8))
except StorageError as error:
    print(error.why)
print(open_clip(path).n_frames)
"""


@pytest.mark.parametrize("n_frames", [26, 27, 400])
def test_a_limit_reached_while_writing_ends_in_an_error(n_frames, tmp_path):
    path = tmp_path / "a.h5"
    command = [sys.executable, "-c", _FULL, str(path), str(n_frames)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the file would be larger than is allowed here\n2\n"
    assert [file.name for file in tmp_path.iterdir()] == ["a.h5"]


def test_the_first_refusal_is_the_one_that_is_told(tmp_path, monkeypatch):
    from meviewer.data import hdf5_file

    def refuse(self, view):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(hdf5_file._Accepting, "_write_all", refuse)
    with pytest.raises(StorageError, match="full"):
        _write(tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == []


def _write(path):
    with replacing(path) as beside, new_hdf5(beside) as new:
        new.root["values"] = np.arange(1000)
