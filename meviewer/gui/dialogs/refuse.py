"""Why a suggestion is refused: asked for, but not insisted on."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from meviewer.core.events import Edge
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.editor import Refusal
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.styling import make_surface

_WIDTH_PX = 440
_LONGEST = 500
_HINT = "Return refuses, with or without a reason; Esc keeps the suggestion."


class RefuseDialog(QDialog):
    """One field above the window: the reason, then Return.

    Parameters
    ----------
    context : Context
    refusal : Refusal
        What is refused.
    """

    def __init__(self, context: Context, refusal: Refusal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._refusal = context, refusal
        self.setWindowTitle(refusal.text)
        make_surface(self, "panel")
        self.words = label(_words(refusal), "second", wrap=True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why, in your words (optional)")
        self.reason.setAccessibleName("Reason of the refusal, optional")
        self.reason.setMaxLength(_LONGEST)
        self.keep = push("Keep it")
        self.refuse = push("Refuse", "primary", context.theme)
        self.keep.clicked.connect(self.reject)
        self.refuse.clicked.connect(self._decide)
        margins = (Space.xl, Space.l, Space.xl, Space.l)
        hint = label(_HINT, "caption", wrap=True)
        buttons = row(None, self.keep, self.refuse)
        self.setLayout(column(self.words, self.reason, hint, buttons, margins=margins))
        self.setMinimumWidth(_WIDTH_PX)
        keep_above(self, self.refuse)
        # Another clip would leave it asking about what is no longer there.
        context.workspace.session_changed.connect(self.reject)
        self.reason.setFocus()

    def _decide(self) -> None:
        self._context.editor.refuse(self._refusal, self.reason.text())
        self.accept()


def _words(refusal: Refusal) -> str:
    """Say what the suggestion would change, in the data set's numbers."""
    session = refusal.session
    event = session.annotation.find(refusal.event_id)
    if event is None:
        return ""
    numbers = session.clip.numbers
    moves = []
    for edge in Edge:
        now, then = event.keyframes[edge], refusal.suggested[edge]
        is_set = edge is not Edge.APEX or event.has_apex
        if not is_set or now != then:
            here = str(numbers[now]) if is_set else "not set"
            moves.append(f"{edge.value} {here} → {numbers[then]}")
    return "It would change " + ", ".join(moves)
