"""What the design promises about the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "meviewer").rglob("*.py"))
HEAVY = {"torch", "torchvision", "timm", "numba", "scipy", "skimage", "sklearn"}


def imported_by(statement):
    """Run a statement in a fresh interpreter and return the top-level modules it loaded."""
    code = f"import sys\n{statement}\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_window_starts_without_heavy_libraries():
    loaded = imported_by("import meviewer.gui.application, meviewer.gui.main_window")
    assert not loaded & (HEAVY | {"cv2", "av", "h5py", "openpyxl", "python_calamine"})


@pytest.mark.parametrize("package", ["core", "motion", "experiment"])
def test_the_functional_core_needs_neither_qt_nor_opencv(package):
    modules = sorted((ROOT / "meviewer" / package).rglob("*.py"))
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in modules]
    names = [name for name in names if not name.endswith("__init__")]
    block = "sys.modules.update(dict.fromkeys(['PySide6', 'cv2', 'h5py', 'av'], None))"
    assert imported_by(f"{block}\nimport {', '.join(names)}")


def test_networks_need_neither_qt_nor_opencv():
    pytest.importorskip("torch", reason="the train extra is not installed")
    block = "sys.modules.update(dict.fromkeys(['PySide6', 'cv2', 'av'], None))"
    loaded = imported_by(f"{block}\nimport meviewer.nn.registry, meviewer.nn.networks.fmanet")
    assert "torch" in loaded


def test_no_module_uses_pickle_eval_or_exec():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
            if isinstance(node, ast.Import):
                assert not {"pickle", "marshal", "shelve"} & {a.name for a in node.names}, path


def test_weights_are_never_loaded_as_code():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
                keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
                assert keywords.get("weights_only") == "True", path


def test_hex_colours_live_in_the_palette_alone():
    for path in SOURCES:
        if path.parent.name == "gui" or "gui" in path.parts:
            text = path.read_text()
            found = [w for w in text.split('"') if len(w) == 7 and w[0] == "#" and w[1:].isalnum()]
            assert not found or path.name == "palette.py", (path, found)


def test_the_main_window_only_arranges():
    assert len((ROOT / "meviewer/gui/main_window.py").read_text().splitlines()) <= 300


def test_the_top_level_is_what_the_design_says():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("no git checkout")
    top = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    wanted = {"pyproject.toml", "README.md", "meviewer", "resources", "tests", "packaging"}
    assert {name for name in top if not name.startswith(".")} == wanted
