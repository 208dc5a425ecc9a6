"""How the aligned picture is cut: four fields, the picture they give, and how much is padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFormLayout, QWidget

from meviewer.data.face.crop import LARGEST_PX, PADDINGS, SMALLEST_PX, Crop
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.fields import choice, whole_number
from meviewer.gui.widgets.frame_view import to_image
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.present.face import padded_words

_SHOWN_PX = 136
_WORDS = {"replicate": "repeat the edge", "reflect": "mirror", "black": "black"}


class CropForm(QWidget):
    """Fields of a `Crop` beside the aligned picture.

    Signals
    -------
    changed()
        The user has changed a field; `crop` gives what it is now.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        rule = Crop()
        self.size_px = whole_number(
            rule.size_px, SMALLEST_PX, LARGEST_PX, step=16, unit="px", name="Width and height"
        )
        self.distance = whole_number(40, 10, 80, unit="%", name="Eye distance")
        self.height_field = whole_number(38, 10, 90, unit="%", name="Height of the eyes")
        self.padding = choice([_WORDS[p] for p in PADDINGS], 0, "Outside the frame")
        self._picture = label("", "caption")
        self._picture.setFixedSize(_SHOWN_PX, _SHOWN_PX)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName("Aligned picture")
        self._padded = label("", "caption", wrap=True)
        form = QFormLayout()
        form.setSpacing(Space.s)
        form.addRow("Size", self.size_px)
        form.addRow("Eyes apart", self.distance)
        form.addRow("Eyes down", self.height_field)
        form.addRow("Outside", self.padding)
        body = row(self._picture, (boxed(form), 1), spacing=Space.l)
        self.setLayout(column(body, self._padded, spacing=Space.xs))
        for field in (self.size_px, self.distance, self.height_field):
            field.valueChanged.connect(lambda _: self.changed.emit())
        self.padding.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def crop(self) -> Crop:
        """What the fields say."""
        return Crop(
            self.size_px.value(),
            self.distance.value() / 100,
            self.height_field.value() / 100,
            PADDINGS[self.padding.currentIndex()],
        )

    def show_crop(self, crop: Crop) -> None:
        """Fill the fields without saying so."""
        blocked = QSignalBlocker(self)
        self.size_px.setValue(crop.size_px)
        self.distance.setValue(round(100 * crop.eye_distance))
        self.height_field.setValue(round(100 * crop.eye_height))
        self.padding.setCurrentIndex(PADDINGS.index(crop.padding))
        del blocked

    def show_picture(self, picture: NDArray[np.uint8] | None, share_padded: float = 0.0) -> None:
        """Show the aligned picture, (S, S, 3) uint8, or none."""
        if picture is None:
            self._picture.setText("No face yet")
            self._padded.setText("")
            return
        ratio = self.devicePixelRatioF()
        side = round(_SHOWN_PX * ratio)
        smooth = Qt.TransformationMode.SmoothTransformation
        fitted = to_image(picture).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self._picture.setPixmap(pixmap)
        self._padded.setText(padded_words(share_padded))
