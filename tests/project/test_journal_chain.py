"""The journal finds and locates whatever was done to its rows behind its back."""

import random
import shutil
import sqlite3

import pytest
from factories import annotation, event

from meviewer.core.annotation import Annotation
from meviewer.project.project import Entry, Project

_ROWS = 30
_COLUMNS = ("time", "coder", "sample_id", "kind", "text", "before", "after", "reason")
_ALL = ("n", *_COLUMNS, "previous", "hash")


@pytest.fixture(scope="module")
def written(tmp_path_factory, add):
    """The closed project whose copies are tampered with."""
    folder = tmp_path_factory.mktemp("journal") / "p"
    with Project.create(folder, "p") as project:
        add(project)
        now = Annotation()
        for i in range(_ROWS - 1):
            after = annotation(event(1, i, i + 5, i + 9, "disgust"))
            project.append(Entry(1, "AB"[i % 2], "edit", f"Möve {i}", now, after, "why"))
            now = after
        assert project.check_chain().rows == _ROWS
    return folder


@pytest.fixture
def tampered(written, tmp_path):
    """Run SQL on a copy as an outsider would, and return the report on it."""

    def run(*statements, copy="copy"):
        shutil.copytree(written, tmp_path / copy)
        connection = sqlite3.connect(tmp_path / copy / "project.meviewer")
        for name in ("journal_keeps_rows", "journal_keeps_values", "journal_grows_at_its_end"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(*statement)
        connection.commit()
        connection.close()
        with Project.open(tmp_path / copy, read_only=True) as project:
            report = project.check_chain()
        shutil.rmtree(tmp_path / copy)
        return report

    return run


def test_an_untouched_copy_is_whole(tampered):
    report = tampered()
    assert report.ok
    assert report.broken_at is None
    assert str(_ROWS) in report.text


@pytest.mark.parametrize("statement", ["UPDATE journal SET coder = 'Z'", "DELETE FROM journal"])
def test_the_journal_refuses_to_be_rewritten(written, statement):
    connection = sqlite3.connect(written / "project.meviewer")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_the_journal_refuses_rows_that_replace_others(written):
    connection = sqlite3.connect(written / "project.meviewer")
    statement = "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE n = 3"
    with pytest.raises(sqlite3.IntegrityError, match="at its end"):
        connection.execute(statement)
    connection.close()


def _flip(values, rng):
    """Flip one bit of one field of one row; return the row, the field and its new value."""
    n = rng.randrange(1, _ROWS + 1)
    row = dict(zip(_ALL, values[n - 1], strict=True))
    column = rng.choice([c for c in _ALL if row[c] not in (None, "", b"")])
    value = row[column]
    if isinstance(value, int):
        return n, column, "?", value ^ (1 << rng.randrange(16, 40))
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    # As SQLite would read them from a damaged page: bytes that may be no text any more.
    return n, column, "CAST(? AS TEXT)" if isinstance(value, str) else "?", bytes(data)


def _all_flips_are_located(written, tampered, seeds):
    connection = sqlite3.connect(written / "project.meviewer")
    values = connection.execute(f"SELECT {', '.join(_ALL)} FROM journal ORDER BY n").fetchall()
    connection.close()
    for seed in seeds:
        n, column, mark, value = _flip(values, random.Random(seed))
        report = tampered((f"UPDATE journal SET {column} = {mark} WHERE n = ?", (value, n)))
        assert not report.ok, (seed, n, column)
        assert report.broken_at == n, (seed, n, column, report)


def test_any_flipped_bit_is_found_and_located(written, tampered):
    _all_flips_are_located(written, tampered, range(120))


@pytest.mark.slow
def test_any_flipped_bit_is_found_and_located_in_a_thousand_copies(written, tampered):
    _all_flips_are_located(written, tampered, range(1000, 2000))


@pytest.mark.parametrize("n", [1, 7, _ROWS - 1])
def test_a_row_missing_inside_is_located(tampered, n):
    report = tampered(("DELETE FROM journal WHERE n = ?", (n,)))
    assert report.broken_at == n
    assert "missing" in report.text


def test_a_row_missing_inside_is_located_though_the_others_close_ranks(tampered):
    report = tampered(
        ("DELETE FROM journal WHERE n = 7",), ("UPDATE journal SET n = n - 1 WHERE n > 7",)
    )
    assert report.broken_at == 7


@pytest.mark.parametrize("n", [1, 20, _ROWS])
def test_rows_missing_at_the_end_are_located(tampered, n):
    report = tampered(("DELETE FROM journal WHERE n >= ?", (n,)))
    assert (report.ok, report.broken_at, report.rows) == (False, n, n - 1)


def test_a_forged_row_at_the_end_is_located(tampered):
    copied = ", ".join(_COLUMNS)
    report = tampered(
        (
            f"INSERT INTO journal (n, {copied}, previous, hash)"
            f" SELECT n + 1, {copied}, hash, hash FROM journal WHERE n = {_ROWS}",
        )
    )
    assert report.broken_at == _ROWS + 1


def test_two_rows_swapped_are_located(tampered):
    report = tampered(
        ("UPDATE journal SET n = -1 WHERE n = 4",),
        ("UPDATE journal SET n = 4 WHERE n = 5",),
        ("UPDATE journal SET n = 5 WHERE n = -1",),
    )
    assert report.broken_at == 4


@pytest.mark.parametrize("change", ["n_rows = n_rows + 1", "n_rows = n_rows - 1"])
def test_a_wrong_count_of_rows_is_found(tampered, change):
    assert not tampered((f"UPDATE journal_head SET {change}",)).ok


def test_a_wrong_last_hash_or_none_is_found(tampered):
    assert not tampered(("UPDATE journal_head SET hash = zeroblob(32)",)).ok
    assert not tampered(("DELETE FROM journal_head",), copy="other").ok


def test_a_consistently_resealed_row_breaks_the_link_to_the_next(written, tampered):
    from meviewer.project.journal import seal

    connection = sqlite3.connect(written / "project.meviewer")
    fields = f"n, {', '.join(_COLUMNS)}, previous"
    values = list(connection.execute(f"SELECT {fields} FROM journal WHERE n = 9").fetchone())
    connection.close()
    values[2] = "Z"
    report = tampered(
        ("UPDATE journal SET coder = 'Z', hash = ? WHERE n = 9", (seal(values),)),
    )
    assert report.broken_at == 10


def test_an_empty_journal_is_whole(tmp_path):
    with Project.create(tmp_path / "p", "p") as project:
        assert project.check_chain().ok
