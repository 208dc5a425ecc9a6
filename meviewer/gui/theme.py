"""The look that is in force: colours by role, fonts, and a live switch between dark and light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from meviewer.gui import fonts
from meviewer.gui.palette import PALETTES, Palette
from meviewer.gui.stylesheet import style_sheet
from meviewer.gui.tokens import Radius, Size, Space, Type

if TYPE_CHECKING:
    import pyqtgraph

__all__ = ["Radius", "Size", "Space", "Theme", "ThemeName", "Type"]

ThemeName = Literal["dark", "light"]

_Role = QPalette.ColorRole
_QT_ROLES = {
    _Role.Window: "window",
    _Role.WindowText: "text",
    _Role.Base: "panel",
    _Role.AlternateBase: "raised",
    _Role.Text: "text",
    _Role.Button: "raised",
    _Role.ButtonText: "text",
    _Role.BrightText: "error",
    _Role.Highlight: "selected",
    _Role.HighlightedText: "text",
    _Role.Link: "accent",
    _Role.LinkVisited: "accent",
    _Role.PlaceholderText: "text_3",
    _Role.ToolTipBase: "pressed",
    _Role.ToolTipText: "text",
    _Role.Accent: "accent",
    _Role.Mid: "line_strong",
    _Role.Light: "hover",
    _Role.Dark: "line",
    _Role.Shadow: "canvas",
}


class Theme(QObject):
    """Colours by role and fonts of the palette in force.

    Widgets ask for a role ("panel", "apex"), never for a value, and draw themselves anew on
    `changed`.

    Parameters
    ----------
    name : str
        ``"dark"`` or ``"light"``; anything else means dark, since it may come from a settings file.

    Signals
    -------
    changed()
        Another palette is in force; style sheet and QPalette of the application already follow.
    """

    changed = Signal()

    def __init__(self, name: str = "dark", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = PALETTES.get(name, PALETTES["dark"])
        self._app: QApplication | None = None
        self._family = ""
        self._fonts: dict[tuple[int, int], QFont] = {}
        self._colours: dict[tuple[str, float], QColor] = {}

    @property
    def name(self) -> ThemeName:
        """``"dark"`` or ``"light"``; also the ground that colour maps are made for."""
        return "light" if self._palette.name == "light" else "dark"

    @property
    def colours(self) -> Palette:
        """The palette in force, as hex values by role."""
        return self._palette

    def colour(self, role: str, alpha: float = 1.0) -> QColor:
        """Return the colour of a role, not to be changed; ``alpha`` is 0 to 1."""
        # A painted timeline asks some hundred times: reading a hex value takes longer than a line.
        key = (role, alpha)
        if key not in self._colours:
            colour = QColor(getattr(self._palette, role))
            colour.setAlphaF(alpha)
            self._colours[key] = colour
        return self._colours[key]

    def font(self, size: int = Type.body, weight: int = Type.regular) -> QFont:
        """Return a font for painting and for item views; needs a QApplication."""
        key = (size, weight)
        if key not in self._fonts:
            self._family = self._family or fonts.family()
            self._fonts[key] = fonts.font(self._family, size, weight)
        return self._fonts[key]

    def apply(self, app: QApplication) -> None:
        """Give the application this look, and keep it so on `switch`."""
        self._app = app
        app.setStyle("Fusion")  # the style whose parts a sheet can replace one by one
        app.setFont(self.font())
        self._dress(app)

    def switch(self, name: str) -> None:
        """Change to ``"dark"`` or ``"light"`` while the program runs."""
        palette = PALETTES[name]
        if palette is self._palette:
            return
        self._palette = palette
        self._colours.clear()
        if self._app is not None:
            self._dress(self._app)
        self.changed.emit()

    def toggle(self) -> None:
        """Change to the other theme."""
        self.switch("light" if self.name == "dark" else "dark")

    def qpalette(self) -> QPalette:
        """Return what a style sheet does not reach: links, placeholders, native parts."""
        palette = QPalette()
        for qt_role, role in _QT_ROLES.items():
            palette.setColor(qt_role, self.colour(role))
        for qt_role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, qt_role, self.colour("text_off"))
        return palette

    def style_plot(self, item: pyqtgraph.PlotItem, left: str = "", bottom: str = "") -> None:
        """Style the axes of one PlotItem; pyqtgraph knows no palette: call again on `changed`."""
        import pyqtgraph

        for side, label in (("left", left), ("bottom", bottom)):
            axis = item.getAxis(side)
            axis.setPen(pyqtgraph.mkPen(self.colours.line_strong))
            axis.setTextPen(self.colours.text_3)
            axis.setTickFont(self.font(Type.caption))
            axis.setStyle(tickLength=-4, tickTextOffset=6)
            if label:
                size = {"font-size": f"{Type.caption}px"}
                axis.setLabel(label, color=self.colours.text_3, **size)
        item.showGrid(x=False, y=True, alpha=0.12)
        item.setMenuEnabled(False)
        item.hideButtons()

    def _dress(self, app: QApplication) -> None:
        app.setPalette(self.qpalette())
        app.setStyleSheet(style_sheet(self._palette))
