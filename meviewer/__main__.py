"""Entry of the program: the worker process, a command, or the window. Imports nothing heavy."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support


def main(argv: list[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["--worker"]:
        from meviewer.jobs.worker import main as work

        return work()
    from meviewer.cli.main import main as command
    from meviewer.core.freed_memory import keep_freed_memory

    keep_freed_memory()
    outcome = command(arguments)
    if outcome.status or outcome.window is None:
        return outcome.status
    from meviewer.gui.application import start

    return start(outcome.window)


if __name__ == "__main__":
    freeze_support()
    sys.exit(main())
