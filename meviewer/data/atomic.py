"""Write a file so that either the old or the whole new one is there, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from meviewer.core.errors import StorageError

_ADVICE = {
    errno.ENOSPC: ("the disk is full", "free some space and try again"),
    errno.EDQUOT: ("your disk quota is used up", "free some space and try again"),
    errno.EFBIG: ("the file would be larger than is allowed here", "write to another disk"),
    errno.EACCES: ("writing there is not allowed", "choose a folder of yours"),
    errno.EPERM: ("writing there is not allowed", "choose a folder of yours"),
    errno.EROFS: ("the disk is read-only", "choose a folder on another disk"),
    errno.EIO: ("the disk reports a fault", "write to another disk and look after this one"),
    errno.ENOENT: ("the folder does not exist", "create it or choose another"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another place"),
    errno.EISDIR: ("a folder of that name is in the way", "choose another name"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter name"),
}
# What may go wrong while the caller fills the file; anything else there is the caller's own.
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
_NAME_BYTES = 180
_SUFFIX_BYTES = 20


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a file name beside ``path``; on success the file written there takes its place.

    Parameters
    ----------
    path : Path
        File to create or replace. A symbolic link is followed. An existing file keeps its mode.

    Yields
    ------
    Path
        An empty file to write over, in the folder of ``path`` and with the same ending.

    Raises
    ------
    StorageError
        If the disk is full, read-only, or refuses. ``path`` is then as it was, and nothing is
        left beside it.
    """
    target = Path(os.path.realpath(path))
    beside = _beside(target)
    try:
        with _told_kindly(path):
            beside.touch(exist_ok=False)
        with _told_kindly(path, _DISK_FULL):
            yield beside
        with _told_kindly(path):
            _put_in_place(beside, target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all.

    Raises
    ------
    StorageError
        As `replacing`.
    """
    with replacing(path) as beside, _told_kindly(path), beside.open("wb") as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` in UTF-8 to ``path``, line ends as given, whole or not at all.

    Raises
    ------
    StorageError
        As `replacing`.
    """
    write_bytes(path, text.encode("utf-8"))


def storage_error(path: Path, error: OSError) -> StorageError:
    """Return what the operating system refused, as an error for a person."""
    system = error.strerror or str(error)
    why, now = _ADVICE.get(error.errno or 0, (system, "try again or choose another place"))
    return StorageError("Could not write", where=str(path), why=why, now=now)


@contextmanager
def _told_kindly(path: Path, only: frozenset[int] | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if only is None or error.errno in only:
            raise storage_error(path, error) from error
        raise


def _put_in_place(beside: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        beside.chmod(stat.S_IMODE(target.stat().st_mode))
    _flush_to_disk(beside, os.O_RDWR)
    os.replace(beside, target)  # noqa: PTH105 - the one call that makes it atomic, by its name
    # The rename has happened: a folder that cannot be flushed (network disks) is no failure.
    with suppress(OSError):
        _flush_to_disk(target.parent, os.O_RDONLY)


def _flush_to_disk(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(target: Path) -> Path:
    # The ending stays, because some libraries choose the format by it.
    stem = target.stem.encode("utf-8")[:_NAME_BYTES].decode("utf-8", "ignore")
    suffix = target.suffix if len(target.suffix.encode("utf-8")) <= _SUFFIX_BYTES else ""
    return target.with_name(f".{stem}.{uuid.uuid4().hex[:12]}.part{suffix}")
