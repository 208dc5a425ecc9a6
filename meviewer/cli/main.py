"""The command line: finds the command, prints errors in one line, and says what window to open."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from meviewer import __version__
from meviewer.core.errors import MeviewerError

COMMANDS = {
    "demo": "write the synthetic demo project and open it",
    "info": "say what a clip or a project holds",
    "import": "read a data set into a project",
    "export": "write labels in a format of other programs, or back into the data set's sheet",
    "merge": "put labels made in other programs into a project",
    "agree": "how far the coders of a project agree",
    "convert": "turn labels from one format into another",
    "check": "look for faults in a project",
    "relink": "find clips that were moved, and labels that are on other frames now",
    "difference": "frame differences of a clip",
    "suggest": "keyframes suggested by GAMDSS, beside the labels",
    "render": "a picture of motion: difference, dynamic image, flow, MM-COF",
    "face": "find the face of each clip: box, 468 landmarks, alignment",
    "models": "which face models are installed; install them",
    "features": "compute the motion of all labelled events, to be kept",
    "train": "train and evaluate a network",
    "compare": "compare finished runs on the same clips",
    "predict": "recognise clips with a trained run",
    "export-model": "write a trained network as ONNX, checked against torch",
    "import-model": "make a run of weights that another program has trained",
    "compile": "compile the loops of a new installation ahead",
    "bench": "measure against the peers that are installed",
}


@dataclass(frozen=True, slots=True)
class Window:
    """A window that is to be opened after the command.

    Attributes
    ----------
    path : Path or None
        Project, clip folder or video to open.
    perspective : str
        ``annotate``, ``inspect`` or ``train``.
    theme : str
        ``dark``, ``light``, or empty for the user's own.
    snapshot : Path or None
        Draw the window into this file and close it.
    """

    path: Path | None = None
    perspective: str = "annotate"
    theme: str = ""
    snapshot: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and the window that follows it, if any."""

    status: int = 0
    window: Window | None = None


class Command(Protocol):
    """What a command module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Do it."""


def main(arguments: Sequence[str]) -> Outcome:
    """Run one command, or ask for the window; errors end up as one line on stderr."""
    try:
        if arguments and arguments[0] in COMMANDS:
            return _run_command(arguments[0], arguments[1:])
        return Outcome(window=_window(arguments))
    except MeviewerError as error:
        print(f"meviewer: {error}", file=sys.stderr)
        return Outcome(error.exit_status)
    except BrokenPipeError:
        return Outcome(1)
    except KeyboardInterrupt:
        print("meviewer: stopped", file=sys.stderr)
        return Outcome(130)


def _run_command(name: str, rest: Sequence[str]) -> Outcome:
    command: Command = _load(name)
    parser = argparse.ArgumentParser(prog=f"meviewer {name}", description=COMMANDS[name])
    command.add_arguments(parser)
    return command.run(parser.parse_args(rest))


def _load(name: str) -> Command:
    # "import" is a word of the language: its module is called import_command.
    module: Command = import_module(f"meviewer.cli.{name.replace('-', '_')}_command")
    return module


def _window(arguments: Sequence[str]) -> Window:
    width = max(map(len, COMMANDS))
    table = "\n".join(f"  {name:{width}s}  {text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="meviewer",
        description="Open the window on a project, a clip folder or a video.",
        epilog=f"commands (meviewer COMMAND --help):\n{table}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", type=Path, help="project, clip folder or video")
    parser.add_argument("--version", action="version", version=f"meviewer {__version__}")
    parser.add_argument("--perspective", choices=("annotate", "inspect", "train"))
    parser.add_argument("--theme", choices=("dark", "light"), default="")
    parser.add_argument(
        "--snapshot", type=Path, metavar="FILE", help="draw the window into a PNG file and end"
    )
    found = parser.parse_args(arguments)
    return Window(found.path, found.perspective or "annotate", found.theme, found.snapshot)
