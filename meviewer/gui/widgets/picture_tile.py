"""One picture of the bench: head with title and source, picture, and its legend below."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QWidget

from meviewer.gui.theme import Size, Space, Theme
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.gui.widgets.labels import ElidedLabel, badge, label
from meviewer.gui.widgets.layout import Bar, boxed, column, row
from meviewer.gui.widgets.marks import ColourBar, Wheel
from meviewer.gui.widgets.styling import make_surface
from meviewer.motion import colour
from meviewer.present.bench import Legend, Tile, table_for

_HEIGHT = 30


class PictureTile(QFrame):
    """Shows a `Tile`; made once and refilled."""

    def __init__(self, theme: Theme, legend: Legend) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._title, self._note = label("", "strong"), ElidedLabel("", "caption")
        self._source = badge("")
        self.view = FrameView(theme, "")
        self._missing = label("", "caption", wrap=True)
        self._missing.setContentsMargins(Space.xl, Space.xl, Space.xl, Space.xl)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._missing)
        self._pages.addWidget(self.view)
        head = Bar(
            self._title,
            (self._note, 1),
            self._source,
            height=_HEIGHT,
            margins=(Space.l, 0, Space.m, 0),
        )
        self.setLayout(column(head, (self._pages, 1), self._legend(theme, legend), spacing=0))

    def _legend(self, theme: Theme, legend: Legend) -> QWidget:
        self._bar: ColourBar | None = None
        self._words: tuple[QLabel, QLabel] | None = None
        if legend is Legend.WHEEL:
            low, high = label("", "caption"), ElidedLabel("", "caption")
            self._words = (low, high)
            wheel = Wheel(theme, colour.flow_wheel(), 18)
            content = row(wheel, low, None, (high, 2), margins=(Space.m, 2, Space.m, 2))
        else:
            self._bar = ColourBar(
                theme, table_for(legend), "", "", middle=legend is Legend.DIVERGING
            )
            content = row((self._bar, 1), margins=(Space.m, 2, Space.m, 2))
        box = boxed(content)
        box.setFixedHeight(Size.bar_status)
        return box

    def show_tile(self, tile: Tile) -> None:
        """Show another picture."""
        self._title.setText(tile.title)
        self._note.setText(tile.note)
        self._source.setText(tile.source)
        self._source.setToolTip(tile.why)
        self.view.setAccessibleName(f"{tile.title}, {tile.note}")
        self.view.setToolTip(tile.why)
        self._missing.setText(tile.missing)
        self.view.show_frame(tile.picture)
        self._pages.setCurrentIndex(0 if tile.picture is None else 1)
        if self._words is not None:
            self._words[0].setText(tile.low)
            self._words[1].setText(tile.high)
        if self._bar is not None:
            self._bar.set_range(tile.low, tile.high)
