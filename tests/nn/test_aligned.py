"""Features of aligned clips: shift, scale and turn of the head in the picture do not count."""

import msgspec
import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core.errors import FaceError
from meviewer.data.clip import open_clip
from meviewer.data.face.clip_face import ClipFace, FaceSource, face_from_eyes
from meviewer.data.face.crop import Crop
from meviewer.experiment.records import Featured
from meviewer.nn.aligned import AlignedClip, Placement, fingerprint_through, seen_through
from meviewer.nn.event_features import REPRESENTATIONS, EventMotion
from meviewer.nn.feature_plan import FeatureOptions
from meviewer.nn.features import compute_features
from meviewer.project.clips import add_clip
from meviewer.project.features import FeatureStore
from meviewer.project.project import Project

KEYS = event(1, 4, 10, 18).keyframes
RIGHT, LEFT = (30.0, 40.0), (50.0, 40.0)
CROP = Crop(size_px=48, eye_distance=0.4, eye_height=0.4)
SIZE = 16


class Shown:
    """Frames in memory."""

    def __init__(self, frames, fingerprint="shown"):
        self.frames, self.fingerprint = frames, fingerprint

    @property
    def n_frames(self):
        return len(self.frames)

    def frame(self, index):
        return self.frames[index]


def placed(right=RIGHT, left=LEFT, crop=CROP):
    return Placement.of(face_from_eyes(right, left, crop))


@pytest.fixture(scope="module")
def frames():
    return smooth(moving_frames(24, 96, 80, onset=4, apex=10, offset=18))


def smooth(frames):
    import cv2

    return np.stack([cv2.GaussianBlur(frame, (0, 0), 3.0) for frame in frames])


def moved(frames, matrix, size):
    import cv2

    border = cv2.BORDER_REPLICATE
    return np.stack(
        [
            cv2.warpAffine(one, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border)
            for one in frames
        ]
    )


def features_of(frames, placement, name):
    motion = EventMotion(name, KEYS, SIZE, placement)
    return motion.compute(Shown(frames, name), REPRESENTATIONS, 1)


@pytest.mark.parametrize(
    ("scale", "degrees", "shift"), [(1.0, 0.0, (13, 7)), (1.5, 0.0, (5, 3)), (1.25, 8.0, (20, 9))]
)
def test_a_shifted_scaled_turned_clip_gives_the_same_features(frames, scale, degrees, shift):
    angle = np.radians(degrees)
    turn = scale * np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    matrix = np.hstack((turn, np.array(shift, float)[:, None]))
    other = moved(frames, matrix, (170, 180))
    eyes = [tuple(turn @ np.array(eye) + shift) for eye in (RIGHT, LEFT)]
    one = features_of(frames, placed(), "one")
    two = features_of(other, placed(*eyes), "two")
    plain = features_of(other, None, "three")
    for what, array in (("flow", "flow"), ("di", "whole"), ("mm-cof", "mm_cof")):
        first, second, raw = (found[what].arrays[array] for found in (one, two, plain))
        power = float(np.abs(first).mean())
        assert np.abs(first - second).mean() < 0.15 * power, what
        assert np.abs(first - raw).mean() > 0.5 * power, what


def test_the_transform_is_part_of_the_key_and_the_face_s_origin_is_not():
    plain, aligned = EventMotion("f", KEYS, SIZE), EventMotion("f", KEYS, SIZE, placed())
    further = EventMotion("f", KEYS, SIZE, placed(left=(50.5, 40.0)))
    padded = EventMotion("f", KEYS, SIZE, placed(crop=Crop(48, 0.4, 0.4, "black")))
    for what in (*REPRESENTATIONS, "keyframes"):
        assert len({one.key(what) for one in (plain, aligned, further, padded)}) == 4
    other = msgspec.structs.replace(placed(), source="mesh")
    assert EventMotion("f", KEYS, SIZE, other).key("flow") == aligned.key("flow")


def test_an_aligned_clip_is_its_frames_through_the_transform(frames):
    clip = seen_through(Shown(frames), placed())
    assert isinstance(clip, AlignedClip)
    assert np.array_equal(clip.frame(3), placed().alignment.apply(frames[3]))
    assert clip.frame(0).shape == (48, 48, 3)
    assert clip.n_frames == 24
    assert clip.fingerprint == fingerprint_through("shown", placed()) != "shown"
    assert seen_through(clip, None) is clip


@pytest.mark.parametrize("face", [None, ClipFace(FaceSource.NONE)], ids=["not looked", "not found"])
def test_without_a_face_nothing_is_aligned(face):
    with pytest.raises(FaceError, match="cannot be aligned"):
        Placement.of(face)


def test_the_store_holds_aligned_features_beside_plain_ones_and_says_how(tmp_path, frames):
    with Project.create(tmp_path / "project", "small", tmp_path) as project:
        for name, shown in (("c01", frames), ("c02", frames[:, ::-1])):
            with open_clip(write_clip(tmp_path / name, shown)) as clip:
                sample = add_clip(project, name, name, clip)
            project.set_tier(sample.id, "A", annotation(event(1, 4, 10, 18)), "import")
        first = project.samples()[0]
        face = face_from_eyes(RIGHT, LEFT, CROP)
        project.set_face(first.id, face)
        plain = FeatureOptions(size_px=SIZE, workers=1)
        aligned = FeatureOptions(size_px=SIZE, workers=1, aligned=True)
        said = {
            options: {
                one.clip: one
                for one in compute_features(project, options)
                if isinstance(one, Featured)
            }
            for options in (plain, aligned)
        }
        store = FeatureStore(project.features_folder)
    done, lacking = said[aligned]["c01"], said[aligned]["c02"]
    assert done.state == "computed"
    assert set(done.keys.values()).isdisjoint(said[plain]["c01"].keys.values())
    note = store.meta(done.keys["flow"])
    assert note["clip_fingerprint"] == first.fingerprint
    assert note["aligned_face"] == "eyes"
    assert "one similarity transform a clip" in note["aligned"]
    with open_clip(tmp_path / "c01") as clip:
        wanted = EventMotion(clip.fingerprint, KEYS, SIZE, Placement.of(face)).compute(
            clip, ("di",), 1
        )
    assert np.array_equal(store.get(done.keys["di"])["whole"], wanted["di"].arrays["whole"])
    assert "aligned" not in store.meta(said[plain]["c01"].keys["flow"])
    assert (lacking.state, dict(lacking.keys)) == ("skipped", {})
    assert lacking.reason == "A clip without a face cannot be aligned: nobody has looked for it"
