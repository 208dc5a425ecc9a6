"""The bench: pictures of the selected event side by side, following its keyframes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context
from meviewer.gui.dialogs.ask import ask_name
from meviewer.gui.key_tips import follow_keys, with_keys
from meviewer.gui.theme import Size
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.arranging import GAP_PX
from meviewer.gui.widgets.bench_bar import BAR_PX, BenchBar
from meviewer.gui.widgets.bench_links import Links
from meviewer.gui.widgets.info_card import InfoCard
from meviewer.gui.widgets.layout import boxed, column
from meviewer.gui.widgets.notices import EmptyState
from meviewer.gui.widgets.picture_tile import HEAD_PX, PictureTile
from meviewer.gui.widgets.view_menu import can_add, view_menu
from meviewer.present.bench import Tile
from meviewer.present.bench_draw import tiles
from meviewer.present.bench_export import tile_content
from meviewer.present.bench_info import explain
from meviewer.present.bench_state import BenchState, columns, dump, load
from meviewer.present.bench_views import VIEWS, needed

_SLOT = "tiles"
_OPEN = "Open a project, a clip or a video ({open})."
_MARK_ONE = (
    "Mark one on the timeline: {set-onset} at the onset, {set-apex} at the apex, "
    "{set-offset} at the offset."
)
_FIT_TIP = "Fit the pictures (double click, {fit})"
_KEPT = "inspect.bench"
_AROUND_PX = HEAD_PX + Size.bar_status + GAP_PX


class BenchPanel(QStackedWidget):
    """Two to eight tiles, or what to do to get them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._state = load(context.preferences[_KEPT])
        self._all: list[PictureTile] = []
        self._aspect, self._across = 1.0, 0
        self.links = Links(self._state.linked)
        self.bar = BenchBar(context.theme, self.links, self._state)
        self._empty = EmptyState(
            context.theme,
            "inspect",
            "No event is selected",
            "Label an event on the timeline below.",
        )
        self._page = QWidget()
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self.addWidget(self._empty)
        self.addWidget(boxed(column(self.bar, (self._page, 1), spacing=GAP_PX)))
        self.bar.arranged.connect(self.set_state)
        self.bar.save_wanted.connect(self._save)
        self.bar.rename_wanted.connect(self._rename)
        context.pictures.changed.connect(self._refresh)
        context.workspace.session_changed.connect(self._refresh)
        context.theme.changed.connect(self._refresh)
        context.actions.bind("fit", self.links.fit)
        context.actions.bind("tiles", lambda: self._focus(0))
        follow_keys(context.actions, self.bar.fit, _FIT_TIP)
        context.actions.keys_changed.connect(self._refresh)
        self._refresh()

    @property
    def tiles(self) -> tuple[PictureTile, ...]:
        """The tiles in reading order."""
        return tuple(self._all[: len(self._state.views)])

    @property
    def state(self) -> BenchState:
        """What is arranged."""
        return self._state

    def set_state(self, state: BenchState) -> None:
        """Arrange tiles anew, and remember it."""
        before, self._state = self._state, state
        self._context.preferences[_KEPT] = dump(state)
        self.links.set_linked(state.linked)
        self.bar.show_state(state)
        if state.views != before.views:
            if self._all:
                self._fill()
            self._look()
            self._refresh()

    def _save(self) -> None:
        name = ask_name(self, "Save this arrangement", "Name of the arrangement:")
        if name is not None:
            self._try(lambda: self._state.saved(name))

    def _rename(self, old: str) -> None:
        name = ask_name(self, "Rename the arrangement", "New name:", old)
        if name is not None:
            self._try(lambda: self._state.renamed(old, name))

    def _try(self, change: Callable[[], BenchState]) -> None:
        try:
            self.set_state(change())
        except MeviewerError as error:
            self._context.workspace.failed.emit(error)

    # Tiles

    def _fill(self) -> None:
        """Make as many tiles as are wanted; what is not needed stays for later."""
        while len(self._all) < len(self._state.views):
            self._all.append(self._made(len(self._all)))
        for at, tile in enumerate(self._all):
            tile.setVisible(at < len(self._state.views))
        self.links.set_tiles(self.tiles)
        self._across = 0
        self._arrange()

    def _made(self, at: int) -> PictureTile:
        tile = PictureTile(self._context.theme)
        tile.setParent(self._page)
        tile.menu_wanted.connect(lambda: self._choose(at))
        tile.info_wanted.connect(lambda: self._explain(at))
        tile.close_wanted.connect(lambda: self._remove(at))
        tile.next_wanted.connect(lambda by: self._focus(at + by))
        tile.step_wanted.connect(lambda x, y: self._step(at, x, y))
        tile.left.connect(lambda: self.window().setFocus())
        offer_view(tile, lambda: tile_content(tile.tile) if tile.tile else None)
        return tile

    def _arrange(self) -> None:
        """Place the tiles so that their pictures are as large as can be."""
        shown, size = self.tiles, self.size()
        if not shown:
            return
        across = columns(len(shown), size.width(), size.height() - BAR_PX, self._aspect, _AROUND_PX)
        if across == self._across:
            return
        self._across = across
        for tile in self._all:
            self._grid.removeWidget(tile)
        for at, tile in enumerate(shown):
            self._grid.addWidget(tile, at // across, at % across)
        for at in range(len(self._all)):
            self._grid.setColumnStretch(at, 1 if at < across else 0)
            self._grid.setRowStretch(at, 1 if at <= (len(shown) - 1) // across else 0)

    def _choose(self, at: int) -> None:
        tile, state = self._all[at], self._state
        menu = view_menu(
            tile, state.views[at], lambda name: self.set_state(state.changed(at, name))
        )
        menu.addSeparator()
        info = menu.addAction("What the paper says, and what we chose")
        info.triggered.connect(lambda _=False: self._explain(at))
        add = menu.addAction("Add a tile")
        add.setEnabled(can_add(state))
        add.triggered.connect(lambda _=False: self.set_state(state.added()))
        menu.addAction("Remove this tile").triggered.connect(lambda _=False: self._remove(at))
        menu.popup(tile.title.mapToGlobal(tile.title.rect().bottomLeft()))

    def _remove(self, at: int) -> None:
        left = self._state.removed(at)
        if left is self._state:
            self._context.editor.said.emit(
                "Two tiles remain: choose what they show in their titles"
            )
        self.set_state(left)
        if self._all[at].hasFocus() or self.window().focusWidget() is None:
            self._focus(min(at, len(left.views) - 1))

    def _explain(self, at: int) -> None:
        tile = self._all[at].tile
        if tile is not None:
            said = explain(tile, VIEWS[tile.view].family)
            card = InfoCard(self._context.theme, said, tile.source, self)
            card.show_below(self._all[at].info)

    def _focus(self, at: int) -> None:
        if self._all:
            self.tiles[at % len(self.tiles)].setFocus()

    def _step(self, at: int, x: int, y: int) -> None:
        to = at + x + y * self._across
        if 0 <= to < len(self.tiles):
            self._focus(to)

    # Following

    def _look(self) -> None:
        if self.isVisible():
            self._context.pictures.look("bench", needed(self._state.views))

    def showEvent(self, event: QShowEvent) -> None:
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        self._context.pictures.look("bench", None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _refresh(self) -> None:
        session, found = self._context.workspace.session, self._context.pictures.current
        if session is None or found is None:
            self._context.background.cancel(_SLOT)
            self._say_why(session is None)
            self.setCurrentIndex(0)
            return
        options, ground = self._context.pictures.options, self._context.theme.name
        numbers, views = session.clip.numbers, self._state.views
        # Colouring eight large pictures takes up to a third of a second.
        self._context.background.run(
            _SLOT,
            lambda: tiles(views, found, numbers, options, ground),
            self._show_tiles,
            follow=True,
        )

    def _show_tiles(self, drawn: tuple[Tile, ...]) -> None:
        if tuple(tile.view for tile in drawn) != self._state.views:
            return  # rearranged meanwhile: the next ones are on their way
        if not self._all:
            self._fill()  # not before: a window that is being made should not wait for them
        for tile, state in zip(self.tiles, drawn, strict=True):
            tile.show_tile(state)
        session, found = self._context.workspace.session, self._context.pictures.current
        if session is not None and found is not None:
            self._aspect = session.clip.size[1] / session.clip.size[0]
            self.bar.show_pictures(session.clip.size, final=found.final)
        self.setCurrentIndex(1)
        self._arrange()

    def _say_why(self, nothing_open: bool) -> None:
        keys = self._context.actions.keys
        if nothing_open:
            self._empty.set_words("Nothing is open", with_keys(_OPEN, keys))
        elif self._context.editor.selected is None:
            self._empty.set_words("No event on this clip", with_keys(_MARK_ONE, keys))
        elif (error := self._context.pictures.error) is not None:
            self._empty.set_words("No pictures of this event", str(error))
        else:
            self._empty.set_words(
                "Computing", "Frames are read once, then pictures follow the hand."
            )
