"""What the tiles of the bench have in common: where they look, the pointer, and the region."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from meviewer.gui.widgets.picture_tile import PictureTile
from meviewer.present.bench_values import Region


class Links(QObject):
    """Passes on what is done in one tile to the others.

    The region and the pointer are always those of all tiles, since values are compared there;
    zoom and place only while tiles are linked.

    Signals
    -------
    read(object)
        Where the pointer is, as shares (x, y) of the picture, or None.
    region_changed(object)
        `Region` or None.
    """

    read = Signal(object)
    region_changed = Signal(object)

    def __init__(self, linked: bool) -> None:
        super().__init__()
        self._linked = linked
        self._tiles: tuple[PictureTile, ...] = ()
        self._known: set[PictureTile] = set()
        self._look = (1.0, 0.5, 0.5)
        self._marking = False
        self.region: Region | None = None

    def set_tiles(self, tiles: Sequence[PictureTile]) -> None:
        """Link these tiles; new ones look where the others do."""
        self._tiles = tuple(tiles)
        for tile in self._tiles:
            if tile not in self._known:
                self._known.add(tile)
                tile.view.looked.connect(lambda *look, t=tile: self._looked(t, look))
                tile.view.pointed.connect(self._pointed)
                tile.view.marked.connect(self.set_region)
            tile.view.set_marking(self._marking)
            tile.show_region(self.region)
            if self._linked:
                tile.view.look_as(*self._look)

    def set_linked(self, on: bool) -> None:
        """Zoom and move together, or each by itself."""
        if on and not self._linked:
            for tile in self._tiles:
                tile.view.look_as(*self._look)
        self._linked = on

    def set_marking(self, on: bool) -> None:
        """Let a drag in any tile draw the region."""
        self._marking = on
        for tile in self._tiles:
            tile.view.set_marking(on)

    def set_region(self, region: Region | None) -> None:
        """Mark a region in all tiles, or none."""
        self.region = region
        for tile in self._tiles:
            tile.show_region(region)
        self.region_changed.emit(region)

    def fit(self) -> None:
        """Show whole pictures."""
        self._look = (1.0, 0.5, 0.5)
        for tile in self._tiles:
            tile.view.look_as(*self._look)

    def _looked(self, tile: PictureTile, look: tuple[float, float, float]) -> None:
        self._look = look
        if self._linked:
            for other in self._tiles:
                if other is not tile:
                    other.view.look_as(*look)

    def _pointed(self, place: tuple[float, float] | None) -> None:
        for tile in self._tiles:
            tile.show_pointer(place)
        self.read.emit(place)
