"""Buttons with words, with icons, as segments and as chips; their icons follow the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QSizePolicy, QToolButton

from meviewer.gui.icons import icon
from meviewer.gui.theme import Size, Theme
from meviewer.gui.widgets.layout import row
from meviewer.gui.widgets.styling import make_surface


class IconButton(QToolButton):
    """A tool button with an icon, a word, or both."""

    def __init__(
        self,
        theme: Theme,
        name: str = "",
        text: str = "",
        *,
        tip: str = "",
        checked: bool | None = None,
        kind: str = "",
        role: str = "text_2",
    ) -> None:
        super().__init__()
        self._theme, self._name, self._role = theme, name, role
        if text:
            self.setText(text)
        self.setToolButtonStyle(_style(name, text))
        if kind:
            self.setProperty("kind", kind)
        if checked is not None:
            self.setCheckable(True)
            self.setChecked(checked)
        self.setToolTip(tip or text)
        self.setAccessibleName(tip or text)
        if name:
            self.setIconSize(QSize(Size.icon, Size.icon))
            theme.changed.connect(self._draw)
            self._draw()

    def set_icon(self, name: str, role: str | None = None) -> None:
        """Show another icon, for instance pause in place of play."""
        if not self._name:
            self._theme.changed.connect(self._draw)
        self._name, self._role = name, role or self._role
        self.setToolButtonStyle(_style(name, self.text()))
        self._draw()

    def set_tip(self, tip: str) -> None:
        """Change what the button says of itself."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def act(self, action: QAction) -> None:
        """Trigger ``action`` when pressed, and be enabled as it is."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())

    def _draw(self) -> None:
        self.setIcon(icon(self._name, self._theme, self._role))


class TextButton(QPushButton):
    """A button with words: verb and object, never "OK"."""

    def __init__(
        self,
        text: str,
        kind: str = "",
        *,
        theme: Theme | None = None,
        name: str = "",
        role: str = "text",
        compact: bool = False,
        tip: str = "",
    ) -> None:
        super().__init__(text)
        # A click must not make the next Space press it again: that key plays.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._theme, self._name, self._role = theme, name, role
        if kind:
            self.setProperty("kind", kind)
        if compact:
            self.setProperty("compact", "true")
        if tip:
            self.setToolTip(tip)
        if theme is not None and name:
            theme.changed.connect(self._draw)
            self._draw()

    def set_icon(self, name: str) -> None:
        """Show another icon, on a button that was made with one."""
        if name != self._name:
            self._name = name
            self._draw()

    def act(self, action: QAction) -> None:
        """Trigger ``action`` when pressed, and be enabled as it is."""
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())

    def _draw(self) -> None:
        if self._theme is not None:
            self.setIcon(icon(self._name, self._theme, self._role, self._role))


class Segments(QFrame):
    """A choice of one among a few views of the same thing.

    Signals
    -------
    chosen(int)
        The user has chosen another segment.
    """

    chosen = Signal(int)

    def __init__(
        self, theme: Theme, texts: Sequence[str], current: int = 0, name: str = ""
    ) -> None:
        super().__init__()
        make_surface(self, "segments")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)  # without an owner it is collected
        box = row(spacing=1, margins=(1, 1, 1, 1))
        for at, text in enumerate(texts):
            button = IconButton(theme, text=text, checked=at == current, kind="segment")
            self._group.addButton(button, at)
            box.addWidget(button)
        self.setLayout(box)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._current = current
        self._group.idClicked.connect(self._clicked)

    @property
    def current(self) -> int:
        """Index of the chosen segment."""
        return self._current

    def set_current(self, at: int) -> None:
        """Choose a segment without saying so."""
        self._current = at
        self._group.button(at).setChecked(True)

    def button(self, at: int) -> QToolButton:
        """Return one segment, to set a tool tip or to disable it."""
        button = self._group.button(at)
        assert isinstance(button, QToolButton)
        return button

    def _clicked(self, at: int) -> None:
        if at != self._current:
            self._current = at
            self.chosen.emit(at)


def tool(
    theme: Theme,
    name: str = "",
    text: str = "",
    tip: str = "",
    *,
    checked: bool | None = None,
    kind: str = "",
    role: str = "text_2",
) -> IconButton:
    """Return a tool button; ``checked`` other than None makes it one that stays down."""
    return IconButton(theme, name, text, tip=tip, checked=checked, kind=kind, role=role)


def push(
    text: str,
    kind: str = "",
    theme: Theme | None = None,
    name: str = "",
    role: str = "",
    *,
    compact: bool = False,
    tip: str = "",
) -> TextButton:
    """Return a button of kind ``primary`` (one a panel), ``suggest``, ``quiet`` or plain."""
    ink = role or {"primary": "on_accent", "suggest": "gamdss", "quiet": "text_2"}.get(kind, "text")
    return TextButton(text, kind, theme=theme, name=name, role=ink, compact=compact, tip=tip)


def chip(theme: Theme, text: str, tip: str = "", *, checked: bool = False) -> IconButton:
    """Return a label that toggles: an emotion, an action unit."""
    return IconButton(theme, text=text, tip=tip, checked=checked, kind="chip")


def _style(name: str, text: str) -> Qt.ToolButtonStyle:
    if name and text:
        return Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    if text:
        return Qt.ToolButtonStyle.ToolButtonTextOnly
    return Qt.ToolButtonStyle.ToolButtonIconOnly
