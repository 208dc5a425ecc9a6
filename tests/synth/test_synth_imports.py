"""Importing what a window needs of this package loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys


def test_nothing_heavy_is_imported_before_it_is_used():
    code = (
        "import sys, meviewer.synth, meviewer.synth.demo, meviewer.synth.coders;"
        "heavy = {'cv2', 'scipy', 'numba', 'torch', 'h5py', 'av', 'PySide6'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
