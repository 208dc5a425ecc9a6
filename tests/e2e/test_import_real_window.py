"""Data sets from drag to annotated clip, in a real window with a real mouse."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from meviewer.project.project import Project

_SOURCE = Path(__file__).with_name("drag_source.py")


def _drag_in(screen, root):
    """Drag a folder from another program onto the middle of the window."""
    command = [sys.executable, str(_SOURCE), str(root)]
    source = subprocess.Popen(command, env=screen.environment)
    try:
        screen.wait(lambda: screen.find("drag source"), "the drag source")
        screen.drag((30, 20), (800, 520), steps=25)
        screen.wait(lambda: screen.find("Open a data set"), "the report")
    finally:
        source.kill()
        source.wait()


def _labels(folder):
    with Project.open(folder, read_only=True) as project:
        sample = project.samples()[0]
        return project.annotation(sample.id, "A"), project.history(sample.id, "A")


@pytest.mark.parametrize("name", ["casme2", "samm", "smic"])
def test_a_data_set_from_drag_to_annotated_clip(name, screen, own_home, tmp_path):
    root = tmp_path / f"my {name}"
    root.mkdir()
    import_module(f"miniatures.{name}").write(root, faults=True)
    before = sorted((p.relative_to(root), p.stat().st_mtime_ns) for p in root.rglob("*"))
    screen.start()
    _drag_in(screen, root)
    screen.steady("the report")
    screen.key("Return")
    folder = own_home / "Documents" / "meviewer" / root.name
    screen.wait(lambda: (folder / "project.meviewer").exists(), "the project")
    screen.wait(lambda: screen.find("/.* – meviewer"), "the first clip")
    screen.steady("the first clip")

    imported, _rows = _labels(folder)
    screen.key("Home", "Right", "Right", "p")
    screen.wait(lambda: _labels(folder)[0] != imported, "the label on disk", 20)
    labelled, rows = _labels(folder)
    assert labelled.events[0].has_apex
    assert [row.kind for row in rows] == ["import", "edit"]
    screen.key("ctrl+z")
    screen.wait(lambda: _labels(folder)[0] == imported, "the label as it was imported", 20)
    assert screen.end() == 0
    assert sorted((p.relative_to(root), p.stat().st_mtime_ns) for p in root.rglob("*")) == before
