"""A window that is killed in the middle of editing has lost nothing that it called saved."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from factories import annotation, write_clip

from meviewer.core.events import Edge
from meviewer.data.clip import open_clip
from meviewer.gui.stores.session import Session
from meviewer.project.project import Project

_DRIVER = Path(__file__).with_name("session_driver.py")


@pytest.fixture
def edited(tmp_path):
    """A project with one clip and one imported label."""
    folder = tmp_path / "project"
    clip = open_clip(write_clip(tmp_path / "clip"))
    with Project.create(folder, "killed", tmp_path) as project, clip:
        sample = project.add_sample(
            "s01",
            "c01",
            clip.path,
            fingerprint=clip.fingerprint,
            rate=clip.rate,
            n_frames=clip.n_frames,
            first_number=clip.first_number,
            width=clip.size[1],
            height=clip.size[0],
        )
        project.set_tier(sample.id, "A", annotation(), "import")
    return folder


def events(label):
    return [[event.id, *(event.keyframes[edge] for edge in Edge)] for event in label]


def edit_and_kill(folder, seed):
    """Let a child edit, kill it at a random instant, and return the rows it was told are safe."""
    rng = random.Random(seed)
    child = subprocess.Popen(
        [sys.executable, str(_DRIVER), str(folder), str(seed)], stdout=subprocess.PIPE
    )
    lines = [child.stdout.readline() for _ in range(rng.randrange(0, 80))]
    time.sleep(rng.random() * 0.03)
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.read().splitlines(keepends=True)
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL, "the child ended by itself"
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def session_of(project):
    """A session as the window would open it now; it can look and undo, but writes nothing."""
    sample = project.samples()[0]
    clip = open_clip(sample.clip_path)
    label, steps = project.annotation(sample.id, "A"), project.steps(sample.id, "A")
    return Session(sample, clip, "A", label, steps=steps)


def check_after_kill(folder, told, n_before):
    """Everything told is there, at most one row besides, and undo goes on."""
    with Project.open(folder) as project:
        assert not project.read_only
        chain = project.check_chain()
        assert chain.ok, chain
        last = told[-1]["n"] if told else n_before
        assert chain.rows in (last, last + 1)
        for row in told:
            assert events(project.annotation_at(1, "A", row["n"])) == row["events"]
        now = project.annotation(1, "A")
        assert now == project.annotation_at(1, "A", chain.rows)
        session, steps = session_of(project), project.steps(1, "A")
        assert session.annotation == now
        if steps.index:
            session.undo()
            assert session.annotation == steps.entries[steps.index - 1].before
            session.redo()
        assert session.annotation == now
        session.clip.close()
        return chain.rows


def kill_again_and_again(folder, kills):
    """Return how many rows were told to be safe, and how many are in the journal."""
    with Project.open(folder, read_only=True) as project:
        n_rows = project.check_chain().rows
    n_told = 0
    for seed in range(kills):
        told = edit_and_kill(folder, seed)
        n_rows = check_after_kill(folder, told, n_rows)
        n_told += len(told)
    with Project.open(folder) as project:
        session = session_of(project)
        while session.undo_stack.canUndo():
            session.undo()
        assert session.annotation == annotation()  # back over every restart
        session.clip.close()
    return n_told, n_rows


def test_five_kills_lose_nothing(edited, qapp):
    n_told, n_rows = kill_again_and_again(edited, 5)
    assert n_told > 5
    assert n_rows >= n_told


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing(edited, qapp):
    n_told, n_rows = kill_again_and_again(edited, 100)
    print(f"100 kills, {n_told} rows told to be safe, {n_rows} rows in the journal")
    assert n_told > 1000
