"""The feature store filled by workers: right values, resumed, robust, with its provenance."""

import os
import signal
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.errors import ExperimentError, JobError, StorageError
from meviewer.core.events import Source
from meviewer.data.clip import open_clip
from meviewer.experiment.records import Featured, FeaturesDone, Preparing
from meviewer.jobs.local import WorkerProcess
from meviewer.motion import dynamic_image, flow, mm_cof
from meviewer.nn import dataset_motion, phase_flow
from meviewer.nn.event_features import REPRESENTATIONS, EventMotion
from meviewer.nn.feature_plan import EventUnit, FeatureOptions
from meviewer.nn.features import compute_features, shares
from meviewer.nn.phase_flow import FlowParams
from meviewer.nn.resample import resize_flow, resize_planes
from meviewer.nn.worker_pool import one_thread_worker
from meviewer.project.clips import add_clip
from meviewer.project.features import FeatureStore
from meviewer.project.project import Project

HERE = Path(__file__).parent
SIZE = 24
SMALL = FeatureOptions(size_px=SIZE, workers=2)
ALONE = FeatureOptions(size_px=SIZE, workers=1)
"""Where it does not matter who works: the start of a worker takes longer than its work here."""


def make_project(where):
    """Two subjects with two different clips each, all labelled 12-26-50 by A."""
    with Project.create(where / "project", "small", where) as made:
        for seed, (subject, name) in enumerate(product(("s01", "s02"), ("c01", "c02"))):
            frames = moving_frames(60, onset=10, apex=30, offset=50, seed=seed)
            with open_clip(write_clip(where / subject / name, frames)) as clip:
                sample = add_clip(made, subject, name, clip)
            made.set_tier(sample.id, "A", annotation(event(1, 12, 26, 50)), "import")
    return where / "project"


@pytest.fixture
def folder(tmp_path):
    return make_project(tmp_path)


@pytest.fixture
def project(folder):
    with Project.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A project whose store is full, to look at: itself, the records and the last of them."""
    with Project.open(make_project(tmp_path_factory.mktemp("filled"))) as opened:
        yield (opened, *fill(opened))


def strange_worker(what):
    """A worker process in which the events of a clip called c02 go wrong."""
    start = f"import sys; sys.path.insert(0, {str(HERE)!r}); import strange_worker; "
    return WorkerProcess([sys.executable, "-c", f"{start}strange_worker.main({what!r})"])


def fill(project, options=SMALL, make_worker=one_thread_worker):
    """Run it to its end: the records of events by (subject, clip), and the last record."""
    said = list(compute_features(project, options, make_worker))
    assert isinstance(said[-1], FeaturesDone)
    events = [one for one in said if isinstance(one, Featured)]
    assert len(events) == said[-1].n_events
    return {(one.subject, one.clip): one for one in events}, said[-1]


def store_of(project):
    return FeatureStore(project.features_folder)


def files_of(project):
    return {path: path.stat().st_mtime_ns for path in project.features_folder.glob("*/*.h5")}


def test_the_values_are_those_of_a_direct_computation(filled):
    project, records, done = filled
    assert (done.computed, done.known, done.skipped, done.failed) == (4, 0, 0, 0)
    store = store_of(project)
    for sample in project.samples():
        (label,) = project.annotation(sample.id, "A")
        keys = records[sample.subject, sample.name].keys
        assert set(keys) == set(REPRESENTATIONS)
        with open_clip(sample.clip_path) as clip:
            frames = [clip.frame(i) for i in range(clip.n_frames)]
        onset, apex, offset = (frames[at] for at in (12, 26, 50))
        rise, fall = flow.compute(onset, apex), flow.compute(apex, offset)
        np.testing.assert_array_equal(
            store.get(keys["flow"])["flow"],
            np.stack([resize_flow(rise, SIZE), resize_flow(fall, SIZE)]),
        )
        channels = np.moveaxis(mm_cof.mm_cof(rise, fall).channels(), 0, -1)
        np.testing.assert_array_equal(
            store.get(keys["mm-cof"])["mm_cof"], resize_planes(channels, SIZE)
        )
        images = store.get(keys["di"])
        for name, image in zip(
            ("rise", "fall", "whole"),
            dynamic_image.dual_phase(np.stack(frames), label.keyframes),
            strict=True,
        ):
            np.testing.assert_allclose(images[name], resize_planes(image, SIZE), atol=0.01)
            assert images[name].dtype == np.float32


def test_a_training_finds_the_flow(filled):
    project, *_ = filled
    sample = project.samples()[0]
    (label,) = project.annotation(sample.id, "A")
    params = FlowParams("tvl1", SIZE)
    known = phase_flow.stored(store_of(project), sample.fingerprint, label.keyframes, params)
    assert known is not None
    assert known.shape == (2, 2, SIZE, SIZE)


@pytest.mark.parametrize("what", ["di", "mm-cof"])
def test_an_export_takes_what_is_there_and_it_is_what_it_would_have_computed(filled, what):
    project, *_ = filled
    sample = project.samples()[0]
    (label,) = project.annotation(sample.id, "A")
    params = FlowParams("tvl1", SIZE)
    with open_clip(sample.clip_path) as clip:
        computed = dataset_motion.compute(clip, label.keyframes, what, params)
        clip.frame = None  # from now on nothing can be computed
        taken = dataset_motion.compute(clip, label.keyframes, what, params, store_of(project))
    assert taken.shape == computed.shape == (*dataset_motion.SHAPES[what], SIZE, SIZE)
    np.testing.assert_allclose(taken, computed, atol=0.01)


def test_each_result_says_what_it_is(filled):
    project, records, _done = filled
    for record in records.values():
        for what, key in record.keys.items():
            meta = store_of(project).meta(key)
            assert "[ours]" in meta["formula"]
            assert "[paper" in meta["formula"] or "[2nd" in meta["formula"]
            assert meta["representation"] == what
            assert (meta["onset"], meta["apex"], meta["offset"]) == (12, 26, 50)
            assert meta["size_px"] == SIZE
            assert meta["version"] >= 1
            assert meta["code"]
            assert meta["fingerprint"] in {one.fingerprint for one in project.samples()}
        assert store_of(project).meta(record.keys["flow"])["flow_attachment"] == "0.15"
        assert store_of(project).meta(record.keys["di"])["kind"] == "bilen"
        joined = store_of(project).meta(record.keys["mm-cof"])
        assert joined["mm_cof_alpha"] == "1.5"
        assert joined["flow_method"] == "tvl1"
        assert 0 < joined["tau"] < 1


def test_what_is_there_is_not_computed_again(project):
    fill(project, FeatureOptions(("flow",), SIZE, workers=1))
    before = files_of(project)
    records, done = fill(project, ALONE)
    assert done.computed == 4
    assert {one.computed for one in records.values()} == {("mm-cof", "di")}
    assert {path: files_of(project)[path] for path in before} == before
    everything = files_of(project)
    records, done = fill(project, ALONE)
    assert (done.computed, done.known) == (0, 4)
    assert files_of(project) == everything


def test_a_damaged_file_and_moved_keyframes_are_computed_anew(project):
    records, _done = fill(project, ALONE)
    damaged = store_of(project).path(records["s01", "c01"].keys["di"])
    damaged.write_bytes(damaged.read_bytes()[:3000])
    moved = project.find_sample("s02", "c01")
    project.set_tier(moved.id, "A", annotation(event(1, 12, 27, 50)), "moved")
    records, done = fill(project, ALONE)
    assert (done.computed, done.known) == (2, 2)
    assert records["s01", "c01"].computed == ("di",)
    assert records["s02", "c01"].computed == ("flow", "mm-cof", "di")


def test_the_size_is_part_of_the_key(project):
    fill(project, FeatureOptions(("di",), SIZE, workers=1))
    _records, done = fill(project, FeatureOptions(("di",), 16, workers=1))
    assert done.computed == 4


def test_what_cannot_be_computed_is_said_and_the_others_go_on(project, tmp_path):
    for path in (tmp_path / "s01" / "c01").iterdir():
        path.unlink()
    no_apex = project.find_sample("s01", "c02")
    label = event(1, 12, 26, 50)
    unset = annotation(
        type(label)(1, label.keyframes, label.emotion, apex_source=Source.NONE),
        event(2, 8, 8, 20),
    )
    project.set_tier(no_apex.id, "A", unset, "no apex")
    changed = project.find_sample("s02", "c01").clip_path / "img0110.png"
    changed.write_bytes(changed.read_bytes() + b"more")
    said = list(compute_features(project, ALONE))
    reasons = [(e.subject, e.clip, e.state, e.reason) for e in said if isinstance(e, Featured)]
    assert [(s, c, state) for s, c, state, _why in reasons[:2]] == [("s01", "c02", "skipped")] * 2
    assert "apex is not set" in reasons[0][3]
    assert "fewer than two frames" in reasons[1][3]
    found = {(s, c): (state, why) for s, c, state, why in reasons[2:]}
    assert found["s01", "c01"][0] == "failed"
    assert str(tmp_path / "s01" / "c01") in found["s01", "c01"][1]
    assert found["s02", "c01"][0] == "failed"
    assert "changed" in found["s02", "c01"][1]
    assert found["s02", "c02"] == ("computed", "")
    assert (said[-1].skipped, said[-1].failed, said[-1].computed) == (2, 2, 1)


def test_a_damaged_frame_within_the_event_takes_only_the_dynamic_images_away(tmp_path):
    clip_folder = write_clip(tmp_path / "s01" / "c01", moving_frames(60))
    (clip_folder / "img0131.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with Project.create(tmp_path / "project", "one", tmp_path) as made:
        with open_clip(clip_folder) as clip:
            sample = add_clip(made, "s01", "c01", clip)
        made.set_tier(sample.id, "A", annotation(event(1, 12, 26, 50)), "import")
        records, done = fill(made, ALONE)
    record = records["s01", "c01"]
    assert done.failed == 1
    assert set(record.keys) == {"flow", "mm-cof"}
    assert "no di" in record.reason


def test_a_worker_that_dies_once_is_replaced(project, tmp_path):
    records, done = fill(project, SMALL, lambda: strange_worker(f"once {tmp_path}"))
    assert done.computed + done.known == 4
    assert done.failed == 0
    assert all(set(one.keys) == set(REPRESENTATIONS) for one in records.values())


@pytest.mark.parametrize("what", ["killed", "breaks"])
def test_an_event_that_takes_its_workers_down_is_given_up(project, what):
    records, done = fill(project, SMALL, lambda: strange_worker(what))
    assert {place: one.state for place, one in records.items()} == {
        ("s01", "c01"): "computed",
        ("s01", "c02"): "failed",
        ("s02", "c01"): "computed",
        ("s02", "c02"): "failed",
    }
    assert done.failed == 2
    assert "2 times" in records["s01", "c02"].reason


def test_workers_that_die_whatever_they_are_given_end_it(project):
    with pytest.raises(JobError, match="exit status 5"):
        list(
            compute_features(
                project,
                ALONE,
                lambda: WorkerProcess([sys.executable, "-c", "import sys; sys.exit(5)"]),
            )
        )


def test_a_full_disk_ends_it_with_what_to_do(project):
    with pytest.raises(StorageError, match="ree some space"):
        list(compute_features(project, SMALL, lambda: strange_worker("full")))


def test_closing_it_stops_the_workers_and_leaves_whole_files_only(project):
    made = []

    def worker():
        made.append(strange_worker("hangs"))
        return made[-1]

    records = compute_features(project, SMALL, worker)
    # Signs of life come though no event is done: both workers are at a clip that takes for ever.
    assert next(one for one in records if isinstance(one, Preparing) and one.done == 2)
    assert [next(records).done for _ in range(2)] == [2, 2]
    records.close()
    assert made
    assert not any(one.running for one in made)
    store = store_of(project)
    for path in store.folder.glob("*/*.h5"):
        assert store.get(path.stem) is not None
    assert not list(store.folder.glob(".unfinished/*"))
    _records, done = fill(project, ALONE)
    assert done.known >= 1
    assert done.computed + done.known == 4


def test_a_worker_that_is_killed_leaves_whole_files_only(project):
    made = []

    def worker():
        made.append(one_thread_worker())
        return made[-1]

    records = compute_features(project, ALONE, worker)
    done = None
    for record in records:
        if isinstance(record, Featured) and len(made) == 1:
            os.kill(made[0].pid, signal.SIGTERM)
            made.append(None)
        done = record
    assert done.computed + done.known == 4
    assert done.failed == 0


def test_two_runs_at_once_are_harmless(project, folder):
    with Project.open(folder, read_only=True) as second:
        one, two = compute_features(project, SMALL), compute_features(second, SMALL)
        ends = []
        running = [one, two]
        while running:
            for each in tuple(running):
                record = next(each, None)
                if record is None:
                    running.remove(each)
                elif isinstance(record, FeaturesDone):
                    ends.append(record)
    assert [end.failed for end in ends] == [0, 0]
    assert [end.computed + end.known for end in ends] == [4, 4]
    assert fill(project, ALONE)[1].known == 4


def test_options_are_checked_where_they_are_made(project):
    for wrong in (
        {"size_px": 0},
        {"size_px": 100_000},
        {"representations": ("hog",)},
        {"representations": ()},
        {"workers": -1},
    ):
        with pytest.raises(ExperimentError):
            FeatureOptions(**wrong)
    with pytest.raises(ExperimentError, match="he tiers are A"):
        list(compute_features(project, FeatureOptions(tier="nobody")))


def test_events_of_one_clip_stay_together_and_loads_are_even():
    def unit(path, n, event_id=1):
        return EventUnit(1, event_id, "s", "c", path, "200/1", "f", (0, 1, n))

    units = [unit(str(k % 50), 60, k // 50) for k in range(100)]
    one, two = shares(units, 2)
    assert {u.path for u in one}.isdisjoint({u.path for u in two})
    assert len(one) == len(two) == 50
    assert sorted(one + two, key=units.index) == units


def test_an_array_of_another_shape_counts_as_not_there(project):
    sample = project.samples()[0]
    (label,) = project.annotation(sample.id, "A")
    motion = EventMotion(sample.fingerprint, label.keyframes, SIZE)
    store = store_of(project)
    store.put(motion.key("di"), {"rise": np.zeros((3, SIZE, SIZE), np.float32)})
    assert motion.stored(store, "di") is None
