"""From clips and labels on disk to arrays: what is used, what is skipped and why, what is kept."""

import factories
import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, project_of

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError, FaceError, MotionError, StorageError
from meviewer.core.events import Keyframes
from meviewer.data.clip import open_clip
from meviewer.data.face import finder
from meviewer.data.face.clip_face import face_from_eyes
from meviewer.data.face.crop import Crop
from meviewer.experiment.records import Preparing, Skipped, Warned
from meviewer.nn import phase_flow
from meviewer.nn.aligned import Placement, seen_through
from meviewer.nn.batches import gather
from meviewer.nn.event_input import Wanted
from meviewer.nn.inputs import normalise
from meviewer.nn.motion_set import of_flow
from meviewer.nn.phase_flow import FlowParams, why_unusable
from meviewer.project.features import FeatureStore

DIS = msgspec.structs.replace(SPEC, representation="flow-dis")


def collected(project, spec=DIS):
    records, work = [], gather(project, spec)
    while True:
        try:
            records.append(next(work))
        except StopIteration as stop:
            return stop.value, records


def reasons(records):
    return {r.clip: r.reason for r in records if isinstance(r, Skipped)}


@pytest.fixture
def project(tmp_path):
    with project_of(tmp_path / "project") as made:
        yield made


def test_arrays_of_a_project(project):
    data, records = collected(project)
    assert data.flow.shape == (4, 2, 2, 16, 16)
    assert data.flow.dtype == np.float32
    assert data.classes == ("happiness", "surprise")
    assert data.truth.tolist() == [0, 1, 0, 1]
    assert data.subjects == ("s0", "s0", "s1", "s1")
    assert data.sample_ids == tuple(sample.id for sample in project.samples())
    assert not reasons(records)
    steps = [r.done for r in records if isinstance(r, Preparing)]
    assert steps == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("representation", ["flow-dis", "mm-cof"])
def test_aligned_clips_are_learnt_and_kept_as_clips_of_their_own(project, representation):
    network = "resnet18" if representation == "mm-cof" else SPEC.network
    plain = msgspec.structs.replace(SPEC, network=network, representation=representation)
    aligned = msgspec.structs.replace(plain, alignment="face")
    first = project.samples()[0]
    face = face_from_eyes((14.0, 16.0), (30.0, 16.0), Crop(size_px=40))
    project.set_face(first.id, face)
    raw, _ = collected(project, plain)
    data, records = collected(project, aligned)
    skipped = [record for record in records if isinstance(record, Skipped)]
    assert {record.reason for record in skipped} == {
        "A clip without a face cannot be aligned. Nobody has looked for it. Look for faces"
        " (meviewer face), or set this one by hand: two eyes, or a box."
    }
    assert data.sample_ids == (first.id,)
    assert not np.allclose(data.flow[0], raw.flow[0], atol=0.05)
    again, _ = collected(project, plain)
    assert np.array_equal(again.flow, raw.flow)
    with open_clip(first.clip_path) as clip:
        seen = seen_through(clip, Placement.of(face))
        (label,) = project.annotation(first.id, SPEC.label_tier)
        params = Wanted.of(aligned).flow
        assert np.array_equal(data.flow[0], phase_flow.compute(seen, label.keyframes, params))
    store = FeatureStore(project.features_folder)
    note = store.meta(phase_flow.key(seen.fingerprint, label.keyframes, params))
    assert note["clip_fingerprint"] == first.fingerprint


def test_a_clip_to_be_predicted_is_aligned_by_the_face_that_is_found(project, monkeypatch):
    wanted = Wanted.of(msgspec.structs.replace(DIS, alignment="face"))
    sample = project.samples()[0]
    (label,) = project.annotation(sample.id, SPEC.label_tier)
    face, asked = face_from_eyes((14.0, 16.0), (30.0, 16.0), Crop(size_px=40)), []

    def find(_finder, _clip, indices):
        asked.append(indices)
        return face if len(asked) == 1 else None

    monkeypatch.setattr(finder, "find_in_clip", find)
    with open_clip(sample.clip_path) as clip:
        seen = wanted.look(clip, label.keyframes)
        through = seen_through(clip, Placement.of(face))
        flow = phase_flow.compute(through, label.keyframes, wanted.flow)
        with pytest.raises(FaceError, match="cannot be aligned"):
            wanted.look(clip, label.keyframes)
    assert np.array_equal(seen, of_flow(flow[None], wanted.family))
    assert label.keyframes.apex in asked[0]


@pytest.mark.parametrize("method", ["flow-dis", "flow-tvl1"])
def test_the_motion_is_where_and_whither_it_was(project, method):
    data, _ = collected(project, msgspec.structs.replace(SPEC, representation=method))
    # The first class moves up at the upper left, the second to the right at the upper right.
    rise, fall = data.flow[0]
    assert rise[1, 3:7, 3:7].mean() < -0.1
    assert fall[1, 3:7, 3:7].mean() > 0.1
    assert data.flow[1, 0, 0, 3:7, 9:13].mean() > 0.1
    assert np.abs(rise[:, 10:, 10:]).mean() < 0.05
    assert normalise(torch.from_numpy(data.flow)).isfinite().all()


def test_what_was_computed_is_not_computed_again(project, monkeypatch):
    data, _ = collected(project)
    monkeypatch.setattr(phase_flow, "compute", None)
    again, _ = collected(project)
    np.testing.assert_array_equal(again.flow, data.flow)
    assert again.labels == data.labels
    smaller = msgspec.structs.replace(DIS, input_px=15)
    with pytest.raises(TypeError):
        collected(project, smaller)


def test_moved_keyframes_are_another_motion_and_another_label_set(project):
    data, _ = collected(project)
    sample = project.samples()[0]
    moved = factories.annotation(factories.event(1, 2, 4, 8, "happiness"))
    project.set_tier(sample.id, "truth", moved, "moved")
    again, _ = collected(project)
    assert not np.array_equal(again.flow[0], data.flow[0])
    np.testing.assert_array_equal(again.flow[1:], data.flow[1:])
    assert again.labels != data.labels


def test_what_cannot_be_used_is_named_with_its_reason(project):
    event = factories.event
    labels = {
        0: Annotation(),
        1: factories.annotation(event(1, 5, 5, 8, "surprise")),
        2: factories.annotation(event(1, 2, 5, 80, "happiness")),
        3: factories.annotation(event(1, 2, 5, 8, "surprise"), event(2, 3, 8, 8, "surprise")),
    }
    for number, sample in enumerate(project.samples()):
        project.set_tier(sample.id, "truth", labels[number], "test")
    data, records = collected(project)
    assert data.sample_ids == (project.samples()[3].id,)
    found = [r.reason for r in records if isinstance(r, Skipped)]
    assert sorted(found) == [
        "it has no label in this tier",
        "the fall has fewer than two frames",
        "the offset, frame 80, lies outside the clip of 10 frames",
        "the rise has fewer than two frames",
    ]


def test_a_damaged_frame_costs_its_clip_alone(project):
    bad, changed = project.samples()[0], project.samples()[3]
    frame = sorted(bad.clip_path.glob("*.png"))[5]
    frame.write_bytes(frame.read_bytes()[:200])
    data, records = collected(project)
    assert len(data) == 3
    assert bad.id not in data.sample_ids
    assert reasons(records)
    sorted(changed.clip_path.glob("*.png"))[0].unlink()
    again, records = collected(project)
    assert len(again) == 3  # the other clip's motion is in the store
    for path in project.features_folder.rglob("*.h5"):
        path.unlink()
    again, records = collected(project)
    assert changed.id not in again.sample_ids
    assert len([r for r in records if isinstance(r, Skipped)]) == 2


def test_emotions_and_schemes(project):
    sample = project.samples()[1]
    label = factories.annotation(factories.event(1, 2, 5, 8, "bliss"))
    project.set_tier(sample.id, "truth", label, "odd")
    scheme = msgspec.structs.replace(DIS, class_scheme="3: MEGC")
    data, records = collected(project, scheme)
    assert data.classes == ("negative", "positive", "surprise")
    assert "'bliss' has no class in the scheme 'megc2019-3'" in reasons(records)["clip1"]
    label = factories.annotation(factories.event(1, 2, 5, 8, ""))
    project.set_tier(sample.id, "truth", label, "none")
    assert "no emotion" in reasons(collected(project)[1])["clip1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label_tier": "nobody"}, "label_tier.*no labels by 'nobody'.*truth"),
        ({"class_scheme": "7"}, "class_scheme.*own, .*megc2019-3"),
    ],
)
def test_wrong_names_are_named(project, changes, words):
    with pytest.raises(ExperimentError, match=words):
        collected(project, msgspec.structs.replace(DIS, **changes))


def test_nothing_to_learn_from(project):
    nothing = Annotation(status=Status.NONE_PRESENT)
    for sample in project.samples():
        project.set_tier(sample.id, "truth", nothing, "nothing there")
    with pytest.raises(ExperimentError, match=r"No clip can be learnt from.*4 of 4 were left out"):
        collected(project)


def test_the_reason_that_leaves_nothing_is_said_with_the_error(project):
    for sample in project.samples():
        sorted(sample.clip_path.glob("*.png"))[-1].unlink()
    with pytest.raises(ExperimentError, match=r"4 of 4 .*: the clip has changed since"):
        collected(project)


def test_a_full_disk_costs_time_and_no_data(project, monkeypatch):
    def full(*args):
        raise StorageError("Computed features cannot be stored", why="the disk is full")

    monkeypatch.setattr(FeatureStore, "put", full)
    data, records = collected(project)
    assert len(data) == 4
    assert len([r for r in records if isinstance(r, Warned)]) == 1


def test_phases_that_are_too_short():
    assert why_unusable(Keyframes(2, 3, 4), 5) == ""
    assert "rise and the fall" in why_unusable(Keyframes(2, 2, 2), 5)
    assert "outside" in why_unusable(Keyframes(2, 3, 5), 5)
    with pytest.raises(MotionError, match="fewer than two"):
        phase_flow.compute(_Still(), Keyframes(1, 1, 3), FlowParams("dis", 14))


class _Still:
    n_frames = 5
