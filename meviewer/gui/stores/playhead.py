"""Where one looks: the current frame, and playing at an exact speed."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from meviewer.core.frames import Span

SPEEDS = tuple(Fraction(1, 2**k) for k in range(5, 0, -1)) + tuple(Fraction(k) for k in (1, 2, 4))
_TICK_MS = 8


class Playhead(QObject):
    """The current frame index of the open clip.

    Signals
    -------
    moved(int)
        The current frame is another one.
    playing_changed(bool)
    speed_changed()
        Speed, direction or loop are other than before.
    """

    moved = Signal(int)
    playing_changed = Signal(bool)
    speed_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame = 0
        self._n_frames = 0
        self._rate = Fraction(25)
        self._speed = Fraction(1, 8)
        self._direction = 1
        self._loop: Span | None = None
        self._start_frame = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def frame(self) -> int:
        """Index of the current frame."""
        return self._frame

    @property
    def n_frames(self) -> int:
        """Frames of the clip; 0 without a clip."""
        return self._n_frames

    @property
    def playing(self) -> bool:
        """Whether the clip plays."""
        return self._timer.isActive()

    @property
    def speed(self) -> Fraction:
        """Play speed as a share of real time, 1/32 to 4."""
        return self._speed

    @property
    def direction(self) -> int:
        """1 forward, -1 backward."""
        return self._direction

    @property
    def loop(self) -> Span | None:
        """Frames that are played over and over, or None."""
        return self._loop

    def set_clip(self, n_frames: int, rate: Fraction, frame: int = 0) -> None:
        """Begin with another clip at ``frame``."""
        self.pause()
        self._n_frames, self._rate, self._loop = n_frames, rate, None
        self._frame = min(max(frame, 0), max(n_frames - 1, 0))
        self.moved.emit(self._frame)
        self.speed_changed.emit()

    def set_frame(self, frame: int) -> None:
        """Go to a frame; beyond the ends means the end."""
        frame = min(max(frame, 0), max(self._n_frames - 1, 0))
        if self.playing:
            self._restart(frame)
        if frame != self._frame:
            self._frame = frame
            self.moved.emit(frame)

    def step(self, by: int) -> None:
        """Pause and move by some frames."""
        self.pause()
        self.set_frame(self._frame + by)

    def play(self, direction: int = 1) -> None:
        """Play from the current frame; from the end of the range it begins anew."""
        if self._n_frames < 2:
            return
        self._direction = direction
        first, last = self._range()
        at_end = self._frame >= last if direction > 0 else self._frame <= first
        outside = not first <= self._frame <= last
        if at_end or outside:
            self.set_frame(first if direction > 0 else last)
        self._restart(self._frame)
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit(True)
        self.speed_changed.emit()

    def pause(self) -> None:
        """Stop where the clip is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        self.pause() if self.playing else self.play()

    def shuttle(self, direction: int) -> None:
        """Play in a direction; again means faster, as in editing rooms (J and L)."""
        if self.playing and self._direction == direction:
            self.change_speed(1)
        else:
            self.play(direction)

    def change_speed(self, by: int) -> None:
        """Take the next faster (1) or slower (-1) speed."""
        at = SPEEDS.index(self._speed)
        self._speed = SPEEDS[min(max(at + by, 0), len(SPEEDS) - 1)]
        self._restart(self._frame)
        self.speed_changed.emit()

    def set_loop(self, span: Span | None) -> None:
        """Play only these frames, over and over."""
        self._loop = span
        self.speed_changed.emit()

    def _range(self) -> tuple[int, int]:
        if self._loop is None:
            return 0, self._n_frames - 1
        return max(self._loop.first, 0), min(self._loop.last, self._n_frames - 1)

    def _restart(self, frame: int) -> None:
        self._start_frame = frame
        self._clock.start()

    def _tick(self) -> None:
        """Show the frame that is due; when slower than the screen, no frame is left out."""
        elapsed = Fraction(self._clock.nsecsElapsed(), 1_000_000_000)
        passed = int(elapsed * self._rate * self._speed)
        due = self._start_frame + self._direction * passed
        first, last = self._range()
        if first <= due <= last:
            self._move(due)
        elif self._loop is not None and first <= self._start_frame <= last:
            self._restart(first if self._direction > 0 else last)
            self._move(self._start_frame)
        else:
            self._move(min(max(due, first), last))
            self.pause()

    def _move(self, frame: int) -> None:
        if frame != self._frame:
            self._frame = frame
            self.moved.emit(frame)
