"""Text by role: size, weight and ink come from the style sheet, never from the caller."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from meviewer.gui.icons import pixmap
from meviewer.gui.theme import Theme
from meviewer.gui.widgets.styling import restyle

_LEAST_LETTERS = 5
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def label(
    text: str = "",
    kind: str = "",
    tone: str = "",
    *,
    wrap: bool = False,
    align: Qt.AlignmentFlag | None = None,
) -> QLabel:
    """Return a label.

    Parameters
    ----------
    kind : str
        ``display``, ``heading``, ``title``, ``strong``, ``second``, ``caption``; empty is body.
    tone : str
        ``ok``, ``warn``, ``error``, ``accent``, ``gamdss`` or ``second``; never the only sign.
    """
    widget = QLabel(text)
    # Text may come from a file: it is shown, not read as markup.
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        widget.setProperty("type", kind)
    if tone:
        widget.setProperty("tone", tone)
    if kind in ("badge", "key"):
        widget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    widget.setWordWrap(wrap)
    if align is not None:
        widget.setAlignment(align)
    return widget


def set_tone(widget: QLabel, tone: str) -> None:
    """Give a label another tone; an empty one takes it away."""
    restyle(widget, tone=tone)


def key(text: str) -> QLabel:
    """Return the cap of a key, beside the action that it triggers."""
    return label(text, "key")


def badge(text: str, tone: str = "") -> QLabel:
    """Return a state in one or two words."""
    return label(text, "badge", tone)


class IconLabel(QLabel):
    """An icon that is looked at, not pressed; it follows the theme."""

    def __init__(
        self, theme: Theme, name: str, role: str = "text_2", size: int = 16, words: str = ""
    ) -> None:
        super().__init__()
        self._theme, self._name, self._role, self._size = theme, name, role, size
        self.setFixedSize(size, size)
        self.setAccessibleName(words or name.replace("_", " "))
        self._draw()
        theme.changed.connect(self._draw)

    def set_icon(self, name: str, role: str, words: str = "") -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self.setAccessibleName(words or name.replace("_", " "))
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(pixmap(self._name, self._theme, self._role, self._size))


class ElidedLabel(QLabel):
    """One line of text that is cut with an ellipsis rather than forcing its panel wider."""

    def __init__(
        self,
        text: str = "",
        kind: str = "",
        tone: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole, self._mode = "", mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if kind:
            self.setProperty("type", kind)
        if tone:
            self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._elide()

    def whole_text(self) -> str:
        """Return the text without the cut."""
        return self._whole

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def _elide(self) -> None:
        width = max(self.contentsRect().width(), 0)
        shown = self.fontMetrics().elidedText(self._whole, self._mode, width)
        if shown != self._whole and len(shown) < _LEAST_LETTERS:
            shown = ""  # what is left would tell nobody anything
        super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class NaturalLabel(ElidedLabel):
    """One line that takes the room it needs where there is some, and is cut where there is not."""

    def __init__(self, text: str = "", kind: str = "") -> None:
        super().__init__(text, kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self.whole_text()) + 2)
        return hint

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())
