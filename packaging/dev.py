#!/usr/bin/env python3
"""Set up meviewer on a fresh machine and run it or its tests; needs nothing but Python and git.

python3 packaging/dev.py setup    make .venv and install everything into it
python3 packaging/dev.py run      set up, then the program (without a display: the same job in text)
python3 packaging/dev.py test     set up, then the tests; further arguments go to pytest
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "meviewer-installed"
WORK = ROOT / "build" / "demo"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)

# What Qt's platform plug-ins load at run time, and fonts to draw with.
SYSTEM_PACKAGES = [
    "libegl1",
    "libgl1",
    "libglib2.0-0",
    "libfontconfig1",
    "libdbus-1-3",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "fonts-inter",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
]
# A screen without a screen, for the tests that drive a real window.
TEST_PACKAGES = ["xvfb", "openbox", "xdotool"]


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if command not in ("setup", "run", "test"):
        print(__doc__)
        return 0 if command in ("", "-h", "--help") else 2
    set_up(for_tests=command == "test")
    if command == "run":
        return run(rest)
    return test(rest) if command == "test" else 0


# ------------------------------------------------------------------ set-up
def set_up(*, for_tests: bool) -> None:
    """Create .venv, the system libraries and the package, as far as they are missing."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}. "
            "Start this script with a newer one."
        )
    install_system_packages(SYSTEM_PACKAGES + (TEST_PACKAGES if for_tests else []))
    if not PYTHON.exists():
        say(f"creating {VENV.name}")
        make_venv()
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode())
    if STAMP.exists() and STAMP.read_text() == wanted.hexdigest():
        return
    say("installing meviewer with the training and test extras (some GB, a few minutes)")
    install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    check([*install, "--editable", f"{ROOT}[train,test]"])
    STAMP.write_text(wanted.hexdigest())


def make_venv() -> None:
    """Create the virtual environment; Debian keeps the module for it in a package of its own."""
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        install_system_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
        check([sys.executable, "-m", "venv", str(VENV)])


def install_system_packages(names: Sequence[str]) -> None:
    """Install Debian packages that are missing, or name the command that does."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    missing = [name for name in names if not is_installed(name)]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        say("some system packages are missing; please run:\n    sudo " + " ".join(command))
        return
    say("installing system packages: " + " ".join(missing))
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def quietly(*words: str) -> bool:
        done = subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    quietly("apt-get", "update")
    if not quietly(*command):
        for name in missing:  # one that this release does not have must not keep the others away
            if not quietly(*command[:4], name):
                say(f"could not install {name}; going on without it")


def is_installed(name: str) -> bool:
    """Whether dpkg knows the package as installed, also under its name with the t64 ending."""
    for candidate in (name, f"{name}t64"):
        query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", candidate]
        found = subprocess.run(query, capture_output=True, text=True, check=False)
        if found.stdout.strip() == "installed":
            return True
    return False


# ------------------------------------------------------------------ run
def run(arguments: Sequence[str]) -> int:
    """Open the window on the demo project, or do the same job without one."""
    if arguments:
        return meviewer(*arguments)
    if not (WORK / "project.meviewer").exists():
        status = meviewer("demo", str(WORK), "--no-window")
        if status:
            return status
    if has_display():
        return meviewer(str(WORK))
    say("no display: doing the main job without a window")
    return main_job()


def has_display() -> bool:
    """Whether a window can be shown."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main_job() -> int:
    """Suggestions against labels, pictures, a short training with its scores, and the window."""
    out = WORK.parent
    say("1/4 suggested keyframes against the coder's")
    if meviewer("suggest", str(WORK), "--coder", "A"):
        return 1
    say("2/4 pictures of one clip")
    clip, keyframes = first_labelled_clip()
    for kind in ("difference", "di-rise", "di-fall", "flow-rise", "flow-fall", "mm-cof-overlay"):
        target = out / f"{kind}.png"
        if meviewer("render", kind, clip, *keyframes, "--out", str(target)):
            return 1
    say("3/4 FMANet-light, leave one subject out, a short run")
    run_folder = out / f"run-{time.strftime('%Y%m%d-%H%M%S')}"
    preset = ROOT / "resources" / "presets" / "short.toml"
    if meviewer("train", str(preset), "--project", str(WORK), "--out", str(run_folder)):
        return 1
    print_scores(run_folder)
    say("4/4 the window, drawn without a display")
    for perspective in ("annotate", "inspect", "train"):
        target = out / f"window-{perspective}.png"
        snapshot = ("--snapshot", str(target), "--perspective", perspective)
        if meviewer(str(WORK), *snapshot, offscreen=True):
            return 1
        print(f"    {target}")
    return 0


def first_labelled_clip() -> tuple[str, list[str]]:
    """Return the first clip of the demo and its true keyframes as arguments."""
    asked = [PYTHON, "-m", "meviewer", "info", str(WORK), "--json"]
    answer = json.loads(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)
    sample = answer["samples"][0]
    keys = sample["keyframes"]
    return sample["path"], [f"--{edge}={keys[edge]}" for edge in ("onset", "apex", "offset")]


def print_scores(run_folder: Path) -> None:
    """Say in a line what the training came to."""
    scores = json.loads((run_folder / "scores.json").read_text())
    print(
        f"    {scores['protocol']}: UF1 {scores['uf1']:.3f}, UAR {scores['uar']:.3f}, "
        f"accuracy {scores['accuracy']:.3f} over {scores['n_samples']} samples in "
        f"{scores['n_folds']} folds, {scores['seconds']:.0f} s on {scores['device']}"
    )


# ------------------------------------------------------------------ test
def test(arguments: Sequence[str]) -> int:
    """Run the tests; windows are drawn off screen."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [PYTHON, "-m", "pytest", *arguments]
    return subprocess.run(
        list(map(str, command)), cwd=ROOT, env=environment, check=False
    ).returncode


# ------------------------------------------------------------------ small things
def meviewer(*arguments: str, offscreen: bool = False) -> int:
    """Run the program in the environment and return its exit status."""
    environment = os.environ | ({"QT_QPA_PLATFORM": "offscreen"} if offscreen else {})
    command = [str(PYTHON), "-m", "meviewer", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def check(command: Sequence[str | Path]) -> None:
    """Run a command and end with its status if it fails."""
    status = subprocess.run(list(map(str, command)), check=False).returncode
    if status:
        sys.exit(f"This failed (status {status}): {' '.join(map(str, command))}")


def say(text: str) -> None:
    """Print a line of progress at once."""
    print(f"dev: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
