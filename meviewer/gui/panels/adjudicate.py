"""The panel of blind adjudication: what each coder says, what is decided, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit

from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys, with_keys
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import TextButton, push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, boxed, column, scroll
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.adjudication import DECISION, HEADS, heading, keys_words, rows

_WIDTHS = (68, 48, 48, 50, 84, None)
_ROW_PX, _HEAD_PX = Size.row + 2, 30
_MOST_ROWS = 8  # more of them scroll
_A_LINE = 4
_HINT = (
    ", {take-none} that there is no event. Or set your own: go to the frame and press {set-onset}, "
    "{set-apex} or {set-offset}. {movement-on} goes to the next event of the clip, {clip-on} to "
    "the next clip, {undo} takes a step back."
)
_WITH_A_KEY = 9
_LEAST_PX = 400


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
        self.table = Table(theme, columns, "Labels of the coders, and the decision")
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.m)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.takes: list[TextButton] = []
        self._keys = keys_words(2)
        actions.keys_changed.connect(self._say_keys)
        self.none = push("No event", "", theme)
        follow_keys(actions, self.none, "No event ({take-none})")
        self.none.act(actions["take-none"])
        self.reason = QLineEdit()
        follow_keys(
            actions, self.reason, "Why ({reason}), then Return", self.reason.setPlaceholderText
        )
        self.reason.setAccessibleName("Reason of the decision")
        self.go = push("Decide and next clip", "primary", theme, "accept")
        self.leave = push("Leave", "quiet", theme, "close")
        follow_keys(actions, self.leave, "Leave adjudication ({adjudicate})")
        self.leave.act(actions["adjudicate"])
        self._hint = label("", "caption", wrap=True)
        self._done = MessageCard(theme, "ok", "", "")
        self._done.hide()
        self.setMinimumWidth(_LEAST_PX)
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        head = Bar(self.title, None, self.leave)
        body = column(
            self.head,
            self.table,
            boxed(self._grid),
            self._hint,
            rule(),
            label("Reason", "strong"),
            self.reason,
            self.go,
            self._done,
            None,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        self.setLayout(column(head, (scroll(body), 1), spacing=0))
        self._show_coders(2)

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
            words = "Opening the clip" if session is None else "No event on this clip"
            self.head.setText(words if n_clips else "")
            self.table.show_rows([])
            return
        self._show_coders(store.n_coders)
        now = store.movement
        self.head.setText(heading(now, len(movements)))
        found = rows(movements[now], store.decided(now), store.is_none(now), session.clip.numbers)
        self.table.show_rows(
            [[Cell(text, strong=each[0] == DECISION, tip=text) for text in each] for each in found]
        )
        self._say_done()

    def _show_coders(self, n_coders: int) -> None:
        """Offer the word of each coder of this clip; others may have labelled the next one."""
        if n_coders == len(self.takes):
            return
        for button in self.takes:
            button.deleteLater()
        self.takes = [self._take(number) for number in range(1, n_coders + 1)]
        buttons = (*self.takes, self.none)
        a_line = min(len(buttons), _A_LINE)
        for at, button in enumerate(buttons):
            self._grid.addWidget(button, at // a_line, at % a_line)
        n_rows = min(n_coders + 1, _MOST_ROWS)
        self.table.setFixedHeight(_HEAD_PX + n_rows * _ROW_PX)
        self._keys = keys_words(n_coders)
        self._say_keys()

    def _say_keys(self) -> None:
        self._hint.setText(with_keys(self._keys + _HINT, self._context.actions.keys))

    def _take(self, number: int) -> TextButton:
        button = push(f"Take {number}", "", self._context.theme)
        if number <= _WITH_A_KEY:
            words = f"Take what {number} says ({{take-{number}}})"
            follow_keys(self._context.actions, button, words, button.setToolTip)
        button.clicked.connect(lambda: self._store.take(number))
        return button

    def _say_done(self) -> None:
        session = self._context.workspace.session
        decided = session is not None and session.annotation.status == "adjudicated"
        if decided:
            self._done.show_message(
                "ok",
                "This clip is decided",
                with_keys("{undo} opens it again.", self._context.actions.keys),
            )
        self._done.setVisible(decided)
