import os
import shutil
import time

import pytest
from factories import annotation

from meviewer.core.annotation import Annotation
from meviewer.core.errors import StorageError
from meviewer.project import backup as backups
from meviewer.project.project import Entry, Project


def _edit(project):
    project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))


def test_a_backup_in_place_of_the_file_is_the_project_as_it_was(project, folder):
    _edit(project)
    copy = project.backup()
    project.append(Entry(1, "A", "undo", "Add event", annotation(), Annotation()))
    project.close()
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    assert copy.read_bytes()[18:20] == b"\x01\x01", "a copy must not need side files"
    shutil.copyfile(copy, folder / "project.meviewer")
    with Project.open(folder) as again:
        assert again.annotation(1, "A") == annotation()
        assert again.check_chain().ok


def test_a_backup_holds_what_another_thread_has_not_yet_folded_in(project):
    _edit(project)
    with Project.open(project.folder, read_only=True) as reader:
        assert reader.annotation(1, "A") == annotation()
        copy = project.backup()
    restored = project.folder.parent / "restored"
    restored.mkdir()
    shutil.copyfile(copy, restored / "project.meviewer")
    with Project.open(restored) as again:
        assert again.annotation(1, "A") == annotation()


def test_only_the_newest_ten_are_kept(project, folder):
    copies = []
    for _ in range(13):
        _edit(project)
        copies.append(project.backup())
    assert backups.kept(folder) == copies[-10:]


def test_opening_makes_a_daily_copy_of_what_changed(project, folder):
    _edit(project)
    project.close()
    Project.open(folder).close()
    (first,) = backups.kept(folder)
    with Project.open(folder) as again:
        _edit(again)
    Project.open(folder).close()
    assert backups.kept(folder) == [first]
    yesterday = time.time() - 25 * 3600
    os.utime(first, (yesterday, yesterday))
    Project.open(folder).close()
    assert len(backups.kept(folder)) == 2
    os.utime(backups.kept(folder)[1], (yesterday, yesterday))
    Project.open(folder).close()
    assert len(backups.kept(folder)) == 2


def test_a_backup_that_fails_leaves_nothing_half_written(project, folder, monkeypatch):
    _edit(project)
    (folder / "backups").mkdir(exist_ok=True)
    before = sorted((folder / "backups").iterdir())
    monkeypatch.setattr("pathlib.Path.replace", _refuse)
    with pytest.raises(StorageError, match="No space left"):
        project.backup()
    assert sorted((folder / "backups").iterdir()) == before


def test_a_project_opens_though_its_backup_fails_and_says_so(project, folder, monkeypatch):
    project.close()
    monkeypatch.setattr("pathlib.Path.replace", _refuse)
    with Project.open(folder) as again:
        assert not again.read_only
        assert "backup-failed" in {finding.kind for finding in again.findings()}


def _refuse(self, target):
    raise OSError(28, "No space left on device")
