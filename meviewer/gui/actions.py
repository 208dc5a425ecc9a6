"""Every action as data: its name, words, keys and group; menus, keys and the key sheet follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QTextEdit,
    QWidget,
)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes
    ----------
    name : str
        Stable name, such as ``"step-next"``.
    text : str
        What it does, as the key sheet says it.
    keys : tuple of str
        Key sequences in Qt's portable notation.
    group : str
        Heading in the key sheet.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    group: str


_MOVE, _KEYFRAMES, _SUGGEST = "Move", "Keyframes", "Suggestion"
_PICTURE, _CLIPS, _WINDOW = "Picture", "Clips", "Window"
_ADJUDICATE = "Adjudication"

ACTIONS = (
    ActionSpec("step-back", "One frame back", ("Left", ","), _MOVE),
    ActionSpec("step-on", "One frame on", ("Right", "."), _MOVE),
    ActionSpec("jump-back", "Ten frames back", ("Shift+Left",), _MOVE),
    ActionSpec("jump-on", "Ten frames on", ("Shift+Right",), _MOVE),
    ActionSpec("keyframe-back", "Previous keyframe", ("Ctrl+Left",), _MOVE),
    ActionSpec("keyframe-on", "Next keyframe", ("Ctrl+Right",), _MOVE),
    ActionSpec("first", "First frame", ("Home",), _MOVE),
    ActionSpec("last", "Last frame", ("End",), _MOVE),
    ActionSpec("play", "Play or pause", ("Space", "K"), _MOVE),
    ActionSpec("reverse", "Play backward; again: faster", ("J",), _MOVE),
    ActionSpec("forward", "Play forward; again: faster", ("L",), _MOVE),
    ActionSpec("slower", "Slower", ("-",), _MOVE),
    ActionSpec("faster", "Faster", ("=", "+"), _MOVE),
    ActionSpec("loop", "Loop onset to offset", ("\\",), _MOVE),
    ActionSpec("go-to", "Go to frame", ("Ctrl+G",), _MOVE),
    ActionSpec("set-onset", "Set the onset here", ("I",), _KEYFRAMES),
    ActionSpec("set-apex", "Set the apex here", ("P",), _KEYFRAMES),
    ActionSpec("set-offset", "Set the offset here", ("O",), _KEYFRAMES),
    ActionSpec("nudge-back", "Selected keyframe one frame back", ("Alt+Left",), _KEYFRAMES),
    ActionSpec("nudge-on", "Selected keyframe one frame on", ("Alt+Right",), _KEYFRAMES),
    ActionSpec("new-event", "New event here", ("Insert", "E"), _KEYFRAMES),
    ActionSpec("delete", "Delete the event", ("Del",), _KEYFRAMES),
    *(
        ActionSpec(f"emotion-{n}", f"Emotion {n}" if n else "No emotion", (str(n),), _KEYFRAMES)
        for n in range(10)
    ),
    ActionSpec("details", "Action units, confidence, notes", ("U",), _KEYFRAMES),
    ActionSpec("accept", "Accept for the selected keyframe", ("Return", "Enter"), _SUGGEST),
    ActionSpec("accept-all", "Accept all three", ("Shift+Return", "Shift+Enter"), _SUGGEST),
    ActionSpec("reject", "Reject the suggestion", ("Backspace",), _SUGGEST),
    ActionSpec("model", "Our own estimate: lane on or off", ("Shift+M",), _SUGGEST),
    ActionSpec("accept-model", "Accept the model's estimate", ("Alt+Return",), _SUGGEST),
    ActionSpec("reject-model", "Reject the model's estimate", ("Alt+Backspace",), _SUGGEST),
    ActionSpec("what-if", "What a run says if the apex moves: strip", ("Shift+W",), _SUGGEST),
    ActionSpec("run-lane", "What a run says: lane on or off", ("Shift+R",), _SUGGEST),
    ActionSpec("alternative-on", "Next alternative", ("Tab",), _SUGGEST),
    ActionSpec("alternative-back", "Previous alternative", ("Shift+Tab",), _SUGGEST),
    ActionSpec("flicker", "Flicker between onset and apex", ("F",), _PICTURE),
    ActionSpec("swipe", "Swipe the onset over the frame", ("S",), _PICTURE),
    ActionSpec("blend", "Blend the onset into the frame", ("B",), _PICTURE),
    ActionSpec("onset-less", "Swipe or blend: less of the onset", (";",), _PICTURE),
    ActionSpec("onset-more", "Swipe or blend: more of the onset", ("'",), _PICTURE),
    ActionSpec("contrast-less", "Less contrast", ("Ctrl+Down",), _PICTURE),
    ActionSpec("contrast-more", "More contrast", ("Ctrl+Up",), _PICTURE),
    ActionSpec("gamma-less", "Darker in the dark (gamma)", ("Ctrl+Shift+Down",), _PICTURE),
    ActionSpec("gamma-more", "Brighter in the dark (gamma)", ("Ctrl+Shift+Up",), _PICTURE),
    ActionSpec("plain", "Contrast and gamma as filmed", ("Ctrl+Backspace",), _PICTURE),
    ActionSpec("show-difference", "Difference from the onset", ("D",), _PICTURE),
    ActionSpec("show-flow", "Optical flow from the onset", ("W",), _PICTURE),
    ActionSpec("show-dynamic", "Dynamic image", ("Y",), _PICTURE),
    ActionSpec("show-mmcof", "MM-COF overlay", ("M",), _PICTURE),
    ActionSpec("magnify", "Magnify motion, for looking only", ("X",), _PICTURE),
    ActionSpec("magnify-less", "Magnify less", ("[",), _PICTURE),
    ActionSpec("magnify-more", "Magnify more", ("]",), _PICTURE),
    ActionSpec("tiles", "Inspect: keys go to the pictures", ("F6",), _PICTURE),
    ActionSpec("fit", "Fit the frame", ("Ctrl+0",), _PICTURE),
    ActionSpec("zoom-event", "Zoom the timeline to the event", ("Z",), _PICTURE),
    ActionSpec("zoom-all", "Show the whole clip", ("Shift+Z",), _PICTURE),
    ActionSpec("clip-back", "Previous clip", ("PgUp",), _CLIPS),
    ActionSpec("clip-on", "Next clip", ("PgDown",), _CLIPS),
    ActionSpec("commit-next", "Commit and next clip", ("Ctrl+Return", "Ctrl+Enter"), _CLIPS),
    ActionSpec("review-on", "Next in the review queue", ("N",), _CLIPS),
    ActionSpec("review-back", "Previous in the review queue", ("Shift+N",), _CLIPS),
    ActionSpec("find", "Find a clip", ("Ctrl+F",), _CLIPS),
    ActionSpec("face", "Face of the clip…", ("G",), _CLIPS),
    ActionSpec("undo", "Undo", ("Ctrl+Z",), _WINDOW),
    ActionSpec("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), _WINDOW),
    ActionSpec("checkpoint", "Name a checkpoint", ("Ctrl+S",), _WINDOW),
    ActionSpec("open", "Open a project or clip", ("Ctrl+O",), _WINDOW),
    ActionSpec("open-file", "Open a video, labels, or curves of OpenFace", (), _WINDOW),
    ActionSpec("open-data-set", "Open a data set", ("Ctrl+Shift+O",), _WINDOW),
    ActionSpec("export", "Export labels", ("Ctrl+E",), _WINDOW),
    ActionSpec("export-view", "Export view…", ("Ctrl+Shift+E",), _WINDOW),
    ActionSpec("schemes", "Class schemes", ("Ctrl+Shift+C",), _WINDOW),
    ActionSpec("features", "Compute features…", (), _WINDOW),
    ActionSpec("bias-report", "Bias report…", (), _WINDOW),
    ActionSpec("agreement", "Agreement between coders…", ("Ctrl+Shift+A",), _WINDOW),
    ActionSpec("merge", "Merge a project…", (), _WINDOW),
    ActionSpec("adjudicate", "Adjudicate blind…", ("Ctrl+Shift+J",), _WINDOW),
    ActionSpec("relink", "Find moved clips…", (), _WINDOW),
    ActionSpec("blind-first", "Blind-first…", (), _WINDOW),
    ActionSpec("findings", "Findings", ("Ctrl+Shift+F",), _WINDOW),
    ActionSpec("history", "History and checkpoints…", ("Ctrl+H",), _WINDOW),
    ActionSpec("change-keys", "Change keys…", (), _WINDOW),
    ActionSpec("demo", "Open the demo project", (), _WINDOW),
    ActionSpec("annotate", "Annotate", ("Ctrl+1",), _WINDOW),
    ActionSpec("inspect", "Inspect", ("Ctrl+2",), _WINDOW),
    ActionSpec("train", "Train", ("Ctrl+3",), _WINDOW),
    ActionSpec("theme", "Dark or light", ("Ctrl+T",), _WINDOW),
    ActionSpec("menu", "Menu of the project", ("F10",), _WINDOW),
    ActionSpec("keys", "This sheet of keys", ("F1", "?"), _WINDOW),
    ActionSpec("quit", "Close the window", ("Ctrl+Q",), _WINDOW),
    *(
        ActionSpec(f"take-{n}", f"Take what {n} says", (f"Alt+{n}",), _ADJUDICATE)
        for n in range(1, 10)
    ),
    ActionSpec("take-none", "No event here", ("Alt+0",), _ADJUDICATE),
    ActionSpec("movement-on", "Next event of the clip", ("Alt+Down",), _ADJUDICATE),
    ActionSpec("movement-back", "Previous event of the clip", ("Alt+Up",), _ADJUDICATE),
    ActionSpec("reason", "Write the reason", ("Alt+R",), _ADJUDICATE),
)


_LISTS = {"find", "review-on", "review-back"}
_TABS = frozenset({"Tab", "Shift+Tab"})
_BELONG_TO_FIELDS = _TABS | {"Return", "Enter", "Shift+Return", "Shift+Enter"}
_BELONG_TO_BUTTONS = _TABS | {"Space", "Return", "Enter"}


def conflicts(specs: tuple[ActionSpec, ...] = ACTIONS) -> dict[str, list[str]]:
    """Return each key that more than one action claims, with their names."""
    claimed: dict[str, list[str]] = {}
    for spec in specs:
        for key in spec.keys:
            claimed.setdefault(key.casefold(), []).append(spec.name)
    return {key: names for key, names in claimed.items() if len(names) > 1}


class Actions(QObject):
    """The actions of one window, made from the table.

    Qt offers letters, digits and arrows to a focused text field first, so what is typed there is
    typed and does not act. It does not do so for Return and Tab: those are taken away from their
    actions while a field has the focus. So is Space while a button has it, which only Tab gives
    it, and Tab itself as long as there is nothing to walk through but the window.

    Signals
    -------
    keys_changed()
        Other keys are in force.
    """

    keys_changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._with_clip = True
        self._withheld: frozenset[str] = frozenset()
        self._kept: dict[str, bool] = {}
        self._keys = {spec.name: spec.keys for spec in ACTIONS}
        for spec in ACTIONS:
            action = QAction(spec.text, window)
            action.setObjectName(spec.name)
            action.setShortcuts(_sequences(spec.keys))
            action.setAutoRepeat(spec.group in (_MOVE, _KEYFRAMES) or spec.name in ("undo", "redo"))
            window.addAction(action)
            self._actions[spec.name] = action
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys in force, by action."""
        return dict(self._keys)

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Let other keys act; actions that are not named keep theirs."""
        self._keys |= {name: wished for name, wished in keys.items() if name in self._actions}
        for name in self._keys:
            self._bind_keys(name)
        self.keys_changed.emit()

    def bind(self, name: str, act: Callable[[], object]) -> None:
        """Let the action of this name call ``act``."""
        self._actions[name].triggered.connect(lambda _checked=False: act())

    def allow_editing(self, allowed: bool) -> None:
        """Let keys move and change labels, or not: where no frame is seen they must not."""
        for spec in ACTIONS:
            if spec.group in (_MOVE, _KEYFRAMES, _SUGGEST, _PICTURE):
                self._actions[spec.name].setEnabled(allowed)

    def allow_only(self, names: Collection[str] | None) -> None:
        """Switch off what leaves the view or shows others, but for ``names``; None ends that."""
        for spec in ACTIONS:
            if spec.group != _WINDOW and spec.name not in _LISTS:
                continue
            action = self._actions[spec.name]
            if names is None:
                action.setEnabled(self._kept.pop(spec.name, action.isEnabled()))
            elif spec.name not in names:
                self._kept.setdefault(spec.name, action.isEnabled())
                action.setEnabled(False)

    def follow_clip(self, is_open: bool) -> None:
        """Let Tab walk through alternatives, or, where no clip is open, through the window."""
        self._with_clip = is_open
        self._withhold_for(QApplication.focusWidget())

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._withhold_for(now)

    def _withhold_for(self, focus: QWidget | None) -> None:
        """Take those keys away that the widget with the focus needs itself."""
        withheld = frozenset[str]() if self._with_clip else _TABS
        if isinstance(focus, QLineEdit | QAbstractSpinBox | QTextEdit):
            withheld = _BELONG_TO_FIELDS
        elif isinstance(focus, QAbstractButton):
            withheld = _BELONG_TO_BUTTONS
        changed, self._withheld = withheld ^ self._withheld, withheld
        for name, keys in self._keys.items():
            if not changed.isdisjoint(keys):
                self._bind_keys(name)

    def _bind_keys(self, name: str) -> None:
        keys = tuple(key for key in self._keys[name] if key not in self._withheld)
        self._actions[name].setShortcuts(_sequences(keys))


def _sequences(keys: tuple[str, ...]) -> list[QKeySequence]:
    return [QKeySequence(key) for key in keys]
