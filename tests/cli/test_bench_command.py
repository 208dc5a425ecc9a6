"""The tables of ``meviewer bench``."""

from __future__ import annotations

import pytest

from meviewer.cli import bench_command
from meviewer.cli.main import main
from meviewer.motion.bench_measure import Result

FAST = Result("flow", 62.71, 60.0, 7, 24.2, "peer 1", 1764.0, 39.0, 28.13, "≥ 15×", True, "exact")
ALONE = Result("flow", 62.71, 60.0, 7, None, "contrib", None, None, None, "≥ 15×", None, "")


@pytest.fixture(autouse=True)
def measured(monkeypatch):
    monkeypatch.setattr(bench_command, "_BENCHMARKS", {"flow": lambda: (FAST, ALONE)})


def test_a_page_has_the_rows_of_the_guide_and_the_notes_below(capsys):
    assert main(["bench", "--markdown"]).status == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| what | ours, ms |")
    assert lines[2] == (
        "| flow | 62.7 | 60.0 | 24.2 | peer 1 | 1,764 | 39.0 | 28.1× | ≥ 15× reached |"
    )
    assert lines[3] == "| flow | 62.7 | 60.0 | – | contrib: missing | – | – | – | ≥ 15× |"
    assert lines[5:] == ["* flow, peer 1: exact."]
    assert {line.count("|") for line in lines[:4]} == {10}


def test_without_it_the_note_stands_in_the_row(capsys):
    assert main(["bench"]).status == 0
    out = capsys.readouterr().out
    assert "28.1×" in out
    assert "exact" in out
    assert "* " not in out
