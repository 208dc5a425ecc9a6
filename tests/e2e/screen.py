"""A screen without a screen: Xvfb, a window manager, the program, and real keys and clicks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

TOOLS = ("Xvfb", "openbox", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]


class Screen:
    """An X server of its own, with a window manager so that windows get the focus."""

    def __init__(self, width=1600, height=1000):
        read, write = os.pipe()
        size = f"{width}x{height}x24"
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
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
            command, env=self.environment, capture_output=True, text=True, check=check
        )
        return done.stdout.strip()

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

    def picture(self, path: Path):
        """Write a picture of the screen; needs ImageMagick, for looking by hand."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)

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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
