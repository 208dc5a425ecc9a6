#!/usr/bin/env python3
"""Set up meviewer on a fresh machine and run it or its tests; needs nothing but Python and git.

python3 packaging/dev.py setup    make .venv and install everything into it
python3 packaging/dev.py run      set up, then the program (without a display: the same job in text)
python3 packaging/dev.py test     set up, then the tests; further arguments go to pytest
"""

from __future__ import annotations

import sys

OLDEST = (3, 11)
COMMANDS = ("setup", "run", "test")


def main(arguments: list[str]) -> int:
    """Do what the first argument says."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command not in COMMANDS:
        print(__doc__)
        return 0 if command in ("", "-h", "--help") else 2
    if sys.version_info < OLDEST:
        print(too_old(sys.version.split()[0]), file=sys.stderr)
        return 2
    try:
        return do(command, rest)
    except KeyboardInterrupt:
        print("\ndev: stopped; the next start goes on from here", file=sys.stderr)
        return 130


def do(command: str, rest: list[str]) -> int:
    """Set up, then run or test."""
    # Loaded here: an older Python must come as far as the message above.
    import environment
    import main_job
    import system

    packages = system.missing(for_tests=command == "test")
    if not environment.can_be_made():
        packages.append(system.venv_package())
    system.install(packages)
    if not environment.can_be_made():
        system.say(f"without {system.venv_package()} there is no way on; install it, start again")
        return 1
    environment.set_up()
    if command == "test":
        return environment.test(rest)
    if command == "setup":
        return 0
    if rest:
        return environment.program(*rest)
    return main_job.run(with_window=system.has_display())


def too_old(version: str) -> str:
    """Return what to say to an older Python."""
    oldest = ".".join(map(str, OLDEST))
    return (
        f"dev: Python {oldest} or newer is needed, this is {version}. Debian 12 and Ubuntu 24.04 "
        f"bring one; elsewhere install one, then start this script with it, for instance:\n"
        f"    python{oldest} packaging/dev.py run"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
