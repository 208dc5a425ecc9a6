"""The menus of the bench: what a tile shows, and which arrangement."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from meviewer.present.bench_state import BenchState
from meviewer.present.bench_views import FEWEST, GROUPS, MOST, PRESETS, VIEWS


def view_menu(parent: QWidget, current: str, chosen: Callable[[str], None]) -> QMenu:
    """Return a menu of all views by group, which deletes itself when it is closed.

    Parameters
    ----------
    current : str
        The view that is ticked; empty for none.
    chosen : callable
        Takes the name of a view.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in GROUPS:
        below = menu.addMenu(group)
        before = ""
        for view in (view for view in VIEWS.values() if view.group == group):
            if before and view.phase != before and view.family == "dynamic":
                below.addSeparator()
            before = view.phase
            action = below.addAction(view.entry)
            action.setCheckable(True)
            action.setChecked(view.name == current)
            action.triggered.connect(lambda _=False, name=view.name: chosen(name))
        if current and VIEWS[current].group == group:
            menu.setActiveAction(below.menuAction())
    return menu


def preset_menu(
    parent: QWidget,
    state: BenchState,
    shown: Callable[[str], None],
    save: Callable[[], None],
    rename: Callable[[str], None],
    delete: Callable[[str], None],
) -> QMenu:
    """Return a menu of arrangements; the user's own can be renamed and deleted."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name in (*PRESETS, *state.own):
        if name in state.own and menu.actions()[-1].text() == list(PRESETS)[-1]:
            menu.addSeparator()
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(name == state.preset)
        action.triggered.connect(lambda _=False, n=name: shown(n))
    menu.addSeparator()
    menu.addAction("Save this arrangement…").triggered.connect(lambda _=False: save())
    for words, act in (("Rename", rename), ("Delete", delete)):
        below = menu.addMenu(words)
        below.setEnabled(bool(state.own))
        for name in state.own:
            below.addAction(name).triggered.connect(lambda _=False, n=name, a=act: a(n))
    return menu


def can_add(state: BenchState) -> bool:
    """Whether there is room for one more tile."""
    return len(state.views) < MOST


def can_remove(state: BenchState) -> bool:
    """Whether a tile may go."""
    return len(state.views) > FEWEST
