"""A tile as what goes into a file."""

from __future__ import annotations

import numpy as np

from meviewer.data.values_file import NamedArray
from meviewer.present.bench import Tile
from meviewer.present.export_view import ViewContent


def tile_content(tile: Tile) -> ViewContent | None:
    """Return title, legend, raw values and parameters of a tile; None without a picture."""
    if tile.picture is None or tile.values is None:
        return None
    array = np.ascontiguousarray(tile.values.array)
    about = {k: v for k, v in tile.parameters.items() if k not in ("onset", "apex", "offset")}
    return ViewContent(
        tile.title,
        tile.view.replace(":", "-"),
        tuple(part for part in (tile.note, tile.legend.words, tile.said) if part),
        (NamedArray("values", array, tile.values.unit),),
        "" if tile.source == "source" else tile.source,
        about,
    )
