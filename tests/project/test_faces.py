"""The face of a clip is kept; what a person set is never lost."""

from __future__ import annotations

import json
import shutil
import sqlite3

import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_project

from meviewer.core.errors import ProjectError, ReadOnlyError
from meviewer.data.face.clip_face import (
    ClipFace,
    FaceSource,
    face_from_box,
    face_from_eyes,
)
from meviewer.data.face.crop import Crop
from meviewer.data.face.finder import clip_face, models_text
from meviewer.project import faces, finding_faces, schema
from meviewer.project.clip_facts import join
from meviewer.project.finding_faces import FaceOptions, find_all
from meviewer.project.project import Project


def mesh(shift=0.0):
    points = np.random.default_rng(0).uniform(0, 40, (468, 2)) + shift
    crop = Crop(96, 0.3, 0.5, "reflect")
    return ClipFace(
        FaceSource.MESH, points[:2], (1.0, 2.0, 30.0, 40.0), points, 0.9, 14, 15, "v1", crop
    )


def rows(project):
    return [(row.reason, row.text) for row in project.history() if row.kind == "face"]


@pytest.mark.parametrize(
    "face",
    [mesh(), face_from_eyes((5, 6), (20, 7)), face_from_box((1, 2, 30, 40)), clip_face({})],
    ids=["mesh", "eyes", "box", "none"],
)
def test_a_face_comes_back_as_it_was_stored(project, face):
    project.set_face(1, face)
    found = project.face(1)
    assert found.source is face.source
    for name in ("eyes", "landmarks", "box"):
        stored, given = getattr(found, name), getattr(face, name)
        assert (stored is None) == (given is None)
        assert stored is None or np.abs(np.subtract(stored, given)).max() < 1e-3
    assert (found.score, found.n_found, found.n_looked) == (face.score, face.n_found, face.n_looked)
    assert (found.models, found.crop) == (face.models, face.crop)


def test_nobody_has_looked(project):
    assert project.face(1) is None
    assert project.face(99) is None
    with pytest.raises(ProjectError, match="no such sample"):
        project.set_face(99, mesh())


def test_all_samples_on_a_clip_have_one_face(project, add):
    same = {"clip_path": project.sample(1).clip_path, "fingerprint": "s01-c01"}
    other = add(project, "s01", "second event", **same)
    project.set_face(1, mesh())
    assert project.face(other.id).source is FaceSource.MESH


def test_what_a_person_set_is_journalled_and_can_be_brought_back(project):
    project.set_face(1, mesh())
    assert rows(project) == []
    project.set_face(1, face_from_eyes((5, 6), (20, 7)), "B")
    project.set_face(1, mesh(), "B")
    assert rows(project) == [("by B", "Face set: eyes"), ("by B", "Face set: mesh")]
    assert project.bring_back_face(1, "B")
    assert project.face(1).eyes.tolist() == [[5, 6], [20, 7]]
    assert project.bring_back_face(1, "B")
    assert project.face(1).source is FaceSource.MESH
    assert project.check_chain().ok


def test_a_removed_face_can_be_brought_back(project):
    assert not project.bring_back_face(1)
    project.set_face(1, face_from_box((1, 2, 30, 40)), "A")
    project.set_face(1, None, "A")
    assert project.face(1) is None
    assert project.bring_back_face(1)
    assert project.face(1).source is FaceSource.BOX


def test_the_same_face_again_is_no_change(project):
    for _ in range(2):
        project.set_face(1, face_from_eyes((5, 6), (20, 7)), "A")
    assert len(rows(project)) == 1


def test_a_face_does_not_disturb_undo_or_findings(project):
    project.set_tier(1, "A", annotation(event()), "import")
    before = project.steps(1, "A")
    project.set_face(1, face_from_eyes((5, 6), (20, 7)), "A")
    assert project.steps(1, "A") == before
    assert {finding.kind for finding in project.findings()} == {"clip-missing"}


def test_after_another_content_only_what_a_person_set_counts(project):
    project.set_face(1, mesh())
    change(project, "UPDATE clips SET fingerprint = 'another'")
    assert project.face(1) is None
    project.set_face(1, face_from_eyes((5, 6), (20, 7)))
    change(project, "UPDATE clips SET fingerprint = 'a third'")
    assert project.face(1).source is FaceSource.EYES


def test_a_clip_that_joins_another_takes_its_face_along(project, add):
    add(project, "s02", "c01", clip_path=project.sample(1).clip_path)
    project.set_face(1, face_from_eyes((5, 6), (20, 7)))
    with project.database.writing() as connection:
        clip_id, path = connection.execute("SELECT id, path FROM clips").fetchone()
        assert join(connection, clip_id, path, "s02-c01")
    assert project.face(1).source is FaceSource.EYES
    assert project.face(2).source is FaceSource.EYES


def change(project, statement):
    with project.database.writing() as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "value", [b"", b"{", b"\xff", b'{"source":"mesh"}', b'{"source":"mesh","crop":{"size_px":1}}']
)
def test_what_cannot_be_read_is_said_and_can_be_replaced(project, value):
    project.set_face(1, mesh())
    with project.database.writing() as connection:
        connection.execute("UPDATE faces SET value = ?", (value,))
    with pytest.raises(ProjectError, match="stored face cannot be read"):
        project.face(1)
    project.set_face(1, mesh(1.0))
    assert project.face(1).n_found == 14


def test_crops_and_arrays_that_cannot_be_are_unreadable():
    stored = json.loads(faces.encode(mesh()))
    for name, wrong in (("eyes", [[1, 2]]), ("landmarks", [[1, 2]]), ("eyes", None)):
        with pytest.raises(ProjectError):
            faces.decode(json.dumps({**stored, name: wrong}).encode())


def test_a_reader_cannot_set_a_face(folder, add):
    with Project.create(folder, "test") as made:
        add(made)
    with Project.open(folder, read_only=True) as project, pytest.raises(ReadOnlyError):
        project.set_face(1, mesh())


def test_a_project_of_the_third_schema_gets_faces(folder, add, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
        patch.setattr(schema, "VERSION", 3)
        with Project.create(folder, "old") as project:
            add(project)
            project.set_tier(1, "A", annotation(event()), "import")
    with Project.open(folder) as project:
        assert project.face(1) is None
        project.set_face(1, mesh())
        assert project.face(1).n_found == 14
        assert len(project.annotation(1, "A").events) == 1
    (copy,) = (folder / "backups").iterdir()
    connection = sqlite3.connect(copy)
    assert schema.version_of(connection) == 3
    connection.close()


# ------------------------------------------------------------------ all clips of a project
class Finder:
    """Finds the same face everywhere."""

    def find(self, frame):
        from meviewer.data.face.clip_face import Face

        points = mesh().landmarks
        return Face((1.0, 2.0, 30.0, 40.0), 0.8, points + float(frame.flat[0] % 2))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Four clips, the last without labels; and a finder that needs no models."""
    monkeypatch.setattr(finding_faces, "FaceFinder", Finder)
    folder = write_project(tmp_path / "p", tmp_path, moving_frames(60), [("s02", "c02")])
    with Project.open(folder) as project:
        yield project


def outcomes(project, **options):
    return [record.outcome for record in find_all(project, FaceOptions(**options))]


def test_every_clip_gets_its_face_once(small):
    assert outcomes(small) == ["found"] * 4
    assert outcomes(small) == ["there"] * 4
    assert outcomes(small, again=True) == ["found"] * 4
    face = small.face(1)
    assert face.source is FaceSource.MESH
    assert face.n_looked > finding_faces.N_FRAMES, "the keyframes are looked at, too"
    assert small.face(4).n_looked == finding_faces.N_FRAMES
    assert face.models == models_text()


def test_a_stopped_run_goes_on(small):
    run = find_all(small, FaceOptions())
    assert [next(run).done for _ in range(2)] == [1, 2]
    run.close()
    assert outcomes(small) == ["there", "there", "found", "found"]


def test_what_a_person_set_stays(small):
    small.set_face(2, face_from_eyes((5, 6), (20, 7)), "A")
    assert outcomes(small, again=True) == ["found", "by hand", "found", "found"]
    assert small.face(2).source is FaceSource.EYES


def test_other_models_look_again_and_keep_the_crop(small):
    small.set_face(1, mesh())
    assert outcomes(small)[0] == "found"
    assert small.face(1).crop == mesh().crop


def test_a_clip_that_is_missing_is_said_and_the_others_go_on(small):
    shutil.rmtree(small.sample(2).clip_path)
    records = list(find_all(small, FaceOptions()))
    assert [record.outcome for record in records] == ["found", "failed", "found", "found"]
    assert "No such clip" in records[1].reason
    assert small.face(2) is None


def test_no_face_is_stored_as_looked_for(small, monkeypatch):
    monkeypatch.setattr(Finder, "find", lambda *_: None)
    assert outcomes(small) == ["not found"] * 4
    assert small.face(1).source is FaceSource.NONE
    assert outcomes(small) == ["there"] * 4
