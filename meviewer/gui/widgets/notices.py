"""What is said when there is nothing yet, when something went wrong, and while something runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.labels import ElidedLabel, IconLabel, label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.styling import make_surface, restyle, surface

_ICONS = {"error": "error", "warn": "warn", "ok": "done", "accent": "info"}
_STEPS = 1000


class EmptyState(QFrame):
    """Nothing here yet: what belongs here, and the next step as a button."""

    def __init__(
        self, theme: Theme, name: str, title: str, what_next: str, *buttons: QWidget
    ) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._title = label(title, "title", align=Qt.AlignmentFlag.AlignHCenter, wrap=True)
        self._next = label(what_next, "caption", align=Qt.AlignmentFlag.AlignHCenter, wrap=True)
        picture = row(None, IconLabel(theme, name, "text_3", 26), None)
        layout = column(None, picture, self._title, self._next, margins=(Space.xl,) * 4)
        if buttons:
            layout.addLayout(row(None, *buttons, None))
        layout.addStretch(1)
        self.setLayout(layout)
        self.setAccessibleName(f"{title}. {what_next}")

    def set_words(self, title: str, what_next: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._next.setText(what_next)
        self.setAccessibleName(f"{title}. {what_next}")


class MessageCard(QFrame):
    """What and where, why, what now. It stays until it is dealt with.

    Parameters
    ----------
    tone : str
        ``error``, ``warn``, ``ok`` or ``accent``; the icon says the same.
    closable : bool
        Whether it carries a button that dismisses it.

    Signals
    -------
    closed()
        The user has dismissed it; it hides itself.
    """

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        tone: str,
        what: str,
        why: str = "",
        *buttons: QWidget,
        closable: bool = False,
    ) -> None:
        super().__init__()
        make_surface(self, "card")
        self._edge = surface("edge", width=3)
        self._icon = IconLabel(theme, _ICONS[tone], tone)
        self._what, self._why = label("", "strong", wrap=True), label("", "second", wrap=True)
        words = column(self._what, self._why, spacing=Space.xs)
        if buttons:
            words.addLayout(row(*buttons, None))
        layout = row(
            self._edge, self._icon, (boxed(words), 1), margins=(0, Space.m, Space.m, Space.m)
        )
        layout.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        if closable:
            close = tool(theme, "close", tip="Dismiss this message")
            close.clicked.connect(self._close)
            layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        self.show_message(tone, what, why)

    def show_message(self, tone: str, what: str, why: str = "") -> None:
        """Say something else."""
        restyle(self._edge, tone=tone)
        self._icon.set_icon(_ICONS[tone], tone)
        self._what.setText(what)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.setAccessibleName(f"{what}. {why}")

    def show_error(self, error: MeviewerError) -> None:
        """Say what an error says: what and where, then why and what now."""
        what = f"{error.what}: {error.where}" if error.where else error.what
        parts = (part[:1].upper() + part[1:].rstrip(".") for part in (error.why, error.now) if part)
        self.show_message("error", what, " ".join(f"{part}." for part in parts))

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class JobCard(QFrame):
    """Long work: its name, how far it is, how long it still takes, and a way to stop it.

    Signals
    -------
    cancelled()
        The user wants it to stop.
    """

    cancelled = Signal()

    def __init__(self, theme: Theme, name: str, words: str = "") -> None:
        super().__init__()
        make_surface(self, "card")
        self._name, self._words = ElidedLabel(name, "strong"), label(words, "caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._stop = tool(theme, "stop", tip=f"Cancel {name}")
        self._stop.clicked.connect(self.cancelled)
        head = row((self._name, 1), self._words, self._stop)
        inside = (Space.l, Space.s, Space.m, Space.m)
        self.setLayout(column(head, self._bar, spacing=Space.s, margins=inside))
        self.show_progress(None, words)

    def set_name(self, name: str) -> None:
        """Change what the work is called."""
        self._name.setText(name)
        self._stop.set_tip(f"Cancel {name}")

    def show_progress(self, share: float | None, words: str) -> None:
        """Show how far it is.

        Parameters
        ----------
        share : float or None
            0 to 1; None when the length is unknown: then the words alone speak.
        words : str
            Such as ``"4 min left"``.
        """
        self._bar.setVisible(share is not None)
        self._bar.setValue(round((share or 0.0) * _STEPS))
        self._words.setText(words)
        self.setAccessibleName(f"{self._name.whole_text()}, {words}")
