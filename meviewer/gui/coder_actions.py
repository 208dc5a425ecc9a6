"""Actions about several coders: agreement, blind adjudication, another person's project."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFileDialog

from meviewer.experiment.adjudication import Plan
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import show_one

if TYPE_CHECKING:
    from meviewer.gui.main_window import MainWindow

_WHILE_BLIND = frozenset({"adjudicate", "undo", "redo", "theme", "keys", "quit", "checkpoint"})
_WITH_A_KEY = range(1, 10)
_TAKING = (
    *(f"take-{number}" for number in _WITH_A_KEY),
    "take-none",
    "movement-on",
    "movement-back",
    "reason",
)
_NEED_PROJECT = ("agreement", "adjudicate", "merge")


def connect_coder_actions(context: Context, window: MainWindow) -> None:
    """Give the actions about several coders their meaning."""
    bind, store, workspace = context.actions.bind, context.adjudication, context.workspace
    bind("agreement", lambda: _agreement(context, window))
    bind("merge", lambda: _merge(context, window))
    bind("adjudicate", lambda: _toggle(context, window))
    for number in _WITH_A_KEY:
        bind(f"take-{number}", partial(store.take, number))
    bind("take-none", store.take_none)
    bind("movement-on", lambda: store.step_movement(1))
    bind("movement-back", lambda: store.step_movement(-1))
    store.said.connect(window.say)
    workspace.veiled_changed.connect(partial(_follow_veil, context, window))
    workspace.project_changed.connect(lambda: _follow_project(context))
    for name in _TAKING:
        context.actions[name].setEnabled(False)
    _follow_project(context)


def _agreement(context: Context, window: MainWindow) -> None:
    """Show the one window of agreement, beside this one."""
    from meviewer.gui.dialogs.agreement import AgreementDialog

    def make() -> AgreementDialog:
        dialog = AgreementDialog(context, window)
        dialog.said.connect(window.say)
        return dialog

    show_one(window, AgreementDialog, make)


def _merge(context: Context, window: MainWindow) -> None:
    """Ask for the other person's project, and show what it would bring."""
    chosen = QFileDialog.getExistingDirectory(window, "Another person's project")
    if chosen:
        show_merge(context, window, Path(chosen))


def show_merge(context: Context, window: MainWindow, path: Path) -> None:
    """Show what another project would bring."""
    from meviewer.gui.dialogs.merge_project import MergeDialog

    dialog = MergeDialog(context, path, window)
    dialog.said.connect(window.say)
    dialog.open()


def _toggle(context: Context, window: MainWindow) -> None:
    """Begin adjudication by its form, or leave it."""
    if context.adjudication.active:
        context.adjudication.end()
        return
    from meviewer.gui.dialogs.adjudicate_start import AdjudicateStart

    dialog = AdjudicateStart(context, window)
    dialog.ready.connect(partial(_begin, context, window))
    dialog.open()


def _begin(context: Context, window: MainWindow, plan: Plan) -> None:
    """Put everything away that names a coder, then show the first clip."""
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.close()
    context.adjudication.begin(plan)
    window.show_perspective("adjudicate")


def _follow_veil(context: Context, window: MainWindow, veiled: bool) -> None:
    """Keep what names coders out of reach while nobody is to be named."""
    context.actions.allow_only(_WHILE_BLIND if veiled else None)
    for name in _TAKING:
        context.actions[name].setEnabled(veiled)
    words = "Leave adjudication" if veiled else "Adjudicate blind…"
    context.actions["adjudicate"].setText(words)
    if not veiled:
        window.show_perspective("annotate")


def _follow_project(context: Context) -> None:
    """Switch off what needs a project."""
    project = context.workspace.project
    for name in _NEED_PROJECT:
        context.actions[name].setEnabled(project is not None)
