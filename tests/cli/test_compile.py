"""``meviewer compile`` leaves no loop that a picture would have to wait for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

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
