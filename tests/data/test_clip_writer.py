"""MP4 files: every frame in its place, at the chosen speed, whole or not at all."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from meviewer.core.errors import MeviewerError, StorageError
from meviewer.data import clip_writer
from meviewer.data.clip import open_clip
from meviewer.data.clip_writer import CODECS, WritingCancelledError, write_mp4


def pictures(n=9, height=64, width=96):
    """Flat colours with a bright bar that moves by 8 px a frame."""
    frames = np.empty((n, height, width, 3), np.uint8)
    frames[:] = (200, 90, 40)
    for at in range(n):
        frames[at, :, 8 * at : 8 * at + 8] = (30, 60, 220)
    return frames


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_every_frame_comes_back_in_its_place_and_colour(tmp_path, codec):
    frames = pictures()
    done = write_mp4(tmp_path / "clip.mp4", frames, Fraction(25), codec=codec)
    assert (done.n_frames, done.codec, done.size) == (9, codec, (64, 96))
    with open_clip(tmp_path / "clip.mp4") as clip:
        assert (clip.n_frames, clip.rate) == (9, 25)
        for at in range(9):
            back = clip.frame(at).astype(int)
            assert np.abs(back[:, 8 * at + 3] - (30, 60, 220)).max() < 16
            assert np.abs(back[:, 92] - (200, 90, 40)).max() < 8


def test_an_odd_size_loses_nothing(tmp_path):
    done = write_mp4(tmp_path / "clip.mp4", pictures(3, 63, 95), Fraction(25))
    assert done.size == (64, 96)
    with open_clip(tmp_path / "clip.mp4") as clip:
        assert np.abs(clip.frame(2)[63].astype(int) - clip.frame(2)[62]).max() < 8


@pytest.mark.parametrize(
    ("rate", "played"),
    [
        (Fraction(200, 8), Fraction(25)),
        (Fraction(30000, 1001) / 4, Fraction(7500, 1001)),
        (Fraction(1234567, 100003), Fraction(1234567, 100003)),
        (Fraction(200), Fraction(200)),
    ],
)
def test_the_rate_is_kept_by_each_encoder(tmp_path, rate, played):
    for codec in ("libx264", "mpeg4"):
        write_mp4(tmp_path / "clip.mp4", pictures(4), rate, codec=codec)
        with open_clip(tmp_path / "clip.mp4") as clip:
            assert float(clip.rate) == pytest.approx(float(played), rel=2e-3)


def test_another_encoder_stands_in_where_h264_is_missing(tmp_path, monkeypatch):
    unknown = {"no_such_encoder": {}} | {k: v for k, v in CODECS.items() if k != "libx264"}
    monkeypatch.setattr(clip_writer, "CODECS", unknown)
    done = write_mp4(tmp_path / "clip.mp4", pictures(2), Fraction(25))
    assert done.codec in ("libopenh264", "mpeg4")
    monkeypatch.setattr(clip_writer, "CODECS", {"no_such_encoder": {}})
    with pytest.raises(MeviewerError, match="no_such_encoder"):
        write_mp4(tmp_path / "other.mp4", pictures(2), Fraction(25))
    assert not (tmp_path / "other.mp4").exists()


def test_the_file_says_what_it_shows(tmp_path):
    import av

    about = {"title": "Flow", "comment": "onset 300"}
    write_mp4(tmp_path / "clip.mp4", pictures(2), Fraction(25), about=about)
    with av.open(str(tmp_path / "clip.mp4")) as file:
        assert file.metadata["title"] == "Flow"
        assert file.metadata["comment"] == "onset 300"


def test_a_cancelled_video_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"old")
    seen = []
    with pytest.raises(WritingCancelledError):
        write_mp4(
            path, pictures(), Fraction(25), each=seen.append, cancelled=lambda: len(seen) >= 3
        )
    assert seen == [1, 2, 3]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_frame_of_another_size_leaves_nothing_behind(tmp_path):
    frames = [pictures(1)[0], pictures(1, 32, 32)[0]]
    with pytest.raises(MeviewerError, match="32x32"):
        write_mp4(tmp_path / "clip.mp4", frames, Fraction(25))
    assert not list(tmp_path.iterdir())


def test_no_frame_is_an_error_in_words(tmp_path):
    with pytest.raises(MeviewerError, match="nothing to write"):
        write_mp4(tmp_path / "clip.mp4", [], Fraction(25))


def test_a_folder_that_is_not_there_is_told_kindly(tmp_path):
    with pytest.raises(StorageError, match="does not exist"):
        write_mp4(tmp_path / "no" / "clip.mp4", pictures(2), Fraction(25))
