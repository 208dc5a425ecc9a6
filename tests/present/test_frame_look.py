"""Contrast and gamma of the frame on show."""

from __future__ import annotations

import numpy as np

from meviewer.present.frame_look import LEAST, MOST, FrameLook

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_a_plain_look_changes_nothing_and_says_nothing():
    look = FrameLook()
    assert look.applied(RAMP) is RAMP
    assert look.words == ""


def test_contrast_spreads_about_the_middle_and_gamma_lifts_the_dark():
    steep = FrameLook(contrast=2.0).applied(RAMP)
    assert steep[0, 0] == 0
    assert steep.flat[127] in (126, 127)
    assert steep.flat[160] - steep.flat[140] == 40
    bright = FrameLook(gamma=2.0).applied(RAMP)
    assert (bright >= RAMP).all()
    assert (bright.flat[0], bright.flat[255]) == (0, 255)
    assert bright.flat[64] > 120
    assert (np.diff(bright.reshape(-1).astype(int)) >= 0).all()


def test_steps_go_there_and_back_to_exactly_plain_and_stop_at_the_ends():
    look = FrameLook()
    for _ in range(3):
        look = look.stepped(contrast=1, gamma=-1)
    assert not look.is_plain
    for _ in range(3):
        look = look.stepped(contrast=-1, gamma=1)
    assert look.is_plain
    assert FrameLook().stepped(contrast=99, gamma=-99) == FrameLook(MOST, LEAST)
    assert FrameLook().stepped(contrast=4).contrast == 2.0
