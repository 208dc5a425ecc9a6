import os
import random
import sqlite3
import subprocess
import sys

import pytest
from factories import annotation

from meviewer.core.annotation import Annotation
from meviewer.core.errors import MeviewerError, ProjectError, ReadOnlyError
from meviewer.project import schema
from meviewer.project.lock import LOCK_FILE, FolderLock
from meviewer.project.project import Entry, Project

_FILE = "project.meviewer"


def _sql(folder, *statements):
    connection = sqlite3.connect(folder / _FILE, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def closed(folder, add):
    """The folder of a closed project with one label."""
    with Project.create(folder, "p") as project:
        add(project).clip_path.mkdir(parents=True)
        project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))
        project.add_run("r", "")
    return folder


def test_a_second_window_reads_and_is_told_why(closed):
    with Project.open(closed) as first, Project.open(closed) as second:
        assert not first.read_only
        assert second.read_only
        assert f"process {os.getpid()}" in second.why_read_only
        first.append(Entry(1, "A", "undo", "Add event", annotation(), Annotation()))
        assert second.annotation(1, "A") == Annotation()
        with pytest.raises(ReadOnlyError):
            second.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))
        with pytest.raises(ReadOnlyError), second.bulk():
            pass
    with Project.open(closed) as third:
        assert not third.read_only


def test_another_process_is_locked_out_too(closed):
    script = "import sys; from pathlib import Path; from meviewer.project.project import Project\n"
    script += "print(Project.open(Path(sys.argv[1])).read_only)"
    command = [sys.executable, "-c", script, str(closed)]
    with Project.open(closed):
        assert subprocess.check_output(command) == b"True\n"
    assert subprocess.check_output(command) == b"False\n"


def test_a_lock_file_without_a_holder_locks_nobody_out(closed):
    (closed / LOCK_FILE).write_text("process 1 on elsewhere since yesterday")
    with Project.open(closed) as project:
        assert not project.read_only
        assert project.recovered


def test_a_lock_is_given_back_when_opening_fails(closed):
    _sql(closed, "PRAGMA user_version = 99")
    with pytest.raises(ProjectError):
        Project.open(closed)
    lock = FolderLock.acquire(closed)
    assert isinstance(lock, FolderLock)
    lock.release()
    lock.release()


def test_reading_only_takes_no_lock(closed):
    with Project.open(closed, read_only=True) as reader, Project.open(closed) as writer:
        assert reader.read_only
        assert "reading only" in reader.why_read_only
        assert not writer.read_only


def test_a_project_is_opened_by_its_file_too(closed):
    with Project.open(closed / _FILE) as project:
        assert project.folder == closed


@pytest.mark.parametrize("made", [False, True])
def test_no_project_is_named(tmp_path, made):
    if made:
        (tmp_path / "empty").mkdir()
    with pytest.raises(ProjectError, match=r"no project.*empty.*Choose"):
        Project.open(tmp_path / "empty")
    assert not (tmp_path / "empty" / LOCK_FILE).exists()


def _refused_and_left_alone(folder, match):
    before = (folder / _FILE).read_bytes()
    for read_only in (False, True):
        with pytest.raises(ProjectError, match=match) as caught:
            Project.open(folder, read_only=read_only)
        assert (folder / _FILE).read_bytes() == before
    return caught.value


def test_a_newer_schema_is_refused_by_name(closed):
    _sql(
        closed,
        "PRAGMA user_version = 7",
        "UPDATE meta SET value = '3.2.1' WHERE key = 'written_by'",
    )
    error = _refused_and_left_alone(closed, "newer version")
    assert "meviewer 3.2.1 wrote schema 7" in error.why
    assert f"up to {schema.VERSION}" in error.why


def test_a_foreign_database_is_refused(tmp_path):
    _sql(tmp_path, "CREATE TABLE t (x)")
    _refused_and_left_alone(tmp_path, "no meviewer project")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / _FILE).touch()
    _refused_and_left_alone(tmp_path, "no meviewer project")


def test_a_damaged_file_is_named_with_its_newest_backup(closed):
    with Project.open(closed) as project:
        backup = project.backup()
    data = bytearray((closed / _FILE).read_bytes())
    data[4096:12288] = random.Random(0).randbytes(8192)
    (closed / _FILE).write_bytes(data)
    error = _refused_and_left_alone(closed, "damaged")
    assert backup.name in error.now


def test_a_damaged_page_is_found_wherever_it_lies(closed):
    sound = (closed / _FILE).read_bytes()
    for start in range(0, len(sound), 4096):
        page = random.Random(start).randbytes(4096)
        (closed / _FILE).write_bytes(sound[:start] + page + sound[start + 4096 :])
        with pytest.raises(ProjectError, match="damaged"):
            Project.open(closed)


def test_a_file_of_rubbish_is_named(tmp_path):
    (tmp_path / _FILE).write_bytes(b"no database at all " * 400)
    _refused_and_left_alone(tmp_path, "damaged")


def test_a_truncated_file_is_named(closed):
    data = (closed / _FILE).read_bytes()
    (closed / _FILE).write_bytes(data[: len(data) // 2 // 4096 * 4096])
    _refused_and_left_alone(closed, "damaged")


def test_no_flipped_byte_of_the_file_goes_unnoticed_or_ends_the_program(closed):
    """Labels read from a damaged file are those that were written, or somebody is told."""
    sound = (closed / _FILE).read_bytes()
    for seed in range(200):
        rng = random.Random(seed)
        data = bytearray(sound)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        (closed / _FILE).write_bytes(data)
        for side in closed.glob(f"{_FILE}-*"):
            side.unlink()
        assert _told_or_unharmed(closed), seed


def _told_or_unharmed(folder):
    try:
        with Project.open(folder, read_only=True) as project:
            told = bool(project.findings())
            same = project.annotation(1, "A") == annotation()
            project.steps(1, "A"), project.history(), project.counts(), project.runs()
    except MeviewerError as error:
        return bool(error.what and error.where)
    return same or told


def _at_schema_one(folder):
    """Make a project as the first schema knew it."""
    folder.mkdir()
    connection = sqlite3.connect(folder / _FILE, isolation_level=None)
    schema.migrate(connection, schema.MIGRATIONS[:1])
    connection.execute("INSERT INTO meta VALUES ('name', 'old')")
    connection.close()


def test_an_older_project_is_brought_up_to_date_after_a_backup(folder, add):
    _at_schema_one(folder)
    with Project.open(folder) as project:
        assert project.name == "old"
        add(project)
        assert project.add_run("r", "").id == 1
    (copy,) = (folder / "backups").iterdir()
    connection = sqlite3.connect(copy)
    assert schema.version_of(connection) == 1
    connection.close()


def test_an_older_project_is_read_without_being_changed(folder):
    _at_schema_one(folder)
    before = (folder / _FILE).read_bytes()
    with Project.open(folder, read_only=True) as project:
        assert project.name == "old"
        assert project.runs() == ()
    assert (folder / _FILE).read_bytes() == before


def test_a_migration_that_fails_leaves_the_old_schema(folder, monkeypatch):
    def failing(connection):
        connection.execute("CREATE TABLE half (x)")
        raise sqlite3.OperationalError("no such thing")

    _at_schema_one(folder)
    monkeypatch.setattr(schema, "MIGRATIONS", (schema.MIGRATIONS[0], failing))
    with pytest.raises(ProjectError, match="new schema"):
        Project.open(folder)
    monkeypatch.undo()
    with Project.open(folder) as project, project._database.reading() as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        ).fetchall()
    assert ("half",) not in tables
    assert ("runs",) in tables
