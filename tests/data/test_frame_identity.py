"""The frames of a labelled clip are known again, and nothing else is taken for them."""

from __future__ import annotations

import json
from fractions import Fraction

import cv2
import numpy as np
import pytest
from factories import moving_frames, write_clip
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import ClipError
from meviewer.data.clip import open_clip
from meviewer.data.frame_identity import (
    anchor_frames,
    from_bytes,
    look_at,
    mark_frames,
    marked_clip,
    to_bytes,
)
from meviewer.data.frame_placement import Placement
from meviewer.data.frame_search import recognise
from meviewer.synth.clips import make_clip


class Watcher:
    """Waits to the end; remembers what it heard."""

    def __init__(self, patience=10**9):
        self.patience = patience
        self.heard = []

    @property
    def cancelled(self):
        self.patience -= 1
        return self.patience < 0

    def report(self, share, text=""):
        self.heard.append(share)


@pytest.fixture(scope="module")
def face():
    """A synthetic face, 110 frames of 210 x 255 px with its keyframes."""
    made = make_clip(5, "happiness", subject=3, size=(210, 255), n_frames=110)
    key = made.keyframes
    return made.frames, (key.onset, key.apex, key.offset)


@pytest.fixture(scope="module")
def relative():
    """Another clip of the same person."""
    return make_clip(17, "surprise", subject=3, size=(210, 255), n_frames=110).frames


def write_jpeg(folder, frames, quality, first_number=101):
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames, first_number):
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        assert cv2.imwrite(str(folder / f"img{number:04d}.jpg"), frame[..., ::-1], options)
    (folder / "clip.json").write_text(json.dumps({"rate": "200/1"}))
    return folder


def write_h264(path, frames, rate=200, crf=18):
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": str(crf)})
        stream.height, stream.width = (size // 2 * 2 for size in frames.shape[1:3])
        stream.pix_fmt = "yuv420p"
        for frame in frames[:, : stream.height, : stream.width]:
            picture = np.ascontiguousarray(frame)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def found(old, path, watcher=None):
    with open_clip(path) as clip:
        return recognise(old, clip, watcher or Watcher())


@pytest.fixture(scope="module")
def old(face, tmp_path_factory):
    """The face as it was labelled: PNG images from number 101 on."""
    frames, labels = face
    folder = write_clip(tmp_path_factory.mktemp("old") / "clip", frames)
    with open_clip(folder) as clip:
        return marked_clip(clip, labels)


# ------------------------------------------------------------------ looks
def test_a_hash_is_that_of_shape_and_pixels():
    frame = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    other = frame.copy()
    other[3, 3, 2] += 1
    assert look_at(frame).hash == look_at(frame.copy()).hash
    assert look_at(frame).hash != look_at(other).hash
    assert look_at(frame).hash != look_at(frame.reshape(2, 8, 3)).hash


def test_a_picture_keeps_less_than_one_grey_level(tmp_path):
    frame = np.full((96, 96, 3), 100, np.uint8)
    frame[:3, :1] = 101
    picture = look_at(frame).picture
    assert picture[0, 0] == 100 * 256 + round(256 / 3)
    assert (picture.ravel()[1:] == 100 * 256).all()
    assert (from_bytes(to_bytes(picture)) == picture).all()
    assert from_bytes(b"short") is None


@given(st.integers(1, 5000))
@settings(deadline=None, max_examples=40)
def test_anchors_span_the_clip_and_are_few(n_frames):
    anchors = anchor_frames(n_frames)
    assert anchors[0] == 0
    assert anchors[-1] == n_frames - 1
    assert len(set(anchors)) == len(anchors) == min(n_frames, 12)


def test_marks_hold_index_number_and_time(tmp_path):
    with open_clip(write_clip(tmp_path / "c", first_number=300)) as clip:
        (one, two) = mark_frames(clip, [20, 4, 20, 99])
    assert (one.frame, one.number, one.ms) == (4, 304, 20.0)
    assert (two.frame, two.number, two.ms) == (20, 320, 100.0)


def test_a_damaged_frame_has_no_mark_and_a_closed_clip_is_an_error(tmp_path):
    folder = write_clip(tmp_path / "c")
    (folder / "img0105.png").write_bytes(b"\x89PNG damaged")
    with open_clip(folder) as clip:
        assert [mark.frame for mark in mark_frames(clip, [3, 4, 5])] == [3, 5]
    with pytest.raises(ClipError):
        mark_frames(clip, [3])


@given(
    st.fractions(Fraction(1, 8), 8, max_denominator=20),
    st.fractions(-50, 50, max_denominator=20),
    st.integers(0, 10_000),
)
@settings(deadline=None, max_examples=60)
def test_places_of_many_frames_are_those_of_each(ratio, shift, frame):
    placement = Placement(ratio, shift)
    assert placement.of(np.array([frame]))[0] == placement(frame)
    beside = abs(ratio * frame + shift - placement(frame))
    assert placement.hits(np.array([frame]))[0] == (beside <= Fraction(1, 4))


# ------------------------------------------------------------------ frames equal in every bit
def test_the_same_frames_in_other_files_are_the_same(old, face, tmp_path):
    for number, frame in enumerate(face[0], 101):
        (tmp_path / "c").mkdir(exist_ok=True)
        options = [cv2.IMWRITE_PNG_COMPRESSION, 9]
        cv2.imwrite(str(tmp_path / "c" / f"{number}.png"), frame[..., ::-1], options)
    moved = found(old, tmp_path / "c")
    assert (moved.kind, moved.moves, moved.n_matched, moved.n_marks) == ("same", False, 3, 3)


def test_new_numbers_are_said_and_nothing_moves(old, face, tmp_path):
    moved = found(old, write_clip(tmp_path / "c", face[0], first_number=1))
    assert (moved.kind, moved.moves) == ("renumbered", False)
    assert "101 is now 1" in moved.text


@pytest.mark.parametrize("cut", [1, 2, 7, 12])
@pytest.mark.parametrize("keeps_numbers", [True, False])
def test_a_clip_cut_at_the_front_is_measured_exactly(old, face, tmp_path, cut, keeps_numbers):
    first = 101 + cut if keeps_numbers else 1
    moved = found(old, write_clip(tmp_path / "c", face[0][cut:], first_number=first))
    assert (moved.kind, moved.shift, moved.ratio, moved.exact) == ("trimmed", -cut, 1, True)
    assert f"begins {cut} frame" in moved.text
    assert "later" in moved.text


def test_both_ends_cut_and_numbered_anew(old, face, tmp_path):
    moved = found(old, write_clip(tmp_path / "c", face[0][9:-6], first_number=1))
    assert (moved.kind, moved.shift, moved.n_matched) == ("trimmed", -9, 3)


def test_a_clip_that_begins_earlier(face, tmp_path):
    frames, (onset, apex, offset) = face
    with open_clip(write_clip(tmp_path / "old", frames[12:])) as clip:
        late = marked_clip(clip, (onset - 12, apex - 12, offset - 12))
    moved = found(late, write_clip(tmp_path / "new", frames, first_number=1))
    assert (moved.kind, moved.shift) == ("trimmed", 12)
    assert "begins 12 frames earlier" in moved.text


def test_a_cut_end_moves_nothing(old, face, tmp_path):
    moved = found(old, write_clip(tmp_path / "c", face[0][:-5]))
    assert (moved.kind, moved.moves) == ("trimmed", False)
    assert "ends 5 frames earlier" in moved.text


def test_a_label_frame_that_was_cut_away_is_counted(old, face, tmp_path):
    cut = face[1][0] + 1
    moved = found(old, write_clip(tmp_path / "c", face[0][cut:], first_number=1))
    assert (moved.shift, moved.n_matched, moved.n_marks) == (-cut, 2, 3)


def test_every_second_frame_kept_is_found(old, face, tmp_path):
    kept = write_clip(tmp_path / "c", face[0][::2], first_number=1, rate=Fraction(100))
    moved = found(old, kept)
    assert (moved.kind, moved.ratio, moved.shift) == ("resampled", Fraction(1, 2), 0)
    assert "100 frames a second instead of 200" in moved.text
    for frame in face[1]:
        assert abs(2 * moved.placement(frame) - frame) <= 1


def test_every_frame_doubled_is_found(old, face, tmp_path):
    doubled = write_clip(tmp_path / "c", np.repeat(face[0], 2, 0), rate=Fraction(400))
    moved = found(old, doubled)
    assert (moved.kind, moved.ratio) == ("resampled", 2)
    assert [moved.placement(frame) // 2 for frame in face[1]] == list(face[1])


def test_frames_taken_out_between_the_labels_are_no_shift(old, face, tmp_path):
    frames, (_, apex, _) = face
    moved = found(old, write_clip(tmp_path / "c", np.delete(frames, apex - 3, 0)))
    assert moved.kind == "other"
    assert "taken out" in moved.text


def test_a_still_clip_that_was_cut_cannot_be_measured(tmp_path):
    still = np.repeat(moving_frames(1), 40, 0)
    with open_clip(write_clip(tmp_path / "old", still)) as clip:
        marks = marked_clip(clip, (5, 10, 20))
    assert found(marks, write_clip(tmp_path / "new", still[3:], first_number=1)).shift == 0


# ------------------------------------------------------------------ frames with other pixels
def test_jpeg_is_known_again(old, face, tmp_path):
    moved = found(old, write_jpeg(tmp_path / "c", face[0], 60))
    assert (moved.kind, moved.moves) == ("re-encoded", False)


@pytest.mark.parametrize("cut", [1, 6, 12])
def test_jpeg_that_was_cut_is_measured_exactly(old, face, tmp_path, cut):
    moved = found(old, write_jpeg(tmp_path / "c", face[0][cut:], 60, first_number=1))
    assert (moved.kind, moved.shift, moved.exact) == ("re-encoded", -cut, False)
    assert 0 < moved.confidence < 1
    assert f"begins {cut} frame" in moved.text


@pytest.mark.parametrize("cut", [0, 8])
def test_brightness_and_contrast_do_not_matter(old, face, tmp_path, cut):
    lit = np.clip(face[0][cut:] * 1.08 + 9, 0, 255).round().astype(np.uint8)
    moved = found(old, write_clip(tmp_path / "c", lit, first_number=1))
    assert (moved.kind, moved.shift) == ("re-encoded", -cut)


def test_half_the_size_does_not_matter(old, face, tmp_path):
    small = [cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for f in face[0][5:]]
    moved = found(old, write_clip(tmp_path / "c", small, first_number=1))
    assert (moved.kind, moved.shift) == ("re-encoded", -5)


@pytest.mark.parametrize("crf", [18, 23])
def test_h264_is_known_again(old, face, tmp_path, crf):
    moved = found(old, write_h264(tmp_path / "c.mp4", face[0], crf=crf))
    assert (moved.kind, moved.moves) == ("re-encoded", False)


def test_h264_that_was_cut_is_measured_exactly_or_not_at_all(old, face, tmp_path):
    for crf in (10, 18, 23):
        moved = found(old, write_h264(tmp_path / f"{crf}.mp4", face[0][12:], crf=crf))
        assert moved.kind == "other" or moved.shift == -12


def test_jpeg_of_every_second_frame(old, face, tmp_path):
    moved = found(old, write_jpeg(tmp_path / "c", face[0][::2], 75, first_number=1))
    assert moved.kind == "resampled"
    assert moved.ratio == Fraction(1, 2)
    for frame in face[1]:
        assert abs(2 * moved.placement(frame) - frame) <= 1


# ------------------------------------------------------------------ other clips
def test_another_clip_of_the_same_person_is_another(old, relative, tmp_path):
    for cut in (0, 4, 20):
        moved = found(old, write_clip(tmp_path / str(cut), relative[cut:]))
        assert (moved.kind, moved.moves, moved.known) == ("other", False, False)


def test_another_clip_of_the_same_person_encoded_anew_is_another(old, relative, tmp_path):
    assert found(old, write_jpeg(tmp_path / "j", relative, 60)).kind == "other"
    assert found(old, write_h264(tmp_path / "v.mp4", relative)).kind == "other"


def test_an_unrelated_clip_is_another(old, tmp_path):
    stranger = make_clip(8, "disgust", subject=40, size=(210, 255), n_frames=60).frames
    moved = found(old, write_clip(tmp_path / "c", stranger))
    assert moved.kind == "other"
    assert "another clip" in moved.text


def test_another_scene_that_moves_alike_is_another(tmp_path):
    with open_clip(write_clip(tmp_path / "old", moving_frames(40))) as clip:
        marks = marked_clip(clip, (10, 20, 30))
    for cut in (0, 5):
        other = write_clip(tmp_path / f"{cut}", moving_frames(40, seed=7)[cut:])
        assert found(marks, other).kind == "other"


def test_a_reversed_clip_is_another(old, face, tmp_path):
    moved = found(old, write_clip(tmp_path / "c", face[0][::-1], first_number=1))
    assert moved.kind == "other"


def test_clips_of_one_frame(face, relative, tmp_path):
    frame, labels = face[0][:1], (0, 0, 0)
    with open_clip(write_clip(tmp_path / "old", frame)) as clip:
        marks = marked_clip(clip, labels)
    assert found(marks, write_clip(tmp_path / "same", frame, first_number=7)).kind == "renumbered"
    assert found(marks, write_jpeg(tmp_path / "jpeg", frame, 60)).kind == "re-encoded"
    assert found(marks, write_clip(tmp_path / "in", face[0][:30])).moves is False
    other = moving_frames(1, 255, 210, seed=3)
    assert found(marks, write_clip(tmp_path / "other", other)).kind == "other"


# ------------------------------------------------------------------ long clips, and stopping
def test_a_long_clip_is_searched_from_coarse_to_fine(old, face, tmp_path, monkeypatch):
    monkeypatch.setattr("meviewer.data.frame_search._WHOLE_FRAMES", 30)
    jpeg = write_jpeg(tmp_path / "c", face[0][6:], 75, first_number=1)
    moved = found(old, jpeg)
    assert (moved.kind, moved.shift) == ("re-encoded", -6)
    exact = write_clip(tmp_path / "e", face[0][6:-9], first_number=1)
    assert (found(old, exact).shift, found(old, exact).exact) == (-6, True)


def test_a_search_that_nobody_waits_for_ends(old, relative, tmp_path):
    watcher = Watcher(patience=25)
    assert found(old, write_clip(tmp_path / "c", relative), watcher) is None
    assert watcher.heard
    assert all(0 <= share <= 1 for share in watcher.heard)
