"""The demo project of this user: made once, in the background, then opened like any other."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from meviewer.gui.running.task import Token


def demo_folder() -> Path:
    """Return where this user's demo project lies."""
    return Path(platformdirs.user_data_dir("meviewer", appauthor=False)) / "demo"


def make_demo(folder: Path, token: Token) -> Path:
    """Write the demo project, saying how far it is; given up, it leaves nothing behind."""
    from meviewer.synth.demo import ClipWritten, write_demo

    folder.parent.mkdir(parents=True, exist_ok=True)
    records = write_demo(folder)
    for record in records:
        if isinstance(record, ClipWritten):
            token.report(record.done / record.n_clips, "Making the demo project")
        if token.cancelled:
            records.close()
    return folder
