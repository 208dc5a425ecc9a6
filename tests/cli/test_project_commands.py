import json

import pytest
from factories import moving_frames, write_project

from meviewer.__main__ import main
from meviewer.project.project import Project


@pytest.fixture
def project(tmp_path):
    """Two subjects with two clips each; coder A labels the apex four frames early."""
    frames = moving_frames(60, onset=10, apex=30, offset=50)
    return write_project(tmp_path / "project", tmp_path, frames)


def answer(capsys, *words):
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_info_counts_a_project(project, capsys):
    found = answer(capsys, "info", project)
    assert found["counts"]["samples"] == 4
    assert found["samples"][0]["keyframes"] == {"onset": 113, "apex": 127, "offset": 151}


def test_suggest_writes_the_tier_and_a_report(project, capsys):
    found = answer(capsys, "suggest", project, "--variant", "two-sided", "--by", "subject")
    apex = found["all"]["keyframes"]["apex"]
    assert apex["n"] == 4
    assert apex["median_ms"] > 0
    assert apex["interval_ms"] is None
    assert [one["name"] for one in found["groups"]] == ["s01", "s02"]
    assert found["method"]["variant"] == "two-sided"
    with Project.open(project) as opened:
        assert opened.is_machine("gamdss")
        assert all(
            opened.annotation(sample.id, "gamdss").events[0].apex > 26
            for sample in opened.samples()
        )


def test_the_report_of_suggestions_is_written_as_files(project, tmp_path, capsys):
    main(["suggest", str(project), "--report", str(tmp_path / "report")])
    words = capsys.readouterr().out
    assert "4 events, 4 clips, 2 subjects" in words
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert names == {"bias.html", "bias.svg", "bias.json", "bias-groups.csv", "bias-events.csv"}
    lines = (tmp_path / "report" / "bias-events.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 4 * 3


def test_suggesting_for_nobodys_labels_says_whose_there_are(project, capsys):
    assert main(["suggest", str(project), "--coder", "Z"]) != 0
    assert "coders are A" in capsys.readouterr().err


def test_check_is_clean_and_says_so(project, capsys):
    found = answer(capsys, "check", project, "--clips")
    assert found["chain"]["ok"]
    assert [f for f in found["findings"] if f["severity"] == "error"] == []


def test_check_names_a_clip_that_is_gone(project, tmp_path, capsys):
    for path in (tmp_path / "s02" / "c01").iterdir():
        path.unlink()
    main(["check", str(project), "--clips", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert any(f["clip"] == "c01" and f["subject"] == "s02" for f in found["findings"])


def test_the_tier_of_suggestions_survives_a_clip_that_cannot_be_read(project, tmp_path, capsys):
    for path in (tmp_path / "s01" / "c01").glob("*.png"):
        path.unlink()
    found = answer(capsys, "suggest", project)
    assert [one["clip"] for one in found["left_out"]] == ["c01"]
    assert found["all"]["n_events"] == 3


def lines_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_features_are_computed_once_with_a_record_an_event(project, capsys):
    words = ["features", str(project), "--size", "16", "--representation", "di", "--json"]
    assert main([*words, "--workers", "1"]) == 0
    *events, last = lines_of(capsys)
    assert [one["record"] for one in events] == ["Featured"] * 4
    assert {name for one in events for name in one["keys"]} == {"di"}
    assert last["record"] == "FeaturesDone"
    assert last["failed"] == 0
    assert main(words) == 0
    assert lines_of(capsys)[-1]["known"] == 4


def test_features_of_a_clip_that_cannot_be_read_are_named_and_the_status_is_1(
    project, tmp_path, capsys
):
    for path in (tmp_path / "s01" / "c01").glob("*.png"):
        path.unlink()
    words = ["features", str(project), "--size", "16", "--representation", "di"]
    # All clips hold the same frames: with two workers another one's features might be its own.
    assert main([*words, "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert "failed: s01/c01: " in said
    assert "1 failed" in said


def test_features_of_nobody_are_refused(project, capsys):
    assert main(["features", str(project), "--tier", "nobody"]) == 2
    assert "The tiers are A." in capsys.readouterr().err
