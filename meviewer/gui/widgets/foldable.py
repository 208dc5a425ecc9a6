"""A section that folds; what is in it is made when it is unfolded for the first time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import IconButton, tool
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row


class Foldable(QWidget):
    """A head that folds and unfolds, with an optional way back to the defaults.

    Signals
    -------
    folded(bool)
        The user has folded (True) or unfolded it.
    reset_wanted()
    """

    folded = Signal(bool)
    reset_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        title: str,
        build: Callable[[], QWidget],
        *,
        note: str = "",
        unfolded: bool = False,
        resettable: bool = True,
    ) -> None:
        super().__init__()
        self._build = build
        self._body: QWidget | None = None
        self._box: QWidget | None = None
        self.head = IconButton(theme, "up" if unfolded else "down", title, kind="fold")
        self.head.setToolTip(f"Fold or unfold: {title}")
        self.head.clicked.connect(self.toggle)
        self.reset = tool(theme, "undo", tip=f"{title}: back to the defaults")
        self.reset.clicked.connect(self.reset_wanted)
        head = row(
            self.head,
            label(note, "caption"),
            None,
            self.reset,
            spacing=Space.s,
            margins=(Space.m, Space.xs, Space.m, Space.xs),
        )
        self._column = column(boxed(head), spacing=0)
        self.setLayout(self._column)
        self._unfolded = False
        self._resettable = resettable
        self.reset.hide()
        if unfolded:
            # A moment later: what it holds must not hold up the window that is being made.
            QTimer.singleShot(0, self, lambda: self.set_unfolded(True))

    @property
    def unfolded(self) -> bool:
        """Whether the content is seen."""
        return self._unfolded

    @property
    def body(self) -> QWidget | None:
        """The content, once it is made."""
        return self._body

    def toggle(self) -> None:
        """Fold or unfold."""
        self.set_unfolded(not self._unfolded)
        self.folded.emit(not self._unfolded)

    def set_unfolded(self, on: bool) -> None:
        """Show the content, or hide it."""
        self._unfolded = on
        self.head.set_icon("up" if on else "down")
        self.head.setAccessibleDescription("unfolded" if on else "folded")
        self.reset.setVisible(on and self._resettable)
        if on and self._box is None:
            self._body = self._build()
            self._box = boxed(column(self._body, margins=(Space.l, 0, Space.l, Space.l)))
            self._column.addWidget(self._box)
        if self._box is not None:
            self._box.setVisible(on)
