"""Exact frames from videos of many kinds."""

from __future__ import annotations

import random
import shutil
import socket
import struct
import threading
from fractions import Fraction

import numpy as np
import pytest

from meviewer.core.errors import ClipError
from meviewer.data.clip import open_clip
from meviewer.data.clip_video import VideoClip
from meviewer.data.frame_cache import FrameCache
from meviewer.data.video_decoder import VideoDecoder
from meviewer.data.video_index import build_index

_VARIABLE = [i * 40 + 17 * (i % 3) + (300 if i > 20 else 0) for i in range(60)]
_KINDS = {
    "b-frames.mp4": {},
    "one-gop.mp4": {"gop": 250},
    "tiny-gop.mp4": {"gop": 2, "b_frames": 1},
    "open-gop.mkv": {"options": {"x264-params": "open-gop=1:scenecut=0:bframes=3:b-adapt=0"}},
    "open-gop.mp4": {"options": {"x264-params": "open-gop=1:scenecut=0:bframes=3:b-adapt=0"}},
    "variable-rate.mkv": {"pts": _VARIABLE},
    "variable-rate.mp4": {"pts": _VARIABLE},
    "late-start.mkv": {"pts": [5000 + 40 * i for i in range(60)]},
    "late-start.mp4": {"pts": [5000 + 40 * i for i in range(60)]},
    "stream.ts": {},
    "no-pts.avi": {"codec": "mpeg4"},
    "no-b-frames.avi": {"codec": "mpeg4", "b_frames": 0},
    "mpeg4.mp4": {"codec": "mpeg4"},
    "no-pts-h264.avi": {},
    "raw.h264": {},
    "program-stream.mpg": {"codec": "mpeg2video"},
    "motion-jpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "lossless.mkv": {"codec": "ffv1"},
}


@pytest.fixture(scope="module")
def video(tmp_path_factory, write_video):
    """Each kind of video, written once."""
    folder = tmp_path_factory.mktemp("videos")
    made = {}

    def make(name):
        if name not in made:
            made[name] = write_video(folder / name, **_KINDS[name])
        return made[name]

    return make


@pytest.mark.parametrize("name", _KINDS)
def test_every_frame_in_any_order_is_the_sequential_one(name, video, decode_all, barcode):
    expected = decode_all(video(name))
    assert [barcode(frame) for frame in expected] == list(range(60))
    orders = [list(range(60)), list(reversed(range(60))), random.Random(3).sample(range(60), 60)]
    for order in orders:
        with open_clip(video(name), cache=FrameCache(4 * expected[0].nbytes)) as clip:
            assert clip.n_frames == 60
            for i in order:
                np.testing.assert_array_equal(clip.frame(i), expected[i])
            assert not [f for f in clip.findings if f.kind == "frame-damaged"]


@pytest.mark.parametrize("max_bytes", [0, 10**9])
def test_the_cache_may_be_of_any_size(max_bytes, video, barcode):
    with open_clip(video("b-frames.mp4"), cache=FrameCache(max_bytes)) as clip:
        assert [barcode(clip.frame(i)) for i in (30, 29, 5, 59, 0, 31)] == [30, 29, 5, 59, 0, 31]


@pytest.fixture
def decoded_frames(monkeypatch):
    """Indices of frames that went through a decoder."""
    seen = []
    reach = VideoDecoder.reach

    def watched(self, frame):
        for at, picture in reach(self, frame):
            seen.append(at)
            yield at, picture

    monkeypatch.setattr(VideoDecoder, "reach", watched)
    return seen


def test_stepping_back_inside_a_group_of_pictures_decodes_nothing(video, decoded_frames, barcode):
    with open_clip(video("one-gop.mp4")) as clip:
        clip.frame(59)
        decoded_frames.clear()
        assert [barcode(clip.frame(i)) for i in range(58, -1, -1)] == list(range(58, -1, -1))
    assert decoded_frames == []


def test_stepping_forward_decodes_each_frame_once(video, decoded_frames):
    with open_clip(video("b-frames.mp4")) as clip:
        for i in range(60):
            clip.frame(i)
    assert decoded_frames == list(range(60))


def test_a_far_frame_decodes_from_its_own_key_frame(video, decoded_frames):
    with open_clip(video("b-frames.mp4")) as clip:
        clip.frame(40)
    assert decoded_frames == [36, 37, 38, 39, 40]


def test_the_effort_of_a_frame_is_what_has_to_be_decoded_for_it(video, decoded_frames):
    with open_clip(video("b-frames.mp4")) as clip:
        for i in (40, 43, 38, 59, 12, 0):
            effort = clip.effort(i)
            decoded_frames.clear()
            clip.frame(i)
            assert len(decoded_frames) == effort
            assert clip.effort(i) == 0


def test_a_click_does_not_move_the_decoder_of_a_pass_in_the_background(video, decoded_frames):
    with open_clip(video("b-frames.mp4"), cache=FrameCache(0)) as clip:
        for i in range(24):
            clip.frame(i)
            if i == 10:
                clip.frame(50)
    assert decoded_frames == [*range(11), 48, 49, 50, *range(11, 24)]


def test_a_decoder_that_was_broken_off_starts_again(video):
    path = video("b-frames.mp4")
    decoder = VideoDecoder(path, build_index(path))
    assert [at for at, _picture in decoder.reach(5)] == list(range(6))

    def break_off():
        raise MemoryError
        yield

    decoder._frames = break_off()
    with pytest.raises(MemoryError):
        list(decoder.reach(9))
    assert [at for at, _picture in decoder.reach(9)] == list(range(10))
    decoder.close()


def test_many_threads_at_once_get_their_own_frames(video, decode_all):
    expected = decode_all(video("b-frames.mp4"))
    wrong = []
    with open_clip(video("b-frames.mp4"), cache=FrameCache(6 * expected[0].nbytes)) as clip:

        def read(seed):
            for i in random.Random(seed).choices(range(60), k=80):
                if not np.array_equal(clip.frame(i), expected[i]):
                    wrong.append(i)

        threads = [threading.Thread(target=read, args=(seed,)) for seed in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_facts_of_a_plain_video(video):
    with open_clip(video("b-frames.mp4")) as clip:
        assert (clip.kind, clip.name) == ("H.264 video", "b-frames")
        assert (clip.rate, clip.rate_known) == (Fraction(25), True)
        assert (clip.size, clip.numbers, clip.gaps) == ((64, 120), tuple(range(60)), ())
        assert clip.pts_ms == pytest.approx([40 * i for i in range(60)])
        assert clip.findings == ()
        assert not clip.frame(3).flags.writeable


def test_variable_rate_is_reported_and_times_are_kept(video):
    with open_clip(video("variable-rate.mkv")) as clip:
        assert [f.kind for f in clip.findings] == ["variable-rate"]
        assert clip.pts_ms == pytest.approx(_VARIABLE, abs=0.01)
        assert float(clip.rate) == pytest.approx(59 * 1000 / _VARIABLE[-1], rel=1e-3)


def test_a_late_start_counts_from_the_first_frame(video):
    with open_clip(video("late-start.mkv")) as clip:
        assert clip.pts_ms[:3] == pytest.approx((0, 40, 80))


def test_times_that_are_missing_are_reported(video):
    with open_clip(video("no-pts.avi")) as clip:
        assert "times-missing" in [f.kind for f in clip.findings]
        assert (clip.pts_ms, clip.rate) == (None, Fraction(25))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(200)])
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_the_rate_is_exact_although_times_are_rounded(rate, suffix, tmp_path, write_video):
    path = write_video(tmp_path / f"clip.{suffix}", n=30, rate=rate)
    with open_clip(path) as clip:
        assert clip.rate == rate
        assert clip.findings == ()


def test_the_caller_knows_the_rate_of_a_slow_motion_file_better(video):
    with open_clip(video("b-frames.mp4"), rate=Fraction(200)) as clip:
        assert (clip.rate, clip.rate_known) == (Fraction(200), True)
        assert clip.pts_ms[:3] == pytest.approx((0, 5, 10))


def test_the_fingerprint_is_of_the_content(video, tmp_path, write_video):
    moved = tmp_path / "other name.mp4"
    shutil.copy(video("b-frames.mp4"), moved)
    changed = write_video(tmp_path / "changed.mp4", first=1)
    with open_clip(video("b-frames.mp4")) as a, open_clip(moved) as b, open_clip(changed) as c:
        assert a.fingerprint == b.fingerprint
        assert a.fingerprint != c.fingerprint


def test_two_files_of_one_fingerprint_never_share_frames(tmp_path, write_video, monkeypatch):
    monkeypatch.setattr("meviewer.data.fingerprint.Fingerprint.text", lambda self: "same")
    one = write_video(tmp_path / "one.mp4", n=5)
    other = write_video(tmp_path / "other.mp4", n=5, first=100)
    cache = FrameCache()
    with open_clip(one, cache=cache) as a, open_clip(other, cache=cache) as b:
        assert a.fingerprint == b.fingerprint
        assert not np.array_equal(a.frame(0), b.frame(0))


# -- faulty files


def test_frames_cut_by_an_edit_list_do_not_count(tmp_path, write_video, decode_all, barcode):
    path = write_video(tmp_path / "edited.mp4")
    _start_at(path, 7)
    shown = [barcode(frame) for frame in decode_all(path)]
    assert shown == list(range(7, 60))
    with open_clip(path) as clip:
        assert [barcode(frame) for frame in clip] == shown
        assert barcode(clip.frame(20)) == 27
        assert [f.kind for f in clip.findings] == ["frames-promised"]
        assert "60" in clip.findings[0].text
        assert "53" in clip.findings[0].text


def _start_at(path, frame):
    """Change the edit list of an MP4 file so that its first frames are not shown."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst")
    (scale,) = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)
    (media_time,) = struct.unpack_from(">i", data, at + 16)
    struct.pack_into(">i", data, at + 16, media_time + frame * scale // 25)
    path.write_bytes(data)


def test_a_file_cut_off_at_its_end_has_the_frames_that_decode(tmp_path, write_video, barcode):
    path = write_video(tmp_path / "cut.mp4", container_options={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    with open_clip(path) as clip:
        assert 20 < clip.n_frames < 59
        assert [barcode(frame) for frame in clip] == list(range(clip.n_frames))
        assert "frames-promised" in [f.kind for f in clip.findings]


def test_a_tail_of_zeros_is_found_on_opening(tmp_path, write_video, barcode):
    path = write_video(tmp_path / "zeros.mkv", codec="mjpeg", pix_fmt="yuvj420p")
    data = path.read_bytes()
    starts = _starts(data, b"\xff\xd8\xff")
    path.write_bytes(data[: starts[57]] + bytes(len(data) - starts[57]))
    with open_clip(path) as clip:
        assert [barcode(frame) for frame in clip] == list(range(clip.n_frames))
        assert clip.n_frames == 57


def test_a_damaged_frame_in_the_middle_is_named_and_the_others_are_exact(
    tmp_path, write_video, decode_all
):
    path = write_video(tmp_path / "damaged.avi", codec="mjpeg", pix_fmt="yuvj420p")
    expected = decode_all(path)
    data = bytearray(path.read_bytes())
    starts = _starts(data, b"\xff\xd8\xff")
    data[starts[40] : starts[41] - 16] = bytes(starts[41] - 16 - starts[40])
    path.write_bytes(data)
    with open_clip(path) as clip:
        assert clip.n_frames == 60
        with pytest.raises(ClipError, match=r"damaged\.avi, frame index 40"):
            clip.frame(40)
        for i in (39, 41, 59, 0):
            np.testing.assert_array_equal(clip.frame(i), expected[i])
        assert [(f.kind, f.frame) for f in clip.findings] == [("frame-damaged", 40)]


def test_a_picture_that_the_decoder_has_patched_up_is_not_passed_off_as_exact(
    tmp_path, write_video, decode_all
):
    import av

    path = write_video(tmp_path / "patched.mp4", gop=10, b_frames=0)
    expected = decode_all(path)
    with av.open(str(path)) as container:
        packet = next(p for n, p in enumerate(container.demux(video=0)) if n == 25)
        start, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[start + size * 2 // 3 : start + size] = bytes(size - size * 2 // 3)
    path.write_bytes(data)
    with open_clip(path) as clip:
        with pytest.raises(ClipError, match="frame index 25"):
            clip.frame(25)
        np.testing.assert_array_equal(clip.frame(24), expected[24])
        np.testing.assert_array_equal(clip.frame(30), expected[30])
        assert [f.kind for f in clip.findings] == ["near-damage", "frame-damaged"]
        assert "20 to 29" in clip.findings[0].text


def _starts(data, mark):
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def test_a_phone_held_upright_gives_upright_frames(tmp_path, write_video, decode_all):
    path = write_video(tmp_path / "upright.mp4", n=3)
    stored = decode_all(path)[0]
    data = bytearray(path.read_bytes())
    one = 0x10000
    # The matrix of the track header: turned clockwise by 90 degrees, as phones write it.
    matrix = struct.pack(">9i", 0, one, 0, -one, 0, 0, 64 * one, 0, 0x40000000)
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = matrix
    path.write_bytes(data)
    with open_clip(path) as clip:
        assert clip.size == (120, 64)
        np.testing.assert_array_equal(clip.frame(0), np.rot90(stored, -1))
        assert [f.kind for f in clip.findings] == ["turned"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"only some words\n" * 40, "Not a video"),
        ("broken.mp4", b"\0\0\0\x18ftypmp42" + bytes(300), "Not a video"),
        ("empty.mp4", b"", "empty"),
    ],
)
def test_a_file_that_is_no_video_is_refused_by_name(name, content, words, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ClipError, match=words) as caught:
        open_clip(tmp_path / name)
    assert name in caught.value.where
    assert caught.value.now


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n",
        "\ufeff#EXTM3U\n#EXTINF:1,\n{address}\n",
        "ffconcat version 1.0\nfile {address}\n",
    ],
)
def test_a_list_of_other_files_is_refused_and_no_server_asked(text, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        path = tmp_path / "list.m3u8"
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        path.write_text(text.format(address=address), encoding="utf-8")
        with pytest.raises(ClipError, match="list of other files"):
            open_clip(path)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_sound_file_is_no_video(tmp_path):
    import wave

    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    with pytest.raises(ClipError, match="no moving pictures"):
        open_clip(tmp_path / "sound.wav")


def test_one_frame_is_allowed_and_reported(tmp_path, write_video):
    with open_clip(write_video(tmp_path / "one.mp4", n=1)) as clip:
        assert clip.frame(0).shape == (64, 120, 3)
        assert "one-frame" in [f.kind for f in clip.findings]


def test_names_with_signs_of_any_kind(tmp_path, write_video, barcode):
    path = write_video(tmp_path / "übung 表情 100%d: a.mp4", n=4)
    with open_clip(path) as clip:
        assert barcode(clip.frame(3)) == 3


def test_a_closed_clip_says_so(video):
    clip = VideoClip(video("b-frames.mp4"))
    clip.frame(3)
    clip.close()
    clip.close()
    for i in (3, 40):
        with pytest.raises(ClipError, match="closed"):
            clip.frame(i)
    assert clip.findings == ()


def test_a_clip_closed_while_it_is_read_ends_in_an_error_not_in_a_crash(video):
    clip = VideoClip(video("one-gop.mp4"), cache=FrameCache(0))
    errors, reading = [], threading.Event()

    def read():
        try:
            for _ in range(100):
                clip.frame(59)
                reading.set()
        except ClipError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert reading.wait(20)
    clip.close()
    for thread in threads:
        thread.join(20)
    assert len(errors) == 3
    assert all("closed" in text for text in errors)
