"""All keys on one sheet, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from meviewer.gui.actions import ACTIONS, Actions, ActionSpec
from meviewer.gui.key_tips import cap
from meviewer.gui.theme import Space
from meviewer.gui.widgets.labels import key, label
from meviewer.gui.widgets.layout import boxed, column, row, scroll

_COLUMNS = (
    ("Move", "Adjudication"),
    ("Keyframes", "Suggestion", "Clips"),
    ("Picture", "Window"),
)
_MARGIN_PX = (40, 72)
_NINES = {"emotion": ("", "Emotion"), "take": ("Alt+", "Take what 1 to 9 says")}
"""Nine of a kind, by what is pressed with the digit and what they all do."""


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
    shown = [spec for spec in specs if keys[spec.name] and not _is_said_by_the_first(spec, keys)]
    for at, spec in enumerate(shown):
        caps, text = [cap(k) for k in keys[spec.name][:2]], spec.text
        kind = _kind_of_nine(spec, keys)
        if kind:
            pressed, text = _NINES[kind]
            caps = [f"{pressed}1 – 9"]
        grid.addWidget(label(text, "second"), at, 0)
        shown_keys = boxed(row(*map(key, caps), spacing=Space.xs))
        grid.addWidget(shown_keys, at, 1, Qt.AlignmentFlag.AlignRight)
    return [label(name, "strong"), boxed(grid), Space.m]


def _kind_of_nine(spec: ActionSpec, keys: Mapping[str, tuple[str, ...]]) -> str:
    """Return of which kind an action is whose nine are on the digits; one line says them all."""
    kind, _, number = spec.name.partition("-")
    if kind not in _NINES or number not in tuple("123456789"):
        return ""
    pressed, _text = _NINES[kind]
    all_there = all(keys[f"{kind}-{n}"] == (f"{pressed}{n}",) for n in range(1, 10))
    return kind if all_there else ""


def _is_said_by_the_first(spec: ActionSpec, keys: Mapping[str, tuple[str, ...]]) -> bool:
    return not spec.name.endswith("-1") and bool(_kind_of_nine(spec, keys))
