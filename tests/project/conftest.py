"""Projects to test on, and folders that nobody may write."""

import os
import shutil
import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest

from meviewer.project.project import Project

_NOBODY = 65534


def _add(project, subject="s01", name="c01", **changed):
    fields = {
        "fingerprint": f"{subject}-{name}",
        "rate": Fraction(200),
        "n_frames": 100,
        "first_number": 1,
        "width": 40,
        "height": 48,
        **changed,
    }
    path = fields.pop("clip_path", project.root / subject / name)
    return project.add_sample(subject, name, path, **fields)


@pytest.fixture(scope="session")
def add():
    """Add a sample with sensible defaults."""
    return _add


@pytest.fixture
def folder(tmp_path):
    """Where a project may be made."""
    return tmp_path / "project"


@pytest.fixture
def project(folder):
    """An open project with one sample."""
    with Project.create(folder, "test") as made:
        _add(made)
        yield made


@pytest.fixture
def guarded():
    """Make a folder tree unwritable, for root too: the test goes on as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="meviewer-test-"))
    folder.chmod(0o755)
    was_root = os.geteuid() == 0

    def lock(path):
        for found in [*path.rglob("*"), path]:
            found.chmod(0o555 if found.is_dir() else 0o444)
        if was_root:
            os.seteuid(_NOBODY)

    lock.folder = folder
    yield lock
    if was_root:
        os.seteuid(0)
    for found in [folder, *folder.rglob("*")]:
        found.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 1 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small file system; a limit on file size is tested")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
