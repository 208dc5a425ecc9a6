"""The documents say what is so: examples run, tables fit the code, links lead somewhere."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import doc_tables
import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "resources" / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
GUIDE = sorted((DOCS / "guide").glob("*.md"))
LARGEST_PICTURE = 400_000

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(r"`([\w./*<>-]+\.(?:py|md|toml|txt|svg|json))`")
_OF_PROJECTS = {
    *("spec.toml", "run.json", "scores.json", "fold_00.json", "final.json"),
    *("clip.json", "demo.json", "settings.json"),
    *("notes.txt", "log.csv", "answers.jsonl"),
}
"""Files that a project or an example has, not the repository."""


def name_of(page):
    return str(page.relative_to(ROOT))


def without_code(page):
    return _BLOCK.sub("", page.read_text("utf-8"))


# ------------------------------------------------------------------ examples
def examples(page):
    """The blocks of a page that claim to run, in order: (language, text)."""
    return [b for b in _BLOCK.findall(page.read_text("utf-8")) if b[0] in ("shell", "python")]


def run_example(language, text, folder, home):
    program = [sys.executable, "-c"] if language == "python" else ["bash", "-euo", "pipefail", "-c"]
    places = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "DATA", "STATE")}
    variables = os.environ | places | {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    done = subprocess.run(
        [*program, text], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def checkout(folder):
    """Return a new folder with the presets in their place, as in a checkout."""
    folder.mkdir()
    (folder / "resources").symlink_to(ROOT / "resources")
    return folder


@pytest.fixture(scope="module")
def readme(tmp_path_factory):
    """Run the examples of the README; return the folder they ran in and what they said."""
    place = tmp_path_factory.mktemp("readme")
    folder = checkout(place / "folder")
    blocks = examples(ROOT / "README.md")
    return folder, [run_example(*block, folder, place) for block in blocks]


needs_shell = pytest.mark.skipif(os.name == "nt", reason="the shell examples are for a POSIX shell")


@needs_shell
def test_the_examples_of_the_readme_run(readme):
    folder, said = readme
    assert "UF1" in said[0]
    assert "held out" in said[0]
    assert (folder / "mmcof.png").stat().st_size > 10_000
    assert "Keyframes(onset=" in said[1]
    assert "0.777" in said[2]


@needs_shell
def test_the_examples_of_the_command_line_page_run(tmp_path):
    folder, page = checkout(tmp_path / "folder"), DOCS / "guide" / "command-line.md"
    said = "".join(run_example(*block, folder, tmp_path) for block in examples(page))
    assert "1 samples, 1 skipped" in said
    assert "lies outside the clip" in said
    for name in ("pairs.npy", "mm-cof-overlay.png", "fall.h5", "runs/first/scores.json"):
        assert (folder / name).stat().st_size > 0


@needs_shell
@pytest.mark.parametrize(
    "name",
    ["annotate.md", "inspect.md", "train.md", "project-on-disk.md", "hdf5-dataset.md"],
)
def test_the_examples_of_the_other_pages_run_on_the_same_demo(name, readme, tmp_path):
    folder = checkout(tmp_path / "folder")
    (folder / "demo").symlink_to(readme[0] / "demo")
    for block in examples(DOCS / "guide" / name):
        run_example(*block, folder, tmp_path)


@needs_shell
def test_the_frame_numbers_of_the_examples_are_the_truth_of_the_demo(readme):
    from meviewer.data.clip import open_clip
    from meviewer.project.project import Project

    with Project.open(readme[0] / "demo", read_only=True) as project:
        sample = project.find_sample("s01", "c01")
        (event,) = project.annotation(sample.id, "truth")
    with open_clip(sample.clip_path) as clip:
        onset, apex, offset = (clip.numbers[k] for k in (event.onset, event.apex, event.offset))
    expected = f"--onset {onset} --apex {apex} --offset {offset}"
    for page in PAGES:
        for words in re.findall(r"--onset \d+ --apex \d+ --offset \d+", page.read_text("utf-8")):
            assert words == expected, f"{name_of(page)}: the demo has changed"


# ------------------------------------------------------------------ tables and the code
@pytest.mark.parametrize("name", doc_tables.TABLES)
def test_tables_are_what_the_code_says(name):
    page, make = doc_tables.TABLES[name]
    assert doc_tables.stored(name) == make(), f"run tests/doc_tables.py to renew {page.name}"


def sections(page):
    """Text by heading of the second level."""
    parts = re.split(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def options_of(command):
    from meviewer.cli.main import _load

    parser = argparse.ArgumentParser(add_help=False)
    _load(command).add_arguments(parser)
    return {word for action in parser._actions for word in action.option_strings}


def test_every_command_is_described_with_all_its_options():
    from meviewer.cli.main import COMMANDS

    found = sections(DOCS / "guide" / "command-line.md")
    described = {title.split()[-1] for title in found if title.startswith("meviewer ")}
    assert described == set(COMMANDS)
    for command in COMMANDS:
        words = re.findall(r"--[a-z][a-z0-9-]*", found[f"meviewer {command}"])
        assert set(words) == options_of(command), command


def test_every_command_that_a_page_names_exists():
    from meviewer.cli.main import COMMANDS

    for page in PAGES:
        for block in _BLOCK.findall(page.read_text("utf-8")):
            for command in re.findall(r"^\s*meviewer ([a-z]+)", block[1], re.MULTILINE):
                assert command in COMMANDS, name_of(page)


def test_inspect_names_every_variant_kind_and_method():
    from meviewer.motion.dynamic_image import KINDS
    from meviewer.motion.flow import METHODS
    from meviewer.motion.gamdss import VARIANTS

    text = (DOCS / "guide" / "inspect.md").read_text("utf-8")
    for name in (*VARIANTS, *KINDS, *METHODS):
        assert f"| `{name}` |" in text, name


def test_train_names_every_network_with_its_size():
    from meviewer.nn import registry

    text = (DOCS / "guide" / "train.md").read_text("utf-8")
    for name in registry.names():
        assert f"`{name}`" in text
    n_light = registry.create("fmanet-light", 5).n_parameters()
    n_full = registry.create("fmanet", 5).n_parameters()
    assert f"{n_light:,} parameters" in text
    assert f"{n_full / 1e6:.1f} million parameters" in text


def test_the_map_of_the_code_is_complete():
    text = (ROOT / "README.md").read_text("utf-8")
    packages = {p.parent.name for p in (ROOT / "meviewer").glob("*/__init__.py")}
    assert packages == set(re.findall(r"^\| `meviewer/(\w+)` \|", text, re.MULTILINE))


def test_the_presets_are_experiments():
    from meviewer.experiment.spec import ExperimentSpec, check
    from meviewer.experiment.spec_set import read_any
    from meviewer.nn import registry

    found = sorted((ROOT / "resources" / "presets").glob("*.toml"))
    assert "short.toml" in [path.name for path in found]
    for path in found:
        made = read_any(path)
        specs = [made] if isinstance(made, ExperimentSpec) else list(made.specs.values())
        for spec in map(check, specs):
            registry.config(spec.network, spec.network_config)
            assert spec.label_tier in ("truth", "A", "gamdss")


# ------------------------------------------------------------------ names, links, pictures
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for link in _LINK.findall(without_code(page)):
        if link.startswith(("http:", "https:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {heading.casefold().replace(" ", "-") for heading in headings}, link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page):
    for name in _FILE.findall(without_code(page)):
        if "<" in name or Path(name).name in _OF_PROJECTS:
            continue
        places = (ROOT, ROOT / "meviewer", ROOT / "packaging", ROOT / "resources" / "presets", DOCS)
        assert any(any(place.glob(name)) for place in (*places, page.parent)), name


def test_pictures_are_small_and_used():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    found = sorted((DOCS / "pictures").iterdir())
    assert "annotate-dark.png" in [path.name for path in found]
    for path in found:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert len(data) < LARGEST_PICTURE, path.name
        assert path.name in text


def test_decisions_are_numbered_and_say_what_else_was_considered():
    found = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in found] == list(range(1, len(found) + 1))
    for number, path in enumerate(found, 1):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number}. ")
        if number != 2:  # a table of reasons
            for part in ("**Decided.**", "**Why.**", "**Considered.**", "**Consequences.**"):
                assert part in text, path.name


def test_the_glossary_is_one_paragraph_a_term_in_order():
    text = (DOCS / "glossary.md").read_text("utf-8")
    entries = [part for part in text.split("\n\n") if part.startswith("**")]
    terms = []
    for entry in entries:
        match = re.fullmatch(r"\*\*(.+?)\*\*: .+ \*Not: .+\.\*\n?", entry)
        assert match, entry
        terms.append(match[1].casefold())
    assert terms == sorted(terms)
    assert {"onset", "apex", "offset", "clip", "event", "tier", "loso", "uf1", "uar"} <= set(terms)


def test_the_licence_is_there_and_named():
    assert (DOCS / "LICENSE.txt").read_text("utf-8").startswith("MIT License")
    assert "resources/docs/LICENSE.txt" in (ROOT / "README.md").read_text("utf-8")
    assert "resources/docs/LICENSE.txt" in (ROOT / "pyproject.toml").read_text("utf-8")


def test_pages_name_no_place_of_one_machine():
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(?:home|root|opt|work|tmp)/", page.read_text("utf-8"))
