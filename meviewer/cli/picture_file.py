"""Writing a picture or its raw values: PNG, NPY or HDF5, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from meviewer.cli.output import to_json
from meviewer.cli.pictures import Drawn
from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import replacing, write_bytes
from meviewer.data.hdf5_file import new_hdf5

_HDF5 = (".h5", ".hdf5")
ENDINGS = (".png", ".npy", *_HDF5)


def check_name(path: Path) -> None:
    """Refuse a name whose ending says no known format, before anything is computed."""
    if path.suffix.lower() not in ENDINGS:
        raise MeviewerError(
            "Not a format that can be written",
            where=str(path),
            why=f"the name ends in {path.suffix or 'nothing'}",
            now="end it in " + ", ".join(ENDINGS),
        )


def write_picture(path: Path, drawn: Drawn, about: Mapping[str, object]) -> None:
    """Write the picture, or for NPY and HDF5 the values with what is known about them."""
    suffix = path.suffix.lower()
    if suffix == ".png":
        write_bytes(path, _png(drawn))
    elif suffix == ".npy":
        buffer = io.BytesIO()
        np.save(buffer, drawn.values)
        write_bytes(path, buffer.getvalue())
    else:
        _write_hdf5(path, drawn, about)


def _png(drawn: Drawn) -> bytes:
    import cv2

    done, data = cv2.imencode(".png", np.ascontiguousarray(drawn.picture[..., ::-1]))
    if not done:
        raise MeviewerError("The picture could not be encoded", why="OpenCV refused it")
    return bytes(data)


def _write_hdf5(path: Path, drawn: Drawn, about: Mapping[str, object]) -> None:
    with replacing(path) as beside, new_hdf5(beside) as new:
        file = new.root
        values = file.create_dataset("values", data=drawn.values)
        file.create_dataset("picture", data=drawn.picture)
        values.attrs["unit"] = drawn.unit
        file.attrs["about"] = to_json(dict(about))
