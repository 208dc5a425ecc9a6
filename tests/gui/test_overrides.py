"""An unforeseen error in a method that Qt calls is told, and the program goes on."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import sys
import meviewer.gui
import numpy as np
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
sys.excepthook = lambda kind, error, trace: print("told", kind.__name__, flush=True)

class Faulty(QWidget):
    def paintEvent(self, event):
        {fault}

faulty = Faulty()
faulty.show()
QTimer.singleShot(100, app.quit)
app.exec()
print("goes on")
"""
FAULTS = {
    "[][1]": "IndexError",
    "1 // 0": "ZeroDivisionError",
    "1 + 'a'": "TypeError",
    "np.zeros(3) + np.zeros(4)": "ValueError",
    "raise KeyError('a')": "KeyError",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_in_a_method_that_qt_calls_is_told(fault):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(fault=fault)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told, *_, last = done.stdout.splitlines()
    assert (told, last) == (f"told {FAULTS[fault]}", "goes on")
