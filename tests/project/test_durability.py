"""What was acknowledged is there after kills and power cuts, in order and whole."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from factories import annotation, event

from meviewer.core.annotation import Annotation
from meviewer.project.database import connect_writer
from meviewer.project.project import Entry, Project

_DRIVER = Path(__file__).with_name("editing_driver.py")


def _edit_and_kill(folder, seed):
    """Let a child edit, kill it at a random instant, and return what it had acknowledged."""
    rng = random.Random(seed)
    child = subprocess.Popen(
        [sys.executable, str(_DRIVER), str(folder), str(seed)], stdout=subprocess.PIPE
    )
    wanted = rng.randrange(0, 60)
    lines = [child.stdout.readline() for _ in range(wanted)]
    time.sleep(rng.random() * 0.02)
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.read().splitlines(keepends=True)
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL, "the child ended by itself"
    whole = [line for line in lines if line.endswith(b"\n")]
    return [tuple(map(int, line.split())) for line in whole]


def _nothing_acknowledged_is_lost(folder, add, kills):
    with Project.create(folder, "p") as project:
        add(project)
    acknowledged, n_rows = [], 1
    for seed in range(kills):
        acknowledged += _edit_and_kill(folder, seed)
        started = time.perf_counter()
        with Project.open(folder) as project:
            assert time.perf_counter() - started < 2.0
            assert not project.read_only
            report = project.check_chain()
            assert report.ok, report
            last = acknowledged[-1] if acknowledged else (1, -1)
            # At most what was in flight is there besides: one edit, or one bulk of three.
            assert last[0] <= report.rows <= max(last[0], n_rows) + 3
            n_rows = report.rows
            _labels_are_the_journals(project)
    with Project.open(folder) as project:
        for row, onset in acknowledged:
            labels = project.annotation_at(1, "A", row)
            assert (labels.events[0].onset if labels.events else -1) == onset
    assert len(acknowledged) > kills


def _labels_are_the_journals(project):
    kinds = {finding.kind for finding in project.findings()}
    assert "label-not-journalled" not in kinds
    assert "journal-broken" not in kinds


def test_no_acknowledged_edit_is_lost_in_twenty_kills(tmp_path, add):
    _nothing_acknowledged_is_lost(tmp_path / "p", add, 20)


@pytest.mark.slow
def test_no_acknowledged_edit_is_lost_in_a_hundred_kills(tmp_path, add):
    _nothing_acknowledged_is_lost(tmp_path / "p", add, 100)


def test_a_killed_writer_locks_nobody_out_and_is_mentioned(tmp_path, add):
    with Project.create(tmp_path / "p", "p") as project:
        add(project)
        assert not project.recovered
    _edit_and_kill(tmp_path / "p", 5)
    with Project.open(tmp_path / "p") as project:
        assert project.recovered
        assert "recovered" in {finding.kind for finding in project.findings()}
    with Project.open(tmp_path / "p") as project:
        assert not project.recovered


def test_after_a_power_cut_the_project_is_a_prefix_of_what_was_acknowledged(tmp_path, add):
    """Cut the write-ahead log at 200 places, as a disk may that lost its last writes."""
    with Project.create(tmp_path / "p", "p") as project:
        add(project)
    states = [Annotation()]
    with Project.open(tmp_path / "p") as project:
        for i in range(25):
            states.append(annotation(event(1, i, i + 1, i + 2)))
            project.append(Entry(1, "A", "edit", "Step", states[-2], states[-1]))
        shutil.copytree(tmp_path / "p", tmp_path / "cut")
    log = (tmp_path / "cut" / "project.meviewer-wal").read_bytes()
    original = (tmp_path / "cut" / "project.meviewer").read_bytes()
    rng = random.Random(1)
    lengths, found = sorted([0, len(log), *(rng.randrange(len(log)) for _ in range(198))]), []
    for length in lengths:
        for name in ("-shm", "-wal"):
            (tmp_path / "cut" / f"project.meviewer{name}").unlink(missing_ok=True)
        (tmp_path / "cut" / "project.meviewer").write_bytes(original)
        (tmp_path / "cut" / "project.meviewer-wal").write_bytes(log[:length])
        with Project.open(tmp_path / "cut") as project:
            assert project.check_chain().ok
            assert [f.kind for f in project.findings() if f.kind.startswith("label-")] == []
            found.append(states.index(project.annotation(1, "A")))
            assert project.check_chain().rows == 1 + found[-1]
    assert found == sorted(found)
    assert found[-1] == 25


def test_a_commit_waits_for_the_disk(folder, project):
    connection = connect_writer(folder / "project.meviewer")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()


def test_what_is_appended_is_seen_by_others_at_once(folder, project):
    project.append(Entry(1, "A", "edit", "Step", Annotation(), annotation()))
    other = sqlite3.connect(folder / "project.meviewer")
    assert other.execute("SELECT n_rows FROM journal_head").fetchone() == (2,)
    other.close()
