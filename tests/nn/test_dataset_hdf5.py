"""A project as one HDF5 file and back: labels, frames, classes, folds; and files that are wrong."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import factories
import h5py
import numpy as np
import pytest

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ExperimentError, LabelError, ProjectError, StorageError
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data.clip import open_clip
from meviewer.data.hdf5_writer import write_hdf5
from meviewer.nn.dataset_export import WHATS, DatasetOptions, write_dataset
from meviewer.nn.resample import resize_planes
from meviewer.project import dataset_hdf5_import
from meviewer.project.clips import add_clip
from meviewer.project.dataset_hdf5 import DatasetCancelledError
from meviewer.project.dataset_hdf5_import import import_dataset
from meviewer.project.dataset_hdf5_reading import read_dataset
from meviewer.project.project import Project

PAGE = Path(__file__).parents[2] / "resources" / "docs" / "guide" / "hdf5-dataset.md"
RICH = Event(
    7,
    Keyframes(3, 6, 9),
    "Disgust",
    (ActionUnit(4, "", "B"), ActionUnit(12, "L")),
    0.25,
    "a note, ünicode",
    Source.GAMDSS,
    (Keyframes(1, 2, 3), Keyframes(4, 4, 5)),
    "micro",
    "3",
    Source.MANUAL,
)
NO_APEX = Event(8, Keyframes(10, 11, 12), "fear", source=Source.DATA_SET, apex_source=Source.NONE)


def block(name):
    """The code of the page below a mark."""
    text = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- {name}: [^\n]*-->\n```python\n(.*?)```", text, re.DOTALL)
    return found[1]


def defined(name, folder, monkeypatch):
    """Run the page's code as a module and return it."""
    (folder / f"page_{name}.py").write_text(block(name), "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    module = __import__(f"page_{name}")
    monkeypatch.delitem(sys.modules, f"page_{name}")
    return module


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def project(tmp_path):
    """Three subjects with two clips each, of different length and size; labels by A, B, truth."""
    with Project.create(tmp_path / "project", "small", tmp_path / "data") as made:
        for number, subject in enumerate(("sub01", "sub2", "sub10")):
            for name in ("c1", "c2"):
                height = 40 + 8 * number
                frames = factories.moving_frames(14 + number, height, 32, 2, 5, 9, seed=number)
                folder = factories.write_clip(tmp_path / "data" / subject / name, frames)
                with open_clip(folder) as clip:
                    sample = add_clip(made, subject, name, clip, "surprise", "set")
                label = Annotation((RICH, NO_APEX), Status.COMMITTED)
                made.set_tier(sample.id, "A", label, "x")
                event = replace(RICH, id=1, emotion="" if name == "c1" else "happiness")
                made.set_tier(sample.id, "truth", Annotation((event,), Status.DRAFT), "x")
        made.set_tier(1, "B", Annotation((), Status.NONE_PRESENT), "x")
        yield made


def texts(file, name):
    return list(file[name].asstr()[:])


# ------------------------------------------------------------------ writing
def test_frames_are_exact_and_labels_lie_beside_them(project, tmp_path):
    target = tmp_path / "out.h5"
    done = write_dataset(project, target, DatasetOptions(scheme="casme2-5"))
    assert (done.n_samples, done.n_clips, done.n_events, done.n_folds) == (6, 6, 18, 3)
    assert done.n_bytes == target.stat().st_size
    assert done.unmapped == (("fear", 6),)
    assert dict(done.counts)["disgust"] == 6
    assert dict(done.counts)["surprise"] == 3
    with h5py.File(target) as file:
        assert dict(file.attrs)["format"] == "meviewer-dataset"
        assert (file.attrs["version"], file.attrs["size_px"]) == (1, 0)
        assert file.attrs["face_crop"] == "none"
        for sample, number in zip(project.samples(), file["samples/clip"], strict=True):
            stored = file[f"clips/{number:04d}/frames"]
            with open_clip(sample.clip_path) as clip:
                assert np.array_equal(stored, np.stack([clip.frame(i) for i in range(len(clip))]))
                assert tuple(file[f"clips/{number:04d}/numbers"]) == clip.numbers
            assert stored.attrs["rate"] == "200/1"
        assert texts(file, "samples/subject")[::2] == ["sub01", "sub2", "sub10"]
        assert list(file["samples/height_px"])[::2] == [40, 48, 56]
        assert {c.shape for c in file["events"].values()} == {(18,)}


def test_events_say_index_and_number_and_a_missing_apex_is_none(project, tmp_path):
    write_dataset(project, tmp_path / "out.h5", DatasetOptions(tiers=("A",), scheme="casme2-5"))
    with h5py.File(tmp_path / "out.h5") as file:
        events = file["events"]
        assert list(events["apex"][:2]) == [6, -1]
        assert list(events["has_apex"][:2]) == [True, False]
        assert events["has_apex"].dtype == bool
        assert list(events["apex_number"][:2]) == [107, -1]
        assert list(events["onset_number"][:2]) == [104, 111]
        assert texts(file, "events/action_units")[0] == "4B+L12"
        assert texts(file, "events/objective")[:2] == ["3", ""]
        assert np.isnan(events["confidence"][1])
        assert set(texts(file, "events/tier")) == {"A"}
        classes = texts(file, "classes/name")
        assert classes == ["happiness", "disgust", "repression", "surprise", "others"]
        assert list(events["class"][:2]) == [1, -1]


def test_folds_hold_out_one_subject_each_in_natural_order(project, tmp_path):
    write_dataset(project, tmp_path / "out.h5", DatasetOptions(tiers=("A",), scheme="casme2-5"))
    with h5py.File(tmp_path / "out.h5") as file:
        assert texts(file, "folds/subject") == ["sub01", "sub2", "sub10"]
        subjects = np.array(texts(file, "samples/subject"))[file["events/sample"][:]]
        for row, fold in enumerate(file["events/fold"]):
            if file["events/class"][row] < 0:
                assert fold == -1
            else:
                assert texts(file, "folds/subject")[fold] == subjects[row]


def test_one_subject_has_no_folds(tmp_path):
    with Project.create(tmp_path / "p", "one", tmp_path) as made:
        with open_clip(factories.write_clip(tmp_path / "clip")) as clip:
            sample = add_clip(made, "s", "c", clip)
        made.set_tier(sample.id, "A", factories.annotation(), "x")
        done = write_dataset(made, tmp_path / "out.h5")
    assert done.n_folds == 0
    with h5py.File(tmp_path / "out.h5") as file:
        assert list(file["events/fold"]) == [-1]


def test_objective_classes_are_classes_too(project, tmp_path):
    done = write_dataset(project, tmp_path / "out.h5", DatasetOptions(scheme="objective-5"))
    assert dict(done.counts) == {"I": 0, "II": 0, "III": 12, "IV": 0, "V": 0}
    assert done.unmapped == (("", 6),)


@pytest.mark.parametrize("size", [16, 64])
def test_frames_of_one_size_can_be_stacked(project, tmp_path, size):
    write_dataset(project, tmp_path / "out.h5", DatasetOptions(size_px=size))
    with h5py.File(tmp_path / "out.h5") as file:
        shapes = {group["frames"].shape[1:] for group in file["clips"].values()}
        assert shapes == {(size, size, 3)}
        assert file.attrs["size_px"] == size
        assert set(file["samples/width_px"]) == {size}


def test_compressed_frames_are_the_same_and_smaller(tmp_path):
    with Project.create(tmp_path / "p", "one", tmp_path) as made:
        flat = (
            np.zeros((12, 40, 40, 3), np.uint8) + np.arange(12, dtype=np.uint8)[:, None, None, None]
        )
        with open_clip(factories.write_clip(tmp_path / "clip", flat)) as clip:
            add_clip(made, "s", "c", clip)
        plain = write_dataset(made, tmp_path / "a.h5")
        small = write_dataset(made, tmp_path / "b.h5", DatasetOptions(compression="gzip"))
    assert small.n_bytes < plain.n_bytes
    with h5py.File(tmp_path / "b.h5") as file:
        assert np.array_equal(file["clips/0000/frames"], flat)
        assert file["clips/0000/frames"].chunks == (1, 40, 40, 3)


def test_samples_on_one_clip_share_its_frames(project, tmp_path):
    first = project.samples()[0]
    with open_clip(first.clip_path) as clip:
        add_clip(project, "sub01", "again", clip)
    done = write_dataset(project, tmp_path / "out.h5")
    assert (done.n_samples, done.n_clips) == (7, 6)
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["samples/clip"][6] == file["samples/clip"][0]


def test_clips_that_cannot_be_read_are_left_out_and_listed(project, tmp_path):
    gone, damaged, changed = project.samples()[:3]
    for path in gone.clip_path.iterdir():
        path.unlink()
    sorted(damaged.clip_path.glob("*.png"))[-1].write_bytes(b"no picture")
    sorted(changed.clip_path.glob("*.png"))[0].unlink()
    done = write_dataset(project, tmp_path / "out.h5")
    assert done.n_samples == 3
    assert [one.clip for one in done.skipped] == ["c1", "c2", "c1"]
    assert "changed" in done.skipped[2].reason
    with h5py.File(tmp_path / "out.h5") as file:
        assert list(file["clips"]) == ["0000", "0001", "0002"]
        assert texts(file, "skipped/subject") == ["sub01", "sub01", "sub2"]
        assert texts(file, "skipped/reason") == [one.reason for one in done.skipped]
        assert set(texts(file, "samples/subject")) == {"sub2", "sub10"}
        assert list(file["samples/clip"]) == [0, 1, 2]


def test_a_frame_found_damaged_late_leaves_nothing_of_its_clip(project, tmp_path, monkeypatch):
    from meviewer.core.errors import ClipError
    from meviewer.data.clip_folder import FolderClip

    decode = FolderClip._decode

    def damaged(self, index):
        if self.path.match("sub2/c1") and index == 12:
            raise ClipError("damaged", where="frame 12")
        return decode(self, index)

    monkeypatch.setattr(FolderClip, "_decode", damaged)
    done = write_dataset(project, tmp_path / "out.h5")
    assert [(one.subject, one.clip) for one in done.skipped] == [("sub2", "c1")]
    with h5py.File(tmp_path / "out.h5") as file:
        assert len(file["clips"]) == len(file["samples/clip"]) == 5
        assert [len(group["frames"]) for group in file["clips"].values()] == [14, 14, 15, 16, 16]


def test_events_outside_their_clip_are_left_out_and_listed(project, tmp_path):
    label = factories.annotation(factories.event(1, 2, 5, 400))
    project.set_tier(1, "B", label, "x")
    done = write_dataset(project, tmp_path / "out.h5", DatasetOptions(tiers=("B",)))
    assert done.n_events == 0
    assert "400, outside the clip of 14" in done.skipped[0].reason


@pytest.mark.parametrize("what", ["di", "flow", "mm-cof"])
def test_representations_have_one_row_an_event(project, tmp_path, what):
    options = DatasetOptions(what=what, size_px=8, scheme="casme2-5", method="dis")
    done = write_dataset(project, tmp_path / "out.h5", options)
    shape = {"di": (2, 3), "flow": (2, 2), "mm-cof": (3,)}[what]
    assert done.n_events == 12
    assert len(done.skipped) == 6
    assert "no apex" in done.skipped[0].reason
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["x"].shape == (12, *shape, 8, 8)
        assert file["x"].dtype == np.float32
        assert np.isfinite(file["x"][:]).all()
        assert np.abs(file["x"][:]).max(axis=tuple(range(1, file["x"].ndim))).min() > 0
        assert "clips" not in file
        assert set(file["samples/clip"]) == {-1}
        assert len(file["events/class"]) == 12


def test_a_dynamic_image_is_that_of_the_phase_averaged(project, tmp_path):
    from meviewer.motion.dynamic_image import dynamic_image

    write_dataset(project, tmp_path / "o.h5", DatasetOptions(what="di", size_px=8, tiers=("A",)))
    with open_clip(project.samples()[0].clip_path) as clip:
        whole = dynamic_image(np.stack([clip.frame(i) for i in RICH.keyframes.fall]))
    with h5py.File(tmp_path / "o.h5") as file:
        assert np.allclose(file["x"][0, 1], resize_planes(whole, 8), atol=0.05)


def test_flow_is_that_of_a_training(project, tmp_path):
    from meviewer.nn import phase_flow

    options = DatasetOptions(what="flow", size_px=8, method="dis", tiers=("A",))
    write_dataset(project, tmp_path / "o.h5", options)
    with open_clip(project.samples()[0].clip_path) as clip:
        flow = phase_flow.compute(clip, RICH.keyframes, phase_flow.FlowParams("dis", 8))
    with h5py.File(tmp_path / "o.h5") as file:
        assert np.array_equal(file["x"][0], flow)


@pytest.mark.parametrize("what", WHATS)
def test_progress_rises_to_its_end(project, tmp_path, what):
    shares = []
    options = DatasetOptions(what=what, size_px=8, method="dis")
    write_dataset(project, tmp_path / "o.h5", options, lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert 0.8 <= shares[-1] <= 1


@pytest.mark.parametrize("what", ["frames", "flow"])
@pytest.mark.parametrize("before", [False, True])
def test_cancelling_leaves_nothing_behind(project, tmp_path, what, before):
    folder = tmp_path / "out"
    folder.mkdir()
    if before:
        (folder / "o.h5").write_bytes(b"the old one")
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 4

    options = DatasetOptions(what=what, size_px=8, method="dis")
    with pytest.raises(DatasetCancelledError):
        write_dataset(project, folder / "o.h5", options, None, cancelled)
    assert files(folder) == (["o.h5"] if before else [])
    assert not before or (folder / "o.h5").read_bytes() == b"the old one"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": "video"}, "frames, di"),
        ({"size_px": 0}, "0 px"),
        ({"size_px": 99999}, "99999 px"),
        ({"method": "magic"}, "tvl1"),
        ({"compression": "zip"}, "none, gzip"),
        ({"tiers": ("nobody",)}, "'nobody'.*A, B"),
        ({"scheme": "none such"}, "casme2-5"),
    ],
)
def test_impossible_options_are_named_and_nothing_is_written(project, tmp_path, changes, words):
    with pytest.raises(ExperimentError, match=words):
        write_dataset(project, tmp_path / "o.h5", DatasetOptions(**changes))
    assert not (tmp_path / "o.h5").exists()


def test_nothing_to_export_is_said(tmp_path):
    with Project.create(tmp_path / "p", "none", tmp_path) as made:
        with pytest.raises(ExperimentError, match=r"nothing to export.*no clips"):
            write_dataset(made, tmp_path / "o.h5")
        with open_clip(factories.write_clip(tmp_path / "clip")) as clip:
            add_clip(made, "s", "c", clip)
        with pytest.raises(ExperimentError, match="nothing to export"):
            write_dataset(made, tmp_path / "o.h5", DatasetOptions(what="flow", size_px=8))
    assert files(tmp_path) == ["clip", "p"]


def test_the_disk_refusing_is_an_error_and_leaves_nothing(project, tmp_path):
    with pytest.raises(StorageError):
        write_dataset(project, tmp_path / "no folder" / "o.h5")
    with pytest.raises(StorageError):
        write_dataset(project, tmp_path)


def test_a_full_disk_ends_the_export_and_not_the_program(project, tmp_path, monkeypatch):
    from meviewer.data import hdf5_file

    def full(self, view):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(hdf5_file._Accepting, "_write_all", full)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(StorageError, match="disk is full"):
        write_dataset(project, folder / "o.h5")
    assert files(folder) == []


def test_a_project_for_reading_only_is_exported_without_a_trace(project, tmp_path):
    project.close()
    with Project.open(tmp_path / "project", read_only=True) as again:
        options = DatasetOptions(what="flow", size_px=8, method="dis")
        assert write_dataset(again, tmp_path / "o.h5", options).n_events == 12
        assert not again.features_folder.exists()


# ------------------------------------------------------------------ the page
def test_the_loader_of_the_page_has_ten_lines_and_loads(project, tmp_path, monkeypatch):
    assert len(block("loader").strip().splitlines()) <= 10
    write_dataset(project, tmp_path / "out.h5", DatasetOptions(scheme="casme2-5"))
    load = defined("loader", tmp_path, monkeypatch).load
    train, test = load(tmp_path / "out.h5", "A", 1)
    assert (len(train), len(test)) == (4, 2)
    frames, number = test[0]
    assert number == 1
    with open_clip(tmp_path / "data" / "sub2" / "c1") as clip:
        assert np.array_equal(frames, np.stack([clip.frame(i) for i in range(3, 10)]))


def test_the_torch_data_set_of_the_page_loads(project, tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    options = DatasetOptions(what="flow", size_px=8, method="dis", scheme="casme2-5")
    write_dataset(project, tmp_path / "out.h5", options)
    events = defined("torch", tmp_path, monkeypatch).Events(tmp_path / "out.h5", [0, 2, 4])
    batches = list(torch.utils.data.DataLoader(events, batch_size=2))
    assert batches[0][0].shape == (2, 2, 2, 8, 8)
    assert batches[0][1].tolist()[0] == 1
    events.file.close()


def test_the_page_names_every_column_and_attribute(project, tmp_path):
    write_dataset(project, tmp_path / "out.h5")
    words = set(re.findall(r"`/?([\w.-]+)`", PAGE.read_text("utf-8")))
    with h5py.File(tmp_path / "out.h5") as file:
        for name, table in file.items():
            if name != "clips":
                assert {name, *table} <= words, name
        assert set(file.attrs) <= words


# ------------------------------------------------------------------ reading back
def by_names(project):
    return {(s.subject, s.name): s for s in project.samples()}


def test_a_project_comes_back_as_it_went(project, tmp_path):
    write_dataset(project, tmp_path / "out.h5")
    shares = []
    done = import_dataset(tmp_path / "out.h5", tmp_path / "new", lambda s, _: shares.append(s))
    assert (done.n_samples, done.n_clips, done.n_events) == (6, 6, 18)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with Project.open(tmp_path / "new") as again:
        assert again.name == "small"
        assert again.coders() == project.coders()
        assert again.root == tmp_path / "new"
        assert [again.is_machine(c) for c in again.coders()] == [False, False, True]
        found = by_names(again)
        assert found.keys() == by_names(project).keys()
        for names, sample in by_names(project).items():
            new = found[names]
            assert again.annotations(new.id) == project.annotations(sample.id)
            assert (new.emotion, new.dataset, new.rate) == ("surprise", "set", Fraction(200))
            with open_clip(sample.clip_path) as one, open_clip(new.clip_path) as other:
                assert one.numbers == other.numbers
                assert all(np.array_equal(one.frame(i), other.frame(i)) for i in range(len(one)))
        assert not list(again.shifted_clips())
    assert files(tmp_path / "new" / "clips")[0] == "0000-sub01-c1.h5"


def test_an_imported_project_can_be_moved_and_exported_again(project, tmp_path):
    write_dataset(project, tmp_path / "a.h5")
    import_dataset(tmp_path / "a.h5", tmp_path / "new")
    (tmp_path / "new").rename(tmp_path / "moved")
    with Project.open(tmp_path / "moved") as again:
        assert write_dataset(again, tmp_path / "b.h5").n_events == 18
    one, other = read_dataset(tmp_path / "a.h5"), read_dataset(tmp_path / "b.h5")
    assert one == other


def test_times_and_gaps_of_frames_come_back(tmp_path):
    frames = factories.moving_frames(6)
    times = (0.0, 5.0, 10.0, 16.5, 20.0, 25.0)
    write_hdf5(tmp_path / "c.h5", frames, Fraction(200), (3, 4, 6, 7, 8, 9), times)
    with Project.create(tmp_path / "p", "one", tmp_path) as made:
        with open_clip(tmp_path / "c.h5") as clip:
            add_clip(made, "s", "c", clip)
        write_dataset(made, tmp_path / "out.h5")
    import_dataset(tmp_path / "out.h5", tmp_path / "new")
    with Project.open(tmp_path / "new") as again:
        time = again.time_base(again.samples()[0].id)
        assert tuple(time.numbers) == (3, 4, 6, 7, 8, 9)
        assert time.pts_ms == times


def test_samples_that_share_a_clip_share_it_again(project, tmp_path):
    with open_clip(project.samples()[0].clip_path) as clip:
        add_clip(project, "sub01", "again", clip)
    write_dataset(project, tmp_path / "out.h5")
    done = import_dataset(tmp_path / "out.h5", tmp_path / "new")
    assert (done.n_samples, done.n_clips) == (7, 6)


def test_a_file_of_another_program_needs_few_columns(tmp_path):
    with h5py.File(tmp_path / "o.h5", "w") as file:
        file.attrs["format"], file.attrs["version"], file.attrs["what"] = (
            "meviewer-dataset",
            1,
            "frames",
        )
        file["clips/0000/frames"] = factories.moving_frames(20)
        text = h5py.string_dtype()
        for name, value in {
            "samples/subject": "s", "samples/name": "c", "samples/rate": "100/1", "tiers/name": "A",
            "events/tier": "A", "classes/name": "x",
        }.items():  # fmt: skip
            file.create_dataset(name, data=[value], dtype=text)
        for name in ("annotations/tier", "annotations/status"):
            file.create_dataset(name, shape=(0,), dtype=text)
        file["annotations/sample"] = np.zeros(0, int)
        numbers = {"onset": 2, "apex": -1, "offset": 8, "sample": 0}
        for name, number in numbers.items():
            file[f"events/{name}"] = [number]
        file["samples/n_frames"], file["samples/clip"] = [20], [0]
        file["tiers/machine"] = [False]
    import_dataset(tmp_path / "o.h5", tmp_path / "new")
    with Project.open(tmp_path / "new") as made:
        (event,) = made.annotation(made.samples()[0].id, "A")
    assert (event.onset, event.offset, event.has_apex) == (2, 8, False)


@pytest.mark.parametrize("at", [1, 20, 70])
def test_cancelling_an_import_leaves_nothing_behind(project, tmp_path, at):
    write_dataset(project, tmp_path / "out.h5")
    before, asked = files(tmp_path), []

    def cancelled():
        asked.append(1)
        return len(asked) > at

    with pytest.raises(DatasetCancelledError):
        import_dataset(tmp_path / "out.h5", tmp_path / "new", None, cancelled)
    assert files(tmp_path) == before


def test_an_import_changes_no_folder_that_holds_something(project, tmp_path):
    write_dataset(project, tmp_path / "out.h5")
    with pytest.raises(ProjectError, match="something in this folder"):
        import_dataset(tmp_path / "out.h5", tmp_path / "data")
    (tmp_path / "empty").mkdir()
    assert import_dataset(tmp_path / "out.h5", tmp_path / "empty").n_samples == 6


def test_a_disk_that_is_too_small_is_found_before_anything_is_copied(
    project, tmp_path, monkeypatch
):
    write_dataset(project, tmp_path / "out.h5")
    before = files(tmp_path)

    class Usage:
        free = 1000

    monkeypatch.setattr(dataset_hdf5_import.shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(StorageError, match="too small"):
        import_dataset(tmp_path / "out.h5", tmp_path / "new")
    assert files(tmp_path) == before


def test_motion_alone_is_no_project(project, tmp_path):
    write_dataset(project, tmp_path / "o.h5", DatasetOptions(what="flow", size_px=8, method="dis"))
    assert read_dataset(tmp_path / "o.h5").what == "flow"
    with pytest.raises(LabelError, match="flow, not frames"):
        import_dataset(tmp_path / "o.h5", tmp_path / "new")
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------ files that are wrong
def put(name, values, **options):
    def change(file):
        if name in file:
            del file[name]
        file.create_dataset(name, data=values, **options)

    return change


def set_row(name, row, value):
    def change(file):
        file[name][row] = value

    return change


def attribute(name, value):
    def change(file):
        file.attrs[name] = value

    return change


def remove(name):
    def change(file):
        del file[name]

    return change


def link(name, target):
    def change(file):
        if name in file:
            del file[name]
        file[name] = target

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (attribute("format", "other"), "another kind"),
        (attribute("version", 2), "version 2"),
        (attribute("version", "x"), "version"),
        (attribute("title", [1, 2]), "title"),
        (remove("events"), "events/sample.*no array"),
        (remove("events/onset"), "events/onset"),
        (put("events/onset", [1.5] * 18), "events/onset.*float64"),
        (put("events/onset", [1] * 17), "17 rows"),
        (put("events/onset", [[1] * 18]), "shape"),
        (set_row("events/onset", 3, -4), "onset, row 3"),
        (set_row("events/onset", 3, 500), "onset, row 3"),
        (set_row("events/sample", 2, 77), "events/sample, row 2.*no sample 77"),
        (set_row("events/tier", 0, "Z"), "no tier 'Z'"),
        (set_row("events/source", 0, "moon"), "moon"),
        (set_row("events/rejected", 0, "1-2"), "row 0"),
        (set_row("annotations/status", 1, "odd"), "annotations/status, row 1"),
        (set_row("samples/rate", 1, "fast"), "samples/rate, row 1"),
        (set_row("samples/name", 1, "c1"), "same name"),
        (set_row("samples/subject", 1, " "), "samples/subject, row 1"),
        (set_row("samples/clip", 1, 9), "clips/0009/frames"),
        (set_row("samples/clip", 1, -1), "has no frames"),
        (set_row("samples/n_frames", 1, 3), "the table says 3"),
        (remove("clips/0002/frames"), "clips/0002"),
        (put("clips/0002/frames", np.zeros((3, 4, 5))), "float64"),
        (put("clips/0002/frames", np.zeros((3, 4), np.uint8)), "shape"),
        (put("clips/0002/numbers", [1, 2]), "clips/0002/numbers"),
        (link("clips/0002/frames", h5py.ExternalLink("secret.h5", "/frames")), "no array"),
        (link("clips/0002", h5py.ExternalLink("secret.h5", "/")), "no array"),
        (link("clips/0002/frames", h5py.SoftLink("/clips/0001/frames")), "no array"),
        (put("samples/subject", np.array([b"\xff\xfe"] * 6, "S2")), "samples/subject"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_leaves_nothing(project, tmp_path, change, words):
    path = tmp_path / "out.h5"
    write_dataset(project, path)
    write_hdf5(tmp_path / "secret.h5", factories.moving_frames(15, 48, 32))
    with h5py.File(path, "r+") as file:
        change(file)
    before = files(tmp_path)
    with pytest.raises(LabelError, match=words) as caught:
        import_dataset(path, tmp_path / "new")
    assert str(path) in caught.value.where
    assert files(tmp_path) == before


@pytest.mark.parametrize("data", [b"", b"text", b"\x89HDF\r\n\x1a\n" + b"\0" * 300])
def test_a_file_that_is_no_hdf5_is_refused(tmp_path, data):
    (tmp_path / "o.h5").write_bytes(data)
    with pytest.raises(LabelError):
        read_dataset(tmp_path / "o.h5")
    with pytest.raises(LabelError):
        read_dataset(tmp_path / "none.h5")


def test_a_file_that_was_cut_off_is_refused(project, tmp_path):
    path = tmp_path / "out.h5"
    write_dataset(project, path)
    data = path.read_bytes()
    for share in (0.2, 0.6, 0.95):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(LabelError):
            import_dataset(path, tmp_path / "new")
        assert not (tmp_path / "new").exists()
