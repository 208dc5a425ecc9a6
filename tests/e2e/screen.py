"""A screen without a screen: Xvfb, a window manager, the program, real keys, clicks and pixels."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TOOLS = ("Xvfb", "openbox", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
_HEADER = struct.Struct(">25I")  # of an XWD file, which is how Xvfb lays out its frame buffer


class Screen:
    """An X server of its own, with a window manager so that windows get the focus."""

    def __init__(self, width=1600, height=1000):
        self._folder = tempfile.TemporaryDirectory(prefix="meviewer-screen-")
        read, write = os.pipe()
        size = f"{width}x{height}x24"
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
        command += ["-fbdir", self._folder.name]
        self.server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        self.manager = subprocess.Popen(
            ["openbox"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.program = None

    def start(self, *arguments, title="meviewer"):
        """Start meviewer and wait for its window."""
        command = [sys.executable, "-m", "meviewer", *map(str, arguments)]
        self.program = subprocess.Popen(command, env=self.environment)
        self.window = self.wait(lambda: self.find(title), "the window")
        self.do("windowactivate", "--sync", self.window)
        return self.program

    def find(self, title):
        """Return the id of the window with this title, or None."""
        found = self.do("search", "--onlyvisible", "--name", title, check=False)
        return found.split()[-1] if found else None

    def do(self, *words, check=True):
        """Let xdotool do something."""
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=check, timeout=60
        )
        return done.stdout.strip()

    def size(self):
        """Return width and height of the window without its frame, px."""
        # Not its place: xdotool counts the frame of a window twice.
        words = self.do("getwindowgeometry", "--shell", self.window).splitlines()
        said = dict(word.split("=") for word in words)
        return int(said["WIDTH"]), int(said["HEIGHT"])

    def key(self, *keys):
        """Press keys one after another, as a hand does."""
        for key in keys:
            self.do("key", "--clearmodifiers", key)

    def type(self, text):
        """Type a text."""
        self.do("type", text)

    def drag(self, start, end, steps=12):
        """Press at one point, move to another, release."""
        (x0, y0), (x1, y1) = start, end
        self.do("mousemove", x0, y0, "mousedown", 1)
        for k in range(1, steps + 1):
            share = k / steps
            self.do("mousemove", round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0)))
            time.sleep(0.01)
        self.do("mouseup", 1)

    def click(self, x, y):
        """Click the left button."""
        self.do("mousemove", x, y, "click", 1)

    def wait(self, condition, what, timeout_s=60):
        """Wait until a condition returns something true, and return that."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.program is not None and self.program.poll() not in (None, 0):
                raise AssertionError(f"the program ended with {self.program.returncode}")
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"waited {timeout_s} s for {what}")

    def pixels(self):
        """Return what is on the screen, (H, W, 3) uint8 RGB."""
        data = Path(self._folder.name, "Xvfb_screen0").read_bytes()
        header = _HEADER.unpack_from(data)
        size, width, height, line, n_colours = (header[k] for k in (0, 4, 5, 12, 19))
        body = np.frombuffer(data, np.uint8, line * height, size + 12 * n_colours)
        rows = body.reshape(height, line // 4, 4)[:, :width]
        return rows[..., 2::-1] if header[7] == 0 else rows[..., 1:]

    def steady(self, what="a picture at rest", timeout_s=60):
        """Wait until two looks half a second apart are the same, and return the second."""
        last = [self.pixels()]

        def rests():
            time.sleep(0.5)
            before, last[0] = last[0], self.pixels()
            return np.array_equal(before, last[0])

        self.wait(rests, what, timeout_s)
        return last[0]

    def other_than(self, before, what, timeout_s=60):
        """Wait for a picture that differs from an earlier one, then for rest.

        A page that is shown for the first time may take longer than the half second of `steady`.
        """
        self.wait(lambda: not np.array_equal(before, self.pixels()), what, timeout_s)
        return self.steady(what, timeout_s)

    def picture(self, path: Path):
        """Write a picture of the screen, for looking by hand."""
        import cv2

        assert cv2.imwrite(str(path), self.pixels()[..., ::-1])

    def end(self, timeout_s=30):
        """Close the window by key and return the program's exit status."""
        self.key("ctrl+q")
        return self.program.wait(timeout_s)

    def kill(self):
        """End the program as a power cut would."""
        self.program.send_signal(signal.SIGKILL)
        self.program.wait(30)
        self.program = None

    def close(self):
        """End everything."""
        for process in (self.program, self.manager, self.server):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
