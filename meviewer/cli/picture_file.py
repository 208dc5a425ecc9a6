"""Writing a picture or its raw values: PNG, NPY or HDF5, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meviewer.cli.output import to_json
from meviewer.cli.pictures import Drawn
from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_bytes
from meviewer.data.values_file import NamedArray, write_values

VIDEO = ".mp4"
VALUES = (".npy", ".h5", ".hdf5")
ENDINGS = (".png", *VALUES, VIDEO)


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
    if path.suffix.lower() == ".png":
        write_png(path, drawn.picture)
        return
    arrays = (NamedArray("values", drawn.values, drawn.unit), NamedArray("picture", drawn.picture))
    plain = {"about": to_json(dict(about)), **about}
    # In NPY there is room for one array alone.
    write_values(path, arrays[:1] if path.suffix.lower() == ".npy" else arrays, plain)


def write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write an (H, W, 3) uint8 RGB picture."""
    import cv2

    done, data = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
    if not done:
        raise MeviewerError("The picture could not be encoded", why="OpenCV refused it")
    write_bytes(path, bytes(data))
