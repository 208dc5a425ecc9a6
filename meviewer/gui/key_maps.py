"""Which keys act: those of the table, of a preset, or the user's own, with conflicts named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QKeySequence

from meviewer.gui.actions import ACTIONS, ActionSpec

Keys = Mapping[str, tuple[str, ...]]

_SEPARATOR = " | "

_DATAVYU = {
    "play": ("Num+8", "Space"),
    "step-back": ("Num+1", "Left"),
    "step-on": ("Num+3", "Right"),
    "reverse": ("Num+4", "J"),
    "forward": ("Num+6", "L"),
    "slower": ("Num+-", "-"),
    "faster": ("Num++", "="),
    "set-onset": ("Num+7", "I"),
    "set-apex": ("Num+5", "P"),
    "set-offset": ("Num+9", "O"),
    "accept-all": ("Num+Enter", "Shift+Return"),
    "jump-back": ("Num+0", "Shift+Left"),
    "jump-on": ("Num+.", "Shift+Right"),
}
_ELAN = {
    "play": ("Ctrl+Space", "Space"),
    "step-back": ("Ctrl+Left", ","),
    "step-on": ("Ctrl+Right", "."),
    "jump-back": ("Ctrl+Shift+Left", "Shift+Left"),
    "jump-on": ("Ctrl+Shift+Right", "Shift+Right"),
    "keyframe-back": ("Alt+,",),
    "keyframe-on": ("Alt+.",),
    "first": ("Ctrl+B", "Home"),
    "last": ("Ctrl+End", "End"),
    "new-event": ("Alt+N", "Insert", "E"),
    "delete": ("Alt+D", "Del"),
}
_SLEAP = {
    "review-on": ("Space", "N"),
    "review-back": ("Shift+Space", "Shift+N"),
    "play": ("K",),
    "jump-back": ("Ctrl+Left", "Shift+Left"),
    "jump-on": ("Ctrl+Right", "Shift+Right"),
    "keyframe-back": ("Alt+Left",),
    "keyframe-on": ("Alt+Right",),
    "nudge-back": ("Ctrl+Alt+Left",),
    "nudge-on": ("Ctrl+Alt+Right",),
    "accept-all": ("Ctrl+I", "Shift+Return"),
}

PRESETS: Mapping[str, Keys] = {
    "Default": {},
    "ELAN": _ELAN,
    "BORIS / keypad": _DATAVYU,
    "SLEAP": _SLEAP,
}
"""What each preset has other than the table; arrows, letters and digits not named stay."""


def default_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of the table, by action."""
    return {spec.name: spec.keys for spec in ACTIONS}


def with_changes(changes: Keys) -> dict[str, tuple[str, ...]]:
    """Return all keys when these actions have others than in the table."""
    known = default_keys()
    return known | {name: keys for name, keys in changes.items() if name in known}


def changes_of(keys: Keys) -> dict[str, tuple[str, ...]]:
    """Return the actions whose keys are not those of the table."""
    known = default_keys()
    return {name: keys[name] for name in known if name in keys and keys[name] != known[name]}


def normal(key: str) -> str:
    """Return a key in Qt's portable notation; empty if it is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def conflicts_in(keys: Keys) -> dict[str, tuple[str, ...]]:
    """Return each key that several actions claim, with their names."""
    claimed: dict[str, list[str]] = {}
    for name, wished in keys.items():
        for key in dict.fromkeys(map(normal, wished)):
            claimed.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in claimed.items() if key and len(names) > 1}


def conflict_words(keys: Keys, specs: Sequence[ActionSpec] = ACTIONS) -> tuple[str, ...]:
    """Say each conflict, such as ``N: New event here, Next in the review queue``."""
    texts = {spec.name: spec.text for spec in specs}
    return tuple(
        f"{key}: {', '.join(texts[name] for name in names)}"
        for key, names in sorted(conflicts_in(keys).items())
    )


def to_settings(keys: Keys) -> dict[str, str]:
    """Return the changes as the settings keep them; an empty text is an action without a key."""
    return {name: _SEPARATOR.join(wished) for name, wished in changes_of(keys).items()}


def from_settings(kept: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return all keys from what the settings keep; what is no key, or taken twice, is left out.

    Settings may come from another version, in which a key has got a meaning since: then the table
    wins for both actions rather than that neither acts.
    """
    read = {
        name: tuple(key for part in text.split(_SEPARATOR) if (key := normal(part)))
        for name, text in kept.items()
    }
    keys = with_changes(read)
    disputed = {name for names in conflicts_in(keys).values() for name in names}
    return with_changes({name: wished for name, wished in read.items() if name not in disputed})
