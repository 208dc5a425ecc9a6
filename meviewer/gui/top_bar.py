"""The top bar: project, perspectives, what runs, undo, coder, theme and help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QComboBox, QProgressBar

from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.project_menu import ProjectMenu
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import IconButton, tool
from meviewer.gui.widgets.labels import IconLabel, NaturalLabel, label
from meviewer.gui.widgets.layout import Bar, spare
from meviewer.present.feature_jobs import FEATURES

PERSPECTIVES = {"annotate": "Annotate", "inspect": "Inspect", "train": "Train"}
_STEPS = 1000


class TopBar(Bar):
    """The bar over all perspectives."""

    def __init__(
        self,
        context: Context,
        recent: Callable[[], tuple[Path, ...]],
        open_path: Callable[[Path], None],
    ) -> None:
        self._context = context
        theme, actions = context.theme, context.actions
        self.project = ProjectMenu(context, recent, open_path)
        self._group = QButtonGroup()
        self._buttons = {name: self._perspective(name) for name in PERSPECTIVES}
        self._doing = spare(NaturalLabel("", "second"), 3)
        self._said = self._runs = ""
        self._progress = QProgressBar()
        self._progress.setRange(0, _STEPS)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(90)
        self._progress.setAccessibleName("Progress")
        self._stop = tool(theme, "stop", tip="Stop computing features")
        self._stop.act(actions["features"])
        undo, redo = self._button("undo", "undo"), self._button("redo", "redo")
        self._coder = QComboBox()
        self._coder.setAccessibleName("Coder")
        self._coder.setToolTip("Whose labels are edited")
        self._coder.setMinimumWidth(96)
        self._person = IconLabel(theme, "person", "text_2", 14, "Coder")
        look, keys = self._button("theme", "contrast"), self._button("keys", "help", "Keys")
        super().__init__(
            label("meviewer", "title"),
            self.project,
            None,
            *self._buttons.values(),
            None,
            self._doing,
            self._progress,
            self._stop,
            undo,
            redo,
            self._person,
            self._coder,
            look,
            keys,
            height=Size.bar_top,
            margins=(Space.xl, 0, Space.m, 0),
        )
        self.say_doing("")
        self._stop.hide()
        self._connect()

    def _button(self, name: str, icon: str, words: str = "") -> IconButton:
        actions = self._context.actions
        button = tool(self._context.theme, icon)
        follow_keys(actions, button, f"{words or actions[name].text()} ({{{name}}})")
        button.act(actions[name])
        return button

    def _perspective(self, name: str) -> IconButton:
        button = tool(
            self._context.theme, name, PERSPECTIVES[name], checked=False, kind="perspective"
        )
        button.act(self._context.actions[name])
        follow_keys(self._context.actions, button, f"{PERSPECTIVES[name]} ({{{name}}})")
        self._group.addButton(button)
        return button

    def _connect(self) -> None:
        workspace = self._context.workspace
        workspace.project_changed.connect(self._refill)
        workspace.coder_changed.connect(self._coder.setCurrentText)
        workspace.veiled_changed.connect(self._follow_veil)
        workspace.opening.connect(self.say_doing)
        self._coder.activated.connect(lambda _: workspace.set_coder(self._coder.currentText()))
        self._context.analysis.progress.connect(self._say_share)
        for signal in (self._context.jobs.updated, self._context.jobs.ended):
            signal.connect(lambda _: self._say_job())
        self._refill()

    def show_perspective(self, name: str) -> None:
        """Mark the perspective on show."""
        button = self._buttons.get(name)
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)  # else one of them stays down
        for each in self._buttons.values():
            each.setChecked(False)
        self._group.setExclusive(True)

    def say(self, words: str) -> None:
        """Say something before all that runs, until empty words give the room back."""
        self._said = words
        self._doing.setText(words or self._runs)

    def say_doing(self, words: str, share: float | None = None) -> None:
        """Say what runs and how far it is; empty words mean nothing does."""
        self._runs = words
        self._doing.setText(self._said or words)
        self._progress.setVisible(bool(words) and share is not None)
        if share is not None:
            self._progress.setValue(round(share * _STEPS))

    def _say_share(self, share: float) -> None:
        self.say_doing("Reading frames" if share < 1 else "", share)

    def _say_job(self) -> None:
        """Show the running job whatever the perspective: a training takes minutes."""
        job = self._context.jobs.current
        # The action starts it and stops it; a training is stopped where its curves are.
        self._stop.setVisible(job is not None and job.task == FEATURES and not job.stopping)
        if job is None or job.over:
            self.say_doing("")
            return
        share = "" if job.share is None else f" {job.share:.0%}"
        self.say_doing(f"{job.title}{share}", job.share or 0.0)

    def _follow_veil(self, veiled: bool) -> None:
        """Name nobody while it may not be seen whose labels are whose."""
        for widget in (self._person, self._coder):
            widget.setVisible(not veiled)
        self._refill()

    def _refill(self) -> None:
        project = self._context.workspace.project
        self.project.show_name("" if project is None else project.name)
        people = ["A"]
        if self._context.workspace.veiled:
            people = []
        elif project is not None:
            people = [c for c in project.coders() if not project.is_machine(c)] or people
        mine = self._context.workspace.coder
        self._coder.clear()
        self._coder.addItems(people if mine in people else [*people, mine])
        self._coder.setCurrentText(mine)
