"""The inspector: the selected event, suggested keyframes to accept, emotion, findings, history."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from meviewer.core.annotation import Status
from meviewer.core.checks import check
from meviewer.core.labels import EMOTIONS
from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys, short, with_keys
from meviewer.gui.running.when_seen import WhenSeen
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import chip, push
from meviewer.gui.widgets.event_details import EventDetails
from meviewer.gui.widgets.inspector_rows import Listed, finding_rows, history_row, reason_rows
from meviewer.gui.widgets.keyframe_table import KeyframeTable
from meviewer.gui.widgets.labels import badge, key, label
from meviewer.gui.widgets.layout import Panel, column, row, scroll, section
from meviewer.gui.widgets.notices import EmptyState
from meviewer.gui.widgets.styling import rule, surface
from meviewer.present.inspector import history_rows, inspector_state
from meviewer.present.review import blind_words

_SHOWN_HISTORY = 12
_SHOWN_REASONS = 6
_RULES_ONLY = "Until you commit, only the rules speak"

_NO_EVENT = (
    "No event on this clip",
    "Go to the onset and press {set-onset}, to the apex and press {set-apex}, to the offset and "
    "press {set-offset}.",
)
_QUEUE = "Press {review-on} for the queue"
_NOTHING_OPEN = ("Nothing is open", "The labels of the open clip stand here.")


class InspectorPanel(Panel):
    """Everything about the selected event."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._build_parts()
        self._pages = QStackedWidget()
        self._nothing = self._empty()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(scroll(self._body()))
        super().__init__("Inspector", self._pages, foot=self._foot())
        self.setMinimumWidth(320)
        self._connect()
        self._refresh()

    # Building

    def _build_parts(self) -> None:
        theme = self._context.theme
        self._which, self._status = label("", "strong"), badge("")
        self._emotion, self._frames = label("", "heading"), label("", "second")
        self._duration = label("", "second")
        self.table = KeyframeTable(theme)
        self._verdict = label("", "caption", wrap=True)
        self.accept_all = push("Accept all three", "suggest", theme, "accept")
        # Not enabled as their actions are: without a suggestion there is nothing to press.
        self.accept_all.clicked.connect(self._context.actions["accept-all"].trigger)
        self.reject = push("Reject", "", theme)
        self.reject.clicked.connect(self._context.actions["reject"].trigger)
        self.details = EventDetails()
        self._chips = QButtonGroup()  # kept here: without an owner it is collected
        self._why, self._findings, self._history = Listed(), Listed(), Listed()
        self._history_known = False

    def _empty(self) -> EmptyState:
        self._begin = push("New event here", "", self._context.theme, "add")
        self._begin.act(self._context.actions["new-event"])
        return EmptyState(self._context.theme, "annotate", *self._no_event(), self._begin)

    def _no_event(self) -> tuple[str, str]:
        title, words = _NO_EVENT
        return title, with_keys(words, self._context.actions.keys)

    def _body(self) -> QWidget:
        head = column(
            row(self._which, None, self._status),
            row(self._emotion, None, self._frames, self._duration),
            spacing=Space.s,
            margins=(Space.l,) * 4,
        )
        buttons = row(
            (self.accept_all, 1),
            self._cap("accept-all"),
            self.reject,
            self._cap("reject"),
            spacing=Space.s,
        )
        return surface(
            "panel",
            column(
                head,
                rule(),
                section("Keyframes", self.table, self._verdict, buttons, note="GAMDSS"),
                rule(),
                section("Emotion", self._emotions()),
                rule(),
                section("Action units and notes", self.details),
                rule(),
                section("Why it is in the queue", self._why.layout),
                rule(),
                section("Findings", self._findings.layout),
                rule(),
                section("History", self._history.layout),
                None,
                spacing=0,
            ),
        )

    def _emotions(self) -> QGridLayout:
        actions, grid = self._context.actions, QGridLayout()
        grid.setSpacing(Space.s)
        for number, emotion in enumerate((*EMOTIONS, ""), 1):
            digit = number % 10
            button = chip(self._context.theme, emotion or "unsure")
            follow_keys(actions, button, f"({{emotion-{digit}}})", partial(_name_chip, button))
            button.setCheckable(True)
            button.setSizePolicy(
                button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed
            )
            self._chips.addButton(button, digit)
            grid.addWidget(button, (number - 1) // 3, (number - 1) % 3)
        return grid

    def _cap(self, name: str) -> QLabel:
        """Return the cap of the key of an action, which is empty and hidden without one."""
        cap = key("")

        def show(words: str) -> None:
            cap.setText(words[1:-1])
            cap.setVisible(bool(words))

        follow_keys(self._context.actions, cap, f"({{{name}}})", lambda words: show(short(words)))
        return cap

    def _foot(self) -> QWidget:
        actions = self._context.actions
        undo = push("Undo", "quiet", self._context.theme, "undo")
        undo.act(actions["undo"])
        commit = push("Commit and next", "primary")
        commit.act(actions["commit-next"])
        return surface(
            "foot",
            row(
                undo,
                None,
                self._cap("commit-next"),
                commit,
                margins=(Space.m, Space.s, Space.m, Space.s),
            ),
            height=Size.bar_top,
        )

    # Following

    def _connect(self) -> None:
        context = self._context
        soon = WhenSeen(self, self._refresh)
        for signal in (
            context.analysis.changed,
            context.selection.changed,
            context.workspace.session_changed,
            context.workspace.sample_changed,
            context.workspace.saved_changed,
            context.review.changed,
            context.actions.keys_changed,
        ):
            signal.connect(soon.ask)
        # A drag is written when it ends: until then the history is what it was.
        for signal in (context.workspace.session_changed, context.workspace.saved_changed):
            signal.connect(self._forget_history)
        self._chips.idClicked.connect(context.editor.set_emotion)
        self.table.accepted.connect(context.editor.accept)
        self.table.chosen.connect(context.selection.set_edge)
        self.details.units_said.connect(context.editor.set_action_units)
        self.details.confidence_said.connect(context.editor.set_confidence)
        self.details.notes_said.connect(context.editor.set_notes)
        context.actions.bind("details", self._begin_details)

    def _begin_details(self) -> None:
        if self.details.isVisible():
            self.details.begin()

    def _refresh(self) -> None:
        session, event = self._context.workspace.session, self._context.editor.selected
        self.set_note("" if session is None else f"{session.sample.subject}/{session.sample.name}")
        self._nothing.set_words(*(_NOTHING_OPEN if session is None else self._no_event()))
        self._begin.setVisible(session is not None)
        self._pages.setCurrentIndex(0 if event is None else 1)
        if session is None or event is None:
            return
        events = session.annotation.events
        state = inspector_state(
            event,
            (events.index(event) + 1, len(events)),
            session.clip.numbers,
            session.clip.rate,
            self._context.analysis.suggestion,
        )
        refused = self._context.analysis.suggested_keyframes() is None
        self._which.setText(state.title)
        self._emotion.setText(state.emotion)
        self._frames.setText(state.frames)
        self._duration.setText(state.duration)
        verdict = blind_words(session.blind, session.stays_blind) or state.verdict
        self._verdict.setText(verdict)
        self._verdict.setVisible(bool(verdict))
        self.table.show_state(state, self._context.selection.edge, enabled=not refused)
        for button in (self.accept_all, self.reject):
            button.setEnabled(state.can_accept and not refused)
        self._show_status(session.annotation.status)
        self._show_emotion(event.emotion)
        self.details.show_event(session.sample.id, event)
        self._show_why(session.sample.id)
        self._show_findings()
        self._show_history()

    def _show_status(self, status: Status) -> None:
        words = {Status.DRAFT: "not committed", Status.COMMITTED: "committed"}
        self._status.setText(words.get(status, status.value.replace("-", " ")))

    def _show_emotion(self, emotion: str) -> None:
        number = EMOTIONS.index(emotion) + 1 if emotion in EMOTIONS else 0
        button = self._chips.button(number)
        if button is not None:
            button.setChecked(True)

    def _show_why(self, sample_id: int) -> None:
        review, session = self._context.review, self._context.workspace.session
        keys = self._context.actions.keys
        found = review.entry(sample_id)
        if found is None:
            words = "Clips are being looked at" if review.wanted else with_keys(_QUEUE, keys)
            self._why.show(words, lambda: [label(words, "caption")])
            return
        blind = session is not None and session.blind
        first = _RULES_ONLY if blind else found.total or "Nothing speaks against it"
        lines = tuple(found.lines[:_SHOWN_REASONS])
        self._why.show((first, lines), lambda: reason_rows(first, lines))

    def _show_findings(self) -> None:
        session = self._context.workspace.session
        if session is None:
            return
        clip = session.clip
        found = check(session.annotation, clip.n_frames, clip.rate, clip.gaps)
        said = tuple((one.severity, one.text) for one in found)
        self._findings.show(said, lambda: finding_rows(self._context.theme, found))

    def _forget_history(self) -> None:
        self._history_known = False

    def _show_history(self) -> None:
        workspace = self._context.workspace
        project, session = workspace.project, workspace.session
        if project is None or session is None or self._history_known:
            return
        # A long history must not slow every step down: only what is shown is read.
        rows = project.history(session.sample.id, session.coder, newest=_SHOWN_HISTORY)
        lines = history_rows(rows, _SHOWN_HISTORY)
        self._history.show(lines, lambda: [history_row(line) for line in lines])
        self._history_known = True


def _name_chip(button: QToolButton, words: str) -> None:
    """Write the key before the name of an emotion, in place of one that stands there."""
    name = button.text().rpartition("  ")[2]
    button.setText(f"{words[1:-1]}  {name}" if words else name)
