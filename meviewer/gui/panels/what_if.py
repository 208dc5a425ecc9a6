"""The what-if strip below the inspector: what a run would say if the apex lay elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.running.when_seen import WhenSeen
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import tool
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.foldable import Foldable
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.styling import make_surface
from meviewer.gui.widgets.what_if_strip import WhatIfStrip
from meviewer.present.what_if import REACHES, USUAL_REACH, progress_words, reach_words, summary

_UNFOLDED, _REACH, _LANE = "what-if.unfolded", "what-if.reach", "what-if.lane"
_NO_RUN = "No run"
_LEAST_COMBO_PX = 96
_LIST_MOST_PX = 560


class WhatIfPanel(QFrame):
    """Choice of the run, and the strip; folded, it is one line."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._context = context
        self._store = context.what_if
        theme, kept = context.theme, context.preferences
        self.runs = choice([_NO_RUN], 0, "Run that is asked")
        # As wide as there is room for, not as the longest reason: only the list has room for that.
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.runs.setSizeAdjustPolicy(policy)
        self.runs.setMinimumContentsLength(8)
        self.runs.setMinimumWidth(_LEAST_COMBO_PX)
        self.reach = choice([f"±{reach}" for reach in REACHES], 0, "How far the strip reaches")
        self.reach.setCurrentIndex(REACHES.index(_reach(kept[_REACH])))
        self.lane = tool(theme, text="Lane", checked=kept[_LANE] == "yes", kind="chip")
        follow_keys(context.actions, self.lane, "Lane of this run in the timeline ({run-lane})")
        self.strip = WhatIfStrip(theme)
        self._words = label("", "caption", wrap=True)
        # Two lines, else the strip would slip away under the pointer that asks for them.
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._who = label("", "caption", wrap=True)
        self._offered: tuple[tuple[str, str, str], ...] | None = None
        controls = row((self.runs, 1), self.reach, self.lane, spacing=Space.s)
        parts = (controls, self.strip, self._words, self._who)
        self._inside = boxed(column(*parts, spacing=Space.s))
        self._inside.setParent(self)  # until it is unfolded: a widget of nobody outlives the window
        self._inside.hide()
        self.fold = Foldable(
            theme,
            "What if the apex moves",
            self._body,
            unfolded=kept[_UNFOLDED] == "yes",
            resettable=False,
        )
        follow_keys(
            context.actions, self.fold.head, "What a run says if the apex moves ({what-if})"
        )
        self.setLayout(column(self.fold, spacing=0))
        self._connect()
        self._store.set_reach(REACHES[self.reach.currentIndex()])
        self._store.show_lane(self.lane.isChecked())

    @property
    def words(self) -> str:
        """What stands below the strip, or in its place."""
        return self._words.text()

    def _body(self) -> QWidget:
        self._follow_sight()
        self._inside.show()
        return self._inside

    def _connect(self) -> None:
        context, store = self._context, self._store
        self._soon = WhenSeen(self, self._refresh)
        for signal in (
            store.changed,
            store.run.runs_changed,
            store.run.chosen_changed,
            context.analysis.changed,
            context.estimate.changed,
            context.workspace.session_changed,
        ):
            signal.connect(self._soon.ask)
        context.playhead.moved.connect(self.strip.show_playhead)
        self.strip.seek_requested.connect(context.playhead.set_frame)
        self.strip.pointed.connect(self._say)
        self.strip.runs_wanted.connect(self.runs.setFocus)
        self.strip.reach_wanted.connect(self._widen)
        self.fold.folded.connect(self._folded)
        self.runs.activated.connect(self._choose)
        self.reach.activated.connect(self._reach_chosen)
        self.lane.clicked.connect(lambda: self._show_lane(self.lane.isChecked()))
        context.actions.bind("what-if", self._by_key)
        context.actions.bind("run-lane", lambda: self._show_lane(not self._store.lane_on))

    # What the person does

    def _by_key(self) -> None:
        """Unfold and give the strip the keys, or where there is none the runs; then fold again."""
        if not self.fold.unfolded:
            self.fold.toggle()
        self._refresh()
        goal = self.runs if self._store.state() is None else self.strip
        if goal.hasFocus():
            self.fold.toggle()
            self.window().setFocus()
        else:
            goal.setFocus()

    def _widen(self, by: int) -> None:
        at = min(max(self.reach.currentIndex() + by, 0), len(REACHES) - 1)
        self.reach.setCurrentIndex(at)
        self._reach_chosen(at)

    def _folded(self, folded: bool) -> None:
        self._context.preferences[_UNFOLDED] = "" if folded else "yes"
        self._follow_sight()
        self._soon.ask()

    def _choose(self, at: int) -> None:
        self._store.run.choose(str(self.runs.itemData(at)) if at else "")

    def _reach_chosen(self, at: int) -> None:
        self._context.preferences[_REACH] = str(REACHES[at])
        self._store.set_reach(REACHES[at])

    def _show_lane(self, on: bool) -> None:
        self._context.preferences[_LANE] = "yes" if on else ""
        self.lane.setChecked(on)
        self._store.show_lane(on)
        if on and self._store.run.chosen is None:
            self._context.editor.said.emit("Choose a run below the inspector: the lane is its own")

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_sight()
        if self.fold.unfolded:
            self._store.run.reread()  # one may have been trained, or deleted, meanwhile

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._store.show_strip(False)

    def _follow_sight(self) -> None:
        """Ask only for what is seen."""
        self._store.show_strip(self.isVisible() and self.fold.unfolded)

    def _refresh(self) -> None:
        self._show_runs()
        session = self._context.workspace.session
        if session is not None:
            for at, reach in enumerate(REACHES):
                self.reach.setItemText(at, reach_words(reach, session.clip.rate))
        state = self._store.state()
        self.strip.show_state(state)
        self.strip.setVisible(state is not None)
        self.strip.show_playhead(self._context.playhead.frame)
        self._say()

    def _show_runs(self) -> None:
        """Offer the runs that can answer for the open clip; others are named with the reason."""
        offered = self._store.offers()
        chosen = self._store.run.chosen
        if offered != self._offered:
            # Not at every answer: it would close the list under the hand.
            self._offered = offered
            self.runs.clear()
            self.runs.addItem(_NO_RUN)
            for name, title, refusal in offered:
                self._offer(name, title, refusal)
            view = self.runs.view()
            view.setMinimumWidth(min(view.sizeHintForColumn(0) + 2 * Space.l, _LIST_MOST_PX))
        names = [name for name, _title, _refusal in offered]
        at = names.index(chosen.name) + 1 if chosen is not None and chosen.name in names else 0
        if at != self.runs.currentIndex():
            self.runs.setCurrentIndex(at)
        self.runs.setToolTip("" if chosen is None else f"{chosen.name}: {chosen.title}")

    def _offer(self, name: str, title: str, refusal: str) -> None:
        self.runs.addItem(f"{name}: {refusal}" if refusal else name, name)
        at, model = self.runs.count() - 1, self.runs.model()
        tip = f"Cannot answer for this clip: {refusal}" if refusal else title
        self.runs.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
        item = model.item(at) if isinstance(model, QStandardItemModel) else None
        if item is not None and refusal:
            item.setEnabled(False)

    def _say(self) -> None:
        state = self.strip.state
        if state is None:
            words, who = self._store.why_not(), ""
        else:
            words = self.strip.words or progress_words(state) or summary(state)
            who = self._store.who()
        self._words.setText(words)
        self._who.setText(f"Asked: {who}" if who else "")
        self._who.setVisible(bool(who))


def _reach(kept: str) -> int:
    return int(kept) if kept.isdigit() and int(kept) in REACHES else USUAL_REACH
