"""All keys on one sheet, by what they are for."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from meviewer.gui.actions import ACTIONS, ActionSpec
from meviewer.gui.theme import Space
from meviewer.gui.widgets.labels import key, label
from meviewer.gui.widgets.layout import boxed, column, row

_SKIPPED = {f"emotion-{n}" for n in range(2, 10)}


class KeySheet(QDialog):
    """Shows every action with its keys; closed by Escape or the key that opened it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        columns = QHBoxLayout()
        columns.setSpacing(Space.xxl * 2)
        columns.setContentsMargins(*(Space.xxl,) * 4)
        groups = [(name, list(specs)) for name, specs in groupby(ACTIONS, lambda s: s.group)]
        for names in (("Move",), ("Keyframes", "Suggestion"), ("Picture", "Clips", "Window")):
            parts = [
                part for name, specs in groups if name in names for part in _group(name, specs)
            ]
            columns.addWidget(boxed(column(*parts, None, spacing=Space.m)))
        self.setLayout(columns)


def _group(name: str, specs: list[ActionSpec]) -> list[QWidget | int]:
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.xxl)
    grid.setVerticalSpacing(Space.s)
    shown = [spec for spec in specs if spec.keys and spec.name not in _SKIPPED]
    for at, spec in enumerate(shown):
        caps = ["1 – 9"] if spec.name == "emotion-1" else [_cap(k) for k in spec.keys[:2]]
        text = "Emotion" if spec.name == "emotion-1" else spec.text
        grid.addWidget(label(text, "second"), at, 0)
        keys = boxed(row(*map(key, caps), spacing=Space.xs))
        grid.addWidget(keys, at, 1, Qt.AlignmentFlag.AlignRight)
    return [label(name, "strong"), boxed(grid), Space.m]


def _cap(sequence: str) -> str:
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
