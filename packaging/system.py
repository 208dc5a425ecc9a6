"""What the operating system must bring: the libraries Qt loads, fonts, a screen."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LIBRARIES = {
    "libdbus-1-3": "libdbus-1.so.3",
    "libegl1": "libEGL.so.1",
    "libfontconfig1": "libfontconfig.so.1",
    "libfreetype6": "libfreetype.so.6",
    "libgl1": "libGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
    "libx11-6": "libX11.so.6",
    "libx11-xcb1": "libX11-xcb.so.1",
    "libxcb1": "libxcb.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-glx0": "libxcb-glx.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render0": "libxcb-render.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-shm0": "libxcb-shm.so.0",
    "libxcb-sync1": "libxcb-sync.so.1",
    "libxcb-util1": "libxcb-util.so.1",
    "libxcb-xfixes0": "libxcb-xfixes.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
"""Debian's package for each library that Qt's core, its window system plug-ins and D-Bus load.

A library is looked for by its own name: packages change theirs (``libglib2.0-0`` is
``libglib2.0-0t64`` since Ubuntu 24.04 and Debian 13; apt understands the old name there).
"""

FONTS = ("fonts-inter", "fonts-dejavu-core", "fonts-noto-cjk")
TOOLS = {"xvfb": "Xvfb", "openbox": "openbox", "xdotool": "xdotool"}
"""A screen without a screen, for the tests that drive a real window."""


def missing(*, for_tests: bool) -> list[str]:
    """Return the Debian packages that this machine lacks; none on other systems."""
    if not sys.platform.startswith("linux"):
        return []
    found = [package for package, library in LIBRARIES.items() if not loads(library)]
    if shutil.which("dpkg-query"):
        found += [package for package in FONTS if not is_installed(package)]
    if for_tests:
        found += [package for package, tool in TOOLS.items() if not shutil.which(tool)]
    return found


def loads(library: str) -> bool:
    """Whether the loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def is_installed(package: str) -> bool:
    """Whether dpkg knows the package as installed."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    found = subprocess.run(query, capture_output=True, text=True, check=False)
    return found.stdout.strip() == "installed"


def venv_package() -> str:
    """Return where Debian keeps what makes virtual environments."""
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def install(packages: Sequence[str]) -> None:
    """Install Debian packages, or name the one command that does, and go on."""
    if not packages:
        return
    if not shutil.which("apt-get"):
        say(without_apt(packages))
    elif not is_root():
        say("some system packages are missing; please run:\n    sudo " + apt_line(packages))
    else:
        say("installing system packages: " + " ".join(packages))
        install_as_root(packages)


def install_as_root(packages: Sequence[str]) -> None:
    """Install what this release has; a package that it does not have keeps no other away."""
    apt("update")
    if apt("install", *packages):
        return
    known = [package for package in packages if apt("install", "--simulate", package)]
    unknown = [package for package in packages if package not in known]
    if unknown:
        say("this system does not have " + ", ".join(unknown) + "; going on without")
    if known and not apt("install", *known):
        say("the packages could not be installed; going on. To see why:\n    " + apt_line(known))


def apt(verb: str, *words: str) -> bool:
    """Run apt-get without questions; return whether it did what it was asked."""
    command = ["apt-get", verb, "--yes", "--no-install-recommends", *words]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, env=environment, stdout=quiet, stderr=quiet, check=False)
    return done.returncode == 0


def apt_line(packages: Sequence[str]) -> str:
    """Return the command that installs packages, as a person types it."""
    return "apt-get install --yes --no-install-recommends " + " ".join(packages)


def without_apt(packages: Sequence[str]) -> str:
    """Return what to say on a system that is neither Debian nor Ubuntu."""
    names = [LIBRARIES.get(package) or TOOLS.get(package) or package for package in packages]
    return (
        "these are missing, and only on Debian and Ubuntu they can be installed from here: "
        + ", ".join(names)
        + ". Install them with your system's package manager if the window does not open."
    )


def is_root() -> bool:
    """Whether packages may be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_display() -> bool:
    """Whether a window can be shown: a display is named, and somebody answers there."""
    if not sys.platform.startswith("linux"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / wayland).is_socket():
        return True
    return answers(os.environ.get("DISPLAY", ""))


def answers(display: str) -> bool:
    """Whether an X server listens at a display such as ``:0`` or ``host:10.0``."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return any(connects(socket.AF_UNIX, place) for place in (path, f"\0{path}"))
    return connects(socket.AF_INET, (host, 6000 + int(number)))


def connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Whether somebody listens at an address."""
    with socket.socket(family) as end:
        end.settimeout(3)
        try:
            end.connect(address)
        except OSError:
            return False
    return True


def say(text: str) -> None:
    """Print a line of progress at once."""
    print(f"dev: {text}", flush=True)
