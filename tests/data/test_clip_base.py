"""What every clip does as a sequence of frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import factories
import numpy as np
import pytest

from meviewer.core.errors import ClipError, LabelError
from meviewer.data.clip import open_clip
from meviewer.data.clip_base import Clip, ClipFacts


class _Held(Clip):
    """A clip whose frames are in memory."""

    def __init__(self, frames, numbers=None):
        self.frames = frames
        self.reads = []
        numbers = tuple(numbers or range(len(frames)))
        path = Path("held")
        rate = Fraction(200)
        size = frames.shape[1:3]
        super().__init__(ClipFacts(path, "held", rate, True, size, numbers, "f", "p"))

    def _decode(self, index):
        self.reads.append(index)
        return self.frames[index].copy()


@pytest.fixture
def clip():
    with _Held(factories.moving_frames(n=8), numbers=(1, 2, 3, 10, 11, 20, 21, 22)) as held:
        yield held


def test_it_is_a_sequence(clip):
    assert len(clip) == clip.n_frames == 8
    np.testing.assert_array_equal(clip[-1], clip.frames[7])
    np.testing.assert_array_equal(clip[np.int64(2)], clip.frames[2])
    assert [frame.mean() for frame in clip] == [frame.mean() for frame in clip.frames]
    np.testing.assert_array_equal(np.stack(clip[2:8:3]), clip.frames[2:8:3])
    np.testing.assert_array_equal(np.asarray(clip), clip.frames)
    for index in (8, -9):
        with pytest.raises(IndexError):
            clip[index]


def test_frames_are_read_only_and_read_once(clip):
    frame = clip.frame(3)
    with pytest.raises(ValueError, match="read-only"):
        frame[0, 0] = 0
    assert clip.frame(3) is frame
    assert clip.reads == [3]


@pytest.mark.parametrize("index", [-1, 8])
def test_a_frame_outside_is_refused_with_the_range(clip, index):
    with pytest.raises(ClipError, match="0 to 7"):
        clip.frame(index)
    assert clip.findings == ()


def test_an_index_must_be_whole(clip):
    with pytest.raises(TypeError):
        clip.frame(1.5)


def test_numbers_gaps_and_indices(clip):
    assert (clip.first_number, clip.gaps) == (1, (3, 5))
    assert [clip.index_of(number) for number in clip.numbers] == list(range(8))
    for number in (0, 4, 19, 23):
        with pytest.raises(LabelError, match="1 to 22"):
            clip.index_of(number)


def test_closing_forgets_the_frames_it_owns(clip):
    clip.frame(1)
    clip.close()
    with pytest.raises(ClipError, match="closed"):
        clip.frame(1)
    assert "8 frames" in repr(clip)


def test_the_package_opens_clips_itself(tmp_path):
    import meviewer

    with meviewer.open_clip(factories.write_clip(tmp_path / "clip")) as opened:
        assert (opened.n_frames, opened.first_number, opened.rate) == (40, 101, Fraction(200))


def test_home_is_understood(own_home):
    factories.write_clip(own_home / "clip")
    with open_clip("~/clip") as opened:
        assert opened.n_frames == 40
