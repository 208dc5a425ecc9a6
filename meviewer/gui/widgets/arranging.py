"""Splitters whose gaps are the handles, and whose places are remembered between two starts."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QWidget

GAP_PX = 4


def split(
    orientation: Qt.Orientation, parts: Sequence[QWidget], sizes: Sequence[int], stretch: int
) -> QSplitter:
    """Return parts side by side; the one at ``stretch`` takes what the window gains."""
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(GAP_PX)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    for at in range(len(parts)):
        splitter.setStretchFactor(at, 1 if at == stretch else 0)
    splitter.setSizes(list(sizes))
    return splitter


def remember(root: QWidget) -> dict[str, str]:
    """Return the places of all named splitters below ``root``."""
    return {
        splitter.objectName(): b64encode(splitter.saveState().data()).decode()
        for splitter in _named(root)
    }


def restore(root: QWidget, places: Mapping[str, str]) -> None:
    """Put named splitters where they were; what cannot be read is left as designed."""
    for splitter in _named(root):
        text = places.get(splitter.objectName())
        if text is None:
            continue
        try:
            splitter.restoreState(QByteArray(b64decode(text)))
        except (NotBase64, ValueError):
            continue


def _named(root: QWidget) -> list[QSplitter]:
    found = [s for s in root.findChildren(QSplitter) if s.objectName()]
    return [root, *found] if isinstance(root, QSplitter) and root.objectName() else found
