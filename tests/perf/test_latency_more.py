"""From the hand to the picture where it is hard: large frames, overlays, a training beside."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from fractions import Fraction

import cv2
import numpy as np
import pytest
from factories import annotation, event
from perf.timing import Paints, Watchdog, told, until, until_painted
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest

from meviewer.core.events import Edge
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import to_toml
from meviewer.gui.stores.playhead import SPEEDS
from meviewer.present.timeline_geometry import flags
from meviewer.present.timeline_hits import handle_numbers

pytestmark = pytest.mark.perf
LEFT = Qt.MouseButton.LeftButton
_HD = (1080, 1920)
_N_HD = 60


def frame_view(window):
    return window._perspectives["annotate"].frame_panel.view


def at_rest(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=120_000)


def press(window, key):
    return lambda: QTest.keyClick(window, key)


class Clock:
    """Milliseconds on the wall, and of the UI thread's own work, which others cannot lengthen."""

    def __init__(self):
        self.wall_ms, self.own_ms = [], []

    def __enter__(self):
        self._began = time.perf_counter(), time.thread_time()

    def __exit__(self, *_):
        wall, own = self._began
        self.wall_ms.append((time.perf_counter() - wall) * 1000)
        self.own_ms.append((time.thread_time() - own) * 1000)

    def told(self, what):
        """Print both and return the 95th percentile of the wall's."""
        told(f"{what}, work of the UI thread", self.own_ms)
        return told(what, self.wall_ms)


class Seen(QObject):
    """Notes what held whenever a widget was painted; the same once more is not noted."""

    def __init__(self, widget, what):
        super().__init__()
        self.all, self._what = [], what
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() is QEvent.Type.Paint and self._what() not in self.all[-1:]:
            self.all.append(self._what())
        return False


# Large frames


def hd_frames():
    """Yield frames of 1920x1080 with texture and noise, in which a patch brightens."""
    height, width = _HD
    rng = np.random.default_rng(0)
    still = rng.normal(110, 40, (height // 8, width // 8, 3)).astype(np.float32)
    still = cv2.resize(still, (width, height), interpolation=cv2.INTER_CUBIC)
    patch = np.zeros((height, width, 1), np.float32)
    patch[height // 3 : height // 2, width // 4 : width // 2] = 1
    for at in range(_N_HD):
        noise = np.float32(rng.normal(0, 1.5, (height // 2, width // 2, 1)))
        noise = cv2.resize(noise, (width, height))[..., None]
        strength = max(0.0, 30 - abs(at - 26))
        yield np.clip(still + strength * patch + noise, 0, 255).astype(np.uint8)


def write_jpegs(folder):
    folder.mkdir()
    for at, frame in enumerate(hd_frames()):
        assert cv2.imwrite(str(folder / f"{at:04d}.jpg"), frame)
    return folder


def write_film(path):
    """Write an H.264 film as cameras' programs do: key frames far apart, and B-frames."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=50, options={"preset": "veryfast"})
        stream.height, stream.width = _HD
        stream.pix_fmt = "yuv420p"
        for frame in hd_frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="session", params=["JPEG folder", "H.264 film"])
def hd_project(request, tmp_path_factory):
    """A project with one clip of 1920x1080, and what kind of clip it is."""
    from meviewer.data.clip import open_clip
    from meviewer.project.clips import add_clip
    from meviewer.project.project import Project

    root = tmp_path_factory.mktemp("hd")
    film = request.param == "H.264 film"
    path = write_film(root / "c01.mp4") if film else write_jpegs(root / "c01")
    with Project.create(root / "project", "large", root) as made, open_clip(path) as clip:
        sample = add_clip(made, "s01", "c01", clip)
        made.set_tier(sample.id, "A", annotation(event(1, 11, 26, 49)), "import")
    return root / "project", request.param


def test_scrubbing_a_clip_of_1080p_that_is_not_cached(window_on, hd_project, qtbot):
    """Goal: 100 ms from the key to the painted frame, one step on, with the cache emptied."""
    folder, kind = hd_project
    window = window_on(folder)
    cache, view = window.context.workspace._cache, Paints(frame_view(window))
    QTest.keyClick(window, Qt.Key.Key_Home)
    clock = Clock()
    for _ in range(40):
        cache.clear()
        with clock:
            until_painted(view, press(window, Qt.Key.Key_Right))
    assert clock.told(f"key to frame on, 1920x1080 not cached, {kind}") < 1000


def test_scrubbing_1080p_back_from_the_end(window_on, hd_project, qtbot):
    """Goal: 100 ms; the first step back in a film decodes what lies before it, and keeps it."""
    folder, kind = hd_project
    window = window_on(folder)
    view = Paints(frame_view(window))
    QTest.keyClick(window, Qt.Key.Key_End)
    window.context.workspace._cache.clear()
    reading, clock = window.context.background.is_busy, Clock()
    for _ in range(40):
        before = view.count
        with clock:
            QTest.keyClick(window, Qt.Key.Key_Left)
            until(lambda n=before: view.count > n and not reading("frame"), limit_s=60)
    assert window.context.playhead.frame == _N_HD - 1 - 40
    assert clock.told(f"key to frame back, 1920x1080 not cached, {kind}") < 1000


# Overlays


def handle(timeline, edge):
    """Return the middle of the flag of a keyframe of the selected event, in widget px."""
    state, place = timeline.state, timeline.place
    boxes = {f.edge: f.box for f in flags(state.handles, handle_numbers(state), place)}
    box = boxes[edge]
    return QPoint(int(box.left + box.width / 2), int(box.top + box.height / 2))


@pytest.mark.parametrize("key", [Qt.Key.Key_D, Qt.Key.Key_W, Qt.Key.Key_M], ids=["D", "W", "M"])
@pytest.mark.parametrize("project", ["cropped_project", "large_project"])
def test_a_dragged_marker_and_the_overlay_that_follows(project, key, window_on, request, qtbot):
    """Goal: 100 ms from the move of the mouse to the frame with the new overlay over it."""
    window = window_on(request.getfixturevalue(project))
    window.setFocus()
    QTest.keyClick(window, key)
    at_rest(window, qtbot)
    timeline, pictures = window._perspectives["annotate"].timeline.timeline, window.context.pictures
    place, seen = timeline.place, Seen(frame_view(window), lambda: apex_of(pictures))
    start, apex = handle(timeline, Edge.APEX), window.context.editor.selected.apex
    QTest.mousePress(timeline, LEFT, pos=start)
    clock = Clock()
    with Watchdog() as dog:
        for step in range(1, 33):
            to = start + QPoint(round(step * place.px_per_frame), 0)
            with clock:
                QTest.mouseMove(timeline, to)
                until(lambda k=apex + step: seen.all[-1:] == [k], limit_s=60)
    QTest.mouseRelease(timeline, LEFT, pos=to)
    at_rest(window, qtbot)
    name = f"{chr(key.value)} in {project}"
    told(f"UI thread away while the overlay follows, {name}", dog.gaps_ms)
    assert clock.told(f"mouse to the overlay, {name}") < 1000
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    at_rest(window, qtbot)


def apex_of(pictures):
    return None if pictures.current is None else pictures.current.keyframes.apex


# A training beside


@pytest.fixture
def training(tmp_path):
    """A training of a small network, in a process of its own as the window starts it."""
    rng = np.random.default_rng(0)
    for at in range(72):
        path = tmp_path / "all" / f"s{at % 3}" / str(at // 3 % 3) / f"{at}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), rng.integers(0, 256, (28, 28, 3)).astype(np.uint8))
    spec = ExperimentSpec(network="ststnet", pictures=str(tmp_path / "all"), epochs=5000)
    (tmp_path / "spec.toml").write_text(to_toml(spec), "utf-8")
    command = [sys.executable, "-m", "meviewer", "train", "spec.toml", "--out", "run", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if '"EpochDone"' in line:
                break
        assert child.poll() is None, "the training has ended before it began"
        drain = threading.Thread(target=child.stdout.read, name="records of a training")
        drain.start()
        yield child
        child.terminate()
        drain.join()


def test_the_ui_thread_while_a_training_runs(training, window, qtbot):
    """Goal: away for 100 ms at most, although another process computes."""
    workspace, analysis = window.context.workspace, window.context.analysis
    with Watchdog() as opening:
        for by in (1, 1, 1, -1, -1, -1):
            workspace._cache.clear()
            with qtbot.waitSignal(workspace.session_changed):
                workspace.step_sample(by)
            qtbot.waitUntil(lambda: analysis.curves is not None, timeout=120_000)
            at_rest(window, qtbot)
    told("UI thread away while clips are opened beside a training", opening.gaps_ms)
    view = Paints(frame_view(window))
    QTest.keyClick(window, Qt.Key.Key_Home)
    clock = Clock()
    with Watchdog() as dog:
        for _ in range(60):
            with clock:
                until_painted(view, press(window, Qt.Key.Key_Right))
    clock.told("key to frame beside a training")
    told("UI thread away while frames are stepped beside a training", dog.gaps_ms)
    assert training.poll() is None
    assert max(opening.gaps_ms) < 1000
    assert max(dog.gaps_ms) < 1000


# Playing


def set_speed(playhead, speed):
    playhead.change_speed(-len(SPEEDS))
    playhead.change_speed(SPEEDS.index(speed))
    assert playhead.speed == speed


@pytest.mark.parametrize("speed", SPEEDS, ids=str)
def test_playing(speed, window_on, cropped_project, qtbot):
    """Goal: the speed is kept to, and up to 1/8 of 200 frames a second each frame is painted."""
    window = window_on(cropped_project)
    playhead, clip = window.context.playhead, window.context.workspace.session.clip
    for at in range(clip.n_frames):
        clip.frame(at)
    set_speed(playhead, speed)
    wanted_s = Fraction(3, 2)
    n_played = min(int(wanted_s * 200 * speed), clip.n_frames - 1)
    first = clip.n_frames - 1 - n_played
    playhead.set_frame(first)
    seen = Seen(frame_view(window), lambda: playhead.frame)
    began = time.perf_counter()
    QTest.keyClick(window, Qt.Key.Key_Space)
    until(lambda: not playhead.playing)
    lasted = time.perf_counter() - began
    ought = n_played / (200 * float(speed))
    shown = [at for at in seen.all if at > first]
    words = f"played at {speed}: {len(shown)} of {n_played} frames painted"
    print(f"{words} in {lasted:.2f} s, ought to be {ought:.2f} s", flush=True)
    assert shown[-1] == clip.n_frames - 1
    if speed <= Fraction(1, 16):
        assert shown == list(range(first + 1, clip.n_frames))
    assert lasted < 10 * ought + 1


def test_magnified_playing(window, qtbot):
    """Goal: 25 different pictures a second at 640x480 and 1/8 of the speed, which asks for 25."""
    playhead, store = window.context.playhead, window.context.magnification
    fetcher, shown = window._perspectives["annotate"].frame_panel._fetcher, []
    fetcher.came.connect(lambda frame, mark: shown.append(frame) if mark else None)
    n_frames = window.context.workspace.session.clip.n_frames
    QTest.keyClick(window, Qt.Key.Key_X)
    store.set_factor(8.0)
    for speed in (Fraction(1, 8), Fraction(1, 4)):
        set_speed(playhead, speed)
        playhead.set_frame(0)
        store._forget()  # what was played before is kept
        fetcher.fetch()
        at_rest(window, qtbot)
        shown.clear()
        began, used = time.perf_counter(), time.process_time()
        QTest.keyClick(window, Qt.Key.Key_Space)
        until(lambda: not playhead.playing, limit_s=60)
        lasted, used = time.perf_counter() - began, time.process_time() - used
        n_shown = len({id(frame) for frame in shown})  # all are held, so no id comes twice
        words = f"magnified, played at {speed}: {n_shown} pictures of {n_frames}"
        print(
            f"{words} in {lasted:.2f} s: {n_shown / lasted:.1f} a second, {used:.1f} s of processor"
        )
        assert n_shown / lasted > 2.5
