"""What panels want to find again at the next start: texts by dotted names."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject


class Preferences(QObject):
    """A panel reads its own when it is made and writes them when they change.

    They are kept with the settings of the user when the window closes.
    """

    def __init__(self, texts: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = dict(texts)

    def __getitem__(self, name: str) -> str:
        return self._texts.get(name, "")

    def __setitem__(self, name: str, text: str) -> None:
        self._texts[name] = text

    def texts(self) -> dict[str, str]:
        """Return all of them."""
        return dict(self._texts)
