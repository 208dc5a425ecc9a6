"""The classes of a scheme in their order, with what is done to them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push, tool
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.schemes import SchemeView

_Key, _Alt = Qt.Key, Qt.KeyboardModifier.AltModifier


class SchemeClasses(QWidget):
    """A table of classes; Insert adds, F2 renames, Delete removes, Alt with the arrows moves.

    Signals
    -------
    add_wanted()
    rename_wanted(str)
    remove_wanted(str)
    move_wanted(str, int)
        A class, and by how many places.
    """

    add_wanted = Signal()
    rename_wanted = Signal(str)
    remove_wanted = Signal(str)
    move_wanted = Signal(str, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        columns = (
            Column("No.", figures=True, width=44),
            Column("Class", width=None),
            Column("Events", figures=True, width=68),
            Column("Subjects", figures=True, width=76),
        )
        self.table = Table(theme, columns, "Classes")
        self.table.installEventFilter(self)
        self.table.setMinimumHeight(120)
        self.add = tool(theme, "add", tip="Add a class (Insert)")
        self.rename = push("Rename", "quiet", compact=True, tip="Rename the class (F2)")
        self.remove = tool(theme, "remove", tip="Remove the class; its words are left out (Del)")
        self.up = tool(theme, "up", tip="Give it the number before (Alt+Up)")
        self.down = tool(theme, "down", tip="Give it the number behind (Alt+Down)")
        self._editable = False
        self._names: tuple[str, ...] = ()
        tools = (self.add, self.rename, self.up, self.down, self.remove)
        head = row(label("Classes", "strong"), None, *tools, spacing=Space.xs)
        self.setLayout(column(head, (self.table, 1), spacing=Space.s))
        self._connect()

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_wanted)
        self.rename.clicked.connect(lambda: self.rename_wanted.emit(self.current))
        self.remove.clicked.connect(lambda: self.remove_wanted.emit(self.current))
        self.up.clicked.connect(lambda: self.move_wanted.emit(self.current, -1))
        self.down.clicked.connect(lambda: self.move_wanted.emit(self.current, 1))
        self.table.doubleClicked.connect(lambda _: self.rename.click())
        self.table.row_chosen.connect(lambda _: self._follow())

    @property
    def current(self) -> str:
        """The selected class; empty if none is."""
        at = self.table.currentIndex().row()
        return self._names[at] if 0 <= at < len(self._names) else ""

    def show_view(self, view: SchemeView, *, editable: bool) -> None:
        """Show the classes of a scheme."""
        self._editable = editable
        self._names = tuple(one.name for one in view.classes)
        self.table.show_rows(
            [
                [
                    Cell(str(one.number)),
                    Cell(one.name),
                    _count(one.n_events),
                    _count(one.n_subjects),
                ]
                for one in view.classes
            ]
        )
        if not self.current and self._names:
            self.table.select(0)
        self._follow()

    def select(self, name: str) -> None:
        """Select a class."""
        if name in self._names:
            self.table.select(self._names.index(name))
            self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        alt = bool(event.modifiers() & _Alt)
        buttons = {
            (_Key.Key_Insert, False): self.add,
            (_Key.Key_F2, False): self.rename,
            (_Key.Key_Delete, False): self.remove,
            (_Key.Key_Up, True): self.up,
            (_Key.Key_Down, True): self.down,
        }
        button = buttons.get((_Key(event.key()), alt))
        if button is None:
            return super().eventFilter(watched, event)
        button.click()
        return True

    def _follow(self) -> None:
        """Let only those buttons live that can do something."""
        at = self._names.index(self.current) if self.current else -1
        self.add.setEnabled(self._editable)
        self.rename.setEnabled(self._editable and at >= 0)
        self.remove.setEnabled(self._editable and at >= 0 and len(self._names) > 1)
        self.up.setEnabled(self._editable and at > 0)
        self.down.setEnabled(self._editable and 0 <= at < len(self._names) - 1)


def _count(n: int) -> Cell:
    return Cell(str(n) if n else "–")
