"""The bench: eight pictures of the selected event side by side, following its keyframes."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from meviewer.gui.context import Context
from meviewer.gui.widgets.arranging import GAP_PX
from meviewer.gui.widgets.notices import EmptyState
from meviewer.gui.widgets.picture_tile import PictureTile
from meviewer.present.bench import BenchOptions, Legend, Tile, tiles

_LEGENDS = (
    Legend.GREY,
    Legend.WHEEL,
    Legend.WHEEL,
    Legend.WHEEL,
    Legend.DIVERGING,
    Legend.GREY,
    Legend.GREY,
    Legend.GREY,
)
_COLUMNS = 4
_SLOT = "tiles"


class BenchPanel(QStackedWidget):
    """Eight tiles, or what to do to get them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._tiles = [PictureTile(context.theme, legend) for legend in _LEGENDS]
        self._empty = EmptyState(
            context.theme,
            "inspect",
            "No event is selected",
            "Label an event on the timeline below.",
        )
        self.addWidget(self._empty)
        self.addWidget(self._grid())
        context.pictures.changed.connect(self._refresh)
        context.workspace.session_changed.connect(self._refresh)
        context.theme.changed.connect(self._refresh)
        self._refresh()

    def _grid(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP_PX)
        for at, tile in enumerate(self._tiles):
            grid.addWidget(tile, at // _COLUMNS, at % _COLUMNS)
        for at in range(_COLUMNS):
            grid.setColumnStretch(at, 1)
        return page

    @property
    def tiles(self) -> tuple[PictureTile, ...]:
        """The tiles in reading order."""
        return tuple(self._tiles)

    def showEvent(self, event: QShowEvent) -> None:
        self._context.pictures.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self._context.pictures.watch(False)

    def _refresh(self) -> None:
        session, found = self._context.workspace.session, self._context.pictures.current
        if session is None or found is None:
            self._context.background.cancel(_SLOT)
            self._say_why(session is None)
            self.setCurrentIndex(0)
            return
        options, ground = self._context.pictures.options, self._context.theme.name
        how = BenchOptions(options.full_px, head_removed=options.head, dynamic=options.dynamic)
        numbers = session.clip.numbers
        # Colouring eight large pictures takes up to a third of a second.
        self._context.background.run(
            _SLOT, lambda: tiles(found, numbers, how, ground), self._show_tiles, follow=True
        )

    def _show_tiles(self, drawn: tuple[Tile, ...]) -> None:
        for tile, state in zip(self._tiles, drawn, strict=True):
            tile.show_tile(state)
        self.setCurrentIndex(1)

    def _say_why(self, nothing_open: bool) -> None:
        if nothing_open:
            self._empty.set_words("Nothing is open", "Open a project, a clip or a video (Ctrl+O).")
        elif self._context.editor.selected is None:
            words = "Mark one on the timeline: I at the onset, P at the apex, O at the offset."
            self._empty.set_words("No event on this clip", words)
        elif (error := self._context.pictures.error) is not None:
            self._empty.set_words("No pictures of this event", str(error))
        else:
            self._empty.set_words(
                "Computing", "Frames are read once, then pictures follow the hand."
            )
