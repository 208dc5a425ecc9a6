"""``meviewer compile`` leaves no loop that a picture would have to wait for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from meviewer.motion import compiled_note

CODE = """
import json, sys
import numba
from meviewer.cli.main import main

loops = []
real = numba.njit
def njit(function, **options):
    made = real(function, **options)
    loops.append(made)
    return made
numba.njit = njit
assert main(["compile", "--json"]).status == 0
ours = [loop for loop in loops if loop.__module__.startswith("meviewer.")]
without = [(loop.__module__, loop.__name__) for loop in ours if not loop.signatures]
print(json.dumps([len(ours), without]), file=sys.stderr)
"""


OTHER_PROCESSORS = {"centre", "add_products", "centre_bytes", "add_byte_products"}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Both places of the note: beside the machine code, and the user's own folder."""
    beside, own = tmp_path / "beside" / "compiled", tmp_path / "own" / "compiled"
    monkeypatch.setattr(compiled_note, "_places", lambda: (beside, own))
    return beside, own


def test_the_note_lies_beside_the_machine_code(places):
    assert not compiled_note.is_noted()
    assert compiled_note.note()
    assert compiled_note.is_noted()
    assert [place.exists() for place in places] == [True, False]


def test_the_note_lies_elsewhere_in_an_installation_that_cannot_be_written(places):
    places[0].parent.write_text("no folder")
    assert compiled_note.note()
    assert compiled_note.is_noted()
    assert places[1].exists()


def test_no_note_is_no_failure(places):
    for place in places:
        place.parent.write_text("no folder")
    assert not compiled_note.note()
    assert not compiled_note.is_noted()


def test_another_version_compiles_again(monkeypatch):
    names = {compiled_note._places()[0].name}
    monkeypatch.setattr(compiled_note, "__version__", "99.0")
    names.add(compiled_note._places()[0].name)
    assert len(names) == 2


def test_every_loop_is_compiled():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=600
    )
    assert set(json.loads(done.stdout)["seconds"]) >= {"differences", "MM-COF", "estimate"}
    n_loops, without = json.loads(done.stderr.splitlines()[-1])
    assert n_loops > 40
    for module, name in without:
        if name in OTHER_PROCESSORS:
            continue
        # A loop within another one is part of that one's machine code.
        source = Path(import_module(module).__file__).read_text(encoding="utf-8")
        assert len(re.findall(rf"(?<!def )\b{name}\(", source)) > 0, name
