"""The panel of blind adjudication: what 1 and 2 say, what is decided, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLineEdit

from meviewer.gui.context import Context
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, boxed, column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.adjudication import HEADS, heading, rows

_TABLE_PX = 196
_WIDTHS = (66, 84, 84, None)


class AdjudicatePanel(QFrame):
    """Beside the frame; nobody's name is on it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._context, self._store = context, context.adjudication
        theme, actions = context.theme, context.actions
        self.title = label("", "strong")
        self.head = label("", "title")
        columns = [
            Column(head.capitalize(), width=width)
            for head, width in zip(HEADS, _WIDTHS, strict=True)
        ]
        self.table = Table(theme, columns, "Labels of 1 and 2, and the decision")
        self.table.setFixedHeight(_TABLE_PX)
        self.buttons = {
            name: push(words, "", theme, tip=f"{words} ({key})")
            for name, words, key in (
                ("take-1", "Take 1", "Alt+1"),
                ("take-2", "Take 2", "Alt+2"),
                ("take-none", "No event", "Alt+0"),
            )
        }
        for name, button in self.buttons.items():
            button.act(actions[name])
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why (Alt+R), then Return")
        self.reason.setAccessibleName("Reason of the decision")
        self.go = push("Decide and next clip", "primary", theme, "accept")
        self.leave = push("Leave", "quiet", theme, "close", tip="Leave adjudication (Ctrl+Shift+J)")
        self.leave.act(actions["adjudicate"])
        self._hint = label(
            "Or set your own: go to the frame and press I, P or O. Alt+Down goes to the next event "
            "of the clip, PgDn to the next clip, Ctrl+Z takes a step back.",
            "caption",
            wrap=True,
        )
        self._done = MessageCard(theme, "ok", "", "")
        self._done.hide()
        self.setMinimumWidth(320)
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        head = Bar(self.title, None, self.leave)
        body = column(
            self.head,
            self.table,
            row(*self.buttons.values()),
            self._hint,
            rule(),
            label("Reason", "strong"),
            self.reason,
            self.go,
            self._done,
            None,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        self.setLayout(column(head, (boxed(body), 1), spacing=0))

    def _connect(self) -> None:
        self._store.changed.connect(self._refresh)
        self._context.selection.changed.connect(self._refresh)
        self.reason.returnPressed.connect(self.decide)
        self.go.clicked.connect(self.decide)
        self._store.asked.connect(self.decide)
        self._context.actions.bind("reason", self._begin_reason)

    def decide(self) -> None:
        """Declare the clip decided, if a reason is given."""
        if self._store.decide(self.reason.text()):
            self.reason.clear()
            self.setFocus()  # single letters are keys again
        elif not self.reason.text().strip():
            self.reason.setFocus()

    def _begin_reason(self) -> None:
        if self._store.active:
            self.reason.setFocus()

    def _refresh(self) -> None:
        store, session = self._store, self._context.workspace.session
        at, n_clips = store.place
        self.title.setText(f"Clip {at} of {n_clips}" if n_clips else "Adjudication")
        movements = store.movements
        if session is None or not store.active or not movements:
            self.head.setText("No event on this clip" if n_clips else "")
            self.table.show_rows([])
            return
        now = store.movement
        self.head.setText(heading(now, len(movements)))
        found = rows(movements[now], store.decided(now), store.is_none(now), session.clip.numbers)
        self.table.show_rows(
            [[Cell(text, strong=at == 3) for at, text in enumerate(each)] for each in found]
        )
        self._say_done()

    def _say_done(self) -> None:
        session = self._context.workspace.session
        decided = session is not None and session.annotation.status == "adjudicated"
        if decided:
            self._done.show_message("ok", "This clip is decided", "Ctrl+Z opens it again.")
        self._done.setVisible(decided)
