"""Frames of a video: the overlay follows the frame, words stand below it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from factories import moving_frames

from meviewer.core.frames import Span
from meviewer.motion.flow_params import DISParams
from meviewer.motion.magnify import Magnifier, MagnifyParams
from meviewer.present import overlay_clip
from meviewer.present.overlay_clip import OverlayClip, Style, video_frames, with_lines
from meviewer.present.overlays import OverlayKind

LOOK = Style(1.0, "dark", 2.0, DISParams(), "kept")


@pytest.fixture(scope="module")
def frames():
    return moving_frames(24, 48, 64, onset=4, apex=12, offset=20)


def made(frames, cover, **options):
    wanted = OverlayClip(Span(4, 20), **options)
    return list(video_frames(frames, range(101, 125), Fraction(200), wanted, cover))


def test_bare_frames_are_the_frames_of_the_span(frames):
    shown = made(frames, overlay_clip.bare(), numbered=False)
    assert np.array_equal(shown, frames[4:21])


def test_the_number_stands_below_the_frame_and_changes(frames):
    shown = made(frames, overlay_clip.bare())
    assert np.array_equal(shown[3][:48], frames[7])
    assert shown[3].shape[0] > 48
    strips = [picture[48:] for picture in shown]
    assert strips[0].max() > 100
    assert not np.array_equal(strips[0], strips[5])


def test_a_difference_follows_each_frame_from_the_onset(frames):
    cover = overlay_clip.following(OverlayKind.DIFFERENCE, frames, 4, LOOK)
    shown = made(frames, cover, numbered=False)
    patch = np.s_[16:24, 16:32]
    change = [
        np.abs(picture[patch].astype(int) - frame[patch]).mean()
        for picture, frame in zip(shown, frames[4:21], strict=True)
    ]
    assert change[0] == 0
    assert min(change[3:14]) > 10
    legend = overlay_clip.legend_words(OverlayKind.DIFFERENCE, 2.0)
    assert legend == "frame − onset, ±24 grey levels"


def test_a_flow_follows_each_frame_from_the_onset(frames):
    moved = np.stack([np.roll(frames[0], at, 1) for at in (0, 1, 2)])
    cover = overlay_clip.following(OverlayKind.FLOW, moved, 0, LOOK)
    change = [np.abs(cover(at, moved[at]).astype(int) - moved[at]).mean() for at in range(3)]
    assert change[0] < 2 < change[1]
    assert "onset → frame" in overlay_clip.legend_words(OverlayKind.FLOW, 2.0)


@pytest.mark.parametrize("head", ["median", "similarity"])
def test_a_flow_is_free_of_the_head_where_the_pictures_are(frames, head):
    moved = np.stack([np.roll(frames[0], at, 1) for at in (0, 2)])
    cover = overlay_clip.following(OverlayKind.FLOW, moved, 0, replace(LOOK, head=head))
    kept = overlay_clip.following(OverlayKind.FLOW, moved, 0, LOOK)
    inside = np.s_[8:-8, 12:-12]
    rest, all_of_it = (
        np.abs(one(1, moved[1]).astype(int) - moved[1])[inside].mean() for one in (cover, kept)
    )
    assert rest < 0.25 * all_of_it
    words = overlay_clip.legend_words(OverlayKind.FLOW, 2.0, head)
    assert words.endswith("without the motion of the head")


def test_a_picture_of_the_event_follows_no_frame(frames):
    with pytest.raises(ValueError, match="belongs to the event"):
        overlay_clip.following(OverlayKind.DYNAMIC, frames, 4, LOOK)


def test_magnified_motion_always_says_so(frames):
    magnifier = Magnifier(frames, 4, 200.0, MagnifyParams(factor=5, method="linear"))
    mark = overlay_clip.mark_words(magnifier)
    shown = made(frames, overlay_clip.magnified(magnifier), numbered=False, mark=mark)
    assert mark == "magnified ×5, for looking only (Eulerian)"
    assert shown[0].shape[0] > 48
    assert np.array_equal(shown[8][:48], magnifier.frame(12))


@pytest.mark.parametrize("width", [40, 280, 1920])
def test_lines_fit_below_pictures_of_any_width(width):
    picture = np.zeros((30, width, 3), np.uint8)
    shown = with_lines(picture, ["frame 300  85 ms", "hue: rise − fall, opacity: magnitude"])
    strip = shown[30:].max(axis=(0, 2))
    assert shown.shape[1] == width
    assert strip[-2:].max() < 60, "nothing is cut at the right end"
    assert strip.max() > 90
