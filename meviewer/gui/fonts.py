"""The one family of the program: Inter where the system has it, otherwise the system's own."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from meviewer.gui.tokens import Type

_WISHED = "Inter"


def family() -> str:
    """Return the family to use; needs a QGuiApplication."""
    if QFontDatabase.hasFamily(_WISHED):
        return _WISHED
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(family_name: str, size_px: int = Type.body, weight: int = Type.regular) -> QFont:
    """Return a font with figures of equal width, so that columns and readouts stand still."""
    result = QFont(family_name)
    result.setPixelSize(size_px)
    result.setWeight(QFont.Weight(weight))
    result.setFeature(QFont.Tag("tnum"), 1)
    result.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return result
