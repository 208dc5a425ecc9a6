"""Import, export, merge and convert as a person or a script calls them."""

import json

import pytest
from factories import annotation, event, moving_frames, write_clip, write_project

from meviewer.__main__ import main
from meviewer.core.events import Keyframes
from meviewer.data import exchanges
from meviewer.project.project import Project

_HEADER = "subject,clip,onset,apex,offset,emotion,action_units,coder\n"


@pytest.fixture
def project(tmp_path):
    """Two subjects with two clips each, labelled by coder A."""
    frames = moving_frames(60, onset=10, apex=30, offset=50)
    return write_project(tmp_path / "project", tmp_path, frames)


@pytest.fixture
def data_set(tmp_path):
    """Two rows: one without apex, one that ends beyond its clip."""
    root = tmp_path / "set"
    write_clip(root / "s1" / "c1", moving_frames(height=8, width=9))
    rows = "s1,c1,110,/,130,fear,,\ns1,c1,132,135,150,fear,,\n"
    (root / "labels.csv").write_text(_HEADER + rows)
    return root


def answer(capsys, *words):
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refusal(capsys, *words):
    assert main([*map(str, words)]) == 2
    return capsys.readouterr().err


def test_a_dry_run_writes_nothing_and_offers_fixes(data_set, tmp_path, capsys):
    found = answer(capsys, "import", "auto", data_set, "--dry-run")
    assert (found["samples"], [row["row"] for row in found["skipped"]]) == (1, [3])
    assert [(fix["name"], fix["applied"]) for fix in found["fixes"]] == [("cut-at-clip", False)]
    assert {"apex-missing", "outside-clip"} <= {f["kind"] for f in found["findings"]}
    assert not (tmp_path / "mine").exists()


def test_fixes_and_the_apex_are_as_chosen(data_set, tmp_path, capsys):
    words = ("--fix", "cut-at-clip", "--apex", "middle", "--coder", "K")
    answer(capsys, "import", "example", data_set, "--project", tmp_path / "mine", *words)
    with Project.open(tmp_path / "mine") as project:
        events = project.annotation(project.samples()[0].id, "K").events
    assert [e.keyframes for e in events] == [Keyframes(9, 19, 29), Keyframes(31, 34, 39)]
    assert [e.apex_source and e.apex_source.value for e in events] == ["middle", None]


def test_a_fix_that_concerns_nothing_is_refused(data_set, capsys):
    assert "cut-at-clip" in refusal(
        capsys, "import", "example", data_set, "--dry-run", "--fix", "casme2-meb"
    )


def test_auto_refuses_what_nobody_knows(tmp_path, capsys):
    write_clip(tmp_path / "odd" / "a" / "b", moving_frames(3))
    assert "No reader knows this folder" in refusal(
        capsys, "import", "auto", tmp_path / "odd", "--dry-run"
    )


@pytest.mark.parametrize("name", exchanges.names())
def test_every_format_goes_out_and_comes_back(name, project, tmp_path, capsys):
    out = tmp_path / "out"
    written = answer(capsys, "export", project, "--format", name, "--out", out)
    assert (written["events"], written["clips"]) == (4, 4)
    assert all((tmp_path / path).exists() for path in written["files"])
    with Project.open(project) as opened:
        ids = [sample.id for sample in opened.samples()]
        before = [opened.annotation(i, "A").events[0].keyframes for i in ids]
    merged = answer(capsys, "merge", project, out, "--format", name, "--on-conflict", "beside")
    taken = merged["taken_over"]
    assert taken["unknown"] == []
    if not written["losses"]:
        assert (taken["same"], taken["n_tiers"]) == (4, 0)
        return
    with Project.open(project) as opened:
        others = [next(iter(c for c in opened.annotations(i) if c != "A"), None) for i in ids]
        again = [opened.annotation(i, c).events[0] for i, c in zip(ids, others, strict=True) if c]
    assert [(e.onset, e.offset) for e in again] == [(k.onset, k.offset) for k in before]


def test_a_dry_export_only_tells_what_would_be_lost(project, tmp_path, capsys):
    words = ("--format", "megc", "--out", tmp_path / "spot.csv", "--dry-run")
    found = answer(capsys, "export", project, *words)
    assert any("apex" in loss["text"] for loss in found["losses"])
    assert not (tmp_path / "spot.csv").exists()


def test_only_the_labels_of_one_coder(project, tmp_path, capsys):
    with Project.open(project) as opened:
        opened.set_tier(opened.samples()[0].id, "B", annotation(), "import")
    words = ("--format", "csv", "--out", tmp_path / "b.csv")
    assert answer(capsys, "export", project, "--coder", "B", *words)["events"] == 1
    assert (
        "the project has none"
        in refusal(capsys, "export", project, "--coder", "Z", *words).casefold()
    )


def test_labels_go_back_into_the_sheet_they_came_from(data_set, tmp_path, capsys):
    answer(capsys, "import", "example", data_set, "--project", tmp_path / "mine")
    with Project.open(tmp_path / "mine") as project:
        sample = project.samples()[0]
        project.set_tier(sample.id, "A", annotation(event(1, 8, 19, 29, "fear")), "corrected")
    words = ("--format", "sheet", "--out", tmp_path / "corrected.csv")
    assert answer(capsys, "export", tmp_path / "mine", *words)["events"] == 2
    line = (tmp_path / "corrected.csv").read_text().splitlines()[1]
    assert line == "s1,c1,109,120,130,fear,,"


def test_a_project_without_a_sheet_has_none_to_copy(project, tmp_path, capsys):
    words = ("--format", "sheet", "--out", tmp_path / "corrected.csv")
    assert "not imported from a data set" in refusal(capsys, "export", project, *words)


def test_a_project_as_hdf5_and_back(project, tmp_path, capsys):
    with Project.open(project) as opened:
        for sample in opened.samples():
            opened.set_tier(sample.id, "A", annotation(event(1, 12, 26, 50)), "named")
    out = tmp_path / "demo.h5"
    done = answer(capsys, "export", project, "--format", "hdf5", "--out", out, "--size", "16")
    assert (done["n_events"], done["n_folds"]) == (4, 2)
    back = answer(capsys, "import", "hdf5", out, "--project", tmp_path / "back")
    assert back["n_events"] == 4
    with Project.open(tmp_path / "back") as opened:
        first = opened.samples()[0]
        assert opened.annotation(first.id, "A").events[0].keyframes == Keyframes(12, 26, 50)


def test_labels_of_one_format_become_another(project, tmp_path, capsys):
    answer(capsys, "export", project, "--format", "csv", "--out", tmp_path / "a.csv")
    words = (tmp_path / "a.csv", tmp_path / "b.json", "--to", "coco", "--project", project)
    assert answer(capsys, "convert", *words)["events"] == 4
    assert exchanges.guess(tmp_path / "b.json") == ("coco",)


def test_a_file_of_no_format_is_refused_in_words(project, tmp_path, capsys):
    (tmp_path / "letter.csv").write_text("Dear all,\n")
    assert "No format fits" in refusal(capsys, "merge", project, tmp_path / "letter.csv")


def test_an_apex_that_is_not_set_has_no_number(data_set, tmp_path, capsys):
    answer(capsys, "import", "example", data_set, "--project", tmp_path / "mine")
    found = answer(capsys, "info", tmp_path / "mine")["samples"][0]
    assert found["keyframes"] == {"onset": 110, "apex": None, "offset": 130}
