"""The project's name as a button: what can be opened, what was open last, what can be exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from meviewer.gui.context import Context
from meviewer.gui.icons import icon
from meviewer.gui.key_tips import follow_keys
from meviewer.project.paths import PROJECT_FILE

_WIDEST_PX = 260
_OPEN = ("open", "open-file", "open-data-set", "demo")
_PROJECT = (
    "export",
    "export-view",
    "checkpoint",
    "relink",
    "schemes",
    "face",
    "features",
    "bias-report",
    "findings",
    "history",
    "blind-first",
    "change-keys",
    "agreement",
    "adjudicate",
    "merge",
)
_NO_PROJECT = "Open…"


class ProjectMenu(QToolButton):
    """A button with the name of the open project; its menu is made when it is wanted.

    Parameters
    ----------
    context : Context
    recent : callable
        Returns the paths that were open last.
    open_path : callable
        Opens one of them.
    """

    def __init__(
        self,
        context: Context,
        recent: Callable[[], tuple[Path, ...]],
        open_path: Callable[[Path], None],
    ) -> None:
        super().__init__()
        self._context, self._recent, self._open_path = context, recent, open_path
        self._name = ""
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setMaximumWidth(_WIDEST_PX)
        self.setAccessibleName("Project")
        words = "Open, recent projects, export ({menu})"
        follow_keys(context.actions, self, words, self.setToolTip)
        context.theme.changed.connect(self._draw)
        context.actions.bind("menu", self.showMenu)
        self.show_name("")
        self._draw()

    def show_name(self, name: str) -> None:
        """Show another name; a long one is cut in the middle."""
        self._name = name or _NO_PROJECT
        room = _WIDEST_PX - 48
        cut = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        self.setText(cut)
        self.setAccessibleDescription(self._name)

    def _fill(self) -> None:
        menu, actions = self._menu, self._context.actions
        menu.clear()
        for name in _OPEN:
            menu.addAction(actions[name])
        recent = self._recent()
        if recent:
            _head(menu, "Recent")
        for path in recent:
            entry = menu.addAction(_title(path))
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _=False, p=path: self._open_path(p))
        _head(menu, "This project")
        for name in _PROJECT:
            if name in actions:
                menu.addAction(actions[name])

    def _draw(self) -> None:
        self.setIcon(icon("folder", self._context.theme, "text_2"))


def _head(menu: QMenu, words: str) -> None:
    """Put a line and a title; the style leaves the words of Qt's own sections out."""
    menu.addSeparator()
    menu.addAction(words).setEnabled(False)


def _title(path: Path) -> str:
    """Return how a recent path is called: folders of the same name differ by what they lie in."""
    folder = path.parent if path.name == PROJECT_FILE else path
    return f"{folder.name}  ·  {folder.parent.name}" if folder.parent.name else folder.name
