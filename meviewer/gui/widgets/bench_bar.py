"""The bar over the bench: arrangement, links, region, and where the pointer is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from meviewer.gui.theme import Theme
from meviewer.gui.widgets.bench_links import Links
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import Bar, spare
from meviewer.gui.widgets.picture_tile import MORE
from meviewer.gui.widgets.styling import short_rule
from meviewer.gui.widgets.view_menu import can_add, preset_menu, view_menu
from meviewer.present.bench_state import BenchState
from meviewer.present.bench_values import Region

BAR_PX = 32


class BenchBar(Bar):
    """Tools of all tiles together.

    Signals
    -------
    arranged(object)
        The user wants this `BenchState`.
    save_wanted()
        The arrangement shall be kept under a name.
    rename_wanted(str)
        This one of the user's arrangements shall have another name.
    """

    arranged = Signal(object)
    save_wanted = Signal()
    rename_wanted = Signal(str)

    def __init__(self, theme: Theme, links: Links, state: BenchState) -> None:
        self._links, self._state = links, state
        self._size: tuple[int, int] | None = None
        self.preset = tool(theme, text=" ", tip="Choose an arrangement of tiles", kind="title")
        self.add = tool(theme, "add", tip="Add a tile")
        self.link = tool(theme, "loop", tip="Zoom and move all tiles together", checked=True)
        self.mark = tool(
            theme, "roi", tip="Mark a region by a drag; Shift+drag always does", checked=False
        )
        self.unmark = tool(theme, "remove", tip="Take the region away")
        self.fit = tool(theme, "fit", tip="Fit the pictures (double click)")
        self._place, self._final = ElidedLabel("", "caption"), label("", "caption")
        super().__init__(
            self.preset,
            short_rule(),
            self.add,
            short_rule(),
            self.link,
            self.fit,
            self.mark,
            self.unmark,
            (self._place, 1),
            spare(self._final, 1),
            height=BAR_PX,
            spacing=4,
        )
        self.setAccessibleName("Tools of the bench")
        self.preset.clicked.connect(self._choose)
        self.add.clicked.connect(self._add)
        self.link.clicked.connect(self._set_linked)
        self.mark.clicked.connect(links.set_marking)
        self.unmark.clicked.connect(self._unmark)
        self.fit.clicked.connect(links.fit)
        links.read.connect(self._show_place)
        links.region_changed.connect(self._region_changed)
        self._region_changed(links.region)
        self.show_state(state)

    @property
    def place(self) -> str:
        """Where the pointer or the region is, in words."""
        return self._place.whole_text()

    def show_state(self, state: BenchState) -> None:
        """Show which arrangement it is."""
        self._state = state
        self.preset.setText(f"{state.preset or 'Own arrangement'} {MORE}")
        self.link.setChecked(state.linked)
        self.add.setEnabled(can_add(state))

    def show_pictures(self, size: tuple[int, int], *, final: bool) -> None:
        """Say of pictures of (H, W) px whether quick methods stand in."""
        self._size = size
        self._final.setText("up to date" if final else "quick for now")

    def _show_place(self, place: tuple[float, float] | None) -> None:
        region = self._links.region
        words = ""
        if self._size is not None and place is not None:
            height, width = self._size
            words = f"x {int(place[0] * width)}, y {int(place[1] * height)} px"
        elif self._size is not None and region is not None:
            rows, columns = region.slices(self._size)
            size = f"{columns.stop - columns.start} × {rows.stop - rows.start} px"
            words = f"region {size} at x {columns.start}, y {rows.start}"
        self._place.setText(words)

    def _region_changed(self, region: Region | None) -> None:
        self.unmark.setEnabled(region is not None)
        self._show_place(None)

    def _unmark(self) -> None:
        self._links.set_region(None)

    def _set_linked(self, on: bool) -> None:
        self.arranged.emit(replace(self._state, linked=on))

    def _choose(self) -> None:
        menu = preset_menu(
            self,
            self._state,
            lambda name: self.arranged.emit(self._state.shown(name)),
            self.save_wanted.emit,
            self.rename_wanted.emit,
            lambda name: self.arranged.emit(self._state.deleted(name)),
        )
        menu.popup(self.preset.mapToGlobal(self.preset.rect().bottomLeft()))

    def _add(self) -> None:
        menu = view_menu(self, "", lambda name: self.arranged.emit(self._state.added(name)))
        menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))
