"""Words that name keys, kept true when other keys are chosen.

Words have the names of actions in braces: ``"Undo ({undo})"``, ``"press {set-onset}"``. Where an
action has no key, a bracket with nothing else in it is left out, and a sentence says what the
action does instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from meviewer.gui.actions import ACTIONS, Actions

_ACTION = re.compile(r"\{([a-z0-9-]+)\}")
_BRACKET = re.compile(r"\s*\(([^()]*\{[^()]*)\)")
_SIGNS = {"Shift+": "⇧ ", "Ctrl+": "Ctrl ", "Return": "↵", "Enter": "↵", "Backspace": "⌫"}
_TEXTS = {spec.name: spec.text for spec in ACTIONS}


def cap(key: str) -> str:
    """Return a key as it is written on this machine."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def short(words: str) -> str:
    """Return words with signs for the keys that have some, where there is little room."""
    for name, sign in _SIGNS.items():
        words = words.replace(name, sign)
    return words


def with_keys(words: str, keys: Mapping[str, tuple[str, ...]]) -> str:
    """Return words with the first key of each action that they name in braces.

    Parameters
    ----------
    words : str
    keys : mapping of str to tuple of str
        Keys in force, by action: `Actions.keys`.
    """

    # Only the keys that are named: panels ask at every step of a drag, and Qt spells them slowly.
    def bracket(found: re.Match[str]) -> str:
        return found[0] if any(map(keys.get, _ACTION.findall(found[1]))) else ""

    def one(found: re.Match[str]) -> str:
        wished = keys.get(found[1])
        return cap(wished[0]) if wished else f"“{_TEXTS[found[1]]}”"

    return _ACTION.sub(one, _BRACKET.sub(bracket, words))


def follow_keys(
    actions: Actions, widget: QWidget, words: str, show: Callable[[str], object] | None = None
) -> None:
    """Let a widget say these words, now and whenever other keys are chosen.

    Parameters
    ----------
    show : callable, optional
        Takes the words; by default they become the tip and the accessible name.
    """
    _KeyWords(actions, widget, words, show or _as_tip(widget))


def _as_tip(widget: QWidget) -> Callable[[str], None]:
    def show(words: str) -> None:
        widget.setToolTip(words)
        widget.setAccessibleName(words)

    return show


class _KeyWords(QObject):
    """Belongs to the widget, so that no signal reaches one that is gone."""

    def __init__(
        self, actions: Actions, widget: QWidget, words: str, show: Callable[[str], object]
    ) -> None:
        super().__init__(widget)
        self._actions, self._words, self._show = actions, words, show
        actions.keys_changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        self._show(with_keys(self._words, self._actions.keys))
