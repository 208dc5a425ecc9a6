"""Line icons on a 16 px grid, named by what they are for and coloured by the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from meviewer import resources
from meviewer.gui.theme import Theme

_INK = "currentColor"


def names() -> tuple[str, ...]:
    """Return the names of all icons."""
    return tuple(sorted(path.stem for path in resources.path("icons").glob("*.svg")))


def pixmap(
    name: str, theme: Theme, role: str = "text_2", size: int = 16, scale: float | None = None
) -> QPixmap:
    """Return an icon as a picture.

    Parameters
    ----------
    role : str
        Colour role of the strokes.
    size : int
        Width and height in logical px.
    scale : float, optional
        Device pixels per logical px; by default those of the sharpest screen.
    """
    return _tinted(name, getattr(theme.colours, role), size, scale or _sharpest())


def icon(
    name: str, theme: Theme, role: str = "text_2", checked: str = "text", size: int = 16
) -> QIcon:
    """Return an icon with its checked and its disabled look: a style sheet colours text only.

    It keeps the colours of this moment: on `Theme.changed` ask again, as the buttons of the kit do.
    """
    result = QIcon()
    for mode, state, shade in (
        (QIcon.Mode.Normal, QIcon.State.Off, role),
        (QIcon.Mode.Normal, QIcon.State.On, checked),
        (QIcon.Mode.Selected, QIcon.State.Off, role),
        (QIcon.Mode.Disabled, QIcon.State.Off, "text_off"),
    ):
        for scale in {1.0, _sharpest()}:
            result.addPixmap(pixmap(name, theme, shade, size, scale), mode, state)
    return result


def _sharpest() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


@cache
def _shape(name: str) -> str:
    return resources.path(f"icons/{name}.svg").read_text(encoding="utf-8")


def _tinted(name: str, colour: str, size: int, scale: float) -> QPixmap:
    # Qt's own cache empties itself before the application ends; a dict of ours would not.
    key = f"meviewer-icon:{name}:{colour}:{size}:{scale}"
    picture = QPixmap()
    if QPixmapCache.find(key, picture):
        return picture
    picture = _drawn(_shape(name).replace(_INK, colour), size, scale)
    QPixmapCache.insert(key, picture)
    return picture


def _drawn(svg: str, size: int, scale: float) -> QPixmap:
    side = round(size * scale)
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture
