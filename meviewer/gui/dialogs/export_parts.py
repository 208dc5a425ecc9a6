"""Parts of the dialog that exports a view: its preview, and what a video asks for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from meviewer.gui.context import Context
from meviewer.gui.dialogs.export_film import Film, Look, can_show
from meviewer.gui.theme import Space
from meviewer.gui.view_export import Caption, picture_of
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.styling import make_surface
from meviewer.present.export_view import ViewContent
from meviewer.present.overlay_clip import SPEEDS

FORMATS = {
    ".png": "PNG picture",
    ".svg": "SVG, vectors",
    ".pdf": "PDF page, vectors",
    ".npy": "NPY, raw values",
    ".h5": "HDF5, raw values with provenance",
    ".csv": "CSV, one column a curve",
    ".mp4": "MP4 video",
}
"""What each ending means, in the order of the list."""

_MM_PER_PX = 25.4 / 96
_PREVIEW = QSize(420, 360)
_OPACITY = 0.6


class Preview(QLabel):
    """The picture as it will be, made smaller where it is large."""

    def __init__(self) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignCenter)
        self.setFixedSize(_PREVIEW)
        self.setAccessibleName("Preview")
        make_surface(self, "canvas")

    def show_widget(self, widget: QWidget, caption: Caption) -> None:
        """Show a widget with its caption."""
        picture = QPixmap.fromImage(picture_of(widget, caption))
        room = _PREVIEW - QSize(2 * Space.m, 2 * Space.m)
        if picture.width() > room.width() or picture.height() > room.height():
            mode = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, mode)
        self.setPixmap(picture)


class FilmFields(QObject):
    """What each frame of a video shows, which frames, how fast, and what is written below.

    Signals
    -------
    changed()
        The user has chosen otherwise.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.look = choice([look.value for look in Look], 0, "What each frame shows")
        self.whole = choice(("of the event", "of the whole clip"), 0, "Which frames")
        self.speed = choice([f"{speed} ×" for speed in SPEEDS], 0, "Speed")
        self.numbered = QCheckBox("Frame number and time below each frame")
        self.numbered.setChecked(True)
        for box in (self.look, self.whole, self.speed):
            box.activated.connect(lambda _: self.changed.emit())
        self.numbered.clicked.connect(lambda _: self.changed.emit())

    @property
    def rows(self) -> tuple[tuple[str, QWidget], ...]:
        """The fields with their words."""
        return (
            ("Each frame", self.look),
            ("Frames", self.whole),
            ("Speed", self.speed),
            ("", self.numbered),
        )

    @property
    def chosen(self) -> Look:
        """What each frame shows."""
        return tuple(Look)[self.look.currentIndex()]

    def begin_with(self, overlay: str) -> None:
        """Offer what there is, and choose what the frame view shows."""
        event, motion = self._context.editor.selected, self._context.analysis.motion
        for at, look in enumerate(Look):
            possible = can_show(look, event, motion)
            _enable(self.look, at, possible)
            if possible and name_of(look) == overlay:
                self.look.setCurrentIndex(at)
        _enable(self.whole, 0, event is not None)
        self.whole.setCurrentIndex(0 if event is not None else 1)

    def film(self, content: ViewContent, title: str, comment: str) -> Film | None:
        """Return the video that is wanted; None without a clip."""
        context, session = self._context, self._context.workspace.session
        if session is None:
            return None
        opacity = content.parameters.get("opacity")
        return Film(
            session.clip,
            context.analysis.motion,
            context.editor.selected,
            self.chosen,
            self.whole.currentIndex() == 1,
            SPEEDS[self.speed.currentIndex()],
            self.numbered.isChecked(),
            opacity if isinstance(opacity, float) else _OPACITY,
            context.theme.name,
            context.pictures.options,
            context.magnification.params,
            title,
            comment,
        )


def name_of(look: Look) -> str:
    """Return a look as part of a file's name; of overlays the name that they have elsewhere."""
    return look.name.lower().replace("_", "-")


def picture_words(size: QSize, ending: str) -> str:
    """Say how large a picture will be: px for PNG, else mm on paper."""
    if ending == ".png":
        return f"{size.width()} × {size.height()} px"
    wide, high = size.width() * _MM_PER_PX, size.height() * _MM_PER_PX
    return f"{wide:.0f} × {high:.0f} mm, vectors where there are lines and letters"


def pictures_folder() -> Path:
    """Return where this user keeps pictures."""
    place = QStandardPaths.StandardLocation.PicturesLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())


def _enable(box: QComboBox, at: int, enabled: bool) -> None:
    """Let an entry of a choice be chosen, or not."""
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    box.setItemData(at, flags.value if enabled else 0, Qt.ItemDataRole.UserRole - 1)
