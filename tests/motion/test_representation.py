import threading

import numpy as np
import pytest
from factories import write_clip
from motion_clips import flickered, late_label, textured

from meviewer.core.errors import ClipError, MotionError
from meviewer.core.events import Keyframes
from meviewer.data.clip import open_clip
from meviewer.motion import difference, dynamic_image, frame_stack, gamdss, representation_decoding
from meviewer.motion import representation as representation_module
from meviewer.motion.representation import ClipMotion
from meviewer.motion.representation_decoding import DecodingCancelledError


class Clip:
    """A sequence of frames that counts what is decoded, some of it damaged."""

    def __init__(self, frames, damaged=()):
        self.frames = frames
        self.damaged = set(damaged)
        self.decoded = []

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, index):
        self.decoded.append(index)
        if index in self.damaged:
            raise ClipError("Damaged frame", where=f"img{index}.png", why="truncated")
        return self.frames[index]


@pytest.fixture
def frames():
    return textured(0)[0]


def test_one_pass_of_decoding_feeds_everything(frames):
    clip = Clip(frames)
    motion = ClipMotion(clip)
    label = Keyframes(5, 12, 30)
    motion.curve(5)
    motion.consecutive()
    motion.matrix()
    motion.matrix(brightness_free=True)
    motion.reselect(label)
    motion.dual_phase(label)
    motion.signed(12, 5)
    assert clip.decoded == list(range(len(frames)))


def test_answers_are_those_of_the_functions(frames):
    motion = ClipMotion(Clip(frames))
    label = late_label(textured(0)[1])
    for free in (False, True):
        early = motion.curve(7, brightness_free=free)
        neighbours = motion.consecutive(brightness_free=free)
        square = motion.matrix(brightness_free=free)
        expected = difference.matrix(frames, brightness_free=free)
        np.testing.assert_array_equal(square, expected)
        np.testing.assert_allclose(early, expected[7], rtol=1e-5, atol=1e-3)
        np.testing.assert_allclose(neighbours[1:], np.diagonal(expected, 1), rtol=1e-5, atol=1e-3)
        np.testing.assert_array_equal(motion.curve(7, brightness_free=free), expected[7])
        assert motion.noise_floor(label.span, brightness_free=free) == difference.noise_floor(
            neighbours, label.span
        )
    whole = motion.dual_phase(label, "linear").whole
    np.testing.assert_array_equal(whole, dynamic_image.dual_phase(frames, label, "linear").whole)
    np.testing.assert_array_equal(motion.signed(9, 3), difference.signed(frames[9], frames[3]))
    np.testing.assert_array_equal(motion.absolute(9, 3), difference.absolute(frames[9], frames[3]))


@pytest.mark.parametrize("variant", gamdss.VARIANTS)
@pytest.mark.parametrize("free", [False, True], ids=["plain", "brightness-free"])
def test_suggestions_are_the_same_before_and_after_the_matrix(frames, variant, free):
    shaky = flickered(frames, 4, 0.02)
    label = late_label(textured(0)[1])
    motion = ClipMotion(shaky)
    before = motion.reselect(label, variant, brightness_free=free)
    motion.matrix(brightness_free=free)
    after = motion.reselect(label, variant, brightness_free=free)
    direct = gamdss.reselect(shaky, label, variant, brightness_free=free)
    assert before.keyframes == after.keyframes == direct.keyframes
    assert after.noise_floor == pytest.approx(direct.noise_floor, rel=1e-3)


def test_wrapped_suggestions_are_those_of_the_published_distance(frames):
    label = late_label(textured(0)[1])
    motion = ClipMotion(frames)
    found = motion.reselect(label, "two-sided", ratio=0.2, wrapped_uint8=True)
    direct = gamdss.reselect(frames, label, "two-sided", ratio=0.2, wrapped_uint8=True)
    assert found.keyframes == direct.keyframes
    assert found.noise_floor == direct.noise_floor


def test_dragging_needs_no_frame_once_the_matrix_is_known(frames, monkeypatch):
    motion = ClipMotion(frames)
    motion.matrix()

    def refuse(*_args, **_kwargs):
        raise AssertionError("frames were looked at")

    monkeypatch.setattr(difference, "pairs", refuse)
    monkeypatch.setattr(difference, "matrix_of", refuse)
    for onset in range(4, 10):
        motion.reselect(Keyframes(onset, 20, 34), "two-sided")
        motion.curve(onset)


def test_frames_above_the_budget_are_averaged_and_it_says_by_how_much(frames):
    clip = Clip(frames)
    motion = ClipMotion(clip, max_bytes=frames.nbytes // 5)
    assert motion.scale == 3
    assert motion.stack.nbytes <= frames.nbytes // 5
    assert motion.frame_shape == (64 // 3, 56 // 3, 3)
    square = frames[2, 3:6, 6:9].reshape(9, 3).mean(axis=0)
    assert np.abs(motion.stack[2, 1, 2] - square).max() <= 0.5 + 1e-9
    grey = motion.rms(motion.curve(5))[20]
    assert 0 < grey < 255


def test_pictures_of_a_reduced_clip_are_at_full_size(frames):
    motion = ClipMotion(Clip(frames), max_bytes=frames.nbytes // 5)
    assert motion.scale > 1
    np.testing.assert_array_equal(motion.frame(7), frames[7])
    assert motion.signed(9, 3).shape == frames.shape[1:3]


def test_frames_are_not_reduced_to_nothing():
    assert frame_stack.reduction(1000, (480, 640, 3), 1) == 30
    assert frame_stack.reduction(10, (40, 50), 10**6) == 1


def test_an_array_that_fits_is_not_copied_and_stays_writeable(frames):
    motion = ClipMotion(frames)
    assert np.shares_memory(motion.stack, frames)
    assert not motion.stack.flags.writeable
    assert frames.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        motion.matrix()[0, 0] = 1


def test_damaged_frames_are_reported_and_take_part_in_nothing(frames):
    truth = textured(0)[1]
    clip = Clip(frames, damaged=(0, truth.apex))
    motion = ClipMotion(clip)
    assert motion.damaged == (0, truth.apex)
    assert "img0.png" in str(motion.damage[0])
    square = motion.matrix()
    assert np.isnan(square[truth.apex]).all()
    assert np.isfinite(np.delete(np.delete(square, [0, truth.apex], 0), [0, truth.apex], 1)).all()
    assert np.isnan(motion.curve(5)[[0, truth.apex]]).all()
    fresh = ClipMotion(clip)
    assert np.isnan(fresh.curve(5)[[0, truth.apex]]).all()
    assert np.isnan(fresh.consecutive()).sum() == 3


def test_a_damaged_frame_is_never_suggested(frames):
    truth = textured(0)[1]
    label = late_label(truth)
    for prepare in (ClipMotion.load, ClipMotion.matrix):
        motion = ClipMotion(Clip(frames, damaged=(truth.apex,)))
        prepare(motion)
        found = motion.reselect(label, "two-sided", ratio=0.25)
        assert abs(found.keyframes.apex - truth.apex) == 1
        wrapped = motion.reselect(label, "two-sided", ratio=0.25, wrapped_uint8=True)
        assert wrapped.keyframes.apex != truth.apex


def test_no_dynamic_image_over_a_damaged_frame(frames):
    motion = ClipMotion(Clip(frames, damaged=(12,)))
    with pytest.raises(ClipError, match="img12"):
        motion.dual_phase(Keyframes(10, 12, 14))
    with pytest.raises(ClipError, match="img12"):
        motion.frame(12)
    assert motion.dual_phase(Keyframes(13, 15, 18)).rise is not None


def test_a_clip_without_any_readable_frame_is_an_error(frames):
    with pytest.raises(ClipError, match="img0"):
        ClipMotion(Clip(frames[:3], damaged=(0, 1, 2))).load()


def test_decoding_reports_progress_and_stops_when_asked(frames):
    shares = []
    clip = Clip(frames)
    stop = threading.Event()

    def progress(share, text):
        shares.append(share)
        assert f"of {len(frames)}" in text
        if len(shares) == 10:
            stop.set()

    motion = ClipMotion(clip, progress=progress, cancelled=stop.is_set)
    with pytest.raises(DecodingCancelledError, match="after 10 of 48"):
        motion.matrix()
    assert clip.decoded == list(range(10))
    assert shares == sorted(shares)
    stop.clear()
    assert motion.curve(0).shape == (48,)
    assert shares[-1] == 1


def test_files_of_a_folder_are_read_side_by_side_and_kept_in_order(frames, tmp_path, monkeypatch):
    monkeypatch.setattr(representation_decoding, "usable_cores", lambda: 3)
    folder = write_clip(tmp_path / "clip", frames[:12])
    (folder / "img0105.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    readers = []
    with open_clip(folder) as clip:
        monkeypatch.setattr(type(clip), "_decode", noted(type(clip)._decode, readers))
        motion = ClipMotion(clip)
        assert motion.damaged == (4,)
    expected = frames[:12].copy()
    expected[4] = expected[3]
    np.testing.assert_array_equal(motion.stack, expected)
    assert all(name.startswith("decode") for name in readers)
    assert len(readers) == 12


def test_reading_side_by_side_stops_when_asked(frames, tmp_path, monkeypatch):
    monkeypatch.setattr(representation_decoding, "usable_cores", lambda: 2)
    shares, readers = [], []
    with open_clip(write_clip(tmp_path / "clip", frames)) as clip:
        monkeypatch.setattr(type(clip), "_decode", noted(type(clip)._decode, readers))
        motion = ClipMotion(
            clip,
            progress=lambda share, _: shares.append(share),
            cancelled=lambda: len(shares) == 10,
        )
        with pytest.raises(DecodingCancelledError, match="after 10 of 48"):
            motion.load()
        assert len(readers) <= 10 + 5


def noted(read, readers):
    def reading(clip, index, room=None):
        readers.append(threading.current_thread().name)
        return read(clip, index, room)

    return reading


def test_threads_share_one_pass_and_one_matrix(frames, monkeypatch):
    clip = Clip(frames)
    motion = ClipMotion(clip)
    computed = []
    original = difference.matrix_of

    def counted(*args):
        computed.append(1)
        return original(*args)

    monkeypatch.setattr(representation_module.difference, "matrix_of", counted)
    found = []
    threads = [threading.Thread(target=lambda: found.append(motion.matrix())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(one is found[0] for one in found)
    assert computed == [1]
    assert len(clip.decoded) == len(frames)


def test_a_recording_is_too_long_for_a_matrix_and_it_says_so():
    motion = ClipMotion(np.zeros((3001, 2, 2), np.uint8))
    with pytest.raises(MotionError, match="3001 frames"):
        motion.matrix()
    assert motion.curve(0).shape == (3001,)
    assert motion.reselect(Keyframes(10, 1000, 2000), "full").keyframes.onset == 10


def test_frames_of_other_sizes_are_named(frames):
    mixed = [*frames[:3], frames[3][:-1], *frames[4:6]]
    with pytest.raises(MotionError, match="frame 3"):
        ClipMotion(mixed).load()
    with pytest.raises(MotionError, match="frame 3"):
        ClipMotion(mixed, max_bytes=100).load()


def test_an_empty_clip_is_an_error():
    with pytest.raises(MotionError, match="No frames"):
        ClipMotion([])
    with pytest.raises(MotionError, match="frame 9"):
        ClipMotion(np.zeros((3, 4, 4), np.uint8)).frame(9)


def test_frames_of_a_folder_are_kept_once_and_shown_from_there(frames, tmp_path):
    with open_clip(write_clip(tmp_path / "clip", frames[:6])) as clip:
        before = clip[2]
        motion = ClipMotion(clip)
        motion.load()
        assert np.shares_memory(clip[3], motion.stack)
        assert not clip[3].flags.writeable
        np.testing.assert_array_equal(motion.stack, frames[:6])
        np.testing.assert_array_equal(clip[2], before)


@pytest.mark.parametrize("free", [False, True])
def test_previews_come_while_frames_are_read_and_end_near_the_truth(tmp_path, free):
    frames = textured(3, n=64)[0]
    seen = []
    with open_clip(write_clip(tmp_path / "clip", frames)) as clip:
        motion = ClipMotion(clip, watch=lambda preview: seen.append(preview))
        motion.load()
        exact = motion.rms(motion.matrix(brightness_free=free))
    assert [len(preview.read) for preview in seen] == [16, 32, 64]
    for preview in seen:
        rough = preview.matrix_rms(brightness_free=free)
        assert rough.shape == exact.shape
        assert np.isfinite(rough).all()  # a fourth of the frames already stands for all
        assert np.corrcoef(rough.ravel(), exact.ravel())[0, 1] > 0.9
    small = seen[-1].small.reshape(64, -1).astype(np.float64)
    if not free:
        loop = [[np.sqrt(((one - two) ** 2).mean()) for two in small] for one in small]
        np.testing.assert_allclose(seen[-1].matrix_rms(), loop, rtol=1e-4, atol=1e-3)


def test_a_preview_of_a_video_leaves_what_is_not_read_empty():
    frames = textured(4, n=70, height=32, width=40)[0]
    seen = []
    motion = ClipMotion(list(frames), watch=lambda preview: seen.append(preview.matrix_rms()))
    motion.load()
    assert len(seen) == 2
    assert np.isfinite(seen[0][:36, :36]).all()
    assert np.isnan(seen[0][45:]).all()
    assert np.isfinite(seen[1]).all()


def test_short_clips_and_damaged_frames_make_no_trouble_for_previews(frames):
    seen = []
    ClipMotion(Clip(frames), watch=seen.append).load()
    assert seen == []
    many = np.repeat(frames, 2, axis=0)
    ClipMotion(Clip(many, damaged=(0, 1, 5)), watch=seen.append).load()
    assert [5 in preview.read for preview in seen] == [False, False]
    assert np.isfinite(seen[-1].matrix_rms()).all()


def test_grey_clips_have_the_light_of_one_channel_and_the_same_distances(frames):
    grey = flickered(frames[..., :1], 2, 0.02)[..., 0]
    wide = np.repeat(grey[..., None], 3, axis=3)
    one, three = (difference.matrix(stack, brightness_free=True) for stack in (grey, wide))
    np.testing.assert_allclose(three, np.sqrt(3) * one, rtol=1e-6)
