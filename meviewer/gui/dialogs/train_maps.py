"""What a network looked at: its inner pictures over the apex frame of the clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QSizePolicy, QWidget

from meviewer.data.values_file import NamedArray
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.frame_view import to_image
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.present.export_view import ViewContent
from meviewer.present.training_maps import MapPicture

_SIZE, _MARGIN_PX = QSize(940, 720), QSize(40, 72)
_LEAST_PX = 140
_READING = (
    "Laid over the apex frame. These pictures say what moved this network, not what a face means;"
    " another seed may look elsewhere."
)


class MapsDialog(QDialog):
    """A window with a tile for each inner picture.

    Parameters
    ----------
    theme : Theme
    title : str
        Run, clip and answer.
    pictures : sequence of MapPicture
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        pictures: Sequence[MapPicture],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Inner pictures")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        self.tiles = tuple(_Tile(one) for one in pictures)
        grid = QGridLayout()
        grid.setSpacing(Space.l)
        n_columns = 2 if len(self.tiles) > 1 else 1
        for at, tile in enumerate(self.tiles):
            grid.addWidget(tile, at // n_columns, at % n_columns)
        close = push("Close", "primary")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        head = label(title, "strong", wrap=True)
        body = column(head, (boxed(grid), 1), label(_READING, "caption", wrap=True))
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        buttons = row(None, close)
        buttons.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), buttons, spacing=0))
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _MARGIN_PX))
        theme.changed.connect(self.update)


class _Tile(QWidget):
    """One picture with its title above and what it says below."""

    def __init__(self, shown: MapPicture) -> None:
        super().__init__()
        self.shown = shown
        self.face = _Face(to_image(shown.picture))
        self.face.setAccessibleName(f"{shown.title}. {shown.words}")
        scale = label(shown.scale, "caption")
        head = row(label(shown.title, "strong"), None, scale)
        words = label(shown.words, "caption", wrap=True)
        self.setLayout(column(head, (self.face, 1), words, spacing=Space.s))
        offer_view(self.face, self._content)

    def _content(self) -> ViewContent:
        shown = self.shown
        values = NamedArray(shown.name, np.asarray(shown.values), "")
        return ViewContent(shown.title, f"map-{shown.name}", (shown.words, shown.scale), (values,))


class _Face(QWidget):
    """Draws a picture in its proportion, as large as there is room."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self.setMinimumSize(_LEAST_PX, _LEAST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) / 2
        top = (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)
