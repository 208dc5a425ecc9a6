import sqlite3

import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.annotation import Annotation
from meviewer.project.project import Entry, Project


def _kinds(project):
    return [finding.kind for finding in project.findings()]


@pytest.fixture
def complete(folder, add):
    """A project whose clip is there and whose label has no fault."""
    with Project.create(folder, "p") as project:
        sample = add(project)
        sample.clip_path.mkdir(parents=True)
        project.append(Entry(1, "A", "edit", "Add event", Annotation(), annotation()))
        yield project


def test_a_sound_project_has_no_findings(complete):
    assert complete.findings() == ()


def test_a_missing_clip_is_found(complete):
    complete.sample(1).clip_path.rmdir()
    (finding,) = complete.findings()
    assert finding.kind == "clip-missing"
    assert (finding.subject, finding.clip) == ("s01", "c01")


def test_doubtful_labels_are_found_with_coder_and_clip(complete):
    complete.set_tier(1, "B", annotation(event(1, 10, 10, 200)), "import")
    found = complete.findings()
    assert {"outside-clip", "apex-on-onset"} <= {finding.kind for finding in found}
    assert all("Coder B" in finding.text and finding.subject == "s01" for finding in found)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE annotations SET value = (SELECT before FROM journal WHERE n = 2)",
            "not-journalled",
        ),
        ("DELETE FROM annotations", "not-journalled"),
        ("UPDATE annotations SET sample_id = 7", "not-journalled"),
        ("UPDATE annotations SET value = x'7b'", "unreadable"),
    ],
)
def test_labels_changed_behind_the_journal_are_found(complete, statement, expected):
    connection = sqlite3.connect(complete.folder / "project.meviewer")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert any(kind == f"label-{expected}" for kind in _kinds(complete))


def test_labels_on_a_sample_that_is_gone_are_found(complete):
    connection = sqlite3.connect(complete.folder / "project.meviewer")
    connection.execute("DELETE FROM samples")
    connection.commit()
    connection.close()
    assert "sample-missing" in _kinds(complete)


def test_a_broken_journal_is_found_with_its_row(complete):
    connection = sqlite3.connect(complete.folder / "project.meviewer")
    connection.execute("DROP TRIGGER journal_keeps_values")
    connection.execute("UPDATE journal SET coder = 'Z' WHERE n = 2")
    connection.commit()
    connection.close()
    broken = [f for f in complete.findings() if f.kind == "journal-broken"]
    assert [finding.row for finding in broken] == [2]


def test_a_clip_whose_content_changed_is_found(tmp_path, folder, add):
    from meviewer.data.clip import open_clip

    clips = [tmp_path / name for name in ("same", "other", "gone", "bad")]
    for path in clips:
        with open_clip(write_clip(path)) as clip:
            fingerprint = clip.fingerprint
    with Project.create(folder, "p") as project:
        for path in clips:
            add(project, name=path.name, clip_path=path, fingerprint=fingerprint, n_frames=40)
        for path in clips[1:]:
            for image in path.iterdir():
                image.unlink()
        clips[1].rmdir()
        write_clip(clips[1], moving_frames(n=30, seed=1))
        (clips[2] / "clip.json").unlink(missing_ok=True)
        clips[2].rmdir()
        found = {finding.clip: finding.kind for finding in project.shifted_clips()}
    assert found == {"other": "clip-shifted", "bad": "clip-unreadable"}
