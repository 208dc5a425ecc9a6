"""All keys on one sheet, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from meviewer.gui.actions import ACTIONS, Actions, ActionSpec
from meviewer.gui.theme import Space
from meviewer.gui.widgets.labels import key, label
from meviewer.gui.widgets.layout import boxed, column, row, scroll

_COLUMNS = (
    ("Move", "Adjudication"),
    ("Keyframes", "Suggestion", "Clips"),
    ("Picture", "Window"),
)
_MARGIN_PX = (40, 72)
_DIGITS = {f"emotion-{n}": (str(n),) for n in range(1, 10)}


class KeySheet(QDialog):
    """Shows every action with its keys; closed by Escape or the key that opened it."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__(parent)
        keys = actions.keys
        self.setWindowTitle("Keys")
        columns = QHBoxLayout()
        columns.setSpacing(Space.xxl * 2)
        columns.setContentsMargins(*(Space.xxl,) * 4)
        groups = [(name, list(specs)) for name, specs in groupby(ACTIONS, lambda s: s.group)]
        for names in _COLUMNS:
            parts = [
                part
                for name, specs in groups
                if name in names
                for part in _group(name, specs, keys)
            ]
            columns.addWidget(boxed(column(*parts, None, spacing=Space.m)))
        sheet = boxed(columns)
        self.setLayout(column(scroll(sheet), spacing=0))
        room = self.screen().availableSize() - QSize(*_MARGIN_PX)
        # Beside a scroll bar, too, nothing may be cut.
        self.resize((sheet.sizeHint() + QSize(Space.xxl, 2)).boundedTo(room))


def _group(
    name: str, specs: list[ActionSpec], keys: Mapping[str, tuple[str, ...]]
) -> list[QWidget | int]:
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.xxl)
    grid.setVerticalSpacing(Space.s)
    shown = [spec for spec in specs if keys[spec.name] and not _is_one_of_nine(spec.name, keys)]
    for at, spec in enumerate(shown):
        nine = spec.name == "emotion-1" and _are_digits(keys)
        caps = ["1 – 9"] if nine else [_cap(k) for k in keys[spec.name][:2]]
        text = "Emotion" if nine else spec.text
        grid.addWidget(label(text, "second"), at, 0)
        shown_keys = boxed(row(*map(key, caps), spacing=Space.xs))
        grid.addWidget(shown_keys, at, 1, Qt.AlignmentFlag.AlignRight)
    return [label(name, "strong"), boxed(grid), Space.m]


def _are_digits(keys: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether emotions are on the digits, so that one line says all of them."""
    return all(keys[name] == digit for name, digit in _DIGITS.items())


def _is_one_of_nine(name: str, keys: Mapping[str, tuple[str, ...]]) -> bool:
    return name in _DIGITS and name != "emotion-1" and _are_digits(keys)


def _cap(sequence: str) -> str:
    return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText)
