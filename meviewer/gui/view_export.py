"""A picture of a widget as PNG, SVG or PDF: what it paints as vectors stays vectors there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QSize, QSizeF
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
)
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QWidget

from meviewer import __version__
from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_bytes
from meviewer.gui import fonts
from meviewer.gui.theme import Space, Type

ENDINGS = (".png", ".svg", ".pdf")
SCALES = (1, 2, 3, 4)
"""Picture px for each px of the screen, in PNG."""

_SCREEN_DPI = 96
_PDF_FINER = 12  # positions in a PDF are whole numbers: a twelfth of a px is fine enough
_POINTS = 72 / _SCREEN_DPI
_INCH_MM = 25.4
_PARTS = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands below a picture, and in its file as description.

    Attributes
    ----------
    title : str
        One line in strong type; also the title of the document.
    lines : tuple of str
        Parameters, source, version; long ones are wrapped.
    """

    title: str = ""
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, *self.lines) if part)


_NONE = Caption()


@runtime_checkable
class HasPart(Protocol):
    """A widget of which only a part is worth a picture."""

    def export_box(self) -> QRect:
        """Return that part, in px of the widget."""


def export_widget(widget: QWidget, path: Path, scale: float = 2, caption: Caption = _NONE) -> QSize:
    """Write a picture of a widget as it is on the screen; the ending says the format.

    Parameters
    ----------
    widget : QWidget
        Shown or not; painted at its present size.
    path : Path
        ``.png``, ``.svg`` or ``.pdf``; written whole or not at all.
    scale : float
        For PNG: picture px for each px of the screen.
    caption : Caption

    Returns
    -------
    QSize
        Size of the picture: px for PNG, px of the screen for the others.

    Raises
    ------
    MeviewerError
        If the ending is another one.
    StorageError
        If the disk refuses.
    """
    size, encode = painted(widget, path.suffix, scale, caption)
    write_bytes(path, encode())
    return size


def painted(
    widget: QWidget, suffix: str, scale: float = 2, caption: Caption = _NONE
) -> tuple[QSize, Callable[[], bytes]]:
    """Paint a widget now, in the thread of the window, and return what makes a file of it.

    The second value may be called in any thread: compressing a large PNG takes a while.
    """
    sheet = _Sheet(widget, caption)
    match suffix.lower():
        case ".png":
            image = sheet.image(scale)
            return image.size(), lambda: _png(image)
        case ".svg":
            svg = sheet.svg()
            return sheet.size, lambda: svg
        case ".pdf":
            pdf = sheet.pdf()
            return sheet.size, lambda: pdf
    raise MeviewerError(
        "Not a format for pictures",
        where=suffix or "no ending",
        why="views are written as PNG, SVG or PDF",
        now="end the name in " + ", ".join(ENDINGS),
    )


def picture_of(widget: QWidget, caption: Caption = _NONE) -> QImage:
    """Return the picture as it would be at one px for each px of the screen."""
    return _Sheet(widget, caption).image(1)


def picture_size(widget: QWidget, suffix: str, scale: float, caption: Caption = _NONE) -> QSize:
    """Return the size that `export_widget` would give, without painting."""
    size = _Sheet(widget, caption).size
    return size * scale if suffix.lower() == ".png" else size


class _Sheet:
    """A widget with its caption below, in px of the screen."""

    def __init__(self, widget: QWidget, caption: Caption) -> None:
        self._widget, self._caption = widget, caption
        self._box = widget.export_box() if isinstance(widget, HasPart) else widget.rect()
        family = widget.font().family() or fonts.family()
        self._strong = fonts.font(family, Type.body, Type.strong)
        self._plain = fonts.font(family, Type.caption, Type.regular)
        width = max(self._box.width(), 1)
        self._title = _wrapped([caption.title], self._strong, width) if caption.title else []
        self._lines = _wrapped(caption.lines, self._plain, width)
        self.size = QSize(width, max(self._box.height(), 1) + self._caption_height())

    def image(self, scale: float) -> QImage:
        """Return it as px."""
        image = QImage(self.size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        dots = round(_SCREEN_DPI * scale * 1000 / _INCH_MM)
        image.setDotsPerMeterX(dots)
        image.setDotsPerMeterY(dots)
        for name, text in self._about().items():
            image.setText(name, text)
        painter = QPainter(image)
        self._paint(painter)
        painter.end()
        return image

    def svg(self) -> bytes:
        """Return it as SVG; text stays text."""
        from PySide6.QtSvg import QSvgGenerator

        buffer = _opened()
        writer = QSvgGenerator()
        writer.setOutputDevice(buffer)
        writer.setResolution(_SCREEN_DPI)
        writer.setSize(self.size)
        writer.setViewBox(QRect(QPoint(), self.size))
        writer.setTitle(self._caption.title or self._widget.accessibleName())
        writer.setDescription(str(self._caption) or self._about()["Software"])
        painter = QPainter(writer)
        self._paint(painter)
        painter.end()
        return bytes(buffer.data().data())

    def pdf(self) -> bytes:
        """Return it as one page of its size, with the letters it needs embedded."""
        buffer = _opened()
        writer = QPdfWriter(buffer)
        writer.setResolution(_SCREEN_DPI * _PDF_FINER)
        writer.setPageMargins(QMarginsF())
        points = QSizeF(self.size) * _POINTS
        unit, match = QPageSize.Unit.Point, QPageSize.SizeMatchPolicy.ExactMatch
        writer.setPageSize(QPageSize(points, unit, "", match))
        writer.setTitle(self._caption.title or self._widget.accessibleName())
        writer.setCreator(self._about()["Software"])
        painter = QPainter(writer)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        painter.scale(_PDF_FINER, _PDF_FINER)
        self._paint(painter)
        painter.end()
        return bytes(buffer.data().data())

    def _about(self) -> dict[str, str]:
        about = {"Software": f"meviewer {__version__}"}
        if str(self._caption):
            about |= {"Title": self._caption.title, "Description": str(self._caption)}
        return about

    def _caption_height(self) -> int:
        if not self._title and not self._lines:
            return 0
        lines = len(self._title) * _line_px(self._strong) + len(self._lines) * _line_px(self._plain)
        return lines + 2 * Space.m

    def _paint(self, painter: QPainter) -> None:
        palette = self._widget.palette()
        ground = QRect(0, self._box.height(), self.size.width(), self._caption_height())
        painter.fillRect(QRect(QPoint(), self.size), palette.color(QPalette.ColorRole.Base))
        painter.save()
        painter.setClipRect(QRect(0, 0, self.size.width(), self._box.height()))
        with _without_tools(self._widget):
            self._widget.render(painter, QPoint(), self._box, _PARTS)
        painter.restore()
        if ground.height():
            self._write(painter, palette, ground)

    def _write(self, painter: QPainter, palette: QPalette, ground: QRect) -> None:
        painter.fillRect(ground, palette.color(QPalette.ColorRole.Base))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        y = ground.top() + Space.m
        for font, lines in ((self._strong, self._title), (self._plain, self._lines)):
            painter.setFont(font)
            ascent = QFontMetrics(font).ascent()
            for line in lines:
                painter.drawText(QPoint(Space.l, y + ascent), line)
                y += _line_px(font)


@contextmanager
def _without_tools(widget: QWidget) -> Iterator[None]:
    """Hide what is there to be pressed or chosen: a picture has no button that closes it."""
    buttons = [one for one in widget.findChildren(QAbstractButton) if not one.text()]
    tools = [*buttons, *widget.findChildren(QComboBox), *widget.findChildren(QAbstractSpinBox)]
    hidden = [one for one in tools if one.isVisible() and not one.hasFocus()]
    policies = [one.sizePolicy() for one in hidden]
    for one in hidden:
        # Its place stays empty: what lies around it must not move, in the picture or after it.
        policy = one.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        one.setSizePolicy(policy)
        one.hide()
    try:
        yield
    finally:
        for one, policy in zip(hidden, policies, strict=True):
            one.show()
            one.setSizePolicy(policy)


def _png(image: QImage) -> bytes:
    buffer = _opened()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise MeviewerError("The picture could not be encoded", why=writer.errorString())
    return bytes(buffer.data().data())


def _opened() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _line_px(font: QFont) -> int:
    return QFontMetrics(font).height() + 2


def _wrapped(lines: Sequence[str], font: QFont, width: int) -> list[str]:
    """Break lines at spaces so that they fit beside the margins."""
    metrics, room = QFontMetrics(font), max(width - 2 * Space.l, 40)
    broken: list[str] = []
    for line in lines:
        now = ""
        for word in line.split():
            longer = f"{now} {word}".strip()
            if now and metrics.horizontalAdvance(longer) > room:
                broken.append(now)
                longer = word
            now = longer
        broken.append(now)
    return broken
