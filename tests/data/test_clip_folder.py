"""Clips from folders of numbered images."""

from __future__ import annotations

import json
import shutil
import threading
from fractions import Fraction

import cv2
import factories
import numpy as np
import pytest

from meviewer.core.errors import ClipError, LabelError
from meviewer.data import clip_folder, image_decode
from meviewer.data.clip import open_clip
from meviewer.data.clip_settings import write_settings
from meviewer.data.folder_listing import has_images, number_of
from meviewer.data.frame_cache import FrameCache

_FRAMES = factories.moving_frames(n=6)


def _write(folder, names, frames=_FRAMES):
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in zip(names, frames, strict=False):
        done, data = cv2.imencode("." + name.rsplit(".", 1)[1], frame[..., ::-1])
        assert done
        (folder / name).write_bytes(data.tobytes())
    return folder


def _kinds(clip):
    return [finding.kind for finding in clip.findings]


@pytest.fixture
def decodes(monkeypatch):
    """Count images that are decoded."""
    done = []
    imdecode = cv2.imdecode
    monkeypatch.setattr(cv2, "imdecode", lambda *args: (done.append(1), imdecode(*args))[1])
    return done


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("img46.jpg", 46),
        ("reg_img0046.jpg", 46),
        ("006_05562.jpg", 5562),
        ("EP01_5-012.jpg", 12),
        ("frame.7.png", 7),
        ("S03-01-002.bmp", 2),
        ("no digits.png", None),
        ("mp3.png", 3),
    ],
)
def test_the_number_is_the_last_whole_number_of_the_name(name, number):
    assert number_of(name) == number


def test_frames_are_exact_and_sorted_by_number_not_by_letter(tmp_path):
    folder = _write(tmp_path / "EP01_5", [f"img{n}.png" for n in (8, 9, 10, 11, 99, 100)])
    with open_clip(folder) as clip:
        assert (clip.kind, clip.name, clip.size) == ("PNG folder", "EP01_5", (48, 40))
        assert clip.numbers == (8, 9, 10, 11, 99, 100)
        assert clip.first_number == 8
        assert clip.index_of(99) == 4
        np.testing.assert_array_equal(np.stack(list(clip)), _FRAMES)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "TIFF", "jpg", "JPEG"])
def test_every_kind_of_image(suffix, tmp_path):
    folder = _write(tmp_path / "clip", [f"{n}.{suffix}" for n in range(6)])
    with open_clip(folder) as clip:
        for i in range(6):
            expected = cv2.imread(str(folder / f"{i}.{suffix}"))[..., ::-1]
            np.testing.assert_array_equal(clip.frame(i), expected)
            assert suffix.lower().startswith("jp") or np.array_equal(expected, _FRAMES[i])
        assert clip.frame(0).dtype == np.uint8


def test_gaps_are_kept_and_reported(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in (3, 4, 7, 8, 10)])
    with open_clip(folder) as clip:
        assert (clip.n_frames, clip.gaps) == (5, (2, 4))
        finding = clip.findings[0]
        assert (finding.kind, finding.frame) == ("numbers-missing", 2)
        assert "5-6, 9" in finding.text
        with pytest.raises(LabelError, match="missing among the frames"):
            clip.index_of(6)
        with pytest.raises(LabelError, match="3 to 10"):
            clip.index_of(11)


def test_a_number_used_twice_keeps_the_usual_naming(tmp_path):
    folder = _write(tmp_path / "clip", ["a_copy2.png", "img1.png", "img2.png", "img3.png"])
    with open_clip(folder) as clip:
        assert clip.numbers == (1, 2, 3)
        assert clip.file(1).name == "img2.png"
        finding = next(f for f in clip.findings if f.kind == "number-twice")
        assert "'a_copy2.png' (2: 'img2.png' is used)" in finding.text


def test_files_of_the_system_are_passed_over_and_images_without_number_named(tmp_path):
    folder = _write(tmp_path / "clip", ["img1.png", "img2.png", "still.png"])
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "img3.lnk", "._img1.png", "notes2.txt"):
        (folder / name).write_bytes(b"no image")
    (folder / "img9.png").mkdir()
    with open_clip(folder, rate=Fraction(100)) as clip:
        assert clip.numbers == (1, 2)
        assert _kinds(clip) == ["no-number"]
        assert "still.png" in clip.findings[0].text


def test_mixed_sizes_name_the_first_that_deviates(tmp_path):
    frames = [*_FRAMES]
    frames[3] = frames[3][:-2]
    frames[5] = frames[5][:, :-1]
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in range(6)], frames)
    with pytest.raises(ClipError, match="differ in size") as caught:
        open_clip(folder)
    assert caught.value.where.endswith("img3.png")
    assert "40x46" in caught.value.why
    assert "40x48" in caught.value.why


def test_opening_reads_headers_only(tmp_path, decodes):
    folder = _write(tmp_path / "clip", [f"img{n}.jpg" for n in range(6)])
    with open_clip(folder) as clip:
        assert clip.size == (48, 40)
        assert decodes == []
        clip.frame(4)
        clip.frame(4)
        assert len(decodes) == 1


def test_the_effort_of_a_frame_is_one_image_or_none(tmp_path):
    with open_clip(factories.write_clip(tmp_path / "c")) as clip:
        assert clip.effort(7) == 1
        clip.frame(7)
        assert clip.effort(7) == 0


def test_a_truncated_jpeg_is_found_on_reading_and_named(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.jpg" for n in range(11, 17)])
    damaged = folder / "img13.jpg"
    damaged.write_bytes(damaged.read_bytes()[:-200])
    with open_clip(folder, rate=Fraction(200)) as clip:
        assert clip.findings == ()
        for _ in range(2):
            with pytest.raises(ClipError, match=r"img13\.jpg.*index 2.*number 13"):
                clip.frame(2)
        assert clip.frame(3).shape == (48, 40, 3)
        assert [(f.kind, f.frame) for f in clip.findings] == [("frame-damaged", 2)]


def test_an_empty_image_in_the_middle_is_reported_on_opening(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in range(6)])
    (folder / "img2.png").write_bytes(b"")
    with open_clip(folder, rate=Fraction(200)) as clip:
        assert [(f.kind, f.frame) for f in clip.findings] == [("frame-damaged", 2)]
        with pytest.raises(ClipError, match="empty"):
            clip.frame(2)
        assert _kinds(clip) == ["frame-damaged"]


def test_an_image_that_vanishes_is_an_error_of_its_frame(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in range(3)])
    with open_clip(folder) as clip:
        (folder / "img1.png").unlink()
        with pytest.raises(ClipError, match=r"img1\.png"):
            clip.frame(1)


def test_an_image_replaced_by_a_larger_one_is_refused(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in range(3)])
    with open_clip(folder) as clip:
        _write(folder, ["img1.png"], [np.zeros((60, 40, 3), np.uint8)])
        with pytest.raises(ClipError, match="40x60 px, the clip 40x48"):
            clip.frame(1)


def test_no_readable_header_at_all(tmp_path):
    (tmp_path / "img1.png").write_bytes(b"nothing")
    with pytest.raises(ClipError, match="No frame can be read"):
        open_clip(tmp_path)


def test_sixteen_bit_images_are_shown_and_reported(tmp_path):
    frames = [np.full((8, 9), value, np.uint16) for value in (0, 2048, 4095)]
    for number, frame in enumerate(frames):
        cv2.imwrite(str(tmp_path / f"{number}.png"), frame)
    with open_clip(tmp_path) as clip:
        assert clip.frame(2)[0, 0].tolist() == [16, 16, 16]
        assert "bits-reduced" in _kinds(clip)
    write_settings(tmp_path, Fraction(60), bits=12)
    with open_clip(tmp_path) as clip:
        assert clip.frame(2)[0, 0].tolist() == [255, 255, 255]
        assert clip.rate == 60


@pytest.mark.parametrize("grey", [False, True])
def test_grey_and_colour_become_three_channels(grey, tmp_path):
    frame = _FRAMES[0][..., :1] if grey else _FRAMES[0]
    _write(tmp_path / "clip", ["1.png", "2.png"], [frame, frame])
    with open_clip(tmp_path / "clip") as clip:
        np.testing.assert_array_equal(clip.frame(0), np.broadcast_to(frame, (48, 40, 3)))


# -- rate


def test_the_rate_of_the_caller_comes_before_that_of_the_file(tmp_path):
    folder = factories.write_clip(tmp_path / "clip", _FRAMES, rate=Fraction(100))
    with open_clip(folder) as clip:
        assert (clip.rate, clip.rate_known, clip.findings) == (Fraction(100), True, ())
    with open_clip(folder, rate=Fraction(60)) as clip:
        assert clip.rate == 60


def test_an_unknown_rate_is_assumed_and_said(tmp_path):
    with open_clip(_write(tmp_path / "clip", ["1.png", "2.png"])) as clip:
        assert (clip.rate, clip.rate_known) == (Fraction(200), False)
        assert _kinds(clip) == ["rate-assumed"]
        assert clip.pts_ms is None


@pytest.mark.parametrize("text", ["{", '{"rate": "fast"}', '{"bits": 40}', "[]", '{"rate": []}'])
def test_a_faulty_clip_json_is_left_aside_and_reported(text, tmp_path):
    folder = _write(tmp_path / "clip", ["1.png", "2.png"])
    (folder / "clip.json").write_text(text)
    with open_clip(folder) as clip:
        assert _kinds(clip) == ["clip-json", "rate-assumed"]


@pytest.mark.parametrize(("stored", "rate"), [(200, 200), (29.97, Fraction(30000, 1001))])
def test_a_rate_may_be_a_number(stored, rate, tmp_path):
    folder = _write(tmp_path / "clip", ["1.png", "2.png"])
    (folder / "clip.json").write_text(json.dumps({"rate": stored, "subject": "s01"}))
    with open_clip(folder) as clip:
        assert clip.rate == rate


# -- places


def test_one_frame_is_allowed_and_reported(tmp_path):
    with open_clip(_write(tmp_path / "clip", ["img7.png"])) as clip:
        assert (clip.n_frames, clip.numbers, clip.gaps) == (1, (7,), ())
        assert "one-frame" in _kinds(clip)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda folder: folder.mkdir(), "no JPEG, PNG, BMP or TIFF"),
        (lambda folder: (folder / "clip").mkdir(parents=True), "1 folder"),
        (lambda folder: _write(folder, ["still.png"]), "'still.png'"),
        (lambda folder: None, "neither a file nor a folder"),
    ],
)
def test_a_folder_without_frames_says_what_it_holds(made, words, tmp_path):
    folder = tmp_path / "place"
    made(folder)
    with pytest.raises(ClipError, match=words) as caught:
        open_clip(folder)
    assert str(folder) in caught.value.where
    assert caught.value.now
    assert not has_images(folder)


def test_one_image_is_not_a_clip_but_its_folder_is(tmp_path):
    folder = _write(tmp_path / "clip", ["1.png", "2.png"])
    with pytest.raises(ClipError, match="'clip'"):
        open_clip(folder / "1.png")


def test_paths_in_any_script(tmp_path):
    folder = _write(tmp_path / "übung 表情 100%d", ["Bild ß 1.jpg", "Bild ß 2.jpg"])
    with open_clip(str(folder)) as clip:
        assert clip.frame(1).shape == (48, 40, 3)


def test_the_fingerprint_is_of_the_content_not_of_names(tmp_path):
    one = _write(tmp_path / "one", [f"img{n}.png" for n in range(6)])
    moved = tmp_path / "moved"
    moved.mkdir()
    for n in range(6):
        shutil.copy(one / f"img{n}.png", moved / f"other_{n + 100:05d}.png")
    changed = _write(tmp_path / "changed", [f"img{n}.png" for n in range(6)])
    _write(changed, ["img3.png"], [_FRAMES[3] + np.uint8(1)])
    shorter = _write(tmp_path / "shorter", [f"img{n}.png" for n in range(5)])
    clips = [open_clip(folder) for folder in (one, moved, changed, shorter)]
    prints = [clip.fingerprint for clip in clips]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


@pytest.mark.parametrize("height", [8, 700])
def test_the_fingerprint_tells_images_of_equal_size_apart(height, tmp_path):
    frames = np.zeros((3, height, 500, 3), np.uint8)
    one = _write(tmp_path / "one", ["1.bmp", "2.bmp", "3.bmp"], frames)
    frames[1, height // 2] = 1
    other = _write(tmp_path / "other", ["1.bmp", "2.bmp", "3.bmp"], frames)
    assert (one / "2.bmp").stat().st_size == (other / "2.bmp").stat().st_size
    with open_clip(one) as a, open_clip(other) as b:
        assert a.fingerprint != b.fingerprint


def test_a_clip_written_anew_is_never_shown_from_the_cache(tmp_path):
    cache = FrameCache()
    folder = _write(tmp_path / "clip", ["1.bmp", "2.bmp"])
    with open_clip(folder, cache=cache) as clip:
        before = clip.frame(0)
    _write(folder, ["1.bmp"], [255 - _FRAMES[0]])
    with open_clip(folder, cache=cache) as clip:
        np.testing.assert_array_equal(clip.frame(0), 255 - before)


def test_reopening_with_the_same_cache_decodes_nothing(tmp_path, decodes):
    cache = FrameCache()
    folder = _write(tmp_path / "clip", ["1.png", "2.png"])
    for _ in range(2):
        with open_clip(folder, cache=cache) as clip:
            list(clip)
    assert len(decodes) == 2


def test_threads_read_at_once(tmp_path):
    folder = _write(tmp_path / "clip", [f"img{n}.png" for n in range(6)])
    wrong = []
    with open_clip(folder, cache=FrameCache(2 * _FRAMES[0].nbytes)) as clip:

        def read(start):
            for i in range(60):
                if not np.array_equal(clip.frame((start + i) % 6), _FRAMES[(start + i) % 6]):
                    wrong.append(i)

        threads = [threading.Thread(target=read, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_kind_of_image_that_only_opencv_knows_still_opens(tmp_path, monkeypatch):
    folder = _write(tmp_path / "clip", ["1.png", "2.png"])
    monkeypatch.setattr(clip_folder, "read_header", lambda data: None)
    with open_clip(folder) as clip:
        assert clip.size == (48, 40)
    assert image_decode.decode_rgb((folder / "1.png").read_bytes()).shape == (48, 40, 3)
