"""Change keys: choose an action, press the key; conflicts are named, nothing is taken away."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QKeySequenceEdit, QWidget

from meviewer.gui.actions import ACTIONS, Actions
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.key_maps import (
    PRESETS,
    changes_of,
    conflict_words,
    conflicts_in,
    default_keys,
    normal,
    with_changes,
)
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface
from meviewer.gui.widgets.tables import Cell, Column, Table

_SIZE = (640, 600)
_OWN = "Own"


class ChangeKeysDialog(QDialog):
    """All actions with their keys; what is chosen acts once it is applied, without conflicts."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change keys")
        make_surface(self, "panel")
        self._actions = actions
        self.keys = actions.keys
        self.preset = choice((*PRESETS, _OWN), name="Preset")
        heads = [Column("Action", width=None), Column("For", width=110), Column("Keys", width=180)]
        self.table = Table(theme, heads, "Actions")
        self.recorder = QKeySequenceEdit()
        self.recorder.setMaximumSequenceLength(1)
        self.recorder.setAccessibleName("Press the new key")
        self.add = push("Add", "", theme, "add", tip="Let this key act, too")
        self.only = push("Set", tip="Let this key act, and no other")
        self.none = push("No key")
        self.back = push("Back to the table", tip="The keys that this action had at first")
        self.card = MessageCard(theme, "warn", "")
        self.apply = push("Apply", "primary")
        self._close = push("Close")
        self._which = label("", "strong")
        self._build()
        self._connect()
        self.resize(*_SIZE)
        keep_above(self, self.apply)
        self._show()
        self.table.selectRow(0)
        self.table.setFocus()

    def _build(self) -> None:
        self.setLayout(
            column(
                row(label("Preset", "second"), self.preset, None),
                (self.table, 1),
                self._which,
                row((self.recorder, 1), self.only, self.add, self.none, self.back),
                self.card,
                row(None, self._close, self.apply),
                margins=(Space.xl,) * 4,
            )
        )

    def _connect(self) -> None:
        self.preset.activated.connect(self._take_preset)
        self.table.row_chosen.connect(self._say_which)
        self.recorder.keySequenceChanged.connect(lambda _: self._follow_recorder())
        self.only.clicked.connect(lambda: self._change((self._recorded(),)))
        self.add.clicked.connect(lambda: self._change((*self.keys[self._name], self._recorded())))
        self.none.clicked.connect(lambda: self._change(()))
        self.back.clicked.connect(lambda: self._change(default_keys()[self._name]))
        self.apply.clicked.connect(self._apply)
        self._close.clicked.connect(self.reject)
        self._follow_recorder()

    @property
    def _name(self) -> str:
        return ACTIONS[max(self.table.currentIndex().row(), 0)].name

    def choose(self, name: str) -> None:
        """Go to an action."""
        self.table.selectRow([spec.name for spec in ACTIONS].index(name))

    def _recorded(self) -> str:
        return self.recorder.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _change(self, keys: tuple[str, ...]) -> None:
        at = self.table.currentIndex().row()
        self.keys[self._name] = tuple(dict.fromkeys(keys))
        self.recorder.clear()
        self._show()
        self.table.selectRow(max(at, 0))

    def _take_preset(self) -> None:
        name = self.preset.currentText()
        if name in PRESETS:
            self.keys = with_changes(PRESETS[name])
            self._show()

    def _show(self) -> None:
        disputed = conflicts_in(self.keys)
        self.table.show_rows(
            [
                (Cell(spec.text), Cell(spec.group), _keys_cell(self.keys[spec.name], disputed))
                for spec in ACTIONS
            ]
        )
        mine = changes_of(self.keys)
        same = [name for name, one in PRESETS.items() if changes_of(with_changes(one)) == mine]
        self.preset.setCurrentText(same[0] if same else _OWN)
        words = conflict_words(self.keys)
        self.card.setVisible(bool(words))
        self.card.show_message("warn", "One key, several actions", "\n".join(words))
        self.apply.setEnabled(not words)

    def _say_which(self, at: int) -> None:
        self._which.setText(ACTIONS[at].text)
        self.recorder.clear()

    def _follow_recorder(self) -> None:
        some = not self.recorder.keySequence().isEmpty()
        self.add.setEnabled(some)
        self.only.setEnabled(some)

    def _apply(self) -> None:
        self._actions.set_keys(self.keys)
        self.accept()


def _keys_cell(keys: tuple[str, ...], disputed: dict[str, tuple[str, ...]]) -> Cell:
    native = QKeySequence.SequenceFormat.NativeText
    words = "  or  ".join(QKeySequence(key).toString(native) for key in keys)
    tone = "warn" if any(normal(key) in disputed for key in keys) else ""
    return Cell(words or "–", tone)
