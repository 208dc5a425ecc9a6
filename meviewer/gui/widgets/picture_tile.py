"""One picture of the bench: head with title and tools, picture, and its legend below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.bench_view import BenchView
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.labels import ElidedLabel, badge, label
from meviewer.gui.widgets.layout import Bar, column
from meviewer.gui.widgets.legend_strip import LegendStrip
from meviewer.gui.widgets.styling import make_surface
from meviewer.present.bench import Tile
from meviewer.present.bench_state import LEAST_TILE_PX
from meviewer.present.bench_values import Region, read_out, region_words

HEAD_PX = 28
MORE = "▾"
_NARROW_PX = 215
_NOTE_PX = 70  # for the frame numbers, margins and gaps

_Key = Qt.Key
_STEPS = {
    _Key.Key_Left: (-1, 0),
    _Key.Key_Right: (1, 0),
    _Key.Key_Up: (0, -1),
    _Key.Key_Down: (0, 1),
}
_ZOOMS = {_Key.Key_Plus: 1.25, _Key.Key_Equal: 1.25, _Key.Key_Minus: 0.8}
_OPENS = (_Key.Key_Return, _Key.Key_Enter, _Key.Key_Space, _Key.Key_Menu)
_OTHERS = (_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Delete, _Key.Key_Escape, _Key.Key_F1)
_OWN_KEYS = {*_STEPS, *_ZOOMS, *_OPENS, *_OTHERS, _Key.Key_0}


class PictureTile(QFrame):
    """Shows a `Tile`; made once and refilled.

    Signals
    -------
    menu_wanted(), info_wanted(), close_wanted()
    step_wanted(int, int)
        Focus shall go so many tiles to the right and down.
    next_wanted(int)
        Focus shall go so many tiles on in reading order.
    left()
        Keys shall go back to the perspective.
    """

    menu_wanted = Signal()
    info_wanted = Signal()
    close_wanted = Signal()
    step_wanted = Signal(int, int)
    next_wanted = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        make_surface(self, "panel")
        self.tile: Tile | None = None
        self._region: Region | None = None
        self._place: tuple[float, float] | None = None
        self.view = BenchView(theme, "")
        self.legend = LegendStrip(theme)
        self._missing = label("", "caption", wrap=True, align=Qt.AlignmentFlag.AlignCenter)
        self._missing.setContentsMargins(Space.xl, Space.xl, Space.xl, Space.xl)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._missing)
        self._pages.addWidget(self.view)
        self.setLayout(column(self._head(theme), (self._pages, 1), self.legend, spacing=0))
        self.setMinimumSize(LEAST_TILE_PX, 120)
        # A click moves the picture and must not take the keys from the timeline.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _head(self, theme: Theme) -> Bar:
        self.title = tool(theme, text=" ", tip="Choose what this tile shows", kind="title")
        self.title.clicked.connect(self.menu_wanted)
        self._note, self._source = ElidedLabel("", "caption"), badge("")
        info = tool(theme, "info", tip="What the paper says, and what we chose (F1)")
        info.clicked.connect(self.info_wanted)
        close = tool(theme, "close", tip="Remove this tile (Del)")
        close.clicked.connect(self.close_wanted)
        self.info, self._close = info, close
        for button in (self.title, info, close):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the tile itself has the keys
        return Bar(
            self.title,
            (self._note, 1),
            self._source,
            info,
            close,
            height=HEAD_PX,
            spacing=2,
            margins=(Space.m, 0, 2, 0),
        )

    def show_tile(self, tile: Tile) -> None:
        """Show another picture."""
        before, self.tile = self.tile, tile
        self._note.setText(tile.note)
        if before is None or _head_of(before) != _head_of(tile):
            # Measuring words takes long, and a drag changes none of these.
            self._source.setText(tile.source)
            self._name()
        name = ", ".join(part for part in (tile.title, tile.note) if part)
        self.setAccessibleName(name)
        self.setAccessibleDescription(tile.missing or tile.legend.words)
        self.view.setAccessibleName(name)
        self._missing.setText(tile.missing)
        self.view.show_frame(tile.picture)
        self.view.show_arrows(tile.arrows)
        self._pages.setCurrentIndex(0 if tile.picture is None else 1)
        self.legend.setVisible(tile.picture is not None)
        self.legend.show_legend(tile.legend, tile.said)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name()

    def _name(self) -> None:
        """Write the title as long as there is room."""
        if self.tile is not None:
            narrow = self.width() < _NARROW_PX
            words = (self.tile.short if narrow else "") or self.tile.title
            self.title.setText(f"{words} {MORE}")
            self._make_room()

    def _make_room(self) -> None:
        """Take away what the card and the menu also hold, rather than cut the title."""
        used = self.title.sizeHint().width() + self.info.sizeHint().width() + _NOTE_PX
        for part in (self._source, self._close):
            used += part.sizeHint().width()
            part.setVisible(used <= self.width())

    @property
    def note(self) -> str:
        """Frames and parameters, whole."""
        return self._note.whole_text()

    @property
    def missing(self) -> str:
        """Why there is no picture."""
        return self._missing.text()

    def show_region(self, region: Region | None) -> None:
        """Mark a region and say its figures."""
        self._region = region
        self.view.show_region(region)
        self._read()

    def show_pointer(self, place: tuple[float, float] | None) -> None:
        """Say the value at a place, given in shares of the picture."""
        self._place = place
        self.view.show_pointer(place)
        self._read()

    def _read(self) -> None:
        values = None if self.tile is None else self.tile.values
        words = ""
        if values is not None and self._place is not None:
            rows, columns = values.array.shape[:2]
            words = read_out(values, int(self._place[0] * columns), int(self._place[1] * rows))
        elif values is not None and self._region is not None:
            words = region_words(values, self._region)
        self.legend.show_reading(words)

    # Keys

    def event(self, event: QEvent) -> bool:
        # Arrows and Tab belong to actions of the window; here they go from tile to tile.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
            )
            if plain and event.key() in _OWN_KEYS:
                event.accept()
                return True
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return super().event(event)
        return self._press(Qt.Key(event.key())) or super().event(event)

    def _press(self, key: Qt.Key) -> bool:
        if key in _STEPS:
            self.step_wanted.emit(*_STEPS[key])
        elif key in _ZOOMS:
            self.view.zoom_by(_ZOOMS[key])
        elif key in _OPENS:
            self.menu_wanted.emit()
        elif key in _OTHERS:
            self._press_other(key)
        elif key is _Key.Key_0:
            self.view.fit()
        else:
            return False
        return True

    def _press_other(self, key: Qt.Key) -> None:
        if key in (_Key.Key_Tab, _Key.Key_Backtab):
            self.next_wanted.emit(1 if key is _Key.Key_Tab else -1)
            return
        {
            _Key.Key_Delete: self.close_wanted,
            _Key.Key_Escape: self.left,
            _Key.Key_F1: self.info_wanted,
        }[key].emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.view.set_focused(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.view.set_focused(False)
        super().focusOutEvent(event)


def _head_of(tile: Tile) -> tuple[str, str, str]:
    return tile.title, tile.short, tile.source
