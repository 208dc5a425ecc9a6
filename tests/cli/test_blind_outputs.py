"""Blind-first for what leaves the program: no file and no command tells what is hidden."""

from __future__ import annotations

import json
import shutil

import h5py
import pytest
from factories import annotation, event, moving_frames, write_project

from meviewer.cli.main import main
from meviewer.core.annotation import Status
from meviewer.core.errors import LabelError, MeviewerError
from meviewer.data import exchanges
from meviewer.project.blind import BlindRule, set_rule
from meviewer.project.blind_files import refuse_hidden
from meviewer.project.paths import PROJECT_FILE
from meviewer.project.project import Project
from meviewer.project.settings import read_settings, with_recent, write_settings

SECRET = "smirk"


@pytest.fixture
def folder(tmp_path):
    """Two clips of four are committed by A, who labels blind; a machine has judged all four."""
    frames = moving_frames(56, 64, 56, onset=10, apex=30, offset=50)
    made = write_project(tmp_path / "project", tmp_path / "project", frames)
    with Project.open(made) as project:
        set_rule(project, "A", BlindRule(0.0))
        for at, sample_id in enumerate(project.sample_ids()):
            if at < 2:
                now = project.annotation(sample_id, "A")
                project.set_tier(sample_id, "A", annotation(*now, status=Status.COMMITTED), "done")
            told = annotation(event(1, 6, 33, 44, SECRET if at >= 2 else "open-word"))
            project.set_tier(sample_id, "gamdss", told, "suggested")
    return made


def samples(folder):
    with Project.open(folder, read_only=True) as project:
        return project.samples()


def texts_of(path):
    """All bytes of a file or folder; of HDF5 every text, as it may be stored compressed."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    found = b"".join(one.read_bytes() for one in files)
    for one in files:
        if h5py.is_hdf5(one):
            with h5py.File(one) as opened:
                found += repr(list(_values(opened))).encode()
    return found


def _values(group):
    yield from ((name, str(value)) for name, value in group.attrs.items())
    for part in group.values():
        if isinstance(part, h5py.Group):
            yield from _values(part)
        elif part.dtype.kind in "OSV" or part.dtype.names:
            yield part[()].tolist()


@pytest.mark.parametrize("name", [*exchanges.names(), "hdf5"])
def test_no_export_has_what_a_machine_says_of_a_hidden_clip(name, folder, tmp_path, capsys):
    out = tmp_path / "exported"
    words = ["export", str(folder), "--format", name, "--out", str(out)]
    main([*words, "--coder", "gamdss", "--coder", "A"])
    there = texts_of(out)
    assert SECRET.encode() not in there
    capsys.readouterr()


def test_the_hdf5_export_has_what_is_open_and_only_that(folder, tmp_path, capsys):
    out = tmp_path / "all.h5"
    assert main(["export", str(folder), "--format", "hdf5", "--out", str(out)]).status == 0
    there = texts_of(out)
    assert b"open-word" in there
    assert SECRET.encode() not in there
    with Project.open(folder) as project:
        set_rule(project, "A", None)
    assert main(["export", str(folder), "--format", "hdf5", "--out", str(out)]).status == 0
    assert SECRET.encode() in texts_of(out)
    capsys.readouterr()


def test_the_bias_report_leaves_hidden_clips_out_and_says_so(folder, tmp_path, capsys):
    report = tmp_path / "report"
    words = ["suggest", str(folder), "--workers", "1", "--json", "--report", str(report)]
    assert main(words).status == 0
    document = json.loads(capsys.readouterr().out)
    names = {one.name for one in samples(folder)[2:]}
    left = [one for one in document["left_out"] if "blind" in one["reason"]]
    assert {one["clip"] for one in left} == names
    written = (report / "bias-events.csv").read_text("utf-8-sig") if report.is_dir() else ""
    hidden = {f"{one.subject},{one.name}" for one in samples(folder)[2:]}
    assert written
    assert not [line for line in written.splitlines() if any(one in line for one in hidden)]
    with Project.open(folder, read_only=True) as project:
        fresh = project.tier("gamdss")
    assert all(fresh[one.id].events[0].emotion == SECRET for one in samples(folder)[2:])


@pytest.mark.parametrize("more", [[], ["--variant", "free"], ["--method", "model"]])
def test_nobody_is_told_of_a_hidden_clip_by_its_file(more, folder, capsys):
    hidden = str(samples(folder)[2].clip_path)
    for words in (["suggest", hidden, *more], ["predict", str(folder), hidden]):
        assert main(words).status == 2
        said = capsys.readouterr()
        assert "labelled blind" in said.err
        assert "Coder A" in said.err
        assert said.out == ""


def test_a_clip_that_lies_elsewhere_is_known_by_the_projects_of_late(tmp_path):
    project = write_project(tmp_path / "project", tmp_path / "films", moving_frames(56))
    with Project.open(project) as opened:
        set_rule(opened, "A", BlindRule())
    clip = samples(project)[0].clip_path
    assert project not in clip.parents
    refuse_hidden(clip)
    write_settings(with_recent(read_settings(), project))
    with pytest.raises(LabelError, match="labelled blind"):
        refuse_hidden(clip)


def test_a_damaged_project_of_late_keeps_nobody_from_asking_about_another_clip(folder, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    database = damaged / PROJECT_FILE
    database.write_bytes(b"no database" * 999)
    write_settings(with_recent(read_settings(), damaged))
    refuse_hidden(tmp_path / "another.mp4")
    with pytest.raises(MeviewerError):
        refuse_hidden(damaged / "clips" / "c01")


def test_open_clips_and_clips_of_no_project_are_answered(folder, tmp_path, capsys):
    assert main(["suggest", str(samples(folder)[0].clip_path), "--variant", "free"]).status == 0
    refuse_hidden(tmp_path)  # a folder that no project knows
    with Project.open(folder) as project:
        set_rule(project, "A", None)
    refuse_hidden(samples(folder)[2].clip_path)
    capsys.readouterr()
