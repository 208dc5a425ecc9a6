from fractions import Fraction

import pytest

from meviewer.core.frames import Span
from meviewer.gui.stores.playhead import Playhead


@pytest.fixture
def playhead(qapp):
    made = Playhead()
    made.set_clip(100, Fraction(200))
    yield made
    made.pause()
    made.deleteLater()


def seen(playhead):
    frames = []
    playhead.moved.connect(frames.append)
    return frames


def test_it_stays_inside_the_clip(playhead):
    playhead.set_frame(500)
    assert playhead.frame == 99
    playhead.step(-1000)
    assert playhead.frame == 0


def test_it_says_nothing_when_nothing_moves(playhead, qtbot):
    with qtbot.assertNotEmitted(playhead.moved):
        playhead.set_frame(0)


def test_slow_play_shows_every_frame_and_stops_at_the_end(playhead, qtbot):
    playhead.set_clip(30, Fraction(200))
    frames = seen(playhead)
    with qtbot.waitSignal(playhead.playing_changed, check_params_cb=lambda playing: not playing):
        playhead.play()
        assert playhead.playing
        qtbot.waitUntil(lambda: playhead.frame == 29)
    assert frames == list(range(1, 30))


def test_play_from_the_end_begins_anew(playhead, qtbot):
    playhead.set_frame(99)
    playhead.play()
    assert playhead.frame == 0


def test_a_loop_goes_round(playhead, qtbot):
    playhead.set_frame(10)
    playhead.set_loop(Span(10, 14))
    for _ in range(3):
        playhead.change_speed(1)
    frames = seen(playhead)
    playhead.play()
    qtbot.waitUntil(lambda: frames.count(10) >= 2)
    assert set(frames) <= set(range(10, 15))


def test_shuttle_keys_play_both_ways_and_again_means_faster(playhead):
    playhead.set_frame(50)
    playhead.shuttle(1)
    slow = playhead.speed
    playhead.shuttle(1)
    assert playhead.speed == 2 * slow
    playhead.shuttle(-1)
    assert playhead.direction == -1


def test_speed_stays_between_a_thirty_second_and_four(playhead):
    for _ in range(20):
        playhead.change_speed(-1)
    assert playhead.speed == Fraction(1, 32)
    for _ in range(20):
        playhead.change_speed(1)
    assert playhead.speed == 4


def test_a_step_pauses(playhead):
    playhead.play()
    playhead.step(1)
    assert not playhead.playing


def test_a_clip_of_one_frame_does_not_play(playhead):
    playhead.set_clip(1, Fraction(200))
    playhead.play()
    assert not playhead.playing
