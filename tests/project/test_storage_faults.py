"""A disk that refuses changes nothing: not the file, not what the open project says."""

import contextlib
import resource
import signal
import sqlite3
import subprocess

import pytest
from factories import annotation, event

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError, ProjectError, ReadOnlyError, StorageError
from meviewer.project.project import Entry, Project
from meviewer.project.storage_errors import explain


def _big(i):
    """An edit that takes several pages."""
    from dataclasses import replace

    return annotation(replace(event(1, i, i + 1, i + 2), notes=f"{i} " * 4000))


def _fill(project, now=None):
    """Edit until the disk refuses; return the labels that were acknowledged last, and the error."""
    now = now or Annotation()
    for i in range(5000):
        after = _big(i)
        try:
            project.append(Entry(1, "A", "edit", f"Step {i}", now, after))
        except StorageError as error:
            return now, error
        now = after
    raise AssertionError("the disk never refused")


def _is_as_acknowledged(project, now, rows):
    assert project.annotation(1, "A") == now
    assert project.check_chain().ok
    assert project.check_chain().rows == rows
    assert project.steps(1, "A").index == rows - 1


@contextlib.contextmanager
def _file_size_limit(n_bytes):
    """Let no file grow beyond some bytes: the write fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_loses_nothing_and_editing_goes_on_when_there_is_room(project, folder):
    with _file_size_limit(300_000):
        now, error = _fill(project)
        rows = project.check_chain().rows
        _is_as_acknowledged(project, now, rows)
    assert str(folder) in error.where
    assert error.now
    project.append(Entry(1, "A", "edit", "Step", now, annotation()))
    project.close()
    with Project.open(folder) as project:
        _is_as_acknowledged(project, annotation(), rows + 1)


def test_a_really_full_disk_loses_nothing(small_disk, add):
    with Project.create(small_disk / "p", "p") as project:
        add(project)
        now, error = _fill(project)
        assert "full" in error.why
        rows = project.check_chain().rows
        _is_as_acknowledged(project, now, rows)
    with Project.open(small_disk / "p") as project:
        _is_as_acknowledged(project, now, rows)


def test_a_project_on_a_full_disk_can_be_read(small_disk, add):
    with Project.create(small_disk / "p", "p") as project:
        add(project)
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
    with Project.open(small_disk / "p") as project:
        assert project.read_only
        assert project.why_read_only
        assert project.annotation(1, "A") == annotation()
    (small_disk / "filler").unlink()
    with Project.open(small_disk / "p") as project:
        assert not project.read_only


def test_a_full_database_says_that_the_disk_is_full(project):
    with project._database.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    now, error = _fill(project)
    assert "full" in error.why
    _is_as_acknowledged(project, now, project.check_chain().rows)


def test_a_full_disk_takes_a_bulk_back_as_a_whole(project, add):
    def import_many():
        with project.bulk():
            for i in range(500):
                add(project, "s02", f"c{i:03}")
                # A caller that swallows the error of one row must not commit half of the import.
                with contextlib.suppress(StorageError):
                    project.set_tier(1, "A", _big(i), "import")

    with pytest.raises(StorageError), _file_size_limit(300_000):
        import_many()
    assert len(project.samples()) == 1
    assert project.annotation(1, "A") == Annotation()
    assert project.check_chain().rows == 1
    project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))


def test_a_bulk_whose_last_row_did_not_fit_is_no_success(project, add):
    def import_some():
        with project.bulk():
            add(project, "s02", "c01")
            with contextlib.suppress(StorageError):
                for i in range(500):
                    project.set_tier(1, "A", _big(i), "import")

    with pytest.raises(StorageError), _file_size_limit(300_000):
        import_some()
    assert len(project.samples()) == 1


class _Failing:
    """A connection whose n-th statement of a kind fails."""

    def __init__(self, connection, word, error):
        self._connection, self._word, self._error = connection, word, error

    def execute(self, statement, *values):
        if statement.startswith(self._word):
            raise self._error
        return self._connection.execute(statement, *values)

    def __getattr__(self, name):
        return getattr(self._connection, name)


def _sqlite_error(name):
    error = sqlite3.OperationalError("injected")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize("word", ["BEGIN", "INSERT INTO journal", "UPDATE journal_head", "COMMIT"])
@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_IOERR_FSYNC", "SQLITE_READONLY"])
def test_a_fault_at_any_step_changes_nothing(project, word, name):
    database = project._database
    sound = database._writer
    database._writer = _Failing(sound, word, _sqlite_error(name))
    with pytest.raises(StorageError):
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    database._writer = sound
    _is_as_acknowledged(project, Annotation(), 1)
    project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    _is_as_acknowledged(project, annotation(), 2)


@pytest.mark.parametrize(
    ("name", "kind", "word"),
    [
        ("SQLITE_FULL", StorageError, "full"),
        ("SQLITE_READONLY_DBMOVED", StorageError, "read-only"),
        ("SQLITE_CANTOPEN", StorageError, "cannot be opened"),
        ("SQLITE_BUSY", StorageError, "another program"),
        ("SQLITE_IOERR_READ", StorageError, "disk reports"),
        ("SQLITE_CORRUPT", ProjectError, "injected"),
        ("SQLITE_CONSTRAINT_FOREIGNKEY", ProjectError, "injected"),
    ],
)
def test_each_refusal_is_named(tmp_path, name, kind, word):
    error = explain(_sqlite_error(name), "The project cannot be written", tmp_path / "p")
    assert type(error) is kind
    assert word in error.why


def test_a_project_that_another_program_holds_says_so(project, folder, monkeypatch):
    project._database._writer.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(folder / "project.meviewer", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"[Aa]nother program"):
        project.checkpoint("x")
    other.execute("ROLLBACK")
    other.close()
    assert project.checkpoint("x") == 2


@pytest.mark.parametrize("replaced", [False, True])
def test_edits_do_not_go_into_a_file_that_is_no_longer_there(project, folder, replaced):
    path = folder / "project.meviewer"
    data = path.read_bytes()
    path.rename(folder / "away")
    if replaced:
        path.write_bytes(data)
    with pytest.raises(StorageError, match="gone"):
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    (folder / "away").replace(path)
    project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))


def test_a_project_cannot_be_made_in_a_read_only_folder(guarded):
    guarded(guarded.folder)
    with pytest.raises(StorageError, match="Permission denied"):
        Project.create(guarded.folder / "a" / "b", "p")
    with pytest.raises(StorageError, match="cannot be created"):
        Project.create(guarded.folder, "p")
    assert list(guarded.folder.iterdir()) == []


def test_a_project_that_does_not_fit_leaves_nothing_behind(tmp_path):
    with pytest.raises(StorageError), _file_size_limit(9000):
        Project.create(tmp_path / "a" / "p", "p")
    assert list(tmp_path.iterdir()) == []


def test_a_project_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    def refuse(self, target):
        assert not target.exists()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(StorageError, match="No space left"):
        Project.create(tmp_path / "p", "p")
    assert list(tmp_path.iterdir()) == []


def test_a_project_does_not_overwrite_another(project, folder):
    project.close()
    before = (folder / "project.meviewer").read_bytes()
    with pytest.raises(ProjectError, match="one already"):
        Project.create(folder, "other")
    with pytest.raises(ProjectError, match="needs a name"):
        Project.create(folder / "new", " ")
    assert (folder / "project.meviewer").read_bytes() == before
    assert not (folder / "new").exists()


def _read_as_before(folder, copied):
    with Project.open(folder) as project:
        assert project.read_only
        assert (project._opened.scratch is not None) == copied
        assert "cannot be written" in project.why_read_only
        assert project.annotation(1, "A") == annotation()
        assert project.check_chain().ok
        with pytest.raises(ReadOnlyError):
            project.append(Entry(1, "A", "edit", "Step", annotation(), Annotation()))
        with pytest.raises(MeviewerError):
            project.backup()


def test_a_read_only_folder_can_be_read(guarded, add):
    with Project.create(guarded.folder / "p", "p") as project:
        add(project)
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    guarded(guarded.folder)
    before = sorted(guarded.folder.rglob("*"))
    _read_as_before(guarded.folder / "p", copied=False)
    assert sorted(guarded.folder.rglob("*")) == before


@pytest.mark.parametrize("side_files", ["-shm", ""])
def test_a_read_only_folder_with_edits_in_the_log_can_be_read(guarded, tmp_path, add, side_files):
    """As on a copy that was taken while the program ran."""
    target = guarded.folder / "p"
    target.mkdir()
    with Project.create(tmp_path / "p", "p") as project:
        add(project)
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
        for end in ("", "-wal", side_files):
            name = f"project.meviewer{end}"
            (target / name).write_bytes((tmp_path / "p" / name).read_bytes())
    guarded(guarded.folder)
    _read_as_before(target, copied=not side_files)


def test_a_read_only_file_in_a_writable_folder_can_be_read(guarded, add):
    with Project.create(guarded.folder / "p", "p") as project:
        add(project)
    guarded(guarded.folder / "p" / "project.meviewer")
    with Project.open(guarded.folder / "p") as project:
        assert project.read_only
        assert len(project.samples()) == 1


def test_a_read_only_mount_can_be_read(small_disk, add):
    with Project.create(small_disk / "p", "p") as project:
        add(project)
        project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    _read_as_before(small_disk / "p", copied=False)
