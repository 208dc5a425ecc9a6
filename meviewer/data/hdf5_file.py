"""Write HDF5 files so that a full disk is an error and not the end of the process.

When a write fails, the HDF5 library (1.14, 2.0) cannot close its file any more and crashes with a
segmentation fault, at the latest when the process ends. Here it writes through a file that accepts
everything: the first refusal of the disk is remembered, what comes later is thrown away, HDF5
closes in peace, and then the error is raised.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer


class _Accepting(io.FileIO):
    """A file that never refuses to be written; `refusal` tells whether the disk did."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w+")
        self.refusal: OSError | None = None

    def write(self, data: Buffer) -> int:
        view = memoryview(data).cast("B")
        self._try(lambda: self._write_all(view))
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        length = self.tell() if size is None else size
        self._try(lambda: super(_Accepting, self).truncate(length))
        return length

    def _write_all(self, view: memoryview) -> None:
        done = 0
        while done < len(view):
            done += super().write(view[done:])

    def _try(self, work: Callable[[], object]) -> None:
        if self.refusal is None:
            try:
                work()
            except OSError as error:
                self.refusal = error


class NewHdf5:
    """A new HDF5 file being written.

    Attributes
    ----------
    root : h5py.File
        To be filled; of no declared type.
    """

    def __init__(self, root: Any, stream: _Accepting) -> None:
        self.root = root
        self._stream = stream

    def check(self) -> None:
        """Raise what the disk refused so far: call it between large pieces.

        Raises
        ------
        OSError
            Such as ``ENOSPC``.
        """
        if self._stream.refusal is not None:
            raise self._stream.refusal


@contextmanager
def new_hdf5(path: Path) -> Iterator[NewHdf5]:
    """Write a new HDF5 file; combine it with `meviewer.data.atomic.replacing`.

    Raises
    ------
    OSError
        If the disk refuses: at `NewHdf5.check`, or at the end.
    """
    import h5py

    with _Accepting(path) as stream:
        with h5py.File(stream, "w") as root:
            new = NewHdf5(root, stream)
            yield new
        new.check()
